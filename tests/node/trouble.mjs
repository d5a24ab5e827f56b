// What the viewer says when something cannot be had, and whether it goes on once it can.
//
//   node trouble.mjs URL
import { chromium } from "playwright-core";
import { idle, launch, open } from "./browser.mjs";

const [address] = process.argv.slice(2);
const SIZE = "1280x800";
const seen = {};
const said = async (page) => ({
  message: (await page.innerText("#message")).trim(),
  state: await page.getAttribute("body", "data-state"),
});

const browser = await launch();
{
  const { page } = await open(browser, address, SIZE);
  let fails = true;
  await page.route(/\/style\//, (route) => (fails ? route.fulfill({ status: 500, body: "{}" }) : route.continue()));
  await page.goto(address);
  await page.waitForSelector("#message button");
  seen.style = await said(page);
  fails = false;
  await page.click("#message button");
  await page.waitForFunction(() => window.tuban.map?.getStyle()?.layers.length > 3);
  await idle(page);
  seen.again = { ...(await said(page)), drawn: await page.evaluate(() => window.tuban.map.queryRenderedFeatures().length) };
}
{
  const { page } = await open(browser, address, SIZE);
  await page.route(/\/map\.js$/, (route) => route.abort());
  await page.goto(address);
  await page.waitForSelector("#message button");
  seen.code = await said(page);
}
await browser.close();

// A browser that draws in no way at all.
const plain = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-3d-apis", "--disable-dev-shm-usage"],
});
{
  const { page } = await open(plain, address, SIZE);
  await page.goto(address);
  await page.waitForSelector("body[data-state=error]");
  seen.webgl = { ...(await said(page)), legend: await page.locator(".legend-section tr[data-key]").count() };
}
await plain.close();
console.log(JSON.stringify(seen));
