/** The page's own sentences, in the language of the talk. */

/** Return what the server wrote into the page as JSON. */
export function read(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

const page = document.documentElement;
let words = read("words");
let wanted = page.lang;

/** Return a sentence with its {slots} filled. */
export function word(key, slots = {}) {
  return (words[key] ?? "").replace(/\{(\w+)\}/g, (whole, slot) => slots[slot] ?? whole);
}

/** Write a sentence into an element, or into one of its attributes, now and whenever the language changes. */
export function label(element, key, slots = {}, attribute = "") {
  Object.assign(element.dataset, slots, { word: key });
  if (attribute) element.dataset.attribute = attribute;
  write(element);
}

/** Have the whole page speak a language, as soon as its sentences are here. */
export async function speak(language) {
  if (language === wanted) return;
  wanted = language;
  const answer = await fetch(`/chat/words?language=${encodeURIComponent(language)}`).catch(() => null);
  if (wanted !== language) return;
  if (!answer?.ok) return void (wanted = page.lang);
  const spoken = await answer.json();
  words = spoken.words;
  page.lang = spoken.language;
  page.dir = spoken.direction;
  document.querySelectorAll("[data-word]").forEach(write);
}

/** Write the sentence that an element's data-word names. */
function write(element) {
  const text = word(element.dataset.word, element.dataset);
  if (element.dataset.attribute) element.setAttribute(element.dataset.attribute, text);
  else element.textContent = text;
}
