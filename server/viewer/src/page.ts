// The page: what is shown, and what becomes of every wish of its user.

import { during, setDrawing, setFailed } from "./activity";
import * as api from "./api";
import { CodeBook } from "./card";
import { renderCardBox } from "./card-box";
import { Comparing } from "./comparing";
import { Composition } from "./composition";
import { byId, element } from "./dom";
import { Drawing } from "./drawing";
import { Dressing } from "./dressing";
import { NO_FILTER, toggled, type Filter } from "./filter";
import { formatPlace, readHash, writeHash, type Place } from "./hash";
import { margins, measureSheets } from "./layout";
import { Library } from "./library";
import { listen, type News } from "./live";
import type { MapEvents, Opening, TubanMap } from "./map";
import { Message } from "./message";
import { notesOf } from "./notes";
import { renderPanel } from "./panel";
import { SearchBox, type Hit } from "./search";
import { Selecting } from "./selecting";
import { Shading, type Shade } from "./shading";
import { Status } from "./status";
import { Summing } from "./summing";
import { Toolbox, type AtHand } from "./toolbox";
import { renderTools, type Tool } from "./tools";
import { preferredLanguage, Speaker, type Language } from "./words";

/** What others hear of the page. */
export interface PageEvents {
  selected(parcel: api.Parcel | undefined): void;
  moved(place: Place): void;
}

/** What draws maps: MapLibre, which is most of all code. */
type Code = typeof import("./map");

/** How much of the page is wanted. */
export type Furniture = "all" | "legend" | "none";

export class Page {
  map: TubanMap | undefined;
  private catalog: api.Catalog | undefined;
  private codes = new CodeBook({ lists: [] });
  private readonly library = new Library();
  private speaker: Speaker;
  private readonly dressing: Dressing;
  private readonly selecting: Selecting;
  private filter: Filter = NO_FILTER;
  private scope: "all" | "view" = "all";
  private readonly summing = new Summing(() => this.render(), during);
  private basemap: string | undefined;
  private drawing: Drawing | undefined;
  private search: SearchBox | undefined;
  private status: Status | undefined;
  private folded = false;
  private readonly message: Message;
  private readonly shading: Shading;

  constructor(
    { language = preferredLanguage(), shade }: Place,
    private readonly furniture: Furniture,
    private readonly events: PageEvents,
  ) {
    this.speaker = new Speaker(language);
    this.shading = new Shading(shade, furniture === "all", () => void during(this.applyShade()));
    this.message = new Message(byId("message"), this.speaker);
    this.dressing = new Dressing(this.library, this.shading, () => this.catalog?.styles ?? [], {
      failed: (id, error) => this.message.show(error instanceof api.Refused ? "refused" : "unreachable", () => void this.setStyle(id)),
      imagesCame: () => this.render(),
    });
    const host = {
      maps: () => [this.map, this.comparing.map].filter((map) => map !== undefined),
      isAnalysed: () => this.isAnalysed,
      beforeShown: () => this.dropSketch(),
      changed: (parcel: api.Parcel | undefined) => {
        this.renderCard();
        this.renderTools();
        this.writePlace();
        this.events.selected(parcel);
      },
    };
    this.selecting = new Selecting(host, this.message);
    this.toolbox = new Toolbox(() => this.atHand(), this.library, this.message, () => this.deselect());
  }

  private atHand(): AtHand {
    const { map, catalog, filter, summing, drawing, speaker } = this;
    const { id: style, legend, sprite } = this.dressing;
    return { map, catalog, style, legend, filter, live: summing.live, sprite, drawing, speaker, notes: this.notes(), place: this.place() };
  }

  async start(place: Place): Promise<void> {
    this.message.show("loading");
    try {
      const asking = during(Promise.all([api.catalog(), api.codes().catch(() => ({ lists: [] }))]));
      if (place.style && this.shading.shade === "light") void this.library.style(place.style).catch(() => undefined);
      const [catalog, codes] = await asking;
      this.catalog = catalog;
      this.codes = new CodeBook(codes);
    } catch (error) {
      setFailed(true);
      this.message.show(error instanceof api.Refused ? "refused" : "unreachable", () => location.reload());
      return;
    }
    this.message.clear();
    document.title = `${this.catalog.title} · Tuban`;
    this.scope = place.scope ?? "all";
    this.filter = place.filter ?? NO_FILTER;
    this.basemap = api.basemapsOf(this.catalog).find((basemap) => basemap.id === place.base)?.id;
    if (this.isAnalysed && this.furniture === "all") this.search = new SearchBox(this.speaker, (hit) => void during(this.go(hit)));
    const asked = Promise.all([this.dressing.take(this.dressing.known(place.style)), this.library.described(this.catalog.tilesets)]);
    this.render();
    await during(this.showFirst(place, asked));
    if (place.compare) await this.compare(place.compare);
    if (place.parcel) await this.select(place.parcel, place.view === undefined);
    if (place.area) this.drawing?.show(place.area);
    measureSheets();
    this.refreshTotals();
    listen((news) => void during(this.hear(news)));
    if (this.furniture === "all") {
      addEventListener("hashchange", () => void this.goTo(readHash()));
      addEventListener("keydown", (event) => this.pressed(event));
    }
    // Not before the first map is there: nothing else shall take the time that it needs.
    if (this.map) this.map.map.once("idle", () => this.dressing.prefetch());
  }

  private get isAnalysed(): boolean {
    return this.catalog?.rules !== undefined;
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
    this.library.forget();
    if (this.filter.size > 0) await this.library.learnFields();
    const changes = isFromBefore ? { generation: news.generation } : news;
    this.map?.refresh(changes);
    this.comparing.map?.refresh(changes);
    await this.showStyle(this.dressing.known(this.dressing.id));
    await this.selecting.renew();
    await this.drawing?.ask();
    this.refreshTotals();
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      if (this.selecting.selection || this.drawing?.sketch) this.deselect();
    } else if (event.key === "/" && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      this.search?.focus();
    }
  }

  private readonly mapEvents: MapEvents = {
    onClick: (point, drawn, byKeyboard) => {
      if (this.drawing?.active) this.drawing.sketch?.add(point);
      else void during(this.selecting.ask(point, drawn, byKeyboard));
    },
    onMoved: () => {
      this.writePlace();
      if (this.map) this.status?.show(this.map.view());
      if (this.scope === "view") this.refreshTotals();
    },
    onTrouble: (error) => this.trouble(error),
    onSource: () => this.renderNote(),
    onPointer: (point) => {
      const place = point ?? this.map?.view();
      if (place) this.status?.show(place);
    },
  };

  private readonly toolbox: Toolbox;
  private readonly comparing = new Comparing(this.library, this.mapEvents, (id) => this.dressing.drawn(id));

  private openMap(TubanMap: Code["TubanMap"], opening: Opening): void {
    try {
      this.map = new TubanMap(byId("map"), this.mapEvents, opening);
      if (this.furniture === "all") this.status = new Status(byId("status"));
      const events = {
        changed: () => {
          this.renderCard();
          this.renderTools();
          this.writePlace();
        },
        answered: (good: boolean) => {
          if (!good) this.message.show("badArea");
          else if (this.message.word === "badArea") this.message.clear();
        },
      };
      this.drawing = new Drawing(this.map, () => this.comparing.map, () => this.isAnalysed, events, during);
    } catch {
      setDrawing(false);
      setFailed(true);
      this.message.show("noWebgl");
    }
  }

  /** The first map has its style and its place from the start: nothing is drawn only to be replaced. */
  private async showFirst(place: Place, asked: Promise<[Composition["style"], Composition["described"]]>): Promise<void> {
    // The server answers while the browser reads the code that draws.
    const code = await import("./map").catch(() => undefined);
    if (this.filter.size > 0) await this.library.learnFields();
    const [style, described] = await asked;
    if (!code) {
      setFailed(true);
      return this.message.show("unreachable", () => location.reload());
    }
    const drawn = new Composition();
    drawn.style = style;
    drawn.described = described;
    drawn.filter = this.filter;
    drawn.fields = this.library.fields;
    drawn.basemap = this.chosenBasemap;
    const bounds = this.catalog?.bounds;
    const at = place.view ?? (bounds && { bounds, margins: margins(false), maxZoom: 17 });
    this.openMap(code.TubanMap, { drawn, at, controls: true });
    this.render();
    this.writePlace();
  }

  private async showStyle(id: string): Promise<void> {
    const style = await this.dressing.take(id);
    if (this.dressing.id !== id) return;
    if (style) {
      this.summing.drop();
      this.map?.setStyle(style);
      if (this.comparing.current?.style === id) this.comparing.end();
      this.message.clear();
    }
    this.render();
    this.writePlace();
    this.refreshTotals();
  }

  setStyle(id: string): Promise<void> {
    return during(this.showStyle(this.dressing.known(id)));
  }

  /** Light or dark; undefined: as the device asks. */
  setShade(shade: Shade | undefined): Promise<void> {
    this.shading.choose(shade);
    return during(this.applyShade());
  }

  private async applyShade(): Promise<void> {
    await this.showStyle(this.dressing.id);
    await this.comparing.repaint(this.filter);
    this.render();
    this.dressing.prefetch();
  }

  setLanguage(language: Language): void {
    this.speaker = new Speaker(language);
    this.message.speak(this.speaker);
    this.search?.speak(this.speaker);
    this.comparing.speak(this.speaker);
    this.render();
    this.renderCard();
    this.writePlace();
  }

  /** Shows only what the filter says. */
  setFilter(filter: Filter): Promise<void> {
    return during(this.applyFilter(filter));
  }

  private async applyFilter(filter: Filter): Promise<void> {
    this.filter = filter;
    await this.library.learnFields();
    this.map?.setFilter(filter, this.library.fields);
    await this.comparing.filter(filter);
    this.render();
    this.writePlace();
    this.refreshTotals();
  }

  private setScope(scope: "all" | "view"): void {
    this.scope = scope;
    this.refreshTotals();
    this.render();
    this.writePlace();
  }

  private refreshTotals(): void {
    if (!this.isAnalysed) return;
    const bounds = this.scope === "view" ? this.map?.bounds() : undefined;
    this.summing.refresh(this.dressing.legend, { filter: this.filter, bounds });
  }

  /** Shows another style beside this one, or none. */
  compare(style: string | undefined): Promise<void> {
    return during(this.showBeside(style));
  }

  private async showBeside(id: string | undefined): Promise<void> {
    const known = this.catalog?.styles.find((style) => style.id === id && id !== this.dressing.id);
    if (known && this.map) {
      await this.comparing.show(known.id, this.map, this.filter, this.speaker);
      this.drawing?.sketch?.draw();
    } else {
      this.comparing.end();
    }
    this.render();
    this.writePlace();
  }

  private get chosenBasemap(): api.Basemap | undefined {
    return api.basemapsOf(this.catalog).find((basemap) => basemap.id === this.basemap);
  }

  private setBasemap(id: string | undefined): void {
    this.basemap = id;
    this.map?.setBasemap(this.chosenBasemap);
    this.writePlace();
    this.renderNote();
  }

  private async go(hit: Hit): Promise<void> {
    if (hit.kind === "parcel") return this.select(hit.key, true);
    if (hit.kind === "place") return this.map?.fit(hit.bounds, margins(false), true, 17);
    this.map?.jumpTo({ lon: hit.lon, lat: hit.lat, zoom: 16 });
    await this.selecting.ask({ lon: hit.lon, lat: hit.lat }, [], false);
  }

  select(key: string, zoom: boolean): Promise<void> {
    return this.selecting.select(key, zoom);
  }

  /** Closes the card. */
  deselect(): void {
    this.selecting.drop();
  }

  private dropSketch(): void {
    this.drawing?.drop();
    if (this.message.word === "badArea") this.message.clear();
  }

  /** Prepares the sheet for paper, and has it printed. */
  print(now: boolean): Promise<void> {
    return this.toolbox.print(now);
  }

  /** Follows an address that somebody typed or clicked. */
  async goTo(place: Place): Promise<void> {
    if (place.view) this.map?.jumpTo(place.view);
    if (place.language && place.language !== this.speaker.language) this.setLanguage(place.language);
    if (place.style && place.style !== this.dressing.id) await this.setStyle(place.style);
    const before = this.place();
    if (formatPlace({ filter: place.filter ?? NO_FILTER }) !== formatPlace({ filter: this.filter })) await this.setFilter(place.filter ?? NO_FILTER);
    if (place.compare !== before.compare) await this.compare(place.compare);
    if ((place.scope ?? "all") !== this.scope) this.setScope(place.scope ?? "all");
    if (place.base !== this.basemap) this.setBasemap(place.base);
    if (place.shade !== before.shade) await this.setShade(place.shade);
    if (place.area && place.area !== before.area) this.drawing?.show(place.area);
    if (place.parcel && place.parcel !== before.parcel) await this.select(place.parcel, place.view === undefined);
    else if (!place.parcel && before.parcel) this.deselect();
  }

  place(): Place {
    const { drawing, selecting } = this;
    return {
      style: this.dressing.id,
      language: this.speaker.language,
      ...(this.map ? { view: this.map.view() } : {}),
      ...(this.filter.size > 0 ? { filter: this.filter } : {}),
      ...(this.comparing.current ? { compare: this.comparing.current.style } : {}),
      ...(this.scope === "view" ? { scope: "view" as const } : {}),
      ...(this.basemap ? { base: this.basemap } : {}),
      ...(this.shading.written ? { shade: this.shading.written } : {}),
      ...(selecting.parcel ? { parcel: selecting.parcel.key } : {}),
      ...(drawing?.area ? { area: drawing.area } : {}),
    };
  }

  private writePlace(): void {
    if (!this.catalog) return;
    const place = this.place();
    if (this.furniture === "all") writeHash(place);
    this.events.moved(place);
  }

  private render(): void {
    const { catalog, speaker, map } = this;
    document.documentElement.lang = speaker.language === "zh" ? "zh-CN" : "en";
    if (!catalog) return;
    const names = { canvas: speaker.say("canvas"), zoomIn: speaker.say("zoomIn"), zoomOut: speaker.say("zoomOut"), locate: speaker.say("locate") };
    map?.nameControls(names);
    this.renderNote();
    this.renderTools();
    if (this.furniture === "none") return;
    const state = {
      catalog,
      style: this.dressing.id,
      legend: this.dressing.legend,
      compared: this.comparing.current,
      filter: this.filter,
      live: this.summing.live,
      sprite: this.dressing.sprite,
      scope: this.scope,
      basemap: this.basemap,
      shade: this.shading.shade,
      folded: this.folded,
    };
    renderPanel(byId("panel"), this.search?.root, state, speaker, {
      chooseStyle: (id) => void this.setStyle(id),
      chooseLanguage: (language) => this.setLanguage(language),
      chooseShade: (shade) => void this.setShade(shade),
      compare: (style) => void this.compare(style),
      choose: (entry) => void this.setFilter(toggled(this.filter, entry)),
      clearFilter: () => void this.setFilter(NO_FILTER),
      setScope: (scope) => this.setScope(scope),
      setBasemap: (id) => this.setBasemap(id),
      fold: (folded) => {
        this.folded = folded;
        this.render();
      },
      draws: (tileset, layer) => map?.draws(tileset, layer) ?? true,
      isShown: (tileset, layer) => map?.isShown(tileset, layer) ?? true,
      setShown: (tileset, layer, shown) => map?.setShown(tileset, layer, shown),
      colour: (tileset, layer) => map?.colour(tileset, layer),
    });
  }

  private renderTools(): void {
    if (this.furniture !== "all") return;
    const tables: Tool[] = (this.catalog?.statistics ?? []).length > 0 ? ["tables"] : [];
    renderTools(byId("tools"), ["line", "area", ...tables, "print", "link"], this.drawing?.active, this.speaker, (tool) => this.toolbox.use(tool));
  }

  /** Where the data come from and how old they are. */
  private notes(): string[] {
    return this.catalog ? notesOf(this.catalog, this.map?.attributions() ?? [], this.speaker) : [];
  }

  private renderNote(): void {
    byId("note").replaceChildren(...this.notes().map((part) => element("span", { text: part })));
  }

  private renderCard(): void {
    const content = { selection: this.selecting.selection, sketch: this.drawing?.sketch, inside: this.drawing?.inside };
    renderCardBox(byId("card"), content, this.codes, this.speaker, {
      close: () => this.deselect(),
      zoom: () => this.selecting.zoom(true),
      openParcel: (key) => void this.select(key, true),
    });
  }

  /** The server stopped answering, or a style asks for what is not there. */
  private trouble(error: { message: string; name?: string; status?: number }): void {
    const { status } = error;
    if (error.name === "AbortError") return;
    if (status !== undefined || error instanceof TypeError) this.message.show("tilesFailed", () => this.retry());
    else console.error(error);
  }

  private retry(): void {
    this.message.clear();
    this.map?.reload();
  }
}
