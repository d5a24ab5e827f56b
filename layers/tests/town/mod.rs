//! A town small enough to check by hand: squares of 0.001 degree.
#![allow(dead_code, reason = "no test binary needs all of it")]

pub(crate) mod metres;

use std::collections::BTreeMap;

use geo::{Geometry, Rect, coord};
use layers::codes::land_use::CodeSystem;
use layers::project::{LayerSpec, NoBuilding, RepeatedKeys, Role, ShareUnit, Subject};
use layers::{Analysis, Column, Feature, Layer, ReadReport, SourceTable, Value, ValueKind};

/// Where something is, and its values in the order of the columns.
pub(crate) type Lot = (Geometry<f64>, Vec<Value>);

/// A rectangle, one unit 0.001 degree (about 80 m × 111 m).
pub(crate) fn land(x: f64, y: f64, width: f64, height: f64) -> Geometry<f64> {
    let at = |x: f64, y: f64| coord! { x: 116.0 + x * 0.001, y: 43.9 + y * 0.001 };
    Geometry::Polygon(Rect::new(at(x, y), at(x + width, y + height)).to_polygon())
}

pub(crate) fn layer(role: Role, columns: &[(&str, ValueKind)], rows: Vec<Lot>) -> (LayerSpec, Layer) {
    let source = SourceTable { file: "town.gpkg".into(), table: role.name().into() };
    let columns = columns.iter().map(|(name, kind)| Column { name: (*name).into(), kind: *kind }).collect();
    let feature = |(row, (geometry, values))| Feature { row, geometry, values };
    let features: Vec<Feature> = (1..).zip(rows).map(feature).collect();
    let spec = LayerSpec {
        id: role.name().into(),
        role,
        source: source.clone(),
        fields: BTreeMap::new(),
        codes: Some(CodeSystem::YdyhV2023),
        leading_zero: false,
        share_unit: ShareUnit::Fraction,
        area_unit: Default::default(),
        subject: Subject::ByCode,
        no_building: NoBuilding::Unknown,
        repeated_keys: RepeatedKeys::Refuse,
    };
    (spec, Layer { source, columns, features, report: ReadReport::default() })
}

/// What the parcel with that key says.
pub(crate) fn attribute(analysis: &Analysis, key: &str, name: &str) -> Value {
    let layer = analysis.layer("parcels").expect("parcels");
    let place = layer.attributes.iter().position(|attribute| attribute.name == name).expect("the attribute");
    let feature = layer.features.iter().find(|feature| feature.values[0] == key.into()).expect("the parcel");
    feature.values[place].clone()
}

/// Key, count, hectares to 2 decimals.
pub(crate) fn rows(analysis: &Analysis, table: &str) -> Vec<(String, u64, String)> {
    let table = analysis.statistics.table(table).expect("the table exists");
    let row = |row: &layers::stats::Row| (row.key.clone(), row.count.unwrap_or(0), format!("{:.2}", row.area_ha));
    table.rows.rows.iter().map(row).collect()
}

/// The features of a layer as texts: the named attributes, nothing for null, hectares to 4 decimals.
pub(crate) fn features(analysis: &Analysis, layer: &str, names: &[&str]) -> Vec<String> {
    let Some(layer) = analysis.layer(layer) else { return Vec::new() };
    let place = |name: &&str| layer.attributes.iter().position(|known| known.name == *name).expect("the attribute");
    let places: Vec<usize> = names.iter().map(place).collect();
    let text = |value: &Value| match value {
        Value::Real(number) => format!("{number:.4}"),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    let line = |values: &[Value]| places.iter().map(|place| text(&values[*place])).collect::<Vec<_>>().join(" ");
    layer.features.iter().map(|feature| line(&feature.values)).collect()
}
