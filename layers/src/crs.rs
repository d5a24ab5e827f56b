//! Coordinate reference systems: from what a GeoPackage declares to longitude and latitude.

use geo::Coord;

/// A transformation from one CRS to lon/lat degrees, or a refusal that says why.
pub struct ToLonLat(());

/// Why coordinates of a CRS cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CrsError {
    /// placeholder
    #[error("srs_id {srs_id} is not known")]
    Unknown {
        /// The id.
        srs_id: i64,
    },
}

impl ToLonLat {
    /// The transformation for an EPSG code.
    pub fn from_epsg(code: u16) -> Result<Self, CrsError> {
        Err(CrsError::Unknown { srs_id: code.into() })
    }
    /// One point.
    pub fn point(&self, point: Coord<f64>) -> Result<Coord<f64>, CrsError> {
        Ok(point)
    }
}
