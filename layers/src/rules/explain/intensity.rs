//! R-INTENSITY, explained.

use super::{Asking, Finding, Step, label, missing};
use crate::round::rounded;
use crate::rules::density::density_class;
use crate::rules::far::far_class;
use crate::rules::intensity::{intensity, score};
use crate::rules::ruleset::Method;
use crate::stats::OwnedLabel;

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let (facts, rules) = (&asking.dossier.inputs, asking.rules);
    let inputs = vec![asking.derived("far", facts.far), asking.derived("density", facts.density)];
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
    let found = class.zip(name).map(|(class, name)| Finding::new("intensity", class, name.clone()));
    Step {
        rule: "R-INTENSITY",
        section: rules.intensity.section.clone(),
        question: label("综合开发强度如何？", "How intensively is it developed, all in all?"),
        threshold: Some(threshold(asking)),
        results: found.into_iter().collect(),
        sentence,
        inputs,
        parts: Vec::new(),
    }
}

/// The method, and the part of it that this patch meets.
fn threshold(asking: &Asking<'_>) -> OwnedLabel {
    let (facts, how) = (&asking.dossier.inputs, &asking.rules.intensity);
    let name = &how.name;
    match how.method {
        Method::Matrix => {
            let far = far_class(facts, asking.rules);
            let row = far.and_then(|class| Some((class, how.matrix.rows.get(usize::from(class) - 1)?)));
            let Some((class, row)) = row else { return label(format!("方法 {name}"), format!("method {name}")) };
            let row: Vec<String> = row.iter().map(u8::to_string).collect();
            let (row, last) = (row.join(" "), row.len());
            label(
                format!("方法 {name}，判定矩阵容积率第 {class} 级一行：建筑密度第 1–{last} 级 → {row}"),
                format!("method {name}, row of ratio class {class}: density classes 1–{last} → {row}"),
            )
        }
        Method::Score => {
            let (far, density) = (how.score.far, how.score.density);
            let classes: Vec<String> =
                (1..).zip(&how.score.classes).map(|(class, interval)| format!("{class} {interval}")).collect();
            let score = format!(
                "100 × ({} × min(1, R / {}) + {} × min(1, D / {}))",
                far.weight, far.ideal, density.weight, density.ideal
            );
            label(
                format!("方法 {name}：得分 {score}；{}", classes.join("；")),
                format!("method {name}: score {score}; {}", classes.join("; ")),
            )
        }
        Method::Criteria => {
            let criteria: Vec<String> = how
                .criteria
                .any_of
                .iter()
                .map(|criterion| {
                    let far = criterion.far.map(|interval| format!("R ∈ {interval}"));
                    let density = criterion.density.map(|interval| format!("D ∈ {interval}"));
                    let any: Vec<String> = far.into_iter().chain(density).collect();
                    format!("{} ← {}", criterion.class, any.join(" ∨ "))
                })
                .collect();
            let (criteria, rest) = (criteria.join("; "), how.criteria.otherwise);
            label(format!("方法 {name}：{criteria}；其余 {rest}"), format!("method {name}: {criteria}; else {rest}"))
        }
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
            let score = format!("{:.2}", rounded(score, 2));
            label(format!("加权得分 {score}"), format!("Weighted score {score}"))
        }
        Method::Criteria => label("按首个符合的条件", "By the first criterion that holds"),
    }
}
