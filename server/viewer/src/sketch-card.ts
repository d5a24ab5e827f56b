// What a drawn line or area measures, and what the area holds.

import type { Inside, InsideLayer } from "./api";
import type { CodeBook } from "./card";
import { element, signButton } from "./dom";
import { areaOf, lengthOf, perimeterOf } from "./measure";
import type { Sketch } from "./sketch";
import type { Speaker, Word } from "./words";

export interface SketchActions {
  close(): void;
  finish(): void;
  undo(): void;
  openParcel(key: string): void;
}

/** `inside` is undefined while nobody has answered yet, null where nobody can. */
export function sketchCard(
  sketch: Sketch,
  inside: Inside | null | undefined,
  codes: CodeBook,
  speaker: Speaker,
  actions: SketchActions,
): Node[] {
  const isArea = sketch.kind === "area";
  const head = element(
    "header",
    {},
    element("div", {}, element("h2", { attributes: { tabindex: "-1" }, text: speaker.say(isArea ? "drawArea" : "measureLine") })),
    signButton("×", speaker.say("close"), actions.close),
  );
  const list = element("dl", { class: "findings measured" });
  const add = (id: string, word: Word, text: string) => {
    const row = element("div", {}, element("dt", { text: speaker.say(word) }), element("dd", { text }));
    row.dataset["measure"] = id;
    list.append(row);
  };
  if (isArea) {
    const hectares = areaOf(sketch.points) / 1e4;
    add("area", "area", sketch.points.length < 3 ? "—" : `${speaker.hectares(hectares)} · ${speaker.mu(hectares)}`);
    add("perimeter", "perimeter", speaker.metres(sketch.points.length < 3 ? lengthOf(sketch.points) : perimeterOf(sketch.points)));
  } else {
    add("length", "length", speaker.metres(lengthOf(sketch.points)));
  }
  if (!sketch.finished) {
    const undo = element("button", { class: "plain", text: speaker.say("undo"), attributes: { type: "button" }, on: { click: actions.undo } });
    const finish = element("button", { class: "plain primary", text: speaker.say("finish"), attributes: { type: "button" }, on: { click: actions.finish } });
    finish.disabled = !sketch.canFinish;
    undo.disabled = sketch.points.length === 0;
    return [head, element("p", { class: "quiet", text: speaker.say("drawHint") }), list, element("p", { class: "actions" }, undo, finish)];
  }
  return [head, list, ...(isArea && inside ? insideParts(inside, codes, speaker, actions) : [])];
}

function insideParts(inside: Inside, codes: CodeBook, speaker: Speaker, actions: SketchActions): Node[] {
  const { conformity } = inside;
  const layer = (name: string) => inside.layers.find((known) => known.layer === name);
  const parts: Node[] = [];
  if (conformity) {
    const verdict = codes.label("conflict", conformity.conflict ?? undefined);
    const badge = element("span", {
      class: `badge conflict-${conformity.conflict ?? "unknown"}`,
      text: verdict ? speaker.pick(verdict) : speaker.say("notAssessed"),
    });
    badge.dataset["conformity"] = conformity.conflict ?? "";
    const rows: [Word, number][] = [
      ["planIndustrial", conformity.industrial_ha],
      ["planMandatory", conformity.mandatory_ha],
      ["planOther", conformity.non_mandatory_ha],
      ["planUnknown", conformity.not_assessed_ha],
    ];
    parts.push(
      element("section", { class: "pieces" }, element("h3", { text: speaker.say("ifIndustry") }), element("p", {}, badge), table(rows.map(([word, ha]) => [speaker.say(word), null, ha]), speaker)),
    );
  }
  const parcels = layer("parcels");
  if (parcels) parts.push(parcelPart(parcels, speaker, actions));
  const zoning = layer("zoning");
  if (zoning) parts.push(classPart("planUses", zoning, "group", "group", codes, speaker));
  const conflicts = layer("conflicts");
  if (conflicts && conflicts.count > 0) parts.push(classPart("byUse", conflicts, "type", "conflict_type", codes, speaker));
  for (const name of ["zones", "parks", "control_line"]) {
    const found = layer(name);
    if (!found || found.features.length === 0) continue;
    const rows = found.features.map((one): Row => [one.name || one.key, null, one.area_ha]);
    parts.push(section(speaker.name(name), found.layer, rows, speaker));
  }
  return parts;
}

type Row = [label: Node | string, count: number | null, hectares: number];

function parcelPart(parcels: InsideLayer, speaker: Speaker, actions: SketchActions): HTMLElement {
  const shown = parcels.features.slice(0, 12).map((one): Row => {
    const open = element("button", {
      class: "choose",
      text: one.name || one.key,
      attributes: { type: "button" },
      on: { click: () => actions.openParcel(one.key) },
    });
    return [open, null, one.area_ha];
  });
  const total: Row = [speaker.say("total"), parcels.count, parcels.area_ha];
  return section(speaker.name("parcels"), "parcels", [total, ...shown], speaker);
}

function classPart(title: Word, layer: InsideLayer, attribute: string, list: string, codes: CodeBook, speaker: Speaker): HTMLElement {
  const rows = (layer.classes[attribute] ?? []).map((row): Row => {
    const label = codes.label(list, row.key);
    return [label ? speaker.pick(label) : String(row.key), row.count, row.area_ha];
  });
  return section(speaker.say(title), layer.layer, rows, speaker);
}

function section(title: string, layer: string, rows: Row[], speaker: Speaker): HTMLElement {
  const made = element("section", { class: "pieces" }, element("h3", { text: title }), table(rows, speaker));
  made.dataset["layer"] = layer;
  return made;
}

function table(rows: Row[], speaker: Speaker): HTMLElement {
  const body = element("tbody");
  for (const [label, count, hectares] of rows) {
    body.append(
      element(
        "tr",
        {},
        element("th", { attributes: { scope: "row" } }, label),
        element("td", { class: "figure", text: count === null ? "" : speaker.count(count) }),
        element("td", { class: "figure", text: speaker.hectares(hectares) }),
      ),
    );
  }
  return element("table", {}, body);
}
