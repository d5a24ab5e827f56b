//! Repairing polygons on an integer grid of a local metric plane.
//!
//! The plane is plainly degrees times metres per degree at the first vertex, so an edge that is
//! straight in lon/lat is straight in it, and a vertex on an edge stays on the edge. (The equal-area
//! plane of the measurements bends a 5 km edge by centimetres: what is flat in one would be a
//! sliver in the other.)
//!
//! The fill rule follows the structure that the data state, as GEOS's "structure" method does:
//! each exterior ring covers whatever it winds around (non-zero), its holes, likewise filled, are
//! taken away, and the parts are united. Even-odd, as geo's `make_valid` has it, would turn land
//! that is drawn twice into a hole: a part that overlaps another, a ring run through twice, a loop
//! digitised over itself. A hole outside its shell takes nothing away and adds nothing.
//!
//! Vertices that were there keep their coordinates to the last bit, so a repaired parcel still
//! meets its neighbours; only crossings make new ones, on the grid.

use std::collections::HashMap;

use geo::coordinate_position::{CoordPos, coord_pos_relative_to_ring};
use geo::{Coord, CoordsIter, InteriorPoint, LineString, MultiPolygon, Polygon};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::i_float::int::point::IntPoint;

use super::{check, tidy_polygon};
use crate::measure::plane::signed_ring_area;

type Point = IntPoint<i64>;
type Ring = Vec<Point>;

/// A polygon on the grid; rings are not closed.
#[derive(Debug)]
struct Shape {
    shell: Ring,
    holes: Vec<Ring>,
}

/// Grid steps in metres, finest first: 0.1 mm, and coarser where rounding a crossing to the grid
/// brought it across an edge. The last is the tolerance of a cadastral survey, 1 cm.
const GRIDS_M: [f64; 3] = [1e-4, 1e-3, 1e-2];
/// On a sphere of the Earth's mean radius (IUGG, 6 371 008.8 m); a grid needs no better.
const METRES_PER_DEGREE: f64 = 111_195.08;

/// Makes polygons in lon/lat valid; empty if nothing with an area is left or no grid helps.
pub(super) fn repair(drawn: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let Some(origin) = drawn.exterior_coords_iter().next() else { return MultiPolygon(vec![]) };
    for step_m in GRIDS_M {
        let grid = Grid::around(origin, step_m);
        let (shapes, originals) = resolve(drawn, &grid);
        // First with the original vertices, then with all vertices on the grid.
        for keep in [true, false] {
            let none = HashMap::new();
            let originals = if keep { &originals } else { &none };
            let mut polygons: Vec<Polygon<f64>> = shapes.iter().map(|shape| grid.polygon(shape, originals)).collect();
            polygons.iter_mut().for_each(tidy_polygon);
            if check::first_problem(&polygons).is_none() {
                return MultiPolygon(polygons);
            }
        }
    }
    MultiPolygon(vec![])
}

/// Whole steps of a grid, east and north of an origin.
struct Grid {
    origin: Coord<f64>,
    /// Degrees in a step.
    step: Coord<f64>,
}

impl Grid {
    fn around(origin: Coord<f64>, step_m: f64) -> Self {
        let north = step_m / METRES_PER_DEGREE;
        // Near the poles a degree of longitude is no length any more; 85° is as far as it matters.
        let east = north / origin.y.clamp(-85.0, 85.0).to_radians().cos();
        Self { origin, step: Coord { x: east, y: north } }
    }

    fn snap(&self, point: Coord<f64>) -> Point {
        let steps = |value: f64, origin: f64, step: f64| ((value - origin) / step).round() as i64;
        Point::new(steps(point.x, self.origin.x, self.step.x), steps(point.y, self.origin.y, self.step.y))
    }

    fn unsnap(&self, point: &Point) -> Coord<f64> {
        let (x, y) = (point.x as f64 * self.step.x, point.y as f64 * self.step.y);
        self.origin + Coord { x, y }
    }

    fn polygon(&self, shape: &Shape, originals: &HashMap<Point, Coord<f64>>) -> Polygon<f64> {
        let back = |point: &Point| originals.get(point).copied().unwrap_or_else(|| self.unsnap(point));
        // `Polygon::new` closes the rings.
        let ring = |points: &Ring| LineString::new(points.iter().map(back).collect());
        Polygon::new(ring(&shape.shell), shape.holes.iter().map(ring).collect())
    }
}

/// Exteriors less holes, part by part, then all parts united; and where each grid point came from.
fn resolve(drawn: &MultiPolygon<f64>, grid: &Grid) -> (Vec<Shape>, HashMap<Point, Coord<f64>>) {
    let mut originals = HashMap::new();
    let mut snapped = |ring: &LineString<f64>| -> Ring {
        let mut points: Ring = Vec::with_capacity(ring.0.len());
        for &coordinate in &ring.0 {
            let point = grid.snap(coordinate);
            originals.entry(point).or_insert(coordinate);
            if points.last() != Some(&point) {
                points.push(point);
            }
        }
        points.pop();
        points
    };
    let mut parts: Vec<Ring> = Vec::new();
    for polygon in drawn {
        let shell = vec![snapped(polygon.exterior())];
        let mut holes: Vec<Ring> = Vec::new();
        for hole in polygon.interiors() {
            // Each for itself first: lobes that turn the other way would cancel where holes overlap.
            let filled = overlay(&vec![snapped(hole)], &Vec::new(), OverlayRule::Subject);
            holes.extend(filled.into_iter().flatten());
        }
        parts.extend(overlay(&shell, &holes, OverlayRule::Difference).into_iter().flatten());
    }
    (nested(overlay(&parts, &Vec::new(), OverlayRule::Subject)), originals)
}

/// Shapes, each a shell and then the holes that the overlay puts into it.
fn overlay(subject: &Vec<Ring>, clip: &Vec<Ring>, rule: OverlayRule) -> Vec<Vec<Ring>> {
    // Points on straight edges stay: a neighbour may have a corner there.
    let options = IntOverlayOptions { ogc: true, ..IntOverlayOptions::keep_all_points() };
    Overlay::<i64>::from_subj_and_clip_custom(subject, clip, options, Default::default())
        .overlay(rule, FillRule::NonZero)
}

/// Puts each hole into the smallest shell around it.
///
/// i_overlay 9.1 gives simple rings, but can put a hole into a far-off shell when an island touches
/// the ring around it in points (`an_island_that_touches_its_shore_keeps_out_of_other_holes`); this goes
/// when it no longer does.
fn nested(shapes: Vec<Vec<Ring>>) -> Vec<Shape> {
    let (mut shells, mut holes) = (Vec::new(), Vec::new());
    for shape in shapes {
        let mut rings = shape.into_iter();
        shells.extend(rings.next().map(|shell| (closed(&shell), Shape { shell, holes: vec![] })));
        holes.extend(rings);
    }
    shells.sort_by(|(a, _), (b, _)| signed_ring_area(a).abs().total_cmp(&signed_ring_area(b).abs()));
    for hole in holes {
        let outline = closed(&hole);
        // A hole without shell cannot be; if it were, validation would notice what is missing.
        if let Some((_, shape)) = shells.iter_mut().find(|(shell, _)| surrounds(shell, &outline)) {
            shape.holes.push(hole);
        }
    }
    shells.into_iter().map(|(_, shape)| shape).collect()
}

/// The ring in grid steps, which doubles hold exactly.
fn closed(ring: &Ring) -> LineString<f64> {
    ring.iter().chain(ring.first()).map(|point| Coord { x: point.x as f64, y: point.y as f64 }).collect()
}

/// Whether one ring lies in another that it does not cross, though it may touch it.
fn surrounds(shell: &LineString<f64>, hole: &LineString<f64>) -> bool {
    let sides = hole.0.iter().map(|&point| coord_pos_relative_to_ring(point, shell));
    let mut decided = sides.filter(|side| *side != CoordPos::OnBoundary);
    decided.next().map_or_else(
        || {
            let inner = Polygon::new(hole.clone(), vec![]).interior_point();
            inner.is_some_and(|inner| coord_pos_relative_to_ring(inner.0, shell) == CoordPos::Inside)
        },
        |side| side == CoordPos::Inside,
    )
}

#[cfg(test)]
mod tests {
    use super::super::{Made, make_valid};
    use super::*;
    use geo::{Geometry, Validation, wkt};
    use proptest::prelude::*;

    /// Repairs and returns reason, areas in hectares, and the number of parts and holes.
    fn mended(geometry: impl Into<Geometry<f64>>) -> (String, f64, f64, usize, usize) {
        match make_valid(geometry.into()) {
            Made::Repaired { geometry, reason, before, after } => {
                assert!(geometry.is_valid(), "{geometry:?}");
                let parts = MultiPolygon::try_from(geometry.clone())
                    .or_else(|_| Polygon::try_from(geometry).map(MultiPolygon::from))
                    .expect("polygons");
                let holes = parts.iter().map(|part| part.interiors().len()).sum();
                (reason, before.hectares().round(), after.hectares().round(), parts.0.len(), holes)
            }
            other => panic!("{other:?}"),
        }
    }

    /// A hundredth of a degree at the equator is about a kilometre: one unit square is 123 ha.
    fn scaled(polygons: MultiPolygon<f64>) -> MultiPolygon<f64> {
        use geo::MapCoords;
        polygons.map_coords(|c| Coord { x: c.x / 100.0, y: c.y / 100.0 })
    }

    #[test]
    fn a_bow_tie_becomes_two_triangles() {
        let bow = scaled(wkt!(MULTIPOLYGON(((0. 0.,2. 2.,2. 0.,0. 2.,0. 0.)))));
        let (reason, before, after, parts, _) = mended(bow);
        assert_eq!(
            (reason.as_str(), before, after, parts),
            ("exterior ring crosses itself near 0.010000, 0.010000", 0.0, 246.0, 2)
        );
    }

    #[test]
    fn land_drawn_twice_is_land() {
        let overlapping =
            scaled(wkt!(MULTIPOLYGON(((0. 0.,2. 0.,2. 1.,0. 1.,0. 0.)),((1. 0.,3. 0.,3. 1.,1. 1.,1. 0.)))));
        assert_eq!(
            mended(overlapping),
            (
                "exterior ring of part 1 and exterior ring of part 2 cross near 0.010000, 0.000000".into(),
                492.0,
                369.0,
                1,
                0
            )
        );
        let nested = scaled(wkt!(MULTIPOLYGON(((0. 0.,3. 0.,3. 3.,0. 3.,0. 0.)),((1. 1.,2. 1.,2. 2.,1. 2.,1. 1.)))));
        assert_eq!(mended(nested).2, 1108.0);
    }

    #[test]
    fn holes_take_away_only_what_lies_in_their_shell() {
        let outside = scaled(wkt!(MULTIPOLYGON(((0. 0.,1. 0.,1. 1.,0. 1.,0. 0.),(2. 2.,3. 2.,3. 3.,2. 3.,2. 2.)))));
        let (reason, _, after, parts, holes) = mended(outside);
        assert_eq!((after, parts, holes), (123.0, 1, 0));
        assert!(reason.starts_with("hole 1 lies outside the exterior ring"), "{reason}");
        let across = scaled(wkt!(MULTIPOLYGON(((0. 0.,2. 0.,2. 1.,0. 1.,0. 0.),(1. 0.2,3. 0.2,3. 0.8,1. 0.8,1. 0.2)))));
        assert_eq!(mended(across).2, 172.0);
    }

    #[test]
    fn spikes_and_slivers_vanish() {
        let spike = scaled(wkt!(MULTIPOLYGON(((0. 0.,1. 0.,1. 1.,2. 1.,1. 1.,0. 1.,0. 0.)))));
        assert_eq!(mended(spike).2, 123.0);
        let line = wkt!(POLYGON((0. 0.,1. 1.,2. 2.,0. 0.)));
        assert!(matches!(make_valid(line.into()), Made::Nothing { .. }));
    }

    #[test]
    fn old_vertices_keep_their_coordinates() {
        let bow: Polygon<f64> =
            wkt!(POLYGON((116.012345678901 43.9,116.02 43.91,116.02 43.9,116.01 43.91,116.012345678901 43.9)));
        let Made::Repaired { geometry, .. } = make_valid(bow.clone().into()) else { panic!("was valid") };
        let now: Vec<Coord<f64>> = geometry.coords_iter().collect();
        assert!(bow.exterior().0.iter().all(|old| now.contains(old)), "{now:?}");
    }

    #[test]
    fn an_island_that_touches_its_shore_keeps_out_of_other_holes() {
        let drawn = wkt!(MULTIPOLYGON(
            ((116. 43.,116. 43.032991865126675,116.02457802305457 43.04218363143505,116. 43.)),
            ((116. 43.0435536355835,116.04586645758535 43.02757371368515,116. 43.02296948825003,116.03464936135832 43.02600934814371,116.01519769828239 43.0073342918407,116.04876625488009 43.,116.01691213594565 43.02957816400616,116.03984652646804 43.036046179935816,116.02347324767643 43.04261486763095,116.01797372890127 43.,116. 43.,116. 43.0435536355835)),
            ((116. 43.03,116.03 43.04,116.02 43.,116.05 43.03,116. 43.03))));
        let (_, _, _, parts, holes) = mended(drawn);
        assert_eq!((parts, holes), (2, 4));
    }

    fn ring() -> impl Strategy<Value = Vec<(f64, f64)>> {
        // On a coarse lattice, so that touching, overlapping and collinear edges are frequent.
        prop_oneof![
            prop::collection::vec((0..6i32, 0..6i32), 3..12)
                .prop_map(|points| points.iter().map(|&(x, y)| (f64::from(x) / 100.0, f64::from(y) / 100.0)).collect()),
            prop::collection::vec((0.0..0.05f64, 0.0..0.05f64), 3..20),
        ]
    }

    fn dirty() -> impl Strategy<Value = MultiPolygon<f64>> {
        let polygon = prop::collection::vec(ring(), 1..4).prop_map(|rings| {
            let mut rings =
                rings.into_iter().map(|ring| LineString::from_iter(ring.iter().map(|&(x, y)| (x + 116.0, y + 43.0))));
            Polygon::new(rings.next().unwrap_or(LineString(vec![])), rings.collect())
        });
        prop::collection::vec(polygon, 1..4).prop_map(MultiPolygon)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]

        #[test]
        fn whatever_was_drawn_comes_out_valid(drawn in dirty()) {
            match make_valid(drawn.clone().into()) {
                Made::Valid(geometry) | Made::Repaired { geometry, .. } => {
                    prop_assert!(geometry.check_validation().is_ok(), "{:?}", geometry.check_validation());
                }
                Made::Nothing { .. } => {
                    let (shapes, _) = resolve(&drawn, &Grid::around(Coord { x: 116.0, y: 43.0 }, 1e-4));
                    let rings = shapes.iter().flat_map(|shape| std::iter::once(&shape.shell).chain(&shape.holes));
                    let steps: f64 = rings.map(|ring| signed_ring_area(&closed(ring))).sum();
                    // A sliver a grid step wide and a few kilometres long may go.
                    prop_assert!(steps * 1e-8 < 1.0, "gave up on {drawn:?}");
                }
            }
        }

        #[test]
        fn our_check_agrees_with_geos(drawn in dirty()) {
            let mut parts = drawn.0;
            parts.iter_mut().for_each(tidy_polygon);
            let ours = check::first_problem(&parts);
            // geo's relate panics on a few of the dirtiest inputs: those have no second opinion.
            let Ok(theirs) = std::panic::catch_unwind(|| MultiPolygon(parts).check_validation()) else {
                return Err(TestCaseError::reject("geo has no answer"));
            };
            match ours {
                None => prop_assert!(theirs.is_ok(), "{theirs:?}"),
                Some(check::Problem::NoArea { .. }) => {}
                Some(problem) => prop_assert!(theirs.is_err(), "{problem:?}"),
            }
        }
    }
}
