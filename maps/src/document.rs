//! A drawing as an SVG document of its own.

use crate::draw::Drawing;
use crate::label::{Face, Fonts};
use crate::svg::{escaped, put, short};
use crate::view::{PagePoint, View};

/// A drawing as an SVG document of its view's size, with further elements on it.
pub fn document(drawing: &Drawing, view: &View, above: &str) -> String {
    let (width, height) = (short(view.width()), short(view.height()));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">{}{above}</svg>",
        drawing.svg
    )
}

/// Who made the data, small in the lower right corner; nothing where nobody is named.
pub fn attribution(words: &str, corner: PagePoint, fonts: &Fonts) -> String {
    const SIZE: f64 = 10.0;
    let families = ["Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC"].map(str::to_owned);
    let face = Face { families: families.into(), weight: 400 };
    let width = fonts.measure(&face).ems(words) * SIZE + 8.0;
    if words.trim().is_empty() || width > corner.x {
        return String::new();
    }
    let mut svg = String::new();
    put!(
        &mut svg,
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"14\" fill=\"#ffffff\" fill-opacity=\"0.7\"/>\
         <text x=\"{}\" y=\"{}\" text-anchor=\"end\" font-size=\"{SIZE}\"{} fill=\"#333333\">{}</text>",
        short(corner.x - width),
        short(corner.y - 14.0),
        short(width),
        short(corner.x - 4.0),
        short(corner.y - 3.6),
        face.attributes(),
        escaped(words)
    );
    svg
}
