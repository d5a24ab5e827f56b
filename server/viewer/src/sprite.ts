// The images of a style, for samples in legends: one picture, and where each lies on it.

/** An image of a sprite: `x`, `y`, `width` and `height` in pixels of the picture. */
export interface SpriteImage {
  href: string;
  x: number;
  y: number;
  width: number;
  height: number;
  pixelRatio: number;
  sheetWidth: number;
  sheetHeight: number;
}

export type Sprite = ReadonlyMap<string, SpriteImage>;

export const NO_SPRITE: Sprite = new Map();

/** The images at the address that a style names as its `sprite`. */
export async function loadSprite(address: string): Promise<Sprite> {
  const url = new URL(address, document.baseURI).href;
  const [index, sheet] = await Promise.all([
    fetch(`${url}@2x.json`).then((answer) => answer.json() as Promise<Record<string, Omit<SpriteImage, "href" | "sheetWidth" | "sheetHeight">>>),
    size(`${url}@2x.png`),
  ]);
  const [sheetWidth, sheetHeight] = sheet;
  return new Map(Object.entries(index).map(([name, image]) => [name, { ...image, href: `${url}@2x.png`, sheetWidth, sheetHeight }]));
}

async function size(href: string): Promise<[width: number, height: number]> {
  const image = new Image();
  image.src = href;
  await image.decode();
  return [image.naturalWidth, image.naturalHeight];
}
