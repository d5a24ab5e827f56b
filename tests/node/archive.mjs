// Reads an archive over HTTP as `pmtiles://` clients do, with their library, and compares every tile
// of some zooms with what the server answers for it.
//
//   node archive.mjs ARCHIVE_URL TILEJSON_URL DEEPEST_ZOOM
//
// Prints {header, metadata, tiles, different}: what the archive says, how many tiles were compared,
// and which of them were not the same.
import { FetchSource, PMTiles } from "pmtiles";

const [archiveUrl, tilejsonUrl, deepest] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const archive = new PMTiles(new FetchSource(archiveUrl));
const tilejson = await (await fetch(tilejsonUrl)).json();
const { minZoom, maxZoom, specVersion, tileType } = await archive.getHeader();

const column = (lon, side) => Math.floor(side * (lon / 360 + 0.5));
const row = (lat, side) => Math.floor(side * (0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)));
const [west, south, east, north] = tilejson.bounds;
const different = [];
let tiles = 0;
for (let z = minZoom; z <= deepest; z++) {
  const side = 2 ** z;
  for (let x = column(west, side); x <= column(east, side); x++) {
    for (let y = row(north, side); y <= row(south, side); y++) {
      const address = tilejson.tiles[0].replace("{z}", z).replace("{x}", x).replace("{y}", y);
      const answer = await fetch(address);
      const served = answer.status === 204 ? "" : Buffer.from(await answer.arrayBuffer()).toString("base64");
      const kept = await archive.getZxy(z, x, y);
      if ((kept ? Buffer.from(kept.data).toString("base64") : "") !== served) different.push(`${z}/${x}/${y}`);
      if (kept) tiles += 1;
    }
  }
}
const metadata = await archive.getMetadata();
console.log(JSON.stringify({ header: { minZoom, maxZoom, specVersion, tileType }, metadata, tiles, different }));
