//! Geometry to tiles to archive.
//!
//! [`write_tileset`] takes thematic layers in lon/lat and writes one archive, PMTiles or MBTiles;
//! [`Archive`] reads PMTiles back from a memory map. The tiler opens no GeoPackage and knows no HTTP.
//!
//! The rooms, in the order in which a feature walks through them: [`grid`] and `chains` (degrees to
//! integers, once), `record` and `store` (small, and where they lie), `topology` (T-junctions, nodes,
//! at which zoom a vertex lives), `block` (snapped, cut, checked, into tiles), `mvt` (bytes), `spool`
//! and [`archive`] (the file). `pipeline` calls them in that order; docs/adr/0005 says why.

pub mod archive;
mod attributes;
mod block;
mod boxes;
mod cells;
mod chains;
pub mod coord;
mod counts;
pub mod grid;
mod intake;
mod journal;
mod memory;
mod metadata;
mod mvt;
mod near;
mod outline;
mod overview;
mod pipeline;
mod pixels;
mod quadrants;
mod rebuild;
mod record;
mod repair;
mod spool;
mod store;
mod survey;
mod tileset;
mod tiling;
mod topology;
mod valid;
mod varint;
mod world;

pub use archive::{
    Archive, ArchiveError, ArchiveInfo, Compression, ConvertError, Converted, GunzipError, Mbtiles, TileRun, TileType,
    convert, gunzip,
};
pub use coord::{TileCoord, TileId};
pub use intake::{Batch, LayerForm};
pub use pixels::DEEPEST_TILED_ZOOM;
pub use rebuild::{
    Before, Changes, Fetch, LayerChanges, NotPossible, Outcome, Rebuild, RowMark, RowProbe, RowStats, Updated,
    update_tileset,
};
pub use tileset::{LowZooms, Progress, TileError, TilesetSpec, TilesetSummary, ZoomSummary};
pub use tiling::{Tiling, write_tileset};
pub use world::WorldPoint;
