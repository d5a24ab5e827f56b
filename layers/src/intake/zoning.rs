//! Polygons of the detailed plan.

use std::sync::Arc;

use geo::MultiPolygon;

use crate::codes::land_use::{UseClass, UseGroup, UseGroups};
use crate::feature::Layer;
use crate::project::{Field, LayerSpec};

use super::{Columns, IntakeError, LayerCodes, Note, Notes, polygons_of};

/// A polygon of the detailed plan.
#[derive(Clone, Debug)]
pub struct PlanPolygon {
    /// Its key, if the layer has one.
    pub key: Option<Arc<str>>,
    /// The row it came from.
    pub row: i64,
    /// Planned use as recorded.
    pub code: Option<Arc<str>>,
    /// Planned use in words.
    pub name: Option<Arc<str>>,
    /// What the code means; `None` if it is missing or unknown to the system.
    pub class: Option<UseClass>,
    /// The 用地用海 2023 code that has all of this use, where there is one.
    pub ydyh: Option<String>,
    /// Upper limit of the floor area ratio.
    pub far_max: Option<f64>,
    /// Upper limit of the building density, a fraction.
    pub density_max: Option<f64>,
    /// Lower limit of the green space ratio, a fraction.
    pub green_min: Option<f64>,
    /// Building height limit in metres.
    pub height_max: Option<f64>,
    /// Where it is, in lon/lat degrees.
    pub boundary: MultiPolygon<f64>,
}

impl PlanPolygon {
    /// The group of its use, if that is known.
    pub fn group(&self) -> Option<UseGroup> {
        self.class.map(|class| class.group)
    }
}

/// The plan's polygons, in the layer's order, and remarks about codes nobody knows.
pub fn plan_polygons(
    spec: &LayerSpec,
    layer: &Layer,
    groups: &UseGroups,
) -> Result<(Vec<PlanPolygon>, Vec<Note>), IntakeError> {
    let columns = Columns::of(spec, layer)?;
    let mut notes = Notes::of(&spec.id);
    let codes = LayerCodes::of(spec, layer, &columns, Field::PlanCode, &mut notes)?;
    let mut polygons = Vec::with_capacity(layer.features.len());
    for feature in &layer.features {
        let boundary = polygons_of(&feature.geometry);
        if boundary.0.is_empty() {
            notes.add("a row without an area (a line or a point) was left out", feature.row);
            continue;
        }
        let code = columns.shared(feature, Field::PlanCode);
        let mut ydyh = None;
        let mut class = match code.as_deref().map(|code| codes.read(code, feature.row, &mut notes)) {
            Some(Ok(code)) => {
                ydyh.clone_from(&code.primary().ydyh);
                Some(groups.class_of(code))
            }
            Some(Err(error)) => {
                notes.add(format!("{error}: not assessed"), feature.row);
                None
            }
            None => {
                notes.add("no planned use code: not assessed", feature.row);
                None
            }
        };
        // A polygon's own flag beats the code table (RULES 1.4).
        if let (Some(class), Some(own)) = (&mut class, columns.truth(feature, Field::Mandatory, &mut notes)) {
            class.mandatory = own;
        }
        polygons.push(PlanPolygon {
            key: columns.shared(feature, Field::Key),
            row: feature.row,
            ydyh,
            code,
            name: columns.shared(feature, Field::PlanName),
            class,
            far_max: columns.amount(feature, Field::FarMax, &mut notes),
            density_max: columns.share(feature, Field::DensityMax, &mut notes),
            green_min: columns.share(feature, Field::GreenMin, &mut notes),
            height_max: columns.amount(feature, Field::HeightMax, &mut notes),
            boundary,
        });
    }
    Ok((polygons, notes.finish().collect()))
}
