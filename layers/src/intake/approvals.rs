//! Pieces of land in the approval database.

use std::sync::Arc;

use geo::MultiPolygon;

use crate::facts::Supply;
use crate::feature::Layer;
use crate::project::{Field, LayerSpec};
use crate::rules::ruleset::Vocabulary;

use super::{Columns, IntakeError, Note, Notes, polygons_of, words};

/// An approved piece of land.
#[derive(Clone, Debug)]
pub struct Approval {
    /// Its key, if the layer has one.
    pub key: Option<Arc<str>>,
    /// The row it came from.
    pub row: i64,
    /// Whether it was supplied, and if not, why; `None` where nobody recorded it.
    pub supply: Option<Supply>,
    /// Where it is, in lon/lat degrees.
    pub boundary: MultiPolygon<f64>,
}

/// The approvals of a layer, in its order, and remarks. Rows without an area are left out.
///
/// # Errors
/// A column that the configuration names is not there.
pub fn approvals(
    spec: &LayerSpec,
    layer: &Layer,
    supply: &Vocabulary,
) -> Result<(Vec<Approval>, Vec<Note>), IntakeError> {
    let columns = Columns::of(spec, layer)?;
    let mut notes = Notes::of(&spec.id);
    let mut approvals = Vec::with_capacity(layer.features.len());
    for feature in &layer.features {
        let boundary = polygons_of(&feature.geometry);
        if boundary.0.is_empty() {
            notes.add("a row without an area (a line or a point) was left out", feature.row);
            continue;
        }
        let supply = words::answer(&columns, feature, Field::Supply, supply, &mut notes);
        approvals.push(Approval {
            key: columns.shared(feature, Field::Key),
            row: feature.row,
            supply: supply.and_then(Supply::of_code),
            boundary,
        });
    }
    if approvals.is_empty() {
        notes.add_layer("the layer holds no polygon: taken as missing", 1);
    }
    Ok((approvals, notes.finish().collect()))
}
