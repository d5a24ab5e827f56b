// The legend: what the colours say, how many and how much.

import type { Class, Legend, LegendEntry, LegendRow, Sum } from "./api";
import { element, svgElement } from "./dom";
import { chooses, type Filter } from "./filter";
import { NO_SPRITE, type Sprite, type SpriteImage } from "./sprite";
import type { LiveTotals } from "./totals";
import type { Speaker } from "./words";

const SVG = "http://www.w3.org/2000/svg";

export interface LegendState {
  legend: Legend;
  /** Whether the map draws a tile layer; entries of others are left out. */
  draws(tileset: string | null, layer: string): boolean;
  filter: Filter;
  /** Sums of what is shown; undefined: of everything, as the legend has them. */
  live: LiveTotals | undefined;
  /** The images that fills are drawn over with. */
  sprite: Sprite;
  /** Undefined: nothing can be chosen. */
  choose: ((entry: Class) => void) | undefined;
}

export function legendElement(state: LegendState, speaker: Speaker): HTMLElement {
  const { legend, draws, live } = state;
  const there = (entry: LegendEntry) =>
    draws(entry.tileset, entry.source_layer) && !(entry.key === "not_assessed" && entry.count === 0);
  const entries = legend.entries.filter(there);
  const context = legend.context.filter(there);
  const counted = entries.some((entry) => entry.count !== null || entry.area_ha !== null);
  const counts = legend.counts ? speaker.pick(legend.counts) : speaker.say("count");

  const table = element("table", { class: "legend-classes" });
  table.append(element("caption", { class: "hidden", text: speaker.say("legend") }));
  if (counted) {
    table.createTHead().append(
      element(
        "tr",
        {},
        element("td", { attributes: { colspan: "2" } }),
        element("th", { class: "figure", attributes: { scope: "col" }, text: counts }),
        element("th", { class: "figure", attributes: { scope: "col" }, text: speaker.say("hectares") }),
      ),
    );
  }
  const rowsOf = (listed: (LegendEntry | LegendRow)[]) =>
    listed.map((entry) => {
      const sign = "color" in entry ? swatch(entry, state.sprite) : null;
      const chosen = entry.class && chooses(state.filter, entry.class);
      const label = nameOf(entry, chosen === true, state, speaker);
      const row = classRow(sign, label, live ? (live.of(entry) ?? NOTHING) : entry, speaker);
      row.dataset["key"] = entry.key;
      if (chosen === false) row.classList.add("left-out");
      return row;
    });
  const total = live || legend.total ? [totalRow(live ? live.total : (legend.total ?? NOTHING), live !== undefined, speaker)] : [];
  const unassessed = (entry: LegendEntry) => entry.key === "not_assessed";
  const classes = entries.filter((entry) => !unassessed(entry));
  // What was not assessed is in no total, so it stands below it.
  const rest = element("tbody", { class: "quiet" }, ...rowsOf(entries.filter(unassessed)));
  if (legend.breakdown.length > 0) {
    const heading = element("tr", {}, element("th", { class: "heading", attributes: { scope: "rowgroup", colspan: "4" }, text: speaker.say("byUse") }));
    table.append(
      element("tbody", {}, ...rowsOf(classes)),
      rest,
      element("tbody", { class: "legend-breakdown" }, heading, ...rowsOf(legend.breakdown), ...total),
    );
  } else {
    table.append(element("tbody", {}, ...rowsOf(classes), ...total), rest);
  }

  const around = element("ul", { class: "legend-context" });
  for (const entry of context) {
    around.append(element("li", {}, swatch(entry, state.sprite), element("span", { text: speaker.pick(entry.label) })));
  }
  return element("div", { class: "legend" }, table, context.length > 0 && around);
}

/** Where nothing can be said. */
const NOTHING: Sum = { count: null, area_ha: null };

/** The name of an entry: a switch where the map can show it alone. */
function nameOf(entry: LegendEntry | LegendRow, chosen: boolean, state: LegendState, speaker: Speaker): Node | string {
  const label = speaker.pick(entry.label);
  const { class: its } = entry;
  if (!its || its.attribute === null || !state.choose || !state.draws(null, its.layer)) return label;
  // An entry that another layer draws would stay on the map, chosen or not; parks are outlines of what they hold.
  if ("source_layer" in entry && entry.source_layer !== its.layer && its.attribute !== "park") return label;
  const { choose } = state;
  return element("button", {
    class: "choose",
    text: label,
    attributes: { type: "button", "aria-pressed": String(chosen), title: speaker.say("choose") },
    on: { click: () => choose(its) },
  });
}

function classRow(
  sign: Element | null,
  label: Node | string,
  { count, area_ha: areaHa }: Sum,
  speaker: Speaker,
): HTMLTableRowElement {
  return element(
    "tr",
    {},
    element("td", { class: "sign-cell" }, sign),
    element("th", { attributes: { scope: "row" } }, label),
    element("td", { class: "figure count", text: count === null ? "" : speaker.count(count) }),
    element("td", { class: "figure area", text: areaHa === null ? "" : speaker.number(areaHa, 2) }),
  );
}

function totalRow(total: Sum, isOfShown: boolean, speaker: Speaker): HTMLTableRowElement {
  const row = classRow(null, speaker.say(isOfShown ? "shown" : "total"), total, speaker);
  row.className = "total";
  return row;
}

/** A sample of how the map draws the class. */
export function swatch(
  entry: Pick<LegendEntry, "color" | "opacity" | "over" | "pattern" | "stroke" | "image">,
  sprite: Sprite = NO_SPRITE,
): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "swatch");
  svg.setAttribute("viewBox", "0 0 26 16");
  svg.setAttribute("aria-hidden", "true");
  const draw = (tag: string, attributes: Record<string, string | number>, ...children: SVGElement[]) =>
    svg.append(svgElement(tag, attributes, ...children));
  const box = { x: 1.5, y: 1.5, width: 23, height: 13, rx: 1 };
  const { color, opacity, over, pattern, stroke } = entry;
  switch (pattern) {
    case "outline":
      draw("rect", { ...box, fill: "none", stroke: color, "stroke-width": 2 });
      break;
    case "line":
      draw("path", { d: "M1 8h24", stroke: color, "stroke-width": 3.5 });
      break;
    case "dash_dot":
      draw("path", { d: "M1 8h24", stroke: color, "stroke-width": 1.8, "stroke-dasharray": "8 2.5 2 2.5" });
      break;
    case "point":
      draw("circle", { cx: 13, cy: 8, r: 5, fill: color });
      break;
    default:
      if (over) draw("rect", { ...box, fill: over });
      draw("rect", {
        ...box,
        fill: color,
        "fill-opacity": opacity,
        stroke: stroke ?? "#5c5348",
        "stroke-width": stroke ? 1.5 : 0.5,
        ...(pattern === "dashed" ? { "stroke-dasharray": "4 2.5" } : {}),
      });
      repeat(entry.image ? sprite.get(entry.image) : undefined, box, draw);
  }
  return svg;
}

/** Draws an image of a sprite over a box again and again, as the map does over a fill. */
function repeat(
  image: SpriteImage | undefined,
  box: { x: number; y: number; width: number; height: number },
  draw: (tag: string, attributes: Record<string, string | number>, ...children: SVGElement[]) => void,
): void {
  if (!image) return;
  const scale = 1 / image.pixelRatio;
  const [width, height] = [image.width * scale, image.height * scale];
  for (let x = 0; x < box.width; x += width) {
    for (let y = 0; y < box.height; y += height) {
      // A window of its own cuts the image out of the sheet, and at the edge of the box.
      const shown = { width: Math.min(width, box.width - x), height: Math.min(height, box.height - y) };
      const sheet = svgElement("image", {
        href: image.href,
        x: -image.x * scale,
        y: -image.y * scale,
        width: image.sheetWidth * scale,
        height: image.sheetHeight * scale,
      });
      draw("svg", { x: box.x + x, y: box.y + y, ...shown }, sheet);
    }
  }
}
