//! Geometry faults: what reading had to leave out or repair, and rows that are no areas.

use geo::{HasDimensions, dimensions::Dimensions};

use super::catalogue::Check;
use super::report::Flaw;
use super::table::{Table, words};
use super::{Ledger, report::Found};

/// Looks at what reading the table met.
pub(super) fn check(table: &Table<'_>, ledger: &mut Ledger) {
    let report = &table.layer.report;
    let skipped = report.skipped.iter().map(|skip| {
        table.row(skip.row, words(format!("已略去：{}", skip.reason), format!("left out: {}", skip.reason)))
    });
    ledger.of(Check::UnreadableGeometry).extend(skipped);
    let repaired = report.repaired.iter().map(|repair| Flaw {
        amount: Some((repair.area_after.0 - repair.area_before.0).abs()),
        ..table.row(repair.row, words(format!("已修复：{}", repair.reason), repair.reason.clone()))
    });
    ledger.of(Check::InvalidGeometry).extend(repaired);
    if table.is_of_areas() {
        without_area(table, ledger.of(Check::NoArea));
    }
}

fn without_area(table: &Table<'_>, found: &mut Found) {
    let no_area = |dimensions| dimensions != Dimensions::TwoDimensional;
    let rows = table.layer.features.iter().filter(|feature| no_area(feature.geometry.dimensions()));
    found.extend(
        rows.map(|feature| table.feature(feature, words("点或线，没有面积", "a point or line, without an area"))),
    );
}
