// The page's address restores what it shows: #map=zoom/lat/lon&style=…&lang=…&parcel=…

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
}

export function readHash(hash = location.hash): Place {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const place: Place = {};
  const [zoom, lat, lon] = (parameters.get("map") ?? "").split("/").map(Number);
  const view = { zoom: zoom ?? NaN, lat: lat ?? NaN, lon: lon ?? NaN };
  if (view.zoom >= 0 && view.zoom <= 24 && Math.abs(view.lat) <= 90 && Math.abs(view.lon) <= 360) place.view = view;
  const style = parameters.get("style");
  if (style) place.style = style;
  const language = parameters.get("lang");
  if (isLanguage(language)) place.language = language;
  const parcel = parameters.get("parcel");
  if (parcel) place.parcel = parcel;
  return place;
}

/** Writes the address without adding a step to the browser's history. */
export function writeHash(place: Place): void {
  const parts: string[] = [];
  if (place.view) {
    const { zoom, lat, lon } = place.view;
    parts.push(`map=${Number(zoom.toFixed(2))}/${lat.toFixed(5)}/${lon.toFixed(5)}`);
  }
  if (place.style) parts.push(`style=${encodeURIComponent(place.style)}`);
  if (place.language) parts.push(`lang=${place.language}`);
  if (place.parcel) parts.push(`parcel=${encodeURIComponent(place.parcel)}`);
  const hash = `#${parts.join("&")}`;
  if (hash !== location.hash) history.replaceState(history.state, "", hash);
}
