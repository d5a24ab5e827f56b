//! Geometry to tiles to archive.
//!
//! [`write_tileset`] takes thematic layers in lon/lat and writes one archive, PMTiles or MBTiles;
//! [`Archive`] reads PMTiles back from a memory map. The tiler opens no GeoPackage and knows no HTTP.
//!
//! The rooms, in the order in which a feature walks through them: [`grid`] and `world` (degrees to
//! integers, once), `node` (T-junctions), `simplify` (at which zoom a vertex lives), `snap` (to the
//! grid of a zoom), `valid` and `repair` (what collapsed or broke), `clip` (into tiles), `encode`
//! (MVT), [`archive`] (the file). `pipeline` calls them in that order.

pub mod archive;
mod attributes;
mod block;
mod chains;
pub mod coord;
pub mod grid;
mod intake;
mod metadata;
mod mvt;
mod near;
mod pipeline;
mod pixels;
mod quadrants;
mod record;
mod repair;
mod spool;
mod store;
mod survey;
mod tileset;
mod topology;
mod valid;
mod varint;
mod world;

pub use archive::{Archive, ArchiveError, Compression, GunzipError, gunzip};
pub use coord::{TileCoord, TileId};
pub use pixels::DEEPEST_TILED_ZOOM;
pub use tileset::{Progress, TileError, TilesetSpec, TilesetSummary, ZoomSummary, write_tileset};
pub use world::WorldPoint;
