//! Neighbours stay neighbours, nobody is lost, every polygon is valid: in every tile at every zoom,
//! as another library decodes them.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::decode::{self, Decoded};
use common::fabric::{Fabric, fabric, lanes};
use common::{spec, write};
use geo::{Area, Contains, MultiPolygon, Polygon, Validation};
use proptest::prelude::*;
use tiler::TileCoord;

/// Square tile units of one zoom.
#[derive(Debug, Default)]
struct Fit {
    /// Covered by more than one parcel, each further one counted.
    overlap: f64,
    /// Enclosed by parcels but covered by none.
    gap: f64,
    covered: f64,
    /// Minimum squares. Of the overlap at most so much comes from them; and where they stick out of the
    /// fabric, each may close in at most as much between itself and its neighbours.
    minimum: f64,
    /// Tiles that lie inside the fabric with all of their buffer.
    amid: u64,
}

/// Tiles a fabric, checks every polygon, and measures how the parcels fit together at each zoom.
fn fits(Fabric { parcels, outline }: Fabric, min_zoom: u8, max_zoom: u8) -> BTreeMap<u8, Fit> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("fabric.pmtiles");
    let layers = [parcels];
    let summary = write(&spec(&layers, Some(min_zoom), Some(max_zoom)), &file);
    let tiles = decode::tiles(&file);
    let ids: BTreeSet<u64> = layers[0].features.iter().map(|feature| feature.id).collect();
    let fit = |zoom: &tiler::ZoomSummary| {
        let here = || tiles.iter().filter(|(coord, _)| coord.z() == zoom.zoom);
        let seen: BTreeSet<u64> = here().flat_map(|(_, tile)| tile.iter().map(|feature| feature.id)).collect();
        assert_eq!(seen, ids, "ids at zoom {}", zoom.zoom);
        let mut fit = Fit { minimum: zoom.minimum as f64, ..Fit::default() };
        here().for_each(|(&coord, tile)| measure(coord, tile, &outline, &mut fit));
        (zoom.zoom, fit)
    };
    summary.zooms.iter().map(fit).collect()
}

fn measure(coord: TileCoord, tile: &[Decoded], outline: &Polygon<f64>, fit: &mut Fit) {
    let mut polygons: Vec<Polygon<f64>> = Vec::new();
    for feature in tile {
        let parts = decode::polygons(&feature.geometry);
        let fault = decode::check_commands(&feature.commands).err();
        let fault = fault.or_else(|| parts.iter().find_map(|polygon| decode::check_rings(polygon).err()));
        let fault = fault.or_else(|| MultiPolygon(parts.clone()).check_validation().err().map(|e| e.to_string()));
        assert_eq!(fault, None, "{coord} feature {}", feature.id);
        polygons.extend(parts);
    }
    let union = geo::unary_union(&polygons);
    let holes = union.iter().flat_map(|polygon| polygon.interiors());
    fit.gap += holes.map(|hole| Polygon::new(hole.clone(), vec![]).unsigned_area()).sum::<f64>();
    fit.overlap += polygons.iter().map(Area::unsigned_area).sum::<f64>() - union.unsigned_area();
    fit.covered += union.unsigned_area();
    if outline.contains(&buffered(coord)) {
        // A tile amid the fabric is full to the ends of its buffer.
        fit.gap += f64::from(4096 + 2 * 64).powi(2) - union.unsigned_area();
        fit.amid += 1;
    }
}

/// A tile and its buffer, with a little to spare, in degrees.
fn buffered(coord: TileCoord) -> Polygon<f64> {
    let lon = |part: f64| (f64::from(coord.x()) + part) / f64::from(1 << coord.z()) * 360.0 - 180.0;
    let lat = |part: f64| {
        let northing = 0.5 - (f64::from(coord.y()) + part) / f64::from(1 << coord.z());
        (northing * std::f64::consts::TAU).sinh().atan().to_degrees()
    };
    geo::Rect::new((lon(-0.02), lat(-0.02)), (lon(1.02), lat(1.02))).to_polygon()
}

#[test]
fn parcels_that_share_an_edge_share_it_in_every_tile_at_every_zoom() {
    for (zoom, fit) in fits(fabric(20, 240.0, 3, 1), 7, 16) {
        assert!(zoom < 15 || fit.amid > 0, "zoom {zoom}: {fit:?}");
        assert!(fit.gap < 1e-6 + fit.minimum, "zoom {zoom}: {fit:?}");
        assert!(fit.overlap < 1e-6 + fit.minimum, "zoom {zoom}: {fit:?}");
    }
}

#[test]
fn the_sides_of_a_lane_never_cross() {
    for (zoom, fit) in fits(lanes(12, 30, 5), 8, 16) {
        assert!(fit.gap < 1e-6 + fit.minimum, "zoom {zoom}: {fit:?}");
        assert!(fit.overlap < 1e-6 + fit.minimum, "zoom {zoom}: {fit:?}");
    }
}

/// A street corner that is one centimetre from a parcel's own: the two snap to different pixels.
#[test]
fn a_t_junction_next_to_a_corner_is_shared() {
    for (zoom, fit) in fits(fabric(5, 25.087461355495428, 8, 7304914561576707583), 15, 16) {
        assert!(fit.gap < 1e-6 && fit.overlap < 1e-6, "zoom {zoom}: {fit:?}");
    }
}

proptest! {
    #![proptest_config(common::tried(12))]
    #[test]
    fn any_fabric_fits(seed: u64, bends in 0usize..9, block in 20.0..400.0f64) {
        let fabric = fabric(5, block, bends, seed);
        // Bends now and then make streets cross; such parcels are not valid in the first place.
        prop_assume!(fabric.parcels.features.iter().all(|parcel| parcel.geometry.is_valid()));
        for (zoom, fit) in fits(fabric, 8, 16) {
            prop_assert!(fit.gap < 1e-6 + fit.minimum, "zoom {zoom}: {fit:?}");
            prop_assert!(fit.overlap < 1e-6 + fit.minimum, "zoom {zoom}: {fit:?}");
        }
    }
}
