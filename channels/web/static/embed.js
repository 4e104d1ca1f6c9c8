/**
 * A chat on any site: <script src="https://…/chat/embed.js" data-flow="nps" data-language="es" defer></script>
 *
 * A round button opens a panel with the chat in a frame. The visitor's token lives in this site's own
 * storage and is handed only to our frame; everything drawn lives in a shadow, so nothing leaks either way.
 */
(() => {
  "use strict";

  if (window.Voxpop) return;

  const SET = __SET__;
  const TOKEN = "voxpop.visitor";
  const PATIENCE = 10_000;
  const { flow, language, facts: factsAtFirst } = document.currentScript.dataset;

  const STYLE = `
    :host { all: initial; }
    .button, .panel { position: fixed; z-index: 2147483000; inset-inline-end: max(1.25rem, env(safe-area-inset-right)); }
    .button {
      inset-block-end: max(1.25rem, env(safe-area-inset-bottom));
      display: grid; place-items: center; box-sizing: border-box; inline-size: 3.5rem; block-size: 3.5rem; padding: 0;
      border: 1px solid rgb(255 255 255 / .35); border-radius: 50%; background: ${SET.brand}; color: ${SET.onBrand};
      box-shadow: 0 4px 16px rgb(0 0 0 / .28); cursor: pointer;
    }
    .button:focus-visible { outline: 3px solid ${SET.brand}; outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    svg { inline-size: 1.75rem; block-size: 1.75rem; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    .panel {
      inset-block-end: calc(max(1.25rem, env(safe-area-inset-bottom)) + 4.25rem);
      inline-size: min(25rem, 100vw - 2.5rem); block-size: min(42rem, 100dvh - 7rem); overflow: hidden;
      border-radius: 1rem; background: Canvas; box-shadow: 0 0 0 1px rgb(0 0 0 / .12), 0 12px 40px rgb(0 0 0 / .3);
    }
    [hidden] { display: none; }
    iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; color-scheme: light dark; }
    @media (max-width: 30rem), (max-height: 28rem) {
      .panel.ready { inset: 0; inline-size: auto; block-size: 100dvh; border-radius: 0; }
    }
    @media (prefers-reduced-motion: no-preference) {
      .panel { animation: arrive .16s ease-out; }
      @keyframes arrive { from { opacity: 0; transform: translateY(.5rem); } }
    }
    @media (forced-colors: active) { .button, .panel { border: 1px solid ButtonText; } }`;

  let token = stored((storage) => storage.getItem(TOKEN));
  let facts = factsAtFirst ?? null;
  let frame = null;
  let waiting = 0;

  const host = document.createElement("div");
  const button = document.createElement("button");
  const panel = document.createElement("div");
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "path");

  /** Use this site's storage, which may be closed to us: then the visitor is somebody new every time. */
  function stored(use) {
    try {
      return use(localStorage);
    } catch {
      return null;
    }
  }

  /** Keep the visitor's token for the next time; null drops it. */
  function keep(newToken) {
    token = newToken;
    stored((storage) => (token ? storage.setItem(TOKEN, token) : storage.removeItem(TOKEN)));
  }

  /** Return the frame with the chat, not yet loaded. */
  function newFrame() {
    const address = new URL("/chat", SET.origin);
    address.searchParams.set("embed", "1");
    if (flow) address.searchParams.set("flow", flow);
    if (language) address.searchParams.set("language", language);
    const made = document.createElement("iframe");
    made.title = SET.title;
    made.allow = `geolocation ${SET.origin}`;
    made.src = address;
    return made;
  }

  /** Tell our frame, and nobody else, who is visiting. */
  function greet() {
    token = stored((storage) => storage.getItem(TOKEN)) ?? token;
    frame?.contentWindow?.postMessage({ voxpop: "hello", visitor: token, facts }, SET.origin);
  }

  /** Do what our frame asks; whoever else speaks is not heard. */
  function hear({ source, origin, data }) {
    if (!frame || source !== frame.contentWindow || origin !== SET.origin) return;
    if (data?.voxpop === "ready") arrived();
    if (data?.voxpop === "visitor") keep(data.visitor);
    if (data?.voxpop === "close") close();
  }

  /** Show the panel, and load the chat into it the first time. */
  function open() {
    if (!frame) {
      panel.append((frame = newFrame()));
      waiting = setTimeout(missing, PATIENCE);
    }
    show(true);
    frame.focus();
  }

  /** Hide the panel; the keyboard goes back to the button if it was inside. */
  function close() {
    if (panel.hidden) return;
    const within = document.activeElement === host;
    show(false);
    if (within) button.focus();
  }

  /** Show or hide the panel, and have the button say which. */
  function show(shown) {
    panel.hidden = !shown;
    button.setAttribute("aria-expanded", shown);
    button.setAttribute("aria-label", shown ? SET.close : SET.open);
    icon.setAttribute("d", shown ? "M6 6l12 12M18 6L6 18" : "M4 5h16v11H10l-5 4v-4H4z");
  }

  /** Say who is logged in, by a token that the site's server signed. */
  function identify(jwt) {
    if (typeof jwt !== "string") return console.error("Voxpop: identify() takes the token that your server signed.");
    facts = jwt;
    greet();
  }

  /** The chat is there: from now on it closes itself, and may have the whole of a small screen. */
  function arrived() {
    clearTimeout(waiting);
    panel.classList.add("ready");
    greet();
  }

  /** Tell the site's developer why there may be no chat. */
  function missing() {
    const why = `list ${location.origin} in channels.web.sites, and the flow in channels.web.allowed`;
    console.error(`Voxpop: the chat at ${SET.origin} did not open; ${why}.`);
  }

  /** Forget the visitor, as at a logout. */
  function forget() {
    close();
    clearTimeout(waiting);
    panel.classList.remove("ready");
    frame?.remove();
    frame = null;
    facts = null;
    keep(null);
  }

  /** Put the button and the closed panel on the page. */
  function place() {
    const shadow = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    drawing.setAttribute("viewBox", "0 0 24 24");
    drawing.setAttribute("aria-hidden", "true");
    drawing.append(icon);
    button.append(drawing);
    button.className = "button";
    button.type = "button";
    panel.className = panel.id = "panel";
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", SET.title);
    button.setAttribute("aria-controls", "panel");
    button.addEventListener("click", () => (panel.hidden ? open() : close()));
    shadow.addEventListener("keydown", (event) => event.key === "Escape" && close());
    show(false);
    shadow.append(button, panel);
    document.body.append(host);
  }

  window.addEventListener("message", hear);
  window.Voxpop = Object.freeze({ open, close, identify, forget });
  if (document.body) place();
  else document.addEventListener("DOMContentLoaded", place);
})();
