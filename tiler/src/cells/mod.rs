//! Cells: what a map shows where it is too far away for single parcels.
//!
//! A cell is a square of a finer quadtree, 32 × 32 to a tile. It carries how many parcels have their
//! interior point in it, their hectares, and of every theme the hectares of each class and the class that
//! prevails, to be coloured by as parcels are. Each parcel is counted once, whole, in one cell; sums are
//! exact integers ([`HectareSum`](layers::measure::HectareSum)), so at every zoom the cells add up to the
//! same, and to what the statistics say.
//!
//! ```text
//!   parcels ──► CellSource, batch by batch ──► CellPyramid, four cells to one ──► tiles of any zoom
//! ```
//!
//! - `interior`: the point that decides where a parcel counts.
//! - `theme`: which columns are themes, and their classes as they are met.
//! - `source`: parcels gathered in the finest cells.
//! - `pyramid`: the coarser cells, and the tiles.

#[cfg(test)]
mod figures;
mod interior;
mod pyramid;
mod source;
#[cfg(test)]
mod statistics;
mod theme;

pub(crate) use interior::interior_point;
pub(crate) use pyramid::{CELLS, CellPyramid};
pub(crate) use source::{CellGrid, CellSource};
pub(crate) use theme::Theme;
