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
#[cfg_attr(not(test), expect(dead_code, unused_imports, reason = "the pipeline does not count yet"))]
mod cells;
mod clip;
pub mod coord;
mod encode;
pub mod grid;
mod metadata;
#[cfg_attr(not(test), expect(dead_code, reason = "the pipeline still encodes by `encode`"))]
mod mvt;
mod near;
mod node;
mod pipeline;
mod repair;
mod simplify;
mod snap;
mod tileset;
mod valid;
mod varint;
mod world;
mod zooms;

pub use archive::{Archive, ArchiveError, Compression, GunzipError, gunzip};
pub use coord::{TileCoord, TileId};
pub use snap::DEEPEST_TILED_ZOOM;
pub use tileset::{Progress, TileError, TilesetSpec, TilesetSummary, ZoomSummary, write_tileset};
pub use world::WorldPoint;
