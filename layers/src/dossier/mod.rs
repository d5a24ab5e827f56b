//! Everything that is known of one patch in one place, so that it can be questioned later.
//!
//! A [`Dossier`] holds inputs and measured parts, no answers: [`explain`](crate::rules::explain) asks the
//! rules again, the same functions that made map and tables. The [`Case`] is what all patches of a
//! build have in common. Both are kept beside the findings ([`store`]), not in them: dossiers hold
//! what contracts and tax offices say, which no map may show.

pub mod store;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::facts::{Action, Common, Inputs};
use crate::project::{AreaMethod, Role};
use crate::units::SquareMetres;

/// What is known of one patch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dossier {
    /// What the parcels layer records.
    pub inputs: Inputs,
    /// Its parts under the plan; `None` without a plan.
    pub plan: Option<PlanParts>,
    /// Its parts by approval; `None` without approvals.
    pub approval: Option<Vec<ApprovalPart>>,
    /// Marginal parts of it.
    pub marginal: Vec<MarginalPart>,
    /// Where it lies.
    pub place: Place,
    /// Whether the five-year plan acts here.
    pub action: Action,
}

/// A patch under the plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanParts {
    /// Its parts, in the order of the plan polygons.
    pub parts: Vec<PlanPart>,
    /// Area under no plan polygon.
    pub uncovered: SquareMetres,
}

/// The part of a patch under one plan polygon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanPart {
    /// The polygon's key, if it has one.
    pub key: Option<Arc<str>>,
    /// Its row.
    pub row: i64,
    /// Planned use as recorded.
    pub code: Option<Arc<str>>,
    /// Planned use in words.
    pub name: Option<Arc<str>>,
    /// Group of the planned use; `None` if the code is missing or unknown.
    pub group: Option<String>,
    /// Whether the planned use is mandatory content.
    pub mandatory: Option<bool>,
    /// Area of record.
    pub area: SquareMetres,
}

/// A part of a patch with or without an approval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalPart {
    /// Key of the approval; `None` where there is none.
    pub key: Option<Arc<str>>,
    /// Its row.
    pub row: Option<i64>,
    /// Whether it is inside the control line; `None` without one.
    pub in_control_line: Option<bool>,
    /// Why it was not supplied, by the code of the scenario.
    pub scenario: Option<String>,
    /// Area of record.
    pub area: SquareMetres,
}

/// A marginal part of a patch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarginalPart {
    /// corner, enclosed or interlocked.
    pub kind: String,
    /// What it is good for.
    pub advice: Option<String>,
    /// The patch it may be merged with.
    pub merge_with: Option<Arc<str>>,
    /// Part of its border that industrial patches share, 0..=1.
    pub shared: f64,
    /// Area of record.
    pub area: SquareMetres,
}

/// Where a patch lies; `None` = nowhere, or not assessed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Park.
    pub park: Option<Named>,
    /// Study area.
    pub scope: Option<Named>,
    /// Code of the zone.
    pub zone: Option<String>,
    /// Whether most of it is inside the control line.
    pub in_control_line: Option<bool>,
}

/// A key with its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Named {
    /// The key.
    pub key: String,
    /// The name.
    pub name: String,
}

/// What all patches of a build have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Reference date and means.
    pub common: Common,
    /// How areas of record were found.
    pub area_method: AreaMethod,
    /// The layers that were read, by role.
    pub sources: BTreeMap<Role, LayerSource>,
}

/// A layer as a source of inputs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerSource {
    /// Its id.
    pub layer: String,
    /// File name without its folder.
    pub file: String,
    /// Table.
    pub table: String,
    /// Columns by the field they hold.
    pub columns: BTreeMap<String, String>,
}
