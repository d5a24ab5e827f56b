//! The five-year plan (五年行动计划): where it acts.

use geo::MultiPolygon;

use crate::facts::Action;
use crate::feature::Layer;
use crate::project::{Field, LayerSpec};
use crate::rules::ruleset::Vocabulary;

use super::{Columns, IntakeError, Note, Notes, polygons_of, words};

/// An area of the five-year plan.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// Whether the plan acts here. Without a column that says so, every area of the layer is one in
    /// which it does; an empty field, or a word that nobody knows, is [`Action::Unknown`].
    pub action: Action,
    /// Where it is, in lon/lat degrees.
    pub boundary: MultiPolygon<f64>,
}

/// The areas of the five-year plan, in the layer's order, and remarks.
///
/// # Errors
/// A column that the configuration names is not there.
pub fn renewals(
    spec: &LayerSpec,
    layer: &Layer,
    action: &Vocabulary,
) -> Result<(Vec<Renewal>, Vec<Note>), IntakeError> {
    let columns = Columns::of(spec, layer)?;
    let is_said = columns.place(Field::Action).is_some();
    let mut notes = Notes::of(&spec.id);
    let mut renewals = Vec::with_capacity(layer.features.len());
    for feature in &layer.features {
        let boundary = polygons_of(&feature.geometry);
        if boundary.0.is_empty() {
            notes.add("a row without an area (a line or a point) was left out", feature.row);
            continue;
        }
        let said = words::answer(&columns, feature, Field::Action, action, &mut notes);
        let action = match said.and_then(Action::of_code) {
            Some(action) => action,
            None if is_said => Action::Unknown,
            None => Action::Planned,
        };
        renewals.push(Renewal { action, boundary });
    }
    if renewals.is_empty() {
        notes.add_layer("the layer holds no polygon: taken as missing", 1);
    }
    Ok((renewals, notes.finish().collect()))
}
