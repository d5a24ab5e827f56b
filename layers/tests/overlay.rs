//! What must hold for any patch under any polygons: area is conserved, pieces are what GEOS-like
//! overlay finds, and neither order nor direction matters.

use geo::{Area, BooleanOps, Coord, LineString, MultiPolygon, Polygon, Validation};
use layers::measure::plane::plane_area;
use layers::overlay::{Cover, CoverLayer, Slivers, tolerance};
use proptest::prelude::*;

/// A fabric of quadrilaterals on a bent grid, whose rows are cut at places of their own, so that
/// corners lie on the middle of their neighbours' edges (T-junctions).
fn fabric(steps: &[f64], rows: usize, columns: usize, size: f64) -> Vec<Polygon<f64>> {
    let bend = |n: usize| steps[n % steps.len()];
    let line = |row: usize, x: f64| Coord { x, y: row as f64 * size + bend(row * 7) * 3.0 + x * bend(row * 3) * 0.05 };
    let cut = |row: usize, column: usize| match column {
        0 => 0.0,
        _ if column == columns => columns as f64 * size,
        _ => (column as f64 + 0.4 * bend(row * 5 + column)) * size,
    };
    let mut polygons = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let (west, east) = (cut(row, column), cut(row, column + 1));
            let ring =
                vec![line(row, west), line(row, east), line(row + 1, east), line(row + 1, west), line(row, west)];
            polygons.push(Polygon::new(LineString(ring), vec![]));
        }
    }
    polygons
}

/// Rings around a place with as many corners as radii, and perhaps a hole.
fn star() -> impl Strategy<Value = Polygon<f64>> {
    let radii = prop::collection::vec(4.0..40.0f64, 3..20);
    (radii, 0.0..100.0f64, 0.0..100.0f64, any::<bool>()).prop_map(|(radii, x, y, hole)| {
        let ring = |scale: f64| -> LineString<f64> {
            let at = |(i, radius): (usize, &f64)| {
                let angle = std::f64::consts::TAU * i as f64 / radii.len() as f64;
                Coord { x: x + scale * radius * angle.cos(), y: y + scale * radius * angle.sin() }
            };
            radii.iter().enumerate().map(at).collect()
        };
        Polygon::new(ring(1.0), if hole { vec![ring(0.5)] } else { vec![] })
    })
}

/// Covering polygons: parcels of the fabric itself, shifted by nothing, by rounding or by a sliver,
/// drawn twice, and stars across everything.
fn covering(fabric: Vec<Polygon<f64>>) -> impl Strategy<Value = Vec<MultiPolygon<f64>>> {
    let shifts = prop::sample::select(vec![0.0, 0.0, 1e-9, 1e-7, 2e-6, 1e-4, 0.05, 0.3, 10.0]);
    let taken = prop::collection::vec((0..fabric.len(), shifts), 0..9).prop_map(move |taken| {
        let moved = |(place, shift): (usize, f64)| {
            use geo::Translate;
            MultiPolygon::from(fabric[place].translate(shift, -shift))
        };
        taken.into_iter().map(moved).collect::<Vec<_>>()
    });
    let stars = prop::collection::vec(star().prop_map(MultiPolygon::from), 0..4);
    (taken, stars).prop_map(|(taken, stars)| taken.into_iter().chain(stars).collect())
}

/// Patches of several parts, and with holes.
fn odd_patches(parcels: &[Polygon<f64>], star: Polygon<f64>) -> Vec<MultiPolygon<f64>> {
    let apart = MultiPolygon(vec![parcels[0].clone(), parcels[2].clone(), parcels[7].clone()]);
    vec![apart, star.into()]
}

fn town() -> impl Strategy<Value = (Vec<Polygon<f64>>, Vec<MultiPolygon<f64>>)> {
    let steps = prop::collection::vec(-1.0..1.0f64, 11);
    steps.prop_flat_map(|steps| {
        // Parcels of a third of a plan block: borders coincide, corners of one lie on edges of the other.
        let (parcels, blocks) = (fabric(&steps, 3, 4, 33.0), fabric(&steps, 3, 3, 44.0));
        let all: Vec<_> = parcels.iter().chain(&blocks).cloned().collect();
        (Just(parcels), covering(all))
    })
}

fn area(land: &MultiPolygon<f64>) -> f64 {
    plane_area(land).0
}

fn total(cover: &Cover) -> f64 {
    cover.parts.iter().map(|part| area(&part.land)).sum::<f64>() + area(&cover.uncovered)
}

/// What geo's boolean operations make of it: the parts in order, and the rest.
fn oracle(patch: &MultiPolygon<f64>, layer: &[MultiPolygon<f64>]) -> (Vec<f64>, f64) {
    let mut rest = patch.clone();
    let take = |polygon: &MultiPolygon<f64>| {
        let land = rest.intersection(polygon);
        rest = rest.difference(polygon);
        area(&land)
    };
    (layer.iter().map(take).collect(), area(&rest))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn pieces_are_those_of_boolean_operations((parcels, layer) in town(), star in star()) {
        let covering = CoverLayer::new(&layer);
        let odd = odd_patches(&parcels, star);
        for patch in parcels.into_iter().map(MultiPolygon::from).chain(odd) {
            let cover = covering.cut(&patch, Slivers::Keep);
            let (parts, rest) = oracle(&patch, &layer);
            for (by, expected) in parts.iter().enumerate() {
                let found: f64 = cover.parts.iter().filter(|part| part.by == by).map(|part| area(&part.land)).sum();
                prop_assert!((found - expected).abs() < 1e-3, "polygon {by}: {found}, by boolean operations {expected}");
            }
            prop_assert!((cover.uncovered_area - rest).abs() < 1e-3, "{} {rest}", cover.uncovered_area);
            prop_assert!(!cover.fell_back, "{patch:?}");
        }
    }

    #[test]
    fn area_is_conserved_in_the_geometries_that_are_handed_out((parcels, layer) in town()) {
        let covering = CoverLayer::new(&layer);
        for parcel in parcels {
            let patch = MultiPolygon::from(parcel);
            let whole = area(&patch);
            let (folded, kept) = (covering.cover(&patch), covering.cut(&patch, Slivers::Keep));
            for cover in [&folded, &kept] {
                prop_assert!((total(cover) - whole).abs() <= tolerance(whole), "{} of {whole}", total(cover));
                prop_assert!(cover.residual <= tolerance(whole));
                let closed: f64 = cover.parts.iter().map(|part| part.area).sum::<f64>() + cover.uncovered_area;
                prop_assert!((closed - whole).abs() < 1e-9 * (1.0 + whole));
            }
            prop_assert!((kept.contested - folded.contested).abs() < 1e-9);
            // Land to which a long hair was added may be narrow on average; small it is not.
            let lands = folded.parts.iter().map(|part| &part.land).chain([&folded.uncovered]);
            let small = lands.clone().flatten().any(|polygon| polygon.unsigned_area() < 0.99);
            prop_assert!(!small, "slivers are folded: {kept:?} {folded:?}");
            for land in lands {
                prop_assert!(land.is_valid(), "{land:?}");
            }
        }
    }

    #[test]
    fn where_nothing_overlaps_the_order_of_polygons_changes_nothing(
        (parcels, _) in town(), steps in prop::collection::vec(-1.0..1.0f64, 11), turns in any::<u64>()
    ) {
        let blocks: Vec<MultiPolygon<f64>> = fabric(&steps, 3, 3, 41.0).into_iter().map(MultiPolygon::from).collect();
        let mut order: Vec<usize> = (0..blocks.len()).collect();
        order.sort_by_key(|place| turns.rotate_left(7 * *place as u32));
        let shuffled: Vec<_> = order.iter().map(|place| blocks[*place].clone()).collect();
        let (as_drawn, as_shuffled) = (CoverLayer::new(&blocks), CoverLayer::new(&shuffled));
        for parcel in parcels {
            let patch = MultiPolygon::from(parcel);
            let (a, b) = (as_drawn.cover(&patch), as_shuffled.cover(&patch));
            // Their shared borders lie on each other to the micrometre, so hairs of them do overlap.
            prop_assert!(a.contested == 0.0 && b.contested == 0.0);
            let mut parts: Vec<_> = b.parts.iter().map(|part| (order[part.by], part.area)).collect();
            parts.sort_by_key(|(by, _)| *by);
            prop_assert_eq!(parts.len(), a.parts.len());
            for (a, (by, area)) in a.parts.iter().zip(parts) {
                prop_assert!(a.by == by && (a.area - area).abs() < 1e-3, "{a:?} {area}");
            }
            prop_assert!((a.uncovered_area - b.uncovered_area).abs() < 1e-3);
        }
    }

    #[test]
    fn where_a_ring_begins_and_how_it_runs_changes_nothing((parcels, layer) in town(), turn in 0usize..9) {
        let turned = |polygon: &Polygon<f64>| {
            let ring = |ring: &LineString<f64>| {
                let mut points = ring.0[1..].to_vec();
                let by = turn % points.len();
                points.rotate_left(by);
                points.push(points[0]);
                points.reverse();
                LineString(points)
            };
            Polygon::new(ring(polygon.exterior()), polygon.interiors().iter().map(ring).collect())
        };
        let other: Vec<MultiPolygon<f64>> = layer.iter().map(|polygon| polygon.iter().map(turned).collect()).collect();
        let (as_drawn, as_turned) = (CoverLayer::new(&layer), CoverLayer::new(&other));
        for parcel in parcels {
            let a = as_drawn.cover(&MultiPolygon::from(parcel.clone()));
            let b = as_turned.cover(&MultiPolygon::from(turned(&parcel)));
            prop_assert_eq!(a.parts.len(), b.parts.len());
            let several = a.parts.len() + usize::from(!a.uncovered.0.is_empty()) > 1;
            for (a, b) in a.parts.iter().zip(&b.parts) {
                prop_assert!(a.by == b.by && (!several || a.land == b.land), "{a:?} {b:?}");
            }
        }
    }
}
