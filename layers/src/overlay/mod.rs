//! Cutting land by land: which parts of a patch lie in which polygons of another layer.
//!
//! Everything here is in one [`EqualAreaPlane`](crate::measure::EqualAreaPlane), so areas of parts
//! add up to the area of the whole. Results depend on the order of the covering polygons in their
//! source (where two overlap, the first has the land), never on threads.
//!
//! The way of a patch: `prepared` finds the edges near it, `meeting` tells whether any of them
//! divides it, `arrange` cuts them where they meet, `label` tells which polygons hold the land on
//! either side, `trace` makes polygons of it and `sliver` moves what is too narrow; `layer` has them
//! work together, and `pairwise` does what they refuse. `node` has the grid and the exact predicates,
//! `scratch` the lists that a thread works on; `restore` and `filed` give vertices their coordinates
//! back.

mod arrange;
mod cover;
mod filed;
mod index;
mod label;
mod layer;
mod meeting;
mod node;
mod pairwise;
mod prepared;
mod restore;
mod scratch;
mod sliver;
mod trace;
mod window;

pub use cover::{Cover, EVEN, Part, Shares, tolerance};
pub use index::BoxIndex;
pub use layer::{CoverLayer, Patch, Slivers, cover};
pub use restore::{VertexMemory, plane_for};
pub use sliver::{SLIVER_AREA, SLIVER_WIDTH, is_sliver};
pub(crate) use window::may_meet;
