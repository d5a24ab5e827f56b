//! Lines, and outlines of areas: one path for all of one look.

use super::{Canvas, Loaded, attributes, paint};
use crate::style::StyleLayer;
use crate::svg::{Groups, PathData, put, short};

/// What lines of one path have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Look {
    colour: ([u8; 3], u16),
    /// Hundredths of a pixel.
    width: u32,
    /// Dashes and gaps, hundredths of a pixel.
    dashes: Vec<u32>,
    cap: &'static str,
    join: &'static str,
}

pub(super) fn stroke(canvas: &mut Canvas<'_>, layer: &StyleLayer, loaded: &Loaded) {
    let mut groups: Groups<Look, PathData> = Groups::new();
    for (feature, context) in loaded.drawn_by(layer, canvas.view.zoom()) {
        let width = layer.number("line-width", 1.0, &context);
        let colour = paint(layer.colour("line-color", &context), layer.number("line-opacity", 1.0, &context));
        if width <= 0.0 || colour.1 == 0 {
            continue;
        }
        let hundredths = |px: f64| (px.max(0.0) * 100.0).round() as u32;
        // A style counts dashes in widths of the line.
        let dashes = layer.value("line-dasharray", &context).and_then(|value| value.as_numbers()).unwrap_or_default();
        let look = Look {
            colour,
            width: hundredths(width),
            dashes: dashes.into_iter().map(|dash| hundredths(dash * width)).collect(),
            cap: one_of(&["butt", "round", "square"], layer.text("line-cap", &context)),
            join: one_of(&["miter", "round", "bevel"], layer.text("line-join", &context)),
        };
        let path = groups.of(look);
        feature.shape.lines().for_each(|line| path.line(line));
    }
    for (look, path) in groups.iter().filter(|(_, path)| !path.is_empty()) {
        let in_tenths = |hundredths: &u32| short(f64::from(*hundredths) / 10.0);
        let dashes = match look.dashes.as_slice() {
            // Dashes without an end are none, and nor are gaps alone.
            dashes if dashes.iter().all(|dash| *dash == 0) => String::new(),
            dashes => {
                let each: Vec<String> = dashes.iter().map(in_tenths).collect();
                format!(" stroke-dasharray=\"{}\"", each.join(" "))
            }
        };
        put!(
            &mut canvas.svg,
            "<path transform=\"scale(.1)\" fill=\"none\"{} stroke-width=\"{}\"{dashes} stroke-linecap=\"{}\" stroke-linejoin=\"{}\" d=\"{}\"/>",
            attributes("stroke", look.colour),
            in_tenths(&look.width),
            look.cap,
            look.join,
            path.data()
        );
    }
}

/// The word if it is one of these, else the first of them.
fn one_of(words: &[&'static str; 3], said: Option<String>) -> &'static str {
    words.iter().find(|word| Some(**word) == said.as_deref()).unwrap_or(&words[0])
}
