//! The findings GeoPackage: written with every build, read by the server for single parcels.

use std::path::Path;

use crate::feature::Value;
use crate::gpkg::WriteError;
use crate::rules::Analysis;

/// Writes `findings.gpkg`: one table per thematic layer, same names, same numbers.
pub fn write(_file: &Path, _analysis: &Analysis) -> Result<(), WriteError> {
    unimplemented!()
}

/// A findings GeoPackage, opened for look-ups. Cheap to open; one per thread of work.
pub struct Findings(());

/// One feature with its attributes by name; nulls are left out.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its tile layer.
    pub layer: String,
    /// Its feature id, as in tiles.
    pub id: u64,
    /// Its attributes in schema order.
    pub attributes: Vec<(String, Value)>,
    /// Its geometry in lon/lat.
    pub geometry: geo::Geometry<f64>,
}

/// Why findings cannot be looked up.
#[derive(Debug, thiserror::Error)]
pub enum FindingsError {
    /// SQLite refused.
    #[error("cannot read findings")]
    Sqlite(#[from] rusqlite::Error),
}

impl Findings {
    /// Opens the file read-only.
    pub fn open(_file: &Path) -> Result<Self, FindingsError> {
        unimplemented!()
    }
    /// The parcel with that key.
    pub fn parcel(&self, _key: &str) -> Result<Option<Found>, FindingsError> {
        unimplemented!()
    }
    /// The pieces (`conflicts`) of one parcel.
    pub fn pieces(&self, _key: &str) -> Result<Vec<Found>, FindingsError> {
        unimplemented!()
    }
    /// Everything at a point, top layer first, at most `limit`.
    pub fn at(&self, _lon: f64, _lat: f64, _limit: usize) -> Result<Vec<Found>, FindingsError> {
        unimplemented!()
    }
}
