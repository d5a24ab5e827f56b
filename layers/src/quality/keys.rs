//! Keys: there, and each its own.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Ledger;
use super::catalogue::Check;
use super::report::Found;
use super::table::{Table, words};
use crate::codes::land_use::UseGroups;
use crate::feature::Feature;
use crate::intake::{self, IntakeError, Notes};
use crate::project::{Field, RepeatedKeys};
use crate::stats::OwnedLabel;

/// The keys of industrial patches, which findings and links go by.
pub(super) fn check(table: &Table<'_>, groups: &UseGroups, ledger: &mut Ledger) -> Result<(), IntakeError> {
    let mut unheard = Notes::of(&table.spec.id);
    let subjects = intake::subjects(table.spec, table.layer, &table.columns, groups, &mut unheard)?;
    let missing = subjects.iter().filter(|feature| table.columns.text(feature, Field::Key).is_none());
    let column = key_column(table);
    let no_key = || words(format!("字段 {column} 没有标识"), format!("no key in column {column}"));
    let missing = missing.map(|feature| table.feature(feature, no_key()));
    ledger.of(Check::MissingKeys).extend(missing);
    if table.spec.repeated_keys == RepeatedKeys::Refuse {
        let found = ledger.of(Check::DuplicateKeys);
        repeated(table, &subjects, found);
        if !found.is_empty() {
            found.advise(unique_here(&intake::unique_columns(table.layer, &subjects)));
        }
    }
    Ok(())
}

fn key_column<'t>(table: &'t Table<'_>) -> &'t str {
    table.columns.place(Field::Key).map_or("", |place| table.columns.name(place))
}

/// Which columns could be keys instead.
fn unique_here(columns: &[String]) -> OwnedLabel {
    let columns = columns.join(", ");
    match columns.as_str() {
        "" => words("没有取值唯一的字段", "no column has unique values"),
        _ => words(format!("取值唯一的字段：{columns}"), format!("unique here: {columns}")),
    }
}

/// The keys of plan polygons, where the layer has any.
pub(super) fn check_plan(table: &Table<'_>, ledger: &mut Ledger) {
    if table.columns.place(Field::Key).is_some() {
        let all: Vec<&Feature> = table.layer.features.iter().collect();
        repeated(table, &all, ledger.of(Check::DuplicatePlanKeys));
    }
}

/// Every row whose key an earlier row has.
fn repeated(table: &Table<'_>, features: &[&Feature], found: &mut Found) {
    let column = key_column(table);
    let mut first_rows: BTreeMap<String, i64> = BTreeMap::new();
    for feature in features {
        let Some(key) = table.columns.text(feature, Field::Key).map(Cow::into_owned) else { continue };
        match first_rows.get(&key) {
            Some(first) => {
                let message = words(
                    format!("标识 {key:?}（字段 {column}）已用于第 {first} 行"),
                    format!("key {key:?} in column {column} is that of row {first}"),
                );
                found.add(table.feature(feature, message));
            }
            None => {
                first_rows.insert(key, feature.row);
            }
        }
    }
}
