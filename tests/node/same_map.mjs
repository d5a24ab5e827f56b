// Draws styles with MapLibre in Chromium and compares them with the server's own pictures.
//
//   node same_map.mjs ORIGIN OUTPUT_FOLDER < [{"style": …, "view": "lon,lat,zoom", "size": [w, h]}, …]
//
// Prints for each how many pixels there are and how many differ: those for which the other picture has
// nothing alike within one pixel. Where an edge falls between pixels two renderers never agree.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { launch } from "./browser.mjs";

const [origin, output] = process.argv.slice(2);
const cases = JSON.parse(await readFile("/dev/stdin", "utf8"));
await mkdir(output, { recursive: true });
const dist = path.join(import.meta.dirname, "node_modules/maplibre-gl/dist");

const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1024, height: 768 } });
page.setDefaultTimeout(240_000);
// MapLibre is not the server's to give: it comes from the packages of the tests, under its origin.
await page.route(`${origin}/-maplibre/*`, async (route) => {
  const name = path.basename(new URL(route.request().url()).pathname);
  const page = "<!doctype html><html><body style='margin:0'><div id='map'></div></body></html>";
  if (name === "page.html") return route.fulfill({ contentType: "text/html", body: page });
  return route.fulfill({ contentType: "text/javascript", body: await readFile(path.join(dist, name)) });
});

/** Draws one map and compares it; runs in the page. */
async function compare({ style, view, size: [width, height] }) {
  const maplibre = await import("/-maplibre/maplibre-gl.mjs");
  maplibre.setWorkerUrl(new URL("/-maplibre/maplibre-gl-worker.mjs", location.href).href);
  const [lon, lat, zoom] = view.split(",").map(Number);
  const container = document.getElementById("map");
  Object.assign(container.style, { position: "absolute", width: `${width}px`, height: `${height}px` });
  const map = new maplibre.Map({
    container,
    style: `${location.origin}/style/${style}`,
    center: [lon, lat],
    zoom,
    fadeDuration: 0,
    interactive: false,
    attributionControl: false,
    pixelRatio: 1,
    canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true },
    localIdeographFontFamily: "'Noto Sans CJK SC'",
  });
  const errors = [];
  map.on("error", (event) => errors.push(event.error?.message ?? String(event)));
  await map.once("idle");
  const pixels = (image) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, width, height).data;
  };
  const png = map.getCanvas().toDataURL("image/png").split(",")[1];
  const theirs = pixels(map.getCanvas());
  const picture = await fetch(`/static/${style}/${view}/${width}x${height}.png`);
  if (!picture.ok) throw new Error(`${style}: ${picture.status} ${await picture.text()}`);
  const ours = pixels(await createImageBitmap(await picture.blob()));
  map.remove();
  /** The difference of the likest pixel within one pixel. */
  const least = (one, other, x, y) => {
    let least = 255;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const [column, row] = [x + dx, y + dy];
        if (column < 0 || row < 0 || column >= width || row >= height) continue;
        const [a, b] = [4 * (y * width + x), 4 * (row * width + column)];
        const difference = Math.max(...[0, 1, 2].map((part) => Math.abs(one[a + part] - other[b + part])));
        least = Math.min(least, difference);
      }
    }
    return least;
  };
  let differing = 0;
  const colours = new Set();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      colours.add((theirs[at] << 16) | (theirs[at + 1] << 8) | theirs[at + 2]);
      if (least(theirs, ours, x, y) > 40 || least(ours, theirs, x, y) > 40) differing++;
    }
  }
  return { style, pixels: width * height, differing, colours: colours.size, errors, png };
}

const results = [];
await page.goto(`${origin}/-maplibre/page.html`);
for (const one of cases) {
  const { png, ...result } = await page.evaluate(compare, one);
  await writeFile(path.join(output, `${one.style}-maplibre.png`), Buffer.from(png, "base64"));
  const picture = await fetch(`${origin}/static/${one.style}/${one.view}/${one.size.join("x")}.png`);
  await writeFile(path.join(output, `${one.style}-static.png`), Buffer.from(await picture.arrayBuffer()));
  results.push(result);
}
await browser.close();
console.log(JSON.stringify(results));
