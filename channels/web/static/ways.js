/**
 * Two ways to the server with one face: `send` a frame, `look` whether there is anything new, and `leave`.
 * What they hear goes to `heard(frame)`. `ended(code)` is called once, unless they were left before.
 */

import { visitor } from "./visitor.js";

const PATIENCE = 10_000;
const POLL_SEEN = 3000;
const POLL_HIDDEN = 30_000;
const POLL_SOON = 300;
const REFUSALS = new Set([400, 413, 415]);

/** The server no longer knows the visitor: a socket's close code, and our word for a request's 401. */
export const STRANGER = 4401;

/** A socket: the server speaks whenever it has something to say. */
export class SocketWay {
  #socket;

  /** Open it and say hello. */
  constructor({ hello, heard, ended }) {
    const address = new URL("/chat/socket", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.#socket = new WebSocket(address);
    this.#socket.onopen = () => this.send(hello);
    this.#socket.onmessage = ({ data }) => heard(JSON.parse(data));
    this.#socket.onclose = ({ code }) => ended(code);
  }

  send(frame) {
    this.#socket.send(JSON.stringify(frame));
  }

  look() {}

  leave() {
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
  }
}

/** Plain requests, for networks that let no socket through: the server is asked now and then. */
export class RequestWay {
  #after;
  #heard;
  #ended;
  #calls = new AbortController();
  #turn;
  #timer = 0;

  /** Say hello; `after()` tells the newest id we know. */
  constructor({ hello, after, heard, ended }) {
    this.#after = after;
    this.#heard = heard;
    this.#ended = ended;
    this.#turn = this.#visit(hello);
  }

  send(frame) {
    this.#turn = this.#turn.then(() => this.#post(frame));
  }

  look(pause = 0) {
    clearTimeout(this.#timer);
    if (!this.#calls.signal.aborted) this.#timer = setTimeout(() => this.#poll(), pause);
  }

  leave() {
    clearTimeout(this.#timer);
    this.#calls.abort();
  }

  /** Say hello and begin to ask for what is new. */
  async #visit(hello) {
    const frame = await this.#call("/chat/visits", hello);
    if (frame) this.#heard(frame);
    this.look(POLL_SEEN);
  }

  /** Send a message, and look for the reply soon. */
  async #post(message) {
    const frame = await this.#call("/chat/messages", message);
    if (frame) this.#heard({ ...frame, key: message.key });
    this.look(POLL_SOON);
  }

  /** Ask for what is new, and again after a while. */
  async #poll() {
    const frame = await this.#call(`/chat/messages?after=${this.#after() ?? 0}`);
    if (frame) this.#heard(frame);
    this.look(document.hidden ? POLL_HIDDEN : POLL_SEEN);
  }

  /** Return the server's answer; null when it never came, which is the end of this way. */
  async #call(path, body) {
    const { signal } = this.#calls;
    if (signal.aborted) return null;
    const late = setTimeout(() => this.#end(), PATIENCE);
    try {
      return await this.#read(await fetch(path, { signal, headers: headers(), ...(body && posted(body)) }));
    } catch (problem) {
      this.#end(problem);
      return null;
    } finally {
      clearTimeout(late);
    }
  }

  /** Return the frame in an answer; a refusal may come without one. */
  async #read(answer) {
    if (answer.status === 401) throw STRANGER;
    if (!REFUSALS.has(answer.status)) return answer.json();
    return answer.json().catch(() => ({ type: "refused", reason: "refused" }));
  }

  /** Come to an end, once. */
  #end(problem) {
    if (this.#calls.signal.aborted) return;
    this.leave();
    this.#ended(problem === STRANGER ? STRANGER : undefined);
  }
}

/** Return what makes a request carry a frame. */
function posted(frame) {
  return { method: "POST", body: JSON.stringify(frame) };
}

/** Return the headers that say who is asking, in which form. */
function headers() {
  const token = visitor();
  return { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
}
