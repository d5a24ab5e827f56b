// The map as a sheet of paper: title, picture, legend, scale, and what the numbers rest on.

import type { Map as MapLibreMap } from "maplibre-gl";

import { element } from "./dom";
import { lengthOf } from "./measure";
import type { Speaker } from "./words";

export interface Sheet {
  title: string;
  subtitle: string;
  legend: HTMLElement;
  /** What the numbers rest on, a line each. */
  notes: string[];
}

/** The picture of a map as it is drawn now; the drawing is gone as soon as the browser has shown it. */
function picture(map: MapLibreMap): Promise<string> {
  return new Promise((resolve) => {
    map.once("render", () => resolve(map.getCanvas().toDataURL("image/png")));
    map.triggerRepaint();
  });
}

/** Puts the sheet into the page, where only paper shows it. */
export async function prepareSheet(map: MapLibreMap, sheet: Sheet, speaker: Speaker): Promise<HTMLElement> {
  document.getElementById("sheet")?.remove();
  const image = element("img", { attributes: { alt: sheet.subtitle, src: await picture(map) } });
  await image.decode();
  const figure = element("figure", {}, image, element("p", { class: "north", text: `↑ ${speaker.say("north")}` }), scaleBar(map));
  figure.style.setProperty("--ratio", String(image.naturalWidth / image.naturalHeight));
  const page = element(
    "section",
    { attributes: { id: "sheet" } },
    element("h1", { text: sheet.title }),
    element("h2", { text: sheet.subtitle }),
    figure,
    sheet.legend,
    element("footer", {}, ...sheet.notes.map((text) => element("p", { text }))),
  );
  document.body.append(page);
  return page;
}

/** A bar of a round length, as wide on paper as the picture makes it. */
function scaleBar(map: MapLibreMap): HTMLElement {
  const { width, height } = map.getCanvas().getBoundingClientRect();
  const left = map.unproject([width / 2 - 50, height / 2]);
  const right = map.unproject([width / 2 + 50, height / 2]);
  const metres = lengthOf([left, right].map(({ lng, lat }) => ({ lon: lng, lat })));
  const power = 10 ** Math.floor(Math.log10(metres));
  const round = [5, 2, 1].map((step) => step * power).find((length) => length <= metres) ?? power;
  const bar = element("p", { class: "scale-bar", text: round >= 1000 ? `${round / 1000} km` : `${round} m` });
  bar.style.width = `${((round / metres) * 100 * 100) / width}%`;
  return bar;
}
