//! R-FAR, explained.

use super::{Asking, Finding, Step, label, missing};
use crate::rules::far::far_class;
use crate::rules::ruleset::Classes;
use crate::stats::OwnedLabel;

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let (facts, rules) = (&asking.dossier.inputs, asking.rules);
    let inputs = vec![
        asking.input("floor_area", facts.floor_area.map(|area| area.0)),
        asking.input("site_area", facts.site_area.map(|area| area.0)),
        asking.input("far", facts.far),
    ];
    let class = far_class(facts, rules);
    let sentence = match (facts.far, class) {
        (Some(far), Some(class)) => {
            let how = match (facts.floor_area, facts.site_area) {
                (Some(floor), Some(site)) => label(
                    format!("合法总建筑面积 {:.2} ÷ 宗地面积 {:.2} = {far:.3}", floor.0, site.0),
                    format!("Legal floor area {:.2} m² over site area {:.2} m² is {far:.3}", floor.0, site.0),
                ),
                _ => label(format!("容积率 {far:.3}"), format!("Floor area ratio {far:.3}")),
            };
            in_class(&how, &rules.far, class)
        }
        _ => missing(&inputs),
    };
    Step {
        rule: "R-FAR",
        section: rules.far.section.clone(),
        question: label("容积率属于哪一级？", "Which class is the floor area ratio in?"),
        threshold: Some(intervals(&rules.far)),
        result: class.map(|class| class_finding("far_class", class, &rules.far)),
        sentence,
        inputs,
        parts: Vec::new(),
    }
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
    Finding { attribute, value: class.into(), label }
}
