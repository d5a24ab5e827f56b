// The listing of plain layers: what is there, how much of it, and whether it is shown.

import type { Tileset, TilesetLayer } from "./api";
import { element } from "./dom";
import { swatch } from "./legend";
import type { Speaker } from "./words";

export interface LayerSwitch {
  isShown(tileset: string, layer: string): boolean;
  setShown(tileset: string, layer: string, shown: boolean): void;
  colour(tileset: string, layer: string): string | undefined;
}

export function layerList(tilesets: Tileset[], speaker: Speaker, layerSwitch: LayerSwitch): HTMLElement {
  const list = element("ul", { class: "layers" });
  const named = tilesets.length > 1;
  for (const tileset of tilesets) {
    if (named && !(tileset.layers.length === 1 && tileset.layers[0]?.id === tileset.id)) {
      list.append(element("li", { class: "layers-tileset", text: tileset.id }));
    }
    for (const layer of tileset.layers) list.append(layerItem(tileset, layer, speaker, layerSwitch));
  }
  if (list.childElementCount === 0) return element("p", { class: "quiet", text: speaker.say("noLayers") });
  return list;
}

function layerItem(tileset: Tileset, layer: TilesetLayer, speaker: Speaker, layerSwitch: LayerSwitch): HTMLLIElement {
  const box = element("input", {
    attributes: { type: "checkbox" },
    on: { change: () => layerSwitch.setShown(tileset.id, layer.id, box.checked) },
  });
  box.checked = layerSwitch.isShown(tileset.id, layer.id);
  const pattern = layer.geometry === "line" ? "line" : layer.geometry === "point" ? "point" : "solid";
  const color = layerSwitch.colour(tileset.id, layer.id) ?? "#9aa1a9";
  const item = element(
    "li",
    {},
    element(
      "label",
      layer.description ? { attributes: { title: layer.description } } : {},
      box,
      swatch({ color, opacity: pattern === "solid" ? 0.35 : 1, over: null, pattern, stroke: pattern === "solid" ? color : null }),
      element("span", { class: "layer-name", text: layer.id }),
      layer.count !== undefined &&
        element("span", { class: "layer-count", text: `${speaker.count(layer.count)} ${speaker.say(layer.count === 1 ? "feature" : "features")}` }),
    ),
  );
  item.dataset["layer"] = layer.id;
  return item;
}
