// How fast the viewer is: figures to read, not to judge by.
//
//   node speed.mjs URL [ROUNDS]
//
// For each round a browser with nothing in its caches: milliseconds from navigation until the first map
// shows all its tiles, and until everything has come to rest; then for every map milliseconds from the
// wish until a frame is drawn in the new style, and how many tiles were asked for.
import { drawn, idle, launch, open } from "./browser.mjs";

const [address, rounds = "3"] = process.argv.slice(2);
const first = [];
const rest = [];
const switches = [];
let tiles = 0;
for (let round = 0; round < Number(rounds); round += 1) {
  const browser = await launch();
  const { page } = await open(browser, address, "1280x800");
  await page.addInitScript(() => {
    const look = () => {
      const map = window.tuban?.map;
      // The style that the page begins with is empty and has all its tiles.
      if (map?.getStyle()?.layers?.length > 3 && map.isStyleLoaded() && map.areTilesLoaded()) window.firstMap = performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(address);
  await page.waitForFunction(() => window.firstMap !== undefined);
  first.push(await page.evaluate(() => window.firstMap));
  await drawn(page);
  rest.push(await page.evaluate(() => performance.now()));
  // Styles are fetched ahead as soon as the first map is there.
  await page.waitForLoadState("networkidle").catch(() => undefined);
  page.on("request", (request) => (tiles += /\/\d+\/\d+\/\d+\?v=/.test(request.url()) ? 1 : 0));
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
  await browser.close();
}
const middle = (numbers) => Math.round([...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]);
console.log(
  JSON.stringify({
    first_map_ms: { median: middle(first), all: first.map(Math.round) },
    at_rest_ms: { median: middle(rest), all: rest.map(Math.round) },
    style_switch_ms: { median: middle(switches), most: Math.round(Math.max(...switches)) },
    tiles_asked_for_by_switches: tiles,
  }),
);
