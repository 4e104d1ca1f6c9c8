/** The chat page: what the server says goes into the log, what the visitor taps and writes to the server. */

import { Composer } from "./composer.js";
import { release } from "./dom.js";
import { Host } from "./host.js";
import { BAD_FRAME, Link, TOO_MUCH } from "./link.js";
import { Log } from "./log.js";
import { redrawn } from "./media.js";
import { newKey, Outbox } from "./outbox.js";
import { Visit } from "./visit.js";
import { hostedBy, kept, visitor } from "./visitor.js";
import { label, read, speak } from "./words.js";

const MEGABYTE = 1024 * 1024;
const REPLY_WITHIN = 2000;

const settings = read("settings");
const limits = { size: Math.floor(settings.largest / MEGABYTE), count: settings.longest };
const embedded = settings.embedded && window.parent !== window;
const state = document.getElementById("state");
const typing = document.getElementById("typing");
const ended = document.getElementById("ended");
const again = document.getElementById("again");

const visit = new Visit(settings);
const link = new Link({ hello: () => visit.hello(), after: () => visit.newest, hear, change });
const outbox = new Outbox(link, limits, () => expectReply(false));
const log = new Log(settings.brand, tapped);
const composer = new Composer({ longest: settings.longest, say: (text) => send({ type: "say", text }), give });

/** What a request to start again shows instead of a bubble. */
const restart = {
  key: null,
  pending() {
    release(again);
    again.disabled = true;
  },
  kept: () => {},
  unsent: () => restart.failed("not_sent"),
  refused: (reason, slots) => restart.failed(reason, slots),
  failed(reason, slots) {
    again.disabled = false;
    composer.notice(reason, slots);
  },
};

let talk = null;
let unsent = [];
let refusedFrame = false;
let typingTimer = 0;

again.addEventListener("click", startAgain);
window.visualViewport?.addEventListener("resize", fit);
if (embedded) hosted();
else start();

/** Begin the visit with what this tab kept of it. */
function start() {
  const { draft = "", unsent: frames = [] } = kept();
  unsent = frames;
  composer.restore(draft);
  link.connect();
}

/** Begin the visit once the site around us says who is visiting, and again when it says something else. */
function hosted() {
  const host = new Host(settings.sites, (greeting) => {
    const known = greeting.visitor === visitor() && greeting.facts === visit.facts;
    if (visit.begun && known) return;
    hostedBy(host, greeting.visitor ?? null);
    visit.learn(greeting.facts ?? null);
    if (visit.begun) link.connect();
    else start();
  });
}

/** Take what the server says. */
function hear(frame) {
  if (frame.type === "welcome") welcomed(frame);
  else if (frame.type === "messages") heard(frame);
  else if (frame.type === "stored") stored(frame);
  else if (frame.type === "refused") refused(frame);
  else if (frame.type === "later") later(frame);
}

/** Show the visitor's talk. Another's is taken down first, with what waits to be sent if the site named this one. */
function welcomed({ visitor: token, talk: current, messages, note }) {
  const another = visit.welcome(token);
  if (note) console.warn(`Voxpop: ${note}`);
  if (another) log.clear();
  if (another && visit.named) outbox.clear();
  if (another && !visit.whole) return link.connect();
  const returning = visit.whole && messages.some((entry) => entry.from === "me");
  if (returning) log.hushed(() => messages.forEach(enter));
  else messages.forEach(enter);
  follow(current);
  expectReply(false);
  resend();
}

/** Send what is not kept yet again, once and in order, below what is. */
function resend() {
  const missing = unsent.filter((frame) => !log.has(frame.key));
  outbox.restore(missing.map((frame) => [frame, show(frame)]).filter(([, bubble]) => bubble));
  unsent = [];
  log.last(outbox.elements);
  outbox.frames.filter((frame) => frame.type === "tap").forEach((tap) => log.press(tap));
  if (!refusedFrame) outbox.resend();
}

/** Show new messages. */
function heard({ messages, talk: current }) {
  messages.forEach(enter);
  follow(current ?? talk);
}

/** Show one message, unless it is there already. */
function enter(entry) {
  visit.saw(entry.id);
  if (entry.from === "bot") return void (log.hear(entry) && expectReply(false));
  const key = entry.key ?? entry.id;
  if (outbox.has(key)) return log.put(key, outbox.kept(key));
  if (!log.has(key) && log.say(key, entry) && entry.tap) log.press(entry.tap);
}

/** A message is kept for good. */
function stored({ key, talk: current }) {
  outbox.kept(key);
  composer.notice();
  follow(current ?? talk);
  clearTimeout(typingTimer);
  typingTimer = setTimeout(expectReply, REPLY_WITHIN, false);
}

/** A message will never be taken; what it tapped is open again. */
function refused({ key, reason }) {
  const frame = outbox.refused(key, reason);
  if (frame?.type === "tap") log.press({ ...frame, options: null });
  expectReply(false);
}

/** A message, or our hello, was not taken this time. */
function later({ key, reason }) {
  if (key) outbox.failed(key);
  composer.notice(reason);
  expectReply(false);
}

/** Show how the connection is; while it comes and goes this stays calm. */
function change(became, code) {
  if (became === "ready") composer.notice();
  else expectReply(became === "connecting" && visit.newest === null);
  if (became === "lost") {
    refusedFrame = code === BAD_FRAME;
    outbox.lost();
  }
  if (code === TOO_MUCH) composer.notice("too_fast");
  if (became === "closed") composer.notice("elsewhere", {}, () => link.connect());
  const retrying = became === "connecting" && state.dataset.word === "offline";
  if (!retrying) label(state, { connecting: "connecting", lost: "offline" }[became] ?? "");
}

/** Follow a talk: what it asks, whether it is over, which language it speaks. */
function follow(current) {
  talk = current;
  log.allow(talk);
  composer.expect(log.waiting(talk));
  const over = talk !== null && !talk.open;
  if (!over) release(ended);
  ended.hidden = !over;
  again.disabled = outbox.has(restart.key);
  if (talk?.language) speak(talk.language);
}

/** Ask for the talk to begin anew, or once more if that did not arrive. */
function startAgain() {
  composer.notice();
  if (outbox.has(restart.key)) outbox.retry(restart.key);
  else send({ type: "again" });
}

/** Give what was tapped under a question, or picked there as text. */
function tapped({ talk: id, step }, { options, text }) {
  if (text) return send({ type: "say", text });
  send({ type: "tap", talk: id, step, options });
  log.press({ talk: id, step, options });
}

/** Give a place, or a file that is not too large; photos are made small first. */
async function give(kind, what) {
  composer.notice();
  if (kind === "location") return send({ type: "give", kind, media: what, text: null });
  const file = kind === "photo" ? await redrawn(what) : what;
  if (file.size > settings.largest) return composer.notice("too_large", limits);
  send({ type: "give", kind, media: null, text: null }, file, what.name);
}

/** Send a new message and show it at once. */
function send(frame, file = null, name = "") {
  frame.key = newKey();
  const bubble = show(frame, file, name);
  log.toEnd();
  expectReply(link.state === "ready");
  outbox.add(frame, bubble, file);
  link.hurry();
}

/** Show a message of ours and return what tells its fate. */
function show(frame, file = null, name = "") {
  if (frame.type === "again") {
    restart.key = frame.key;
    return restart;
  }
  const tap = frame.type === "tap" ? frame : null;
  const media = frame.type === "give" ? { kind: frame.kind, id: frame.media, bytes: file, name } : null;
  return log.say(frame.key, { text: frame.text, tap, media });
}

/** Show or take away the sign that a reply may come. */
function expectReply(on) {
  clearTimeout(typingTimer);
  typing.classList.toggle("on", on);
}

/** Leave room for a keyboard that covers the page instead of shrinking it. */
function fit() {
  const { height, scale } = window.visualViewport;
  const covered = scale === 1 && height < window.innerHeight;
  document.body.style.blockSize = covered ? `${height}px` : "";
  if (covered) window.scrollTo(0, 0);
}
