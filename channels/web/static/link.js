/**
 * The connection with the server, over whichever way works, made anew whenever it breaks.
 *
 * It is `connecting` until the server welcomes us, then `ready`; `lost` while it waits to try again,
 * `closed` when only the visitor may try again. Everything the server says goes to `hear`.
 */

import { keepVisitor, visitor } from "./visitor.js";
import { RequestWay, SocketWay, STRANGER } from "./ways.js";

const PATIENCE = 10_000;
const SHORTEST_PAUSE = 500;
const LONGEST_PAUSE = 20_000;
const LONG_WAIT = 30;
const MISSES_ALLOWED = 2;

export const BAD_FRAME = 4400;
export const TOO_MUCH = 4429;
const TOO_MANY_TABS = 4409;

export class Link {
  state = "connecting";
  heardAt = 0;
  #hello;
  #after;
  #hear;
  #change;
  #way = null;
  #known = null;
  #timer = 0;
  #tries = 0;
  #misses = 0;
  #notBefore = 0;

  /**
   * `hello()` makes the first frame, `after()` tells the newest id we know,
   * `hear(frame)` gets what the server says, `change(state, code)` what became of us.
   */
  constructor({ hello, after, hear, change }) {
    this.#hello = hello;
    this.#after = after;
    this.#hear = hear;
    this.#change = change;
    window.addEventListener("online", () => this.#online());
    window.addEventListener("offline", () => this.state !== "closed" && this.#lose());
    document.addEventListener("visibilitychange", () => document.hidden || this.#seen());
  }

  /** Leave whatever way there was and take a new one. */
  connect() {
    this.#leave();
    this.#known = visitor();
    this.#become("connecting");
    const Way = this.#misses < MISSES_ALLOWED ? SocketWay : RequestWay;
    this.#way = new Way({
      hello: this.#hello(),
      after: this.#after,
      heard: (frame) => this.#heard(frame),
      ended: (code) => this.#lose(code),
    });
    this.#timer = setTimeout(() => this.#lose(), PATIENCE);
  }

  /** Try again now instead of later, unless the server asked us to wait. */
  hurry() {
    const waiting = this.state === "lost" || this.state === "closed";
    if (waiting && Date.now() >= this.#notBefore) this.connect();
  }

  /** Send a message if there is a way; what became of it is heard later. */
  send(frame) {
    if (this.state === "ready") this.#way.send(frame);
  }

  /** Pass on what the server says. */
  #heard(frame) {
    this.heardAt = Date.now();
    if (frame.type === "welcome") this.#welcomed(frame);
    if (frame.type === "later" && !frame.key) this.#wait(frame.seconds);
    this.#hear(frame);
  }

  /** Be ready: whatever failed before is forgiven. */
  #welcomed(frame) {
    clearTimeout(this.#timer);
    this.#known = frame.visitor;
    this.#tries = 0;
    if (this.#way instanceof SocketWay) this.#misses = -Infinity;
    this.#become("ready");
  }

  /** Leave the way we had, and try again as its end asks for. */
  #lose(code) {
    this.#leave();
    if (this.state === "connecting" && navigator.onLine) this.#missed();
    if (code === STRANGER && this.#known) return this.#forgotten();
    if (code === TOO_MANY_TABS) return this.#become("closed", code);
    if (code === TOO_MUCH) return this.#wait(LONG_WAIT, code);
    const pause = code === BAD_FRAME ? LONGEST_PAUSE : Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** this.#tries++);
    this.#again(pause * (0.5 + Math.random() / 2), code);
  }

  /** Count a way that led nowhere: after two sockets a request is tried, after that sockets again. */
  #missed() {
    this.#misses = this.#misses < MISSES_ALLOWED ? this.#misses + 1 : 0;
  }

  /** Come back as somebody new, unless another tab has done so already. */
  #forgotten() {
    if (visitor() === this.#known) keepVisitor(null);
    this.connect();
  }

  /** Wait as long as the server asks. */
  #wait(seconds, code) {
    this.#leave();
    this.#notBefore = Date.now() + seconds * 1000;
    this.#again(seconds * 1000, code);
  }

  /** Try again after a pause. */
  #again(pause, code) {
    this.#become("lost", code);
    this.#timer = setTimeout(() => this.connect(), pause);
  }

  /** Let go of the way we had, without hearing of it again. */
  #leave() {
    clearTimeout(this.#timer);
    this.#way?.leave();
    this.#way = null;
  }

  /** Tell what became of us. */
  #become(state, code) {
    this.state = state;
    this.#change(state, code);
  }

  /** The network is back: what we had belongs to the old one. */
  #online() {
    if (this.state === "ready") this.connect();
    else if (this.state === "lost") this.hurry();
  }

  /** Somebody is looking again. */
  #seen() {
    if (this.state === "lost") this.hurry();
    else if (this.state === "ready") this.#way.look();
  }
}
