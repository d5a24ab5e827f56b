//! Tables as a workbook (ECMA-376) that can be printed as it is: laid out like the plan's tables,
//! a sheet a table, then a sheet that says where the numbers come from.
//!
//! Cells hold what is shown: hectares and percent rounded half up, once, to two decimals.

mod about;
mod heading;
mod look;
mod sheet;

use std::collections::BTreeSet;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};

use super::{Provenance, Report};
use heading::Heading;
use look::Look;

/// Why a workbook cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the workbook")]
pub struct XlsxError(#[from] rust_xlsxwriter::XlsxError);

/// The reports as one workbook, the plan's numbered tables first. The same reports give the same
/// bytes. A report of a whole table has its breakdowns below it; one broken down has that one.
///
/// # Errors
/// [`XlsxError`] if the numbers do not fit the format, which tables of this kind always do.
pub fn xlsx(reports: &[Report<'_>], provenance: &Provenance) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The time of making would differ each time. Excel has no date before this one.
    let made = ExcelDateTime::from_ymd(1900, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let look = Look::new();
    let mut headed: Vec<(Heading, &Report<'_>)> =
        reports.iter().map(|report| (Heading::of(report.table), report)).collect();
    headed.sort_by_key(|(heading, _)| heading.number.unwrap_or(u8::MAX));
    let mut taken = BTreeSet::from([about::NAME.to_owned()]);
    for (heading, report) in &headed {
        let sheet = book.add_worksheet();
        sheet.set_name(sheet_name(&heading.sheet, &mut taken))?;
        sheet::fill(sheet, heading, report, &look)?;
    }
    let sheet = book.add_worksheet();
    sheet.set_name(about::NAME)?;
    about::fill(sheet, provenance, &look)?;
    Ok(book.save_to_buffer()?)
}

/// A name that spreadsheets take: at most 31 characters, none of `[]:*?/\`, no apostrophe at an end,
/// and no other sheet's, upper and lower case being one.
fn sheet_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let allowed: String = wanted.chars().filter(|c| !"[]:*?/\\".contains(*c) && !c.is_control()).collect();
    let allowed = allowed.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    let base = if allowed.is_empty() { "表" } else { allowed };
    let numbered = |number: usize| {
        let ending = if number == 1 { String::new() } else { format!(" {number}") };
        let mut name = base.to_owned();
        while name.encode_utf16().count() + ending.len() > 31 {
            name.pop();
        }
        name + &ending
    };
    let name = (1..).map(numbered).find(|name| !taken.contains(&name.to_lowercase()));
    let name = name.expect("there is always a larger number");
    taken.insert(name.to_lowercase());
    name
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn the_same_table_gives_the_same_workbook() -> Result<(), XlsxError> {
        let table = example::table();
        let provenance = Provenance { lines: Vec::new() };
        let reports: Vec<_> = Report::new(&table, None, "g", "r").into_iter().collect();
        let (first, second) = (xlsx(&reports, &provenance)?, xlsx(&reports, &provenance)?);
        assert!(first.starts_with(b"PK"));
        assert_eq!(first, second);
        Ok(())
    }

    #[test]
    fn sheet_names_are_such_as_spreadsheets_take() {
        let mut taken = BTreeSet::new();
        let long = "很长的名称".repeat(10);
        let names = ["表1 a/b", "表1 A:B", "'x'", "", &long, &long].map(|name| sheet_name(name, &mut taken));
        assert_eq!(names[..4], ["表1 ab", "表1 AB 2", "x", "表"]);
        assert_eq!(names[4].chars().count(), 31);
        assert!(names[5].ends_with(" 2") && names[5].chars().count() == 31, "{}", names[5]);
    }
}
