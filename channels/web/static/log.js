/** The log: what was said, in bubbles, each with its author and what became of it. */

import { isolated, linked, make, release } from "./dom.js";
import { download, picture } from "./media.js";
import { Controls } from "./question.js";
import { label, word } from "./words.js";

const NEAR_END = 64;
const HUSH = 1000;
const SYMBOLS = { photo: "📷", voice: "🎤", file: "📄", location: "📍" };

/** What was said, on screen; an entry is never shown twice. */
export class Log {
  #brand;
  #answer;
  #view = document.getElementById("log");
  #entries = document.getElementById("entries");
  #newest = document.getElementById("newest");
  #bots = new Set();
  #mine = new Map();
  #questions = [];
  #talk = null;
  #atEnd = true;
  #top = 0;

  /** `answer(talk, step, given)` hears what is tapped under a question. */
  constructor(brand, answer) {
    this.#brand = brand;
    this.#answer = answer;
    this.#view.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#newest.addEventListener("click", () => this.toEnd());
    const sizes = new ResizeObserver(() => this.#atEnd && this.toEnd());
    sizes.observe(this.#view);
    sizes.observe(document.getElementById("column"));
  }

  /** Show an entry of the bot, unless it is there; tell whether it is new. */
  hear({ id, text, question, media }) {
    if (this.#bots.has(id)) return false;
    this.#bots.add(id);
    const bubble = make("p", { className: "bubble", dir: "auto" }, ...linked(text ?? ""), ...shown(media));
    const entry = make("div", { className: "entry bot" }, unseen(this.#brand), bubble);
    if (question) entry.append(this.#ask(question, bubble));
    this.#entries.append(entry);
    this.#newest.hidden = this.#atEnd;
    return true;
  }

  /** Show a message of ours and return its bubble; null when there is nothing to show, or not its question. */
  say(key, { text, tap, media }) {
    const names = tap && this.#tapped(tap);
    const parts = tap ? (names ?? []) : [...(text ? [text] : []), ...shown(media)];
    if (!parts.length) return null;
    const mine = new Mine(parts);
    this.#mine.set(key, mine);
    this.#entries.append(mine.element);
    return mine;
  }

  /** Show a message of ours again that was taken down. */
  put(key, mine) {
    this.#mine.set(key, mine);
    if (mine.element && !mine.element.isConnected) this.#entries.append(mine.element);
  }

  /** Tell whether a message of ours is on screen. */
  has(key) {
    return this.#mine.has(key);
  }

  /** Put messages of ours back below everything else, where they are not already. */
  last(elements) {
    const tail = [...this.#entries.children].slice(-elements.length);
    if (elements.some((element, i) => element !== tail[i])) this.#entries.append(...elements);
  }

  /** Show options as given under a question, wherever it was asked. */
  press({ talk, step, options }) {
    this.#asked(talk, step).forEach((controls) => controls.press(options));
  }

  /** Return the question that a talk waits for, or null. */
  waiting(talk) {
    return (talk?.open && this.#asked(talk.id, talk.asks).at(-1)?.question) || null;
  }

  /** Keep the controls of the open talk awake, and all others asleep. */
  allow(talk) {
    this.#talk = talk;
    this.#questions.forEach((controls) => controls.allow(talk));
  }

  /** Take everything down. */
  clear() {
    this.#bots.clear();
    this.#mine.clear();
    this.#questions = [];
    this.#entries.replaceChildren();
    this.toEnd();
  }

  /** Show the newest entry, and stay with it. */
  toEnd() {
    this.#atEnd = true;
    this.#newest.hidden = true;
    this.#view.scrollTop = this.#view.scrollHeight;
  }

  /** Add entries without having them read aloud. */
  hushed(add) {
    this.#view.setAttribute("aria-live", "off");
    add();
    setTimeout(() => this.#view.setAttribute("aria-live", "polite"), HUSH);
  }

  /** Return the controls of a question, ready to be tapped. */
  #ask(question, bubble) {
    const controls = new Controls(question, bubble, (given) => this.#answer(question, given));
    controls.allow(this.#talk);
    this.#questions.push(controls);
    return controls.element;
  }

  /** Return the controls of every asking of a step. */
  #asked(talk, step) {
    return this.#questions.filter((controls) => controls.asks(talk, step));
  }

  /** Return the names of tapped options, each to itself, or null. */
  #tapped({ talk, step, options }) {
    const names = this.#asked(talk, step).at(-1)?.names(options);
    if (!names) return null;
    const list = new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" });
    return list.formatToParts(names).map(({ type, value }) => (type === "element" ? isolated(value) : value));
  }

  /** Remember whether the reader is at the end; only going up leaves it, not what grows below. */
  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#view;
    const near = scrollHeight - scrollTop - clientHeight < NEAR_END;
    this.#atEnd = near || (this.#atEnd && scrollTop >= this.#top);
    this.#top = scrollTop;
    if (near) this.#newest.hidden = true;
  }
}

/** A message of ours on screen, and what became of it. */
class Mine {
  #mark = make("span", { className: "unseen" });
  #fate = make("div", { className: "fate", hidden: true });

  /** Show its parts, with nothing more to say about it. */
  constructor(parts) {
    const bubble = make("p", { className: "bubble", dir: "auto" }, ...parts);
    const author = unseen("");
    label(author.firstChild, "you");
    const line = make("div", { className: "sent" }, bubble, make("span", { className: "mark" }, this.#mark));
    this.element = make("div", { className: "entry me kept" }, author, line, this.#fate);
  }

  /** Say that it is on its way. */
  pending() {
    this.#become("pending");
    label(this.#mark, "sending");
  }

  /** Say that it is kept for good. */
  kept() {
    this.#become("kept");
  }

  /** Say that it did not arrive, and offer to send it again. */
  unsent(retry) {
    const why = make("span");
    const again = make("button", { type: "button", className: "retry" });
    label(why, "not_sent");
    label(again, "retry");
    again.addEventListener("click", retry);
    this.#become("unsent", why, again);
  }

  /** Say why it will never be taken. */
  refused(reason, slots) {
    const why = make("span");
    label(why, reason, slots);
    this.#become("unsent", why);
  }

  /** Show what became of it, with words and buttons beneath where there are any. */
  #become(fate, ...parts) {
    release(this.#fate);
    this.element.className = `entry me ${fate}`;
    this.#mark.replaceWith((this.#mark = make("span", { className: "unseen" })));
    this.#fate.replaceChildren(...parts);
    this.#fate.hidden = !parts.length;
  }
}

/** Return an author's name for those who listen. */
function unseen(name) {
  return make("span", { className: "unseen" }, isolated(name), ": ");
}

/** Return what stands for a photo, a recording, a file or a place. */
function shown(media) {
  if (!media) return [];
  const symbol = SYMBOLS[media.kind] ?? SYMBOLS.file;
  if (media.kind === "photo") return [picture(media.bytes ?? download(media.id), symbol)];
  const name = media.kind === "location" ? media.id : media.name;
  return [name ? `${symbol} ` : symbol, ...(name ? [isolated(name)] : [])];
}
