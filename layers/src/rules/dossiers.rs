//! From assessed patches to dossiers: inputs and parts, without answers.

use std::collections::BTreeMap;

use super::{AnalyseError, Analysis, Assessed};
use crate::dossier::{Dossier, LayerSource, Named, Place, PlanPart, PlanParts};
use crate::facts::Action;
use crate::feature::Layer;
use crate::intake::{Columns, Land, PlanPolygon};
use crate::project::{Field, LayerSpec, Role};
use crate::units::SquareMetres;

/// What dossiers are made of.
#[derive(Clone, Debug)]
pub(super) struct Files {
    pub(super) assessed: Vec<Assessed>,
    /// Whether there is a plan.
    pub(super) zoned: bool,
    pub(super) plan: Vec<PlanPolygon>,
    pub(super) parks: Vec<Named>,
    pub(super) scopes: Vec<Named>,
}

impl From<&Land> for Named {
    fn from(land: &Land) -> Self {
        Self { key: land.key.clone(), name: land.name.clone() }
    }
}

impl Analysis {
    /// The dossier of every patch, in their order.
    pub fn dossiers(&self) -> impl Iterator<Item = Dossier> + '_ {
        self.files.assessed.iter().map(|patch| self.files.dossier(patch))
    }
}

impl Files {
    fn dossier(&self, patch: &Assessed) -> Dossier {
        let part = |piece: &super::conformity::Piece| {
            let polygon = &self.plan[piece.plan];
            PlanPart {
                key: polygon.key.clone(),
                row: polygon.row,
                code: polygon.code.clone(),
                name: polygon.name.clone(),
                group: piece.class.map(|class| class.group.code().to_owned()),
                mandatory: piece.class.map(|class| class.mandatory),
                area: piece.area,
            }
        };
        let plan = self.zoned.then(|| {
            let parts: Vec<PlanPart> = patch.plan.pieces.iter().map(part).collect();
            let covered: SquareMetres = parts.iter().map(|part| part.area).sum();
            // Below a part in a billion it is the rounding of the sum.
            let rest = (patch.parcel.inputs.area - covered).0;
            let uncovered = if rest > 1e-9 * patch.parcel.inputs.area.0 { rest } else { 0.0 };
            PlanParts { parts, uncovered: SquareMetres(uncovered) }
        });
        Dossier {
            inputs: patch.parcel.inputs.clone(),
            plan,
            approval: None,
            marginal: Vec::new(),
            place: Place {
                park: patch.place.park.map(|park| self.parks[park].clone()),
                scope: patch.place.scope.map(|scope| self.scopes[scope].clone()),
                zone: patch.place.zone.map(|zone| zone.code().to_owned()),
                in_control_line: None,
            },
            action: Action::Unknown,
        }
    }
}

/// Where each role's layer was read, and which columns held which field.
pub(super) fn sources(inputs: &[(LayerSpec, Layer)]) -> Result<BTreeMap<Role, LayerSource>, AnalyseError> {
    let source = |(spec, layer): &(LayerSpec, Layer)| {
        let columns = Columns::of(spec, layer)?;
        let column = |field: Field| {
            let place = columns.place(field)?;
            Some((field.name().to_owned(), columns.name(place).to_owned()))
        };
        let file = layer.source.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let source = LayerSource {
            layer: spec.id.clone(),
            file,
            table: layer.source.table.clone(),
            columns: Field::ALL.into_iter().filter_map(column).collect(),
        };
        Ok((spec.role, source))
    };
    inputs.iter().filter(|(spec, _)| spec.role != Role::Plain).map(source).collect()
}
