//! GeoPackage in and out (OGC 12-128r19).

mod read;
mod write;

pub use read::{FeatureTable, GeoPackage, ReadError};
pub use write::{TableSpec, WriteError, Writer};
