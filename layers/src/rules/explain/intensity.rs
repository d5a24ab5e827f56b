//! R-INTENSITY, explained.

use super::{Asking, Finding, Step, label, missing};
use crate::rules::density::density_class;
use crate::rules::far::far_class;
use crate::rules::intensity::{intensity, score};
use crate::rules::ruleset::Method;
use crate::stats::OwnedLabel;

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let (facts, rules) = (&asking.dossier.inputs, asking.rules);
    let inputs = vec![asking.input("far", facts.far), asking.input("density", facts.density)];
    let class = intensity(facts, rules);
    let name = class.and_then(|class| rules.intensity.classes.get(usize::from(class) - 1));
    let sentence = match (class, name) {
        (Some(class), Some(name)) => {
            let how = how(asking);
            label(
                format!("{}，综合开发强度为第 {class} 级“{}”。", how.zh, name.zh),
                format!("{}: development intensity class {class}, “{}”.", how.en, name.en),
            )
        }
        _ => missing(&inputs),
    };
    Step {
        rule: "R-INTENSITY",
        section: rules.intensity.section.clone(),
        question: label("综合开发强度如何？", "How intensively is it developed, all in all?"),
        threshold: Some(label(format!("方法 {}", rules.intensity.name), format!("method {}", rules.intensity.name))),
        result: class.zip(name).map(|(class, name)| Finding {
            attribute: "intensity",
            value: class.into(),
            label: name.clone(),
        }),
        sentence,
        inputs,
        parts: Vec::new(),
    }
}

/// What the method made of the two values.
fn how(asking: &Asking<'_>) -> OwnedLabel {
    let (facts, rules) = (&asking.dossier.inputs, asking.rules);
    match rules.intensity.method {
        Method::Matrix => {
            let class = |class: Option<u8>| class.map_or_else(|| "–".to_owned(), |class| class.to_string());
            let (far, density) = (class(far_class(facts, rules)), class(density_class(facts, rules)));
            label(
                format!("容积率第 {far} 级、建筑密度第 {density} 级，查判定矩阵"),
                format!("Floor area ratio class {far} and density class {density} meet in the matrix"),
            )
        }
        Method::Score => {
            let score = facts.far.zip(facts.density).map_or(0.0, |(far, density)| score(far, density, rules));
            label(format!("加权得分 {score:.1}"), format!("Weighted score {score:.1}"))
        }
        Method::Criteria => label("按首个符合的条件", "By the first criterion that holds"),
    }
}
