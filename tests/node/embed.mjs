// Shows the map in pages of other origins, as portals do.
//
//   node embed.mjs URL PORT OTHER_PORT WIDTHxHEIGHT OUTPUT_FOLDER
//
// A portal at 127.0.0.1:PORT may embed the map, one at 127.0.0.1:OTHER_PORT may not. Prints what
// happened as JSON; judging is the caller's business.
import { createServer } from "node:http";
import { once } from "node:events";
import { camera, drawn, idle, launch, open } from "./browser.mjs";

const [address, port, otherPort, size, output] = process.argv.slice(2);
const server = address.replace(/\/$/, "");

/** A page with the element, which writes down what it hears. */
const PORTAL = `<!doctype html><html lang="zh"><meta charset="utf-8"><title>Portal</title><link rel="icon" href="data:,">
<style>tuban-map { height: 560px }</style>
<h1>Portal</h1>
<tuban-map id="map" title="Map" map-style="far" view="13/43.935/116.115" filter="parcels.far_class:1,2" lang="en"></tuban-map>
<script>
  window.heard = [];
  for (const type of ["tuban-ready", "tuban-place", "tuban-select"])
    document.getElementById("map").addEventListener(type, (event) => heard.push(event.detail));
</script>
<script src="${server}/embed.js"></script></html>`;

/** A page with a plain frame. */
const FRAME = `<!doctype html><html lang="zh"><meta charset="utf-8"><title>Frame</title><link rel="icon" href="data:,">
<iframe id="frame" title="Map" src="${server}/embed?style=zones&panel=none" style="width:100%;height:560px;border:0"></iframe>
<iframe id="viewer" title="Viewer" src="${server}/" style="width:200px;height:100px;border:0"></iframe>
<script>
  window.heard = [];
  addEventListener("message", (event) => heard.push({ from: event.origin, ...event.data }));
</script></html>`;

/** A page that lets another frame speak to the map: it is not the page around it. */
const BYSTANDER = `<!doctype html><html lang="zh"><meta charset="utf-8"><title>Bystander</title><link rel="icon" href="data:,">
<script>addEventListener("message", (event) => { parent.frames[0].postMessage(event.data, "*"); parent.postMessage("passed on", "*"); });</script></html>`;

const pages = { "/": PORTAL, "/frame": FRAME, "/bystander": BYSTANDER };
const serve = async (port) => {
  const portal = createServer((request, response) => {
    const page = pages[new URL(request.url, "http://portal").pathname];
    response.writeHead(page ? 200 : 404, { "content-type": "text/html; charset=utf-8" }).end(page);
  }).listen(Number(port), "127.0.0.1");
  await once(portal, "listening");
  return portal;
};
const portals = [await serve(port), await serve(otherPort)];
const browser = await launch();
const own = [new URL(address).origin];
const portal = `http://127.0.0.1:${port}`;

const { page, seen, context } = await open(browser, portal, size, { own });
const picture = await camera(page, output, size);
const frameOf = async (page, part) => {
  await page.waitForFunction(() => document.querySelector("iframe, tuban-map") !== null);
  for (;;) {
    const found = page.frames().find((frame) => frame.url().startsWith(`${server}${part}`));
    if (found) return found;
    await page.waitForTimeout(50);
  }
};
const heard = (type) => page.evaluate((type) => window.heard.filter((one) => one.type === type), type);
const place = (frame) => frame.evaluate(() => ({ ...window.tuban.place(), filter: [...(window.tuban.place().filter ?? [])] }));

// The element: what its attributes say, and what they say later.
await page.goto(portal);
const frame = await frameOf(page, "/embed");
await drawn(frame);
await page.waitForFunction(() => window.heard.some((one) => one.type === "tuban:ready"));
seen.first = await place(frame);
seen.classes = await frame.evaluate(() => [...new Set(window.tuban.map.queryRenderedFeatures().filter((one) => one.sourceLayer === "parcels").map((one) => one.properties.far_class))].sort());
seen.legend = await frame.locator(".legend-section tr[data-key]").count();
seen.switcher = await frame.locator(".themes").isVisible();
await picture("element");
await page.evaluate(() => {
  const map = document.getElementById("map");
  map.setAttribute("map-style", "conflicts");
  map.setAttribute("view", "14/43.94/116.12");
  map.setAttribute("filter", "");
});
await frame.waitForFunction(() => window.tuban.place().style === "conflicts" && window.tuban.place().view.zoom === 14 && !window.tuban.place().filter);
await idle(frame);
seen.second = await place(frame);
// A parcel that is clicked in the frame is told to the portal.
const spot = await frame.evaluate(() => {
  const { map } = window.tuban;
  const canvas = map.getCanvas().getBoundingClientRect();
  for (let radius = 0; radius < 300; radius += 5) {
    for (let angle = 0; angle < 2 * Math.PI; angle += 0.3) {
      const [x, y] = [canvas.width * 0.6 + radius * Math.cos(angle), canvas.height * 0.4 + radius * Math.sin(angle)];
      if (document.elementFromPoint(x, y) !== map.getCanvas()) continue;
      const found = map.queryRenderedFeatures([x, y]).find((one) => one.sourceLayer === "parcels");
      if (found) return { x, y, key: found.properties.key };
    }
  }
  return null;
});
seen.spot = spot;
const box = await page.locator("tuban-map").boundingBox();
await page.mouse.click(box.x + spot.x, box.y + spot.y);
await page.waitForFunction(() => window.heard.some((one) => one.type === "tuban:select" && one.parcel));
seen.selected = (await heard("tuban:select")).map((one) => one.parcel?.key ?? null);
seen.places = (await heard("tuban:place")).length;

// A frame that is not the page around says something: nothing happens.
await page.evaluate((url) => {
  const other = document.createElement("iframe");
  other.title = "Bystander";
  other.src = url;
  document.body.append(other);
  return new Promise((resolve) => other.addEventListener("load", resolve));
}, `${portal}/bystander`);
await page.evaluate(() => new Promise((resolve) => {
  addEventListener("message", (event) => event.data === "passed on" && resolve(), { once: false });
  document.querySelectorAll("body > iframe")[0].contentWindow.postMessage({ type: "tuban:set", style: "zones" }, "*");
}));
await idle(frame);
seen.afterBystander = (await place(frame)).style;

// A plain frame: its address says what it shows, messages change it. The viewer itself shows in no frame.
const plain = await context.newPage();
plain.setDefaultTimeout(240_000);
const refused = [];
plain.on("console", (message) => refused.push(message.text()));
await plain.goto(`${portal}/frame`);
const inner = await frameOf(plain, "/embed");
await drawn(inner);
seen.plain = { place: await place(inner), panel: await inner.locator("#panel").isVisible() };
await plain.evaluate((origin) => document.getElementById("frame").contentWindow.postMessage({ type: "tuban:set", style: "density", language: "en" }, origin), new URL(address).origin);
await inner.waitForFunction(() => window.tuban.place().style === "density" && document.documentElement.lang === "en");
seen.plain.after = await place(inner);
seen.plain.heard = await plain.evaluate(() => window.heard.map((one) => [one.from, one.type]));
seen.plain.refused = refused;
await plain.close();

// A portal that nobody named.
const stranger = await context.newPage();
const blocked = [];
stranger.on("console", (message) => blocked.push(message.text()));
await stranger.goto(`http://127.0.0.1:${otherPort}/frame`);
await stranger.waitForTimeout(1500);
seen.stranger = { blocked, heard: await stranger.evaluate(() => window.heard), drawn: stranger.frames().some((one) => one.url().startsWith(`${server}/embed`)) };

await browser.close();
for (const one of portals) one.close();
console.log(JSON.stringify(seen));
