//! GeoPackage in and out (OGC 12-128r19).
//!
//! In: [`GeoPackage`] opens a file ([`mod@source`]), reads its metadata ([`mod@contents`]) and its rows
//! ([`mod@read`]): the blob header ([`mod@blob`]), the well-known binary in it ([`mod@wkb`], arcs by [`mod@curve`])
//! and the attribute values ([`mod@column`]). Out: [`Writer`].

mod blob;
mod column;
mod contents;
mod curve;
mod error;
mod read;
mod source;
mod table;
mod wkb;
mod wkb_type;
mod write;

pub use error::ReadError;
pub use read::{GeoPackage, ReadOptions};
pub use table::FeatureTable;
pub use write::{TableSpec, WriteError, Writer};
