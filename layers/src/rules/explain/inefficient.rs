//! R-INEFFICIENT, explained.

use super::{Asking, Finding, Step, bits_label, label, plan};
use crate::round::percent;
use crate::rules::inefficient::inefficient;
use crate::stats::OwnedLabel;

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let (facts, common) = (&asking.dossier.inputs, &asking.case.common);
    let (record, rules) = (asking.record(), &asking.rules.inefficient);
    let conflict = plan::state(asking);
    let found = inefficient(facts, conflict, asking.rules, common);
    let names: Vec<OwnedLabel> = rules.classes.iter().map(|class| class.label.clone()).collect();
    let unknown = found.categories.iter().filter(|category| category.is_none()).count();
    let sentence = match found.bits() {
        None => label("未评价：各类均缺少数据。", "Not assessed: nothing is recorded of any category."),
        Some(bits) => {
            let named = bits_label(bits, &names);
            let open = match unknown {
                0 => label("。", "."),
                _ => label(format!("；另有 {unknown} 类缺少数据。"), format!("; {unknown} categories lack data.")),
            };
            match bits {
                0 => label(
                    format!("已知各类均不符合{}", open.zh),
                    format!("None of the known categories holds{}", open.en),
                ),
                _ => label(format!("属于：{}{}", named.zh, open.zh), format!("It belongs to: {}{}", named.en, open.en)),
            }
        }
    };
    let result = found.bits().map(|bits| Finding::new("inefficient", bits, bits_label(bits, &names)));
    let (far, tax, ratings) = (rules.far_below, percent(rules.tax_below_mean), rules.ratings.join("/"));
    Step {
        rule: "R-INEFFICIENT",
        section: rules.section.clone(),
        question: label("属于哪几类低效工业用地？", "Which categories of inefficient land does it belong to?"),
        inputs: vec![
            asking.input("industry", record.industry.as_deref()),
            asking.coded("conditions", record.conditions.map(|state| state.code())),
            asking.derived("far", facts.far),
            asking.coded_derived("conflict", conflict.map(|state| state.code())),
            asking.input("tax_last", record.tax_last),
            asking.input("rating", record.rating.as_deref()),
            asking.input("bankrupt", record.bankrupt),
            asking.input("legacy", record.legacy),
        ],
        threshold: Some(label(
            format!("容积率 < {far}；亩均税收 < 均值的 {tax}%；评价 {ratings}；强制性内容冲突视为按规划应搬迁"),
            format!(
                "ratio < {far}; tax per mu < {tax} % of the mean; rating {ratings}; a mandatory conflict counts as to be relocated"
            ),
        )),
        results: result.into_iter().collect(),
        sentence,
        parts: Vec::new(),
    }
}
