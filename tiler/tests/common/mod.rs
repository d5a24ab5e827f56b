//! What the tests of whole tilesets share: a seeded fabric of parcels, and decoding that uses
//! nothing of the tiler's own.

#![allow(dead_code)]

pub(crate) mod city;
pub(crate) mod decode;
pub(crate) mod fabric;

use std::path::Path;

use layers::ThematicLayer;
use layers::schema::{GeometryKind, ThematicFeature};
use tiler::{LowZooms, TilesetSpec, TilesetSummary};

/// How often to try a property: as often as the environment (`PROPTEST_CASES`) says, or as usual.
pub(crate) fn tried(usual: u32) -> proptest::test_runner::Config {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let config = proptest::test_runner::Config { failure_persistence: None, ..Default::default() };
    if asked { config } else { proptest::test_runner::Config { cases: usual, ..config } }
}

/// What to make, of these layers.
pub(crate) struct Job<'a> {
    pub(crate) spec: TilesetSpec<'a>,
    pub(crate) layers: &'a [ThematicLayer],
}

/// A spec with names filled in, every feature at every zoom.
pub(crate) fn spec<'a>(layers: &'a [ThematicLayer], min_zoom: Option<u8>, max_zoom: Option<u8>) -> Job<'a> {
    let spec = TilesetSpec {
        id: "fabric",
        description: "a made-up fabric of parcels",
        attribution: "nobody",
        min_zoom,
        max_zoom,
        low_zooms: LowZooms::KeepAll,
        memory: None,
        generator: "tests",
        extra_metadata: serde_json::Map::new(),
    };
    Job { spec, layers }
}

/// Writes a tileset into a folder.
pub(crate) fn write(job: &Job<'_>, file: &Path) -> TilesetSummary {
    tiler::write_tileset(&job.spec, job.layers, file, &|_, _| {}).expect("the tileset is written")
}

/// A layer `points` of points scattered over a few degrees.
pub(crate) fn scattered_points(count: u64) -> ThematicLayer {
    let mut dice = fabric::Dice(count);
    let mut feature = |id: u64| {
        let place = geo::Point::new(116.0 + 2.0 * dice.swing(), 44.0 + 2.0 * dice.swing());
        ThematicFeature { id, geometry: place.into(), values: vec![] }
    };
    ThematicLayer {
        id: "points".into(),
        description: "a point".into(),
        geometry: GeometryKind::Point,
        attributes: vec![],
        features: (1..=count).map(&mut feature).collect(),
    }
}
