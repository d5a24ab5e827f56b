//! R-PLAN and R-CONFLICT, explained: what becomes of the patch, and what the plan wants instead of it.

use super::{Asking, Finding, Input, Part, Step, label};
use crate::codes::land_use::UseGroup;
use crate::codes::lists;
use crate::dossier::{PlanPart, PlanParts};
use crate::facts::ConflictState;
use crate::overlay::EVEN;
use crate::project::Role;
use crate::round::two;
use crate::rules::conformity;
use crate::stats::OwnedLabel;
use crate::units::SquareMetres;

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
    let count = asking.dossier.plan.as_ref().map(|plan| plan.parts.len());
    vec![asking.derived("plan", count).read_in(asking, Role::Zoning)]
}

fn no_plan() -> OwnedLabel {
    label("未评价：没有控规图层。", "Not assessed: there is no layer of the detailed plan.")
}

pub(super) fn change(asking: &Asking<'_>) -> Step {
    let sentence = asking.dossier.plan.as_ref().map(|plan| {
        let [keep, out, unknown] =
            [area(plan, is_kept), area(plan, is_conflict), unknown(plan)].map(|area| asking.amount(area));
        label(
            format!("规划仍为工业 {}，改为其他用途 {}，规划未覆盖或代码不明 {}。", keep.zh, out.zh, unknown.zh),
            format!(
                "{} stay industrial, {} become something else, for {} the plan says nothing.",
                keep.en, out.en, unknown.en
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
        results: Vec::new(),
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
            let [all, mandatory, other] = [mandatory + other, mandatory, other].map(|area| asking.amount(area));
            label(
                format!("与规划冲突 {}，其中强制性内容 {}、非强制性内容 {}。", all.zh, mandatory.zh, other.zh),
                format!(
                    "{} are in conflict with the plan: {} with mandatory content, {} with adjustable content.",
                    all.en, mandatory.en, other.en
                ),
            )
        }
    };
    let mut results: Vec<Finding> = Vec::new();
    results.extend(state.zip(name).map(|(state, name)| Finding::new("conflict", state.code(), name)));
    if let (Some(plan), Some(_)) = (&asking.dossier.plan, state) {
        let group = largest_group(plan);
        let named = group.and_then(|group| Some((group, OwnedLabel::from(lists::CONFLICT_TYPE.label_of(group)?))));
        results.extend(named.map(|(group, name)| Finding::new("conflict_type", group, name)));
        let conflicting = area(plan, is_conflict);
        results.push(Finding::hectares("conflict_ha", SquareMetres(conflicting).hectares()));
        // Multiplied before it is divided, as the thematic layer does.
        let percent = 100.0 * conflicting / asking.dossier.inputs.area.0;
        results.push(Finding::new(
            "conflict_pct",
            percent,
            label(format!("{}%", two(percent)), format!("{} %", two(percent))),
        ));
    }
    Step {
        rule: "R-CONFLICT",
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
        results,
        sentence,
        parts: parts(asking).into_iter().filter(|part| part.adverse).collect(),
    }
}

fn unknown(plan: &PlanParts) -> f64 {
    area(plan, |part| part.group.is_none()) + plan.uncovered.0
}

/// The group that [`crate::rules::conformity`] found to be the largest conflict.
fn largest_group(plan: &PlanParts) -> Option<&'static str> {
    let even = EVEN * (area(plan, |_| true) + plan.uncovered.0);
    let of = |group: UseGroup| area(plan, |part| is_conflict(part) && part.group.as_deref() == Some(group.code()));
    conformity::largest_group(even, of).map(UseGroup::code)
}

/// The state that [`crate::rules::conformity`] found, from the same parts.
pub(super) fn state(asking: &Asking<'_>) -> Option<ConflictState> {
    let plan = asking.dossier.plan.as_ref()?;
    conformity::state(
        area(plan, is_kept),
        area(plan, is_conflict),
        unknown(plan),
        plan.parts.iter().any(|part| is_conflict(part) && part.mandatory == Some(true)),
    )
}

/// Planned use code of the largest part that stays industrial.
pub(super) fn kept_as<'a>(asking: &Asking<'a>) -> Option<&'a str> {
    let plan = asking.dossier.plan.as_ref()?;
    let kept = plan.parts.iter().filter(|part| is_kept(part));
    kept.reduce(|best, next| if next.area > best.area { next } else { best })?.code.as_deref()
}

fn parts(asking: &Asking<'_>) -> Vec<Part> {
    let Some(plan) = &asking.dossier.plan else { return Vec::new() };
    let part = |part: &PlanPart| {
        let planned: Vec<&str> = part.code.iter().chain(&part.name).map(|text| &**text).collect();
        let planned = if planned.is_empty() { "–".to_owned() } else { planned.join(" ") };
        let group = part.group.as_deref().and_then(|group| lists::GROUP.label_of(group)).map(OwnedLabel::from);
        let group = group.unwrap_or_else(|| label("代码不明", "code unknown"));
        let strict = if is_conflict(part) && part.mandatory == Some(true) {
            label("，强制性内容", ", mandatory")
        } else {
            label("", "")
        };
        Part {
            label: label(
                format!("{planned}（{}{}）", group.zh, strict.zh),
                format!("{planned} ({}{})", group.en, strict.en),
            ),
            adverse: is_conflict(part),
            source: asking.row(Role::Zoning, part.row),
            key: part.key.as_deref().map(str::to_owned),
            area_m2: part.area.0,
            share: asking.share(part.area.0),
        }
    };
    let uncovered = (plan.uncovered.0 > 0.0).then(|| Part {
        label: label("规划未覆盖", "no plan"),
        adverse: false,
        source: None,
        key: None,
        area_m2: plan.uncovered.0,
        share: asking.share(plan.uncovered.0),
    });
    plan.parts.iter().map(part).chain(uncovered).collect()
}
