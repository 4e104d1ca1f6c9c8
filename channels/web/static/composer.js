/** Where people write, and add what the waiting question asks for. */

import { make, release } from "./dom.js";
import { keep } from "./visitor.js";
import { label } from "./words.js";

const MOST_ROWS = 5;
const KEYBOARDS = { number: "decimal", email: "email", phone: "tel" };
const PLACE = { timeout: 15_000, maximumAge: 60_000 };
const FILES = {
  photo: { accept: "image/*" },
  voice: { accept: "audio/*", capture: "user" },
  file: {},
};

export class Composer {
  #form = document.getElementById("composer");
  #text = document.getElementById("text");
  #attach = document.getElementById("attach");
  #notice = document.getElementById("notice");
  #longest;
  #say;
  #give;
  #wanted = "";

  /** `say(text)` hears what is written, `give(kind, file)` what is added; a place comes as text. */
  constructor({ longest, say, give }) {
    this.#longest = longest;
    this.#say = say;
    this.#give = give;
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#text.addEventListener("input", () => this.#written());
    this.#text.addEventListener("keydown", (event) => this.#pressed(event));
    document.getElementById("send").addEventListener("mousedown", (event) => event.preventDefault());
  }

  /** Bring back what was half written before a reload. */
  restore(draft) {
    this.#text.value ||= draft;
    this.#grow();
  }

  /** Offer the keyboard and the input that the waiting question is best answered with. */
  expect(question) {
    const kind = question?.kind ?? "";
    const signed = kind === "number" && question.min < 0;
    this.#text.inputMode = signed ? "text" : (KEYBOARDS[kind] ?? "text");
    if (kind !== this.#wanted) this.#offer(kind);
    this.#wanted = kind;
  }

  /** Say something about what was just tried, perhaps with a way out; no key takes it back. */
  notice(key = "", slots = {}, retry = null) {
    release(this.#notice);
    const said = make("span");
    label(said, key, slots);
    this.#notice.replaceChildren(...(key ? [said] : []));
    if (!retry) return;
    const button = make("button", { type: "button", className: "retry" });
    label(button, "retry");
    button.addEventListener("click", retry);
    this.#notice.append(button);
  }

  /** Put the input for a kind of question in the place of the last one. */
  #offer(kind) {
    release(this.#attach);
    this.#attach.replaceChildren(...this.#inputs(kind));
    this.#attach.hidden = !this.#attach.childElementCount;
  }

  /** Return the input for a photo, a recording or a file, or the button for a place. */
  #inputs(kind) {
    if (kind === "location") return [this.#place()];
    return kind in FILES ? [this.#file(kind)] : [];
  }

  /** Return a labelled input that gives the chosen file. */
  #file(kind) {
    const input = make("input", { type: "file", className: "unseen" });
    for (const [name, value] of Object.entries(FILES[kind])) input.setAttribute(name, value);
    input.addEventListener("change", () => {
      if (input.files[0]) this.#give(kind, input.files[0]);
      input.value = "";
    });
    const text = make("span");
    label(text, kind);
    return make("label", { className: "pill" }, text, input);
  }

  /** Return a button that gives where the visitor is. */
  #place() {
    const button = make("button", { type: "button", className: "pill" });
    const found = ({ coords }) => this.#give("location", `${coords.latitude.toFixed(4)},${coords.longitude.toFixed(4)}`);
    const denied = () => this.notice("place_denied");
    label(button, "place");
    button.addEventListener("click", ({ detail }) => {
      if (detail > 1) return;
      this.notice();
      navigator.geolocation.getCurrentPosition(found, denied, PLACE);
    });
    return button;
  }

  /** Send on Enter; Shift+Enter is a new line, and an Enter that ends a composition is neither. */
  #pressed(event) {
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  /** Give the text away if it can be taken. */
  #submit(event) {
    event.preventDefault();
    const text = this.#text.value.trim();
    if (!text) return;
    if ([...text].length > this.#longest) return this.notice("too_long", { count: this.#longest });
    this.#text.value = "";
    this.#written();
    this.#say(text);
  }

  /** Keep the half-written text, and make room for it. */
  #written() {
    this.notice();
    this.#grow();
    keep("draft", this.#text.value);
  }

  /** Be as many lines high as there are, up to a few. */
  #grow() {
    this.#text.rows = 1;
    while (this.#text.rows < MOST_ROWS && this.#text.scrollHeight > this.#text.clientHeight) this.#text.rows++;
  }
}
