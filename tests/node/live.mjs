// Looks at a map whose source is edited meanwhile.
//
//   node live.mjs URL KEY COLUMN VALUE MARK
//
// Opens the page, writes the file MARK when the map is drawn, waits until the feature with that BSM
// is drawn with that value, and prints which tiles were asked for before and after the mark.
import { writeFile } from "node:fs/promises";
import { drawn, idle, launch, open } from "./browser.mjs";

const [address, key, column, value, mark] = process.argv.slice(2);
const browser = await launch();
const { page, seen } = await open(browser, address, "1200x800");
Object.assign(seen, { before: [], after: [] });
let asked = seen.before;
page.on("request", (request) => {
  const tile = /\/(\d+\/\d+\/\d+)\?v=/.exec(request.url())?.[1];
  if (tile) asked.push(tile);
});
const shown = ([key, column]) =>
  window.tuban.map.queryRenderedFeatures().find((one) => one.properties.BSM === key)?.properties[column];
await page.goto(address);
await drawn(page);
seen.was = await page.evaluate(shown, [key, column]);
asked = seen.after;
await writeFile(mark, "");
await page.waitForFunction(
  ([key, column, value]) =>
    String(window.tuban.map.queryRenderedFeatures().find((one) => one.properties.BSM === key)?.properties[column]) === value,
  [key, column, value],
);
await idle(page);
seen.is = await page.evaluate(shown, [key, column]);
seen.note = await page.locator("#note").innerText();
await browser.close();
process.stdout.write(JSON.stringify(seen));
