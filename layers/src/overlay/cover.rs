//! One patch against the polygons that may cover it.

use geo::{BooleanOps, BoundingRect, MultiPolygon};

use super::index::BoxIndex;
use super::sliver::{fold_slivers, total_area};
use super::window::{self, Near, boxes_overlap};
use crate::measure::plane::plane_area;

/// Shares of a patch that differ by less than this are equal: cutting rounds.
pub const EVEN: f64 = 1e-6;

/// How a patch is covered. Parts and uncovered land together are the patch.
#[derive(Clone, Debug)]
pub struct Cover {
    /// The covered parts, in ascending order of the covering polygon; none is empty.
    pub parts: Vec<Part>,
    /// What no polygon covers, slivers folded away.
    pub uncovered: MultiPolygon<f64>,
    /// Its square metres; with those of all parts they sum to the patch exactly.
    pub uncovered_area: f64,
    /// Square metres that other polygons claim beside the one that has them, the first; twice those
    /// that two others claim.
    pub contested: f64,
    /// Slivers folded into a neighbour.
    pub folded: usize,
    /// |patch − parts − uncovered| in square metres before the areas were closed.
    pub residual: f64,
}

/// The part of a patch that lies in one covering polygon.
#[derive(Clone, Debug)]
pub struct Part {
    /// Place of the covering polygon in its list.
    pub by: usize,
    /// The land.
    pub land: MultiPolygon<f64>,
    /// Its square metres in the plane; with the uncovered land they sum to the patch exactly.
    pub area: f64,
}

/// Cuts `patch` by the polygons of a layer.
///
/// # Units
/// All geometries in metres of one equal-area plane.
pub fn cover(patch: &MultiPolygon<f64>, layer: &[MultiPolygon<f64>], index: &BoxIndex) -> Cover {
    let area = plane_area(patch).0;
    let near = nearby(patch, layer, index);

    let mut lands: Vec<MultiPolygon<f64>> = near.iter().map(|(_, near)| within(patch, near)).collect();
    let claimed = total_area(&lands);
    // Never all of a small patch: its area of record need not be small.
    let tolerance = (0.01 + 1e-9 * area).min(0.1 * area);
    let mut contested = 0.0;
    // The sum alone does not tell: one polygon drawn twice over half a patch claims it exactly.
    if claimed > area + tolerance || any_overlap(&lands, tolerance) {
        lands = first_come(patch, &near);
        contested = claimed - total_area(&lands);
    }
    let covered = total_area(&lands);
    let mut rest = MultiPolygon(vec![]);
    if area - covered > tolerance {
        rest = near.iter().fold(patch.clone(), |rest, (_, near)| without(&rest, near));
    }
    let residual = (area - covered - plane_area(&rest).0).abs();

    lands.push(rest);
    let folded = fold_slivers(&mut lands);
    let uncovered = lands.pop().expect("the rest was pushed last");
    let mut parts: Vec<Part> = near
        .into_iter()
        .zip(lands)
        .filter(|(_, land)| !land.0.is_empty())
        .map(|((by, _), land)| Part { by, area: plane_area(&land).0, land })
        .collect();
    let uncovered_area = if parts.is_empty() { area } else { plane_area(&uncovered).0 };
    close(&mut parts, area - uncovered_area);
    Cover { parts, uncovered, uncovered_area, contested, folded, residual }
}

/// The polygons that may cover land of the patch, ascending, with what it can meet of them.
fn nearby(patch: &MultiPolygon<f64>, layer: &[MultiPolygon<f64>], index: &BoxIndex) -> Vec<(usize, Near)> {
    let Some(bounds) = patch.bounding_rect() else { return Vec::new() };
    let of = |place: usize| (place, window::near(&layer[place], bounds));
    index.near(patch).into_iter().map(of).filter(|(_, near)| *near != Near::Apart).collect()
}

fn within(land: &MultiPolygon<f64>, near: &Near) -> MultiPolygon<f64> {
    match near {
        Near::Apart => MultiPolygon(vec![]),
        Near::Whole => land.clone(),
        Near::Rings(rings) => land.intersection(rings),
    }
}

fn without(land: &MultiPolygon<f64>, near: &Near) -> MultiPolygon<f64> {
    match near {
        Near::Apart => land.clone(),
        Near::Whole => MultiPolygon(vec![]),
        Near::Rings(rings) => land.difference(rings),
    }
}

/// Whether two of the parts have more than a border in common.
fn any_overlap(lands: &[MultiPolygon<f64>], tolerance: f64) -> bool {
    let pairs = lands.iter().enumerate().flat_map(|(place, a)| lands[..place].iter().map(move |b| (a, b)));
    let boxes_meet = |a: &MultiPolygon<f64>, b: &MultiPolygon<f64>| {
        a.bounding_rect().zip(b.bounding_rect()).is_some_and(|(a, b)| boxes_overlap(a, b))
    };
    pairs.filter(|(a, b)| boxes_meet(a, b)).any(|(a, b)| plane_area(&a.intersection(b)).0 > tolerance)
}

/// Where covering polygons overlap each other, the first in their order has the land.
fn first_come(patch: &MultiPolygon<f64>, near: &[(usize, Near)]) -> Vec<MultiPolygon<f64>> {
    let mut rest = patch.clone();
    let take = |(_, near): &(usize, Near)| {
        let land = within(&rest, near);
        rest = without(&rest, near);
        land
    };
    near.iter().map(take).collect()
}

/// Gives the rounding that cutting left over to the largest part, so that totals close.
fn close(parts: &mut [Part], target: f64) {
    let sum: f64 = parts.iter().map(|part| part.area).sum();
    let largest = parts.iter_mut().max_by(|a, b| a.area.total_cmp(&b.area).then(b.by.cmp(&a.by)));
    if let Some(part) = largest {
        part.area += target - sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Rect, coord};
    use proptest::prelude::*;

    fn square(x: f64, y: f64, width: f64, height: f64) -> MultiPolygon<f64> {
        Rect::new(coord! { x: x, y: y }, coord! { x: x + width, y: y + height }).to_polygon().into()
    }

    fn covered(patch: &MultiPolygon<f64>, layer: &[MultiPolygon<f64>]) -> Cover {
        cover(patch, layer, &BoxIndex::new(layer))
    }

    #[test]
    fn parts_and_uncovered_land_make_the_patch() {
        let layer = [square(-50., -50., 100., 200.), square(50., -50., 30., 200.)];
        let result = covered(&square(0., 0., 100., 100.), &layer);
        let areas: Vec<f64> = result.parts.iter().map(|part| part.area.round()).collect();
        assert_eq!(areas, [5000.0, 3000.0]);
        assert!((result.uncovered_area - 2000.0).abs() < 1e-3);
    }

    #[test]
    fn overlapping_polygons_do_not_count_land_twice() {
        let layer = [square(0., 0., 60., 100.), square(40., 0., 60., 100.)];
        let result = covered(&square(0., 0., 100., 100.), &layer);
        assert!((result.parts[0].area - 6000.0).abs() < 1e-3 && (result.parts[1].area - 4000.0).abs() < 1e-3);
        assert!((result.contested - 2000.0).abs() < 1e-2);
    }

    #[test]
    fn a_polygon_drawn_twice_over_half_a_patch_covers_half() {
        let layer = [square(0., 0., 50., 100.), square(0., 0., 50., 100.)];
        let result = covered(&square(0., 0., 100., 100.), &layer);
        assert!((result.uncovered_area - 5000.0).abs() < 1e-3);
        assert_eq!(result.parts.len(), 1);
    }

    #[test]
    fn the_smallest_patch_is_uncovered_where_nothing_covers_it() {
        let patch = square(0., 0., 0.05, 0.05);
        let half = [square(0.025, 0., 1., 1.)];
        assert!((covered(&patch, &[]).uncovered_area - 0.0025).abs() < 1e-9);
        let result = covered(&patch, &half);
        let parts: f64 = result.parts.iter().map(|part| part.area).sum();
        assert!((parts - 0.00125).abs() < 1e-6, "{parts}");
        assert!((parts + result.uncovered_area - 0.0025).abs() < 1e-9);
    }

    #[test]
    fn a_patch_under_a_sliver_alone_is_uncovered_to_the_last_bit() {
        let patch = square(0.1, 0.2, 30.3, 40.7);
        let result = covered(&patch, &[square(12.3, 40.87, 9.1, 5.)]);
        assert_eq!((result.parts.len(), result.folded), (0, 1));
        assert_eq!(result.uncovered_area, plane_area(&patch).0);
    }

    #[test]
    fn a_polygon_that_only_touches_covers_nothing() {
        let result = covered(&square(0., 0., 100., 100.), &[square(100., 0., 50., 100.)]);
        assert!(result.parts.is_empty());
        assert!((result.uncovered_area - 10_000.0).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn area_is_conserved(boxes in prop::collection::vec((-80.0..120.0f64, -80.0..120.0f64, 1.0..150.0f64, 1.0..150.0f64), 0..8)) {
            let layer: Vec<_> = boxes.iter().map(|&(x, y, w, h)| square(x, y, w, h)).collect();
            let result = covered(&square(0., 0., 100., 100.), &layer);
            let parts: f64 = result.parts.iter().map(|part| part.area).sum();
            prop_assert!((parts + result.uncovered_area - 10_000.0).abs() < 1e-6);
            prop_assert!(result.residual <= 0.01 + 1e-5, "{}", result.residual);
        }
    }
}
