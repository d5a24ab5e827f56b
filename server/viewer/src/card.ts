// What is known about a parcel, or about whatever else lies at a point, in words.

import { extractPage, isFinding, type Attributes, type Codes, type Parcel, type Piece, type Text, type Value } from "./api";
import { element, signButton } from "./dom";
import { whyElement } from "./why";
import type { Speaker } from "./words";

/** A feature at a point: its layer and its attributes. */
export interface Listed {
  /** Its tileset; absent: the findings. */
  tileset?: string;
  layer: string;
  attributes: Attributes;
}

export interface CardActions {
  close(): void;
  zoom?: () => void;
}

/** Names classes by the code lists. */
export class CodeBook {
  constructor(private readonly codes: Codes) {}

  label(list: string, code: Value | undefined): Text | undefined {
    const found = this.codes.lists.find((known) => known.id === list);
    return found?.codes.find((known) => known.code === String(code))?.label;
  }

  /** How many classes a list has. */
  size(list: string): number {
    return this.codes.lists.find((known) => known.id === list)?.codes.length ?? 0;
  }

  has(list: string): boolean {
    return this.size(list) > 0;
  }
}

export function parcelCard(
  parcel: Parcel,
  also: Listed[],
  codes: CodeBook,
  speaker: Speaker,
  actions: CardActions,
): Node[] {
  const { attributes } = parcel;
  const name = typeof attributes["name"] === "string" && attributes["name"] !== "" ? attributes["name"] : undefined;
  const list = element("dl", { class: "findings" });
  const add = (key: string, term: string, ...answer: (Node | string | null)[]) => {
    const shown = answer.filter((part) => part !== null);
    const missing = shown.length === 0;
    const definition = element("dd", missing ? { class: "quiet", text: speaker.say("notAssessed") } : {}, ...shown);
    const row = element("div", {}, element("dt", { text: term }), definition);
    row.dataset["finding"] = key;
    list.append(row);
  };
  const number = (attribute: string) => {
    const value = attributes[attribute];
    return typeof value === "number" ? value : undefined;
  };
  const coded = (attribute: string) => {
    const label = codes.label(attribute, attributes[attribute]);
    return label ? speaker.pick(label) : null;
  };
  const quiet = (text: string | null) => (text === null ? null : element("span", { class: "quiet", text }));

  const area = number("area_ha");
  add("area_ha", speaker.say("area"), area === undefined ? null : speaker.hectares(area), area === undefined ? null : quiet(speaker.mu(area)));
  const far = number("far");
  // The class of zero is zero: said once is enough.
  add("far", speaker.say("far"), far === undefined ? null : speaker.number(far, 2), far === 0 ? null : quiet(coded("far_class")));
  const density = number("density");
  add("density", speaker.say("density"), density === undefined ? null : speaker.percent(density), density === 0 ? null : quiet(coded("density_class")));
  const intensity = number("intensity");
  add(
    "intensity",
    speaker.say("intensity"),
    coded("intensity"),
    intensity === undefined ? null : quiet(`${intensity} / ${codes.size("intensity")}`),
  );
  const conflictHa = number("conflict_ha");
  add(
    "conflict",
    speaker.say("conflict"),
    conflictWord(attributes, coded("conflict")),
    quiet(coded("conflict_type")),
    conflictHa ? quiet(speaker.hectares(conflictHa)) : null,
  );
  add("zone", speaker.say("zone"), coded("zone"));
  const park = attributes["park"];
  const parkName = parcel.labels?.["park"];
  add(
    "park",
    speaker.say("park"),
    // Elsewhere has a name only where there are parks: without them nobody asked.
    park === undefined || park === null ? (parkName ? quiet(speaker.say("noPark")) : null) : parkName ? speaker.pick(parkName) : String(park),
  );

  const heading = element("h2", { attributes: { tabindex: "-1" }, text: name ?? parcel.key });
  const head = element(
    "header",
    {},
    element("div", {}, element("p", { class: "quiet", text: `${speaker.say("parcel")} ${name ? parcel.key : ""}`.trim() }), heading),
    signButton("×", speaker.say("close"), actions.close),
  );
  const zoom = actions.zoom
    ? element("button", { class: "plain", attributes: { type: "button" }, text: speaker.say("zoomTo"), on: { click: actions.zoom } })
    : null;
  const extract = element("a", {
    class: "plain",
    attributes: { href: extractPage(parcel.key, speaker.language), target: "_blank", rel: "noopener" },
    text: speaker.say("extract"),
  });
  const pieces = parcel.pieces && parcel.pieces.length > 0 ? pieceTable(parcel.pieces, codes, speaker) : null;
  const why = whyElement(parcel.key, speaker);
  return [head, list, ...(pieces ? [pieces] : []), element("p", { class: "actions" }, zoom, extract), why, ...alsoHere(also, codes, speaker)];
}

function conflictWord(attributes: Attributes, word: string | null): Node | null {
  if (word === null) return null;
  return element("span", { class: `badge conflict-${String(attributes["conflict"])}`, text: word });
}

function pieceTable(pieces: Piece[], codes: CodeBook, speaker: Speaker): HTMLElement {
  const body = element("tbody");
  for (const piece of pieces) {
    const type = codes.label("conflict_type", piece.type);
    const plan = [piece.plan_name, piece.plan_code].filter((part) => part).join(" · ");
    body.append(
      element(
        "tr",
        {},
        element(
          "th",
          { attributes: { scope: "row" } },
          element("span", { text: type ? speaker.pick(type) : piece.type }),
          piece.mandatory && element("span", { class: "badge conflict-mandatory small", text: speaker.say("mandatory") }),
          plan !== "" && element("span", { class: "quiet block", text: plan }),
        ),
        element("td", { class: "figure", text: speaker.hectares(piece.area_ha) }),
      ),
    );
  }
  return element(
    "section",
    { class: "pieces" },
    element("h3", { text: speaker.say("pieces") }),
    element("table", {}, body),
  );
}

/** A card for features that are no parcels: one, opened, or several to choose from. */
export function featuresCard(features: Listed[], codes: CodeBook, speaker: Speaker, actions: CardActions): Node[] {
  const only = features.length === 1 ? features[0] : undefined;
  const title = only ? featureName(only, speaker) : speaker.say("here");
  const head = element(
    "header",
    {},
    element(
      "div",
      {},
      element("p", { class: "quiet", text: only ? layerName(only, speaker) : `${features.length} ${speaker.say("features")}` }),
      element("h2", { attributes: { tabindex: "-1" }, text: title }),
    ),
    signButton("×", speaker.say("close"), actions.close),
  );
  const body = only ? [attributeTable(only, codes, speaker)] : features.map((f) => folded(f, codes, speaker));
  return [head, ...body];
}

/** Layers whose answer the parcel's own card gives already. */
const IN_THE_CARD = ["labels", "park_labels", "conflicts", "zones", "parks", "scope"];

function alsoHere(features: Listed[], codes: CodeBook, speaker: Speaker): Node[] {
  const others = features.filter((feature) => !isFinding(feature) || !IN_THE_CARD.includes(feature.layer));
  if (others.length === 0) return [];
  return [element("h3", { text: speaker.say("also") }), ...others.map((feature) => folded(feature, codes, speaker))];
}

function folded(feature: Listed, codes: CodeBook, speaker: Speaker): HTMLElement {
  const layer = layerName(feature, speaker);
  const name = featureName(feature, speaker);
  return element(
    "details",
    { class: "feature" },
    element(
      "summary",
      {},
      element("span", { text: layer }),
      name !== layer && element("span", { class: "quiet", text: name }),
    ),
    attributeTable(feature, codes, speaker),
  );
}

/** What a feature would be called: a name if it has one, else its key, else its layer. */
function featureName(feature: Listed, speaker: Speaker): string {
  for (const attribute of ["name", "名称", "MC", "plan_name", "key"]) {
    const value = feature.attributes[attribute];
    if (typeof value === "string" && value !== "") return value;
  }
  return layerName(feature, speaker);
}

/** What its layer is called: only of the findings do we know what a name means. */
function layerName(feature: Listed, speaker: Speaker): string {
  return isFinding(feature) ? speaker.name(feature.layer) : feature.layer;
}

/** Code lists of attributes that have another name than their list. */
const LISTS: Record<string, string> = { type: "conflict_type", kind: "marginal_kind", use: "marginal_use" };

function attributeTable(feature: Listed, codes: CodeBook, speaker: Speaker): HTMLElement {
  const ours = isFinding(feature);
  const rows = Object.entries(feature.attributes);
  if (rows.length === 0) return element("p", { class: "quiet", text: speaker.say("noAttributes") });
  const body = element("tbody");
  for (const [name, value] of rows) {
    const label = ours ? codes.label(LISTS[name] ?? name, value) : undefined;
    body.append(
      element(
        "tr",
        {},
        element("th", { attributes: { scope: "row" }, text: ours ? speaker.name(name) : name }),
        element("td", { text: label ? speaker.pick(label) : speaker.value(value) }),
      ),
    );
  }
  return element("table", { class: "attributes" }, body);
}
