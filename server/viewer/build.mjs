// Bundles the viewer into a folder that needs nothing else: no CDN, no font host.
//
//   node build.mjs [--outdir DIR]      or TUBAN_VIEWER_OUT=DIR; default dist/
//
// Beside each file that compresses lies its .gz, so that the server need not compress at run time.

import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const { values } = parseArgs({ options: { outdir: { type: "string" } } });
const outdir = path.resolve(values.outdir ?? process.env.TUBAN_VIEWER_OUT ?? path.join(here, "dist"));
const maplibre = path.dirname(createRequire(import.meta.url).resolve("maplibre-gl/package.json"));

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });

const bundle = await build({
  absWorkingDir: here,
  entryPoints: {
    main: "src/main.ts",
    // What draws, fetched beside what asks the server.
    map: "src/map.ts",
  },
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "chrome96",
  minify: true,
  legalComments: "linked",
  logLevel: "warning",
  metafile: true,
});
// MapLibre starts its worker from a file of its own that waits for no other; src/map.ts tells it this name.
await build({
  absWorkingDir: here,
  entryPoints: { "maplibre-gl-worker": path.join(maplibre, "dist/maplibre-gl-worker.mjs") },
  outdir,
  bundle: true,
  format: "esm",
  target: "chrome96",
  minify: true,
  legalComments: "linked",
  logLevel: "warning",
});
// A plain script for other pages: it needs to know where it came from, which modules do not say.
await build({
  absWorkingDir: here,
  entryPoints: { embed: "src/embed-element.ts" },
  outdir,
  bundle: true,
  format: "iife",
  target: "chrome96",
  minify: true,
  logLevel: "warning",
});
// What is ours must stay small: MapLibre is counted on its own.
const BUDGET = 400_000;
const own = await build({
  absWorkingDir: here,
  entryPoints: ["src/main.ts"],
  outdir,
  write: false,
  bundle: true,
  external: ["maplibre-gl"],
  format: "esm",
  target: "chrome96",
  minify: true,
  logLevel: "warning",
});
const size = own.outputFiles.reduce((sum, file) => sum + gzipSync(file.contents, { level: 9 }).length, 0);
if (size > BUDGET) throw new Error(`the viewer without MapLibre has ${size} bytes in gzip, more than ${BUDGET}`);
console.log(`the viewer without MapLibre: ${size} bytes in gzip`);

// The page names every file that the first map needs, so that none waits for another to be read.
const page = await readFile(path.join(here, "index.html"), "utf8");
const links = needed(["main.js", "map.js"]).filter((file) => file !== "main.js");
const preloads = links.map((file) => `<link rel="modulepreload" href="${file}" />\n    `).join("");
await writeFile(path.join(outdir, "index.html"), page.replace('<script type="module"', `${preloads}<script type="module"`));
// Its licence asks to go where the code goes.
await copyFile(path.join(maplibre, "LICENSE.txt"), path.join(outdir, "maplibre-gl.LICENSE.txt"));

/** These files and what they import at once. */
function needed(files) {
  const found = new Set();
  const look = (file) => {
    if (found.has(file)) return;
    found.add(file);
    const output = Object.entries(bundle.metafile.outputs).find(([name]) => path.resolve(here, name) === path.join(outdir, file))[1];
    for (const { path: name, kind } of output.imports) if (kind === "import-statement") look(path.basename(name));
  };
  files.forEach(look);
  return [...found];
}

for (const file of await readdir(outdir)) {
  const bytes = await readFile(path.join(outdir, file));
  await writeFile(path.join(outdir, `${file}.gz`), gzipSync(bytes, { level: 9 }));
}
