//! Tables of section 2.3.3: what the approval database has, and what of it was never supplied.

use crate::codes::Label;
use crate::facts::Supply;
use crate::intake::Approval;
use crate::rules::approval::{ApprovalPiece, scenario};
use crate::rules::assess::Assessed;
use crate::rules::ruleset::{ScenarioKind, Scenarios};
use crate::stats::Table;

use super::{GroupNames, Item, PLACES_AND_PLAN, Plan, TOTAL};

const PIECES: Label = Label::new("地块（图斑 × 审批）", "pieces (patch × approval)");

fn item(patch: &Assessed, piece: &ApprovalPiece, class: Option<usize>) -> Item {
    Item {
        class,
        hectares: piece.area.hectares(),
        counts: piece.counts,
        parts: 0,
        counts_in: 0,
        place: patch.place,
        conflict: patch.plan.conflict,
    }
}

/// 2.3.3: approved land and land that the database does not have, each inside the control line.
pub(in crate::rules) fn approval(patches: &[Assessed], names: &GroupNames<'_>) -> Table {
    let pieces = patches.iter().flat_map(|patch| patch.standing.pieces.iter().map(move |piece| (patch, piece)));
    let items = pieces.map(|(patch, piece)| {
        let class = usize::from(piece.approval.is_none());
        // Both parts are inside the line; which of them it is, the class says.
        let parts = if piece.in_line == Some(true) { 0b11 } else { 0 };
        Item { parts, counts_in: parts, ..item(patch, piece, Some(class)) }
    });
    let in_line = [
        (
            "approved_in_control_line",
            Label::new("已审批中位于工业控制线内", "Approved, inside the control line"),
            Some(0),
        ),
        (
            "missing_in_control_line",
            Label::new("未在库中位于工业控制线内", "Missing, inside the control line"),
            Some(1),
        ),
    ];
    let has_line = patches.iter().any(|patch| patch.standing.in_line.is_some());
    let class = |key: &str, zh, en| (key.to_owned(), (&Label::new(zh, en)).into());
    let plan = Plan {
        table: "approval",
        title: Label::new("审批符合性（2.3.3）", "Approval (2.3.3)"),
        counts: PIECES,
        rule: "R-APPROVAL",
        classes: vec![
            class("approved", "已审批", "Approved"),
            class("missing", "不在审批信息库", "Not in the approval database"),
        ],
        in_total: usize::MAX,
        total: TOTAL,
        parts: if has_line { &in_line } else { &[] },
        by: PLACES_AND_PLAN,
    };
    plan.make(items, names)
}

/// 表9, 批而未供: approved land that was never supplied, by scenario; `None` where nobody records
/// supply. What was supplied is in no row.
pub(in crate::rules) fn unsupplied(
    patches: &[Assessed],
    approvals: &[Approval],
    scenarios: &Scenarios,
    names: &GroupNames<'_>,
) -> Option<Table> {
    if approvals.iter().all(|approval| approval.supply.is_none()) {
        return None;
    }
    let rows: Vec<usize> =
        (0..scenarios.rows.len()).filter(|row| scenarios.rows[*row].kind == ScenarioKind::Unsupplied).collect();
    let pieces = patches.iter().flat_map(|patch| patch.standing.pieces.iter().map(move |piece| (patch, piece)));
    let items = pieces.filter_map(|(patch, piece)| {
        let supply = approvals[piece.approval?].supply;
        let found = scenario(supply, scenarios);
        let class = found.and_then(|found| rows.iter().position(|row| *row == found));
        (supply != Some(Supply::Supplied)).then(|| item(patch, piece, class))
    });
    let plan = Plan {
        table: "unsupplied",
        title: Label::new("批而未供土地（表9）", "Approved land never supplied (table 9)"),
        counts: PIECES,
        rule: "R-APPROVAL",
        classes: rows
            .iter()
            .map(|row| (scenarios.rows[*row].code.clone(), scenarios.rows[*row].label.clone()))
            .collect(),
        in_total: usize::MAX,
        total: TOTAL,
        parts: &[],
        by: PLACES_AND_PLAN,
    };
    Some(plan.make(items, names))
}
