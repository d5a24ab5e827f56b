//! Tables as a workbook (ECMA-376), a sheet a table.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet};

use super::round::rounded;
use super::{Line, Report, both, lines};

/// Why a workbook cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the workbook")]
pub struct XlsxError(#[from] rust_xlsxwriter::XlsxError);

const HEADER: [&str; 5] = ["key", "中文", "English", "count", "ha"];

/// The reports as one workbook. The same reports give the same bytes.
///
/// # Errors
/// [`XlsxError`] if the numbers do not fit the format, which tables of this kind always do.
pub fn xlsx(reports: &[Report<'_>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The time of making would differ each time. Excel has no date before this one.
    let made = ExcelDateTime::from_ymd(1900, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    for report in reports {
        let sheet = book.add_worksheet();
        sheet.set_name(&report.table.table)?;
        fill(sheet, report)?;
    }
    Ok(book.save_to_buffer()?)
}

fn fill(sheet: &mut Worksheet, report: &Report<'_>) -> Result<(), rust_xlsxwriter::XlsxError> {
    let bold = Format::new().set_bold();
    let head = Format::new().set_bold().set_align(FormatAlign::Right);
    let (hectares, percent) = (Format::new().set_num_format("0.00"), Format::new().set_num_format("0.00%"));
    let table = report.table;
    sheet.write_with_format(0, 0, both(&table.title), &bold)?;
    sheet.write(1, 0, format!("{} · {} · {}", table.rule, report.rules, report.generation))?;
    let mut at = 3;
    for (group, rows) in report.blocks() {
        if let Some(group) = group {
            sheet.write_with_format(at, 0, format!("{} [{}]", both(&group.label), group.key), &bold)?;
            at += 1;
        }
        for (column, name) in (0u16..).zip(HEADER.into_iter().chain(["%"])) {
            sheet.write_with_format(at, column, name, if column < 3 { &bold } else { &head })?;
        }
        for (line, row) in lines(rows) {
            at += 1;
            let key = if line == Line::Class { row.key.clone() } else { format!("{}: {}", line.name(), row.key) };
            sheet.write(at, 0, key)?;
            sheet.write(at, 1, row.label.zh.as_str())?;
            sheet.write(at, 2, row.label.en.as_str())?;
            if let Some(count) = row.count {
                sheet.write(at, 3, count as f64)?;
            }
            sheet.write_with_format(at, 4, rounded(row.area_ha, 4), &hectares)?;
            if let Some(share) = row.share {
                sheet.write_with_format(at, 5, rounded(share, 6), &percent)?;
            }
        }
        at += 2;
    }
    sheet.autofit();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn the_same_table_gives_the_same_workbook() -> Result<(), XlsxError> {
        let table = example::table();
        let reports: Vec<_> = Report::new(&table, None, "g", "r").into_iter().collect();
        let (first, second) = (xlsx(&reports)?, xlsx(&reports)?);
        assert!(first.starts_with(b"PK"));
        assert_eq!(first, second);
        Ok(())
    }
}
