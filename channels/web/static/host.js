/** The site around an embedded chat. Only sites on the list are heard, and only one in a page's life. */

export class Host {
  #sites;
  #origin = null;

  /** `hello({visitor, facts})` hears every greeting of the site. */
  constructor(sites, hello) {
    this.#sites = sites;
    window.addEventListener("message", (event) => this.#trusts(event) && hello(event.data));
    document.getElementById("close")?.addEventListener("click", () => this.#close());
    window.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) this.#close();
    });
    window.parent.postMessage({ voxpop: "ready" }, "*");
  }

  /** Tell the site something, once we know which it is. */
  tell(message) {
    if (this.#origin) window.parent.postMessage(message, this.#origin);
  }

  /** Ask the site to close the chat. */
  #close() {
    this.tell({ voxpop: "close" });
  }

  /** Tell whether a message is a greeting of our site; the first one decides which site that is. */
  #trusts({ source, origin, data }) {
    if (source !== window.parent || data?.voxpop !== "hello" || !this.#sites.includes(origin)) return false;
    this.#origin ??= origin;
    return origin === this.#origin;
  }
}
