//! What becomes of shapes that snapping or clipping broke: repaired in integers, or, where nothing
//! is left of them, drawn as small as the grid allows.

use std::cell::RefCell;

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{ContourDirection, IntOverlayOptions, Overlay};
use i_overlay::core::solver::Solver;
use i_overlay::i_float::int::point::IntPoint;

use crate::snap::{EXTENT, GridPoint};
use crate::valid::{Polygons, is_valid};
use crate::world::Shape;

/// What was done to a feature at one zoom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Care {
    /// It was repaired.
    pub(crate) repaired: bool,
    /// It is drawn as a minimum shape.
    pub(crate) minimum: bool,
}

/// Makes a snapped shape fit to be drawn: valid, and never nothing.
pub(crate) fn settle(shape: &mut Shape<GridPoint>, zoom: u8) -> Care {
    let mut care = Care::default();
    match shape {
        Shape::Points(_) => {}
        Shape::Lines(lines) => {
            if lines.iter().all(|line| line.len() < 2) {
                *shape = minimum(shape, zoom);
                care.minimum = true;
            } else {
                lines.retain(|line| line.len() > 1);
            }
        }
        Shape::Polygons(polygons) => {
            if is_valid(polygons) {
                return care;
            }
            let repaired = repair(polygons);
            if repaired.is_empty() {
                *shape = minimum(shape, zoom);
                care.minimum = true;
            } else {
                *polygons = repaired;
                care.repaired = true;
            }
        }
    }
    care
}

/// The smallest shape of the same kind at the same place; points are as small as can be.
pub(crate) fn minimum(shape: &Shape<GridPoint>, zoom: u8) -> Shape<GridPoint> {
    match shape {
        Shape::Points(points) => Shape::Points(points.clone()),
        Shape::Lines(lines) => Shape::Lines(lines.iter().flatten().take(1).map(|&at| minimum_line(at, zoom)).collect()),
        Shape::Polygons(polygons) => Shape::Polygons(vec![vec![minimum_square(polygons, zoom)]]),
    }
}

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

/// A square of one unit where a polygon was.
fn minimum_square(polygons: &Polygons, zoom: u8) -> Vec<GridPoint> {
    let points = || polygons.iter().flatten().flatten();
    let middle = |of: fn(&GridPoint) -> i64| {
        let (low, high) = points().map(of).fold((i64::MAX, i64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        (low + high).div_euclid(2).clamp(0, (EXTENT << zoom) - 1)
    };
    let (x, y) = (middle(|p| p.x), middle(|p| p.y));
    [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)].map(|(x, y)| GridPoint { x, y }).to_vec()
}

/// A line of one unit where a line was.
fn minimum_line(place: GridPoint, zoom: u8) -> Vec<GridPoint> {
    let x = place.x.clamp(0, (EXTENT << zoom) - 1);
    vec![GridPoint { x, y: place.y }, GridPoint { x: x + 1, y: place.y }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::valid::doubled_area;

    fn ring(points: &[(i64, i64)]) -> Vec<GridPoint> {
        points.iter().map(|&(x, y)| GridPoint { x, y }).collect()
    }

    #[test]
    fn a_pinched_ring_becomes_two_polygons() {
        let pinched = ring(&[(0, 0), (4, 0), (4, 4), (8, 4), (8, 8), (4, 8), (4, 4), (0, 4)]);
        let mut shape = Shape::Polygons(vec![vec![pinched]]);
        assert_eq!(settle(&mut shape, 3), Care { repaired: true, minimum: false });
        let Shape::Polygons(polygons) = shape else { unreachable!("stays a polygon") };
        assert!(is_valid(&polygons));
        assert_eq!(polygons.iter().map(|rings| doubled_area(&rings[0])).sum::<i128>(), 64);
    }

    #[test]
    fn what_collapses_is_drawn_as_a_minimum() {
        let mut polygon = Shape::Polygons(vec![vec![ring(&[(4096, 7), (4090, 7), (4093, 7)])]]);
        assert_eq!(settle(&mut polygon, 0), Care { repaired: false, minimum: true });
        assert_eq!(polygon, Shape::Polygons(vec![vec![ring(&[(4093, 7), (4094, 7), (4094, 8), (4093, 8)])]]));
        let mut line = Shape::Lines(vec![ring(&[(4096, 4096)])]);
        assert!(settle(&mut line, 0).minimum);
        assert_eq!(line, Shape::Lines(vec![ring(&[(4095, 4096), (4096, 4096)])]));
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
