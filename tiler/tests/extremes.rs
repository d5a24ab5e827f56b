//! Shapes at the limits of what comes in: very many vertices, very many holes, the seam of the world.

mod common;

use std::f64::consts::TAU;

use common::{decode, spec, write};
use geo::{Area, BooleanOps, LineString, MultiPolygon, Polygon, Rect, coord, polygon};
use layers::ThematicLayer;
use layers::schema::{GeometryKind, ThematicFeature};

/// The land that a zoom shows of one polygon, without buffers, in square tile units.
fn shown(polygon: Polygon<f64>, zooms: std::ops::RangeInclusive<u8>) -> Vec<f64> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("one.pmtiles");
    let feature = ThematicFeature { id: 1, geometry: polygon.into(), values: vec![] };
    let layers = [ThematicLayer {
        id: "one".into(),
        description: String::new(),
        geometry: GeometryKind::Polygon,
        attributes: vec![],
        features: vec![feature],
    }];
    write(&spec(&layers, Some(*zooms.start()), Some(*zooms.end())), &file);
    let tiles = decode::tiles(&file);
    let tile = Rect::new(coord! { x: 0.0, y: 0.0 }, coord! { x: 4096.0, y: 4096.0 }).to_polygon();
    let area = |zoom: u8| {
        let features = tiles.iter().filter(|(at, _)| at.z() == zoom).flat_map(|(_, features)| features);
        let pieces = features.map(|feature| MultiPolygon(decode::polygons(&feature.geometry)));
        pieces.map(|piece| piece.intersection(&tile).unsigned_area()).sum()
    };
    zooms.map(area).collect()
}

/// Square tile units of a zoom that a square degree takes on the equator.
fn units_a_degree(zoom: u8) -> f64 {
    4096.0 * f64::from(1u32 << zoom) / 360.0
}

fn is_near(a: f64, b: f64, part: f64) -> bool {
    (a - b).abs() <= part * b
}

#[test]
fn a_ring_of_a_million_vertices_keeps_its_land() {
    const VERTICES: u32 = 1_000_000;
    // A star with many small teeth, on the equator, where degrees are square.
    let at = |n: u32| {
        let (angle, radius) = (TAU * f64::from(n) / f64::from(VERTICES), 0.1 + 1e-5 * f64::from(n % 2));
        coord! { x: 20.0 + radius * angle.cos(), y: radius * angle.sin() }
    };
    let star = Polygon::new(LineString((0..VERTICES).map(at).collect()), vec![]);
    let degrees = star.unsigned_area();
    for (zoom, area) in (8..).zip(shown(star, 8..=13)) {
        assert!(is_near(area, degrees * units_a_degree(zoom).powi(2), 0.005), "zoom {zoom}: {area}");
    }
}

#[test]
fn a_hundred_thousand_holes_stay_open() {
    let square = |west: f64, south: f64, side: f64| {
        let corner = coord! { x: west, y: south };
        Rect::new(corner, corner + coord! { x: side, y: side }).to_polygon().exterior().clone()
    };
    let holes = (0..100_000).map(|n| square(20.0 + f64::from(n % 400) * 2e-4, f64::from(n / 400) * 2e-4, 1e-4));
    let sieve = Polygon::new(square(19.99, -0.01, 0.1), holes.collect());
    let degrees = sieve.unsigned_area();
    let areas = shown(sieve, 14..=15);
    // A hole is 4.7 units wide at zoom 14.
    assert!(is_near(areas[0], degrees * units_a_degree(14).powi(2), 0.02), "{areas:?}");
    assert!(is_near(areas[1], degrees * units_a_degree(15).powi(2), 0.02), "{areas:?}");
}

#[test]
fn what_lies_on_the_seam_of_the_world_stays_on_its_side() {
    // Fiji as RFC 7946 §3.1.9 wants it: cut at the antimeridian, so up to ±180 and not beyond.
    for (west, east) in [(179.0, 180.0), (-180.0, -179.0)] {
        let half = polygon![(x: west, y: -1.0), (x: east, y: -1.0), (x: east, y: 0.0), (x: west, y: 0.0)];
        for (zoom, area) in (3..).zip(shown(half, 3..=8)) {
            // Mercator stretches by less than a thousandth here.
            assert!(is_near(area, units_a_degree(zoom).powi(2), 0.03), "{west} zoom {zoom}: {area}");
        }
    }
}
