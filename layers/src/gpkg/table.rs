//! What a feature table is, before its rows are read.

use crate::feature::Column;
use crate::schema::GeometryKind;

/// One feature table or view.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureTable {
    /// Its name.
    pub name: String,
    /// Its title in `gpkg_contents`, if it differs from the name.
    pub identifier: Option<String>,
    /// Geometry column.
    pub geometry_column: String,
    /// What its declared geometry type amounts to.
    pub geometry: GeometryKind,
    /// Declared reference system: the id within the file, not an EPSG code.
    pub srs_id: i64,
    /// Attribute columns.
    pub columns: Vec<Column>,
}
