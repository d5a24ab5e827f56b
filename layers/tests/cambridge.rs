//! Facts about a real city, computed with GEOS (through geopandas 1) in the plane of EPSG:26986.
//!
//! A piece is the land of one parcel in all districts of one zone type. Ours are cut in another
//! plane, after a repair by another algorithm, so a handful of hairline pieces may differ.

mod data;

use std::collections::BTreeMap;

use geo::{BooleanOps, Intersects, MultiPolygon};
use layers::gpkg::GeoPackage;
use layers::intake::polygons_of;
use layers::measure::plane::plane_area;
use layers::overlay::{BoxIndex, VertexMemory, plane_for};
use layers::{Feature, Layer};
use rayon::prelude::*;

fn read(table: &str) -> Option<Layer> {
    let file = data::file("cambridge/cambridge.gpkg")?;
    Some(GeoPackage::open(&file).and_then(|gpkg| gpkg.read(table)).expect("the file is sound"))
}

#[test]
fn parcels_and_zone_types_make_the_pieces_that_geos_finds() {
    let (Some(parcels), Some(districts)) = (read("parcels"), read("zoning_districts_2013")) else { return };
    let zone_type = districts.column("zone_type").expect("a column of the table");
    let types: Vec<String> = districts.features.iter().map(|district| district.values[zone_type].to_string()).collect();
    let outlines = |features: &[Feature]| -> Vec<MultiPolygon<f64>> {
        features.iter().map(|feature| polygons_of(&feature.geometry)).collect()
    };
    let (parcels, districts) = (outlines(&parcels.features), outlines(&districts.features));
    let mut memory = VertexMemory::of(plane_for(&parcels).expect("there are parcels"));
    let districts: Vec<_> = districts.iter().map(|district| memory.project(district)).collect();
    let parcels: Vec<_> = parcels.iter().map(|parcel| memory.project(parcel)).collect();
    let index = BoxIndex::new(&districts);
    let by_type = |parcel: &MultiPolygon<f64>| -> BTreeMap<&str, f64> {
        let mut areas = BTreeMap::new();
        for place in index.near(parcel).into_iter().filter(|place| parcel.intersects(&districts[*place])) {
            let area = plane_area(&parcel.intersection(&districts[place])).0;
            if area > 0.0 {
                *areas.entry(types[place].as_str()).or_default() += area;
            }
        }
        areas
    };
    let pieces: Vec<BTreeMap<&str, f64>> = parcels.par_iter().map(by_type).collect();
    let count = |limit: f64| pieces.iter().flat_map(BTreeMap::values).filter(|area| **area < limit).count();
    let near = |ours: usize, theirs: usize, name: &str| {
        assert!(ours.abs_diff(theirs) <= 3, "{name}: {ours}, by GEOS {theirs}");
    };
    near(count(f64::INFINITY), 15_465, "pieces");
    near(count(1.0), 283, "pieces below 1 m²");
    near(count(50.0), 1_703, "pieces below 50 m²");
    near(pieces.iter().filter(|areas| areas.len() > 1).count(), 2_068, "parcels in more than one zone");
    // The parcel that GEOS finds in no zone is the one whose geometry is EMPTY: the reader skips it.
    assert_eq!(pieces.iter().filter(|areas| areas.is_empty()).count(), 0);
}
