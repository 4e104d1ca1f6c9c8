/** Return the bot's messages as a page shows them: the text, and what stands under it. */
() => [...document.querySelectorAll("#entries .entry.bot")].map((entry) => {
  const words = (found) => [...found].map((each) => each.textContent);
  const under = entry.querySelector(".controls:not([hidden])");
  const seen = { text: entry.querySelector(".bubble").textContent };
  if (!under) return { ...seen, controls: null };
  const keys = [...under.querySelectorAll("[data-key]:not(.skip)")];
  const boxes = [...under.querySelectorAll("label.box")];
  return { ...seen, controls: {
    offers: [
      ...keys.map((key) => [key.dataset.key, key.matches(".star") ? "★" : key.textContent]),
      ...boxes.map((box) => [box.querySelector("input").value, box.textContent]),
    ],
    day: under.querySelectorAll("[type=date]").length > 0,
    checked: boxes.length > 0,
    done: words(under.querySelectorAll(".done")),
    skip: words(under.querySelectorAll(".skip")),
    ends: words(under.querySelectorAll(".ends > span")),
  } };
})
