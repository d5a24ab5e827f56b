//! Values as people read them: rounded half up, with their unit.

use layers::SquareMetres;
use layers::round::{percent, rounded, two};
use layers::rules::explain::{Input, Part, SourceCell};
use serde_json::Value;

use super::Language;

/// What stands where nothing was recorded.
pub(super) const NOTHING: &str = "–";

/// An input's value without its unit.
pub(super) fn value(input: &Input, language: Language) -> String {
    if let Some(said) = &input.said {
        return language.line(said);
    }
    match &input.value {
        Value::Null => NOTHING.to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.to_string(),
            (None, Some(number)) => figure(&input.field, number),
            (None, None) => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// An input's unit, where it has a value.
pub(super) fn unit(input: &Input) -> &'static str {
    match (&input.value, input.field.as_str()) {
        (Value::Null, _) => "",
        (_, "density") => "%",
        _ => input.unit.unwrap_or_default(),
    }
}

fn figure(field: &str, number: f64) -> String {
    match field {
        "density" => percent(number),
        // Classes of the ratio are a tenth wide and more: three decimals show on which side it is.
        "far" | "agreed_far" => format!("{:.3}", rounded(number, 3)),
        _ => two(number),
    }
}

/// Square metres, mu and percent of a part.
pub(super) fn part(part: &Part) -> [String; 3] {
    [two(part.area_m2), two(SquareMetres(part.area_m2).mu()), percent(part.share)]
}

/// All three of several parts together.
pub(super) fn sum(parts: &[Part]) -> [String; 3] {
    let area: f64 = parts.iter().map(|part| part.area_m2).sum();
    let share: f64 = parts.iter().map(|part| part.share).sum();
    [two(area), two(SquareMetres(area).mu()), percent(share)]
}

/// Where a value was read: layer, file and table, row, column.
pub(super) fn source(cell: &SourceCell, language: Language) -> String {
    let row = cell.row.map(|row| language_row(row, language));
    let column = cell.column.clone();
    let mut words = vec![cell.layer.clone(), format!("{}/{}", cell.file, cell.table)];
    words.extend(row);
    words.extend(column);
    words.join(" · ")
}

fn language_row(row: i64, language: Language) -> String {
    match language {
        Language::En => format!("row {row}"),
        Language::Zh | Language::Both => format!("第 {row} 行"),
    }
}
