//! GeoPackage in and out (OGC 12-128r19).
//!
//! In: [`GeoPackage`] opens a file (`source`), reads its metadata (`contents`) and its rows
//! (`read`): the blob header (`blob`), the well-known binary in it (`wkb`, arcs by `curve`)
//! and the attribute values (`column`). Out: [`Writer`], which can also say what
//! things are called and how QGIS draws them (`describe`).

mod blob;
mod column;
mod contents;
mod curve;
mod describe;
mod error;
mod read;
mod source;
mod table;
mod wkb;
mod wkb_type;
mod write;

pub(crate) use source::uri;
pub(crate) use write::{quoted, rtree_name};

pub use describe::{ColumnDescription, EnumerationValue, StoredStyle};
pub use error::ReadError;
pub use read::{GeoPackage, ReadOptions};
pub use table::FeatureTable;
pub use write::{TableSpec, WriteError, Writer};
