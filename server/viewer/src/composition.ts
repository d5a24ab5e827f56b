// What is drawn: a style as the server wrote it, and what this page does to it.

import type { FilterSpecification, LayerSpecification, StyleSpecification, VectorSourceSpecification } from "maplibre-gl";

import { FINDINGS, type Basemap, type TileJson } from "./api";
import { drawnOf, NO_FILTER, type Filter } from "./filter";

/** A feature to highlight: by an attribute, or by its id. */
export type Highlight = { tileset: string; layer: string } & ({ key: string } | { id: number });

/** Things of this page's own to draw on top of a style. */
export interface Overlay {
  sources: StyleSpecification["sources"];
  layers: LayerSpecification[];
}

/** TileJSON by the address that styles and the catalog give. */
export type Described = Map<string, TileJson>;

/** Attributes by tile layer of the findings. */
export type Fields = ReadonlyMap<string, ReadonlySet<string>>;

/** Source and layer of the map below. */
const BASEMAP = "basemap";

export class Composition {
  style: StyleSpecification | undefined;
  filter: Filter = NO_FILTER;
  fields: Fields = new Map();
  basemap: Basemap | undefined;
  overlay: Overlay | undefined;
  highlighted: Highlight | undefined;
  /** What is known already, so that no map waits for it. */
  described: Described = new Map();
  private readonly hidden = new Set<string>();

  /** All of it as one style; undefined as long as there is none. */
  whole(): StyleSpecification | undefined {
    if (!this.style) return undefined;
    const { glyphs: _, ...style } = this.style; // Without glyphs MapLibre draws all text from the device.
    const layers = style.layers.map((layer) => this.withFilter(this.withVisibility(layer)));
    const ground = layers.findIndex((layer) => layer.type !== "background");
    layers.splice(ground < 0 ? layers.length : ground, 0, ...this.basemapLayers());
    return {
      ...style,
      sources: { ...this.describedSources(style.sources), ...this.basemapSource(), ...this.overlay?.sources },
      layers: [...layers, ...this.highlightLayers(), ...(this.overlay?.layers ?? [])],
    };
  }

  /** Whether features of that layer of the whole answer to a click: all but words, images and the page's own. */
  answers(layer: LayerSpecification): boolean {
    if (layer.type === "symbol" || layer.type === "background" || layer.id === BASEMAP || layer.id.startsWith("selected")) return false;
    return !this.overlay?.layers.some((own) => own.id === layer.id);
  }

  isShown(tileset: string, layer: string): boolean {
    return !this.hidden.has(`${tileset}/${layer}`);
  }

  /** Shows or hides a tile layer in this and every later style. */
  setShown(tileset: string, layer: string, shown: boolean): void {
    const name = `${tileset}/${layer}`;
    if (shown) this.hidden.delete(name);
    else this.hidden.add(name);
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

  private describedSources(sources: StyleSpecification["sources"]): StyleSpecification["sources"] {
    const described = Object.entries(sources).map(([id, source]) => {
      const known = source.type === "vector" ? this.described.get(source.url ?? "") : undefined;
      if (!known) return [id, source];
      const { tiles, minzoom, maxzoom, bounds, attribution } = known;
      const { url: _, ...rest } = source as VectorSourceSpecification;
      return [id, { ...rest, tiles, minzoom, maxzoom, bounds, ...(attribution !== undefined && { attribution }) }];
    });
    return Object.fromEntries(described);
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

  private withVisibility(layer: LayerSpecification): LayerSpecification {
    if (!("source-layer" in layer) || this.isShown(layer.source, layer["source-layer"] ?? "")) return layer;
    return { ...layer, layout: { ...layer.layout, visibility: "none" } } as LayerSpecification;
  }
}
