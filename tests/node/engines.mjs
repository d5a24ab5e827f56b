// Draws styles with MapLibre GL and with OpenLayers in Chromium, at one view, and has the server draw them.
//
//   node engines.mjs ORIGIN OUTPUT_FOLDER < {"styles": ["far", …], "view": "lon,lat,zoom", "size": [w, h]}
//
// Writes `{style}-maplibre.png`, `{style}-openlayers.png` and `{style}-static.png`, and prints what the
// console and the network said.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { launch, open } from "./browser.mjs";

const [origin, output] = process.argv.slice(2);
const { styles, view, size } = JSON.parse(await readFile("/dev/stdin", "utf8"));
await mkdir(output, { recursive: true });
const dist = path.join(import.meta.dirname, "node_modules/maplibre-gl/dist");

const openlayers = await build({
  stdin: {
    contents: `
      export { default as Map } from "ol/Map.js";
      export { default as View } from "ol/View.js";
      export { fromLonLat } from "ol/proj.js";
      export { apply } from "ol-mapbox-style";`,
    resolveDir: import.meta.dirname,
    loader: "js",
  },
  bundle: true,
  write: false,
  format: "esm",
  target: "chrome96",
  logLevel: "silent",
});

const browser = await launch();
const { page, seen } = await open(browser, origin, size.join("x"));
// The engines are not the server's to give: they come from the packages of the tests, under its origin.
await page.route(`${origin}/-engines/*`, async (route) => {
  const name = path.basename(new URL(route.request().url()).pathname);
  const page = "<!doctype html><html lang='en'><body style='margin:0'><link rel='icon' href='data:,'><div id='map'></div></body></html>";
  if (name === "page.html") return route.fulfill({ contentType: "text/html", body: page });
  const body = name === "openlayers.mjs" ? openlayers.outputFiles[0].text : await readFile(path.join(dist, name));
  return route.fulfill({ contentType: "text/javascript", body });
});

/** Draws with MapLibre GL; runs in the page. */
async function byMaplibre({ style, view: [lon, lat, zoom] }) {
  const maplibre = await import("/-engines/maplibre-gl.mjs");
  maplibre.setWorkerUrl(new URL("/-engines/maplibre-gl-worker.mjs", location.href).href);
  const map = new maplibre.Map({
    container: "map",
    style: `${location.origin}/style/${style}`,
    center: [lon, lat],
    zoom,
    fadeDuration: 0,
    interactive: false,
    attributionControl: false,
    canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true },
    localIdeographFontFamily: "'Noto Sans CJK SC'",
  });
  await map.once("idle");
  const png = map.getCanvas().toDataURL("image/png").split(",")[1];
  map.remove();
  return png;
}

/** Draws with OpenLayers; runs in the page. */
async function byOpenlayers({ style, view: [lon, lat, zoom] }) {
  const { Map, View, apply, fromLonLat } = await import("/-engines/openlayers.mjs");
  // Zooms of OpenLayers count tiles of 256 pixels, those of styles 512.
  const view = new View({ center: fromLonLat([lon, lat]), zoom: zoom + 1, constrainResolution: false });
  const map = new Map({ target: "map", view, controls: [], interactions: [], pixelRatio: 1 });
  await apply(map, `${location.origin}/style/${style}`);
  map.setView(view);
  await new Promise((resolve) => map.once("rendercomplete", resolve));
}

const place = view.split(",").map(Number);
const write = (style, engine, png) => writeFile(path.join(output, `${style}-${engine}.png`), png);
for (const style of styles) {
  for (const engine of ["maplibre", "openlayers"]) {
    await page.goto(`${origin}/-engines/page.html`);
    await page.addStyleTag({ content: `#map { width: ${size[0]}px; height: ${size[1]}px }` });
    if (engine === "maplibre") {
      await write(style, engine, Buffer.from(await page.evaluate(byMaplibre, { style, view: place }), "base64"));
    } else {
      await page.evaluate(byOpenlayers, { style, view: place });
      await write(style, engine, await page.screenshot());
    }
  }
  const picture = await fetch(`${origin}/static/${style}/${view}/${size.join("x")}.png`);
  if (!picture.ok) throw new Error(`${style}: ${picture.status} ${await picture.text()}`);
  await write(style, "static", Buffer.from(await picture.arrayBuffer()));
}
await browser.close();
console.log(JSON.stringify({ console: seen.console, failed: seen.failed, elsewhere: seen.elsewhere }));
