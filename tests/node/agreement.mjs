// How well two pictures of one map agree. `compare` runs in a page: it needs a browser's decoder.

/** A part of a colour may differ by so much: smoothing of edges, and rounding. */
const ALIKE = 40;

/**
 * How many pixels differ, and which colours of the first one are missing in the other.
 *
 * A pixel differs if the other picture has nothing alike within `reach` pixels, either way: where an edge
 * falls between pixels two renderers never agree. `areas` are the colours that cover at least half a
 * percent of the first picture, each with its share in both; a colour of the other counts when no part of
 * it is off by more than 6 of 255.
 *
 * @param {{one: string, other: string, reach: number}} pictures base64 of PNGs of the same size
 */
export async function compare({ one, other, reach, alike }) {
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
  const counts = ({ data }) => {
    const counts = new Map();
    for (let i = 0; i < data.length; i += 4) {
      const colour = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return counts;
  };
  const pixels = width * height;
  const [ours, theirs] = [counts(first), counts(second)];
  const near = (a, b) => [16, 8, 0].every((shift) => Math.abs(((a >> shift) & 255) - ((b >> shift) & 255)) <= 6);
  const areas = [...ours]
    .filter(([, count]) => count >= pixels / 200)
    .map(([colour]) => {
      const share = (all) => [...all].reduce((sum, [known, count]) => sum + (near(known, colour) ? count : 0), 0) / pixels;
      return { colour: `#${colour.toString(16).padStart(6, "0")}`, one: share(ours), other: share(theirs) };
    });
  return { pixels, differing: differing / pixels, colours: ours.size, areas };
}

/** Compares two pictures, which `page` decodes. */
export const agreement = (page, one, other, reach = 1) =>
  page.evaluate(compare, { one: one.toString("base64"), other: other.toString("base64"), reach, alike: ALIKE });
