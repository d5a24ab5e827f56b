// The page in a frame of another page: it starts as the address says and does what messages say.
//
// In:  {type: "tuban:set", style?, view?: "zoom/lat/lon", filter?, language?, parcel?: key | null}
// Out: {type: "tuban:ready"} once; {type: "tuban:place", style, view, filter, language} when that
//      changes; {type: "tuban:select", parcel | null} when a parcel is chosen or let go.
//
// Only pages of the origins that the server's configuration names are heard and spoken to.

import type { Parcel } from "./api";
import { formatFilter, parseFilter } from "./filter";
import { parseView, type Place } from "./hash";
import type { Furniture, Page } from "./page";
import { isLanguage } from "./words";

export interface Embedding {
  place: Place;
  furniture: Furniture;
  /** `https://portal.example`, `https://*.example` or `*`. */
  origins: string[];
}

/** How the page is embedded; undefined where it is the viewer itself. */
export function readEmbedding(): Embedding | undefined {
  const allowed = document.body.dataset["embed"];
  if (allowed === undefined) return undefined;
  const parameters = new URLSearchParams(location.search);
  const panel = parameters.get("panel");
  return {
    place: placeOf(Object.fromEntries(parameters)),
    furniture: panel === "none" ? "none" : "legend",
    origins: allowed.split(" ").filter((origin) => origin !== ""),
  };
}

/** The place that texts by name describe. */
function placeOf(said: Record<string, unknown>): Place {
  const text = (name: string) => (typeof said[name] === "string" ? (said[name] as string) : undefined);
  const place: Place = {};
  const view = parseView(text("view") ?? null);
  if (view) place.view = view;
  const style = text("style");
  if (style) place.style = style;
  const parcel = text("parcel");
  if (parcel) place.parcel = parcel;
  const language = text("lang") ?? text("language");
  if (isLanguage(language)) place.language = language;
  const filter = text("filter");
  if (filter !== undefined) place.filter = parseFilter(filter);
  return place;
}

type Said = { type: "tuban:ready" } | { type: "tuban:select"; parcel: Parcel | null } | { type: "tuban:place"; [name: string]: unknown };

export class Frame {
  private last = "";
  private key: string | undefined;

  constructor(private readonly origins: readonly string[]) {}

  /** Does what the page around says, from now on. */
  serve(page: Page, ready: Promise<void>): void {
    addEventListener("message", (event: MessageEvent<unknown>) => {
      if (event.source !== parent || !this.permits(event.origin)) return;
      const said = event.data as Record<string, unknown> | null;
      if (typeof said !== "object" || said === null || said["type"] !== "tuban:set") return;
      void ready.then(() => this.obey(page, said));
    });
    void ready.then(() => this.say({ type: "tuban:ready" }));
  }

  private async obey(page: Page, said: Record<string, unknown>): Promise<void> {
    const place = placeOf(said);
    if (place.language) page.setLanguage(place.language);
    if (place.style) await page.setStyle(place.style);
    if (place.filter) await page.setFilter(place.filter);
    if (place.view) page.map?.jumpTo(place.view);
    if (place.parcel) await page.select(place.parcel, place.view === undefined);
    else if (said["parcel"] === null) page.deselect();
  }

  /** Says which parcel is selected, if it is another one than before. */
  selected(parcel: Parcel | undefined): void {
    if (parcel?.key === this.key) return;
    this.key = parcel?.key;
    this.say({ type: "tuban:select", parcel: parcel ?? null });
  }

  /** Says where the map is now, if it is elsewhere than before. */
  moved({ style, view, filter, language }: Place): void {
    if (!view) return;
    const place = {
      style,
      language,
      view: `${Number(view.zoom.toFixed(2))}/${view.lat.toFixed(5)}/${view.lon.toFixed(5)}`,
      filter: filter ? formatFilter(filter) : "",
    };
    const text = JSON.stringify(place);
    if (text === this.last) return;
    this.last = text;
    this.say({ type: "tuban:place", ...place });
  }

  say(said: Said): void {
    const origin = around();
    if (parent === window || origin === undefined || !this.permits(origin)) return;
    // The origin of a sandboxed page has no name to address it by; it was permitted as `null` or by `*`.
    parent.postMessage(said, origin === "null" ? "*" : origin);
  }

  private permits(origin: string): boolean {
    return origin === location.origin || this.origins.some((pattern) => matches(pattern, origin));
  }
}

/** The origin of the page around, as far as the browser tells. */
function around(): string | undefined {
  const named = (location as Location & { ancestorOrigins?: DOMStringList }).ancestorOrigins?.[0];
  if (named !== undefined) return named;
  return document.referrer === "" ? undefined : new URL(document.referrer).origin;
}

/** Whether an origin is meant by `https://portal.example`, `https://*.example` or `*`. */
export function matches(pattern: string, origin: string): boolean {
  if (pattern === "*") return true;
  const [start, end] = pattern.toLowerCase().split("*");
  const given = origin.toLowerCase();
  if (end === undefined) return given === start;
  return given.startsWith(start ?? "") && given.endsWith(end) && given.length > (start ?? "").length + end.length;
}
