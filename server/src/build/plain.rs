//! Plain layers as tile layers: every row a feature, every column an attribute, nothing added.

use geo::Geometry;
use layers::ids::IdSource;
use layers::schema::Attribute;
use layers::{GeometryKind, Layer, ThematicFeature, ThematicLayer};

/// A tile layer with every row and column of `layer`.
///
/// Features are identified by the hash of their key where `key` names a column; else by their
/// row id, which is the best there is but may change from one delivery to the next.
pub(super) fn thematic(layer: Layer, id: &str, description: &str, key: Option<&str>) -> ThematicLayer {
    let key = key.and_then(|name| layer.column(name));
    let attributes = layer.columns.into_iter().map(|column| Attribute { name: column.name, kind: column.kind });
    let mut ids = IdSource::default();
    let features: Vec<ThematicFeature> = layer
        .features
        .into_iter()
        .map(|feature| {
            let key = key.and_then(|place| feature.values.get(place)).filter(|value| !value.is_null());
            let id = ids.id(&key.map_or_else(|| feature.row.to_string(), ToString::to_string));
            ThematicFeature { id, geometry: feature.geometry, values: feature.values }
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
    use layers::ids::MAX_ID;
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
        assert!(ids.iter().all(|&id| id <= MAX_ID));
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
        assert_ne!(ids[1], ids[0]);
        assert_eq!(ids[2], 3);
    }

    #[test]
    fn one_kind_of_geometry_gives_its_name_and_several_are_mixed() {
        let (point, line) = (Geometry::Point(geo::Point::new(0.0, 0.0)), Geometry::LineString(geo::line_string![]));
        assert_eq!(kind_of([&point, &point].into_iter()), GeometryKind::Point);
        assert_eq!(kind_of([&point, &line].into_iter()), GeometryKind::Mixed);
    }
}
