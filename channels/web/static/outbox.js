/**
 * Messages of ours on their way. Each stays here, and in the tab's storage, until the server
 * says that it is kept; sending one again is safe, for the server takes a key once.
 */

import { upload } from "./media.js";
import { keep } from "./visitor.js";

const PATIENCE = 10_000;

/** Return a key that no other message has. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").slice(0, 22);
}

export class Outbox {
  #link;
  #limits;
  #idle;
  #items = new Map();

  /** Send through a link; the limits (size, count) fill the sentences of refusals. `idle` hears of files that did not go up. */
  constructor(link, limits, idle) {
    this.#idle = idle;
    this.#link = link;
    this.#limits = limits;
  }

  /** Send a message; its bubble shows what becomes of it. A file goes up first. */
  add(frame, bubble, file = null) {
    const item = fresh(frame, bubble, file);
    this.#items.set(frame.key, item);
    this.#save();
    this.#send(item);
  }

  /** Take messages from before a reload, each with its bubble; they come first and wait to be sent again. */
  restore(messages) {
    const older = messages.map(([frame, bubble]) => [frame.key, fresh(frame, bubble)]);
    this.#items = new Map([...older, ...this.#items]);
    this.#save();
  }

  /** Tell whether a message is still on its way. */
  has(key) {
    return this.#items.has(key);
  }

  /** Return the elements of what is on its way, oldest first. */
  get elements() {
    return [...this.#items.values()].flatMap((item) => item.bubble.element ?? []);
  }

  /** Return the frames of what is on its way, oldest first. */
  get frames() {
    return [...this.#items.values()].map((item) => item.frame);
  }

  /** The server keeps a message; return its bubble. */
  kept(key) {
    const item = this.#end(key);
    item?.bubble.kept();
    return item?.bubble;
  }

  /** The server will never take a message; return it. */
  refused(key, reason) {
    const item = this.#end(key);
    item?.bubble.refused(reason, this.#limits);
    return item?.frame;
  }

  /** A message did not arrive. */
  failed(key) {
    const item = this.#items.get(key);
    if (item) this.#fail(item);
  }

  /** Nothing that was on its way will arrive. */
  lost() {
    for (const item of this.#items.values()) if (item.sentAt && !item.uploading) this.#fail(item);
  }

  /** Send everything again, in order. */
  resend() {
    this.#items.forEach((item) => this.#send(item));
  }

  /** Send one message again; over a new connection if the old one has been silent since. */
  retry(key) {
    const item = this.#items.get(key);
    if (!item) return;
    const silent = item.sentAt && this.#link.heardAt < item.sentAt;
    this.#send(item);
    if (silent && this.#link.state === "ready") this.#link.connect();
    else this.#link.hurry();
  }

  /** Give up everything, for it was somebody else's. */
  clear() {
    for (const key of [...this.#items.keys()]) this.#end(key);
  }

  /** Hand a message to the link, and wait for word of it. */
  async #send(item) {
    if (item.uploading) return;
    item.bubble.pending();
    if (item.file && !item.frame.media && !(await this.#upload(item))) return;
    clearTimeout(item.timer);
    item.timer = setTimeout(() => this.#fail(item), PATIENCE);
    if (this.#link.state === "ready") item.sentAt = Date.now();
    this.#link.send(item.frame);
  }

  /** Send the file of a message up, and tell whether it is there. */
  async #upload(item) {
    item.uploading = true;
    const { media, refused } = await upload(item.file);
    item.uploading = false;
    if (!media) this.#idle();
    if (!this.#items.has(item.frame.key)) return false;
    if (refused) this.refused(item.frame.key, refused);
    else if (!media) this.#fail(item);
    else this.#uploaded(item, media);
    return Boolean(media);
  }

  /** Remember where a message's file is. */
  #uploaded(item, media) {
    item.frame.media = media;
    this.#save();
  }

  /** Show that a message did not arrive. */
  #fail(item) {
    clearTimeout(item.timer);
    item.bubble.unsent(() => this.retry(item.frame.key));
  }

  /** Take a message out, and return it. */
  #end(key) {
    const item = this.#items.get(key);
    if (!item) return null;
    clearTimeout(item.timer);
    this.#items.delete(key);
    this.#save();
    return item;
  }

  /** Keep what is on its way through a reload; a file that is not up yet cannot be. */
  #save() {
    keep("unsent", this.frames.filter((frame) => frame.type !== "give" || frame.media));
  }
}

/** Return a message that was not sent yet. */
function fresh(frame, bubble, file = null) {
  return { frame, bubble, file, timer: 0, uploading: false, sentAt: 0 };
}
