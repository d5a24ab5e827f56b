// Lays a map of another host under the viewer's, and tries what its policy must not allow.
//
//   node basemap.mjs URL PORT OTHER_PORT OUTPUT_FOLDER
//
// The configuration names tiles at 127.0.0.1:PORT, nothing at OTHER_PORT. Prints what it saw as JSON.
import { createServer } from "node:http";
import { once } from "node:events";
import { deflateSync, crc32 } from "node:zlib";
import { camera, colours, drawn, idle, launch, open } from "./browser.mjs";

const [address, port, otherPort, output] = process.argv.slice(2);

/** A picture of one colour. */
function png(side, [r, g, b]) {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(body) >>> 0);
    return Buffer.concat([length, body, check]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.concat(Array.from({ length: side }, () => Buffer.from([r, g, b])))]);
  const rows = Buffer.concat(Array.from({ length: side }, () => row));
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

const tile = png(256, [120, 200, 80]);
const host = (port, asked) =>
  createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(200, { "content-type": "image/png", "access-control-allow-origin": "*" }).end(tile);
  }).listen(Number(port), "127.0.0.1");
const asked = [];
const askedElsewhere = [];
const hosts = [host(port, asked), host(otherPort, askedElsewhere)];
await Promise.all(hosts.map((one) => once(one, "listening")));

const browser = await launch();
const { page, seen } = await open(browser, address, "1280x800", { own: [`http://127.0.0.1:${port}`] });
const picture = await camera(page, output, "1280x800");
await page.goto(address);
await drawn(page);
seen.before = asked.length;
await page.selectOption("#basemap-select", { index: 1 });
await page.waitForFunction(() => window.tuban.place().base !== undefined);
await idle(page);
await picture("basemap");
seen.after = asked.length;
seen.base = await page.evaluate(() => window.tuban.place().base);
seen.note = await page.locator("#note").innerText();
/** How many pixels of the map have exactly that colour. */
const count = async (colour) => new Map(await colours(page, await page.locator("#map canvas").first().screenshot())).get(colour) ?? 0;
seen.green = await count(0x78c850);
await page.selectOption("#basemap-select", { index: 2 });
await idle(page);
await page.waitForTimeout(500);
seen.own = { base: await page.evaluate(() => window.tuban.place().base), blue: await count(0x285adc) };
await picture("own");
seen.quiet = [...seen.console];

// What the policy must stop.
seen.stopped = await page.evaluate(async (other) => {
  const stopped = [];
  addEventListener("securitypolicyviolation", (event) => stopped.push(event.effectiveDirective));
  await fetch(other).catch(() => undefined);
  await new Promise((resolve) => {
    const image = new Image();
    image.onerror = image.onload = resolve;
    image.src = `${other}/x.png`;
  });
  const script = document.createElement("script");
  script.textContent = "window.intruder = true";
  document.body.append(script);
  const style = document.createElement("style");
  style.textContent = "body { display: none }";
  document.body.append(style);
  const frame = document.createElement("iframe");
  frame.src = other;
  document.body.append(frame);
  await new Promise((resolve) => setTimeout(resolve, 500));
  return { stopped: [...new Set(stopped)].sort(), intruder: window.intruder === true };
}, `http://127.0.0.1:${otherPort}`);
seen.askedElsewhere = askedElsewhere;
await browser.close();
for (const one of hosts) one.close();
console.log(JSON.stringify(seen));
