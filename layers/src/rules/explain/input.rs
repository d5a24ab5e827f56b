//! What a rule was asked of: a value, its unit and the cell it was read from.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use super::{Asking, label, words};
use crate::dossier::LayerSource;
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
    /// What people call the value, where it is a code or a truth.
    pub said: Option<OwnedLabel>,
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
    /// File name.
    pub file: String,
    /// Table.
    pub table: String,
    /// Row; `None` = several.
    pub row: Option<i64>,
    /// Column; `None` = the geometry, or the row as a whole.
    pub column: Option<String>,
}

impl SourceCell {
    fn of(layer: &LayerSource, row: Option<i64>, column: Option<&String>) -> Self {
        Self {
            layer: layer.layer.clone(),
            file: layer.file.clone(),
            table: layer.table.clone(),
            row,
            column: column.cloned(),
        }
    }
}

impl Asking<'_> {
    /// A recorded input of the patch. A field whose column the layer does not have was measured or
    /// derived from others.
    pub(super) fn input(&self, field: &'static str, value: impl Into<Value>) -> Input {
        let cell = |layer: &LayerSource| {
            Some(SourceCell::of(layer, Some(self.dossier.inputs.row), Some(layer.columns.get(field)?)))
        };
        let source = self.case.sources.get(&Role::Parcels).and_then(cell);
        Input { source, ..self.derived(field, value) }
    }

    /// A recorded day.
    pub(super) fn date(&self, field: &'static str, day: Option<Date>) -> Input {
        self.input(field, day.map(|day| day.to_string()))
    }

    /// A recorded answer, by its code.
    pub(super) fn coded(&self, field: &'static str, code: Option<&'static str>) -> Input {
        let said = code.and_then(|code| words::said(field, code));
        Input { said, ..self.input(field, code) }
    }

    /// An answer of an earlier rule, by its code.
    pub(super) fn coded_derived(&self, field: &'static str, code: Option<&'static str>) -> Input {
        let said = code.and_then(|code| words::said(field, code));
        Input { said, ..self.derived(field, code) }
    }

    /// An input that no cell holds: measured, derived, or set for all patches.
    pub(super) fn derived(&self, field: &'static str, value: impl Into<Value>) -> Input {
        let (words, value) = (words::of(field), value.into());
        let said = value.as_bool().map(|truth| if truth { label("是", "yes") } else { label("否", "no") });
        Input { field: field.to_owned(), label: words.label(), value, said, unit: words.unit, source: None }
    }

    /// A sum over rows of another layer.
    pub(super) fn summed(&self, field: &'static str, value: Option<f64>, role: Role, rows: usize) -> Input {
        let source = self.case.sources.get(&role).map(|layer| SourceCell::of(layer, None, None));
        let input = self.derived(field, value);
        let (zh, en) = (&input.label.zh, &input.label.en);
        let counted = label(format!("{zh}（{rows} 栋建筑之和）"), format!("{en} (sum of {rows} buildings)"));
        Input { label: counted, source, ..input }
    }

    /// A row of another layer.
    pub(super) fn row(&self, role: Role, row: i64) -> Option<SourceCell> {
        Some(SourceCell::of(self.case.sources.get(&role)?, Some(row), None))
    }
}

impl Input {
    /// The same, read from another layer.
    pub(super) fn read_in(self, asking: &Asking<'_>, role: Role) -> Self {
        let source = asking.case.sources.get(&role).map(|layer| SourceCell::of(layer, None, None));
        Self { source, ..self }
    }
}
