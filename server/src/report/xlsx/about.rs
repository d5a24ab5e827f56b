//! The last sheet, 数据说明: what the numbers rest on.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::super::Provenance;
use super::look::{Look, height_of, print_setup};

/// The sheet's name.
pub(super) const NAME: &str = "数据说明";

const WIDTHS: [f64; 4] = [20.0, 18.0, 30.0, 72.0];

/// Fills an empty sheet.
pub(super) fn fill(sheet: &mut Worksheet, provenance: &Provenance, look: &Look) -> Result<(), XlsxError> {
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    sheet.merge_range(0, 0, 0, 3, "数据说明 Provenance", &look.title)?;
    sheet.set_row_height(0, 26)?;
    for (column, word) in (0..).zip(["项目", "Topic", "对象 Subject", "内容 Content"]) {
        sheet.write_with_format(1, column, word, &look.head)?;
    }
    let mut before = "";
    for (at, line) in (2..).zip(&provenance.lines) {
        let (zh, en) = line.topic;
        // A topic is named once, at its first line.
        let (zh, en) = if zh == before { ("", "") } else { (zh, en) };
        sheet.write_with_format(at, 0, zh, &look.wrapped)?;
        sheet.write_with_format(at, 1, en, &look.plain.english)?;
        sheet.write_with_format(at, 2, &line.subject, &look.wrapped)?;
        sheet.write_with_format(at, 3, &line.value, &look.wrapped)?;
        let texts = [(zh, WIDTHS[0]), (&line.subject, WIDTHS[2]), (&line.value, WIDTHS[3])];
        let height = texts.map(|(text, width)| height_of(text, width)).into_iter().fold(0.0, f64::max);
        sheet.set_row_height(at, height)?;
        before = line.topic.0;
    }
    sheet.set_landscape();
    print_setup(sheet, (1, 1), NAME)
}
