//! What the cut of one patch is worked out on, kept for the next patch of the thread.
//!
//! A patch meets some thirty edges: asking for a dozen lists each time would cost as much as cutting.

use std::cell::Cell;

use super::arrange::{Arrangement, Arranging, Segment};
use super::label::Labels;
use super::trace::Tracing;

/// Lists that are cleared before they are used.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Sources that hold the patch and have no border near it.
    pub whole: Vec<u32>,
    /// Borders around the patch by source, its own last; none if nothing but the patch has one there.
    pub segments: Vec<Segment>,
    /// The same in the order of the arrangement.
    pub sorted: Vec<Segment>,
    pub arrangement: Arrangement,
    pub arranging: Arranging,
    pub labels: Labels,
    /// Half → owner of the land to its left.
    pub owners: Vec<u32>,
    pub tracing: Tracing,
}

/// Edges beyond which a thread does not keep its lists: a patch that meets so many is rare.
const MOST_KEPT: usize = 1 << 16;

thread_local! {
    static KEPT: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

/// Works on the lists of this thread, or on new ones while they are in use.
pub(super) fn with<T>(work: impl FnOnce(&mut Scratch) -> T) -> T {
    let mut scratch = KEPT.take().unwrap_or_default();
    let done = work(&mut scratch);
    if scratch.segments.len() <= MOST_KEPT {
        KEPT.set(Some(scratch));
    }
    done
}

/// As many times a value, in a list that may have held others.
pub(super) fn refill<T: Copy>(list: &mut Vec<T>, value: T, count: usize) {
    list.clear();
    list.resize(count, value);
}
