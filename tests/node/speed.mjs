// How fast the viewer is, and what it asks for.
//
//   node speed.mjs URL [ROUNDS]
//
// For each round a browser that has started and has nothing in its caches: milliseconds from navigation
// until the first map shows all its tiles, and until everything has come to rest; what was asked for
// until that first map; then for every map milliseconds from the wish until a frame is drawn in the new
// style, and the tiles that were asked for meanwhile. Times are figures to read, not to judge by.
import { readFile } from "node:fs/promises";
import { drawn, idle, launch, open } from "./browser.mjs";

/** A browser is busy with itself for so long after it has started. */
const STARTED_MS = 2000;

const [address, rounds = "3"] = process.argv.slice(2);
const isTile = (url) => /\/\d+\/\d+\/\d+\?v=/.test(url);
const first = [];
const rest = [];
const switches = [];
const tilesOfSwitches = [];
let asked = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const browser = await launch();
  const { page } = await open(browser, address, "1280x800");
  await page.addInitScript(() => {
    window.firstMap = new Promise((resolve) => {
      let tuban;
      Object.defineProperty(window, "tuban", { get: () => tuban, set: (hook) => look((tuban = hook)) });
      const look = ({ map }) => {
        if (!map) return setTimeout(() => look(window.tuban), 5);
        const rendered = () => {
          if (!map.isStyleLoaded() || !map.areTilesLoaded()) return;
          map.off("render", rendered);
          resolve(performance.now());
        };
        map.on("render", rendered);
      };
    });
  });
  asked = [];
  // The stream of events has no end to wait for.
  const ask = (response) => response.request().resourceType() !== "eventsource" && asked.push(response);
  page.on("response", ask);
  await page.waitForTimeout(STARTED_MS);
  await page.goto(address);
  first.push(await page.evaluate(() => window.firstMap));
  page.off("response", ask);
  await drawn(page);
  rest.push(await page.evaluate(() => performance.now()));
  // Styles are fetched ahead as soon as the first map is there.
  await page.waitForLoadState("networkidle").catch(() => undefined);
  page.on("request", (request) => isTile(request.url()) && tilesOfSwitches.push(request.url()));
  const styles = await page.$$eval("#panel input[name=style]", (inputs) => inputs.map((input) => input.value));
  for (const style of [...styles.slice(1), styles[0]]) {
    const took = await page.evaluate(async (style) => {
      const began = performance.now();
      await window.tuban.setStyle(style);
      await new Promise((resolve) => window.tuban.map.once("render", resolve));
      return performance.now() - began;
    }, style);
    switches.push(took);
    await idle(page);
  }
  const sizes = await Promise.all(asked.map((response) => response.request().sizes().catch(() => undefined)));
  asked = asked.map((response, place) => ({
    path: decodeURIComponent(new URL(response.url()).pathname),
    kind: isTile(response.url()) ? "tile" : response.request().resourceType(),
    bytes: sizes[place]?.responseBodySize ?? null,
  }));
  await browser.close();
}
const middle = (numbers) => Math.round([...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]);
console.log(
  JSON.stringify({
    first_map_ms: { median: middle(first), all: first.map(Math.round) },
    at_rest_ms: { median: middle(rest), all: rest.map(Math.round) },
    style_switch_ms: { median: middle(switches), most: Math.round(Math.max(...switches)) },
    load: (await readFile("/proc/loadavg", "utf8")).split(" ").slice(0, 2).map(Number),
    until_first_map: asked,
    tiles_of_switches: tilesOfSwitches,
  }),
);
