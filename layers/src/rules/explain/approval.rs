//! R-APPROVAL, explained.

use super::{Asking, Finding, Part, Step, label};
use crate::codes::lists;
use crate::dossier::ApprovalPart;
use crate::project::Role;
use crate::rules::approval::Approved;
use crate::stats::OwnedLabel;

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let parts = asking.dossier.approval.as_deref();
    let standing = parts.map(|parts| {
        let is_missing = |part: &&ApprovalPart| part.row.is_none();
        Approved::of(parts.iter().any(|part| part.row.is_some()), parts.iter().any(|part| is_missing(&part)))
    });
    let in_line = asking.dossier.place.in_control_line;
    let area = |approved: bool| -> OwnedLabel {
        let of_kind = parts.iter().copied().flatten().filter(|part| part.row.is_some() == approved);
        asking.amount(of_kind.map(|part| part.area.0).sum())
    };
    let sentence = match parts {
        None => label("未评价：没有审批信息图层。", "Not assessed: there is no layer of approvals."),
        Some(_) => {
            let (known, missing) = (area(true), area(false));
            label(
                format!("在审批信息库内 {}，不在库内 {}。", known.zh, missing.zh),
                format!("{} are in the approval database, {} are not.", known.en, missing.en),
            )
        }
    };
    let line = match in_line {
        Some(true) => label("过半位于工业用地控制线内。", "Most of it lies inside the industrial control line."),
        Some(false) => label("过半位于工业用地控制线外。", "Most of it lies outside the industrial control line."),
        None => label("没有工业用地控制线图层。", "There is no layer of the control line."),
    };
    let named = standing.and_then(|standing| lists::APPROVAL.label_of(standing.code()));
    let approval = standing.zip(named).map(|(standing, name)| Finding::new("approval", standing.code(), name.into()));
    let in_line =
        in_line.map(|inside| Finding::truth("in_control_line", inside, ("线内", "inside"), ("线外", "outside")));
    let count = parts.map(|parts| parts.iter().filter(|part| part.row.is_some()).count());
    Step {
        rule: "R-APPROVAL",
        section: "2.3.3".to_owned(),
        question: label("是否有审批，是否在工业用地控制线内？", "Is it approved, and inside the control line?"),
        inputs: vec![
            asking.derived("approvals", count).read_in(asking, Role::Approvals),
            asking.derived("control_line", asking.dossier.place.in_control_line).read_in(asking, Role::ControlLine),
        ],
        threshold: Some(label(
            "与审批信息相交的部分为已审批；控制线以面积过半为准",
            "what an approval covers is approved; the control line goes by more than half",
        )),
        results: approval.into_iter().chain(in_line).collect(),
        sentence: label(format!("{}{}", sentence.zh, line.zh), format!("{} {}", sentence.en, line.en)),
        parts: parts.iter().copied().flatten().map(|part| shown(asking, part)).collect(),
    }
}

fn shown(asking: &Asking<'_>, part: &ApprovalPart) -> Part {
    let what = match (part.row, &part.scenario) {
        (None, _) => label("不在审批信息库", "not in the approval database"),
        (Some(_), None) => label("已审批", "approved"),
        (Some(_), Some(code)) => {
            let scenario = asking.rules.scenarios.rows.iter().find(|row| row.code == *code);
            let name = scenario.map_or_else(|| label(code, code), |row| row.label.clone());
            label(format!("已审批，批而未供：{}", name.zh), format!("approved, never supplied: {}", name.en))
        }
    };
    let side = match part.in_control_line {
        Some(true) => label("，控制线内", ", inside the control line"),
        Some(false) => label("，控制线外", ", outside the control line"),
        None => label("", ""),
    };
    Part {
        label: label(format!("{}{}", what.zh, side.zh), format!("{}{}", what.en, side.en)),
        adverse: part.row.is_none(),
        source: part.row.and_then(|row| asking.row(Role::Approvals, row)),
        key: part.key.as_deref().map(str::to_owned),
        area_m2: part.area.0,
        share: asking.share(part.area.0),
    }
}
