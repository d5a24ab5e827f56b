// Counts and hectares of what is shown, from the server: tiles hold features cut in pieces.

import * as api from "./api";
import { concerns, whereOf, type Filter } from "./filter";

/** What is added up instead of everything. */
export interface Extent {
  filter: Filter;
  /** Undefined: wherever it lies. */
  bounds: api.Bounds | undefined;
}

/** Sums of the entries of a legend, by their key and class. */
export interface LiveTotals {
  of(entry: api.LegendEntry | api.LegendRow): api.Sum | undefined;
  /** Of everything in the legend's layer that is shown. */
  total: api.Sum;
}

const nameOf = ({ layer, attribute, value, where }: api.Class) => JSON.stringify([layer, attribute, value, where ?? ""]);

/** Whether the statistics say it all. */
export function isWhole(legend: api.Legend, { filter, bounds }: Extent): boolean {
  const layers = new Set([...legend.entries, ...legend.breakdown].map((entry) => entry.class?.layer ?? legend.source_layer));
  return bounds === undefined && ![...layers].some((layer) => concerns(filter, layer));
}

/** Asks the server for the sums of a legend's entries. Classes that the filter leaves out are summed, too. */
export async function liveTotals(legend: api.Legend, extent: Extent, signal: AbortSignal): Promise<LiveTotals> {
  const entries = [...legend.entries, ...legend.breakdown];
  const classes = entries.map((entry) => entry.class).filter((entry): entry is api.Class => entry !== undefined);
  const wanted = new Map(classes.map((entry) => [nameOf({ ...entry, value: null }), entry]));
  const sums = new Map<string, api.Sum>();
  const ask = async (entry: api.Class) => {
    const { layer, attribute } = entry;
    const parameters = parametersOf(extent, layer, attribute ?? undefined, entry.where);
    const answer = await api.totals(layer, attribute === null ? parameters : { ...parameters, by: attribute }, signal);
    if (attribute === null) sums.set(nameOf({ ...entry, value: null }), answer.total);
    for (const row of answer.rows) {
      const value = row.key === null ? null : String(row.key);
      sums.set(nameOf({ ...entry, value }), { count: row.count, area_ha: row.area_ha });
    }
  };
  // A map of some of the features, such as idle land, has the sum of those.
  const [also] = new Set(legend.entries.flatMap((entry) => entry.class?.where ?? []));
  const total = api.totals(legend.source_layer, parametersOf(extent, legend.source_layer, undefined, also), signal);
  await Promise.all([...[...wanted.values()].map(ask), total]);
  const none: api.Sum = { count: 0, area_ha: 0 };
  return {
    of: (entry) => entry.class && (sums.get(nameOf(entry.class)) ?? { ...none, count: entry.count === null ? null : 0 }),
    total: (await total).total,
  };
}

function parametersOf({ filter, bounds }: Extent, layer: string, without?: string, also = ""): Record<string, string> {
  const where = [whereOf(filter, layer, without), also].filter((part) => part !== "").join(";");
  return {
    ...(where === "" ? {} : { where }),
    ...(bounds ? { bbox: bounds.map((degrees) => degrees.toFixed(6)).join(",") } : {}),
  };
}
