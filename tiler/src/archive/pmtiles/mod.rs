//! PMTiles version 3: header, directories, reader, writer.
//!
//! # References
//! PMTiles Version 3 Specification, <https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md>.

mod directory;
mod header;
mod reader;
mod writer;

pub use reader::Archive;
pub(crate) use writer::PmtilesWriter;
