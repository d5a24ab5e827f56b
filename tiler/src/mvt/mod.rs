//! From the pieces of a tile to its bytes: Mapbox Vector Tile 2.1.
//!
//! A layer of a tile is written feature by feature, straight into its wire form. Attributes are bytes
//! ([`crate::attributes`]), each value of them once in [`Values`]; a feature's tags are places there,
//! and become places in the layer. Geometry is steps of one or two bytes (`geometry`). One [`LayerEncoder`] serves tile after tile and
//! keeps its memory. The crate `mvt` is the reference that it agrees with to the byte (see the tests);
//! docs/adr/0006-own-mvt-encoder.md says why there is an encoder of our own.
//!
//! # References
//! Mapbox Vector Tile Specification 2.1; Protocol Buffers, *Encoding*.

#[cfg(test)]
pub(crate) mod figures;
mod geometry;
mod layer;
#[cfg(test)]
mod reference;
mod values;

pub(crate) use geometry::{ShapeKind, TileShape};
pub(crate) use layer::LayerEncoder;
pub(crate) use values::{Tag, Values};
