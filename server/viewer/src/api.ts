// What the server says, as this page reads it. Paths are relative to the page, so that everything
// works under any prefix. Members marked optional may be absent; all others must be there.
//
//   GET catalog            Catalog
//   GET style/{id}         MapLibre style; its sources' url is the TileJSON
//   GET legend/{id}        Legend            (also `auto`: one entry a layer)
//   GET codes              Codes
//   GET parcels/{key}      Parcel            404 when there is none
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
  /** What a reader must know about the data, such as that a demo city is invented. */
  note?: Text;
  /** Where everything lies; without it the map opens at the style's centre. */
  bounds?: Bounds;
  tilesets: Tileset[];
  /** Themes in the plan's order; without any findings a single one, `auto`. */
  styles: StyleEntry[];
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

export interface LegendEntry {
  key: string;
  label: Text;
  color: string;
  opacity: number;
  /** What lies below a fill that is not opaque. */
  over: string | null;
  pattern: "solid" | "dashed" | "outline" | "line" | "dash_dot" | "point";
  stroke: string | null;
  tileset: string | null;
  source_layer: string;
  count: number | null;
  area_ha: number | null;
}

export interface LegendRow {
  key: string;
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

async function get<T>(path: string): Promise<T> {
  const response = await fetch(new URL(path, document.baseURI), { headers: { accept: "application/json" } });
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
export const identify = (lon: number, lat: number) =>
  get<Identified>(`identify?lon=${lon.toFixed(7)}&lat=${lat.toFixed(7)}`);
