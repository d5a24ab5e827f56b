//! Facts about a real city, computed with GEOS (through geopandas 1) in the plane of EPSG:26986.
//!
//! A piece is the land of one parcel in all districts of one zone type. Ours are cut in another
//! plane, after a repair by another algorithm, so a handful of hairline pieces may differ.

mod data;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use geo::MultiPolygon;
use layers::gpkg::GeoPackage;
use layers::intake::polygons_of;
use layers::measure::plane::plane_area;
use layers::overlay::{CoverLayer, Slivers, plane_for};
use layers::{Feature, Layer};
use rayon::prelude::*;

fn read(table: &str) -> Option<Layer> {
    let file = data::file("cambridge/cambridge.gpkg")?;
    Some(GeoPackage::open(&file).and_then(|gpkg| gpkg.read(table)).expect("the file is sound"))
}

/// A parcel's use code and, by zone type, its land in square metres.
type LandByZone = (Option<String>, BTreeMap<String, f64>);

/// Every parcel of the city, cut once for all tests.
static CITY: LazyLock<Option<Vec<LandByZone>>> = LazyLock::new(land_by_zone_type);

fn land_by_zone_type() -> Option<Vec<LandByZone>> {
    let (parcels, districts) = (read("parcels")?, read("zoning_districts_2013")?);
    let zone_type = districts.column("zone_type").expect("a column of the table");
    let use_code = parcels.column("use_code").expect("a column of the table");
    let types: Vec<String> = districts.features.iter().map(|district| district.values[zone_type].to_string()).collect();
    let outlines = |layer: &Layer| -> Vec<MultiPolygon<f64>> {
        layer.features.iter().map(|feature| polygons_of(&feature.geometry)).collect()
    };
    let (lots, districts) = (outlines(&parcels), outlines(&districts));
    let plane = plane_for(&lots).expect("there are parcels");
    let districts: Vec<_> = districts.iter().map(|district| plane.project_polygons(district)).collect();
    let lots: Vec<_> = lots.iter().map(|lot| plane.project_polygons(lot)).collect();
    let layer = CoverLayer::new(&districts);
    let by_type = |(lot, parcel): (&MultiPolygon<f64>, &Feature)| {
        let mut areas = BTreeMap::new();
        for part in layer.cut(lot, Slivers::Keep).parts {
            *areas.entry(types[part.by].clone()).or_default() += plane_area(&part.land).0;
        }
        (parcel.values[use_code].as_str().map(str::to_owned), areas)
    };
    Some(lots.par_iter().zip(&parcels.features).map(by_type).collect())
}

#[test]
fn parcels_and_zone_types_make_the_pieces_that_geos_finds() {
    let Some(parcels) = CITY.as_ref() else { return };
    let pieces: Vec<&BTreeMap<String, f64>> = parcels.iter().map(|(_, areas)| areas).collect();
    let count = |limit: f64| pieces.iter().flat_map(|areas| areas.values()).filter(|area| **area < limit).count();
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

#[test]
fn industry_in_and_outside_industrial_zones_is_as_geos_counts_it() {
    let Some(parcels) = CITY.as_ref() else { return };
    let is_industry =
        |code: &Option<String>| code.as_deref().is_some_and(|code| code.starts_with('4') || code == "316");
    let in_zone = |areas: &BTreeMap<String, f64>| {
        let largest = areas.iter().max_by(|a, b| a.1.total_cmp(b.1));
        largest.is_some_and(|(zone, _)| zone.starts_with("IA") || zone.starts_with("IB"))
    };
    let count = |industry: bool, zone: bool| {
        parcels.iter().filter(|(code, areas)| is_industry(code) == industry && in_zone(areas) == zone).count()
    };
    assert_eq!((count(true, true), count(true, false), count(false, true)), (52, 142, 77));
}
