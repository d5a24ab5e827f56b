//! Polygons that snapping or clipping broke, repaired in integers.

use std::cell::RefCell;

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{ContourDirection, IntOverlayOptions, Overlay};
use i_overlay::core::solver::Solver;
use i_overlay::i_float::int::point::IntPoint;

use crate::valid::{GridPoint, Polygons, is_valid};

/// Repeats until the result passes the check; what never does is left out.
const ROUNDS: usize = 3;

/// The land that polygons cover with a positive winding number, as valid polygons; may be none.
///
/// Where edges meet only in common vertices, as after snapping, no vertex moves.
pub(crate) fn repair(polygons: &[Vec<Vec<GridPoint>>]) -> Polygons {
    let mut result = overlay(polygons);
    for _ in 1..ROUNDS {
        if result.is_empty() || is_valid(&result) {
            return result;
        }
        result = overlay(&result);
    }
    if !result.is_empty() && !is_valid(&result) {
        result.retain(|rings| is_valid(std::slice::from_ref(rings)));
    }
    result
}

thread_local! {
    static OVERLAY: RefCell<Overlay<i32>> = RefCell::new(Overlay::new_custom(64, OPTIONS, Solver::default()));
}

const OPTIONS: IntOverlayOptions<u64> = IntOverlayOptions {
    preserve_input_collinear: true,
    // Counter-clockwise for an overlay with y up is positive for a tile with y down.
    output_direction: ContourDirection::CounterClockwise,
    preserve_output_collinear: true,
    min_output_area: 0,
    ogc: true,
};

fn overlay(polygons: &[Vec<Vec<GridPoint>>]) -> Polygons {
    let points = || polygons.iter().flatten().flatten();
    let Some(west) = points().map(|p| p.x).min() else { return Vec::new() };
    let Some(north) = points().map(|p| p.y).min() else { return Vec::new() };
    // The engine's coordinates end at ±2³⁰; the deepest grid is 2³⁰ across, so from its own corner
    // halved to both sides every feature fits.
    let origin = GridPoint { x: west + (1 << 29), y: north + (1 << 29) };
    let inward = |p: &GridPoint| IntPoint::new((p.x - origin.x) as i32, (p.y - origin.y) as i32);
    let outward = |p: IntPoint<i32>| GridPoint { x: i64::from(p.x) + origin.x, y: i64::from(p.y) + origin.y };
    let rings: Vec<Vec<IntPoint<i32>>> =
        polygons.iter().flatten().map(|ring| ring.iter().map(inward).collect()).collect();
    let shapes = OVERLAY.with_borrow_mut(|overlay| overlay.simplify_source(&rings, FillRule::Positive));
    let ring = |ring: Vec<IntPoint<i32>>| ring.into_iter().map(outward).collect();
    shapes.into_iter().map(|shape| shape.into_iter().map(ring).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(i64, i64)]) -> Vec<GridPoint> {
        points.iter().map(|&(x, y)| GridPoint { x, y }).collect()
    }

    #[test]
    fn holes_keep_their_winding() {
        let mut hole = ring(&[(2, 2), (5, 2), (5, 5), (2, 5)]);
        hole.reverse();
        let spiked = ring(&[(0, 0), (9, 0), (12, 0), (9, 0), (9, 9), (0, 9)]);
        let repaired = repair(&[vec![spiked, hole]]);
        assert!(is_valid(&repaired));
        assert_eq!((repaired.len(), repaired[0].len()), (1, 2));
    }
}
