// Fills every polygon of vector tiles as a renderer does: rings classified by Mapbox's own reader,
// then triangulated by earcut. Where the triangles do not have the area of the rings, a map shows
// something else than the rings say.
//
//   node triangulate.mjs ARCHIVE.pmtiles…
//   node triangulate.mjs                  with [{name, tile}] on standard input, tiles in base64
//
// Prints {tiles, polygons, triangles, deviants, reversed}: deviants are features whose areas differ,
// reversed those whose first ring is wound like a hole (MVT 2.1 §4.3.4.4).
import { open } from "node:fs/promises";
import { text } from "node:stream/consumers";

import { VectorTile, classifyRings } from "@mapbox/vector-tile";
import earcut from "earcut";
import { PbfReader } from "pbf";
import { Compression, PMTiles, tileIdToZxy } from "pmtiles";
import { gunzipSync } from "node:zlib";

const found = { tiles: 0, polygons: 0, triangles: 0, deviants: [], reversed: [] };

/** Twice the area of a ring, positive for a shell (y points down). */
function doubledArea(ring) {
  return ring.reduce((sum, a, place) => {
    const b = ring[(place + 1) % ring.length];
    return sum + a.x * b.y - b.x * a.y;
  }, 0);
}

/** Twice the area that triangles of a polygon cover. */
function filled(polygon) {
  const holes = [];
  const points = [];
  for (const ring of polygon) {
    // Mapbox's reader repeats the first point of a ring at its end, earcut does not want it.
    const open = ring.slice(0, -1);
    if (points.length > 0) holes.push(points.length / 2);
    for (const { x, y } of open) points.push(x, y);
  }
  const corners = earcut(points, holes);
  found.triangles += corners.length / 3;
  let area = 0;
  for (let i = 0; i < corners.length; i += 3) {
    const [a, b, c] = corners.slice(i, i + 3).map((at) => ({ x: points[2 * at], y: points[2 * at + 1] }));
    area += Math.abs(doubledArea([a, b, c]));
  }
  return area;
}

function check(name, bytes) {
  found.tiles += 1;
  const tile = new VectorTile(new PbfReader(bytes));
  for (const layer of Object.values(tile.layers)) {
    for (let i = 0; i < layer.length; i++) {
      const feature = layer.feature(i);
      if (feature.type !== 3) continue;
      const rings = feature.loadGeometry();
      const place = { tile: name, layer: layer.name, feature: i, id: feature.id };
      if (doubledArea(rings[0]) <= 0) found.reversed.push(place);
      for (const polygon of classifyRings(rings)) {
        found.polygons += 1;
        const [shell, ...holes] = polygon.map((ring) => Math.abs(doubledArea(ring)));
        const expected = holes.reduce((area, hole) => area - hole, shell);
        const area = filled(polygon);
        // Coordinates are integers: areas are exact.
        if (area !== expected) found.deviants.push({ ...place, expected, area });
      }
    }
  }
}

/** A file, as the reader of PMTiles asks for it. */
function source(path, file) {
  return {
    getKey: () => path,
    getBytes: async (offset, length) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
      return { data: buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + bytesRead) };
    },
  };
}

async function unpack(data, compression) {
  return compression === Compression.Gzip ? gunzipSync(Buffer.from(data)) : new Uint8Array(data);
}

/** Every tile that a directory and those below it address. */
async function* addressed(archive, header, offset, length) {
  for (const entry of await archive.cache.getDirectory(archive.source, offset, length, header)) {
    if (entry.runLength === 0) {
      yield* addressed(archive, header, header.leafDirectoryOffset + entry.offset, entry.length);
    } else {
      for (let run = 0; run < entry.runLength; run++) yield tileIdToZxy(entry.tileId + run);
    }
  }
}

async function checkArchive(path) {
  const file = await open(path);
  const archive = new PMTiles(source(path, file), undefined, unpack);
  const header = await archive.getHeader();
  const before = found.tiles;
  for await (const [z, x, y] of addressed(archive, header, header.rootDirectoryOffset, header.rootDirectoryLength)) {
    const tile = await archive.getZxy(z, x, y);
    if (!tile) throw new Error(`${path}: ${z}/${x}/${y} is addressed and cannot be read`);
    check(`${z}/${x}/${y}`, new Uint8Array(tile.data));
  }
  await file.close();
  const counted = found.tiles - before;
  if (counted !== header.numAddressedTiles) {
    throw new Error(`${path}: ${counted} tiles, but its header says ${header.numAddressedTiles}`);
  }
}

if (process.argv.length > 2) {
  for (const path of process.argv.slice(2)) await checkArchive(path);
} else {
  for (const { name, tile } of JSON.parse(await text(process.stdin))) check(name, Buffer.from(tile, "base64"));
}
console.log(JSON.stringify(found));
