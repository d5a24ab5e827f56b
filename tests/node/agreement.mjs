// How well pictures of one map agree.
//
//   node agreement.mjs < [["one.png", "other.png"], …]
//
// Prints for each pair which share of the pixels differs, and the colours of the first picture.
import { readFile } from "node:fs/promises";
import { launch } from "./browser.mjs";

/** A part of a colour may differ by so much: smoothing of edges. */
const ALIKE = 40;

/** By so much it may be off and still be that very colour: rounding, where it shines through. */
const SAME = 3;

/** Pixels around one in which something alike is looked for. */
const REACH = 1;

/**
 * Compares two PNGs of one size; runs in a page, for its decoder.
 *
 * A pixel differs if the other picture has nothing alike near it, either way: where an edge falls between
 * pixels two renderers never agree. `areas` are the colours of the first picture whose land, away from edges,
 * is at least half a percent of it: each with its share, and the part of it that has that very colour in the
 * other picture, too.
 */
async function compare({ one, other, reach, alike, same }) {
  const read = async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  };
  const [first, second] = await Promise.all([one, other].map(read));
  const { width, height } = first;
  if (width !== second.width || height !== second.height) {
    throw new Error(`pictures of ${width}×${height} and ${second.width}×${second.height}`);
  }
  const isFound = (a, b, x, y) => {
    const at = 4 * (y * width + x);
    for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
      for (let column = Math.max(0, x - reach); column <= Math.min(width - 1, x + reach); column++) {
        const there = 4 * (row * width + column);
        if (
          Math.abs(a[at] - b[there]) <= alike &&
          Math.abs(a[at + 1] - b[there + 1]) <= alike &&
          Math.abs(a[at + 2] - b[there + 2]) <= alike
        ) {
          return true;
        }
      }
    }
    return false;
  };
  let differing = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isFound(first.data, second.data, x, y) || !isFound(second.data, first.data, x, y)) differing++;
    }
  }
  const own = new Uint32Array(first.data.buffer);
  const areas = new Map();
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const around = [-1, 0, 1].flatMap((row) => [-1, 0, 1].map((column) => own[at + row * width + column]));
      if (around.some((colour) => colour !== own[at])) continue;
      const area = areas.get(own[at]) ?? { pixels: 0, agreeing: 0 };
      area.pixels += 1;
      const isAlike = [0, 1, 2].every((part) => Math.abs(first.data[4 * at + part] - second.data[4 * at + part]) <= same);
      if (isAlike) area.agreeing += 1;
      areas.set(own[at], area);
    }
  }
  const pixels = width * height;
  // The bytes are red, green, blue, opacity.
  const named = (colour) => `#${[0, 8, 16].map((shift) => ((colour >> shift) & 255).toString(16).padStart(2, "0")).join("")}`;
  const large = [...areas].filter(([, area]) => area.pixels >= pixels / 200);
  return {
    differing: differing / pixels,
    colours: new Set(own).size,
    areas: large.map(([colour, area]) => ({ colour: named(colour), share: area.pixels / pixels, agreeing: area.agreeing / area.pixels })),
  };
}

const pairs = JSON.parse(await readFile("/dev/stdin", "utf8"));
const browser = await launch();
const page = await browser.newPage();
const all = [];
for (const files of pairs) {
  const [one, other] = await Promise.all(files.map((file) => readFile(file, "base64")));
  all.push(await page.evaluate(compare, { one, other, reach: REACH, alike: ALIKE, same: SAME }));
}
await browser.close();
console.log(JSON.stringify(all));
