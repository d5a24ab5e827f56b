//! GeoPackage in and out (OGC 12-128r19).
//!
//! In: [`GeoPackage`] opens a file (`source`) or a copy of one (`copy`), reads its metadata (`contents`) and its rows
//! (`read`): asked for (`select`) in pieces on all threads (`walk`), each a blob header (`blob`),
//! the well-known binary in it (`wkb`, arcs by `curve`) and attribute values (`column`), they become
//! features (`rows`), or only hashes (`fingerprint`),
//! with a look at the values of some (`scan`). Single rows are looked up (`some`). Out: [`Writer`], which can also say what
//! things are called and how QGIS draws them (`describe`).

mod blob;
mod column;
mod contents;
mod copy;
mod curve;
mod describe;
mod error;
mod fingerprint;
mod read;
mod rows;
mod rtree;
mod scan;
mod select;
mod some;
mod source;
mod table;
mod walk;
mod wkb;
mod wkb_type;
mod write;

pub(crate) use write::{GEOMETRY, Row, quoted, rtree_name};

pub use copy::{copy, fold, is_at_rest};
pub use describe::{ColumnDescription, EnumerationValue, StoredStyle};
pub use error::ReadError;
pub use fingerprint::RowFingerprint;
pub use read::{GeoPackage, ReadOptions};
pub use rows::Batch;
pub use scan::LookAtRows;
pub use source::uri;
pub use table::FeatureTable;
pub use write::{TableSpec, WriteError, Writer};
