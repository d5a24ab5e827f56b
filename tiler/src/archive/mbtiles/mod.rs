//! MBTiles: SQLite with a table of tiles, rows counted from the south.
//!
//! # References
//! MBTiles Specification 1.3, <https://github.com/mapbox/mbtiles-spec/blob/master/1.3/spec.md>.

mod metadata;
mod reader;
mod writer;

pub use reader::Mbtiles;
pub(crate) use writer::MbtilesWriter;
