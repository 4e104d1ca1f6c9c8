/** Whose talk is on screen and how much of it, and what the server was told about the visitor. */

import { keepVisitor, visitor } from "./visitor.js";

export class Visit {
  newest = null;
  facts = null;
  #settings;
  #said = null;
  #shownTo = null;
  #factsKnownOf;

  /** A visit to the flow and in the language that the page was asked for. */
  constructor(settings) {
    this.#settings = settings;
  }

  /** Return the first frame: who we are, and what we have seen. Facts are told once to each visitor's name. */
  hello() {
    const token = visitor();
    const telling = this.facts !== null && this.#factsKnownOf !== token;
    this.#said = {
      type: "hello",
      visitor: token,
      after: token === this.#shownTo && !telling ? this.newest : null,
      flow: this.#settings.flow,
      language: this.#settings.language,
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? null,
      facts: telling ? this.facts : null,
      link: this.#settings.link,
    };
    return this.#said;
  }

  /** Tell whether hello was said. */
  get begun() {
    return this.#said !== null;
  }

  /** Tell whether the whole talk was asked for, or only what is new. */
  get whole() {
    return this.#said.after === null;
  }

  /** Tell whether the site named the visitor in the last hello. */
  get named() {
    return this.#said.facts !== null;
  }

  /** Have the site's facts told in the next hello. */
  learn(facts) {
    this.facts = facts;
    this.#factsKnownOf = undefined;
  }

  /** Take the server's word for who is visiting; tell whether the screen shows somebody else's talk. */
  welcome(token) {
    const another = this.#shownTo !== null && this.#shownTo !== token;
    if (token !== visitor()) keepVisitor(token);
    this.#shownTo = token;
    this.#factsKnownOf = token;
    this.#forgetLink();
    if (another) this.newest = null;
    return another;
  }

  /** A one-time link has done what it does once it was told. */
  #forgetLink() {
    if (this.#settings.link === null) return;
    this.#settings = { ...this.#settings, link: null };
    const address = new URL(location.href);
    address.searchParams.delete("join");
    history.replaceState(history.state, "", address);
  }

  /** Remember the newest message; ids are too long for numbers. */
  saw(id) {
    const newest = this.newest ?? "";
    if (id.length > newest.length || (id.length === newest.length && id > newest)) this.newest = id;
  }
}
