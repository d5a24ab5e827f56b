// A browser as the other scripts want it: everything that console and network say is written down.
import path from "node:path";
import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";

export const launch = () =>
  chromium.launch({
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

/** Takes pictures into a folder. */
export async function camera(page, folder, size) {
  await mkdir(folder, { recursive: true });
  return (name) => page.screenshot({ path: path.join(folder, `${name}-${size}.png`) });
}
