//! The same polygon twice, whatever vertex it begins with.

use std::collections::BTreeMap;

use geo::{CoordsIter, Geometry};
use xxhash_rust::xxh3::xxh3_128;

use super::Ledger;
use super::catalogue::Check;
use super::report::Flaw;
use super::table::{Table, words};
use crate::intake::polygons_of;
use crate::measure::ellipsoidal_area;

/// Looks for rows of a layer that are the same polygon.
pub(super) fn check(table: &Table<'_>, ledger: &mut Ledger) {
    let mut first_rows: BTreeMap<u128, i64> = BTreeMap::new();
    let found = ledger.of(Check::DuplicateGeometry);
    for feature in &table.layer.features {
        let polygons = polygons_of(&feature.geometry);
        if polygons.0.is_empty() {
            continue;
        }
        let area = ellipsoidal_area(&polygons).0;
        match first_rows.entry(vertices_of(&polygons.into())) {
            std::collections::btree_map::Entry::Occupied(first) => {
                let first = first.get();
                let message = words(format!("与第 {first} 行图形相同"), format!("the same polygon as row {first}"));
                found.add(Flaw { amount: Some(area), ..table.feature(feature, message) });
            }
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(feature.row);
            }
        }
    }
}

/// A hash of the vertices without their order: the same for equal polygons, and different for
/// others but by an accident that nobody will see.
pub(super) fn vertices_of(geometry: &Geometry<f64>) -> u128 {
    let mut vertices: Vec<[u64; 2]> = geometry.coords_iter().map(|at| [at.x.to_bits(), at.y.to_bits()]).collect();
    vertices.sort_unstable();
    // A ring's first vertex is there twice, and which it is does not matter.
    vertices.dedup();
    let bytes: Vec<u8> = vertices.iter().flatten().flat_map(|bits| bits.to_le_bytes()).collect();
    xxh3_128(&bytes)
}
