//! Shapes of all kinds, odd ones among them: what goes in comes out, valid and with its id.

mod common;

use std::collections::BTreeSet;

use common::decode::{self, Decoded};
use common::{spec, write};
use geo::{Area, Geometry, LineString, Polygon, Validation, coord, line_string, point, polygon};
use layers::schema::{GeometryKind, ThematicFeature};
use layers::{ThematicLayer, Value};
use tiler::TileCoord;

fn layer(geometries: Vec<Geometry<f64>>) -> ThematicLayer {
    let features = geometries.into_iter().zip(1..);
    ThematicLayer {
        id: "shapes".into(),
        description: "a shape".into(),
        geometry: GeometryKind::Mixed,
        attributes: vec![],
        features: features.map(|(geometry, id)| ThematicFeature { id, geometry, values: vec![] }).collect(),
    }
}

/// Tiles some shapes, checks every polygon and that each id is there at every zoom.
fn tiled(geometries: Vec<Geometry<f64>>, min_zoom: u8, max_zoom: u8) -> Vec<(TileCoord, Decoded)> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("shapes.pmtiles");
    let layers = [layer(geometries)];
    write(&spec(&layers, Some(min_zoom), Some(max_zoom)), &file);
    let tiles = decode::tiles(&file);
    for zoom in min_zoom..=max_zoom {
        let here = tiles.iter().filter(|(coord, _)| coord.z() == zoom).flat_map(|(_, tile)| tile);
        let seen: BTreeSet<u64> = here.map(|feature| feature.id).collect();
        assert_eq!(seen, layers[0].features.iter().map(|f| f.id).collect(), "zoom {zoom}");
    }
    let features: Vec<_> = tiles.into_iter().flat_map(|(at, tile)| tile.into_iter().map(move |f| (at, f))).collect();
    for (coord, feature) in &features {
        for polygon in decode::polygons(&feature.geometry) {
            assert_eq!(decode::check_rings(&polygon), Ok(()), "{coord} {}", feature.id);
        }
        assert!(feature.geometry.check_validation().is_ok(), "{coord} {}: {:?}", feature.id, feature.geometry);
    }
    features
}

#[test]
fn nothing_odd_panics_or_gets_lost() {
    let here = coord! { x: 116.0, y: 44.0 };
    let tiled = tiled(
        vec![
            point!(x: 180.0, y: 90.0).into(),
            point!(x: -180.0, y: -90.0).into(),
            Polygon::new(LineString(vec![here; 4]), vec![]).into(),
            Polygon::new(LineString(vec![here]), vec![]).into(),
            line_string![here, here].into(),
            line_string![here].into(),
            polygon![(x: 116., y: 44.), (x: 116.1, y: 44.), (x: 116.2, y: 44.), (x: 116., y: 44.)].into(),
            // A bow tie, a spike, a ring that runs twice round.
            polygon![(x: 116., y: 44.), (x: 117., y: 45.), (x: 117., y: 44.), (x: 116., y: 45.1)].into(),
            polygon![(x: 116., y: 44.), (x: 117., y: 44.), (x: 119., y: 44.), (x: 117., y: 44.), (x: 117., y: 45.)].into(),
            polygon![
                (x: 116., y: 44.), (x: 117., y: 44.), (x: 117., y: 45.), (x: 116., y: 44.), (x: 117., y: 44.), (x: 117., y: 45.)
            ].into(),
            // A hole outside its shell, and one that is its shell.
            polygon!(exterior: [(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.)],
                     interiors: [[(x: 5., y: 5.), (x: 6., y: 5.), (x: 6., y: 6.)]]).into(),
            polygon!(exterior: [(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.)],
                     interiors: [[(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.)]]).into(),
            // Beyond every edge of the world.
            polygon![(x: -999., y: -99.), (x: 999., y: -99.), (x: 999., y: 99.), (x: -999., y: 99.)].into(),
        ],
        0,
        5,
    );
    let all: f64 = tiled
        .iter()
        .filter(|(_, f)| f.id == 13)
        .flat_map(|(c, f)| decode::polygons(&f.geometry).into_iter().map(move |p| (c.z(), p.unsigned_area())))
        .filter(|(z, _)| *z == 5)
        .map(|(_, area)| area)
        .sum();
    // The world with the buffers inside it, at zoom 5.
    assert_eq!(all, (32.0 * 4096.0 + 62.0 * 64.0f64).powi(2));
}

#[test]
fn features_without_a_place_are_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("shapes.pmtiles");
    let empty = Polygon::new(LineString(vec![]), vec![]);
    let layers = [layer(vec![point!(x: f64::NAN, y: 1.0).into(), empty.into(), point!(x: 1.0, y: 1.0).into()])];
    assert_eq!(write(&spec(&layers, None, None), &file).placeless, 2);
}

#[test]
fn points_stand_in_each_tile_whose_buffer_they_touch() {
    // On the corner of four tiles.
    let tiled = tiled(vec![point!(x: 0.0, y: 0.0).into()], 1, 1);
    let places: Vec<_> =
        tiled.iter().map(|(coord, feature)| (coord.x(), coord.y(), feature.geometry.clone())).collect();
    let at = |x: u32, y: u32| (x, y, point!(x: f64::from(1 - x) * 4096.0, y: f64::from(1 - y) * 4096.0).into());
    let expected = [at(0, 0), at(0, 1), at(1, 0), at(1, 1)];
    assert_eq!(places, expected);
}

#[test]
fn a_line_that_leaves_and_returns_comes_in_parts() {
    // Three times across the meridian, far beyond the buffer.
    let line = line_string![(x: -9., y: 9.), (x: 9., y: 8.), (x: -9., y: 7.), (x: 9., y: 6.)];
    let tiled = tiled(vec![line.into()], 1, 1);
    let parts: Vec<usize> = tiled
        .iter()
        .map(|(_, feature)| match &feature.geometry {
            Geometry::MultiLineString(lines) => lines.0.len(),
            _ => 1,
        })
        .collect();
    assert_eq!(parts, [2, 2]);
}

#[test]
fn rings_that_touch_where_the_cursor_stands_stay_apart() {
    // Squares corner to corner: each may begin where the one before ended.
    let square = |at: f64| polygon![(x: at, y: at), (x: at + 1., y: at), (x: at + 1., y: at + 1.), (x: at, y: at + 1.)];
    let squares = geo::MultiPolygon((0..4).map(|at| square(f64::from(at))).collect());
    for (coord, feature) in tiled(vec![squares.into()], 3, 8) {
        assert_eq!(decode::check_commands(&feature.commands), Ok(()), "{coord}");
    }
}

#[test]
fn holes_stay_in_their_shells() {
    let square = |west: f64, south: f64, side: f64| {
        LineString(
            vec![(west, south), (west + side, south), (west + side, south + side), (west, south + side)]
                .into_iter()
                .map(Into::into)
                .collect(),
        )
    };
    let holes = (0..100).map(|n| square(f64::from(n % 10) + 0.1, f64::from(n / 10) + 0.1, 0.8)).collect();
    let sieve = Polygon::new(square(0.0, 0.0, 10.0), holes);
    let counts: Vec<usize> = tiled(vec![sieve.into()], 2, 7)
        .iter()
        .filter(|(c, _)| c.z() == 2)
        .map(|(_, f)| decode::polygons(&f.geometry).iter().map(|p| p.interiors().len()).sum())
        .collect();
    assert_eq!(counts.iter().max(), Some(&100));
}

#[test]
fn columns_have_one_type_and_null_is_absent() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("fabric.pmtiles");
    let layers = [common::fabric::fabric(2, 240.0, 1, 5).parcels];
    write(&spec(&layers, Some(12), Some(12)), &file);
    for feature in decode::tiles(&file).values().flatten() {
        let source = layers[0].features.iter().find(|f| f.id == feature.id).expect("known");
        let value = |name: &str| feature.values.get(name).cloned().unwrap_or_default();
        let Value::Text(key) = &source.values[0] else { unreachable!("text") };
        assert_eq!(value("key").string_value.as_deref(), Some(&**key));
        assert_eq!(value("area_ha").double_value, source.values[1].as_f64());
        // Whole numbers are zigzag, whether or not one of them is negative: an edit elsewhere changes no type.
        assert_eq!(value("class").sint_value.map(|v| v as f64), source.values[2].as_f64());
        assert_eq!(value("balance").sint_value.map(|v| v as f64), source.values[3].as_f64());
        assert_eq!(value("idle").bool_value.map(Value::Bool).as_ref(), Some(&source.values[4]));
        assert_eq!(feature.values.contains_key("class"), !source.values[2].is_null());
    }
}
