//! Values: numbers where numbers belong, not below zero, shares in their unit, text in UTF-8.

use super::Ledger;
use super::catalogue::Check;
use super::table::{Table, words};
use crate::feature::Value;
use crate::intake::Notes;
use crate::project::{Field, ShareUnit};

/// Fields that are amounts: numbers, none of them below zero.
const AMOUNTS: [Field; 12] = [
    Field::Far,
    Field::Density,
    Field::FloorArea,
    Field::SiteArea,
    Field::Footprint,
    Field::BuildLand,
    Field::Area,
    Field::FarMax,
    Field::DensityMax,
    Field::GreenMin,
    Field::HeightMax,
    Field::Storeys,
];

/// Fields that are shares.
const SHARES: [Field; 3] = [Field::Density, Field::DensityMax, Field::GreenMin];

/// Nine in ten values decide about the unit of a column of shares: a slip of the pen does not.
const NEARLY_ALL: f64 = 0.9;
/// No fraction is above this, dirt aside: a density of 150 %.
const LARGEST_FRACTION: f64 = 1.5;
/// Hardly a percentage is at most this: a density of 1 %.
const SMALLEST_PERCENT: f64 = 1.0;

/// Looks at the values of a table that have a meaning, and at how its texts were stored.
pub(super) fn check(table: &Table<'_>, ledger: &mut Ledger) {
    let report = &table.layer.report;
    let mistyped = report.mistyped.iter().map(|value| {
        let (column, text) = (&value.column, &value.text);
        table.row(value.row, words(format!("字段 {column}：{text:?}"), format!("column {column} holds {text:?}")))
    });
    let unlisted = report.mistyped_total - report.mistyped.len() as u64;
    let found = ledger.of(Check::MistypedValues);
    found.extend(mistyped);
    found.add_uncounted(unlisted);

    let recoded = report.recoded.iter().map(|value| {
        let (column, text) = (&value.column, &value.text);
        table.row(
            value.row,
            words(format!("字段 {column}：读作 {text:?}"), format!("column {column}, read as {text:?}")),
        )
    });
    let unlisted = report.recoded_total - report.recoded.len() as u64;
    let found = ledger.of(Check::RecodedText);
    found.extend(recoded);
    found.add_uncounted(unlisted);

    for field in AMOUNTS {
        check_amounts(table, field, ledger);
    }
    for field in SHARES {
        check_unit(table, field, ledger);
    }
}

fn check_amounts(table: &Table<'_>, field: Field, ledger: &mut Ledger) {
    let Some(place) = table.columns.place(field) else { return };
    let column = table.columns.name(place);
    let mut notes = Notes::of(&table.spec.id);
    ledger.of(Check::NegativeValues);
    for feature in &table.layer.features {
        let value = &feature.values[place];
        match table.columns.number(feature, field, &mut notes) {
            Some(number) if number < 0.0 => {
                let message = words(
                    format!("字段 {column} 为 {number}"),
                    format!("column {column} ({}) is {number}", field.name()),
                );
                ledger.of(Check::NegativeValues).add(table.feature(feature, message));
            }
            None if matches!(value, Value::Text(text) if !text.trim().is_empty()) => {
                let message = words(
                    format!("字段 {column}：\"{value}\""),
                    format!("column {column} ({}) holds \"{value}\"", field.name()),
                );
                ledger.of(Check::MistypedValues).add(table.feature(feature, message));
            }
            _ => {}
        }
    }
}

/// Whether a column of shares is written in the unit that the layer declares.
fn check_unit(table: &Table<'_>, field: Field, ledger: &mut Ledger) {
    let Some(place) = table.columns.place(field) else { return };
    let mut notes = Notes::of(&table.spec.id);
    let numbers = table.layer.features.iter().filter_map(|feature| table.columns.number(feature, field, &mut notes));
    let above_zero: Vec<f64> = numbers.filter(|number| *number > 0.0).collect();
    let found = ledger.of(Check::ShareUnit);
    let (unit, looks_like): (_, fn(f64) -> bool) = match table.spec.share_unit {
        ShareUnit::Fraction => ("fraction", |share| share > LARGEST_FRACTION),
        ShareUnit::Percent => ("percent", |share| share <= SMALLEST_PERCENT),
    };
    let strange = above_zero.iter().filter(|share| looks_like(**share)).count();
    if above_zero.is_empty() || (strange as f64) < NEARLY_ALL * above_zero.len() as f64 {
        return;
    }
    let (column, all) = (table.columns.name(place), above_zero.len());
    let smallest = above_zero.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = above_zero.iter().copied().fold(0.0, f64::max);
    let message = words(
        format!("字段 {column} 大于零的 {all} 个值在 {smallest} 与 {largest} 之间，而 share_unit 为 {unit}"),
        format!(
            "column {column} ({}): its {all} values above zero lie between {smallest} and {largest}, but share_unit is {unit}",
            field.name()
        ),
    );
    found.add(table.whole(message));
}
