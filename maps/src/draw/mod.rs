//! Drawing a style: its layers from the bottom up, each as a few long paths.

mod area;
mod circle;
mod line;
mod symbol;

use std::collections::{BTreeMap, BTreeSet};

use crate::colour::Colour;
use crate::expression::Context;
use crate::label::{Fonts, Occupied};
use crate::page::{self, PageFeature};
use crate::source::{FeatureSource, SourceFeature, SourceLayer};
use crate::style::{Kind, Style, StyleLayer};
use crate::svg::{Pictures, escaped, put, short};
use crate::view::View;

/// A map as SVG elements, for an `svg` element of its view's size that cuts what lies outside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    /// The elements.
    pub svg: String,
    /// How many features were drawn, each counted once.
    pub features: usize,
    /// The tile layers that they are of.
    pub layers: BTreeSet<String>,
}

/// The features of one source layer on the page.
struct Loaded {
    names: Vec<String>,
    features: Vec<PageFeature>,
}

/// What layers are drawn with.
pub(crate) struct Canvas<'a> {
    pub(crate) view: &'a View,
    pub(crate) pictures: &'a dyn Pictures,
    pub(crate) fonts: &'a Fonts,
    /// Patterns, by the names that styles give them.
    patterns: BTreeMap<String, Option<String>>,
    svg: String,
}

/// Draws what a style shows of a source.
///
/// # Errors
/// What the source says.
pub fn draw<S: FeatureSource>(
    style: &Style,
    view: &View,
    source: &S,
    pictures: &dyn Pictures,
    fonts: &Fonts,
) -> Result<Drawing, S::Error> {
    let drawn: Vec<&StyleLayer> = style.layers.iter().filter(|layer| layer.is_drawn_at(view.zoom())).collect();
    let loaded = load(&drawn, view, source)?;
    let mut canvas = Canvas { view, pictures, fonts, patterns: BTreeMap::new(), svg: String::new() };
    let words = words(&drawn, &loaded, &canvas);
    for (layer, words) in drawn.iter().zip(words) {
        canvas.layer(layer, loaded.get(&of(layer)), &words);
    }
    let features = loaded.values().map(|loaded| loaded.features.len()).sum();
    let seen = loaded.iter().filter(|(_, loaded)| !loaded.features.is_empty());
    let layers = seen.map(|(layer, _)| layer.layer.to_owned()).collect();
    Ok(Drawing { svg: canvas.svg, features, layers })
}

fn of(layer: &StyleLayer) -> SourceLayer<'_> {
    SourceLayer { source: &layer.source, layer: &layer.source_layer }
}

/// Every source layer once, with the attributes that all style layers together ask for.
fn load<'s, S: FeatureSource>(
    drawn: &[&'s StyleLayer],
    view: &View,
    source: &S,
) -> Result<BTreeMap<SourceLayer<'s>, Loaded>, S::Error> {
    let mut asked: BTreeMap<SourceLayer<'s>, BTreeSet<String>> = BTreeMap::new();
    for layer in drawn.iter().filter(|layer| layer.kind != Kind::Background) {
        layer.attributes(asked.entry(of(layer)).or_default());
    }
    let bounds = view.bounds(page::MARGIN_PX);
    let mut loaded = BTreeMap::new();
    for (layer, names) in asked {
        let names: Vec<String> = names.into_iter().collect();
        let mut features = Vec::new();
        let mut take = |feature: SourceFeature| features.extend(page::placed(feature, view));
        source.each(layer, bounds, &names, &mut take)?;
        loaded.insert(layer, Loaded { names, features });
    }
    Ok(loaded)
}

/// The words of every layer. Those of the upper layers find their places first, as in MapLibre.
fn words(drawn: &[&StyleLayer], loaded: &BTreeMap<SourceLayer<'_>, Loaded>, canvas: &Canvas<'_>) -> Vec<String> {
    let mut occupied = Occupied::of(canvas.view.width(), canvas.view.height());
    let place = |layer: &&StyleLayer| match (layer.kind, loaded.get(&of(layer))) {
        (Kind::Symbol, Some(loaded)) => symbol::placed(layer, loaded, canvas, &mut occupied),
        _ => String::new(),
    };
    let mut words: Vec<String> = drawn.iter().rev().map(place).collect();
    words.reverse();
    words
}

impl Loaded {
    /// The features that a layer draws, each with its context.
    fn drawn_by<'l>(
        &'l self,
        layer: &'l StyleLayer,
        zoom: f64,
    ) -> impl Iterator<Item = (&'l PageFeature, Context<'l>)> {
        self.features.iter().filter_map(move |feature| {
            let geometry_type = feature.shape.geometry_type();
            let context =
                Context { zoom, geometry_type, id: Some(feature.id), names: &self.names, values: &feature.values };
            layer.draws(&context).then_some((feature, context))
        })
    }
}

impl Canvas<'_> {
    fn layer(&mut self, layer: &StyleLayer, loaded: Option<&Loaded>, words: &str) {
        let before = self.svg.len();
        put!(&mut self.svg, "<g id=\"{}\">", escaped(&layer.id));
        let empty = self.svg.len();
        match (layer.kind, loaded) {
            (Kind::Background, _) => self.background(layer),
            (Kind::Fill, Some(loaded)) => area::fill(self, layer, loaded),
            (Kind::Line, Some(loaded)) => line::stroke(self, layer, loaded),
            (Kind::Circle, Some(loaded)) => circle::circles(self, layer, loaded),
            (Kind::Symbol, _) => self.svg.push_str(words),
            (_, None) => {}
        }
        if self.svg.len() == empty {
            self.svg.truncate(before);
        } else {
            self.svg.push_str("</g>");
        }
    }

    fn background(&mut self, layer: &StyleLayer) {
        let context = Context::at_zoom(self.view.zoom());
        let paint = match layer.text("background-pattern", &context) {
            Some(name) => self.pattern(&name).unwrap_or_else(|| "none".to_owned()),
            None => layer.colour("background-color", &context).to_string(),
        };
        let alpha =
            layer.number("background-opacity", 1.0, &context) * layer.colour("background-color", &context).alpha;
        let (width, height) = (self.view.width(), self.view.height());
        put!(
            &mut self.svg,
            "<path transform=\"scale(.1)\" d=\"M0 0h{}v{}h-{}z\" fill=\"{paint}\"{}/>",
            short(width * 10.0),
            short(height * 10.0),
            short(width * 10.0),
            opacity("fill-", alpha)
        );
    }

    /// What `fill` says to have a path in tenths filled with a pattern; `None` where there is no such
    /// picture.
    fn pattern(&mut self, name: &str) -> Option<String> {
        if let Some(known) = self.patterns.get(name) {
            return known.clone();
        }
        let reference = self.pictures.picture(name).map(|picture| {
            let (id, width, height) = (self.patterns.len(), short(picture.width), short(picture.height));
            put!(
                &mut self.svg,
                "<defs><pattern id=\"p{id}\" width=\"{width}\" height=\"{height}\" patternUnits=\"userSpaceOnUse\" patternTransform=\"scale(10)\">{}</pattern></defs>",
                picture.svg
            );
            format!("url(#p{id})")
        });
        self.patterns.insert(name.to_owned(), reference.clone());
        reference
    }
}

/// ` fill-opacity="0.5"`, or nothing where all of it is seen. In thousandths, so that equal ones compare.
fn opacity(of: &str, alpha: f64) -> String {
    if alpha >= 0.9995 { String::new() } else { format!(" {of}opacity=\"{}\"", short(alpha.max(0.0))) }
}

/// An opacity as a key.
fn thousandths(alpha: f64) -> u16 {
    (alpha.clamp(0.0, 1.0) * 1000.0).round() as u16
}

/// A colour and an opacity as a key.
fn paint(colour: Colour, alpha: f64) -> ([u8; 3], u16) {
    (colour.rgb(), thousandths(colour.alpha * alpha))
}

/// Such a key as attributes of an element: ` fill="#bb9674" fill-opacity="0.5"`.
fn attributes(of: &str, ([red, green, blue], alpha): ([u8; 3], u16)) -> String {
    let opacity = opacity(&format!("{of}-"), f64::from(alpha) / 1000.0);
    format!(" {of}=\"#{red:02x}{green:02x}{blue:02x}\"{opacity}")
}
