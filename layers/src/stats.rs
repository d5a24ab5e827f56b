//! The plan's tables as data: rows of count, hectares and share, whole or broken down.

use serde::{Deserialize, Serialize};

use crate::codes::Label;

/// What a table can be broken down by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Industrial park.
    Park,
    /// Industrial zone.
    Zone,
    /// Study area.
    Scope,
    /// How the detailed plan stands to the patch.
    Conflict,
}

impl By {
    /// Every breakdown.
    pub const ALL: [By; 4] = [By::Park, By::Zone, By::Scope, By::Conflict];

    /// The breakdown as written in a query or on the command line.
    pub fn name(self) -> &'static str {
        match self {
            By::Park => "park",
            By::Zone => "zone",
            By::Scope => "scope",
            By::Conflict => "conflict",
        }
    }
}

/// A row: how many, how much, and which part of the whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The class's code.
    pub key: String,
    /// The class in words.
    pub label: OwnedLabel,
    /// Patches, or pieces as the table says; `None` where nothing is counted.
    pub count: Option<u64>,
    /// Hectares, unrounded.
    pub area_ha: f64,
    /// Part of the table's total area, 0..=1; `None` where the total is zero.
    pub share: Option<f64>,
}

/// A label that was read back from a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnedLabel {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<&Label> for OwnedLabel {
    fn from(label: &Label) -> Self {
        Self { zh: label.zh.clone().into_owned(), en: label.en.clone().into_owned() }
    }
}

/// Rows that together make a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// The classes in display order, empty classes included.
    pub rows: Vec<Row>,
    /// All classes together.
    pub total: Row,
    /// Parts of the total that cut across the classes, such as its mandatory part.
    pub of_which: Vec<Row>,
    /// What could not be assessed for want of an input; outside the total.
    pub not_assessed: Option<Row>,
}

/// The rows of one park, zone, scope or state of conflict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The group's key.
    pub key: String,
    /// The group's name.
    pub label: OwnedLabel,
    /// Its rows.
    #[serde(flatten)]
    pub rows: Rows,
}

/// One of the plan's tables, whole and broken down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Its name: `overview`, `changes`, `conflicts`, `far`, `density`, `intensity`, `zones`, `conformity`,
    /// `idle`, `low`, `inefficient`, `disposal`, `permit_new`, `permit_ext`.
    /// `approval`, `unsupplied`, `marginal`.
    pub table: String,
    /// Its title.
    pub title: OwnedLabel,
    /// What `count` counts.
    pub counts: OwnedLabel,
    /// Always `ha`.
    pub unit: String,
    /// The rule that made it, with its version.
    pub rule: String,
    /// The whole.
    #[serde(flatten)]
    pub rows: Rows,
    /// The same by park, zone, scope or conflict, as far as they are known.
    pub breakdowns: Vec<Breakdown>,
}

impl Table {
    /// The table's rows, whole first, then of every group.
    pub(crate) fn all_rows_mut(&mut self) -> impl Iterator<Item = &mut Rows> {
        let groups = self.breakdowns.iter_mut().flat_map(|breakdown| &mut breakdown.groups);
        std::iter::once(&mut self.rows).chain(groups.map(|group| &mut group.rows))
    }

    /// The table broken down that way, if it can be.
    pub fn by(&self, by: By) -> Option<&[Group]> {
        self.breakdowns.iter().find(|breakdown| breakdown.by == by).map(|breakdown| breakdown.groups.as_slice())
    }
}

/// A table broken down one way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Breakdown {
    /// The way.
    pub by: By,
    /// Its groups in order; then `none` holds what is in no group, and `not_assessed`, where there is
    /// any, what may be in one: inputs are missing that would tell.
    pub groups: Vec<Group>,
}

/// Whether cutting lost land: for every patch, its area against its pieces and what is uncovered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Conservation {
    /// Patches that were checked, each in every overlay of the run.
    pub patches: u64,
    /// The largest difference, square metres.
    pub largest_residual_m2: f64,
    /// Patches whose difference is above 0.01 m² + 1e-9 of their area.
    pub over_tolerance: u64,
}

/// Every table of a build: the content of `stats.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// Version of the rules.
    pub rules: String,
    /// The area method (`ellipsoidal`, `planar`, `field`).
    pub area_method: String,
    /// Whether cutting lost land.
    #[serde(default)]
    pub conservation: Conservation,
    /// The tables in the plan's order.
    pub tables: Vec<Table>,
}

impl Statistics {
    /// The table with that name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.table == name)
    }
}
