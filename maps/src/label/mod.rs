//! Words on a map: how wide they are, how they break into lines, and where there is room for them.

mod fonts;
mod occupied;
mod wrap;

pub use fonts::{Face, Fonts};
pub(crate) use occupied::Occupied;
pub(crate) use wrap::wrapped;
