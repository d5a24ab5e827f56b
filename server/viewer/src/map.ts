// The map itself: MapLibre with our style, one highlighted feature, and what lies at a point.

import {
  GeolocateControl,
  LngLatBounds,
  Map as MapLibreMap,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type FilterSpecification,
  type LayerSpecification,
  type StyleSpecification,
  type VectorTileSource,
} from "maplibre-gl";

import { setDrawing } from "./activity";
import { FINDINGS, type Attributes, type Basemap, type Bounds } from "./api";
import { drawnOf, NO_FILTER, type Filter } from "./filter";
import type { View } from "./hash";
import { changedTiles, Versions, type News } from "./live";

setWorkerUrl(new URL("maplibre-gl-worker.js", import.meta.url).href);

/** Han characters are drawn with the device's own fonts: nothing is fetched. */
const HAN_FONTS = "'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif";

/** How far from a click, in pixels, a line or a point still counts as meant. */
const REACH = 5;

/** A feature as it was drawn. */
export interface DrawnFeature {
  tileset: string;
  layer: string;
  id: number | undefined;
  attributes: Attributes;
  isArea: boolean;
}

/** A feature to highlight: by an attribute, or by its id. */
export type Highlight = { tileset: string; layer: string } & ({ key: string } | { id: number });

export interface MapEvents {
  onClick(point: { lon: number; lat: number }, drawn: DrawnFeature[], byKeyboard: boolean): void;
  onMoved(view: View): void;
  onTrouble(error: { message: string }): void;
  /** The pointer is over a place, or no longer over the map. */
  onPointer?(point: { lon: number; lat: number } | undefined): void;
  /** A source told more about itself. */
  onSource(): void;
}

/** Room that panels take from the map, in pixels. */
export interface Margins {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** Things of this page's own to draw on top of a style. */
export interface Overlay {
  sources: StyleSpecification["sources"];
  layers: LayerSpecification[];
}

/** Source and layer of the map below. */
const BASEMAP = "basemap";

/** Whether the page around, if there is one, lets this page ask where the user is. */
function mayLocate(): boolean {
  const { featurePolicy } = document as Document & { featurePolicy?: { allowsFeature(name: string): boolean } };
  return featurePolicy?.allowsFeature("geolocation") ?? true;
}

export class TubanMap {
  readonly map: MapLibreMap;
  /** What it shows, or is about to. */
  style: StyleSpecification | undefined;
  private highlighted: Highlight | undefined;
  private readonly hidden = new Set<string>();
  private filter: Filter = NO_FILTER;
  private fields: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  private basemap: Basemap | undefined;
  private overlay: Overlay | undefined;
  /** Whether there is a style whose differences can be told. */
  private isStyled = false;
  private readonly versions = new Versions();

  /** Throws if the browser has no WebGL. */
  constructor(container: HTMLElement, events: MapEvents, controls = true) {
    this.map = new MapLibreMap({
      container,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      fadeDuration: 150,
      localIdeographFontFamily: HAN_FONTS,
      style: { version: 8, sources: {}, layers: [] },
      transformRequest: (url) => ({ url: this.versions.address(url) }),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    if (controls) {
      this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
      if (mayLocate()) {
        this.map.addControl(
          new GeolocateControl({ positionOptions: { enableHighAccuracy: true }, trackUserLocation: true, fitBoundsOptions: { maxZoom: 16 } }),
          "top-right",
        );
      }
      this.map.addControl(new ScaleControl({ maxWidth: 110, unit: "metric" }), "bottom-right");
    }
    this.listen(events);
  }

  private listen(events: MapEvents): void {
    const { map } = this;
    map.on("style.load", () => (this.isStyled = true));
    map.on("idle", () => setDrawing(false));
    map.on("dataloading", () => setDrawing(true));
    map.on("movestart", () => setDrawing(true));
    map.on("moveend", () => events.onMoved(this.view()));
    map.on("click", (event) => {
      events.onClick({ lon: event.lngLat.lng, lat: event.lngLat.lat }, this.drawnAt(event.point.x, event.point.y), false);
    });
    const container = map.getContainer();
    map.getCanvas().addEventListener("keydown", () => container.classList.add("keyboard"));
    map.getCanvas().addEventListener("pointerdown", () => container.classList.remove("keyboard"));
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.defaultPrevented) return;
      const { lng, lat } = map.getCenter();
      const { x, y } = map.project([lng, lat]);
      events.onClick({ lon: lng, lat }, this.drawnAt(x, y), true);
    });
    map.on("mouseout", () => events.onPointer?.(undefined));
    map.on("mousemove", (event) => {
      events.onPointer?.({ lon: event.lngLat.lng, lat: event.lngLat.lat });
      if (this.overlay) return;
      const above = map.queryRenderedFeatures(event.point, { layers: this.answering() });
      map.getCanvas().style.cursor = above.length > 0 ? "pointer" : "";
    });
    map.on("sourcedata", (event) => {
      if (event.sourceDataType === "metadata") events.onSource();
    });
    map.on("error", (event) => events.onTrouble(event.error));
  }

  bounds(): Bounds {
    const bounds = this.map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }

  /** Shows only some features; the tiles that are there stay there. */
  setFilter(filter: Filter, fields: ReadonlyMap<string, ReadonlySet<string>>): void {
    this.filter = filter;
    this.fields = fields;
    this.apply(true);
  }

  /** Lays a map of others under ours, or none. */
  setBasemap(basemap: Basemap | undefined): void {
    this.basemap = basemap;
    this.apply(true);
  }

  /** Draws something of this page's own on top, or nothing. */
  setOverlay(overlay: Overlay | undefined): void {
    this.overlay = overlay;
    this.map.getCanvas().style.cursor = overlay ? "crosshair" : "";
    this.apply(true);
  }

  view(): View {
    const { lng, lat } = this.map.getCenter();
    return { zoom: this.map.getZoom(), lat, lon: lng };
  }

  jumpTo(view: View): void {
    this.map.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });
  }

  fit([west, south, east, north]: Bounds, margins: Margins, animate: boolean, maxZoom: number): void {
    const bounds = new LngLatBounds([west, south], [east, north]);
    this.map.fitBounds(bounds, { padding: margins, animate, maxZoom });
  }

  /** Opens at the style's own centre. */
  center(): void {
    const { center, zoom } = this.style ?? {};
    if (center) this.map.jumpTo({ center: [center[0] ?? 0, center[1] ?? 0], zoom: zoom ?? 0 });
  }

  /**
   * Changes the style. Only what differs is changed: styles of one project share their sources, so
   * tiles that are there stay there.
   */
  setStyle(style: StyleSpecification): void {
    this.style = style;
    this.apply(true);
  }

  /** Changes the style and waits until all of it is drawn. */
  showFully(style: StyleSpecification): Promise<void> {
    return new Promise((resolve) => {
      this.map.once("idle", () => resolve());
      this.setStyle(style);
    });
  }

  /** Asks for the tiles again that a new generation changed. */
  refresh(news: News): void {
    for (const id of Object.keys(this.style?.sources ?? {})) {
      const source = this.map.getSource<VectorTileSource>(id);
      if (source?.type !== "vector") continue;
      const tiles = changedTiles(news, id);
      if (tiles) {
        this.versions.change(id, tiles, news.generation);
        if (tiles.length > 0) this.map.refreshTiles(id, tiles);
      } else {
        this.versions.forget(id);
        source.setUrl(source.url);
      }
    }
  }

  /** Draws the same style anew and asks for everything again. */
  reload(): void {
    this.apply(false);
  }

  private apply(onlyDifferences: boolean): void {
    if (!this.style) return;
    const { glyphs: _, ...style } = this.style; // Without glyphs MapLibre draws all text from the device.
    const layers = style.layers.map((layer) => this.withFilter(this.withVisibility(layer)));
    const ground = layers.findIndex((layer) => layer.type !== "background");
    layers.splice(ground < 0 ? layers.length : ground, 0, ...this.basemapLayers());
    const sources = { ...style.sources, ...this.basemapSource(), ...this.overlay?.sources };
    const all = [...layers, ...this.highlightLayers(), ...(this.overlay?.layers ?? [])];
    setDrawing(true);
    const diff = onlyDifferences && this.isStyled;
    if (!diff) this.isStyled = false;
    this.map.setStyle({ ...style, sources, layers: all }, { diff });
    this.map.triggerRepaint();
  }

  /** Highlights one feature, or none. */
  highlight(feature: Highlight | undefined): void {
    this.highlighted = feature;
    this.apply(true);
  }

  private highlightLayers(): LayerSpecification[] {
    const feature = this.highlighted;
    if (!feature || !this.style?.sources[feature.tileset]) return [];
    const filter: FilterSpecification =
      "key" in feature ? ["==", ["get", "key"], feature.key] : ["==", ["id"], feature.id];
    const common = { source: feature.tileset, "source-layer": feature.layer, filter };
    const areasAndLines: FilterSpecification = ["all", filter as never, ["!=", ["geometry-type"], "Point"]];
    const points: FilterSpecification = ["all", filter as never, ["==", ["geometry-type"], "Point"]];
    const round = { "line-join": "round" } as const;
    return [
      { ...common, id: "selected-casing", type: "line", filter: areasAndLines, layout: round, paint: { "line-color": "#ffffff", "line-width": 6 } },
      { ...common, id: "selected", type: "line", filter: areasAndLines, layout: round, paint: { "line-color": "#111418", "line-width": 2.6 } },
      {
        ...common,
        id: "selected-point",
        type: "circle",
        filter: points,
        paint: { "circle-radius": 9, "circle-opacity": 0, "circle-stroke-color": "#111418", "circle-stroke-width": 2.6 },
      },
    ];
  }

  private basemapSource(): StyleSpecification["sources"] {
    if (!this.basemap) return {};
    if ("url" in this.basemap) return { [BASEMAP]: { type: "raster", url: this.basemap.url, tileSize: 256 } };
    const { tiles, tile_size, min_zoom, max_zoom, attribution } = this.basemap;
    return { [BASEMAP]: { type: "raster", tiles, tileSize: tile_size, minzoom: min_zoom, maxzoom: max_zoom, attribution } };
  }

  private basemapLayers(): LayerSpecification[] {
    return this.basemap ? [{ id: BASEMAP, type: "raster", source: BASEMAP }] : [];
  }

  private withFilter(layer: LayerSpecification): LayerSpecification {
    if (!("source" in layer) || !("source-layer" in layer) || layer.source !== FINDINGS) return layer;
    const name = layer["source-layer"] ?? "";
    const drawn = drawnOf(this.filter, name, this.fields.get(name) ?? new Set());
    if (!drawn) return layer;
    const own = "filter" in layer ? layer.filter : undefined;
    return { ...layer, filter: own === undefined ? drawn : ["all", own, drawn] } as LayerSpecification;
  }

  isShown(tileset: string, layer: string): boolean {
    return !this.hidden.has(`${tileset}/${layer}`);
  }

  /** Shows or hides a tile layer in this and every later style. */
  setShown(tileset: string, layer: string, shown: boolean): void {
    const name = `${tileset}/${layer}`;
    if (shown) this.hidden.delete(name);
    else this.hidden.add(name);
    this.apply(true);
  }

  private withVisibility(layer: LayerSpecification): LayerSpecification {
    if (!("source-layer" in layer) || this.isShown(layer.source, layer["source-layer"] ?? "")) return layer;
    return { ...layer, layout: { ...layer.layout, visibility: "none" } } as LayerSpecification;
  }

  /** Whether the style draws anything of that tile layer. */
  draws(tileset: string | null, layer: string): boolean {
    const layers = this.style?.layers ?? [];
    return layers.some(
      (drawn) => "source-layer" in drawn && drawn["source-layer"] === layer && (tileset === null || drawn.source === tileset),
    );
  }

  /** The colour in which the style draws a plain layer. */
  colour(tileset: string, layer: string): string | undefined {
    for (const drawn of this.style?.layers ?? []) {
      if (!("source-layer" in drawn) || drawn.source !== tileset || drawn["source-layer"] !== layer) continue;
      const paint = (drawn.paint ?? {}) as Record<string, unknown>;
      const colour = paint["fill-color"] ?? paint["line-color"] ?? paint["circle-color"];
      if (typeof colour === "string") return colour;
    }
    return undefined;
  }

  /** Style layers whose features answer to a click: all but words and the highlight. */
  private answering(): string[] {
    const layers = this.map.getStyle().layers.filter((layer) => layer.type !== "symbol" && layer.type !== "background");
    const own = new Set((this.overlay?.layers ?? []).map((layer) => layer.id));
    return layers.map((layer) => layer.id).filter((id) => !id.startsWith("selected") && id !== BASEMAP && !own.has(id));
  }

  private drawnAt(x: number, y: number): DrawnFeature[] {
    const reach: [[number, number], [number, number]] = [
      [x - REACH, y - REACH],
      [x + REACH, y + REACH],
    ];
    const layers = this.answering();
    const exact = this.map.queryRenderedFeatures([x, y], { layers });
    const near = this.map.queryRenderedFeatures(reach, { layers });
    const found = new Map<string, DrawnFeature>();
    for (const feature of [...exact, ...near]) {
      const isArea = feature.geometry.type === "Polygon" || feature.geometry.type === "MultiPolygon";
      if (isArea && !exact.includes(feature) && feature.layer.type === "fill") continue;
      if (isArea && feature.layer.type !== "fill") continue; // An area answers by its inside, not by its outline.
      const id = typeof feature.id === "number" ? feature.id : undefined;
      const layer = feature.sourceLayer ?? "";
      const name = `${feature.source}/${layer}#${id ?? JSON.stringify(feature.properties)}`;
      if (!found.has(name)) {
        found.set(name, { tileset: feature.source, layer, id, attributes: feature.properties as Attributes, isArea });
      }
    }
    return [...found.values()];
  }

  /** What the sources say about their makers, as plain words. */
  attributions(): string[] {
    const style = this.map.getStyle();
    const said = Object.keys(style?.sources ?? {}).map((id) => this.map.getSource(id)?.attribution ?? "");
    const plain = said.map((html) => new DOMParser().parseFromString(html, "text/html").body.textContent?.trim() ?? "");
    return [...new Set(plain.filter((words) => words !== ""))];
  }

  /** Names the controls in the page's language. */
  nameControls(names: { canvas: string; zoomIn: string; zoomOut: string; locate: string }): void {
    const canvas = this.map.getCanvas();
    canvas.setAttribute("aria-label", names.canvas);
    for (const [selector, name] of [
      [".maplibregl-ctrl-zoom-in", names.zoomIn],
      [".maplibregl-ctrl-zoom-out", names.zoomOut],
      [".maplibregl-ctrl-geolocate", names.locate],
    ] as const) {
      const button = this.map.getContainer().querySelector(selector);
      button?.setAttribute("aria-label", name);
      button?.setAttribute("title", name);
    }
  }
}
