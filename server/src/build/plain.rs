//! Plain layers as tile layers: every row a feature, every column an attribute, nothing added.

use std::collections::HashSet;

use geo::Geometry;
use layers::schema::Attribute;
use layers::{GeometryKind, Layer, ThematicFeature, ThematicLayer};
use xxhash_rust::xxh3::xxh3_64;

/// MVT readers in JavaScript keep whole numbers up to 2⁵³ − 1 (ECMA-262 §21.1.2.6).
const LARGEST_ID: u64 = (1 << 53) - 1;

/// A tile layer with every row and column of `layer`.
///
/// Features are identified by the hash of their key where `key` names a column; else by their
/// row id, which is the best there is but may change from one delivery to the next.
pub(super) fn thematic(layer: Layer, id: &str, description: &str, key: Option<&str>) -> ThematicLayer {
    let key = key.and_then(|name| layer.column(name));
    let attributes = layer.columns.into_iter().map(|column| Attribute { name: column.name, kind: column.kind });
    let mut taken = HashSet::new();
    let features: Vec<ThematicFeature> = layer
        .features
        .into_iter()
        .map(|feature| {
            let key = key.and_then(|place| feature.values.get(place)).filter(|value| !value.is_null());
            let wanted = match key {
                Some(key) => hashed(key.to_string().as_bytes()),
                None => id_of_row(feature.row),
            };
            ThematicFeature { id: free(wanted, &mut taken), geometry: feature.geometry, values: feature.values }
        })
        .collect();
    ThematicLayer {
        id: id.to_owned(),
        description: description.to_owned(),
        geometry: kind_of(features.iter().map(|feature| &feature.geometry)),
        attributes: attributes.collect(),
        features,
    }
}

fn hashed(bytes: &[u8]) -> u64 {
    xxh3_64(bytes) & LARGEST_ID
}

fn id_of_row(row: i64) -> u64 {
    match u64::try_from(row) {
        Ok(id @ 1..=LARGEST_ID) => id,
        _ => hashed(&row.to_le_bytes()),
    }
}

/// `wanted`, or the next id that no earlier feature of the layer has (a repeated key, or one of
/// the rare rows whose hash meets another row's id).
fn free(wanted: u64, taken: &mut HashSet<u64>) -> u64 {
    let mut id = wanted;
    while !taken.insert(id) {
        id = (id + 1) & LARGEST_ID;
    }
    id
}

/// The kind that all the geometries have.
fn kind_of<'g>(geometries: impl Iterator<Item = &'g Geometry<f64>>) -> GeometryKind {
    let kinds = geometries.map(|geometry| match geometry {
        Geometry::Point(_) | Geometry::MultiPoint(_) => GeometryKind::Point,
        Geometry::Line(_) | Geometry::LineString(_) | Geometry::MultiLineString(_) => GeometryKind::Line,
        Geometry::Polygon(_) | Geometry::MultiPolygon(_) | Geometry::Rect(_) | Geometry::Triangle(_) => {
            GeometryKind::Polygon
        }
        Geometry::GeometryCollection(_) => GeometryKind::Mixed,
    });
    kinds.reduce(|all, next| if all == next { all } else { GeometryKind::Mixed }).unwrap_or(GeometryKind::Mixed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use layers::{Column, Feature, ReadReport, SourceTable, Value, ValueKind};

    fn layer(rows: &[(i64, &str)]) -> Layer {
        let feature = |&(row, key): &(i64, &str)| Feature {
            row,
            geometry: Geometry::Point(geo::Point::new(116.0, 43.9)),
            values: vec![if key.is_empty() { Value::Null } else { Value::from(key) }],
        };
        Layer {
            source: SourceTable { file: "a.gpkg".into(), table: "t".into() },
            columns: vec![Column { name: "BSM".into(), kind: ValueKind::Text }],
            features: rows.iter().map(feature).collect(),
            report: ReadReport::default(),
        }
    }

    fn ids(rows: &[(i64, &str)], key: Option<&str>) -> Vec<u64> {
        thematic(layer(rows), "t", "", key).features.iter().map(|feature| feature.id).collect()
    }

    #[test]
    fn row_ids_are_kept_where_a_tile_can_carry_them() {
        let ids = ids(&[(-7, ""), (0, ""), (1, ""), (42, ""), (i64::MAX, "")], None);
        assert_eq!(ids[2..4], [1, 42]);
        assert!(ids.iter().all(|&id| id <= LARGEST_ID));
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    }

    #[test]
    fn a_key_gives_the_same_id_whatever_the_row() {
        let first = ids(&[(1, "A"), (2, "B")], Some("bsm"));
        let second = ids(&[(1, "B"), (2, "A")], Some("bsm"));
        assert_eq!(first, [second[1], second[0]]);
    }

    #[test]
    fn repeated_keys_still_have_ids_of_their_own() {
        let ids = ids(&[(1, "A"), (2, "A"), (3, "")], Some("BSM"));
        assert_eq!(ids[1], ids[0] + 1);
        assert_eq!(ids[2], 3);
    }

    #[test]
    fn one_kind_of_geometry_gives_its_name_and_several_are_mixed() {
        let (point, line) = (Geometry::Point(geo::Point::new(0.0, 0.0)), Geometry::LineString(geo::line_string![]));
        assert_eq!(kind_of([&point, &point].into_iter()), GeometryKind::Point);
        assert_eq!(kind_of([&point, &line].into_iter()), GeometryKind::Mixed);
    }
}
