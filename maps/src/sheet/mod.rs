//! A map as a sheet of paper: frame and grid, title, legend, scale, north, and what it rests on.

mod furniture;
mod grid;
mod key;
mod layout;
mod paper;
mod words;

use layers::crs::FromLonLat;
use styles::{Language, Legend};

pub use paper::{Format, Paper};

use crate::draw::draw;
use crate::label::Fonts;
use crate::source::FeatureSource;
use crate::style::Style;
use crate::svg::{Pictures, put, short};
use crate::view::View;
use key::Key;
use layout::Layout;
use words::Pen;

/// What is on a sheet around its map.
#[derive(Clone, Debug)]
pub struct Sheet<'a> {
    /// Its paper.
    pub paper: Paper,
    /// The language of its words.
    pub language: Language,
    /// What it is called.
    pub title: &'a str,
    /// What its colours say.
    pub legend: &'a Legend,
    /// `[west, south, east, north]` in degrees: what the map must show.
    pub bounds: [f64; 4],
    /// The plane of its kilometre grid, in metres; without one there is no such grid.
    pub plane: Option<&'a FromLonLat>,
    /// What it rests on, a heading and words each: date, reference system, maker.
    pub notes: &'a [(String, String)],
}

/// A drawn sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnSheet {
    /// The SVG document, its size in millimetres.
    pub svg: String,
    /// One to so many.
    pub scale: f64,
    /// `[west, south, east, north]` of what the map shows.
    pub bounds: [f64; 4],
    /// How many features were drawn.
    pub features: usize,
}

impl Sheet<'_> {
    /// Draws the sheet.
    ///
    /// The map has a round scale: the largest at which the bounds are shown whole.
    ///
    /// # Errors
    /// What the source says.
    pub fn draw<S: FeatureSource>(
        &self,
        style: &Style,
        source: &S,
        pictures: &dyn Pictures,
        fonts: &Fonts,
    ) -> Result<DrawnSheet, S::Error> {
        let layout = Layout::of(self.paper);
        let map = layout.map;
        let fitting = View::of_bounds(self.bounds, map.width, map.height);
        let scale = paper::round_scale(fitting.metres_per_px());
        let view = fitting.at_metres_per_px(paper::metres_per_px(scale));
        let drawing = draw(style, &view, source, pictures, fonts)?;
        let mut pen = Pen::new(fonts);
        let (width, height) = self.paper.millimetres();
        put!(
            &mut pen.svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" viewBox=\"0 0 {} {}\"><title>{}</title><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
            short(layout.page.width),
            short(layout.page.height),
            crate::svg::escaped(self.title)
        );
        put!(
            &mut pen.svg,
            "<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\">{}",
            short(map.x),
            short(map.y),
            short(map.width),
            short(map.height),
            drawing.svg
        );
        let marks = grid::lines(&mut pen, &view, self.plane, layout.unit);
        pen.svg.push_str("</svg>");
        grid::labels(&mut pen, &marks, &layout);
        furniture::frame(&mut pen, &layout);
        furniture::title(&mut pen, self.title, &layout);
        furniture::north(&mut pen, &layout);
        let after_scale = furniture::scale(&mut pen, scale, self.language, &layout);
        let key = Key { legend: self.legend, language: self.language, pictures, drawn: &drawing.layers };
        key::draw(&mut pen, &key, &layout, after_scale);
        furniture::notes(&mut pen, self.notes, self.language, &layout);
        pen.svg.push_str("</svg>");
        Ok(DrawnSheet { svg: pen.svg, scale, bounds: view.bounds(0.0), features: drawing.features })
    }
}
