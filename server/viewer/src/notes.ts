// Where the data come from and how old they are.

import type { Catalog } from "./api";
import type { Speaker } from "./words";

/** A line each; `attributions` are what the sources on the map say of their makers. */
export function notesOf(catalog: Catalog, attributions: string[], speaker: Speaker): string[] {
  const parts = [
    catalog.note ? speaker.pick(catalog.note) : "",
    ...attributions,
    catalog.reference_date ? `${speaker.say("dataDate")} ${catalog.reference_date}` : "",
    `${speaker.say("generation")} ${catalog.generation}${catalog.rules ? ` · ${speaker.say("rules")} ${catalog.rules}` : ""}`,
  ];
  return parts.filter((part) => part !== "");
}
