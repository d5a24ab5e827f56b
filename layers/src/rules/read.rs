//! What the analyses read from the layers of a project, by their roles.

use std::collections::BTreeMap;

use geo::MultiPolygon;
use rayon::prelude::*;

use crate::dossier::LayerSource;
use crate::facts::Common;
use crate::feature::{Layer, ReadReport};
use crate::intake::{self, Approval, IntakeError, Land, Note, Notes, Parcel, PlanPolygon, Renewal};
use crate::project::{LayerSpec, Role, Settings};

use super::place::PlaceInputs;
use super::ruleset::Vocabulary;
use super::{AnalyseError, common, dossiers};

/// Layers as meant. Geometries are in lon/lat degrees.
pub(super) struct Read {
    pub(super) parcels: Vec<Parcel>,
    /// Id of the layer they are from.
    pub(super) parcels_id: String,
    pub(super) common: Common,
    /// Whether there is a plan.
    pub(super) zoned: bool,
    pub(super) plan: Vec<PlanPolygon>,
    pub(super) parks: Option<Vec<Land>>,
    pub(super) scopes: Option<Vec<Land>>,
    pub(super) control_line: Option<Vec<Land>>,
    pub(super) transformation: Option<Vec<Land>>,
    pub(super) approvals: Option<Vec<Approval>>,
    pub(super) renewals: Option<Vec<Renewal>>,
    /// Roads that are drawn as areas.
    pub(super) roads: Vec<MultiPolygon<f64>>,
    pub(super) sources: BTreeMap<Role, LayerSource>,
    pub(super) notes: Vec<Note>,
}

impl Read {
    /// Reads the layers, and takes the rows of those of which nobody else asks.
    ///
    /// # Errors
    /// As [`analyse`](super::analyse).
    pub(super) fn of(inputs: &mut [(LayerSpec, Layer)], settings: &Settings) -> Result<Self, AnalyseError> {
        let rules = &settings.rules;
        Roles::check(inputs)?;
        let is_of_parcels = |(spec, _): &(LayerSpec, Layer)| spec.role == Role::Parcels;
        let place = inputs.iter().position(is_of_parcels).ok_or(AnalyseError::NoParcels)?;
        let mut layer = taken(&mut inputs[place].1);
        let roles = Roles { inputs };
        let spec = &inputs[place].0;
        let (parcels, mut notes) = intake::parcels(spec, &mut layer, roles.layer(Role::Buildings), settings)?;
        if parcels.is_empty() {
            return Err(AnalyseError::NoPatches { layer: spec.id.clone(), rows: layer.features.len() });
        }
        let recorded = intake::recorded_fields(spec, &layer)?;
        // On all threads: a city's rows are millions of texts.
        layer.features.into_par_iter().for_each(drop);
        let of_patches = parcels.iter().map(|parcel| &*parcel.inputs);
        let common = Common::of(of_patches, rules, settings.reference_date, recorded);
        notes.extend(common::not_asked(&spec.id, &common, rules));
        let plan = match roles.layer(Role::Zoning) {
            Some((spec, layer)) => {
                let (plan, remarks) = intake::plan_polygons(spec, layer, &rules.land_use.groups())?;
                notes.extend(remarks);
                plan
            }
            None => Vec::new(),
        };
        let parks = roles.lands(Role::Parks, &mut notes)?;
        let scopes = roles.lands(Role::Scope, &mut notes)?;
        let control_line = roles.lands(Role::ControlLine, &mut notes)?;
        let transformation = roles.lands(Role::TransformationArea, &mut notes)?;
        let approvals = roles.approvals(&rules.words.supply, &mut notes)?;
        let renewals = roles.renewals(&rules.words.action, &mut notes)?;
        notes.extend(unknown_parks(settings, parks.as_deref().unwrap_or_default()));
        let read = Self {
            parcels,
            common,
            zoned: roles.layer(Role::Zoning).is_some(),
            plan,
            parks,
            scopes,
            control_line,
            transformation,
            approvals,
            renewals,
            roads: roles.areas(Role::Roads).collect(),
            sources: dossiers::sources(inputs)?,
            parcels_id: spec.id.clone(),
            notes,
        };
        let are_shown_by_others = |role: Role| matches!(role, Role::Plain | Role::Roads | Role::Buildings);
        for (_, layer) in inputs.iter_mut().filter(|(spec, _)| !are_shown_by_others(spec.role)) {
            layer.features = Vec::new();
        }
        Ok(read)
    }
}

impl Read {
    /// The layers that decide where a patch lies.
    pub(super) fn places<'a>(&'a self, settings: &'a Settings) -> PlaceInputs<'a> {
        PlaceInputs {
            parks: self.parks.as_deref().unwrap_or_default(),
            scopes: self.scopes.as_deref(),
            control_line: self.control_line.as_deref(),
            transformation: self.transformation.as_deref(),
            agglomeration_parks: &settings.agglomeration_parks,
        }
    }
}

/// A layer with its rows, which it has no more.
fn taken(layer: &mut Layer) -> Layer {
    let features = std::mem::take(&mut layer.features);
    Layer { features, source: layer.source.clone(), columns: layer.columns.clone(), report: ReadReport::default() }
}

/// The layers of a project by role.
struct Roles<'a> {
    inputs: &'a [(LayerSpec, Layer)],
}

impl<'a> Roles<'a> {
    /// Roads and plain layers may be many; of every other role there is one layer.
    fn check(inputs: &[(LayerSpec, Layer)]) -> Result<(), AnalyseError> {
        for role in Role::ALL.into_iter().filter(|role| !matches!(role, Role::Plain | Role::Roads)) {
            let mut layers = inputs.iter().filter(|(spec, _)| spec.role == role);
            if let (Some((first, _)), Some((second, _))) = (layers.next(), layers.next()) {
                let (first, second) = (first.id.clone(), second.id.clone());
                return Err(AnalyseError::RoleTwice { role: role.name(), first, second });
            }
        }
        Ok(())
    }

    fn layer(&self, role: Role) -> Option<(&'a LayerSpec, &'a Layer)> {
        self.inputs.iter().find(|(spec, _)| spec.role == role).map(|(spec, layer)| (spec, layer))
    }

    /// The areas of a role; `None` where there is no layer or no area in it.
    fn lands(&self, role: Role, notes: &mut Vec<Note>) -> Result<Option<Vec<Land>>, IntakeError> {
        let Some((spec, layer)) = self.layer(role) else { return Ok(None) };
        let (lands, remarks) = intake::lands(spec, layer)?;
        notes.extend(remarks);
        Ok((!lands.is_empty()).then_some(lands))
    }

    /// The approval database; `None` where there is no layer or no area in it.
    fn approvals(&self, words: &Vocabulary, notes: &mut Vec<Note>) -> Result<Option<Vec<Approval>>, IntakeError> {
        let Some((spec, layer)) = self.layer(Role::Approvals) else { return Ok(None) };
        let (approvals, remarks) = intake::approvals(spec, layer, words)?;
        notes.extend(remarks);
        Ok((!approvals.is_empty()).then_some(approvals))
    }

    /// The five-year plan; `None` where there is no layer or no area in it.
    fn renewals(&self, words: &Vocabulary, notes: &mut Vec<Note>) -> Result<Option<Vec<Renewal>>, IntakeError> {
        let Some((spec, layer)) = self.layer(Role::Renewal) else { return Ok(None) };
        let (renewals, remarks) = intake::renewals(spec, layer, words)?;
        notes.extend(remarks);
        Ok((!renewals.is_empty()).then_some(renewals))
    }

    /// Everything in the layers of a role that is drawn as an area.
    fn areas(&self, role: Role) -> impl Iterator<Item = MultiPolygon<f64>> {
        let layers = self.inputs.iter().filter(move |(spec, _)| spec.role == role);
        let areas = layers.flat_map(|(_, layer)| layer.features.iter().map(|f| intake::polygons_of(&f.geometry)));
        areas.filter(|area| !area.0.is_empty())
    }
}

/// Parks that the settings name but the layer does not have.
fn unknown_parks(settings: &Settings, parks: &[Land]) -> Vec<Note> {
    let mut notes = Notes::of("parks");
    for key in &settings.agglomeration_parks {
        if !parks.iter().any(|park| park.key == *key) {
            notes.add_layer(format!("analysis.agglomeration_parks names {key:?}, which no park has as its key"), 1);
        }
    }
    notes.finish().collect()
}
