// The page's address restores what it shows:
// #map=zoom/lat/lon&style=…&lang=…&parcel=…&filter=…&compare=…&scope=view&base=…&shade=dark&area=…

import { formatFilter, parseFilter, type Filter } from "./filter";
import { isShade, type Shade } from "./shading";
import { isLanguage, type Language } from "./words";

export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

export interface Place {
  view?: View;
  style?: string;
  language?: Language;
  parcel?: string;
  filter?: Filter;
  /** The style on the other side of the swipe. */
  compare?: string;
  /** What the legend adds up; absent: everything. */
  scope?: "view";
  /** The map of others that lies below. */
  base?: string;
  /** Light or dark; absent: as the device asks. */
  shade?: Shade;
  /** Corners of a drawn area, `lon,lat;lon,lat;…`. */
  area?: string;
}

/** `zoom/lat/lon`. */
export function parseView(text: string | null): View | undefined {
  const [zoom, lat, lon] = (text ?? "").split("/").map(Number);
  const view = { zoom: zoom ?? NaN, lat: lat ?? NaN, lon: lon ?? NaN };
  return view.zoom >= 0 && view.zoom <= 24 && Math.abs(view.lat) <= 90 && Math.abs(view.lon) <= 360 ? view : undefined;
}

export function readHash(hash = location.hash): Place {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const place: Place = {};
  const view = parseView(parameters.get("map"));
  if (view) place.view = view;
  for (const name of ["style", "parcel", "compare", "base", "area"] as const) {
    const value = parameters.get(name);
    if (value) place[name] = value;
  }
  const language = parameters.get("lang");
  if (isLanguage(language)) place.language = language;
  const shade = parameters.get("shade");
  if (isShade(shade)) place.shade = shade;
  if (parameters.get("scope") === "view") place.scope = "view";
  const filter = parseFilter(parameters.get("filter") ?? "");
  if (filter.size > 0) place.filter = filter;
  return place;
}

/** The address of a place. */
export function formatPlace(place: Place): string {
  const parts: string[] = [];
  if (place.view) {
    const { zoom, lat, lon } = place.view;
    parts.push(`map=${Number(zoom.toFixed(2))}/${lat.toFixed(5)}/${lon.toFixed(5)}`);
  }
  if (place.style) parts.push(`style=${encodeURIComponent(place.style)}`);
  if (place.language) parts.push(`lang=${place.language}`);
  if (place.filter && place.filter.size > 0) parts.push(`filter=${encodeURIComponent(formatFilter(place.filter))}`);
  for (const name of ["compare", "scope", "base", "shade", "parcel", "area"] as const) {
    const value = place[name];
    if (value) parts.push(`${name}=${encodeURIComponent(value)}`);
  }
  return `#${parts.join("&")}`;
}

/** Writes the address without adding a step to the browser's history. */
export function writeHash(place: Place): void {
  const hash = formatPlace(place);
  if (hash !== location.hash) history.replaceState(history.state, "", hash);
}
