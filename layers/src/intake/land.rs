//! Named areas: parks, control line, scope, transformation area.

use geo::MultiPolygon;

use crate::feature::Layer;
use crate::project::{Field, LayerSpec};

use super::{Columns, IntakeError, polygons_of};

/// A named area.
#[derive(Clone, Debug)]
pub struct Land {
    /// Its key; the row id where the layer has no key column.
    pub key: String,
    /// Its name; the key where the layer has no name column.
    pub name: String,
    /// The row it came from.
    pub row: i64,
    /// Where it is, in lon/lat degrees.
    pub boundary: MultiPolygon<f64>,
}

/// The areas of a layer, in its order.
pub fn lands(spec: &LayerSpec, layer: &Layer) -> Result<Vec<Land>, IntakeError> {
    let columns = Columns::of(spec, layer)?;
    let land = |feature: &crate::Feature| {
        let key = columns.text(feature, Field::Key).unwrap_or_else(|| feature.row.to_string());
        let name = columns.text(feature, Field::Name).unwrap_or_else(|| key.clone());
        Land { key, name, row: feature.row, boundary: polygons_of(&feature.geometry) }
    };
    Ok(layer.features.iter().map(land).collect())
}
