// Mapbox's fixtures of vector tiles, valid and not: [{id, description, validity, tile, json}], tiles
// in base64.
//
//   node fixtures.mjs
import { each } from "@mapbox/mvt-fixtures";

const found = [];
each(({ id, description, validity, buffer, json }) => {
  found.push({ id, description, validity, tile: buffer.toString("base64"), json });
});
console.log(JSON.stringify(found));
