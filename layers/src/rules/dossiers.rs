//! From assessed patches to dossiers: inputs and parts, without answers.

use std::collections::BTreeMap;

use super::approval::{ApprovalPiece, scenario};
use super::assess::Assessed;
use super::marginal::MarginalPiece;
use super::ruleset::Scenarios;
use super::{AnalyseError, Analysis};
use crate::dossier::{ApprovalPart, Dossier, LayerSource, MarginalPart, Named, Place, PlanPart, PlanParts};
use crate::feature::Layer;
use crate::intake::{Approval, Columns, Land, PlanPolygon};
use crate::project::{Field, LayerSpec, Role};

/// What dossiers are made of.
#[derive(Clone, Debug)]
pub(super) struct Files {
    pub(super) assessed: Vec<Assessed>,
    /// Whether there is a plan.
    pub(super) zoned: bool,
    pub(super) plan: Vec<PlanPolygon>,
    pub(super) approvals: Option<Vec<Approval>>,
    /// By patch.
    pub(super) marginal: Vec<MarginalPiece>,
    pub(super) scenarios: Scenarios,
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
        self.files.assessed.iter().enumerate().map(|(place, patch)| self.files.dossier(place, patch))
    }
}

impl Files {
    fn dossier(&self, number: usize, patch: &Assessed) -> Dossier {
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
            PlanParts { parts, uncovered: patch.plan.uncovered_area }
        });
        Dossier {
            inputs: (*patch.parcel.inputs).clone(),
            plan,
            approval: self.approvals.as_deref().map(|approvals| {
                patch.standing.pieces.iter().map(|piece| self.approval_part(piece, approvals)).collect()
            }),
            marginal: self.marginal_of(number).iter().map(|piece| self.marginal_part(piece)).collect(),
            place: Place {
                park: patch.place.park.map(|park| self.parks[park].clone()),
                scope: patch.place.scope.map(|scope| self.scopes[scope].clone()),
                zone: patch.place.zone.map(|zone| zone.code().to_owned()),
                in_control_line: patch.standing.in_line,
            },
            action: patch.action,
        }
    }
}

impl Files {
    fn approval_part(&self, piece: &ApprovalPiece, approvals: &[Approval]) -> ApprovalPart {
        let approval = piece.approval.map(|place| &approvals[place]);
        let scenario = approval.and_then(|approval| scenario(approval.supply, &self.scenarios));
        ApprovalPart {
            key: approval.and_then(|approval| approval.key.clone()),
            row: approval.map(|approval| approval.row),
            in_control_line: piece.in_line,
            scenario: scenario.map(|row| self.scenarios.rows[row].code.clone()),
            area: piece.area,
        }
    }

    /// The marginal parts of the patch at that place.
    fn marginal_of(&self, patch: usize) -> &[MarginalPiece] {
        let from = self.marginal.partition_point(|piece| piece.patch < patch);
        let to = self.marginal.partition_point(|piece| piece.patch <= patch);
        &self.marginal[from..to]
    }

    fn marginal_part(&self, piece: &MarginalPiece) -> MarginalPart {
        MarginalPart {
            kind: piece.kind.code().to_owned(),
            advice: Some(piece.advice().to_owned()),
            merge_with: piece.merge_with.map(|patch| self.assessed[patch].parcel.inputs.key.clone()),
            shared: piece.shared,
            area: piece.area,
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
