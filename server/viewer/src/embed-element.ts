// <tuban-map>: the map of a Tuban server as an element of any page.
//
//   <script src="https://map.example/embed.js"></script>
//   <tuban-map map-style="far" view="13/43.94/116.08" filter="parcels.far_class:1,2" lang="zh"></tuban-map>
//
// Attributes: server, map-style, view, filter, parcel, lang, panel. Events: tuban-ready, tuban-place,
// tuban-select, with what was said in `detail`. It is a frame inside: nothing of the page around is
// touched, and the page around needs `frame-src` for the server in its own policy.

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "";

/** Attributes with the names that the frame has for them. */
const NAMES: Record<string, string> = { "map-style": "style", view: "view", filter: "filter", parcel: "parcel", lang: "lang", panel: "panel" };

class TubanMapElement extends HTMLElement {
  static readonly observedAttributes = [...Object.keys(NAMES), "server"];
  private frame: HTMLIFrameElement | undefined;
  private isReady = false;

  connectedCallback(): void {
    if (this.frame) return;
    const frame = document.createElement("iframe");
    frame.title = this.getAttribute("title") ?? "Tuban";
    frame.allow = "geolocation; clipboard-write";
    Object.assign(frame.style, { border: "0", width: "100%", height: "100%", display: "block" });
    frame.src = this.address();
    if (getComputedStyle(this).display === "inline") this.style.display = "block";
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.replaceChildren(frame);
    this.frame = frame;
    addEventListener("message", this.hear);
  }

  disconnectedCallback(): void {
    removeEventListener("message", this.hear);
    this.frame?.remove();
    this.frame = undefined;
    this.isReady = false;
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now || !this.frame) return;
    if (name === "server" || name === "panel" || !this.isReady) this.frame.src = this.address();
    else this.set({ [NAMES[name] ?? name]: now });
  }

  /** Shows another style, view, filter, language or parcel. */
  set(place: Record<string, string | null>): void {
    this.frame?.contentWindow?.postMessage({ type: "tuban:set", ...place }, this.server().origin);
  }

  private server(): URL {
    return new URL(this.getAttribute("server") ?? script, document.baseURI);
  }

  private address(): string {
    const address = new URL("embed", this.server());
    for (const [attribute, name] of Object.entries(NAMES)) {
      const value = this.getAttribute(attribute);
      if (value) address.searchParams.set(name, value);
    }
    return address.href;
  }

  private readonly hear = (event: MessageEvent<{ type?: unknown } | null>) => {
    if (event.source !== this.frame?.contentWindow || event.origin !== this.server().origin) return;
    const type = event.data?.type;
    if (typeof type !== "string" || !type.startsWith("tuban:")) return;
    if (type === "tuban:ready") this.isReady = true;
    this.dispatchEvent(new CustomEvent(type.replace(":", "-"), { detail: event.data, bubbles: true, composed: true }));
  };
}

if (!customElements.get("tuban-map")) customElements.define("tuban-map", TubanMapElement);
