/** A question's controls: what can be tapped instead of typed. */

import { isolated, make, release } from "./dom.js";
import { label } from "./words.js";

const SCALES = { nps: [0, 10], csat: [1, 5], ces: [1, 7], rating: [1, 5] };
const STARS = new Set(["csat", "rating"]);
const MOST_STARS = 5;
const LONGEST_ROW = 11;
const STAR = "M12 2.6l2.9 5.9 6.5.95-4.7 4.6 1.1 6.45L12 17.45 6.2 20.5l1.1-6.45-4.7-4.6 6.5-.95z";

let made = 0;

/** The controls of one question on screen. */
export class Controls {
  question;
  #offers;
  #answer;
  #given = null;
  #done = null;

  /** Build them under the text they belong to; `answer` hears the keys of the options, or a typed text. */
  constructor(question, text, answer) {
    this.question = question;
    this.#offers = offers(question);
    this.#answer = answer;
    text.id = `question-${++made}`;
    this.element = make("fieldset", { className: "controls", "aria-labelledby": text.id }, ...this.#build(text.id));
    this.element.hidden = !this.element.childElementCount;
    this.element.addEventListener("click", (event) => this.#tapped(event));
  }

  /** Tell whether this is the question of a talk and step. */
  asks(talk, step) {
    return this.question.talk === talk && this.question.step === step;
  }

  /** Let it be answered while its talk is the open one. */
  allow(talk) {
    const asleep = !(talk?.open && talk.id === this.question.talk);
    if (asleep) release(this.element);
    this.element.disabled = asleep;
  }

  /** Return what the options are called, or null when one of them is not ours. */
  names(options) {
    if (!options.length) return this.question.skip ? [this.question.skip] : null;
    const names = options.map((key) => this.#offers.find((offer) => offer.key === key)?.label);
    return names.includes(undefined) ? null : names;
  }

  /** Show options as given; none of them is the skip, and null is no answer yet. */
  press(options) {
    this.#given = options;
    for (const button of this.element.querySelectorAll("[aria-pressed]")) {
      const key = button.dataset.key;
      button.setAttribute("aria-pressed", Boolean(key ? options?.includes(key) : options && !options.length));
    }
    for (const box of this.element.querySelectorAll("[type=checkbox]")) box.checked = Boolean(options?.includes(box.value));
    this.#ready();
  }

  /** Return the elements that this kind of question needs. */
  #build(name) {
    const { kind, skip } = this.question;
    const parts = [];
    if (kind in SCALES) parts.push(...this.#scale());
    else if (kind === "choices") parts.push(...this.#boxes());
    else if (kind === "date") parts.push(...this.#calendar(name));
    else if (this.#offers.length) parts.push(make("div", { className: "pills" }, ...this.#offers.map(pill)));
    if (skip) parts.push(button({ className: "pill skip", dir: "auto", textContent: skip }, ""));
    return parts;
  }

  /** Return a row of stars or numbers, with the words for its two ends beneath. */
  #scale() {
    const { kind, min, low, high } = this.question;
    const starred = STARS.has(kind) && (min ?? 1) === 1 && this.#offers.length <= MOST_STARS;
    const buttons = this.#offers.map(starred ? star : number);
    const style = starred ? "stars" : this.#offers.length > LONGEST_ROW ? "numbers many" : "numbers";
    const row = make("div", { className: style }, ...buttons);
    const ends = make("div", { className: "ends" });
    for (const [text, end] of [[low, buttons[0]], [high, buttons.at(-1)]]) {
      const id = `end-${++made}`;
      ends.append(isolated(text ?? "", { id }));
      if (text) end.setAttribute("aria-describedby", id);
    }
    return [make("div", { className: "scale" }, row, ...(low || high ? [ends] : []))];
  }

  /** Return a checkbox for each option and the button that gives the checked ones. */
  #boxes() {
    const boxes = this.#offers.map(({ key, label: name }) =>
      make("label", { className: "box" }, make("input", { type: "checkbox", value: key }), isolated(name)));
    this.#done = doneButton((event) => this.#give(this.#checked(), event));
    boxes.forEach((box) => box.addEventListener("change", () => this.#ready()));
    return [make("div", { className: "boxes" }, ...boxes), this.#done];
  }

  /** Return the browser's own calendar and the button that gives the day as text. */
  #calendar(name) {
    const day = make("input", { type: "date", className: "day", "aria-labelledby": name });
    const done = doneButton(() => {
      this.#answer({ text: day.value });
      release(done);
      day.value = "";
      done.disabled = true;
    });
    day.addEventListener("input", () => (done.disabled = !day.value));
    return [make("div", { className: "pills" }, day, done)];
  }

  /** Return the keys of the checked boxes, in the order they stand. */
  #checked() {
    return [...this.element.querySelectorAll(":checked")].map((box) => box.value);
  }

  /** Let checked boxes be given, where there are any. */
  #ready() {
    if (this.#done) this.#done.disabled = !this.#checked().length;
  }

  /** Give the option of a pressed button. */
  #tapped(event) {
    const button = event.target.closest("[data-key]");
    if (button) this.#give(button.dataset.key ? [button.dataset.key] : [], event);
  }

  /** Give an answer, unless it shows already or the tap is the second half of a double one: the log has moved under it. */
  #give(options, { detail }) {
    const shown = this.#given;
    if (shown && shown.length === options.length && shown.every((key) => options.includes(key))) return;
    if (detail > 1) return;
    this.#answer({ options });
  }
}

/** Return what a question offers; a scale offers its numbers. */
function offers({ kind, options, min, max }) {
  if (!(kind in SCALES)) return options;
  const [least, most] = SCALES[kind];
  const first = min ?? least;
  const count = (max ?? most) - first + 1;
  return Array.from({ length: count }, (_, i) => ({ key: `${first + i}`, label: `${first + i}` }));
}

/** Return a button that gives one option; without a key it skips. */
function button(properties, key) {
  const element = make("button", { type: "button", "aria-pressed": "false", ...properties });
  element.dataset.key = key;
  return element;
}

/** Return a choice. */
function pill({ key, label: name }) {
  return button({ className: "pill", dir: "auto", textContent: name }, key);
}

/** Return a number of a scale. */
function number({ key }) {
  return button({ className: "number", textContent: key }, key);
}

/** Return a star of a scale, which tells how many of how many it is. */
function star({ key }, _, all) {
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  shape.setAttribute("viewBox", "0 0 24 24");
  shape.setAttribute("aria-hidden", "true");
  shape.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  shape.firstChild.setAttribute("d", STAR);
  const element = button({ className: "star" }, key);
  element.append(shape);
  label(element, "of_total", { count: key, total: all.length }, "aria-label");
  return element;
}

/** Return the button that ends a choosing; there is nothing to give yet. */
function doneButton(give) {
  const element = make("button", { type: "button", className: "pill done", disabled: true });
  label(element, "done");
  element.addEventListener("click", give);
  return element;
}
