// A browser as the other scripts want it: everything that console and network say is written down.
import path from "node:path";
import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";

/** As Chromium is on a machine without a graphics card: the page is painted by the processor, WebGL is emulated. */
export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--enable-unsafe-swiftshader",
      "--disable-dev-shm-usage",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/**
 * A page of that size; under 600 pixels of width it is a phone's.
 *
 * `seen` gets what the console said, what failed, and what was asked of other origins than `own`.
 */
export async function open(browser, address, size, { own = [], options = {} } = {}) {
  const [width, height] = size.split("x").map(Number);
  const phone = width < 600;
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: phone ? 2 : 1,
    isMobile: phone,
    hasTouch: phone,
    locale: "zh-CN",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(240_000);
  const seen = { console: [], failed: [], elsewhere: [] };
  const origins = [new URL(address).origin, ...own];
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
    if (response.status() >= 400) seen.failed.push(`${response.url()}: ${response.status()}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && !origins.includes(url.origin)) seen.elsewhere.push(request.url());
  });
  return { context, page, seen, phone };
}

/** Waits until the viewer in a page or frame has drawn its first map. */
export async function drawn(page) {
  await page.waitForFunction(() => window.tuban !== undefined);
  await page.evaluate(() => window.tuban.ready);
  await idle(page);
}

export const idle = (page) => page.evaluate(() => window.tuban.idle());

/** How many pixels of a screenshot have each colour: `[0xrrggbb, pixels]`, counted in the page. */
export const colours = (page, png) => page.evaluate(counted, png.toString("base64"));

async function counted(base64) {
  const image = new Image();
  image.src = `data:image/png;base64,${base64}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const counts = new Map();
  for (let i = 0; i < data.length; i += 4) {
    const colour = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return [...counts];
}

/** Takes pictures into a folder. */
export async function camera(page, folder, size) {
  await mkdir(folder, { recursive: true });
  return (name) => page.screenshot({ path: path.join(folder, `${name}-${size}.png`) });
}
