//! What a rule was asked of: a value, its unit and the cell it was read from.

use serde::Serialize;
use serde_json::Value;

use super::{Asking, words};
use crate::project::Role;
use crate::stats::OwnedLabel;

/// One input of a rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Input {
    /// The field's name in `tuban.toml`, or what was measured.
    pub field: String,
    /// What people call it.
    pub label: OwnedLabel,
    /// Its value; null = not recorded.
    pub value: Value,
    /// Its unit, if it has one.
    pub unit: Option<&'static str>,
    /// Where it was read; `None` = measured or derived.
    pub source: Option<SourceCell>,
}

/// A cell of a source table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceCell {
    /// Layer id.
    pub layer: String,
    /// File and table.
    pub table: String,
    /// Row.
    pub row: i64,
    /// Column; `None` = the geometry, or the row as a whole.
    pub column: Option<String>,
}

impl Asking<'_> {
    /// A recorded input of the patch. A field whose column the layer does not have was measured or
    /// derived from others.
    pub(super) fn input(&self, field: &'static str, value: impl Into<Value>) -> Input {
        let words = words::of(field);
        let parcels = self.case.sources.get(&Role::Parcels);
        let source = parcels.and_then(|layer| {
            let column = layer.columns.get(field)?;
            Some(SourceCell {
                layer: layer.layer.clone(),
                table: format!("{} / {}", layer.file, layer.table),
                row: self.dossier.inputs.row,
                column: Some(column.clone()),
            })
        });
        Input { field: field.to_owned(), label: words.label(), value: value.into(), unit: words.unit, source }
    }

    /// A row of another layer.
    pub(super) fn row(&self, role: Role, row: i64) -> Option<SourceCell> {
        let layer = self.case.sources.get(&role)?;
        let table = format!("{} / {}", layer.file, layer.table);
        Some(SourceCell { layer: layer.layer.clone(), table, row, column: None })
    }
}
