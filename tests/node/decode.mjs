// Decodes every tile of a tileset at one zoom with Mapbox's own library and adds up, layer by
// layer and attribute by attribute, features and hectares of every class.
//
//   node decode.mjs TILEJSON_URL ZOOM
//
// Prints {layer: {attribute: {class: {count, area_ha}}}}; a class of "null" holds the features
// that have no such attribute.
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

const [url, zoom] = [process.argv[2], Number(process.argv[3])];
const tilejson = await (await fetch(url)).json();

const side = 2 ** zoom;
const column = (lon) => Math.floor(side * (lon / 360 + 0.5));
const row = (lat) => Math.floor(side * (0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)));
const [west, south, east, north] = tilejson.bounds;

/** Layer → id → attributes. */
const layers = new Map();
for (let x = column(west); x <= column(east); x++) {
  for (let y = row(north); y <= row(south); y++) {
    const address = tilejson.tiles[0].replace("{z}", zoom).replace("{x}", x).replace("{y}", y);
    const answer = await fetch(address);
    if (answer.status === 204) continue;
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    const tile = new VectorTile(new PbfReader(new Uint8Array(await answer.arrayBuffer())));
    for (const [name, layer] of Object.entries(tile.layers)) {
      if (!layers.has(name)) layers.set(name, new Map());
      for (let i = 0; i < layer.length; i++) {
        const feature = layer.feature(i);
        feature.loadGeometry();
        layers.get(name).set(feature.id, feature.properties);
      }
    }
  }
}

const sums = {};
for (const [name, features] of layers) {
  const attributes = new Set([...features.values()].flatMap(Object.keys));
  sums[name] = {};
  for (const attribute of attributes) {
    const classes = (sums[name][attribute] = {});
    for (const id of [...features.keys()].sort((a, b) => a - b)) {
      const properties = features.get(id);
      const sum = (classes[properties[attribute] ?? "null"] ??= { count: 0, area_ha: 0 });
      sum.count += 1;
      sum.area_ha += properties.area_ha ?? 0;
    }
  }
}
console.log(JSON.stringify(sums));
