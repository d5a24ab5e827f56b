//! Our transformations against PROJ's, on points that PROJ made (see the head of the fixture).

#![allow(clippy::panic, clippy::unwrap_used)] // Tests may: a panic is how they fail.

use geo::coord;
use layers::crs::{Planar, ToLonLat, from_lon_lat};

struct Sample {
    epsg: u16,
    x: f64,
    y: f64,
    lon: f64,
    lat: f64,
}

fn samples() -> Vec<Sample> {
    let numbers = |line: &str| -> Vec<f64> { line.split(',').map(|text| text.parse().expect("a number")).collect() };
    include_str!("fixtures/proj_points.csv")
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_digit()))
        .map(numbers)
        .map(|n| Sample { epsg: n[0] as u16, x: n[1], y: n[2], lon: n[3], lat: n[4] })
        .collect()
}

#[test]
fn seventy_reference_systems_agree_with_proj() {
    let samples = samples();
    assert_eq!(samples.len(), 73 * 4);
    for Sample { epsg, x, y, lon, lat } in samples {
        // 1e-10 degrees are 0.01 mm. EPSG:27700 is shifted by seven parameters: PROJ picks the same
        // ones without its grid (OSGB36 to WGS 84 (6), 2 m), but keeps the height that it makes.
        let tolerance = if epsg == 27700 { 1e-7 } else { 1e-10 };
        let crs = ToLonLat::from_epsg(epsg).unwrap_or_else(|error| panic!("EPSG:{epsg}: {error}"));
        let point = crs.point(coord! { x: x, y: y }).unwrap_or_else(|error| panic!("EPSG:{epsg}: {error}"));
        let far = (point.x - lon).abs().max((point.y - lat).abs());
        assert!(far < tolerance, "EPSG:{epsg} {x} {y}: {point:?} against {lon} {lat}, {far:e} degrees off");

        let back = from_lon_lat(epsg).expect("known").point(coord! { x: lon, y: lat }).expect("inside");
        let unit = if (-180.0..=180.0).contains(&x) && y.abs() <= 90.0 { 1e-10 } else { 1e5 * tolerance };
        assert!((back.x - x).abs() < unit && (back.y - y).abs() < unit, "EPSG:{epsg}: {back:?} against {x} {y}");
    }
}

#[test]
fn a_parcels_own_zone_is_that_of_epsg() {
    // EPSG:4534 to 4554: central meridians 75E to 135E without zone number.
    for sample in samples().iter().filter(|sample| (4534..=4554).contains(&sample.epsg)) {
        let meridian = 75.0 + 3.0 * f64::from(sample.epsg - 4534);
        let zone = Planar::gauss_kruger_3_degree(sample.lon);
        if zone.central_meridian() == meridian {
            let point = zone.project(coord! { x: sample.lon, y: sample.lat }).expect("inside");
            assert!((point.x - sample.x).abs() < 1e-4 && (point.y - sample.y).abs() < 1e-4, "{point:?}");
        }
    }
}
