/** Small words for building elements; text only ever goes in as text. */

/** Return a new element with properties, attributes (by their hyphen, or role) and children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Return a span of somebody's text that keeps its direction to itself. */
export function isolated(text, properties = {}) {
  return make("span", { dir: "auto", textContent: text, ...properties });
}

/** Leave the keyboard in the log before the element that has it goes away or falls asleep. */
export function release(element) {
  if (element.contains(document.activeElement)) document.getElementById("log").focus({ preventScroll: true });
}

const LINK = /https?:\/\/[^\s<>"\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gi;
const TRAILING = /[.,;:!?'’”»)\]}、。！？،؟*_]+$/;

/** Return a text as nodes, its http and https addresses as links. */
export function linked(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const address = trim(found[0]);
    if (!URL.canParse(address)) continue;
    nodes.push(text.slice(end, found.index), link(address));
    end = found.index + address.length;
  }
  return [...nodes, text.slice(end)];
}

/** Return an address without the punctuation of the sentence around it. */
function trim(address) {
  const bare = address.replace(TRAILING, "");
  const closed = address[bare.length] === ")" && bare.includes("(") && !bare.includes(")");
  return closed ? `${bare})` : bare;
}

/** Return a link that opens elsewhere and tells the other site nothing about us. */
function link(address) {
  return make("a", { href: address, textContent: address, dir: "ltr", target: "_blank", rel: "noopener noreferrer nofollow" });
}
