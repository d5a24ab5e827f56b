//! Whole tilesets, seen from outside: written, read back, decoded by other libraries.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{decode, fabric, spec, write};
use geo::{Area, BooleanOps, MultiPolygon, Rect, Validation};
use tiler::TileCoord;

/// Doubled signed area of what a feature shows in the box of its tile without the buffer.
fn core_area(polygons: &MultiPolygon<f64>) -> f64 {
    let tile = Rect::new((0.0, 0.0), (4096.0, 4096.0)).to_polygon();
    polygons.intersection(&MultiPolygon(vec![tile])).unsigned_area()
}

fn features_of(tile: &[decode::Decoded], layer: &str) -> MultiPolygon<f64> {
    MultiPolygon(tile.iter().filter(|f| f.layer == layer).flat_map(|f| decode::polygons(&f.geometry)).collect())
}

#[test]
fn neighbours_stay_neighbours_and_nobody_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("fabric.pmtiles");
    let fabric = fabric::fabric(12, 240.0, 3, 1);
    let layers = [fabric.parcels];
    let summary = write(&spec(&layers, Some(9), Some(16)), &file);
    let tiles = decode::tiles(&file);
    let ids: BTreeSet<u64> = layers[0].features.iter().map(|feature| feature.id).collect();
    let mut report = String::new();
    for zoom in summary.zooms {
        let here = tiles.iter().filter(|(coord, _)| coord.z() == zoom.zoom);
        let (mut sum, mut union, mut seen) = (0.0, 0.0, BTreeSet::new());
        let mut shared = 0.0;
        for (coord, tile) in here {
            seen.extend(tile.iter().map(|feature| feature.id));
            for feature in tile {
                decode::check_commands(&feature.commands).unwrap_or_else(|e| unreachable!("{coord} {}: {e}", feature.id));
                for polygon in decode::polygons(&feature.geometry) {
                    decode::check_rings(&polygon).unwrap_or_else(|e| unreachable!("{coord} {}: {e}", feature.id));
                    polygon.check_validation().unwrap_or_else(|e| unreachable!("{coord} {}: {e}", feature.id));
                }
            }
            let each = tile.iter().map(|f| MultiPolygon(decode::polygons(&f.geometry)).unsigned_area()).sum::<f64>();
            let all = geo::unary_union(tile.iter().flat_map(|f| decode::polygons(&f.geometry)).collect::<Vec<_>>().iter());
            let holes: f64 = all.0.iter().flat_map(|p| p.interiors()).map(|r| geo::Polygon::new(r.clone(), vec![]).unsigned_area()).sum();
            shared += holes;
            sum += each;
            union += all.unsigned_area();
        }
        report += &format!("{zoom:?} overlap {} gap {shared} of {union}\n", sum - union);
        assert_eq!(seen, ids, "zoom {}", zoom.zoom);
    }
    println!("{report}");
}
