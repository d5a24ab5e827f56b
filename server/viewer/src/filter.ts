// Which features are shown: attributes of tile layers with the values that they may have.
//
// As text, in addresses and messages: `layer.attribute:value,value;layer.attribute:value`. An empty
// value means that a feature may have none.

import type { FilterSpecification } from "maplibre-gl";

import type { Class } from "./api";

/** Values as text by `layer.attribute`; what is not in it may be anything. */
export type Filter = ReadonlyMap<string, readonly string[]>;

export const NO_FILTER: Filter = new Map();

const encode = (text: string) => text.replace(/[%,;:&#]/g, (c) => encodeURIComponent(c));

export function formatFilter(filter: Filter): string {
  return [...filter].map(([name, values]) => `${encode(name)}:${values.map(encode).join(",")}`).join(";");
}

export function parseFilter(text: string): Filter {
  const filter = new Map<string, string[]>();
  for (const part of text.split(";")) {
    const [name, values] = part.split(":");
    if (!name || values === undefined || !name.includes(".")) continue;
    try {
      filter.set(decodeURIComponent(name), values.split(",").map(decodeURIComponent));
    } catch {
      // What is no text is no filter.
    }
  }
  return filter;
}

const nameOf = (entry: Class) => `${entry.layer}.${entry.attribute}`;

/** Whether the filter chooses this class; undefined if it says nothing about its attribute. */
export function chooses(filter: Filter, entry: Class): boolean | undefined {
  return filter.get(nameOf(entry))?.includes(entry.value ?? "");
}

/** The filter with the class chosen, or without it if it was. */
export function toggled(filter: Filter, entry: Class): Filter {
  const name = nameOf(entry);
  const value = entry.value ?? "";
  const before = filter.get(name) ?? [];
  const after = before.includes(value) ? before.filter((known) => known !== value) : [...before, value];
  const changed = new Map(filter);
  if (after.length > 0) changed.set(name, after);
  else changed.delete(name);
  return changed;
}

/** What the filter says of one layer: attribute and values. */
function ofLayer(filter: Filter, layer: string): [attribute: string, values: readonly string[]][] {
  const prefix = `${layer}.`;
  return [...filter].filter(([name]) => name.startsWith(prefix)).map(([name, values]) => [name.slice(prefix.length), values]);
}

/** Whether anything is said of that layer. */
export const concerns = (filter: Filter, layer: string) => ofLayer(filter, layer).length > 0;

/** The filter as `/totals` takes it, without what it says of one attribute. */
export function whereOf(filter: Filter, layer: string, without?: string): string {
  const said = ofLayer(filter, layer).filter(([attribute]) => attribute !== without);
  return said.map(([attribute, values]) => `${encode(attribute)}:${values.map(encode).join(",")}`).join(";");
}

/** Layers that show the features of another one: their labels, and the sums of many. */
const SHOW_PARCELS = ["labels", "cells"];

/**
 * What MapLibre is to draw of a tile layer whose features have these attributes; undefined: all of it.
 */
export function drawnOf(filter: Filter, layer: string, fields: ReadonlySet<string>): FilterSpecification | undefined {
  const said = ofLayer(filter, SHOW_PARCELS.includes(layer) ? "parcels" : layer);
  const conditions: unknown[] = [];
  for (const [attribute, values] of said) {
    if (layer === "cells") {
      // A cell says how much of each class is in it, as `far_class_1`.
      const columns = values.map((value) => `${attribute}_${value}`).filter((column) => fields.has(column));
      if (columns.length > 0) conditions.push(["any", ...columns.map((column) => ["has", column])]);
    } else if (fields.has(attribute)) {
      const chosen = values.filter((value) => value !== "");
      const listed = ["in", ["to-string", ["get", attribute]], ["literal", chosen]];
      conditions.push(values.includes("") ? ["any", ["!", ["has", attribute]], listed] : ["all", ["has", attribute], listed]);
    }
  }
  return conditions.length === 0 ? undefined : (["all", ...conditions] as unknown as FilterSpecification);
}
