//! The part of a covering polygon that a patch can meet.
//!
//! A road network or an industrial zone has thousands of vertices, a patch meets a few of them.
//! Cutting the rings off around the patch first makes the overlay as small as the patch.
//!
//! ```text
//!        ┌ window ───────┐          ┌───────────────┐
//!   ╱╲   │   ┌─patch─┐   │          │   ┌─patch─┐   │
//!  ╱  ╲──┼───┼───────┼───┼──╲   →   ┝━━━┿━━━━━━━┿━━━┥   what is outside becomes border:
//!        │   └───────┘   │   ╲      ┃   └───────┘   ┃   no overlay with the patch sees it
//!        └───────────────┘          ┗━━━━━━━━━━━━━━━┛
//! ```

use geo::{BoundingRect, Coord, CoordsIter, LineString, MultiPolygon, Polygon, Rect};

use crate::measure::plane::signed_ring_area;

/// Metres around a patch at which covering polygons are cut off.
const MARGIN: f64 = 1.0;

/// What a patch can meet of a polygon.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Near {
    /// Nothing.
    Apart,
    /// The polygon holds everything around the patch.
    Whole,
    /// Rings that are the polygon inside the window: every ring a part of its own, to be filled by
    /// the even-odd rule, as geo's boolean operations do.
    Rings(MultiPolygon<f64>),
}

/// The part of `polygons` that anything inside `bounds` can meet.
pub(crate) fn near(polygons: &MultiPolygon<f64>, bounds: Rect<f64>) -> Near {
    let margin = Coord { x: MARGIN, y: MARGIN };
    let window = Rect::new(bounds.min() - margin, bounds.max() + margin);
    let mut around = false;
    let mut rings = Vec::new();
    for ring in polygons.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors())) {
        let points = clip(ring, window);
        if points.windows(2).all(|edge| runs_along(edge[0], edge[1], window)) {
            // Around the window, or beside it and back: a hole around it cancels a shell around it.
            let area = signed_ring_area(&LineString::new(points)).abs();
            around ^= area > window.width() * window.height() / 2.0;
        } else {
            rings.push(Polygon::new(LineString::new(points), vec![]));
        }
    }
    match (rings.is_empty(), around) {
        (true, true) => Near::Whole,
        (true, false) => Near::Apart,
        (false, true) => {
            rings.push(window.to_polygon());
            Near::Rings(MultiPolygon(rings))
        }
        (false, false) => Near::Rings(MultiPolygon(rings)),
    }
}

/// Whether two areas may share more than a border.
pub(crate) fn may_meet(patch: &MultiPolygon<f64>, other: &MultiPolygon<f64>) -> bool {
    let (Some(a), Some(b)) = (patch.bounding_rect(), other.bounding_rect()) else { return false };
    boxes_overlap(a, b) && is_near(patch, b) && is_near(other, a)
}

/// Whether [`near`] finds anything.
fn is_near(polygons: &MultiPolygon<f64>, bounds: Rect<f64>) -> bool {
    // Edges at a vertex inside the window are no border of it; most that are near have such a vertex.
    let (min, max) = (bounds.min(), bounds.max());
    let holds = |point: Coord<f64>| min.x < point.x && point.x < max.x && min.y < point.y && point.y < max.y;
    polygons.coords_iter().any(holds) || near(polygons, bounds) != Near::Apart
}

/// Whether two boxes share more than a border.
fn boxes_overlap(a: Rect<f64>, b: Rect<f64>) -> bool {
    a.min().x < b.max().x && b.min().x < a.max().x && a.min().y < b.max().y && b.min().y < a.max().y
}

/// Whether an edge lies on one side of the window.
fn runs_along(a: Coord<f64>, b: Coord<f64>, window: Rect<f64>) -> bool {
    let (min, max) = (window.min(), window.max());
    let side = |a: f64, b: f64, min: f64, max: f64| a == b && (a == min || a == max);
    side(a.x, b.x, min.x, max.x) || side(a.y, b.y, min.y, max.y)
}

/// The ring inside the window, closed, side by side (Sutherland and Hodgman, Communications of the
/// ACM 17, 1974). Points inside keep their bits, and every point inside is wound around as often as
/// before; edges may run to and fro along the border.
fn clip(ring: &LineString<f64>, window: Rect<f64>) -> Vec<Coord<f64>> {
    let (min, max) = (window.min(), window.max());
    let flip = |c: Coord<f64>| Coord { x: c.y, y: c.x };
    let points = cut(&ring.0, |c| c.x >= min.x, min.x);
    let points = cut(&points, |c| c.x <= max.x, max.x);
    let points: Vec<_> = points.into_iter().map(flip).collect();
    let points = cut(&points, |c| c.x >= min.y, min.y);
    let points = cut(&points, |c| c.x <= max.y, max.y);
    points.into_iter().map(flip).collect()
}

/// Cuts a closed ring along the line x = `limit`.
fn cut(ring: &[Coord<f64>], inside: impl Fn(&Coord<f64>) -> bool, limit: f64) -> Vec<Coord<f64>> {
    let mut kept = Vec::with_capacity(ring.len() + 4);
    for edge in ring.windows(2) {
        let (from, to) = (inside(&edge[0]), inside(&edge[1]));
        if from {
            kept.push(edge[0]);
        }
        if from != to {
            // The same point whichever way the edge runs: neighbours stay neighbours.
            let (a, b) =
                if (edge[0].x, edge[0].y) < (edge[1].x, edge[1].y) { (edge[0], edge[1]) } else { (edge[1], edge[0]) };
            kept.push(Coord { x: limit, y: a.y + (b.y - a.y) * ((limit - a.x) / (b.x - a.x)) });
        }
    }
    kept.extend(kept.first().copied());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::plane::plane_area;
    use geo::{BooleanOps, coord};
    use proptest::prelude::*;

    /// A star around the origin with a smaller one as its hole, moved.
    fn star(radii: &[f64], dx: f64, dy: f64) -> MultiPolygon<f64> {
        let ring = |scale: f64| -> LineString<f64> {
            let at = |(i, radius): (usize, &f64)| {
                let angle = std::f64::consts::TAU * i as f64 / radii.len() as f64;
                coord! { x: dx + scale * radius * angle.cos(), y: dy + scale * radius * angle.sin() }
            };
            radii.iter().enumerate().map(at).collect()
        };
        Polygon::new(ring(1.0), vec![ring(0.5)]).into()
    }

    fn bounds() -> Rect<f64> {
        Rect::new(coord! { x: -50.0, y: -30.0 }, coord! { x: 50.0, y: 30.0 })
    }

    #[test]
    fn an_edge_from_side_to_side_is_kept() {
        let half = MultiPolygon::from(Rect::new(coord! { x: -500., y: -500. }, coord! { x: 0., y: 500. }).to_polygon());
        let Near::Rings(rings) = near(&half, bounds()) else { panic!("it crosses the window") };
        assert_eq!(plane_area(&rings).0, 51.0 * 62.0);
    }

    #[test]
    fn a_patch_inside_a_polygon_or_its_hole_meets_no_ring() {
        let wide = vec![400.0; 16];
        assert_eq!(near(&star(&wide, 0.0, 0.0), bounds()), Near::Apart, "in the hole");
        assert_eq!(near(&star(&wide, 300.0, 0.0), bounds()), Near::Whole, "between shell and hole");
        assert_eq!(near(&star(&wide, 300.0, 500.0), bounds()), Near::Apart, "beside it");
    }

    proptest! {
        #[test]
        fn the_overlay_with_what_is_near_is_the_overlay(
            radii in prop::collection::vec(20.0..200.0f64, 3..40), dx in -200.0..200.0f64, dy in -200.0..200.0f64
        ) {
            let (other, patch) = (star(&radii, dx, dy), MultiPolygon::from(bounds().to_polygon()));
            let expected = plane_area(&patch.intersection(&other)).0;
            let area = match near(&other, bounds()) {
                Near::Apart => 0.0,
                Near::Whole => plane_area(&patch).0,
                Near::Rings(rings) => plane_area(&patch.intersection(&rings)).0,
            };
            prop_assert!((area - expected).abs() < 1e-3, "{area} {expected}");
        }
    }
}
