//! Asking every rule that looks at one patch alone.

use geo::MultiPolygon;
use rayon::prelude::*;

use crate::codes::land_use::{UseClass, UseGroup};
use crate::facts::Action;
use crate::intake::{Parcel, PlanPolygon};
use crate::overlay::{CoverLayer, Patch, VertexMemory};

use super::approval::{Standing, Standings};
use super::conformity::{Conformity, Cuts, conformity};
use super::disposal::{self, Disposal, Found};
use super::flat::Flat;
use super::idle::{self, Idle};
use super::inefficient::{self, Inefficient};
use super::low::{self, Low};
use super::outlines::{self, Outlines};
use super::place::{Place, Places};
use super::read::Read;
use super::renewal::Actions;
use super::{RuleSet, density, far, intensity};

/// A patch and everything the rules said of it.
#[derive(Clone, Debug)]
pub(super) struct Assessed {
    pub(super) parcel: Parcel,
    pub(super) place: Place,
    pub(super) far_class: Option<u8>,
    pub(super) density_class: Option<u8>,
    pub(super) intensity: Option<u8>,
    pub(super) plan: Conformity,
    pub(super) idle: Idle,
    pub(super) low: Low,
    pub(super) inefficient: Inefficient,
    pub(super) disposal: Disposal,
    pub(super) standing: Standing,
    /// Whether the five-year plan acts here; unknown without a layer of it.
    pub(super) action: Action,
    /// The most that any of its overlays lost, square metres.
    pub(super) residual: f64,
}

/// What patches are asked with.
pub(super) struct Assessing<'a> {
    read: &'a Read,
    rules: &'a RuleSet,
    plan: CoverLayer,
    classes: Vec<Option<UseClass>>,
    places: &'a Places,
    standings: Standings,
    actions: Option<Actions>,
}

impl<'a> Assessing<'a> {
    /// Makes the layers ready that patches are laid over.
    pub(super) fn new(read: &'a Read, flat: &mut Flat, places: &'a Places, rules: &'a RuleSet) -> Self {
        let approved = flat.approved.take();
        let memory = &mut flat.memory;
        Self {
            read,
            rules,
            plan: CoverLayer::new(&flat.planned),
            classes: read.plan.iter().map(|polygon| polygon.class).collect(),
            places,
            standings: Standings::new(approved.as_deref(), read.control_line.as_deref(), memory),
            actions: read.renewals.as_ref().map(|renewals| Actions::new(renewals, memory)),
        }
    }

    /// What is found of every parcel, the land into which the plan cuts it, and how its pieces are
    /// drawn.
    pub(super) fn all(&self, parcels: Vec<Parcel>, flat: &Flat) -> (Vec<Assessed>, Vec<Cuts>, Vec<Outlines>) {
        // Each list is made once, in its place: lists that are joined would be copied, and held twice.
        let mut outlines = vec![Outlines::default(); parcels.len()];
        let (mut assessed, mut cuts) = (Vec::new(), Vec::new());
        let parcels = parcels.into_par_iter().zip(&flat.patches).zip(&mut outlines);
        let one = |((parcel, patch), outlines): ((Parcel, &MultiPolygon<f64>), &mut Outlines)| {
            let (assessed, cuts, drawn) = self.one(parcel, patch, &flat.memory);
            *outlines = drawn;
            (assessed, cuts)
        };
        parcels.map(one).unzip_into_vecs(&mut assessed, &mut cuts);
        (assessed, cuts, outlines)
    }

    fn one(&self, parcel: Parcel, patch: &MultiPolygon<f64>, memory: &VertexMemory) -> (Assessed, Cuts, Outlines) {
        let (inputs, rules, common) = (&*parcel.inputs, self.rules, &self.read.common);
        let land = Patch::of(patch);
        let scale = inputs.area.0 / land.area();
        let scale = if scale.is_finite() { scale } else { 0.0 };
        let (conformity, cuts) = conformity(&land, scale, &self.plan, &self.classes);
        let (standing, by_approval) = self.standings.of(&land, scale);
        let (place, of_place) = self.places.of(&land);
        let (action, of_action) = self.actions.as_ref().map_or((Action::Unknown, 0.0), |actions| actions.of(&land));
        let residuals = [conformity.cover.residual, standing.residual, of_place, of_action];
        let idle = idle::idle(inputs, rules, common);
        let low = low::low(inputs, idle.idle, rules, common);
        let found = Found {
            idle: &idle,
            low: &low,
            conflict: conformity.conflict,
            action,
            plan_code: kept_as(&conformity, &self.read.plan),
        };
        let assessed = Assessed {
            place,
            far_class: far::far_class(inputs, rules),
            density_class: density::density_class(inputs, rules),
            intensity: intensity::intensity(inputs, rules),
            residual: residuals.into_iter().fold(0.0, f64::max),
            inefficient: inefficient::inefficient(inputs, conformity.conflict, rules, common),
            // Dossiers ask again which states were possible.
            disposal: Disposal { states: Vec::new(), ..disposal::disposal(inputs, &found, rules) },
            plan: conformity,
            standing,
            action,
            idle,
            low,
            parcel,
        };
        let outlines = Outlines::of(&outlines::Patch { flat: patch, memory }, &by_approval, &cuts.lands);
        (assessed, cuts, outlines)
    }
}

/// The planned use code of the largest piece that stays industrial.
fn kept_as<'p>(conformity: &Conformity, plan: &'p [PlanPolygon]) -> Option<&'p str> {
    let kept = conformity.pieces.iter().filter(|piece| piece.class.is_some_and(|c| c.group == UseGroup::Industrial));
    let largest = kept.reduce(|best, next| if next.area > best.area { next } else { best })?;
    plan[largest.plan].code.as_deref()
}
