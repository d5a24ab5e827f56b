//! The statements that read rows: key, geometry, then the attribute columns.

use super::FeatureTable;
use super::contents::RowKey;
use super::write::quoted;

/// How the rows of one table are asked for.
#[derive(Debug)]
pub(super) struct Select {
    /// Rows with keys from ?1 to ?2 in ascending order; all of them, if they cannot be told apart.
    pub(super) rows: String,
    /// What else rows with a rowid can be asked.
    pub(super) by_key: Option<ByKey>,
    /// Whether keys come from the file (else rows are counted).
    pub(super) has_key: bool,
}

/// Statements on tables whose rows are found by their rowid.
#[derive(Debug)]
pub(super) struct ByKey {
    /// The first key from ?1 to ?2.
    pub(super) first: String,
    /// The row of key ?1.
    pub(super) one: String,
}

impl Select {
    pub(super) fn new(table: &FeatureTable, key: &RowKey) -> Self {
        let columns: String = table.columns.iter().map(|column| format!(", {}", quoted(&column.name))).collect();
        let (name, geometry) = (quoted(&table.name), quoted(&table.geometry_column));
        match key {
            RowKey::RowId(rowid) => {
                let (row, range) =
                    (format!("SELECT {rowid}, {geometry}{columns} FROM {name}"), format!("{rowid} BETWEEN ?1 AND ?2"));
                Self {
                    rows: format!("{row} WHERE {range} ORDER BY {rowid}"),
                    by_key: Some(ByKey {
                        first: format!("SELECT {rowid} FROM {name} WHERE {range} ORDER BY {rowid} LIMIT 1"),
                        one: format!("{row} WHERE {rowid} = ?1"),
                    }),
                    has_key: true,
                }
            }
            RowKey::Column(fid) => Self {
                rows: format!("SELECT {fid}, {geometry}{columns} FROM {name} WHERE ?1 <= ?2 ORDER BY {fid}"),
                by_key: None,
                has_key: true,
            },
            RowKey::Number => Self {
                rows: format!("SELECT 0, {geometry}{columns} FROM {name} WHERE ?1 <= ?2"),
                by_key: None,
                has_key: false,
            },
        }
    }
}
