// The page from its start: ask the server what there is, draw it, answer clicks.

import "maplibre-gl/dist/maplibre-gl.css";
import "./style.css";

import type { StyleSpecification } from "maplibre-gl";

import { during, idle, setDrawing, setFailed } from "./activity";
import * as api from "./api";
import { CodeBook, featuresCard, parcelCard, type Listed } from "./card";
import { byId, element } from "./dom";
import { readHash, writeHash, type Place } from "./hash";
import { listen, type News } from "./live";
import { TubanMap, type DrawnFeature, type Highlight, type Margins } from "./map";
import { renderPanel } from "./panel";
import { preferredLanguage, Speaker, type Language, type Word } from "./words";

/** What tests and embedding pages may use. Everything else may change. */
export interface TubanHook {
  /** MapLibre's map; null where the browser cannot draw one. */
  map: TubanMap["map"] | null;
  /** Settles when the first map is drawn, or when it is clear that it cannot be. */
  ready: Promise<void>;
  /** Settles as soon as map, legend and card all show what they should. */
  idle(): Promise<void>;
  setStyle(id: string): Promise<void>;
  setLanguage(language: Language): void;
  select(parcel: string): Promise<void>;
  /** What is shown, as the address has it. */
  place(): Place;
}

declare global {
  interface Window {
    tuban: TubanHook;
  }
}

/** What the card shows. */
type Selection = { parcel: api.Parcel; also: Listed[] } | { features: Listed[] };

class Page {
  map: TubanMap | undefined;
  private catalog: api.Catalog | undefined;
  private codes = new CodeBook({ lists: [] });
  private speaker: Speaker;
  private style = "";
  private legend: api.Legend | undefined;
  private readonly legends = new Map<string, Promise<api.Legend>>();
  private readonly styles = new Map<string, Promise<StyleSpecification>>();
  private selection: Selection | undefined;
  private folded = false;
  /** Counts requests for a card, so that a slow answer does not replace a later one. */
  private asked = 0;
  private message: { word: Word; detail?: string; retry?: () => void } | undefined;

  constructor(language: Language) {
    this.speaker = new Speaker(language);
  }

  async start(): Promise<void> {
    this.showMessage("loading");
    try {
      const [catalog, codes] = await during(Promise.all([api.catalog(), api.codes().catch(() => ({ lists: [] }))]));
      this.catalog = catalog;
      this.codes = new CodeBook(codes);
    } catch (error) {
      setFailed(true);
      this.showMessage(error instanceof api.Refused ? "refused" : "unreachable", () => location.reload());
      return;
    }
    this.clearMessage();
    document.title = `${this.catalog.title} · Tuban`;
    const place = readHash();
    this.style = this.knownStyle(place.style);
    this.openMap();
    this.render();
    await during(this.showStyle(this.style, true));
    this.firstView(place);
    if (place.parcel) await this.select(place.parcel, place.view === undefined);
    this.measureSheets();
    listen((news) => void during(this.hear(news)));
    addEventListener("hashchange", () => this.goTo(readHash()));
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.selection) this.close();
    });
  }

  /** A new generation is served: what it changed is asked for again, and all that counts. */
  private async hear(news: News): Promise<void> {
    if (news.generation === this.catalog?.generation) return;
    // Without an answer the page stays as it is; the next news may find one.
    const found = await Promise.all([api.catalog(), api.codes()]).catch(() => undefined);
    if (!found) return;
    const [catalog, codes] = found;
    const isFromBefore = news.since !== this.catalog?.generation;
    this.catalog = catalog;
    this.codes = new CodeBook(codes);
    this.styles.clear();
    this.legends.clear();
    this.map?.refresh(isFromBefore ? { generation: news.generation } : news);
    await this.showStyle(this.knownStyle(this.style));
    if (this.selection && "parcel" in this.selection) {
      await this.open(this.selection.parcel.key, this.selection.also, ++this.asked);
    }
  }

  /** On a phone, scale and buttons keep clear of the sheet at the bottom. */
  private measureSheets(): void {
    const sheets = [byId("panel"), byId("card")];
    const measure = () => {
      const height = Math.max(...sheets.map((sheet) => sheet.getBoundingClientRect().height));
      document.body.style.setProperty("--sheet", `${Math.round(height)}px`);
    };
    const observer = new ResizeObserver(measure);
    for (const sheet of sheets) observer.observe(sheet);
  }

  private openMap(): void {
    try {
      this.map = new TubanMap(byId("map"), {
        onClick: (point, drawn, byKeyboard) => void during(this.ask(point, drawn, byKeyboard)),
        onMoved: () => this.writePlace(),
        onTrouble: (error) => this.trouble(error),
        onSource: () => this.renderNote(),
      });
    } catch {
      setDrawing(false);
      setFailed(true);
      this.showMessage("noWebgl");
    }
  }

  /** The style with that id, or the first there is. */
  private knownStyle(id: string | undefined): string {
    const styles = this.catalog?.styles ?? [];
    return styles.find((style) => style.id === id)?.id ?? styles[0]?.id ?? "auto";
  }

  private firstView(place: Place): void {
    if (place.view) this.map?.jumpTo(place.view);
    else if (this.catalog?.bounds) this.map?.fit(this.catalog.bounds, this.margins(), false, 17);
    else this.map?.center();
    this.writePlace();
  }

  private async showStyle(id: string, first = false): Promise<void> {
    this.style = id;
    try {
      const [style, legend] = await Promise.all([
        remember(this.styles, id, () => api.style<StyleSpecification>(id)),
        remember(this.legends, id, () => api.legend(id)).catch(() => undefined),
      ]);
      if (this.style !== id) return;
      this.legend = legend;
      this.map?.setStyle(style);
      if (this.message && !first) this.clearMessage();
    } catch (error) {
      this.showMessage(error instanceof api.Refused ? "refused" : "unreachable", () => void during(this.showStyle(id)));
    }
    this.render();
    if (!first) this.writePlace();
  }

  setStyle(id: string): Promise<void> {
    return during(this.showStyle(this.knownStyle(id)));
  }

  setLanguage(language: Language): void {
    this.speaker = new Speaker(language);
    this.render();
    this.renderCard();
    this.renderMessage();
    this.writePlace();
  }

  /** What lies at a point: a parcel if there is one, else everything else. */
  private async ask(point: { lon: number; lat: number }, drawn: DrawnFeature[], byKeyboard: boolean): Promise<void> {
    const turn = ++this.asked;
    const identified = await api.identify(point.lon, point.lat).catch(() => ({ features: [] }));
    if (turn !== this.asked) return;
    const features = merge(identified.features, drawn);
    const isParcel = (feature: Listed) =>
      this.catalog?.rules !== undefined && api.isFinding(feature) && feature.layer === "parcels" && typeof feature.attributes["key"] === "string";
    const parcel = features.find(isParcel);
    if (parcel) {
      const also = features.filter((feature) => feature !== parcel);
      await this.open(String(parcel.attributes["key"]), also, turn);
    } else if (features.length > 0) {
      this.selection = { features };
      const first = features[0];
      const single = features.length === 1 && first?.id !== undefined;
      this.map?.highlight(single ? { tileset: first.tileset ?? api.FINDINGS, layer: first.layer, id: first.id as number } : undefined);
      this.renderCard();
      this.writePlace();
    } else {
      this.close();
      if (byKeyboard) this.showMessage("nothingHere");
    }
    if (features.length > 0 && this.message?.word === "nothingHere") this.clearMessage();
    if (byKeyboard) byId("card").querySelector<HTMLElement>("h2")?.focus();
  }

  async select(key: string, zoom: boolean): Promise<void> {
    const turn = ++this.asked;
    await during(this.open(key, [], turn));
    if (zoom) this.zoomToSelection(false);
  }

  private async open(key: string, also: Listed[], turn: number): Promise<void> {
    try {
      const parcel = await api.parcel(key);
      if (turn !== this.asked) return;
      this.selection = { parcel, also };
      const highlight: Highlight = { tileset: api.FINDINGS, layer: "parcels", key: parcel.key };
      this.map?.highlight(highlight);
      if (this.message?.word === "noParcel") this.clearMessage();
    } catch (error) {
      const missing = error instanceof api.Refused && error.status === 404;
      if (missing) this.showMessage("noParcel", undefined, key);
      else this.showMessage(error instanceof api.Refused ? "refused" : "unreachable", () => void during(this.open(key, also, turn)));
    }
    this.renderCard();
    this.writePlace();
  }

  private zoomToSelection(animate: boolean): void {
    const { selection } = this;
    if (selection && "parcel" in selection) this.map?.fit(selection.parcel.bounds, this.margins(), animate, 17);
  }

  private close(): void {
    const hadFocus = byId("card").contains(document.activeElement);
    this.asked += 1;
    this.selection = undefined;
    this.map?.highlight(undefined);
    this.renderCard();
    this.writePlace();
    if (hadFocus) this.map?.map.getCanvas().focus();
  }

  /** Follows an address that somebody typed or clicked. */
  private goTo(place: Place): void {
    if (place.view) this.map?.jumpTo(place.view);
    if (place.language && place.language !== this.speaker.language) this.setLanguage(place.language);
    if (place.style && place.style !== this.style) void this.setStyle(place.style);
    const shown = this.place().parcel;
    if (place.parcel && place.parcel !== shown) void this.select(place.parcel, place.view === undefined);
    else if (!place.parcel && shown) this.close();
  }

  place(): Place {
    const place: Place = { style: this.style, language: this.speaker.language };
    if (this.map) place.view = this.map.view();
    if (this.selection && "parcel" in this.selection) place.parcel = this.selection.parcel.key;
    return place;
  }

  private writePlace(): void {
    if (this.catalog) writeHash(this.place());
  }

  private render(): void {
    const { catalog, speaker, map } = this;
    document.documentElement.lang = speaker.language === "zh" ? "zh-CN" : "en";
    if (!catalog) return;
    renderPanel(byId("panel"), { catalog, style: this.style, legend: this.legend, folded: this.folded }, speaker, {
      chooseStyle: (id) => void this.setStyle(id),
      chooseLanguage: (language) => this.setLanguage(language),
      fold: (folded) => {
        this.folded = folded;
        this.render();
      },
      draws: (tileset, layer) => map?.draws(tileset, layer) ?? true,
      isShown: (tileset, layer) => map?.isShown(tileset, layer) ?? true,
      setShown: (tileset, layer, shown) => map?.setShown(tileset, layer, shown),
      colour: (tileset, layer) => map?.colour(tileset, layer),
    });
    map?.nameControls({ canvas: speaker.say("canvas"), zoomIn: speaker.say("zoomIn"), zoomOut: speaker.say("zoomOut") });
    this.renderNote();
  }

  /** Where the data come from and how old they are. */
  private renderNote(): void {
    const { catalog, speaker } = this;
    if (!catalog) return;
    const parts = [
      catalog.note ? speaker.pick(catalog.note) : "",
      ...(this.map?.attributions() ?? []),
      `${speaker.say("generation")} ${catalog.generation}${catalog.rules ? ` · ${speaker.say("rules")} ${catalog.rules}` : ""}`,
    ].filter((part) => part !== "");
    byId("note").replaceChildren(...parts.map((part) => element("span", { text: part })));
  }

  private renderCard(): void {
    const card = byId("card");
    const { selection, speaker, codes } = this;
    document.body.classList.toggle("with-card", selection !== undefined);
    card.hidden = selection === undefined;
    const close = () => this.close();
    if (!selection) {
      card.replaceChildren();
    } else if ("parcel" in selection) {
      const actions = { close, zoom: () => this.zoomToSelection(true) };
      card.replaceChildren(...parcelCard(selection.parcel, selection.also, codes, speaker, actions));
    } else {
      card.replaceChildren(...featuresCard(selection.features, codes, speaker, { close }));
    }
    card.setAttribute("aria-label", card.querySelector("h2")?.textContent ?? "");
    card.scrollTop = 0;
  }

  /** Room that panel and card take from the map. */
  private margins(): Margins {
    const gap = 36;
    const margins = { top: gap, right: gap, bottom: gap, left: gap };
    const panel = byId("panel").getBoundingClientRect();
    const card = byId("card");
    if (innerWidth <= 600) {
      const sheet = this.selection ? card.getBoundingClientRect().height : panel.height;
      margins.bottom += Math.min(sheet, innerHeight * 0.6);
      margins.right = margins.left = 20;
    } else {
      margins.left += panel.right;
      if (this.selection) margins.right += card.getBoundingClientRect().width;
    }
    return margins;
  }

  /** The server stopped answering, or a style asks for what is not there. */
  private trouble(error: { message: string; name?: string; status?: number }): void {
    const { status } = error;
    if (error.name === "AbortError") return;
    if (status !== undefined || error instanceof TypeError) this.showMessage("tilesFailed", () => this.retry());
    else console.error(error);
  }

  private retry(): void {
    this.clearMessage();
    this.map?.reload();
  }

  private showMessage(word: Word, retry?: () => void, detail = ""): void {
    this.message = { word, detail, ...(retry ? { retry } : {}) };
    this.renderMessage();
  }

  private clearMessage(): void {
    this.message = undefined;
    this.renderMessage();
  }

  private renderMessage(): void {
    const { message, speaker } = this;
    const box = byId("message");
    box.hidden = message === undefined;
    if (!message) return box.replaceChildren();
    const button = message.retry
      ? element("button", { attributes: { type: "button" }, text: speaker.say("retry"), on: { click: message.retry } })
      : "";
    box.replaceChildren(element("p", { text: speaker.say(message.word) + (message.detail ?? "") }), button);
  }
}

/** What the server identifies, then what is drawn there and was not identified: lines and points near by. */
function merge(identified: api.IdentifiedFeature[], drawn: DrawnFeature[]): (Listed & { id?: number })[] {
  const name = (feature: { tileset?: string; layer: string; id: number | undefined }) =>
    `${feature.tileset ?? api.FINDINGS}/${feature.layer}#${feature.id}`;
  const known = new Set(identified.map(name));
  const more = drawn.filter((feature) => !known.has(name(feature)) && (identified.length === 0 || !feature.isArea));
  const plain = more.map(({ tileset, layer, id, attributes }) => ({ tileset, layer, attributes, ...(id === undefined ? {} : { id }) }));
  return [...plain, ...identified];
}

/** The promise under that key, made once; a failed one is forgotten. */
function remember<T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let promise = made.get(key);
  if (!promise) {
    promise = make();
    made.set(key, promise);
    promise.catch(() => made.delete(key));
  }
  return promise;
}

const page = new Page(readHash().language ?? preferredLanguage());
const ready = page.start().then(() => idle());
window.tuban = {
  get map() {
    return page.map?.map ?? null;
  },
  ready,
  idle,
  setStyle: (id) => page.setStyle(id),
  setLanguage: (language) => page.setLanguage(language),
  select: (key) => page.select(key, true),
  place: () => page.place(),
};
