//! Maps on paper: a MapLibre style drawn from true geometry as SVG, PNG or PDF, without a browser.
//!
//! A [`Style`] is read from its JSON, the features of its sources come from a [`FeatureSource`] (the
//! findings GeoPackage of a generation, not its tiles), a [`View`] puts them on the page, and [`draw()`]
//! makes a [`Drawing`] of them. A [`Sheet`] is such a drawing with everything around it that paper needs.
//! What expressions and properties mean is what MapLibre draws. What is too small to be seen is drawn
//! as dots, so that the size of a picture follows from its paper and not from the city.
//!
//! There is no HTTP, no configuration and no clock here.

mod colour;
mod document;
mod draw;
pub mod expression;
mod label;
mod page;
mod picture;
mod sheet;
mod source;
mod style;
mod svg;
mod view;

pub use colour::Colour;
pub use document::{attribution, document};
pub use draw::{Drawing, draw};
pub use label::{Face, Fonts};
pub use picture::{PictureError, pdf, png};
pub use sheet::{DrawnSheet, Format, Paper, Sheet};
pub use source::{FeatureSource, SourceFeature, SourceLayer};
pub use style::{Kind, Style, StyleError, StyleLayer};
pub use svg::{NoPictures, Picture, Pictures};
pub use view::{PagePoint, View};
