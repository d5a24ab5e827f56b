//! Tables of what waits, what is used too little, and what is to be done (plan 4.3, 4.4, 5.2).

use crate::codes::{Label, lists};
use crate::facts::ConflictState;
use crate::rules::RuleSet;
use crate::rules::ruleset::{Permit, ScenarioKind};
use crate::stats::{OwnedLabel, Table};

use super::super::assess::Assessed;
use super::{GroupNames, Item, PATCHES, PLACES, PLACES_AND_PLAN, Plan, TOTAL, by_class, coded, whole};

/// Idle land (4.4.2), by its conflict with the plan.
pub(in crate::rules) fn idle(patches: &[Assessed], names: &GroupNames<'_>) -> Table {
    let items = by_conflict(patches, |patch| patch.idle.idle).map(|(item, _)| item);
    let plan = Plan {
        table: "idle",
        title: Label::new("闲置用地", "Idle land"),
        counts: PATCHES,
        rule: "R-IDLE",
        classes: conflict_classes(items.clone()),
        in_total: usize::MAX,
        total: TOTAL,
        parts: &[],
        by: PLACES,
    };
    plan.make(items, names)
}

/// Low-intensity land (4.4.3), by its conflict with the plan, and by each criterion that holds.
pub(in crate::rules) fn low(patches: &[Assessed], names: &GroupNames<'_>) -> Table {
    let items = by_conflict(patches, |patch| patch.low.low).map(|(item, patch)| {
        let parts = patch.low.reasons().unwrap_or_default();
        Item { parts, counts_in: parts, ..item }
    });
    const NAMES: [&str; 5] = ["intensity", "contract", "tax", "production", "policy"];
    let labels = lists::LOW_REASONS.codes.iter().map(|code| code.label.clone());
    let parts: Vec<_> = NAMES.into_iter().zip(labels).map(|(name, label)| (name, label, None)).collect();
    let plan = Plan {
        table: "low",
        title: Label::new("低强度用地", "Low-intensity land"),
        counts: PATCHES,
        rule: "R-LOW",
        classes: conflict_classes(items.clone()),
        in_total: usize::MAX,
        total: TOTAL,
        parts: &parts,
        by: PLACES_AND_PLAN,
    };
    plan.make(items, names)
}

/// Patches of which something is true, each in the class of its conflict; those of which it is not
/// known are not assessed, those of which it is not true are in neither.
fn by_conflict(
    patches: &[Assessed],
    is_true: impl Fn(&Assessed) -> Option<bool> + Clone,
) -> impl Iterator<Item = (Item, &Assessed)> + Clone {
    let class = |patch: &Assessed| patch.plan.conflict.map_or(ConflictState::ALL.len(), |conflict| conflict as usize);
    patches.iter().filter_map(move |patch| match is_true(patch) {
        Some(true) => Some((whole(patch, Some(class(patch))), patch)),
        Some(false) => None,
        None => Some((whole(patch, None), patch)),
    })
}

/// The states of conflict, and land whose conflict could not be told where there is any.
fn conflict_classes(mut items: impl Iterator<Item = Item>) -> Vec<(String, OwnedLabel)> {
    let mut classes = coded(&lists::CONFLICT);
    if items.any(|item| item.class == Some(classes.len())) {
        let label = Label::new("控规符合性未评价", "Conformity not assessed");
        classes.push(("conflict_not_assessed".to_owned(), (&label).into()));
    }
    classes
}

/// The eight categories of inefficient land (5.2.1), of which a patch may have several.
pub(in crate::rules) fn inefficient(patches: &[Assessed], names: &GroupNames<'_>, rules: &RuleSet) -> Table {
    let mut classes = vec![("any".to_owned(), (&Label::new("低效工业用地", "Inefficient land")).into())];
    classes.extend(rules.inefficient.classes.iter().map(|class| (class.code.clone(), class.label.clone())));
    // The first row is the whole; categories are parts of it and overlap.
    let items = patches.iter().flat_map(|patch| {
        let bits = patch.inefficient.bits();
        let unknown = bits.is_none().then_some(None);
        let bits = bits.unwrap_or_default();
        let any = (bits != 0).then_some(Some(0));
        let holds = (0..8).filter(move |place| bits >> place & 1 == 1).map(|place| Some(place + 1));
        unknown.into_iter().chain(any).chain(holds).map(|class| whole(patch, class))
    });
    let plan = Plan {
        table: "inefficient",
        title: Label::new("低效工业用地八类", "Inefficient industrial land, eight categories"),
        counts: PATCHES,
        rule: "R-INEFFICIENT",
        classes,
        in_total: 1,
        total: TOTAL,
        parts: &[],
        by: PLACES_AND_PLAN,
    };
    plan.make(items, names)
}

/// What is advised (4.3, 4.4), outcome by outcome, scenarios of table 9 last.
pub(in crate::rules) fn disposal(patches: &[Assessed], names: &GroupNames<'_>, rules: &RuleSet) -> Table {
    let outcomes = rules.disposal.outcomes.iter().map(|outcome| (outcome.code.clone(), outcome.label.clone()));
    let scenarios = rules.scenarios.rows.iter().filter(|row| row.kind == ScenarioKind::Idle);
    let scenarios = scenarios.map(|scenario| (scenario.code.clone(), scenario.label.clone()));
    let classes: Vec<(String, OwnedLabel)> = outcomes.chain(scenarios).collect();
    let class = |patch: &Assessed| {
        let outcome = patch.disposal.outcome()?;
        classes.iter().position(|(code, _)| code == outcome)
    };
    let what = ("disposal", Label::new("整治建议", "Advised disposal"), "R-DISPOSAL");
    by_class(patches, names, classes.clone(), what, class)
}

/// The permits for new buildings and for extensions (4.3.2).
pub(in crate::rules) fn permits(patches: &[Assessed], names: &GroupNames<'_>) -> [Table; 2] {
    let new = Label::new("新建许可", "Permits for new buildings");
    let extend = Label::new("改扩建许可", "Permits for extensions");
    [
        permit(patches, names, ("permit_new", new), |patch| patch.disposal.permit_new()),
        permit(patches, names, ("permit_ext", extend), |patch| patch.disposal.permit_extend()),
    ]
}

fn permit(
    patches: &[Assessed],
    names: &GroupNames<'_>,
    (table, title): (&'static str, Label),
    of: impl Fn(&Assessed) -> Option<Permit>,
) -> Table {
    let mut classes = coded(&lists::PERMIT);
    let none_at_stake = classes.len();
    classes.push(("none".to_owned(), (&Label::new("不涉及", "None at stake")).into()));
    let class = |patch: &Assessed| {
        patch.disposal.ends.as_ref()?;
        Some(of(patch).map_or(none_at_stake, |permit| permit as usize))
    };
    by_class(patches, names, classes, (table, title, "R-DISPOSAL"), class)
}
