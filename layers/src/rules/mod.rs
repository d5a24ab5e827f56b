//! The plan's analyses: questions asked of every industrial patch.
//!
//! [`analyse`] reads the layers by their roles, asks each rule of each patch, and adds up tables from
//! the answers; [`Analysis::layers`] draws the same answers, so that map, table and findings cannot
//! differ.
//! One rule a file; each says which question it asks, where the threshold comes from and what it
//! cannot see.

mod approval;
mod assess;
mod common;
mod conformity;
mod density;
pub mod disposal;
mod dossiers;
pub mod explain;
mod far;
mod flat;
mod growth;
pub mod idle;
pub mod inefficient;
mod intensity;
mod label;
pub mod low;
mod marginal;
mod outlines;
mod place;
mod read;
mod remarks;
mod renewal;
pub mod ruleset;
pub mod scenarios;
mod tables;
mod thematic;
mod truth;

pub use ruleset::RuleSet;

pub use crate::intake::Note;

use rayon::prelude::*;

use crate::dossier::{Case, Named};
use crate::feature::Layer;
use crate::intake::{IntakeError, Land};
use crate::overlay::Patch;
use crate::project::{AreaMethod, LayerSpec, Settings};
use crate::stats::{Conservation, Statistics};

use assess::Assessing;
use dossiers::Files;
use flat::Flat;
use place::Places;
use read::Read;
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

/// Runs every analysis that its inputs allow.
///
/// # Errors
/// No parcels layer, no industrial patch in it, missing or repeated keys, a column that is not
/// there, a role given twice, use codes without a declared system.
pub fn analyse(inputs: &[(LayerSpec, Layer)], settings: &Settings) -> Result<Analysis, AnalyseError> {
    analyse_taking(&mut inputs.to_vec(), settings)
}

/// [`analyse`], which takes the rows out of the layers that it understands, so that a city is not
/// held twice. Roads, buildings and plain layers keep theirs.
///
/// # Errors
/// As [`analyse`].
pub fn analyse_taking(inputs: &mut [(LayerSpec, Layer)], settings: &Settings) -> Result<Analysis, AnalyseError> {
    let rules = &settings.rules;
    let mut read = Read::of(inputs, settings)?;
    let mut notes = std::mem::take(&mut read.notes);
    let mut flat = Flat::of(&mut read);
    let places = Places::new(&read.places(settings), &mut flat.memory);

    // What is drawn leaves the plane as soon as it is known.
    let mut new = growth::new_land(&flat, &read.plan, settings.area_method);
    let gained = new.par_iter().map(|land| (land.area.hectares(), places.of(&Patch::of(&land.land)).0)).collect();
    new.par_iter_mut().for_each(|land| land.land = flat.memory.unproject(&land.land));
    let zones: Vec<_> = places.zones().map(|(zone, land)| (zone, flat.memory.unproject(land))).collect();
    let parcels = std::mem::take(&mut read.parcels);
    let assessing = Assessing::new(&read, &mut flat, &places, rules);
    let (assessed, cuts, outlines) = assessing.all(parcels, &flat);
    drop(assessing);
    drop(places);
    if flat.roads.is_empty() {
        // Only what roads leave of a piece has vertices that nobody has given back yet.
        flat.memory.forget();
    }

    notes.extend(remarks::on_cutting(&assessed, &read.parcels_id, read.zoned));
    let conservation = remarks::conservation(&assessed, &flat.patches);
    let mut marginal = Vec::new();
    if read.zoned {
        let (found, remarks) = marginal::marginal(&marginal::Question {
            assessed: &assessed,
            cuts: &cuts,
            flat: &flat,
            plan: &read.plan,
            rules: &rules.marginal,
        });
        marginal = found;
        notes.extend(remarks);
    }
    marginal.par_iter_mut().for_each(|piece| piece.leave_plane(&flat.memory));
    drop((flat, cuts));

    let tables =
        tables::all(&tables::Found { assessed: &assessed, gained, marginal: &marginal, zones: &zones }, &read, rules);
    let area_method = area_method(settings);
    let statistics = Statistics { rules: rules.version(), area_method, conservation, tables };
    let Read { common, sources, plan, parks, scopes, control_line, approvals, zoned, .. } = read;
    let case = Case { common, area_method: settings.area_method, sources };
    let named = |lands: &Option<Vec<Land>>| lands.iter().flatten().map(Named::from).collect();
    let (of_parks, of_scopes) = (named(&parks), named(&scopes));
    let scenarios = rules.scenarios.clone();
    let files = Files { assessed, zoned, plan, approvals, marginal, scenarios, parks: of_parks, scopes: of_scopes };
    let drawing = Drawing { scopes, parks, control_line, zones, outlines, new };
    Ok(Analysis { conservation, statistics, notes, case, files, drawing })
}

fn area_method(settings: &Settings) -> String {
    let name = match settings.area_method {
        AreaMethod::Ellipsoidal => "ellipsoidal",
        AreaMethod::Planar => "planar",
        AreaMethod::Field => "field",
    };
    name.to_owned()
}
