//! R-FAR, explained.

use super::quotient::Quotient;
use super::{Asking, Finding, Step, label, missing};
use crate::round::{rounded, two};
use crate::rules::far::far_class;
use crate::rules::ruleset::Classes;
use crate::stats::OwnedLabel;

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let (facts, rules) = (&asking.dossier.inputs, asking.rules);
    let quotient = Quotient {
        field: "far",
        over_field: "floor_area",
        under_field: "site_area",
        value: facts.far,
        over: facts.floor_area,
        under: facts.site_area,
        of_buildings: facts.built.and_then(|built| built.floor),
    };
    let inputs = quotient.inputs(asking);
    let class = far_class(facts, rules);
    let sentence = match (facts.far, class) {
        (Some(far), Some(class)) => {
            let far = ratio(far);
            let how = match quotient.areas() {
                Some((floor, site)) => label(
                    format!("合法总建筑面积 {} ÷ 宗地面积 {} = 容积率 {far}", two(floor), two(site)),
                    format!("Legal floor area {} m² over site area {} m² is a ratio of {far}", two(floor), two(site)),
                ),
                None => label(format!("容积率 {far}"), format!("Floor area ratio {far}")),
            };
            in_class(&how, &rules.far, class)
        }
        _ => missing(&inputs[2..]),
    };
    let value = facts.far.map(|far| Finding::new("far", far, label(ratio(far), ratio(far))));
    Step {
        rule: "R-FAR",
        section: rules.far.section.clone(),
        question: label("容积率属于哪一级？", "Which class is the floor area ratio in?"),
        threshold: Some(intervals(&rules.far)),
        results: value.into_iter().chain(class.map(|class| class_finding("far_class", class, &rules.far))).collect(),
        sentence,
        inputs,
        parts: Vec::new(),
    }
}

/// Three decimals: classes are a tenth wide and more.
fn ratio(far: f64) -> String {
    format!("{:.3}", rounded(far, 3))
}

/// "…, in [0.3, 0.6): class 3"
pub(super) fn in_class(how: &OwnedLabel, classes: &Classes, class: u8) -> OwnedLabel {
    let Some(found) = classes.classes.get(usize::from(class) - 1) else { return how.clone() };
    label(
        format!("{}，在 {} 内，属第 {class} 级“{}”。", how.zh, found.is, found.label.zh),
        format!("{}, which is in {}: class {class}, “{}”.", how.en, found.is, found.label.en),
    )
}

/// Every class with its interval.
pub(super) fn intervals(classes: &Classes) -> OwnedLabel {
    let listed: Vec<String> =
        (1..).zip(&classes.classes).map(|(number, class)| format!("{number} {}", class.is)).collect();
    label(listed.join("；"), listed.join("; "))
}

pub(super) fn class_finding(attribute: &'static str, class: u8, classes: &Classes) -> Finding {
    let found = classes.classes.get(usize::from(class) - 1);
    let label = found.map_or_else(|| label(class.to_string(), class.to_string()), |class| class.label.clone());
    Finding::new(attribute, class, label)
}
