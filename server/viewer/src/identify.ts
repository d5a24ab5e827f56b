// What lies at a point: what the server knows of, and what is drawn there.

import * as api from "./api";
import type { Listed } from "./card";
import type { Highlight } from "./composition";
import type { DrawnFeature } from "./map";

/** What a card shows. */
export type Selection = { parcel: api.Parcel; also: Listed[] } | { features: Listed[] };

/** A parcel and the rest, or whatever else lies there, if anything does. */
export interface Lying {
  parcel: string | undefined;
  others: (Listed & { id?: number })[];
}

export async function lyingAt(point: { lon: number; lat: number }, drawn: DrawnFeature[], isAnalysed: boolean): Promise<Lying> {
  const identified = await api.identify(point.lon, point.lat).catch(() => ({ features: [] }));
  const features = merge(identified.features, drawn);
  const isParcel = (feature: Listed) =>
    isAnalysed && api.isFinding(feature) && feature.layer === "parcels" && typeof feature.attributes["key"] === "string";
  const parcel = features.find(isParcel);
  return { parcel: parcel && String(parcel.attributes["key"]), others: features.filter((feature) => feature !== parcel) };
}

/** What to highlight of features that are no parcels: one that stands alone. */
export function highlightOf(features: Lying["others"]): Highlight | undefined {
  const [first] = features;
  if (features.length !== 1 || first?.id === undefined) return undefined;
  return { tileset: first.tileset ?? api.FINDINGS, layer: first.layer, id: first.id };
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
