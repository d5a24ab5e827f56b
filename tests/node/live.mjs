// Looks at a map whose source is edited meanwhile.
//
//   node live.mjs URL KEY COLUMN VALUE MARK
//
// Opens the page, writes the file MARK when the map is drawn, waits until the feature with that BSM
// is drawn with that value, and prints which tiles were asked for before and after the mark.
import { writeFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const [address, key, column, value, mark] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist", "--disable-dev-shm-usage"],
});
const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
page.setDefaultTimeout(240_000);

const seen = { before: [], after: [], console: [] };
let asked = seen.before;
page.on("request", (request) => {
  const tile = /\/(\d+\/\d+\/\d+)\?v=/.exec(request.url())?.[1];
  if (tile) asked.push(tile);
});
page.on("console", (message) => {
  if (!/GPU stall due to ReadPixels|software WebGL|SwiftShader/i.test(message.text())) seen.console.push(message.text());
});
page.on("pageerror", (error) => seen.console.push(`uncaught: ${error.message}`));

const drawn = ([key, column]) =>
  window.tuban.map.queryRenderedFeatures().find((one) => one.properties.BSM === key)?.properties[column];
await page.goto(address);
await page.waitForFunction(() => window.tuban !== undefined);
await page.evaluate(() => window.tuban.ready);
await page.evaluate(() => window.tuban.idle());
seen.was = await page.evaluate(drawn, [key, column]);
asked = seen.after;
await writeFile(mark, "");
await page.waitForFunction(
  ([key, column, value]) =>
    String(window.tuban.map.queryRenderedFeatures().find((one) => one.properties.BSM === key)?.properties[column]) === value,
  [key, column, value],
);
await page.evaluate(() => window.tuban.idle());
seen.is = await page.evaluate(drawn, [key, column]);
seen.note = await page.locator("#note").innerText();
await browser.close();
process.stdout.write(JSON.stringify(seen));
