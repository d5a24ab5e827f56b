//! Circles at points, and at the corners of everything else.

use super::{Canvas, Loaded, attributes, paint};
use crate::page::Shape;
use crate::style::StyleLayer;
use crate::svg::{Groups, PathData, put, short};

/// What circles of one path have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Look {
    fill: ([u8; 3], u16),
    stroke: ([u8; 3], u16),
    /// Hundredths of a pixel.
    stroke_width: u32,
}

pub(super) fn circles(canvas: &mut Canvas<'_>, layer: &StyleLayer, loaded: &Loaded) {
    let mut groups: Groups<Look, PathData> = Groups::new();
    for (feature, context) in loaded.drawn_by(layer, canvas.view.zoom()) {
        let number = |property, otherwise| layer.number(property, otherwise, &context);
        let (radius, width) = (number("circle-radius", 5.0), number("circle-stroke-width", 0.0).max(0.0));
        if radius <= 0.0 {
            continue;
        }
        let path = groups.of(Look {
            fill: paint(layer.colour("circle-color", &context), number("circle-opacity", 1.0)),
            stroke: paint(layer.colour("circle-stroke-color", &context), number("circle-stroke-opacity", 1.0)),
            stroke_width: (width * 100.0).round() as u32,
        });
        // A style's stroke lies around the circle, an SVG's on its edge.
        let radius = radius + width / 2.0;
        match &feature.shape {
            Shape::Points(points) => points.iter().for_each(|at| path.circle(*at, radius)),
            Shape::Dot(at) => path.circle(*at, radius),
            shape => shape.lines().flat_map(|line| &line.0).for_each(|at| path.circle(*at, radius)),
        }
    }
    for (look, path) in groups.iter() {
        let stroke = match look.stroke_width {
            0 => String::new(),
            width => {
                let width = short(f64::from(width) / 10.0);
                format!("{} stroke-width=\"{width}\"", attributes("stroke", look.stroke))
            }
        };
        let fill = attributes("fill", look.fill);
        put!(&mut canvas.svg, "<path transform=\"scale(.1)\"{fill}{stroke} d=\"{}\"/>", path.data());
    }
}
