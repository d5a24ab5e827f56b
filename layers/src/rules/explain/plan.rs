//! R-PLAN, explained: what becomes of the patch, and what the plan wants instead of it.

use super::{Asking, Finding, Input, Part, Step, label};
use crate::codes::lists;
use crate::dossier::{PlanPart, PlanParts};
use crate::facts::ConflictState;
use crate::project::Role;
use crate::stats::OwnedLabel;

const INDUSTRIAL: &str = "industrial";

fn is_kept(part: &PlanPart) -> bool {
    part.group.as_deref() == Some(INDUSTRIAL)
}

fn is_conflict(part: &PlanPart) -> bool {
    part.group.as_deref().is_some_and(|group| group != INDUSTRIAL)
}

fn area(plan: &PlanParts, wanted: impl Fn(&PlanPart) -> bool) -> f64 {
    plan.parts.iter().filter(|part| wanted(part)).map(|part| part.area.0).sum()
}

/// What the plan wants here: one input, the number of polygons.
fn polygons(asking: &Asking<'_>) -> Vec<Input> {
    vec![asking.input("plan", asking.dossier.plan.as_ref().map(|plan| plan.parts.len()))]
}

fn no_plan() -> OwnedLabel {
    label("未评价：没有控规图层。", "Not assessed: there is no layer of the detailed plan.")
}

pub(super) fn change(asking: &Asking<'_>) -> Step {
    let sentence = asking.dossier.plan.as_ref().map(|plan| {
        let [keep, out, unknown] = [
            area(plan, is_kept),
            area(plan, is_conflict),
            area(plan, |part| part.group.is_none()) + plan.uncovered.0,
        ];
        let percent = |area: f64| asking.share(area) * 100.0;
        label(
            format!(
                "规划仍为工业 {keep:.2} 平方米（{:.1}%），改为其他用途 {out:.2} 平方米（{:.1}%），规划未覆盖或代码不明 {unknown:.2} 平方米（{:.1}%）。",
                percent(keep), percent(out), percent(unknown)
            ),
            format!(
                "{keep:.2} m² ({:.1} %) stay industrial, {out:.2} m² ({:.1} %) become something else, for {unknown:.2} m² ({:.1} %) the plan says nothing.",
                percent(keep), percent(out), percent(unknown)
            ),
        )
    });
    Step {
        rule: "R-PLAN",
        section: asking.rules.land_use.section.clone(),
        question: label("规划前后用途是否变化？", "Does the plan change its use?"),
        inputs: polygons(asking),
        threshold: Some(label(
            format!("工业用地：{}", asking.rules.land_use.industrial.join("、")),
            format!("industrial: {}", asking.rules.land_use.industrial.join(", ")),
        )),
        result: None,
        sentence: sentence.unwrap_or_else(no_plan),
        parts: parts(asking),
    }
}

pub(super) fn conflict(asking: &Asking<'_>) -> Step {
    let state = state(asking);
    let name = state.and_then(|state| lists::CONFLICT.label_of(state.code())).map(OwnedLabel::from);
    let sentence = match (&asking.dossier.plan, state) {
        (None, _) => no_plan(),
        (_, None) => label(
            "未评价：图斑过半未被规划覆盖或规划代码不明。",
            "Not assessed: for more than half of the patch the plan says nothing.",
        ),
        (_, Some(ConflictState::None)) => {
            label("规划没有在此安排其他用途，不冲突。", "The plan wants nothing else here: no conflict.")
        }
        (Some(plan), Some(_)) => {
            let mandatory = area(plan, |part| is_conflict(part) && part.mandatory == Some(true));
            let other = area(plan, |part| is_conflict(part) && part.mandatory != Some(true));
            label(
                format!(
                    "与规划冲突 {:.2} 平方米，其中强制性内容 {mandatory:.2} 平方米、非强制性内容 {other:.2} 平方米。",
                    mandatory + other
                ),
                format!(
                    "{:.2} m² are in conflict with the plan, {mandatory:.2} m² of them with mandatory content, {other:.2} m² with adjustable content.",
                    mandatory + other
                ),
            )
        }
    };
    Step {
        rule: "R-PLAN",
        section: "2.3.2, 4.4.1".to_owned(),
        question: label(
            "是否与控规冲突，是否涉及强制性内容？",
            "Is it in conflict with the plan, and with mandatory content?",
        ),
        inputs: polygons(asking),
        threshold: Some(label(
            format!("强制性内容：地块自身标注优先，否则按代码 {}", asking.rules.land_use.mandatory.join("、")),
            format!("mandatory: as the plan polygon says, else by code {}", asking.rules.land_use.mandatory.join(", ")),
        )),
        result: state.zip(name).map(|(state, name)| Finding {
            attribute: "conflict",
            value: state.code().into(),
            label: name,
        }),
        sentence,
        parts: parts(asking).into_iter().filter(|part| part.adverse).collect(),
    }
}

/// The state that [`crate::rules::conformity`] found, from the same parts.
pub(super) fn state(asking: &Asking<'_>) -> Option<ConflictState> {
    let plan = asking.dossier.plan.as_ref()?;
    crate::rules::conformity::state(
        area(plan, is_kept),
        area(plan, is_conflict),
        area(plan, |part| part.group.is_none()) + plan.uncovered.0,
        plan.parts.iter().any(|part| is_conflict(part) && part.mandatory == Some(true)),
    )
}

fn parts(asking: &Asking<'_>) -> Vec<Part> {
    let Some(plan) = &asking.dossier.plan else { return Vec::new() };
    let part = |part: &PlanPart| {
        let code = part.code.as_deref().unwrap_or("–");
        let name = part.name.as_deref().unwrap_or_default();
        let group = part.group.as_deref().and_then(|group| lists::GROUP.label_of(group)).map(OwnedLabel::from);
        let group = group.unwrap_or_else(|| label("代码不明", "code unknown"));
        let strict = if is_conflict(part) && part.mandatory == Some(true) {
            label("，强制性内容", ", mandatory")
        } else {
            label("", "")
        };
        Part {
            label: label(
                format!("{code} {name}（{}{}）", group.zh, strict.zh),
                format!("{code} {name} ({}{})", group.en, strict.en),
            ),
            adverse: is_conflict(part),
            source: asking.row(Role::Zoning, part.row),
            area_m2: part.area.0,
            share: asking.share(part.area.0),
        }
    };
    let uncovered = (plan.uncovered.0 > 0.0).then(|| Part {
        label: label("规划未覆盖", "no plan"),
        adverse: false,
        source: None,
        area_m2: plan.uncovered.0,
        share: asking.share(plan.uncovered.0),
    });
    plan.parts.iter().map(part).chain(uncovered).collect()
}
