//! What each inner vertex of an arc weighs: Visvalingam's effective area, as the lowest zoom at which
//! the vertex is drawn.
//!
//! The vertex whose triangle with its two neighbours is smallest goes first, then the next; a vertex
//! never weighs less than one that went before it, so what a zoom shows is a subset of what the next
//! one shows. A vertex stays as long as another vertex lies in its triangle: without it a border
//! would come to lie on the wrong side of that vertex. That is enough for no two simplified borders
//! ever to cross if the source's do not, at whatever step each of them is: to cross a short cut, a
//! border has to end inside the triangle that the short cut closes.
//!
//! ```text
//!        v               v goes: its triangle a v b holds no other vertex
//!      ∙' '∙             w stays while c, a neighbour's corner, lies in its triangle
//!     a─────b
//! ```
//!
//! # References
//! Visvalingam and Whyatt, *Line generalisation by repeated elimination of points*, 1993. The rule of
//! the empty triangle: JTS `CoverageSimplifier`.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::RangeInclusive;

use crate::near::PointGrid;
use crate::pixels::unit_bits;
use crate::record::Weight;
use crate::world::{Bounds, WorldPoint};

/// A vertex is drawn from the zoom at which twice its effective area is this many square tile units.
const DOUBLED_AREA: u64 = 16;

/// Arcs up to this length look for their own vertices one by one.
const SHORT: usize = 32;

/// A vertex that may go next: doubled area, point (which decides between equals), place, and the
/// neighbours it was measured with.
type Candidate = (u64, u64, u32, u32, u32);

/// Weighs arcs, one after the other, in the same memory.
#[derive(Default)]
pub(super) struct Scale {
    /// The living vertex before and after each.
    before: Vec<u32>,
    after: Vec<u32>,
    is_alive: Vec<bool>,
    /// Smallest triangle first.
    queue: BinaryHeap<Reverse<Candidate>>,
    /// Long arcs: their points, sorted.
    own: Vec<(u64, u32)>,
    pub(super) weights: Vec<Weight>,
}

impl Scale {
    /// Weighs the vertices of an arc, its two ends included, into `weights`. `vertices` holds every
    /// vertex that may lie near the arc.
    pub(super) fn weigh(&mut self, arc: &[WorldPoint], zooms: &RangeInclusive<u8>, vertices: &PointGrid) {
        let count = arc.len();
        self.weights.clear();
        self.weights.resize(count, Weight::ALWAYS);
        // A closed arc keeps a triangle.
        let is_closed = arc.first() == arc.last();
        let mut left = count.saturating_sub(2);
        let kept = if is_closed { 2 } else { 0 };
        if left <= kept {
            return;
        }
        self.start(arc);
        let mut effective = 0;
        while left > kept {
            let Some(Reverse((area, _, place, before, after))) = self.queue.pop() else { break };
            let v = place as usize;
            if !self.is_alive[v] || self.before[v] != before || self.after[v] != after {
                continue;
            }
            if self.is_blocked(arc, v, vertices) {
                continue;
            }
            effective = area.max(effective);
            self.weights[v] = lowest_zoom(effective, zooms);
            self.is_alive[v] = false;
            left -= 1;
            self.after[before as usize] = after;
            self.before[after as usize] = before;
            self.measure(arc, before as usize);
            self.measure(arc, after as usize);
        }
    }

    fn start(&mut self, arc: &[WorldPoint]) {
        let count = arc.len() as u32;
        self.before.clear();
        self.before.extend((0..count).map(|place| place.saturating_sub(1)));
        self.after.clear();
        self.after.extend((0..count).map(|place| (place + 1).min(count - 1)));
        self.is_alive.clear();
        self.is_alive.resize(arc.len(), true);
        self.own.clear();
        if arc.len() > SHORT {
            self.own.extend((0..).zip(arc).map(|(place, point)| (point.packed(), place)));
            self.own.sort_unstable();
        }
        self.queue.clear();
        for place in 1..arc.len() - 1 {
            self.measure(arc, place);
        }
    }

    /// Puts a vertex into the queue with its present triangle.
    fn measure(&mut self, arc: &[WorldPoint], place: usize) {
        if place == 0 || place + 1 == arc.len() {
            return;
        }
        let (before, after) = (self.before[place], self.after[place]);
        let area = doubled_triangle(arc[before as usize], arc[place], arc[after as usize]).unsigned_abs();
        self.queue.push(Reverse((area, arc[place].packed(), place as u32, before, after)));
    }

    /// Whether another living vertex lies in the triangle of this one.
    fn is_blocked(&self, arc: &[WorldPoint], place: usize, vertices: &PointGrid) -> bool {
        let (a, b) = (arc[self.before[place] as usize], arc[self.after[place] as usize]);
        let v = arc[place];
        let turn = doubled_triangle(a, v, b);
        let mut blocked = false;
        vertices.inside(Bounds::of_edge(a, b).and(Bounds::at(v)), |p| {
            blocked = blocked
                || p != a
                    && p != v
                    && p != b
                    && is_in_triangle(p, (a, v, b), turn)
                    && self.own_place(arc, p).is_none_or(|own| self.is_alive[own]);
        });
        blocked
    }

    fn own_place(&self, arc: &[WorldPoint], p: WorldPoint) -> Option<usize> {
        if arc.len() <= SHORT {
            return arc.iter().position(|&own| own == p);
        }
        let place = self.own.partition_point(|&(point, _)| point < p.packed());
        self.own.get(place).filter(|own| own.0 == p.packed()).map(|own| own.1 as usize)
    }
}

/// Twice the signed area of a triangle, square world units. The corners lie in one cell, so nothing
/// overflows.
fn doubled_triangle(a: WorldPoint, v: WorldPoint, b: WorldPoint) -> i64 {
    let minus = |p: WorldPoint| (i64::from(p.x) - i64::from(a.x), i64::from(p.y) - i64::from(a.y));
    let ((vx, vy), (bx, by)) = (minus(v), minus(b));
    vx * by - vy * bx
}

/// Whether a point lies in a triangle or on its border.
fn is_in_triangle(p: WorldPoint, (a, v, b): (WorldPoint, WorldPoint, WorldPoint), turn: i64) -> bool {
    let sides = [doubled_triangle(a, v, p), doubled_triangle(v, b, p), doubled_triangle(b, a, p)];
    if turn >= 0 { sides.iter().all(|&side| side >= 0) } else { sides.iter().all(|&side| side <= 0) }
}

/// The first zoom at which the area counts; the deepest zoom keeps everything.
fn lowest_zoom(doubled_area: u64, zooms: &RangeInclusive<u8>) -> Weight {
    let lives = |zoom: &u8| doubled_area >> (2 * unit_bits(*zoom)) >= DOUBLED_AREA;
    Weight(zooms.clone().find(lives).unwrap_or(*zooms.end()))
}
