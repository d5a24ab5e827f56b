//! The plan's tables in the forms people take them away in: aligned text, JSON, CSV, a workbook.
//!
//! Text, CSV and workbook show hectares to two decimals, JSON to four; the numbers are rounded
//! only here, once.

mod csv;
mod json;
mod provenance;
pub mod quality;
mod text;
mod xlsx;

use layers::round;
use layers::stats::{By, Group, OwnedLabel, Row, Rows, Table};

pub use self::csv::csv;
pub use json::json;
pub use provenance::{Provenance, ProvenanceLine};
pub use text::text;
pub use xlsx::{XlsxError, xlsx};

/// A table as asked for: whole, or broken down.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The table.
    pub table: &'a Table,
    /// Its breakdown; `None` = whole.
    pub groups: Option<(By, &'a [Group])>,
    /// The generation it is from.
    pub generation: &'a str,
    /// The version of the rules that made it.
    pub rules: &'a str,
}

impl<'a> Report<'a> {
    /// The table broken down as asked; `None` if it has no such breakdown.
    pub fn new(table: &'a Table, by: Option<By>, generation: &'a str, rules: &'a str) -> Option<Self> {
        let groups = match by {
            None => None,
            Some(by) => {
                let breakdown = table.breakdowns.iter().find(|breakdown| breakdown.by == by)?;
                Some((by, breakdown.groups.as_slice()))
            }
        };
        Some(Self { table, groups, generation, rules })
    }

    /// Its blocks: the whole, or one a group.
    fn blocks(&self) -> Vec<(Option<&'a Group>, &'a Rows)> {
        match self.groups {
            None => vec![(None, &self.table.rows)],
            Some((_, groups)) => groups.iter().map(|group| (Some(group), &group.rows)).collect(),
        }
    }
}

/// What a line of a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Class,
    Total,
    OfWhich,
    NotAssessed,
}

impl Line {
    fn name(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Total => "total",
            Self::OfWhich => "of_which",
            Self::NotAssessed => "not_assessed",
        }
    }
}

/// The lines of a block in reading order.
fn lines(rows: &Rows) -> impl Iterator<Item = (Line, &Row)> {
    let classes = rows.rows.iter().map(|row| (Line::Class, row));
    let of_which = rows.of_which.iter().map(|row| (Line::OfWhich, row));
    let not_assessed = rows.not_assessed.iter().map(|row| (Line::NotAssessed, row));
    classes.chain([(Line::Total, &rows.total)]).chain(of_which).chain(not_assessed)
}

/// Both languages, or one where they say the same.
fn both(label: &OwnedLabel) -> String {
    if label.zh == label.en { label.zh.clone() } else { format!("{} {}", label.zh, label.en) }
}

#[cfg(test)]
pub(crate) mod example {
    //! A small table to try the forms on.

    use layers::stats::Breakdown;

    use super::*;

    fn label(zh: &str, en: &str) -> OwnedLabel {
        OwnedLabel { zh: zh.into(), en: en.into() }
    }

    fn row(key: &str, zh: &str, en: &str, count: Option<u64>, area_ha: f64, share: Option<f64>) -> Row {
        Row { key: key.into(), label: label(zh, en), count, area_ha, share }
    }

    pub(crate) fn table() -> Table {
        let rows = Rows {
            rows: vec![
                row("education", "教育用地", "Education", Some(18), 39.695_000_000_1, Some(0.134_92)),
                row("other", "其他多种地类", "Other uses", Some(102), 254.55, Some(0.865_08)),
            ],
            total: row("total", "合计", "Total", Some(120), 294.245, Some(1.0)),
            of_which: vec![row("mandatory", "强条", "Mandatory", None, 116.51, Some(0.396))],
            not_assessed: None,
        };
        let group = Group { key: "SME".into(), label: label("中小企业园", "SME park"), rows: rows.clone() };
        Table {
            table: "conflicts".into(),
            title: label("冲突类型", "Conflicts"),
            counts: label("宗", "patches"),
            unit: "ha".into(),
            rule: "conflicts@1".into(),
            rows,
            breakdowns: vec![Breakdown { by: By::Park, groups: vec![group] }],
        }
    }
}
