//! The decision table of disposal and permits, and the scenarios of table 9.

use serde::{Deserialize, Serialize};

use super::Interval;
use crate::facts::{Action, Cause, ConflictState, Status, Supply, Will};
use crate::stats::OwnedLabel;

/// Disposal and permits (plan 4.3.2, 4.4; RULES 1.14).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disposal {
    /// Sections of the plan.
    pub section: String,
    /// The first row that fits decides.
    pub rows: Vec<DisposalRow>,
    /// What outcomes mean.
    pub outcomes: Vec<Outcome>,
    /// The six modes of remediation.
    pub modes: Mode,
}

impl Disposal {
    /// The outcome of rows that leave it to the [`Scenarios`].
    pub const BY_CAUSE: &'static str = "by_cause";
    /// The outcome of idle land whose cause nobody knows.
    pub const NO_CAUSE: &'static str = "CONSULT";
    /// The outcome that is given by hand alone: forced clearance (row M of RULES 1.14).
    pub const BY_HAND: &'static str = "FORCE_OUT";
}

/// Whether a permit can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permit {
    /// Yes.
    Allow,
    /// By filing (备案).
    File,
    /// Not before someone was asked.
    Hold,
    /// No.
    Deny,
}

impl Permit {
    /// The permit's code in tiles and tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::File => "file",
            Self::Hold => "hold",
            Self::Deny => "deny",
        }
    }
}

/// One row: conditions (empty = not asked) and what follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisposalRow {
    /// Its number, published as `disposal_row`.
    pub row: u8,
    /// Idle, low or normal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<Status>,
    /// Conflict with the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflict: Vec<ConflictState>,
    /// The enterprise's will.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub will: Vec<Will>,
    /// Whether the enterprise's proposal conforms to the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conforms: Option<bool>,
    /// The five-year plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub action: Vec<Action>,
    /// New buildings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<Permit>,
    /// Extensions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extend: Option<Permit>,
    /// Code of the outcome; `by_cause` = the scenarios decide.
    pub outcome: String,
    /// Section of the plan.
    pub section: String,
}

/// What is advised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Its code.
    pub code: String,
    /// The mode of remediation it leads to, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u8>,
    /// Its name.
    pub label: OwnedLabel,
    /// What it means.
    pub advice: OwnedLabel,
}

/// The modes of remediation (plan 5.2.2; RULES 1.15).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mode {
    /// Section of the plan.
    pub section: String,
    /// Mode 1 first.
    pub labels: Vec<OwnedLabel>,
}

/// Table 9 (plan 4.2.1; RULES 1.16).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenarios {
    /// Section of the plan.
    pub section: String,
    /// Of each kind the first that fits decides.
    pub rows: Vec<Scenario>,
}

/// Which land a scenario is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScenarioKind {
    /// Approved and never supplied (批而未供).
    Unsupplied,
    /// Idle (闲置).
    Idle,
}

/// One scenario: conditions (empty = not asked) and what follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its code.
    pub code: String,
    /// Which land it is for.
    pub kind: ScenarioKind,
    /// Why land is idle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cause: Vec<Cause>,
    /// The enterprise's will.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub will: Vec<Will>,
    /// Conflict with the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflict: Vec<ConflictState>,
    /// Whether the price is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<bool>,
    /// Whole years of idleness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years: Option<Interval>,
    /// Why approved land was not supplied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reason: Vec<Supply>,
    /// Its name.
    pub label: OwnedLabel,
    /// What is to be done.
    pub advice: OwnedLabel,
}
