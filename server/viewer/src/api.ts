// What the server says, as this page reads it. Paths are relative to the page, so that everything
// works under any prefix. Members marked optional may be absent; all others must be there.
//
//   GET catalog            Catalog
//   GET style/{id}         MapLibre style; its sources' url is the TileJSON
//   GET legend/{id}        Legend            (also `auto`: one entry a layer)
//   GET codes              Codes
//   GET totals/{layer}     Totals            counts and hectares, filtered, of a view
//   GET search?q=          Found             by key or name
//   GET inside?ring=       Inside            what a drawn area holds
//   GET stats/{table}?by=  Table             also .csv and .xlsx
//   GET parcels/{key}      Parcel            404 when there is none
//   GET parcels/{key}/explain                a sentence a rule
//   parcels/{key}/explain.html           a page to print, linked from a parcel's card
//   GET identify?lon=&lat= Identified        features that cover the point, top layer first

/** A name in both languages. */
export interface Text {
  zh: string;
  en: string;
}

export type Value = string | number | boolean | null;
export type Attributes = Record<string, Value>;
export type Bounds = [west: number, south: number, east: number, north: number];

export interface Catalog {
  title: string;
  /** Id of the generation that is served. */
  generation: string;
  /** Version of the rules that made the findings. */
  rules?: string;
  /** The day as of which the findings hold (ISO 8601). */
  reference_date?: string;
  /** What a reader must know about the data, such as that a demo city is invented. */
  note?: Text;
  /** Where everything lies; without it the map opens at the style's centre. */
  bounds?: Bounds;
  tilesets: Tileset[];
  /** Themes in the plan's order; without any findings a single one, `auto`. */
  styles: StyleEntry[];
  /** Maps of others to lay under ours, from the configuration. */
  basemaps?: Basemap[];
  /** Tilesets of others on this server; images can lie under our maps, too. */
  foreign?: { id: string; url: string; description: string; media_type: string }[];
  statistics?: TableEntry[];
}

/** Images to lay under our maps: by the addresses of their tiles, or by their TileJSON. */
export type Basemap = { id: string; label: Text } & (
  | { tiles: string[]; attribution: string; tile_size: number; min_zoom: number; max_zoom: number }
  | { url: string }
);

/** What can lie under our maps: what the configuration names, and the images on this server. */
export function basemapsOf(catalog: Catalog | undefined): Basemap[] {
  const images = (catalog?.foreign ?? []).filter((tileset) => tileset.media_type.startsWith("image/"));
  const named = images.map(({ id, url, description }) => ({ id, url, label: { zh: description || id, en: description || id } }));
  return [...(catalog?.basemaps ?? []), ...named];
}

export interface TableEntry {
  id: string;
  label: Text;
  /** What it can be broken down by. */
  by: string[];
}

export interface Tileset {
  /** Also the name of its source in styles. */
  id: string;
  /** Path of its TileJSON. */
  url: string;
  layers: TilesetLayer[];
}

export interface TilesetLayer {
  /** Its `source-layer`. */
  id: string;
  geometry?: "point" | "line" | "polygon" | "mixed";
  description?: string;
  /** How many features it has. */
  count?: number;
}

export interface StyleEntry {
  id: string;
  label: Text;
  /** The part of the plan that it belongs to. */
  chapter?: { id: string; label: Text };
  /** The table whose rows its legend counts. */
  table?: string;
  /** The same map for other eyes and for paper, itself among them. */
  variants?: { variant: string; id: string }[];
  /** Path of the style; not read, `style/{id}` is asked for. */
  url?: string;
  /** Path of the legend; not read, `legend/{id}` is asked for. */
  legend?: string;
}

export interface Legend {
  style: string;
  title: Text;
  source_layer: string;
  attribute: string;
  counts: Text | null;
  entries: LegendEntry[];
  breakdown: LegendRow[];
  total: LegendRow | null;
  context: LegendEntry[];
}

/** Of which features an entry speaks. */
export interface Class {
  layer: string;
  /** Null: all of them. */
  attribute: string | null;
  /** As text; null: those that have none. */
  value: string | null;
  /** What else they must have, as `/totals` takes it. */
  where?: string;
}

export interface LegendEntry {
  key: string;
  /** Absent where no filter can say it. */
  class?: Class;
  label: Text;
  color: string;
  opacity: number;
  /** What lies below a fill that is not opaque. */
  over: string | null;
  /** The image of the sprite that is drawn over its fill again and again. */
  image?: string | null;
  pattern: "solid" | "dashed" | "outline" | "line" | "dash_dot" | "point";
  stroke: string | null;
  tileset: string | null;
  source_layer: string;
  count: number | null;
  area_ha: number | null;
}

export interface LegendRow {
  key: string;
  class?: Class;
  label: Text;
  count: number | null;
  area_ha: number;
}

export interface Codes {
  lists: CodeList[];
}

export interface CodeList {
  /** Also the name of the attribute that it lists. */
  id: string;
  label: Text;
  codes: { code: string; label: Text }[];
}

export interface Parcel {
  key: string;
  generation: string;
  /** As in tiles; an absent attribute was not assessed. */
  attributes: Attributes;
  /** Names of values that no code list has: `park`. */
  labels?: Record<string, Text>;
  /** What the plan wants of it for another use. Absent: not assessed. */
  pieces?: Piece[];
  bounds: Bounds;
}

export interface Piece {
  type: string;
  mandatory: boolean;
  plan_code?: string | null;
  plan_name?: string | null;
  area_ha: number;
}

/** Counts and hectares. */
export interface Sum {
  count: number | null;
  area_ha: number | null;
}

export interface Totals {
  rows: (Sum & { key: Value })[];
  total: Sum;
}

export interface Found {
  results: { layer: string; key: string | null; name: string | null; bounds: Bounds; center: [number, number] }[];
}

/** One rule's answer about a parcel. */
export interface Step {
  rule: string;
  /** The plan's own number. */
  section: string;
  sentence: Text;
}

/** What a drawn area holds. */
export interface Inside {
  area_ha: number;
  /** How it stands to the plan if it is used for industry; null without a plan. */
  conformity: {
    conflict: string | null;
    industrial_ha: number;
    mandatory_ha: number;
    non_mandatory_ha: number;
    not_assessed_ha: number;
  } | null;
  layers: InsideLayer[];
}

export interface InsideLayer {
  layer: string;
  count: number;
  area_ha: number;
  outside_ha: number;
  classes: Record<string, { key: Value; count: number; area_ha: number }[]>;
  features: { key: string; name: string | null; whole_ha: number | null; area_ha: number }[];
}

export interface TableRow {
  key: string;
  label: Text;
  count: number | null;
  area_ha: number;
  share: number | null;
}

export interface TableRows {
  rows: TableRow[];
  total: TableRow;
  of_which: TableRow[];
  not_assessed: TableRow | null;
}

export interface Table extends Partial<TableRows> {
  table: string;
  title: Text;
  counts: Text;
  rules: string;
  groups?: (TableRows & { key: string; label: Text })[];
}

/** The tileset with the findings. */
export const FINDINGS = "findings";

/** Whether a feature is of the findings. A layer of other tilesets may be called as it likes. */
export const isFinding = (feature: { tileset?: string | undefined }): boolean => (feature.tileset ?? FINDINGS) === FINDINGS;

export interface Identified {
  features: IdentifiedFeature[];
}

export interface IdentifiedFeature {
  /** Its tileset; absent: the findings. */
  tileset?: string;
  layer: string;
  id: number;
  attributes: Attributes;
}

/** The server answered, with something else than what was asked for. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    path: string,
  ) {
    super(`${path}: ${status}`);
  }
}

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(new URL(path, document.baseURI), {
    headers: { accept: "application/json" },
    ...(signal ? { signal } : {}),
  });
  if (!response.ok) throw new Refused(response.status, path);
  return (await response.json()) as T;
}

export const catalog = () => get<Catalog>("catalog");
export const codes = () => get<Codes>("codes");
export const style = <Style>(id: string) => get<Style>(`style/${encodeURIComponent(id)}`);
export const legend = (id: string) => get<Legend>(`legend/${encodeURIComponent(id)}`);
export const parcel = (key: string) => get<Parcel>(`parcels/${encodeURIComponent(key)}`);

/** The page that says why a parcel is what it is: Chinese with English below, or English alone. */
export const extractPage = (key: string, language: "zh" | "en") =>
  `parcels/${encodeURIComponent(key)}/explain.html${language === "en" ? "?lang=en" : ""}`;
/** Rule by rule, why a parcel is what it is. */
export const explain = (key: string) => get<{ steps: Step[] }>(`parcels/${encodeURIComponent(key)}/explain`);
export const identify = (lon: number, lat: number) =>
  get<Identified>(`identify?lon=${lon.toFixed(7)}&lat=${lat.toFixed(7)}`);

export const totals = (layer: string, parameters: Record<string, string>, signal?: AbortSignal) =>
  get<Totals>(`totals/${encodeURIComponent(layer)}?${new URLSearchParams(parameters)}`, signal);
export const search = (words: string, signal?: AbortSignal) => get<Found>(`search?${new URLSearchParams({ q: words })}`, signal);
export const inside = (ring: string) => get<Inside>(`inside?${new URLSearchParams({ ring })}`);
export const table = (id: string, by: string | undefined) => get<Table>(tablePath(id, by, ""));

/** The path of a table; `form` is empty, `.csv` or `.xlsx`. */
export const tablePath = (id: string, by: string | undefined, form: string) =>
  `stats/${encodeURIComponent(id)}${form}${by ? `?by=${by}` : ""}`;

/** What maps need of a TileJSON (3.0.0). */
export interface TileJson {
  tiles: string[];
  minzoom: number;
  maxzoom: number;
  bounds: Bounds;
  attribution?: string;
  vector_layers: { id: string; fields: Record<string, string> }[];
}

export const tileJson = (tileset: string) => get<TileJson>(encodeURIComponent(tileset));

/** Which attributes the layers of a tileset have. */
export const fields = async (tileset: string): Promise<Map<string, Set<string>>> => {
  const { vector_layers } = await tileJson(tileset);
  return new Map(vector_layers.map((layer) => [layer.id, new Set(Object.keys(layer.fields))]));
};
