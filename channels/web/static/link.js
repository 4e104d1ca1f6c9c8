/**
 * The way to the server: a socket, or plain requests where no socket can be had.
 *
 * It is `connecting` until the server welcomes us, then `ready`; `lost` while it waits to try again,
 * `closed` when only the visitor may try again. Everything the server says goes to `hear`.
 */

import { keepVisitor, visitor } from "./visitor.js";

const PATIENCE = 10_000;
const SHORTEST_PAUSE = 500;
const LONGEST_PAUSE = 20_000;
const LONG_PAUSE = 30;
const MISSES_ALLOWED = 2;
const POLL_SEEN = 3000;
const POLL_HIDDEN = 30_000;
const POLL_SOON = 300;

const BAD_FRAME = 4400;
const STRANGER = 4401;
const TOO_MANY_TABS = 4409;
const TOO_MUCH = 4429;

export class Link {
  heardAt = 0;
  state = "connecting";
  #hello;
  #after;
  #hear;
  #change;
  #socket = null;
  #requests = null;
  #turn = Promise.resolve();
  #timer = 0;
  #tries = 0;
  #misses = 0;
  #notBefore = 0;
  #known = null;

  /**
   * `hello()` makes the first frame, `after()` tells the newest id we know,
   * `hear(frame)` gets what the server says, `change(state, code)` what became of us.
   */
  constructor({ hello, after, hear, change }) {
    this.#hello = hello;
    this.#after = after;
    this.#hear = hear;
    this.#change = change;
    window.addEventListener("online", () => this.#awake());
    window.addEventListener("offline", () => this.state !== "closed" && this.#lose());
    document.addEventListener("visibilitychange", () => document.hidden || this.#seen());
  }

  /** Leave whatever way there was and make a new one. */
  connect() {
    this.#leave();
    this.#known = visitor();
    this.#become("connecting");
    if (this.#misses < MISSES_ALLOWED) this.#open();
    else this.#visit();
  }

  /** Try again now instead of later, unless the server asked us to wait. */
  hurry() {
    const waiting = this.state === "lost" || this.state === "closed";
    if (waiting && Date.now() >= this.#notBefore) this.connect();
  }

  /** Send a message if there is a way; what became of it is heard later. */
  send(frame) {
    if (this.state !== "ready") return;
    if (this.#socket) this.#socket.send(JSON.stringify(frame));
    else this.#turn = this.#turn.then(() => this.#post(frame));
  }

  /** Open a socket and say hello. */
  #open() {
    const address = new URL("/chat/socket", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = (this.#socket = new WebSocket(address));
    socket.onopen = () => socket.send(JSON.stringify(this.#hello()));
    socket.onmessage = ({ data }) => this.#heard(JSON.parse(data));
    socket.onclose = ({ code }) => this.#lose(code);
    this.#timer = setTimeout(() => this.#lose(), PATIENCE);
  }

  /** Say hello in a plain request. */
  async #visit() {
    this.#requests = new AbortController();
    const frame = await this.#request("/chat/visits", this.#hello());
    if (frame?.type === "welcome" || frame?.type === "later") this.#heard(frame);
    else if (frame) this.#lose();
  }

  /** Send a message in a plain request, and look for the reply soon. */
  async #post(frame) {
    const answer = await this.#request("/chat/messages", frame);
    if (!answer) return;
    this.#heard(answer);
    this.#poll(POLL_SOON);
  }

  /** Ask for new messages after a while, and ever again. */
  #poll(pause = document.hidden ? POLL_HIDDEN : POLL_SEEN) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const frame = await this.#request(`/chat/messages?after=${this.#after() ?? 0}`);
      if (!frame) return;
      this.#heard(frame);
      this.#poll();
    }, pause);
  }

  /** Return the server's answer to a request of this connection; null when it was the last of it. */
  async #request(path, body = null) {
    const requests = this.#requests;
    if (!requests) return null;
    const headers = { "Content-Type": "application/json" };
    if (visitor()) headers.Authorization = `Bearer ${visitor()}`;
    const late = setTimeout(() => requests === this.#requests && this.#lose(), PATIENCE);
    try {
      const answer = await fetch(path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), signal: requests.signal });
      if (answer.status === 401) throw STRANGER;
      return await answer.json();
    } catch (problem) {
      if (requests === this.#requests) this.#lose(problem === STRANGER ? STRANGER : undefined);
      return null;
    } finally {
      clearTimeout(late);
    }
  }

  /** Pass on what the server says. */
  #heard(frame) {
    this.heardAt = Date.now();
    if (frame.type === "welcome") this.#welcomed(frame);
    if (frame.type === "later" && !frame.key) this.#hold(frame.seconds);
    this.#hear(frame);
  }

  /** Be ready: whatever failed before is forgiven. */
  #welcomed(frame) {
    clearTimeout(this.#timer);
    this.#known = frame.visitor;
    this.#tries = 0;
    if (this.#socket) this.#misses = -Infinity;
    else this.#poll();
    this.#become("ready");
  }

  /** Leave the way we came, and try again as its end asks for. */
  #lose(code) {
    this.#leave();
    if (this.state === "connecting") this.#misses = this.#misses < MISSES_ALLOWED ? this.#misses + 1 : 0;
    if (code === TOO_MANY_TABS) return this.#become("closed", code);
    if (code === TOO_MUCH) return this.#hold(LONG_PAUSE, code);
    if (code === STRANGER && this.#known) return this.#forgotten();
    if (code === BAD_FRAME) this.#tries = Infinity;
    const pause = Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** this.#tries++);
    this.#again(pause * (0.5 + Math.random() / 2), code);
  }

  /** Come back as somebody new, unless another tab has done so already. */
  #forgotten() {
    if (visitor() === this.#known) keepVisitor(null);
    this.connect();
  }

  /** Wait as long as the server asks. */
  #hold(seconds, code) {
    this.#leave();
    this.#notBefore = Date.now() + seconds * 1000;
    this.#again(seconds * 1000, code);
  }

  /** Try again after a pause. */
  #again(pause, code) {
    this.#become("lost", code);
    this.#timer = setTimeout(() => this.connect(), pause);
  }

  /** Let go of the socket or the requests without hearing of them again. */
  #leave() {
    clearTimeout(this.#timer);
    this.#requests?.abort();
    this.#requests = null;
    this.#turn = Promise.resolve();
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  /** Tell what became of us. */
  #become(state, code) {
    this.state = state;
    this.#change(state, code);
  }

  /** The network is back: what we had belongs to the old one. */
  #awake() {
    if (this.state === "ready") this.connect();
    else if (this.state === "lost") this.hurry();
  }

  /** Somebody is looking again. */
  #seen() {
    if (this.state === "lost") this.hurry();
    else if (this.state === "ready" && !this.#socket) this.#poll(0);
  }
}
