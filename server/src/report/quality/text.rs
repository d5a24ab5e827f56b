//! The report for a terminal: a table of the checks, then the first flaws of each with their places.

use layers::quality::{Answer, Quality};
use unicode_width::UnicodeWidthStr;

use super::{amount, found};
use crate::build::quality::Placed;

/// So many flaws of a check are told.
const FIRST: usize = 5;

/// The report as aligned text, ending with a line break.
pub fn text(quality: &Quality) -> String {
    let mut out = String::new();
    let found = found(quality);
    let heading = ["", "check", "severity", "found", "allowed", "total"].map(str::to_owned);
    let rows = quality.checks.iter().map(cells);
    align(&std::iter::once(heading).chain(rows).collect::<Vec<_>>(), &mut out);
    for answer in found {
        out.push_str(&format!("\n{} — {} {}\n", answer.check, answer.title.zh, answer.title.en));
        for flaw in answer.flaws.iter().take(FIRST) {
            out.push_str(&format!("  {}\n", Placed(flaw)));
        }
        let more = answer.count.unwrap_or_default().saturating_sub(FIRST as u64);
        if more > 0 {
            out.push_str(&format!("  and {more} more\n"));
        }
        out.push_str(&format!("  → {}\n", answer.hint.en));
    }
    let worse: Vec<&str> = quality.worse().map(|answer| answer.check.as_str()).collect();
    match worse.as_slice() {
        [] => out.push_str("\ngood enough to publish\n"),
        worse => out.push_str(&format!("\nworse than allowed: {}\n", worse.join(", "))),
    }
    out
}

fn cells(answer: &Answer) -> [String; 6] {
    let mark = match (answer.is_worse(), answer.count) {
        (true, _) => "✗",
        (_, Some(0)) => "✓",
        (_, Some(_)) => "·",
        (_, None) => "",
    };
    let total = answer.total.filter(|_| answer.count > Some(0));
    [
        mark.to_owned(),
        answer.check.clone(),
        answer.severity.name().to_owned(),
        answer.count.map_or_else(|| "not asked".to_owned(), |count| count.to_string()),
        answer.allowed.map_or_else(|| "any".to_owned(), |allowed| allowed.to_string()),
        total.map_or_else(String::new, |total| format!("{} m²", amount(total))),
    ]
}

/// Words to the left, numbers to the right.
fn align(lines: &[[String; 6]], out: &mut String) {
    let mut widths = [0; 6];
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
                0..=2 => line.extend([cell, padding.as_str(), "  "]),
                _ => line.extend([padding.as_str(), cell, "  "]),
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}
