//! The plan's analyses: questions asked of every industrial patch.
//!
//! [`analyse`] reads the layers by their roles, asks each rule of each patch, and adds up tables from
//! the answers; [`Analysis::layers`] draws the same answers, so that map, table and findings cannot
//! differ.
//! One rule a file; each says which question it asks, where the threshold comes from and what it
//! cannot see.

mod approval;
mod common;
mod conformity;
mod density;
pub mod disposal;
mod dossiers;
pub mod explain;
mod far;
mod growth;
pub mod idle;
pub mod inefficient;
mod intensity;
mod label;
pub mod low;
mod marginal;
mod outlines;
mod place;
mod renewal;
pub mod ruleset;
pub mod scenarios;
mod tables;
mod thematic;
mod truth;

pub use ruleset::RuleSet;

pub use crate::intake::Note;

use geo::{CoordsIter, MultiPolygon};
use rayon::prelude::*;

use crate::codes::land_use::{UseClass, UseGroup};
use crate::dossier::{Case, Named};
use crate::facts::{Action, Common};
use crate::feature::Layer;
use crate::intake::{self, Approval, IntakeError, Land, Notes, Parcel, PlanPolygon, Renewal};
use crate::measure::{ellipsoidal_area, planar_area};
use crate::overlay::{BoxIndex, CoverLayer, Patch, VertexMemory, plane_for, tolerance};
use crate::project::{AreaMethod, LayerSpec, Role, Settings};
use crate::stats::{Conservation, Statistics};

use approval::{Standing, Standings};
use conformity::{Conformity, Cuts, conformity};
use disposal::{Disposal, Found};
use dossiers::Files;
use idle::Idle;
use inefficient::Inefficient;
use low::Low;
use outlines::Outlines;
use place::{Place, PlaceInputs, Places};
use renewal::Actions;
use ruleset::Vocabulary;
use thematic::Drawing;

/// What the analyses found.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// Whether cutting lost land; also in the statistics.
    pub conservation: Conservation,
    /// The plan's tables; those whose inputs are missing are left out.
    pub statistics: Statistics,
    /// What a reader should know: not assessed for want of input, unknown codes, folded slivers.
    pub notes: Vec<Note>,
    /// What all patches have in common.
    pub case: Case,
    files: Files,
    drawing: Drawing,
}

/// Why the analyses cannot run.
#[derive(Debug, thiserror::Error)]
pub enum AnalyseError {
    /// No layer has the role `parcels`.
    #[error("no layer has the role \"parcels\"; give it to the layer of land-use patches or registered parcels")]
    NoParcels,
    /// Two layers have a role of which there can be one.
    #[error("layers {first} and {second} both have the role {role:?}; only one can")]
    RoleTwice {
        /// The role.
        role: &'static str,
        /// One layer.
        first: String,
        /// The other.
        second: String,
    },
    /// The parcels layer holds no industrial patch.
    #[error(
        "layer {layer}: none of its {rows} rows is an industrial patch; check the code system and the column of use codes, or set subject = \"all\" if the layer holds nothing else"
    )]
    NoPatches {
        /// The layer.
        layer: String,
        /// Its rows.
        rows: usize,
    },
    /// A layer cannot play its role.
    #[error(transparent)]
    Intake(#[from] IntakeError),
}

/// A patch and everything the rules said of it.
#[derive(Clone, Debug)]
struct Assessed {
    parcel: Parcel,
    place: Place,
    far_class: Option<u8>,
    density_class: Option<u8>,
    intensity: Option<u8>,
    plan: Conformity,
    idle: Idle,
    low: Low,
    inefficient: Inefficient,
    disposal: Disposal,
    standing: Standing,
    /// Whether the five-year plan acts here; unknown without a layer of it.
    action: Action,
    /// The most that any of its overlays lost, square metres.
    residual: f64,
}

/// Runs every analysis that its inputs allow.
///
/// # Errors
/// No parcels layer, no industrial patch in it, missing or repeated keys, a column that is not
/// there, a role given twice, use codes without a declared system.
pub fn analyse(inputs: &[(LayerSpec, Layer)], settings: &Settings) -> Result<Analysis, AnalyseError> {
    let roles = Roles::of(inputs)?;
    let rules = &settings.rules;
    let (spec, layer) = roles.need_parcels()?;
    let (parcels, mut notes) = intake::parcels(spec, layer, roles.layer(Role::Buildings), settings)?;
    if parcels.is_empty() {
        return Err(AnalyseError::NoPatches { layer: spec.id.clone(), rows: layer.features.len() });
    }
    let recorded = intake::recorded_fields(spec, layer)?;
    let of_patches = parcels.iter().map(|parcel| &parcel.inputs);
    let common = Common::of(of_patches, rules, settings.reference_date, recorded);
    notes.extend(common::not_asked(&spec.id, &common, rules));
    let plan = match roles.layer(Role::Zoning) {
        Some((spec, layer)) => {
            let (plan, remarks) = intake::plan_polygons(spec, layer, &settings.rules.land_use.groups())?;
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

    // Everything below happens in one plane in which areas are true.
    let plane = plane_for(parcels.iter().map(|parcel| &parcel.boundary)).expect("every patch has an area");
    let drawn = parcels.iter().map(|parcel| &parcel.boundary).chain(plan.iter().map(|polygon| &polygon.boundary));
    let drawn = drawn.chain(approvals.iter().flatten().map(|approval| &approval.boundary));
    let mut memory = VertexMemory::with_room(plane, drawn.map(CoordsIter::coords_count).sum());
    let patches = memory.project_all(&parcels, |parcel| &parcel.boundary);
    let planned = memory.project_all(&plan, |polygon| &polygon.boundary);
    let classes: Vec<Option<UseClass>> = plan.iter().map(|polygon| polygon.class).collect();
    let (covering, index) = (CoverLayer::new(&planned), BoxIndex::new(&planned));
    let place_inputs = PlaceInputs {
        parks: parks.as_deref().unwrap_or_default(),
        scopes: scopes.as_deref(),
        control_line: control_line.as_deref(),
        transformation: transformation.as_deref(),
        agglomeration_parks: &settings.agglomeration_parks,
    };
    let places = Places::new(&place_inputs, &mut memory);
    let standings = Standings::new(approvals.as_deref(), control_line.as_deref(), &mut memory);
    let actions = renewals.map(|renewals| Actions::new(&renewals, &mut memory));
    let roads: Vec<MultiPolygon<f64>> = roles.areas(Role::Roads).map(|area| memory.project(&area)).collect();

    let assess = |(parcel, patch): (Parcel, &MultiPolygon<f64>)| {
        let far_class = far::far_class(&parcel.inputs, rules);
        let density_class = density::density_class(&parcel.inputs, rules);
        let land = Patch::of(patch);
        let scale = parcel.inputs.area.0 / land.area();
        let scale = if scale.is_finite() { scale } else { 0.0 };
        let (conformity, cuts) = conformity(&land, scale, &covering, &classes);
        let (standing, by_approval) = standings.of(&land, scale);
        let (place, of_place) = places.of(&land);
        let (action, of_action) = actions.as_ref().map_or((Action::Unknown, 0.0), |actions| actions.of(&land));
        let residuals = [conformity.cover.residual, standing.residual, of_place, of_action];
        let inputs = &parcel.inputs;
        let idle = idle::idle(inputs, rules, &common);
        let low = low::low(inputs, idle.idle, rules, &common);
        let found = Found {
            idle: &idle,
            low: &low,
            conflict: conformity.conflict,
            action,
            plan_code: kept_as(&conformity, &plan),
        };
        let assessed = Assessed {
            place,
            far_class,
            density_class,
            intensity: intensity::intensity(inputs, rules),
            residual: residuals.into_iter().fold(0.0, f64::max),
            inefficient: inefficient::inefficient(inputs, conformity.conflict, rules, &common),
            disposal: disposal::disposal(inputs, &found, rules),
            plan: conformity,
            standing,
            action,
            idle,
            low,
            parcel,
        };
        let outlines = Outlines::of_approvals(&outlines::Patch { flat: patch, memory: &memory }, &by_approval);
        (assessed, (cuts, outlines))
    };
    let (assessed, (cuts, outlines)): (Vec<Assessed>, (Vec<Cuts>, Vec<Outlines>)) =
        parcels.into_par_iter().zip(&patches).map(assess).unzip();
    let scales: Vec<f64> = plan.par_iter().map(|polygon| plan_scale(polygon, settings.area_method)).collect();
    let mut new = growth::new_land(&planned, &scales, &classes, &patches);
    let zoned = roles.layer(Role::Zoning).is_some();
    notes.extend(cover_notes(&assessed, &spec.id, zoned));
    let conservation = conservation(&assessed, &patches);
    let (mut marginal, remarks) = if zoned {
        marginal::marginal(&marginal::Question {
            assessed: &assessed,
            patches: &patches,
            cuts: &cuts,
            plan: &plan,
            planned: &planned,
            index: &index,
            roads: &roads,
            rules: &rules.marginal,
        })
    } else {
        (Vec::new(), Vec::new())
    };
    notes.extend(remarks);
    let gained: Vec<(f64, Place)> =
        new.par_iter().map(|land| (land.area.hectares(), places.of(&Patch::of(&land.land)).0)).collect();

    // What is drawn leaves the plane, and the plane's land goes before anything else is made.
    let zones: Vec<_> = places.zones().map(|(zone, land)| (zone, memory.unproject(land))).collect();
    new.par_iter_mut().for_each(|land| land.land = memory.unproject(&land.land));
    marginal.par_iter_mut().for_each(|piece| piece.land = memory.unproject(&piece.land));
    drop((planned, roads, covering, index, places, standings, actions));
    let draw = |((outlines, cuts), flat): ((Outlines, Cuts), &MultiPolygon<f64>)| {
        outlines.with_plan(&outlines::Patch { flat, memory: &memory }, &cuts.lands)
    };
    let outlines = outlines.into_par_iter().zip(cuts).zip(&patches).map(draw).collect();
    drop((patches, memory));

    let names = tables::GroupNames { parks: place_inputs.parks, scopes: scopes.as_deref().unwrap_or_default() };
    let mut made = vec![tables::overview(&assessed, &names)];
    if zoned {
        made.push(tables::changes(&assessed, &gained, &names));
        made.push(tables::conflicts(&assessed, &names));
        made.push(tables::conformity(&assessed, &names));
    }
    if let Some(approvals) = &approvals {
        made.push(tables::approval(&assessed, &names));
        made.extend(tables::unsupplied(&assessed, approvals, &rules.scenarios, &names));
    }
    made.push(tables::far(&assessed, &names, rules));
    made.push(tables::density(&assessed, &names, rules));
    made.push(tables::intensity(&assessed, &names, rules));
    if zoned {
        made.push(tables::marginal(&assessed, &marginal, &names));
    }
    if !zones.is_empty() {
        made.push(tables::zones(&assessed, &names));
    }
    if common::tells_of_idle_land(&common) {
        made.push(tables::idle(&assessed, &names));
    }
    made.push(tables::low(&assessed, &names));
    made.push(tables::inefficient(&assessed, &names, rules));
    if zoned {
        made.push(tables::disposal(&assessed, &names, rules));
        made.extend(tables::permits(&assessed, &names));
    }
    let statistics =
        Statistics { rules: rules.version(), area_method: area_method(settings), conservation, tables: made };

    let case = Case { common, area_method: settings.area_method, sources: dossiers::sources(inputs)? };
    let named = |lands: &Option<Vec<Land>>| lands.iter().flatten().map(Named::from).collect();
    let (of_parks, of_scopes) = (named(&parks), named(&scopes));
    let scenarios = rules.scenarios.clone();
    let files = Files { assessed, zoned, plan, approvals, marginal, scenarios, parks: of_parks, scopes: of_scopes };
    let drawing = Drawing { scopes, parks, control_line, zones, outlines, new };
    Ok(Analysis { conservation, statistics, notes, case, files, drawing })
}

/// The planned use code of the largest piece that stays industrial.
fn kept_as<'p>(conformity: &Conformity, plan: &'p [PlanPolygon]) -> Option<&'p str> {
    let kept = conformity.pieces.iter().filter(|piece| piece.class.is_some_and(|c| c.group == UseGroup::Industrial));
    let largest = kept.reduce(|best, next| if next.area > best.area { next } else { best })?;
    plan[largest.plan].code.as_deref()
}

fn area_method(settings: &Settings) -> String {
    let name = match settings.area_method {
        AreaMethod::Ellipsoidal => "ellipsoidal",
        AreaMethod::Planar => "planar",
        AreaMethod::Field => "field",
    };
    name.to_owned()
}

/// Area of record per square metre of the plane for land that is no patch: nobody recorded it.
fn plan_scale(polygon: &PlanPolygon, method: AreaMethod) -> f64 {
    let scale = match method {
        AreaMethod::Planar => planar_area(&polygon.boundary).0 / ellipsoidal_area(&polygon.boundary).0,
        AreaMethod::Ellipsoidal | AreaMethod::Field => 1.0,
    };
    if scale.is_finite() { scale } else { 1.0 }
}

/// The layers of a project by role.
struct Roles<'a> {
    inputs: &'a [(LayerSpec, Layer)],
}

impl<'a> Roles<'a> {
    /// Roads and plain layers may be many; of every other role there is one layer.
    fn of(inputs: &'a [(LayerSpec, Layer)]) -> Result<Self, AnalyseError> {
        for role in Role::ALL.into_iter().filter(|role| !matches!(role, Role::Plain | Role::Roads)) {
            let mut layers = inputs.iter().filter(|(spec, _)| spec.role == role);
            if let (Some((first, _)), Some((second, _))) = (layers.next(), layers.next()) {
                let (first, second) = (first.id.clone(), second.id.clone());
                return Err(AnalyseError::RoleTwice { role: role.name(), first, second });
            }
        }
        Ok(Self { inputs })
    }

    fn layer(&self, role: Role) -> Option<(&'a LayerSpec, &'a Layer)> {
        self.inputs.iter().find(|(spec, _)| spec.role == role).map(|(spec, layer)| (spec, layer))
    }

    fn need_parcels(&self) -> Result<(&'a LayerSpec, &'a Layer), AnalyseError> {
        self.layer(Role::Parcels).ok_or(AnalyseError::NoParcels)
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

/// Whether cutting lost land, over all overlays of the run.
fn conservation(assessed: &[Assessed], patches: &[MultiPolygon<f64>]) -> Conservation {
    let is_over = |(patch, land): &(&Assessed, &MultiPolygon<f64>)| {
        patch.residual > tolerance(crate::measure::plane::plane_area(land).0)
    };
    Conservation {
        patches: assessed.len() as u64,
        largest_residual_m2: assessed.iter().map(|patch| patch.residual).fold(0.0, f64::max),
        over_tolerance: assessed.iter().zip(patches).filter(is_over).count() as u64,
    }
}

/// What cutting met, in words; rows are those of the parcels layer.
fn cover_notes(assessed: &[Assessed], parcels: &str, zoned: bool) -> Vec<Note> {
    let mut notes = Notes::of(parcels);
    for patch in assessed {
        let (cover, row) = (patch.plan.cover, patch.parcel.inputs.row);
        if zoned && patch.plan.uncovered_area.0 > 0.0 {
            notes.add("patches that the plan does not cover completely", row);
        }
        if cover.contested > 0.0 {
            notes.add("patches where plan polygons overlap (the first in the layer has the land)", row);
        }
        if patch.standing.is_contested {
            notes.add("patches where approvals overlap (the first in the layer has the land)", row);
        }
        if cover.folded > 0 {
            notes.add("patches with slivers, folded into the neighbouring piece", row);
        }
        if cover.fell_back {
            notes.add("patches whose borders had to be cut polygon by polygon", row);
        }
        if patch.residual > tolerance(patch.parcel.inputs.area.0) {
            notes.add("patches whose pieces did not add up to their area within 0.01 m²", row);
        }
    }
    notes.finish().collect()
}
