//! Cutting land by land: which parts of a patch lie in which polygons of another layer.
//!
//! Everything here is in one [`EqualAreaPlane`](crate::measure::EqualAreaPlane), so areas of parts
//! add up to the area of the whole. Results depend on the order of the covering polygons in their
//! source (where two overlap, the first has the land), never on threads.

mod arrange;
mod index;
mod label;
mod layer;
mod node;
mod pairwise;
mod prepared;
mod restore;
mod sliver;
mod trace;
mod window;

pub use index::BoxIndex;
pub use layer::{Cover, CoverLayer, EVEN, Part, Slivers, cover, tolerance};
pub use restore::{VertexMemory, plane_for};
pub use sliver::{SLIVER_AREA, SLIVER_WIDTH, is_sliver};
pub(crate) use window::may_meet;
