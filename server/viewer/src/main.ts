// The page from its start: alone in a window, or in a frame of another page.

import "maplibre-gl/dist/maplibre-gl.css";
import "./style.css";

import { idle } from "./activity";
import { Frame, readEmbedding } from "./embed";
import { parseFilter } from "./filter";
import { readHash, type Place } from "./hash";
import type { TubanMap } from "./map";
import { Page } from "./page";
import type { Shade } from "./shading";
import type { Language } from "./words";

/** What tests may use. Everything else may change; other pages speak with the frame (embed.ts). */
export interface TubanHook {
  /** MapLibre's map; null where the browser cannot draw one. */
  map: TubanMap["map"] | null;
  /** Settles when the first map is drawn, or when it is clear that it cannot be. */
  ready: Promise<void>;
  /** Settles as soon as map, legend and card all show what they should. */
  idle(): Promise<void>;
  setStyle(id: string): Promise<void>;
  setLanguage(language: Language): void;
  /** Undefined: as the device asks. */
  setShade(shade: Shade | undefined): Promise<void>;
  /** `layer.attribute:value,value;…` */
  setFilter(filter: string): Promise<void>;
  select(parcel: string): Promise<void>;
  compare(style: string | undefined): Promise<void>;
  /** Lays the sheet out without printing it. */
  prepareSheet(): Promise<void>;
  /** What is shown, as the address has it. */
  place(): Place;
}

declare global {
  interface Window {
    tuban: TubanHook;
  }
}

const embedding = readEmbedding();
const place = embedding ? embedding.place : readHash();
const frame = embedding && new Frame(embedding.origins);
const page = new Page(place, embedding?.furniture ?? "all", {
  selected: (parcel) => frame?.selected(parcel),
  moved: (now) => frame?.moved(now),
});
document.body.dataset["furniture"] = embedding?.furniture ?? "all";
const ready = page.start(place).then(() => idle());
frame?.serve(page, ready);
window.tuban = {
  get map() {
    return page.map?.map ?? null;
  },
  ready,
  idle,
  setStyle: (id) => page.setStyle(id),
  setShade: (shade) => page.setShade(shade),
  setLanguage: (language) => page.setLanguage(language),
  setFilter: (filter) => page.setFilter(parseFilter(filter)),
  select: (key) => page.select(key, true),
  compare: (style) => page.compare(style),
  prepareSheet: () => page.print(false),
  place: () => page.place(),
};
