//! From layers as read to land as meant: which column is which, in which unit, with which code.
//!
//! What is missing stays missing (`None`), and everything that could not be understood is counted
//! in [`Note`]s with the rows concerned.

mod approvals;
mod buildings;
mod codes;
mod columns;
mod land;
mod parcels;
mod record;
mod renewal;
mod words;
mod zoning;

pub use approvals::{Approval, approvals};
pub use codes::{LayerCodes, UsedCode, UsedCodes, used_codes};
pub use columns::{Columns, guess_column};
pub use land::{Land, lands};
pub use parcels::{Parcel, parcels};
pub(crate) use parcels::{patches, subjects, unique_columns};
pub use record::recorded_fields;
pub use renewal::{Renewal, renewals};
pub use zoning::{PlanPolygon, plan_polygons};

use std::collections::BTreeMap;

use geo::{Geometry, MultiPolygon, Polygon, unary_union};

use crate::codes::land_use::Doubt;
use crate::feature::SourceTable;
use crate::project::Field;
use crate::valid::{Made, make_valid};

/// One remark about the data: what was met, how often, and the first rows concerned.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Note {
    /// Layer id.
    pub layer: String,
    /// What was met, in words.
    pub message: String,
    /// How many rows it concerns.
    pub count: u64,
    /// The first rows concerned, at most [`Notes::FIRST`].
    pub rows: Vec<i64>,
}

/// Collects remarks of one layer, the same remark once.
#[derive(Debug, Default)]
pub struct Notes {
    layer: String,
    by_message: BTreeMap<String, (u64, Vec<i64>)>,
}

impl Notes {
    /// As many rows as a note names.
    pub const FIRST: usize = 5;

    /// Remarks about one layer.
    pub fn of(layer: &str) -> Self {
        Self { layer: layer.to_owned(), by_message: BTreeMap::new() }
    }

    /// Adds a remark about one row.
    pub fn add(&mut self, message: impl Into<String>, row: i64) {
        let (count, rows) = self.by_message.entry(message.into()).or_default();
        *count += 1;
        if rows.len() < Self::FIRST {
            rows.push(row);
        }
    }

    /// Adds a remark about the layer as a whole.
    pub fn add_layer(&mut self, message: impl Into<String>, count: u64) {
        self.by_message.entry(message.into()).or_default().0 += count;
    }

    /// Adds the remarks about rows that follow.
    fn append(&mut self, next: Self) {
        for (message, (count, rows)) in next.by_message {
            let known = self.by_message.entry(message).or_default();
            known.0 += count;
            known.1.extend(rows);
            known.1.truncate(Self::FIRST);
        }
    }

    /// The remarks, in order of their words.
    pub fn finish(self) -> impl Iterator<Item = Note> {
        let layer = self.layer;
        let note = move |(message, (count, rows))| Note { layer: layer.clone(), message, count, rows };
        self.by_message.into_iter().map(note)
    }
}

/// Why a layer cannot play its role.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// A column that the configuration names is not there.
    #[error("{at} has no column {column} (for {field}){}", nearest.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default())]
    NoColumn {
        /// Where.
        at: Box<SourceTable>,
        /// The name as configured.
        column: String,
        /// What it was to be.
        field: &'static str,
        /// The nearest name that exists.
        nearest: Option<String>,
    },
    /// A field that the role cannot do without has no column.
    #[error(
        "{at} has no column for {field}; name one in the configuration: fields = {{ {field} = \"…\" }} (columns: {columns})"
    )]
    FieldNeeded {
        /// Where.
        at: Box<SourceTable>,
        /// The field.
        field: &'static str,
        /// What there is.
        columns: String,
    },
    /// A layer with use codes has no declared code system, and they do not say it themselves.
    #[error("layer {layer}: column {column} holds use codes, but the code system is not declared; {doubt}")]
    NoCodeSystem {
        /// The layer.
        layer: String,
        /// The column.
        column: String,
        /// Why none can be taken.
        doubt: Box<Doubt>,
    },
    /// Parcels without a key cannot be found again.
    #[error(
        "{at}, column {column}: {count} parcels without a key, first in row {row}; fill them in, or name another key column: fields = {{ key = \"…\" }}"
    )]
    MissingKeys {
        /// Where.
        at: Box<SourceTable>,
        /// The key column.
        column: String,
        /// How many.
        count: usize,
        /// The first row.
        row: i64,
    },
    /// Two parcels with one key cannot be told apart.
    #[error("{at}, column {column}: {count} keys occur more than once, first {key:?} in rows {rows}; name a column whose values are unique: fields = {{ key = \"…\" }}{}; or, if they are parts of one parcel, set repeated_keys = \"merge\"", if unique.is_empty() { String::new() } else { format!(" (unique here: {})", unique.join(", ")) })]
    RepeatedKeys {
        /// Where.
        at: Box<SourceTable>,
        /// The key column.
        column: String,
        /// How many keys.
        count: usize,
        /// The first such key.
        key: String,
        /// Its rows.
        rows: String,
        /// Columns whose values are unique.
        unique: Vec<String>,
    },
}

/// The polygons of a geometry, lines and points left out; those of a collection are united.
pub fn polygons_of(geometry: &Geometry<f64>) -> MultiPolygon<f64> {
    match geometry {
        Geometry::Polygon(polygon) => MultiPolygon(vec![polygon.clone()]),
        Geometry::MultiPolygon(polygons) => polygons.clone(),
        Geometry::GeometryCollection(all) => united(all.iter().flat_map(|one| polygons_of(one).0).collect()),
        _ => MultiPolygon(vec![]),
    }
}

/// [`polygons_of`] a geometry that nobody needs any more.
fn into_polygons(geometry: Geometry<f64>) -> MultiPolygon<f64> {
    match geometry {
        Geometry::Polygon(polygon) => MultiPolygon(vec![polygon]),
        Geometry::MultiPolygon(polygons) => polygons,
        other => polygons_of(&other),
    }
}

/// Polygons that may overlap or share borders as one valid area, vertices kept to the last bit.
fn united(polygons: Vec<Polygon<f64>>) -> MultiPolygon<f64> {
    match make_valid(MultiPolygon(polygons.clone()).into()) {
        Made::Valid(geometry) | Made::Repaired { geometry, .. } => polygons_of(&geometry),
        // No grid helps, which nobody has seen yet: vertices may move by micrometres.
        Made::Nothing { .. } => unary_union(&polygons),
    }
}

/// A field's name in messages.
fn named(field: Field) -> &'static str {
    field.name()
}
