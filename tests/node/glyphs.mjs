// Reads a range of glyphs as MapLibre does: node glyphs.mjs URL
//
// Prints name, range and of each glyph its character, metrics and how much of its field lies inside.
import { PbfReader } from "pbf";

const response = await fetch(process.argv[2]);
const reader = new PbfReader(new Uint8Array(await response.arrayBuffer()));

const glyph = (reader) =>
  reader.readFields(
    (tag, glyph, pbf) => {
      if (tag === 1) glyph.id = pbf.readVarint();
      else if (tag === 2) glyph.bitmap = pbf.readBytes();
      else if (tag === 3) glyph.width = pbf.readVarint();
      else if (tag === 4) glyph.height = pbf.readVarint();
      else if (tag === 5) glyph.left = pbf.readSVarint();
      else if (tag === 6) glyph.top = pbf.readSVarint();
      else if (tag === 7) glyph.advance = pbf.readVarint();
    },
    {},
    reader.readVarint() + reader.pos,
  );

const stack = (reader) =>
  reader.readFields(
    (tag, stack, pbf) => {
      if (tag === 1) stack.name = pbf.readString();
      else if (tag === 2) stack.range = pbf.readString();
      else if (tag === 3) stack.glyphs.push(glyph(pbf));
    },
    { glyphs: [] },
    reader.readVarint() + reader.pos,
  );

const found = reader.readFields((tag, found, pbf) => tag === 1 && found.push(stack(pbf)), []);
for (const { glyphs } of found) {
  for (const one of glyphs) {
    // MapLibre takes 192 of 255 for the edge.
    one.inside = one.bitmap ? one.bitmap.filter((value) => value >= 192).length : 0;
    one.bytes = one.bitmap?.length ?? 0;
    delete one.bitmap;
  }
}
console.log(JSON.stringify(found));
