// The map itself: MapLibre with our style, one highlighted feature, and what lies at a point.

import {
  GeolocateControl,
  LngLatBounds,
  Map as MapLibreMap,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type MapOptions,
  type StyleSpecification,
  type VectorSourceSpecification,
  type VectorTileSource,
} from "maplibre-gl";

import { setDrawing } from "./activity";
import type { Attributes, Basemap, Bounds } from "./api";
import type { Composition, Fields, Highlight, Overlay } from "./composition";
import type { Filter } from "./filter";
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

/** What a map begins with; without a place, where its style says. */
export interface Opening {
  drawn: Composition;
  at: View | { bounds: Bounds; margins: Margins; maxZoom: number } | undefined;
  /** Whether it has buttons and a scale. */
  controls: boolean;
}

/** Whether the page around, if there is one, lets this page ask where the user is. */
function mayLocate(): boolean {
  const { featurePolicy } = document as Document & { featurePolicy?: { allowsFeature(name: string): boolean } };
  return featurePolicy?.allowsFeature("geolocation") ?? true;
}

/** The same as MapLibre wants it. */
function beginning(at: Opening["at"]): Pick<MapOptions, "center" | "zoom" | "bounds" | "fitBoundsOptions"> {
  if (!at) return {};
  if ("zoom" in at) return { center: [at.lon, at.lat], zoom: at.zoom };
  return { bounds: at.bounds, fitBoundsOptions: { padding: at.margins, maxZoom: at.maxZoom } };
}

function vectorSources(style: StyleSpecification | undefined): Record<string, VectorSourceSpecification> {
  const vector = Object.entries(style?.sources ?? {}).filter(([, source]) => source.type === "vector");
  return Object.fromEntries(vector) as Record<string, VectorSourceSpecification>;
}

export class TubanMap {
  readonly map: MapLibreMap;
  private readonly drawn: Composition;
  /** Whether there is a style whose differences can be told. */
  private isStyled = false;
  private readonly versions = new Versions();

  /** Throws if the browser has no WebGL. */
  constructor(container: HTMLElement, events: MapEvents, { drawn, at, controls }: Opening) {
    this.drawn = drawn;
    const style = drawn.whole();
    this.map = new MapLibreMap({
      container,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      fadeDuration: 150,
      localIdeographFontFamily: HAN_FONTS,
      ...(style && { style }),
      ...beginning(at),
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
      if (this.drawn.overlay) return;
      const above = map.queryRenderedFeatures(event.point, { layers: this.answering() });
      map.getCanvas().style.cursor = above.length > 0 ? "pointer" : "";
    });
    map.on("sourcedata", (event) => {
      if (event.sourceDataType === "metadata") events.onSource();
    });
    map.on("error", (event) => events.onTrouble(event.error));
  }

  /** What it shows, or is about to. */
  get style(): StyleSpecification | undefined {
    return this.drawn.style;
  }

  bounds(): Bounds {
    const bounds = this.map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }

  /** Shows only some features; the tiles that are there stay there. */
  setFilter(filter: Filter, fields: Fields): void {
    this.drawn.filter = filter;
    this.drawn.fields = fields;
    this.apply(true);
  }

  /** Lays a map of others under ours, or none. */
  setBasemap(basemap: Basemap | undefined): void {
    this.drawn.basemap = basemap;
    this.apply(true);
  }

  /** Draws something of this page's own on top, or nothing. */
  setOverlay(overlay: Overlay | undefined): void {
    this.drawn.overlay = overlay;
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

  /**
   * Changes the style. Only what differs is changed: styles of one project share their sources, so
   * tiles that are there stay there.
   */
  setStyle(style: StyleSpecification): void {
    this.drawn.style = style;
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
    for (const [id, { url = "" }] of Object.entries(vectorSources(this.drawn.style))) {
      const source = this.map.getSource<VectorTileSource>(id);
      if (source?.type !== "vector") continue;
      const tiles = changedTiles(news, id);
      if (tiles) {
        this.versions.change(id, tiles, news.generation);
        if (tiles.length > 0) this.map.refreshTiles(id, tiles);
      } else {
        this.versions.forget(id);
        if (this.drawn.described.delete(url)) this.apply(true);
        else source.setUrl(source.url);
      }
    }
  }

  /** Draws the same style anew and asks for everything again. */
  reload(): void {
    this.apply(false);
  }

  private apply(onlyDifferences: boolean): void {
    const whole = this.drawn.whole();
    if (!whole) return;
    setDrawing(true);
    const diff = onlyDifferences && this.isStyled;
    if (!diff) this.isStyled = false;
    this.map.setStyle(whole, { diff });
    this.map.triggerRepaint();
  }

  /** Highlights one feature, or none. */
  highlight(feature: Highlight | undefined): void {
    this.drawn.highlighted = feature;
    this.apply(true);
  }

  isShown(tileset: string, layer: string): boolean {
    return this.drawn.isShown(tileset, layer);
  }

  setShown(tileset: string, layer: string, shown: boolean): void {
    this.drawn.setShown(tileset, layer, shown);
    this.apply(true);
  }

  draws(tileset: string | null, layer: string): boolean {
    return this.drawn.draws(tileset, layer);
  }

  colour(tileset: string, layer: string): string | undefined {
    return this.drawn.colour(tileset, layer);
  }

  private answering(): string[] {
    const layers = this.map.getStyle().layers.filter((layer) => this.drawn.answers(layer));
    return layers.map((layer) => layer.id);
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
