// Runs the examples of docs/embedding.md as a portal of another origin would.
//
//   node examples.mjs URL DOCUMENT OUTPUT_FOLDER
//
// Every block of ```js or ```html that follows a line `<!-- example: NAME -->` is an example. A module
// is bundled with the packages of these tests; `https://map.example` is replaced by URL. Prints for
// each what the console and the network said, and how many colours can be seen.
import { createServer } from "node:http";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import { camera, colours, launch, open } from "./browser.mjs";

const [address, document_, output] = process.argv.slice(2);
const server = address.replace(/\/$/, "");
const text = await readFile(document_, "utf8");
const examples = [...text.matchAll(/<!-- example: (\S+) -->\s+```(js|html)\n([\s\S]*?)```/g)].map(([, name, kind, code]) => ({
  name,
  kind,
  code: code.replaceAll("https://map.example", server),
}));

const files = new Map();
for (const { name, kind, code } of examples) {
  if (kind === "html") {
    files.set(`/${name}`, ["text/html", `<!doctype html><html lang="en"><meta charset="utf-8"><title>${name}</title><link rel="icon" href="data:,">${code}</html>`]);
    continue;
  }
  const made = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: "js" },
    bundle: true,
    write: false,
    outdir: "/",
    format: "esm",
    target: "chrome96",
    loader: { ".png": "dataurl", ".svg": "dataurl" },
    logLevel: "silent",
  });
  const of = (end) => made.outputFiles.find((file) => file.path.endsWith(end))?.text ?? "";
  files.set(`/${name}.js`, ["text/javascript", of(".js")]);
  files.set(`/${name}.css`, ["text/css", of(".css")]);
  files.set(`/${name}`, [
    "text/html",
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${name}</title><link rel="icon" href="data:,">
     <link rel="stylesheet" href="/${name}.css"><style>body{margin:0}#map{width:100vw;height:100vh;position:relative}</style>
     <div id="map"></div><script type="module" src="/${name}.js"></script></html>`,
  ]);
}
files.set("/maplibre-gl-worker.mjs", ["text/javascript", await readFile(new URL("node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs", import.meta.url), "utf8")]);
for (const shared of (await import("node:fs")).readdirSync(new URL("node_modules/maplibre-gl/dist/", import.meta.url))) {
  if (/^maplibre-gl-.*\.mjs$/.test(shared)) files.set(`/${shared}`, ["text/javascript", await readFile(new URL(`node_modules/maplibre-gl/dist/${shared}`, import.meta.url), "utf8")]);
}

const portal = createServer((request, response) => {
  const [type, body] = files.get(new URL(request.url, "http://portal").pathname) ?? [];
  response.writeHead(body === undefined ? 404 : 200, { "content-type": `${type ?? "text/plain"}; charset=utf-8` }).end(body);
}).listen(0, "127.0.0.1");
await once(portal, "listening");
const base = `http://127.0.0.1:${portal.address().port}`;
const browser = await launch();
const all = {};
for (const { name } of examples) {
  const { page, seen, context } = await open(browser, base, "900x600", { own: [new URL(address).origin] });
  const picture = await camera(page, output, "900x600");
  const tiles = new Set();
  page.on("response", (response) => /\/\d+\/\d+\/\d+(\.\w+)?(\?|$)/.test(response.url()) && response.status() < 300 && tiles.add(response.url()));
  await page.goto(`${base}/${name}`);
  // Until nothing is asked for any more and some of it was drawn.
  await page.waitForLoadState("networkidle");
  let areas = 0;
  for (let turn = 0; turn < 30 && areas < 8; turn += 1) {
    await page.waitForTimeout(300);
    // Large areas of one colour are land; the many shades of edges and writing are not.
    areas = (await colours(page, await page.screenshot())).filter(([, pixels]) => pixels > 200).length;
  }
  await picture(name);
  // Libraries tell themselves things.
  const said = seen.console.filter((line) => !line.startsWith("debug:"));
  all[name] = { ...seen, console: said, tiles: tiles.size, colours: areas };
  await context.close();
}
await browser.close();
portal.close();
console.log(JSON.stringify(all));
