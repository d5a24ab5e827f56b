//! Reading feature tables.

use std::path::{Path, PathBuf};

use crate::feature::{Column, Layer};
use crate::schema::GeometryKind;

/// A GeoPackage, opened read-only.
pub struct GeoPackage(());

/// One feature table or view.
#[derive(Clone, Debug)]
pub struct FeatureTable {
    /// Its name.
    pub name: String,
    /// Its title in `gpkg_contents`, if it differs from the name.
    pub identifier: Option<String>,
    /// Geometry column.
    pub geometry_column: String,
    /// What its declared geometry type amounts to.
    pub geometry: GeometryKind,
    /// Declared reference system.
    pub srs_id: i64,
    /// Attribute columns.
    pub columns: Vec<Column>,
    /// Number of rows.
    pub rows: u64,
}

/// Why a GeoPackage or a table cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file does not exist.
    #[error("{}: no such file", file.display())]
    Missing {
        /// The file.
        file: PathBuf,
    },
}

impl GeoPackage {
    /// Opens a file without changing a byte of it.
    pub fn open(file: &Path) -> Result<Self, ReadError> {
        Err(ReadError::Missing { file: file.to_owned() })
    }
    /// Its feature tables and views, in the order of `gpkg_contents`.
    pub fn tables(&self) -> &[FeatureTable] {
        &[]
    }
    /// Reads a whole table, in parallel, reprojected and repaired.
    pub fn read(&self, _table: &str) -> Result<Layer, ReadError> {
        unimplemented!()
    }
}
