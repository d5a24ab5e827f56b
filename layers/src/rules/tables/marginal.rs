//! 表7: marginal land.

use crate::codes::{Label, lists};
use crate::rules::assess::Assessed;
use crate::rules::marginal::MarginalPiece;
use crate::stats::Table;

use super::{GroupNames, Item, PLACES_AND_PLAN, Plan, TOTAL, coded};

/// 表7, by kind. Not assessed is land that no block of the plan covers.
pub(in crate::rules) fn marginal(patches: &[Assessed], pieces: &[MarginalPiece], names: &GroupNames<'_>) -> Table {
    let found = pieces.iter().map(|piece| {
        let part = if piece.merge_with.is_some() { 0b10 } else { 0b01 };
        Item {
            class: Some(piece.kind as usize),
            hectares: piece.area.hectares(),
            counts: true,
            parts: part,
            counts_in: part,
            place: patches[piece.patch].place,
            conflict: patches[piece.patch].plan.conflict,
        }
    });
    let unknown = patches.iter().filter(|patch| patch.plan.uncovered_area.0 > 0.0).map(|patch| Item {
        class: None,
        hectares: patch.plan.uncovered_area.hectares(),
        counts: true,
        parts: 0,
        counts_in: 0,
        place: patch.place,
        conflict: patch.plan.conflict,
    });
    let plan = Plan {
        table: "marginal",
        title: Label::new("边角地、夹心地、插花地（表7）", "Marginal land (table 7)"),
        counts: Label::new("地块", "pieces"),
        rule: "R-MARGINAL",
        classes: coded(&lists::MARGINAL_KIND),
        in_total: usize::MAX,
        total: TOTAL,
        parts: &[
            ("public", Label::new("建议建设口袋公园、停车场", "Advised as pocket park or parking"), None),
            ("merge", Label::new("可与邻宗一并开发", "May be developed with a neighbour"), None),
        ],
        by: PLACES_AND_PLAN,
    };
    plan.make(found.chain(unknown), names)
}
