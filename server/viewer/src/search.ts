// The search box: keys, names and coordinates; a list that arrow keys walk through (ARIA combobox).

import * as api from "./api";
import { parseCoordinates } from "./coordinates";
import { element } from "./dom";
import type { Speaker } from "./words";

export type Hit =
  | { kind: "parcel"; key: string; label: string; note: string }
  | { kind: "place"; bounds: api.Bounds; label: string; note: string }
  | { kind: "point"; lon: number; lat: number; label: string; note: string };

/** How long typing must rest before the server is asked. */
const PAUSE_MS = 180;

export class SearchBox {
  readonly root: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly list: HTMLUListElement;
  private readonly label: HTMLLabelElement;
  private hits: Hit[] = [];
  private active = -1;
  private asking: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private speaker: Speaker,
    private readonly choose: (hit: Hit) => void,
  ) {
    this.input = element("input", {
      attributes: { type: "search", id: "search-input", role: "combobox", "aria-expanded": "false", "aria-controls": "search-hits", "aria-autocomplete": "list", autocomplete: "off", enterkeyhint: "search" },
      on: { input: () => this.typed(), keydown: (event) => this.pressed(event), blur: () => setTimeout(() => this.close(), 150) },
    });
    this.label = element("label", { class: "hidden", attributes: { for: "search-input" } });
    this.list = element("ul", { attributes: { id: "search-hits", role: "listbox" } });
    this.list.hidden = true;
    this.root = element("div", { class: "search", attributes: { role: "search" } }, this.label, this.input, this.list);
    this.speak(speaker);
  }

  speak(speaker: Speaker): void {
    this.speaker = speaker;
    this.input.placeholder = speaker.say("search");
    this.label.textContent = speaker.say("search");
    this.list.setAttribute("aria-label", speaker.say("searchHits"));
  }

  focus(): void {
    this.input.focus();
    this.input.select();
  }

  private typed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), PAUSE_MS);
  }

  private async ask(): Promise<void> {
    this.asking?.abort();
    const words = this.input.value.trim();
    if (words === "") return this.close();
    const asking = new AbortController();
    this.asking = asking;
    const point = parseCoordinates(words);
    if (point) {
      this.show([{ kind: "point", ...point, label: `${point.lon.toFixed(6)}, ${point.lat.toFixed(6)}`, note: this.speaker.say("coordinates") }]);
      return;
    }
    const found = await api.search(words.slice(0, 100), asking.signal).catch(() => undefined);
    if (found && this.asking === asking) this.show(found.results.map((result) => this.hit(result)));
  }

  private hit({ layer, key, name, bounds }: api.Found["results"][number]): Hit {
    const note = this.speaker.name(layer);
    const label = name || key || note;
    if (layer === "parcels" && key !== null) return { kind: "parcel", key, label, note: name ? key : note };
    return { kind: "place", bounds, label, note };
  }

  private show(hits: Hit[]): void {
    this.hits = hits;
    this.active = hits.length > 0 ? 0 : -1;
    const items = hits.map((hit, place) =>
      element(
        "li",
        {
          attributes: { role: "option", id: `search-hit-${place}` },
          // Before the input loses the focus, and with it the list.
          on: { mousedown: (event) => event.preventDefault(), click: () => this.take(place) },
        },
        element("span", { text: hit.label }),
        element("span", { class: "quiet", text: hit.note }),
      ),
    );
    this.list.replaceChildren(...(items.length > 0 ? items : [element("li", { class: "quiet", attributes: { role: "option", "aria-disabled": "true" }, text: this.speaker.say("nothingFound") })]));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark();
  }

  private mark(): void {
    [...this.list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === this.active)));
    if (this.active >= 0) this.input.setAttribute("aria-activedescendant", `search-hit-${this.active}`);
    else this.input.removeAttribute("aria-activedescendant");
    this.list.children[this.active]?.scrollIntoView({ block: "nearest" });
  }

  private pressed(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.hits.length > 0) {
      event.preventDefault();
      this.active = (this.active + step + this.hits.length) % this.hits.length;
      this.mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!this.list.hidden && this.active >= 0) this.take(this.active);
      else void this.ask();
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      this.close();
    }
  }

  private take(place: number): void {
    const hit = this.hits[place];
    if (!hit) return;
    this.input.value = hit.label;
    this.close();
    this.choose(hit);
  }

  private close(): void {
    this.asking?.abort();
    this.asking = undefined;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
