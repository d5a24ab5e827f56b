//! Cutting land by land: which parts of a patch lie in which polygons of another layer.
//!
//! Everything here is in one [`EqualAreaPlane`](crate::measure::EqualAreaPlane), so areas of parts
//! add up to the area of the whole. Results depend on the order of the covering polygons in their
//! source (where two overlap, the first has the land), never on threads.

mod cover;
mod index;
mod restore;
mod sliver;

pub(crate) use cover::may_meet;
pub use cover::{Cover, Part, cover};
pub use index::BoxIndex;
pub use restore::{VertexMemory, plane_for};
pub use sliver::{SLIVER_AREA, SLIVER_WIDTH, is_sliver};
