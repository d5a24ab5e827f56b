// Uses every function of the viewer as a person does, on a desk or on a phone.
//
//   node functions.mjs URL WIDTHxHEIGHT OUTPUT_FOLDER
//
// Prints what it saw as JSON; judging is the caller's business. Pictures go to the output folder.
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { camera, drawn, idle, launch, open } from "./browser.mjs";

const [address, size, output] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await launch();
const center = { longitude: 116.08, latitude: 43.935 };
const { page, context, seen, phone } = await open(browser, address, size, {
  options: { permissions: ["geolocation", "clipboard-read", "clipboard-write"], geolocation: center },
});
const picture = await camera(page, output, size);
const text = async (selector) => (await page.locator(selector).first().innerText()).trim();
const press = (selector) => (phone ? page.locator(selector).first().tap() : page.locator(selector).first().click());
const at = (x, y) => (phone ? page.touchscreen.tap(x, y) : page.mouse.click(x, y));

let tiles = [];
page.on("request", (request) => /\/\d+\/\d+\/\d+\?v=/.test(request.url()) && tiles.push(request.url()));

/** What axe holds against the page as it is, of weight, in light colours and in dark ones. */
const faults = async (state) => {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const all = [];
  for (const shade of ["dark", "light"]) {
    await page.evaluate((shade) => (document.documentElement.dataset.shade = shade), shade);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const heavy = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
    all.push(...heavy.map((one) => `${state}, ${shade}: ${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`));
  }
  return all;
};
/** The colours of page and map. */
const shade = () =>
  page.evaluate(() => ({
    page: document.documentElement.dataset.shade,
    map: window.tuban.map.getStyle().metadata["tuban:variant"],
    address: new URLSearchParams(location.hash.slice(1)).get("shade"),
  }));
const rows = () =>
  page.$$eval(".legend-section tr[data-key]", (found) =>
    found.map((row) => ({ key: row.dataset.key, count: row.querySelector(".count").textContent, area: row.querySelector(".area").textContent, out: row.classList.contains("left-out") })),
  );
const total = () =>
  page.$eval(".legend-section tr.total", (row) => ({ count: row.querySelector(".count").textContent, area: row.querySelector(".area").textContent }));
const classes = () =>
  page.evaluate(() => [...new Set(window.tuban.map.queryRenderedFeatures().filter((one) => one.sourceLayer === "parcels").map((one) => one.properties.intensity))].sort());
const bounds = () =>
  page.evaluate(() => {
    const box = window.tuban.map.getBounds();
    return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
  });

await page.goto(address);
await drawn(page);
seen.axe = await faults("start");
seen.chapters = await page.$$eval(".chapter", (found) => found.map((one) => one.getAttribute("aria-label")));
seen.date = await text("#note");

// A map, one of its classes, and the view, without a single tile.
tiles = [];
await page.locator('#panel input[name=style][value="intensity"]').locator("xpath=..").click();
await page.waitForFunction(() => window.tuban.place().style === "intensity");
await idle(page);
seen.all = { rows: await rows(), total: await total(), classes: await classes() };
await press('.legend-section tr[data-key="2"] button.choose');
await idle(page);
seen.filtered = { rows: await rows(), total: await total(), classes: await classes(), pressed: await page.getAttribute('.legend-section tr[data-key="2"] button.choose', "aria-pressed") };
await picture("filtered");
seen.tilesForStyleAndFilter = tiles.length;
await page.locator("input[name=scope][value=view]").locator("xpath=..").click();
await idle(page);
seen.wholeView = { rows: await rows(), total: await total() };

// Search, by keyboard alone.
await page.locator("#search-input").focus();
await page.keyboard.type("中小企业园");
await page.waitForSelector("#search-hits li[aria-selected=true]");
await page.keyboard.press("ArrowDown");
await page.keyboard.press("ArrowUp");
seen.hit = await text("#search-hits li[aria-selected=true]");
await page.keyboard.press("Enter");
await page.waitForFunction(() => window.tuban.map.getZoom() > 12.5 && !window.tuban.map.isMoving());
await idle(page);
seen.parkView = { rows: await rows(), total: await total(), bounds: await bounds() };
await press("button.clear-filter");
await idle(page);
seen.cleared = { classes: await classes(), total: await total() };
await page.locator("#search-input").fill("116.08, 43.935");
await page.keyboard.press("Enter");
await page.waitForFunction(() => !document.getElementById("search-hits").hidden || window.tuban.place().view.zoom === 16);
await page.keyboard.press("Enter");
await page.waitForFunction(() => window.tuban.place().view.zoom === 16);
await idle(page);
seen.point = await page.evaluate(() => window.tuban.place().view);
if (await page.locator("#card:not([hidden])").count()) await press("#card header button");

// Two maps side by side.
await page.selectOption("#compare-select", "conflicts");
await page.waitForFunction(() => window.tuban.place().compare === "conflicts");
await idle(page);
await page.waitForTimeout(300);
const handle = page.locator(".swipe");
await handle.focus();
await page.keyboard.press("ArrowLeft");
seen.compare = {
  maps: await page.locator("#map canvas.maplibregl-canvas").count(),
  share: await handle.getAttribute("aria-valuenow"),
  name: await handle.getAttribute("aria-label"),
};
await picture("compare");
seen.axe.push(...(await faults("compare")));

// A drawn area: by hand, and as the address has it.
await page.evaluate(() => window.tuban.map.jumpTo({ center: [116.115, 43.932], zoom: 13 }));
await page.evaluate(() => window.tuban.setFilter("parcels.intensity:1,2"));
await idle(page);
// The sheet of a phone must be out of the way.
if (phone) await press("button.fold");
await press('button[data-tool="area"]');
for (const [x, y] of [[0.42, 0.22], [0.68, 0.25], [0.6, 0.42]]) {
  await at(x * page.viewportSize().width, y * page.viewportSize().height);
  await page.waitForTimeout(400);
}
await press("#card button.primary");
await page.waitForSelector("#card [data-conformity]");
await idle(page);
seen.area = {
  ring: await page.evaluate(() => window.tuban.place().area),
  measured: await text("#card [data-measure=area] dd"),
  conformity: await page.getAttribute("#card [data-conformity]", "data-conformity"),
  parcels: await text("#card [data-layer=parcels]"),
};
await picture("area");
seen.axe.push(...(await faults("area")));

// Another visitor opens the same address.
seen.place = await page.evaluate(() => ({ ...window.tuban.place(), filter: [...(window.tuban.place().filter ?? [])] }));
const link = await context.newPage();
await link.goto(page.url());
await drawn(link);
seen.restored = await link.evaluate(() => ({ ...window.tuban.place(), filter: [...(window.tuban.place().filter ?? [])] }));
await link.close();
await press("#card header button");
await page.evaluate(() => window.tuban.compare(undefined));

// Why a parcel is what it is.
const key = await page.evaluate(() => window.tuban.map.queryRenderedFeatures().find((one) => one.sourceLayer === "parcels").properties.key);
await page.evaluate((key) => window.tuban.select(key), key);
await page.locator("#card details.feature summary").first().click();
await page.waitForSelector("#card .why [data-rule]");
seen.why = { key, rules: await page.$$eval("#card .why [data-rule]", (found) => found.map((one) => one.dataset.rule)), text: await text("#card .why") };
await picture("card");
seen.axe.push(...(await faults("card")));
await press("#card header button");

// A line, by keyboard: the middle of the map, then a step to the right.
await page.evaluate(() => window.tuban.map.jumpTo({ center: [116.115, 43.932], zoom: 13 }));
await idle(page);
await press('button[data-tool="line"]');
await page.locator("#map canvas").first().focus();
const middles = [];
const middle = () => page.evaluate(() => { const { lng, lat } = window.tuban.map.getCenter(); return [lng, lat]; });
for (const key of ["ArrowRight", "ArrowRight"]) {
  middles.push(await middle());
  await page.keyboard.press("Enter");
  await page.keyboard.press(key);
  await page.waitForFunction(() => !window.tuban.map.isMoving());
  await page.waitForTimeout(400);
}
await page.waitForFunction(() => !window.tuban.map.isMoving());
seen.line = { text: await text("#card [data-measure=length] dd"), middles };
await page.keyboard.press("Escape");

// Coordinates below the map.
if (!phone) {
  await page.mouse.move(700, 400);
  await page.waitForTimeout(100);
  seen.status = await text("#status");
  seen.pointer = await page.evaluate(() => { const { lng, lat } = window.tuban.map.unproject([700, 400]); return [lng, lat]; });
}

// The tables.
await press('button[data-tool="tables"]');
await page.waitForSelector("dialog.tables table");
const areas = () => page.$$eval("dialog.tables tbody tr:not(.total):not(.quiet)", (found) => found.map((row) => row.children[2].textContent));
seen.table = { title: await text("dialog.tables caption"), areas: await areas() };
await page.locator("dialog.tables thead button").nth(2).click();
await page.waitForTimeout(200);
seen.table.falling = await areas();
seen.table.bars = await page.locator("dialog.tables .chart rect").count();
seen.axe.push(...(await faults("tables")));
seen.table.files = await page.$$eval("dialog.tables a.plain", (found) => found.map((one) => one.href));
await page.selectOption("#table-by", "park");
await page.waitForFunction(() => document.querySelectorAll("dialog.tables table").length > 1);
seen.table.groups = await page.locator("dialog.tables h3").count();
await picture("tables");
await page.keyboard.press("Escape");

// A sheet of paper.
await page.evaluate(() => window.tuban.prepareSheet());
await page.emulateMedia({ media: "print" });
await page.waitForTimeout(200);
seen.sheet = {
  text: await text("#sheet"),
  picture: await page.$eval("#sheet img", (image) => [image.naturalWidth, image.naturalHeight]),
  panel: await page.locator("#panel").isVisible(),
};
await page.screenshot({ path: `${output}/print-${size}.png` });
await page.emulateMedia({ media: "screen" });

// Dark, because the device asks; light, because somebody wants it; and back.
await page.emulateMedia({ colorScheme: "dark" });
await page.waitForFunction(() => window.tuban.map.getStyle().metadata["tuban:variant"] === "dark");
await idle(page);
seen.shades = [await shade()];
await picture("dark");
seen.axe.push(...(await faults("dark")).filter((fault) => fault.includes(", dark")));
await press("button.shade");
await page.waitForFunction(() => window.tuban.map.getStyle().metadata["tuban:variant"] === "light");
await idle(page);
seen.shades.push(await shade());
// By keyboard, on a switch that says what it does, and that is still there for the next key.
const shadeSwitch = () => page.getByRole("button", { name: /深色|浅色/ });
seen.shadeSwitch = [await shadeSwitch().getAttribute("aria-label")];
await shadeSwitch().focus();
await page.keyboard.press("Enter");
await page.waitForFunction(() => window.tuban.map.getStyle().metadata["tuban:variant"] === "dark");
await idle(page);
seen.shades.push(await shade());
seen.shadeSwitch.push(await page.evaluate(() => document.activeElement.getAttribute("aria-label")));
await page.emulateMedia({ colorScheme: "light" });
await page.waitForFunction(() => window.tuban.map.getStyle().metadata["tuban:variant"] === "light");
await idle(page);

// Where am I?
await press(".maplibregl-ctrl-geolocate");
await page.waitForFunction(({ longitude, latitude }) => {
  const { lng, lat } = window.tuban.map.getCenter();
  return Math.abs(lng - longitude) < 0.01 && Math.abs(lat - latitude) < 0.01 && !window.tuban.map.isMoving();
}, center);
await idle(page);
seen.located = true;
seen.overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
await picture("located");

await browser.close();
console.log(JSON.stringify(seen));
