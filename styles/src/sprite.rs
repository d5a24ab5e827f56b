//! The images that styles draw with: patterns of our own drawing, packed into one sheet.

use std::fmt;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use serde_json::{Map, Value, json};

/// The id of the sheet.
pub const SPRITE: &str = "tuban";

/// Pixels between images, so that a client that smooths one does not see the next.
const GAP: u32 = 2;

/// An image of the sheet.
#[derive(Debug)]
pub struct SpriteImage {
    /// Its name in styles.
    pub name: &'static str,
    /// What it stands for.
    pub meaning: &'static str,
    /// Its width and height in pixels of a sheet at 1×.
    pub size: u32,
    /// The drawing, an SVG document of that size.
    pub svg: &'static str,
}

impl SpriteImage {
    /// What the document draws, without the element around it: as the content of an SVG `pattern`.
    pub fn content(&self) -> &'static str {
        let inner = self.svg.split_once('>').map_or("", |(_, rest)| rest);
        inner.rsplit_once("</svg>").map_or(inner, |(inner, _)| inner).trim()
    }
}

/// Diagonal lines: nothing built, the poorest class.
pub(crate) const HATCH: &str = "hatch";
/// Broad diagonal lines: idle land.
pub(crate) const IDLE: &str = "idle";
/// Dots: land of low intensity.
pub(crate) const DOTS: &str = "dots";
/// Crossed lines: land on which nothing may be built.
pub(crate) const CROSS: &str = "cross";

static IMAGES: [SpriteImage; 4] = [
    SpriteImage { name: CROSS, meaning: "mandatory conflict", size: 10, svg: include_str!("../sprites/cross.svg") },
    SpriteImage { name: DOTS, meaning: "low intensity", size: 8, svg: include_str!("../sprites/dots.svg") },
    SpriteImage { name: HATCH, meaning: "the poorest class", size: 8, svg: include_str!("../sprites/hatch.svg") },
    SpriteImage { name: IDLE, meaning: "idle land", size: 12, svg: include_str!("../sprites/idle.svg") },
];

/// Every image of the sheet.
pub fn sprite_images() -> &'static [SpriteImage] {
    &IMAGES
}

/// The image with that name.
pub fn sprite_image(name: &str) -> Option<&'static SpriteImage> {
    IMAGES.iter().find(|image| image.name == name)
}

/// A sheet of images.
pub struct SpriteSheet {
    /// All images in one picture, a PNG.
    pub png: Vec<u8>,
    /// Where each is, as a client reads it (MapLibre Style Specification, sprite).
    pub index: Value,
}

impl fmt::Debug for SpriteSheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpriteSheet").field("png", &self.png.len()).field("index", &self.index).finish()
    }
}

/// The sheet, drawn at `scale` pixels to one of the images.
pub fn sprite_sheet(scale: u32) -> SpriteSheet {
    let scale = scale.max(1);
    let width: u32 = IMAGES.iter().map(|image| (image.size + GAP) * scale).sum();
    let height = IMAGES.iter().map(|image| image.size * scale).max().unwrap_or(1);
    let mut sheet = Pixmap::new(width, height).expect("the sheet has a size");
    let mut index = Map::new();
    let mut left = 0;
    for image in &IMAGES {
        let size = image.size * scale;
        let drawn = drawn(image, scale);
        sheet.draw_pixmap(left as i32, 0, drawn.as_ref(), &Default::default(), Transform::identity(), None);
        let place = json!({ "x": left, "y": 0, "width": size, "height": size, "pixelRatio": scale });
        index.insert(image.name.to_owned(), place);
        left += size + GAP * scale;
    }
    SpriteSheet { png: sheet.encode_png().expect("a picture in memory can be encoded"), index: Value::Object(index) }
}

fn drawn(image: &SpriteImage, scale: u32) -> Pixmap {
    let tree = Tree::from_str(image.svg, &Options::default()).expect("the images are SVG; the tests draw each");
    let side = image.size * scale;
    let mut pixmap = Pixmap::new(side, side).expect("an image has a size");
    resvg::render(&tree, Transform::from_scale(scale as f32, scale as f32), &mut pixmap.as_mut());
    pixmap
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_image_is_on_the_sheet_at_every_scale() {
        for scale in [1, 2] {
            let sheet = sprite_sheet(scale);
            let picture = Pixmap::decode_png(&sheet.png).expect("the sheet is a PNG");
            for image in sprite_images() {
                let place = &sheet.index[image.name];
                let number = |name: &str| place[name].as_u64().expect("a number") as u32;
                assert_eq!((number("width"), number("pixelRatio")), (image.size * scale, scale), "{}", image.name);
                let (left, top) = (number("x"), number("y"));
                let inked = |x: u32, y: u32| picture.pixel(left + x, top + y).is_some_and(|pixel| pixel.alpha() > 100);
                let all: Vec<(u32, u32)> =
                    (0..number("width")).flat_map(|x| (0..number("height")).map(move |y| (x, y))).collect();
                let ink = all.iter().filter(|(x, y)| inked(*x, *y)).count();
                // A pattern that covered everything would hide the colour of the class.
                assert!(ink > all.len() / 20 && ink < all.len() * 3 / 5, "{}: {ink} of {}", image.name, all.len());
            }
        }
    }

    #[test]
    fn patterns_go_on_beyond_their_edges() {
        // Drawn twice beside each other, the seam must not show: each row of pixels left of the seam is
        // as inked as the same row of a copy moved by half.
        for image in sprite_images() {
            let (one, scale) = (image.size, 4);
            let doubled = format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"><defs><pattern id="p" width="{1}" height="{1}" patternUnits="userSpaceOnUse">{2}</pattern></defs><rect width="{0}" height="{0}" fill="url(#p)"/></svg>"#,
                2 * one,
                one,
                image.content()
            );
            let tree = Tree::from_str(&doubled, &Options::default()).expect("a drawing");
            let mut all = Pixmap::new(2 * one * scale, 2 * one * scale).expect("a picture");
            resvg::render(&tree, Transform::from_scale(scale as f32, scale as f32), &mut all.as_mut());
            let alpha = |x: u32, y: u32| i32::from(all.pixel(x, y).map_or(0, |pixel| pixel.alpha()));
            let side = one * scale;
            let jump = |x: u32| (0..2 * side).map(|y| (alpha(x, y) - alpha(x - 1, y)).abs()).sum::<i32>();
            let usual = (1..side).map(jump).max().unwrap_or(0);
            assert!(jump(side) <= usual, "{}: the seam shows", image.name);
        }
    }

    #[test]
    fn the_same_sheet_is_drawn_every_time() {
        assert_eq!(sprite_sheet(2).png, sprite_sheet(2).png);
    }
}
