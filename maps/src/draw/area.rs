//! Areas: one path for all of one look.

use std::collections::HashSet;

use super::{Canvas, Loaded, attributes, opacity, paint, thousandths};
use crate::page::{DOT_PX, Shape};
use crate::style::StyleLayer;
use crate::svg::{Groups, PathData, put};

/// What areas of one path have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Look {
    fill: Fill,
    outline: Option<([u8; 3], u16)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Fill {
    Colour(([u8; 3], u16)),
    Pattern(String, u16),
}

/// Width of outlines: one dot of a screen.
const OUTLINE_PX: f64 = 0.8;

/// Neighbours of different colours are each widened by a little: where both cover half of a dot, what
/// lies below would shine through.
const SEAM_PX: f64 = 0.25;

pub(super) fn fill(canvas: &mut Canvas<'_>, layer: &StyleLayer, loaded: &Loaded) {
    let mut groups: Groups<Look, (PathData, HashSet<[i64; 2]>)> = Groups::new();
    for (feature, context) in loaded.drawn_by(layer, canvas.view.zoom()) {
        let alpha = layer.number("fill-opacity", 1.0, &context);
        let fill = match layer.text("fill-pattern", &context) {
            Some(name) => Fill::Pattern(name, thousandths(alpha)),
            None => Fill::Colour(paint(layer.colour("fill-color", &context), alpha)),
        };
        let outline = layer.value("fill-outline-color", &context).and_then(|value| value.as_colour());
        let outline = outline.map(|colour| paint(colour, alpha));
        if matches!(fill, Fill::Colour((_, 0)) | Fill::Pattern(_, 0)) && outline.is_none() {
            continue;
        }
        let (path, dots) = groups.of(Look { fill, outline });
        match &feature.shape {
            Shape::Areas { areas, .. } => {
                for area in areas {
                    path.ring(area.exterior(), false);
                    area.interiors().iter().for_each(|hole| path.ring(hole, true));
                }
            }
            Shape::Dot(at) => {
                // Patterns and dots of half a pixel have nothing in common.
                let cell = [at.x, at.y].map(|part| (part / DOT_PX).floor() as i64);
                if dots.insert(cell) {
                    let middle = cell.map(|part| (part as f64 + 0.5) * DOT_PX);
                    path.dot(middle.into(), DOT_PX);
                }
            }
            Shape::Points(_) | Shape::Lines(_) => {}
        }
    }
    for (look, (path, _)) in groups.iter().filter(|(_, (path, _))| !path.is_empty()) {
        let fill = match &look.fill {
            Fill::Colour(paint) => attributes("fill", *paint),
            Fill::Pattern(name, alpha) => {
                let Some(reference) = canvas.pattern(name) else { continue };
                format!(" fill=\"{reference}\"{}", opacity("fill-", f64::from(*alpha) / 1000.0))
            }
        };
        let (edge, width) = match (&look.fill, look.outline) {
            (_, Some(outline)) => (attributes("stroke", outline), OUTLINE_PX),
            (Fill::Colour(colour @ (_, 1000)), None) => (attributes("stroke", *colour), SEAM_PX),
            _ => (String::new(), 0.0),
        };
        let width = if width > 0.0 { format!(" stroke-width=\"{}\"", width * 10.0) } else { String::new() };
        put!(
            &mut canvas.svg,
            "<path transform=\"scale(.1)\"{fill}{edge}{width} stroke-linejoin=\"round\" d=\"{}\"/>",
            path.data()
        );
    }
}
