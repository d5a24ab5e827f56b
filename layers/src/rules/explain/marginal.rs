//! R-MARGINAL, explained.

use super::{Asking, Part, Step, label};
use crate::codes::lists;
use crate::dossier::MarginalPart;
use crate::project::Role;
use crate::round::{percent, two};
use crate::stats::OwnedLabel;

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let (parts, rules) = (&asking.dossier.marginal, &asking.rules.marginal);
    let sentence = match (&asking.dossier.plan, parts.len()) {
        (None, _) => label("未评价：没有控规图层。", "Not assessed: there is no layer of the detailed plan."),
        (Some(_), 0) => label("没有边角地、夹心地或插花地。", "No part of it is marginal land."),
        (Some(_), count) => {
            let area = asking.amount(parts.iter().map(|part| part.area.0).sum());
            label(
                format!("有边角地、夹心地或插花地 {count} 块，共 {}。", area.zh),
                format!("{count} parts of it are marginal land, {} together.", area.en),
            )
        }
    };
    let (below, enclosed, shared) =
        (two(rules.area_below_m2), percent(rules.enclosed_share), percent(rules.interlocked_share));
    Step {
        rule: "R-MARGINAL",
        section: format!("{}, {}", rules.section, rules.use_section),
        question: label("是否有边角地、夹心地、插花地？", "Is any part of it marginal land?"),
        inputs: vec![
            asking
                .derived("plan", asking.dossier.plan.as_ref().map(|plan| plan.parts.len()))
                .read_in(asking, Role::Zoning),
        ],
        threshold: Some(label(
            format!(
                "规划切出的部分面积小于 {below} 平方米；与工业图斑共边 ≥ {enclosed}% 为夹心地，≥ {shared}% 为插花地，其余为边角地"
            ),
            format!(
                "parts that the plan cuts off, below {below} m²; border shared with industry ≥ {enclosed} %: enclosed, ≥ {shared} %: interlocked, else corner"
            ),
        )),
        results: Vec::new(),
        sentence,
        parts: parts.iter().map(|part| shown(asking, part)).collect(),
    }
}

fn shown(asking: &Asking<'_>, part: &MarginalPart) -> Part {
    let name = |list: &crate::codes::CodeList, code: &str| {
        list.label_of(code).map_or_else(|| label(code, code), OwnedLabel::from)
    };
    let (kind, shared) = (name(&lists::MARGINAL_KIND, &part.kind), percent(part.shared));
    let advice = part.advice.as_deref().map_or_else(
        || label("", ""),
        |code| {
            let advice = name(&lists::MARGINAL_USE, code);
            let with = part.merge_with.as_ref().map(|key| format!(" {key}")).unwrap_or_default();
            label(format!("，{}{with}", advice.zh), format!(", {}{with}", advice.en.to_lowercase()))
        },
    );
    Part {
        label: label(
            format!("{}（共边 {shared}%{}）", kind.zh, advice.zh),
            format!("{} ({shared} % of its border shared{})", kind.en, advice.en),
        ),
        adverse: false,
        source: None,
        key: None,
        area_m2: part.area.0,
        share: asking.share(part.area.0),
    }
}
