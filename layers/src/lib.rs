//! The domain of Tuban: what a parcel is, where it comes from and what a plan says about it.
//!
//! GeoPackages become [`Layer`]s ([`gpkg`], [`crs`]); layers with a role ([`project`]) become an
//! [`Analysis`] ([`rules`], [`stats`]); its [`ThematicLayer`]s go to the tiler and, with the same
//! numbers, into the findings GeoPackage ([`findings`]).
//! There are no tiles, zooms, colours or HTTP here: a desktop tool could use these rules as they are.

pub mod codes;
pub mod crs;
pub mod demo;
pub mod dossier;
pub mod facts;
pub mod feature;
pub mod findings;
pub mod gpkg;
pub mod ids;
pub mod intake;
pub mod measure;
pub mod nearest;
pub mod overlay;
pub mod project;
pub mod quality;
pub mod round;
pub mod rules;
pub mod schema;
pub mod stats;
pub mod units;
pub mod valid;

pub use feature::{
    Column, Feature, Layer, Misplaced, Mistyped, Placing, ReadReport, Recoded, Repair, Skip, SourceTable, Value,
    ValueKind,
};
pub use rules::{Analysis, analyse, analyse_taking};
pub use schema::{GeometryKind, ThematicFeature, ThematicLayer};
pub use units::{Metres, SquareMetres};
