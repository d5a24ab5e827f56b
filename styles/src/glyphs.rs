//! Glyph ranges: characters of a font as signed distance fields, 256 to a file, as MapLibre reads them.
//!
//! The format is that of node-fontnik, which the renderers were written for: 24 pixels to the em, three
//! pixels around each glyph, distances up to eight pixels, a quarter of the values inside.

use prost::Message;
use resvg::tiny_skia::{FillRule, Paint, Path, PathBuilder, Pixmap, Transform};
use sdf_glyph_renderer::{BitmapGlyph, clamp_to_u8};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

use crate::fonts::{FontStack, Fonts};

/// Pixels to the em.
const SIZE: f32 = 24.0;
/// Pixels around a glyph.
const BUFFER: usize = 3;
/// Pixels up to which distances are told.
const RADIUS: usize = 8;
/// The part of the values that lies inside a glyph.
const CUTOFF: f64 = 0.25;
/// Characters of a range.
const RANGE: u32 = 256;

/// 256 characters from one on: `0-255`, `256-511` …
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GlyphRange(u32);

impl GlyphRange {
    /// The range that a character is in.
    pub fn with(character: char) -> Self {
        Self(u32::from(character) / RANGE * RANGE)
    }

    /// The range as URLs write it; `None` if it is none.
    pub fn of(text: &str) -> Option<Self> {
        let (first, last) = text.split_once('-')?;
        let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        let (first, last) = (number(first)?, number(last)?);
        (first % RANGE == 0 && last == first.checked_add(RANGE - 1)?).then_some(Self(first))
    }

    fn characters(self) -> impl Iterator<Item = char> {
        (self.0..self.0.saturating_add(RANGE)).filter_map(char::from_u32)
    }
}

impl std::fmt::Display for GlyphRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.0, self.0.saturating_add(RANGE - 1))
    }
}

/// `glyphs.proto` of node-fontnik.
#[derive(Clone, PartialEq, Message)]
struct Glyphs {
    #[prost(message, repeated, tag = "1")]
    stacks: Vec<Stack>,
}

#[derive(Clone, PartialEq, Message)]
struct Stack {
    #[prost(string, required, tag = "1")]
    name: String,
    #[prost(string, required, tag = "2")]
    range: String,
    #[prost(message, repeated, tag = "3")]
    glyphs: Vec<Glyph>,
}

#[derive(Clone, PartialEq, Message)]
struct Glyph {
    #[prost(uint32, required, tag = "1")]
    id: u32,
    /// The distances, rows first; absent where there is nothing to draw.
    #[prost(bytes = "vec", optional, tag = "2")]
    bitmap: Option<Vec<u8>>,
    #[prost(uint32, required, tag = "3")]
    width: u32,
    #[prost(uint32, required, tag = "4")]
    height: u32,
    #[prost(sint32, required, tag = "5")]
    left: i32,
    /// Its upper edge, pixels above the line's.
    #[prost(sint32, required, tag = "6")]
    top: i32,
    #[prost(uint32, required, tag = "7")]
    advance: u32,
}

/// A range of characters, each from the first font of the stack that has it; characters that no font
/// has are left out, so a range that nobody knows is empty.
pub fn glyph_range(fonts: &Fonts, stack: &str, range: GlyphRange) -> Vec<u8> {
    let families = fonts.stack(stack);
    let glyphs = glyphs(fonts, &families, range);
    let stack = Stack { name: stack.to_owned(), range: range.to_string(), glyphs };
    Glyphs { stacks: vec![stack] }.encode_to_vec()
}

fn glyphs(fonts: &Fonts, stack: &FontStack, range: GlyphRange) -> Vec<Glyph> {
    let mut missing: Vec<char> = range.characters().collect();
    let mut glyphs = Vec::new();
    // All characters of a line stand on one base line, that of the stack's first font.
    let mut ascender = None;
    for id in stack.faces() {
        if missing.is_empty() {
            break;
        }
        fonts.with_face(id, |face| {
            let scale = SIZE / f32::from(face.units_per_em());
            let ascender = *ascender.get_or_insert((f32::from(face.ascender()) * scale).round() as i32);
            missing.retain(|character| match face.glyph_index(*character) {
                Some(glyph) => {
                    glyphs.push(drawn(face, glyph, *character, scale, ascender));
                    false
                }
                None => true,
            });
        });
    }
    glyphs.sort_by_key(|glyph| glyph.id);
    glyphs
}

fn drawn(face: &Face<'_>, id: GlyphId, character: char, scale: f32, ascender: i32) -> Glyph {
    let advance = face.glyph_hor_advance(id).map_or(0.0, |advance| f32::from(advance) * scale);
    let empty = Glyph { id: character.into(), advance: advance.round() as u32, ..Glyph::default() };
    let mut outline = Outline(PathBuilder::new());
    let path = face.outline_glyph(id, &mut outline).and_then(|_| outline.0.finish());
    let Some((alpha, width, height, left, top)) = path.and_then(|path| rasterised(&path, scale)) else { return empty };
    let field = BitmapGlyph::from_unbuffered(&alpha, width, height, BUFFER).ok();
    let field = field.and_then(|bitmap| clamp_to_u8(&bitmap.render_sdf(RADIUS), CUTOFF).ok());
    let Some(bitmap) = field else { return empty };
    Glyph { bitmap: Some(bitmap), width: width as u32, height: height as u32, left, top: top - ascender, ..empty }
}

/// How much of each pixel a glyph covers; width, height, left edge and upper edge above the base line.
fn rasterised(path: &Path, scale: f32) -> Option<(Vec<u8>, usize, usize, i32, i32)> {
    let bounds = path.bounds();
    let left = (bounds.left() * scale).floor();
    // The outline has y up, the picture y down.
    let top = (bounds.bottom() * scale).ceil();
    let width = ((bounds.right() * scale).ceil() - left) as u32;
    let height = (top - (bounds.top() * scale).floor()) as u32;
    let mut pixmap = Pixmap::new(width, height)?;
    let to_picture = Transform::from_row(scale, 0.0, 0.0, -scale, -left, top);
    pixmap.fill_path(path, &Paint::default(), FillRule::Winding, to_picture, None);
    let alpha = pixmap.pixels().iter().map(|pixel| pixel.alpha()).collect();
    Some((alpha, width as usize, height as usize, left as i32, top as i32))
}

/// A glyph's outline in font units.
struct Outline(PathBuilder);

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(fonts: &Fonts, stack: &str, range: &str) -> Stack {
        let bytes = glyph_range(fonts, stack, GlyphRange::of(range).expect("a range"));
        let mut glyphs = Glyphs::decode(&*bytes).expect("the format is its own");
        assert_eq!(glyphs.stacks.len(), 1);
        glyphs.stacks.remove(0)
    }

    #[test]
    fn a_range_begins_at_a_multiple_of_256() {
        for range in ["0-255", "19968-20223", "1114112-1114367"] {
            assert_eq!(GlyphRange::of(range).map(|range| range.to_string()).as_deref(), Some(range));
        }
        for text in ["", "0", "0-256", "1-256", "-255", "0-255-", "+0-255", "a-b", "4294967040-4294967295-", "256-0"] {
            assert_eq!(GlyphRange::of(text), None, "{text}");
        }
    }

    #[test]
    fn a_range_that_no_font_has_is_empty() {
        let fonts = Fonts::none();
        let stack = decoded(&fonts, "Nothing, Nowhere", "0-255");
        assert_eq!((stack.name.as_str(), stack.range.as_str(), stack.glyphs.len()), ("Nothing, Nowhere", "0-255", 0));
        assert!(decoded(&fonts, "Nothing", "1114112-1114367").glyphs.is_empty());
    }

    /// A font as small as can be: one square, 500 units wide, on the base line, for `A` alone; made by
    /// the table formats of OpenType 1.9.
    fn square() -> Vec<u8> {
        crate::fonts::tests::square_font("Square", 'A', 500)
    }

    #[test]
    fn a_square_is_a_field_with_its_edge_where_the_square_has_it() {
        let mut fonts = Fonts::none();
        fonts.add(square());
        let stack = decoded(&fonts, "Square", "0-255");
        let [glyph] = &stack.glyphs[..] else { panic!("one glyph: {stack:?}") };
        assert_eq!((glyph.id, glyph.width, glyph.height, glyph.left), ('A'.into(), 12, 12, 0));
        // 800 units above the base line are 19 pixels, the square's upper edge 12 pixels.
        assert_eq!((glyph.top, glyph.advance), (12 - 19, 14));
        let field = glyph.bitmap.as_deref().expect("a field");
        assert_eq!(field.len(), 18 * 18);
        let at = |x: usize, y: usize| field[y * 18 + x];
        // The edge is at 3/4 of the range; inside is more, outside less.
        assert!(at(9, 9) > 230 && at(0, 0) < 120, "{} {}", at(9, 9), at(0, 0));
        assert!(at(3, 9) > 191 && at(2, 9) < 191, "{} {}", at(3, 9), at(2, 9));
    }

    #[test]
    fn a_character_comes_from_the_first_font_that_has_it() {
        let mut fonts = Fonts::none();
        fonts.add(square());
        fonts.add(crate::fonts::tests::square_font("Wide", 'A', 1000));
        fonts.add(crate::fonts::tests::square_font("Other", 'B', 250));
        let widths = |stack: &str| -> Vec<(u32, u32)> {
            decoded(&fonts, stack, "0-255").glyphs.iter().map(|glyph| (glyph.id, glyph.width)).collect()
        };
        assert_eq!(widths("Square,Other"), [(65, 12), (66, 6)]);
        assert_eq!(widths("Other, Wide"), [(65, 24), (66, 6)]);
        // Whatever a stack names, the fonts that there are stand in for those that there are not.
        assert_eq!(widths("Nowhere"), [(65, 12), (66, 6)]);
    }
}
