// Opens the viewer in Chromium and uses it as a person does.
//
//   node viewer.mjs themes|files URL WIDTHxHEIGHT OUTPUT_FOLDER
//
// `themes` goes through every map of an analysed project; `files` looks at GeoPackages without one.
// Prints what it saw as JSON, with everything that the console and the network said; judging is the
// caller's business. Pictures go to the output folder.
import { camera, colours, drawn, idle, launch, open } from "./browser.mjs";

const [what, address, size, output] = process.argv.slice(2);
const browser = await launch();
const { page, context, seen, phone } = await open(browser, address, size);
const picture = await camera(page, output, size);
Object.assign(seen, { statuses: {}, styles: {} });
page.on("response", (response) => {
  const status = response.status();
  seen.statuses[status] = (seen.statuses[status] ?? 0) + 1;
});

const texts = (selector) => page.$$eval(selector, (found) => found.map((one) => one.innerText.trim()));

/** The legend as it can be read: key, words, count, hectares. */
const legend = () =>
  page.$$eval("#panel .legend tr[data-key]", (rows) =>
    rows.map((row) => ({
      key: row.dataset.key,
      words: row.querySelector("th")?.textContent.trim(),
      count: row.querySelector(".count")?.textContent.trim(),
      area: row.querySelector(".area")?.textContent.trim(),
    })),
  );

/** Features of a tile layer that are drawn in the part of the map that nothing covers. */
const features = (layer) =>
  page.evaluate((layer) => {
    const found = window.tuban.map.queryRenderedFeatures().filter((one) => one.sourceLayer === layer);
    return new Set(found.map((one) => one.id)).size;
  }, layer);

/** How many colours the map shows: a map that drew nothing has one. */
const shades = async () => (await colours(page, await page.locator("#map canvas").first().screenshot())).length;

await page.goto(address);
await drawn(page);
seen.title = await page.title();
seen.language = await page.evaluate(() => document.documentElement.lang);
seen.note = (await texts("#note")).join(" ");
seen.scale = await texts(".maplibregl-ctrl-scale");
seen.overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

if (what === "themes") {
  seen.offered = await page.$$eval("#panel input[name=style]", (inputs) => inputs.map((input) => input.value));
  for (const id of seen.offered) {
    await page.locator(`#panel input[name=style][value="${id}"]`).locator("xpath=..").click();
    await page.waitForFunction((id) => window.tuban.place().style === id, id);
    await idle(page);
    await picture(id);
    seen.styles[id] = { parcels: await features("parcels"), colours: await shades(), legend: await legend(), hash: await page.evaluate(() => location.hash) };
  }

  // Click a parcel in the middle of what can be seen of the map.
  const target = await page.evaluate(() => {
    const { map } = window.tuban;
    const covered = ["panel", "card"].map((id) => document.getElementById(id).getBoundingClientRect());
    const canvas = map.getCanvas().getBoundingClientRect();
    const free = (x, y) =>
      x > 20 && y > 20 && x < canvas.width - 20 && y < canvas.height - 20 &&
      !covered.some((box) => x > box.left - 8 && x < box.right + 8 && y > box.top - 8 && y < box.bottom + 8);
    for (let radius = 0; radius < 600; radius += 7) {
      for (let angle = 0; angle < 2 * Math.PI; angle += 0.3) {
        const x = canvas.width * 0.55 + radius * Math.cos(angle);
        const y = canvas.height * 0.4 + radius * Math.sin(angle);
        if (!free(x, y)) continue;
        const around = [[0, 0], [2, 0], [-2, 0], [0, 2], [0, -2]].map(([dx, dy]) =>
          map.queryRenderedFeatures([x + dx, y + dy]).find((one) => one.sourceLayer === "parcels")?.properties.key,
        );
        if (around[0] && around.every((key) => key === around[0])) return { x, y, key: around[0] };
      }
    }
    return null;
  });
  seen.target = target;
  if (target) {
    await (phone ? page.touchscreen.tap(target.x, target.y) : page.mouse.click(target.x, target.y));
    await page.waitForSelector("#card:not([hidden])");
    await idle(page);
    const card = async () => ({
      text: (await texts("#card")).join("\n"),
      findings: Object.fromEntries(
        await page.$$eval("#card [data-finding]", (rows) =>
          rows.map((row) => [row.dataset.finding, row.querySelector("dd").innerText.trim().replace(/\s+/g, " ")]),
        ),
      ),
      hash: await page.evaluate(() => location.hash),
      panel: await page.$eval("#panel", (panel) => panel.textContent),
    });
    seen.card = { zh: await card() };
    await picture("card-zh");
    // On a phone the card covers the panel: there the button is reached only without a card.
    if (phone) await page.evaluate(() => window.tuban.setLanguage("en"));
    else await page.locator("#panel button.language").click();
    await idle(page);
    seen.card.en = await card();
    seen.languageAfter = await page.evaluate(() => document.documentElement.lang);
    await picture("card-en");
    // Another visitor opens the same address.
    const link = await context.newPage();
    await link.goto(page.url());
    await drawn(link);
    seen.shared = {
      place: await link.evaluate(() => window.tuban.place()),
      card: await link.$$eval("#card h2", (found) => found.map((one) => one.textContent)),
    };
    await link.close();
    seen.place = await page.evaluate(() => window.tuban.place());
    await page.locator("#card header button").click();
    await page.waitForSelector("#card", { state: "hidden" });
    if (phone) {
      await page.locator("#panel button.language").tap();
      await idle(page);
    }
  }
} else {
  seen.panel = (await texts("#panel")).join("\n");
  seen.colours = await shades();
  seen.rendered = await page.evaluate(() => window.tuban.map.queryRenderedFeatures().length);
  await picture("files");
}

await browser.close();
console.log(JSON.stringify(seen));
