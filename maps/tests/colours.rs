//! What is drawn has the colours of the style, for every theme: a square of each class beside the next.

use std::convert::Infallible;

use geo::{Geometry, Rect, coord};
use layers::schema::LAYERS;
use layers::{GeometryKind, Value};
use maps::expression::Context;
use maps::{FeatureSource, Fonts, Kind, SourceFeature, SourceLayer, Style, View};
use resvg::tiny_skia::Pixmap;
use serde_json::Value as Json;
use styles::{StyleSources, TilesetSource, themes};

/// Squares in a row, each with what it says of itself.
struct Row {
    layer: &'static str,
    squares: Vec<Vec<(&'static str, Value)>>,
}

/// Degrees: the square at a place, a hundredth of a degree wide.
fn square(place: usize) -> Rect<f64> {
    let west = 0.01 * place as f64;
    Rect::new(coord! { x: west, y: 0.0 }, coord! { x: west + 0.01, y: 0.01 })
}

impl FeatureSource for Row {
    type Error = Infallible;

    fn each(
        &self,
        layer: SourceLayer<'_>,
        _bounds: [f64; 4],
        attributes: &[String],
        take: &mut dyn FnMut(SourceFeature),
    ) -> Result<(), Infallible> {
        for (place, known) in self.squares.iter().enumerate().filter(|_| layer.layer == self.layer) {
            let value = |name: &String| known.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
            take(SourceFeature {
                id: place as u64,
                geometry: Geometry::Rect(square(place)),
                values: attributes.iter().map(|name| value(name).unwrap_or_default()).collect(),
            });
        }
        Ok(())
    }
}

fn style(theme: &str) -> (Json, Style) {
    let layers: Vec<(String, GeometryKind)> =
        LAYERS.iter().map(|layer| (layer.id.to_owned(), layer.geometry)).collect();
    let sources = StyleSources {
        findings: Some(TilesetSource { id: "findings", url: "http://tuban.test/findings", layers: &layers }),
        ..StyleSources::default()
    };
    let json = styles::style(theme, &sources).expect("a listed theme has a style");
    let style = Style::parse(&json).expect("our own style");
    (json, style)
}

/// The colour of the middle of each square.
fn drawn(style: &Style, row: &Row) -> Vec<[u8; 3]> {
    let count = row.squares.len();
    let view = View::of_bounds([0.0, 0.0, 0.01 * count as f64, 0.01], 40.0 * count as f64, 40.0);
    let fonts = Fonts::of_system(None);
    let drawing = match maps::draw(style, &view, row, &maps::NoPictures, &fonts) {
        Ok(drawing) => drawing,
        Err(never) => match never {},
    };
    assert_eq!(drawing.features, count);
    let svg = maps::document(&drawing, &view, "");
    let png = maps::png(&svg, 1.0, &fonts).expect("a picture");
    let picture = Pixmap::decode_png(&png).expect("a PNG");
    let middle = |place: usize| {
        let at = view.point(0.01 * place as f64 + 0.005, 0.005);
        let pixel = picture.pixel(at.x as u32, at.y as u32).expect("a pixel of the picture");
        [pixel.red(), pixel.green(), pixel.blue()]
    };
    (0..count).map(middle).collect()
}

#[test]
fn every_style_is_drawn_whole() {
    for theme in themes() {
        assert_eq!(style(theme.id).1.unsupported, Vec::<String>::new(), "{}", theme.id);
    }
}

#[test]
fn classes_have_the_colours_of_their_style() {
    for (theme, attribute) in [("far", "far_class"), ("density", "density_class"), ("intensity", "intensity")] {
        let (_, style) = style(theme);
        let known = |class: i64| vec![(attribute, Value::Int(class))];
        let mut squares: Vec<_> = (2..=5).map(known).collect();
        // Not assessed.
        squares.push(Vec::new());
        let row = Row { layer: "parcels", squares };
        let fill = style.layers.iter().find(|layer| layer.kind == Kind::Fill && layer.source_layer == "parcels");
        let fill = fill.expect("patches are filled");
        let names = [attribute.to_owned()];
        let expected: Vec<[u8; 3]> = row
            .squares
            .iter()
            .map(|square| {
                let values = [square.first().map(|(_, value)| value.clone()).unwrap_or_default()];
                let context = Context { names: &names, values: &values, ..Context::at_zoom(12.0) };
                fill.colour("fill-color", &context).rgb()
            })
            .collect();
        assert_eq!(drawn(&style, &row), expected, "{theme}");
        let mut different = expected.clone();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), expected.len(), "{theme}: every class has a colour of its own");
    }
}

#[test]
fn what_is_half_transparent_shows_what_lies_below() {
    let (_, style) = style("conflicts");
    let row = Row {
        layer: "conflicts",
        squares: vec![vec![("mandatory", Value::Bool(true))], vec![("mandatory", Value::Bool(false))]],
    };
    let colours = drawn(&style, &row);
    // Red at 60 % over the ground #eef0ec; solid orange.
    let mix = |over: u8, below: u8| (f64::from(over) * 0.6 + f64::from(below) * 0.4).round() as i16;
    let expected = [mix(0xd7, 0xee), mix(0x19, 0xf0), mix(0x1c, 0xec)];
    for (part, expected) in colours[0].iter().zip(expected) {
        assert!((i16::from(*part) - expected).abs() <= 1, "{colours:?}, not {expected:?}");
    }
    assert_eq!(colours[1], [0xff, 0x9a, 0x1f]);
}
