//! Tables as text for a terminal, aligned by what characters take there: a Han character takes two
//! columns (Unicode Standard Annex 11).

use unicode_width::UnicodeWidthStr;

use super::round::two;
use super::{Line, Report, both, lines};

/// A line of cells: label, count, hectares, percent.
type Cells = [String; 4];

/// The report as aligned text, ending with a line break.
pub fn text(report: &Report<'_>) -> String {
    let table = report.table;
    let mut out = format!("{} — {}\n", table.table, both(&table.title));
    out.push_str(&format!("n = {}; {}; {}\n", both(&table.counts), table.rule, report.rules));
    for (group, rows) in report.blocks() {
        if let Some(group) = group {
            out.push_str(&format!("\n{} [{}]\n", both(&group.label), group.key));
        }
        let header = [String::new(), "n".to_owned(), table.unit.clone(), "%".to_owned()];
        let body = lines(rows).map(|(line, row)| {
            let label = match line {
                Line::OfWhich => format!("  {}", both(&row.label)),
                Line::NotAssessed if row.label.zh.is_empty() => "未评价 Not assessed".to_owned(),
                _ => both(&row.label),
            };
            let count = row.count.map(|count| count.to_string()).unwrap_or_default();
            [label, count, two(row.area_ha), row.share.map(|share| two(share * 100.0)).unwrap_or_default()]
        });
        let cells: Vec<Cells> = std::iter::once(header).chain(body).collect();
        align(&cells, &mut out);
    }
    out
}

/// Labels to the left, numbers to the right.
fn align(lines: &[Cells], out: &mut String) {
    let mut widths = [0; 4];
    for cells in lines {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.width());
        }
    }
    for cells in lines {
        let mut line = String::new();
        for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
            let padding = " ".repeat(width - cell.width());
            match column {
                0 => line.extend([cell, padding.as_str()]),
                _ => line.extend(["  ", padding.as_str(), cell]),
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn columns_line_up_under_han_characters() {
        let table = example::table();
        let whole = Report::new(&table, None, "g", "xilinhot-2024.1").map(|report| text(&report));
        insta::assert_snapshot!(whole.unwrap_or_default());
    }
}
