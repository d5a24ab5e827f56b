//! A quick look that finds most rings simple, so that only the rest is swept.
//!
//! Almost every parcel is one ring of a few dozen edges that keep well clear of each other. The box
//! of the ring is cut into columns and rows; two edges are compared only if they share a column and a
//! row, and only by determinants whose sign is beyond rounding. What is not certain is not judged
//! here.

use geo::Coord;

/// Columns, and rows, that the box of a ring is cut into.
const CELLS: usize = 16;
/// Edges of a ring at most: a set of them is a word of bits.
const MOST_EDGES: usize = 64;
/// Rounding of a determinant, relative to the sum of its two products (Shewchuk, Adaptive Precision
/// Floating-Point Arithmetic and Fast Robust Geometric Predicates, 1997, ccwerrboundA).
const ROUNDING: f64 = (3.0 + 16.0 * HALF_EPSILON) * HALF_EPSILON;
const HALF_EPSILON: f64 = f64::EPSILON / 2.0;

/// Whether a closed ring certainly has an area and neither crosses, touches nor retraces itself.
///
/// `ring`: first point repeated as last, finite, no point repeated right after itself. `false` says
/// nothing.
pub(super) fn is_certainly_simple(ring: &[Coord<f64>]) -> bool {
    let edges = ring.len().saturating_sub(1);
    if !(3..=MOST_EDGES).contains(&edges) {
        return false;
    }
    let Some(columns) = Cells::new(ring, |point| point.x) else { return false };
    let Some(rows) = Cells::new(ring, |point| point.y) else { return false };
    let last = edges - 1;
    for (edge, ends) in ring.windows(2).enumerate() {
        let next = if edge == last { ring[1] } else { ring[edge + 2] };
        if !turns(ends[0], ends[1], next) {
            return false;
        }
        // Only edges further along, and none that shares an end with this one.
        let later = !0u64 << edge << 1 << 1;
        let mut near = columns.near(edge) & rows.near(edge) & later;
        if edge == 0 {
            near &= !(1 << last);
        }
        while near != 0 {
            let other = near.trailing_zeros() as usize;
            near &= near - 1;
            if !are_apart([ends[0], ends[1]], [ring[other], ring[other + 1]]) {
                return false;
            }
        }
    }
    true
}

/// Which edges lie in which cells along one axis, as bits.
struct Cells {
    /// For each cell the edges that begin in it or before it.
    begun: [u64; CELLS],
    /// For each cell the edges that end in it or behind it.
    ending: [u64; CELLS],
    /// For each edge its first and last cell.
    of: [(u8, u8); MOST_EDGES],
}

impl Cells {
    /// `None` if the ring has no extent along the axis.
    fn new(ring: &[Coord<f64>], along: impl Fn(&Coord<f64>) -> f64) -> Option<Self> {
        let (min, max) = ring.iter().map(&along).fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), value| {
            (if value < min { value } else { min }, if value > max { value } else { max })
        });
        let scale = CELLS as f64 / (max - min);
        if !scale.is_finite() {
            return None;
        }
        // Monotone in its argument, so edges without a common cell have no common value.
        let cell = |point: &Coord<f64>| (((along(point) - min) * scale) as u8).min(CELLS as u8 - 1);
        let mut cells = Self { begun: [0; CELLS], ending: [0; CELLS], of: [(0, 0); MOST_EDGES] };
        let mut start = cell(&ring[0]);
        for (edge, point) in ring[1..].iter().enumerate() {
            let end = cell(point);
            let (first, last) = (start.min(end), start.max(end));
            cells.of[edge] = (first, last);
            cells.begun[usize::from(first)] |= 1 << edge;
            cells.ending[usize::from(last)] |= 1 << edge;
            start = end;
        }
        for cell in 1..CELLS {
            cells.begun[cell] |= cells.begun[cell - 1];
            cells.ending[CELLS - 1 - cell] |= cells.ending[CELLS - cell];
        }
        Some(cells)
    }

    /// The edges that share a cell with one: they begin before it ends, and end after it begins.
    fn near(&self, edge: usize) -> u64 {
        let (first, last) = self.of[edge];
        self.begun[usize::from(last) % CELLS] & self.ending[usize::from(first) % CELLS]
    }
}

/// Whether the way from `before` over `corner` to `after` certainly does not run back over itself.
pub(super) fn turns(before: Coord<f64>, corner: Coord<f64>, after: Coord<f64>) -> bool {
    let (u, v) = (before - corner, after - corner);
    u.x * v.x + u.y * v.y < 0.0 || side(before, corner, after) != 0
}

/// Whether two edges without a common end certainly have no common point.
pub(super) fn are_apart(a: [Coord<f64>; 2], b: [Coord<f64>; 2]) -> bool {
    let beside = |along: fn(&Coord<f64>) -> f64| {
        let (a, b) = (a.each_ref().map(along), b.each_ref().map(along));
        a[0].max(a[1]) < b[0].min(b[1]) || b[0].max(b[1]) < a[0].min(a[1])
    };
    if beside(|point| point.x) || beside(|point| point.y) {
        return true;
    }
    // Each side is −1, 0 or 1, so the product is 1 only if both ends lie on the same side for certain.
    side(a[0], a[1], b[0]) * side(a[0], a[1], b[1]) == 1 || side(b[0], b[1], a[0]) * side(b[0], b[1], a[1]) == 1
}

/// On which side of the line from `p` to `q` a point lies: 1 left, −1 right, 0 not certain.
fn side(p: Coord<f64>, q: Coord<f64>, r: Coord<f64>) -> i8 {
    let left = (p.x - r.x) * (q.y - r.y);
    let right = (p.y - r.y) * (q.x - r.x);
    let (determinant, rounding) = (left - right, ROUNDING * (left.abs() + right.abs()));
    i8::from(determinant > rounding) - i8::from(determinant < -rounding)
}

#[cfg(test)]
mod tests {
    use geo::{LineString, Polygon};
    use proptest::prelude::*;

    use super::*;
    use crate::valid::check::first_problem;

    fn is_valid(ring: &[Coord<f64>]) -> bool {
        first_problem(&[Polygon::new(LineString(ring.to_vec()), vec![])]).is_none()
    }

    /// Points on a small grid, so that rings touch and retrace themselves often; no point twice in a row.
    fn on_grid(side: i32, most: usize) -> impl Strategy<Value = Vec<Coord<f64>>> {
        prop::collection::vec((0..side, 0..side), 3..most).prop_map(|points| {
            let mut ring: Vec<_> =
                points.into_iter().map(|(x, y)| Coord { x: f64::from(x) * 0.1, y: f64::from(y) * 0.1 }).collect();
            ring.extend(ring.first().copied());
            ring.dedup();
            ring
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_is_certain_is_true(ring in on_grid(6, 9)) {
            prop_assert!(!is_certainly_simple(&ring) || is_valid(&ring), "{ring:?}");
        }

        #[test]
        fn stars_are_found_simple_and_stay_so_until_a_point_is_moved_across(
            radii in prop::collection::vec(1.0..9.0f64, 5..64), moved in any::<prop::sample::Index>(), angle in 0.0..6.3f64,
        ) {
            let count = radii.len() as f64;
            let mut ring: Vec<Coord<f64>> = radii.iter().enumerate().map(|(place, radius)| {
                let (sin, cos) = (place as f64 / count * std::f64::consts::TAU).sin_cos();
                Coord { x: 116.0 + 1e-4 * radius * cos, y: 43.9 + 1e-4 * radius * sin }
            }).collect();
            ring.push(ring[0]);
            prop_assert!(is_certainly_simple(&ring));
            let place = moved.index(radii.len() - 1) + 1;
            if place < ring.len() - 1 {
                ring[place] = Coord { x: 116.0 + 5e-4 * angle.cos(), y: 43.9 + 5e-4 * angle.sin() };
                // No three corners of a random ring lie on one line, so both know for certain.
                prop_assert_eq!(is_certainly_simple(&ring), is_valid(&ring));
            }
        }
    }

    #[test]
    fn edges_on_one_line_are_no_reason_to_doubt() {
        let points = [(0.0, 0.0), (1.0, 0.1), (2.0, 0.2), (3.0, 0.3), (4.0, 0.4), (4.0, 3.0), (0.0, 3.0), (0.0, 0.0)];
        assert!(is_certainly_simple(&points.map(|(x, y)| Coord { x, y })));
    }

    #[test]
    fn what_touches_is_left_to_the_sweep() {
        let ring = |points: &[(f64, f64)]| points.iter().map(|&(x, y)| Coord { x, y }).collect::<Vec<_>>();
        let spike = ring(&[(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (2.0, 1.0), (0.0, 2.0), (0.0, 0.0)]);
        let pinch = ring(&[(0.0, 0.0), (2.0, 0.0), (1.0, 1.0), (2.0, 2.0), (0.0, 2.0), (1.0, 1.0), (0.0, 0.0)]);
        let flat = ring(&[(0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (0.0, 0.0)]);
        assert!([spike, pinch, flat].iter().all(|ring| !is_certainly_simple(ring) && !is_valid(ring)));
    }
}
