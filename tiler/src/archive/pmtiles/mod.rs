//! PMTiles version 3: header, directories, reader, writer, and the check before publishing.
//!
//! # References
//! PMTiles Version 3 Specification, <https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md>.

mod directory;
mod header;
mod reader;
mod verify;
mod writer;

pub(crate) use header::TYPE_MVT;
pub use reader::{Archive, TileRun};
pub(crate) use writer::PmtilesWriter;
