// Opens the viewer in Chromium and uses it as a person does.
//
//   node viewer.mjs themes|files URL WIDTHxHEIGHT OUTPUT_FOLDER
//
// `themes` goes through every map of an analysed project; `files` looks at GeoPackages without one.
// Prints what it saw as JSON, with everything that the console and the network said; judging is the
// caller's business. Pictures go to the output folder.
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { chromium } from "playwright-core";

const [what, address, size, output] = process.argv.slice(2);
const [width, height] = size.split("x").map(Number);
const phone = width < 600;
await mkdir(output, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const context = await browser.newContext({
  viewport: { width, height },
  deviceScaleFactor: phone ? 2 : 1,
  isMobile: phone,
  hasTouch: phone,
  locale: "zh-CN",
});
const page = await context.newPage();
page.setDefaultTimeout(240_000);

const seen = { console: [], failed: [], elsewhere: [], statuses: {}, styles: {} };
page.on("console", (message) => {
  // The software renderer of a machine without a graphics card remarks on its own slowness.
  if (/GPU stall due to ReadPixels|software WebGL|SwiftShader/i.test(message.text())) return;
  seen.console.push(`${message.type()}: ${message.text()}`);
});
page.on("pageerror", (error) => seen.console.push(`uncaught: ${error.message}`));
page.on("requestfailed", (request) => {
  // Tiles of a view that was left before they came.
  const why = request.failure()?.errorText ?? "";
  if (why !== "net::ERR_ABORTED") seen.failed.push(`${request.url()}: ${why}`);
});
page.on("response", (response) => {
  const status = response.status();
  seen.statuses[status] = (seen.statuses[status] ?? 0) + 1;
  if (status >= 400) seen.failed.push(`${response.url()}: ${status}`);
});
const origin = new URL(address).origin;
page.on("request", (request) => {
  const url = new URL(request.url());
  if (url.protocol.startsWith("http") && url.origin !== origin) seen.elsewhere.push(request.url());
});

const idle = () => page.evaluate(() => window.tuban.idle());
const picture = (name) => page.screenshot({ path: path.join(output, `${name}-${size}.png`) });
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
const drawn = (layer) =>
  page.evaluate((layer) => {
    const found = window.tuban.map.queryRenderedFeatures().filter((one) => one.sourceLayer === layer);
    return new Set(found.map((one) => one.id)).size;
  }, layer);

/** How many colours the map shows: a map that drew nothing has one. */
const colours = async () => {
  const png = await page.locator("#map canvas").first().screenshot();
  return page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const found = new Set();
    for (let i = 0; i < data.length; i += 4) found.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
    return found.size;
  }, png.toString("base64"));
};

await page.goto(address);
await page.waitForFunction(() => window.tuban !== undefined);
await page.evaluate(() => window.tuban.ready);
await idle();
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
    await idle();
    await picture(id);
    seen.styles[id] = { parcels: await drawn("parcels"), colours: await colours(), legend: await legend(), hash: await page.evaluate(() => location.hash) };
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
    await idle();
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
    await idle();
    seen.card.en = await card();
    seen.languageAfter = await page.evaluate(() => document.documentElement.lang);
    await picture("card-en");
    // Another visitor opens the same address.
    const link = await context.newPage();
    await link.goto(page.url());
    await link.waitForFunction(() => window.tuban !== undefined);
    await link.evaluate(() => window.tuban.ready);
    await link.evaluate(() => window.tuban.idle());
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
      await idle();
    }
  }
} else {
  seen.panel = (await texts("#panel")).join("\n");
  seen.colours = await colours();
  seen.rendered = await page.evaluate(() => window.tuban.map.queryRenderedFeatures().length);
  await picture("files");
}

await browser.close();
console.log(JSON.stringify(seen));
