//! Tiles that would grow too large: cells instead of features, and the same bytes however they are made.

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::{decode, fabric, spec};
use layers::Value;
use tiler::{LowZooms, TilesetSummary, Tiling};

const BUDGET: u64 = 24_000;

fn write(layers: &[layers::ThematicLayer], memory: Option<u64>, threads: usize, file: &Path) -> TilesetSummary {
    let mut job = spec(layers, Some(8), Some(14));
    job.spec.low_zooms = LowZooms::Cells { tile_bytes: BUDGET, cells_a_side: 32 };
    job.spec.memory = memory;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| common::write(&job, file))
}

#[test]
fn cells_count_every_feature_once_at_every_zoom_that_shows_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("fabric.pmtiles");
    let parcels = fabric::fabric(12, 240.0, 3, 7).parcels;
    let count = parcels.features.len();
    let hectares: f64 = parcels.features.iter().filter_map(|feature| feature.values[1].as_f64()).sum();
    let ids: BTreeSet<u64> = parcels.features.iter().map(|feature| feature.id).collect();
    let summary = write(&[parcels], None, 2, &file);
    assert!(summary.min_zoom < summary.detail_zoom && summary.detail_zoom < summary.max_zoom, "{summary:?}");

    let archive = tiler::Archive::open(&file).expect("opens");
    let tiles = decode::tiles(&file);
    for zoom in summary.min_zoom..=summary.max_zoom {
        let of_zoom = || tiles.iter().filter(|(tile, _)| tile.z() == zoom);
        if zoom >= summary.detail_zoom {
            let drawn: BTreeSet<u64> = of_zoom().flat_map(|(_, features)| features.iter().map(|f| f.id)).collect();
            assert_eq!(drawn, ids, "zoom {zoom}");
            assert!(of_zoom().flat_map(|(_, features)| features).all(|feature| feature.layer == "parcels"));
            continue;
        }
        let cells = || of_zoom().flat_map(|(_, features)| features);
        assert!(cells().all(|cell| cell.layer == "cells"), "zoom {zoom}");
        let sum = |name: &str, of: fn(&geozero::mvt::tile::Value) -> Option<f64>| -> f64 {
            cells().filter_map(|cell| cell.values.get(name).and_then(of)).sum()
        };
        assert_eq!(sum("count", |value| value.sint_value.map(|count| count as f64)), count as f64, "zoom {zoom}");
        assert!((sum("area_ha", |value| value.double_value) - hectares).abs() < 1e-9, "zoom {zoom}");
    }
    // Where features are drawn above the deepest zoom, tiles keep to the budget.
    for tile in archive.tile_coords().map(|tile| tile.expect("sound")) {
        let bytes = archive.tile(tile).expect("sound").expect("present").len() as u64;
        assert!(tile.z() < summary.detail_zoom || tile.z() == summary.max_zoom || bytes <= BUDGET, "{tile}");
    }
}

#[test]
fn threads_and_memory_change_no_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let layers = [fabric::fabric(14, 240.0, 5, 3).parcels];
    let written = |name: &str, memory, threads| {
        let file = folder.path().join(name);
        write(&layers, memory, threads, &file);
        std::fs::read(file).expect("read")
    };
    let expected = written("all.pmtiles", None, 2);
    // So little memory that records go to a file and blocks are as small as they get.
    assert!(written("little.pmtiles", Some(1 << 16), 1) == expected);
    assert!(written("some.pmtiles", Some(64 << 20), 3) == expected);
}

#[test]
fn labels_are_one_point_a_polygon_inside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("labels.pmtiles");
    let parcels = fabric::fabric(3, 240.0, 2, 9).parcels;
    let mut tiling = Tiling::new(None);
    let form = tiling.begin_layer("parcels", "", parcels.attributes.clone(), Some("labels"));
    tiling.add(form.batch(&parcels.features)).expect("added");
    tiling.write(&spec(&[], Some(16), Some(16)).spec, &file, &|_, _| {}).expect("written");
    let tiles = decode::tiles(&file);
    let (mut labels, mut inside) = (BTreeSet::new(), BTreeSet::new());
    for features in tiles.values() {
        for label in features.iter().filter(|feature| feature.layer == "labels") {
            let parcel = features.iter().find(|feature| feature.layer == "parcels" && feature.id == label.id);
            let (Some(parcel), geo::Geometry::Point(point)) = (parcel, &label.geometry) else { continue };
            assert_eq!(label.values, parcel.values);
            let holds =
                decode::polygons(&parcel.geometry).iter().any(|polygon| geo::Intersects::intersects(polygon, point));
            labels.insert(label.id);
            inside.extend(holds.then_some(label.id));
        }
    }
    let expected: BTreeSet<u64> = parcels.features.iter().map(|feature| feature.id).collect();
    assert_eq!(labels, expected);
    assert_eq!(inside, expected);
    assert!(parcels.features.iter().all(|feature| matches!(feature.values[0], Value::Text(_))));
}
