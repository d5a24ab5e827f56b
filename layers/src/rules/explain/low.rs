//! R-LOW, explained.

use super::{Asking, Finding, Step, bits_label, label};
use crate::codes::lists;
use crate::round::percent;
use crate::rules::idle::idle;
use crate::rules::low::{Asked, Low, low};
use crate::stats::OwnedLabel;

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let (facts, rules, common) = (&asking.dossier.inputs, asking.rules, &asking.case.common);
    let record = asking.record();
    let found = low(facts, idle(facts, rules, common).idle, rules, common);
    let mean = match record.above_scale {
        Some(true) => asking.derived("tax_mean_above_scale", common.tax_mean_above_scale),
        _ => asking.derived("tax_mean", common.tax_mean),
    };
    let reasons = found.reasons().map(|bits| {
        let names = lists::LOW_REASONS.codes.iter().map(|code| OwnedLabel::from(&code.label)).collect::<Vec<_>>();
        Finding::new("low_reasons", bits, bits_label(bits, &names))
    });
    let answer = found.low.map(|low| Finding::truth("low", low, ("低强度", "low intensity"), ("非低强度", "not low")));
    Step {
        rule: "R-LOW",
        section: rules.low.section.clone(),
        question: label("是否低强度用地？", "Is the land used too little?"),
        inputs: vec![
            asking.derived("density", facts.density),
            asking.derived("far", facts.far),
            asking.input("agreed_far", record.agreed_far),
            asking.input("tax_before", record.tax_before),
            asking.input("tax_last", record.tax_last),
            asking.input("above_scale", record.above_scale),
            mean,
            asking.coded("production", record.production.map(|state| state.code())),
            asking.input("stopped_years", record.stopped_years),
            asking.input("production_tax", record.production_tax),
            asking.input("low_by_hand", record.low_by_hand),
            asking.input("low_reason", record.low_reason.as_deref()),
        ],
        threshold: Some(threshold(asking)),
        results: answer.into_iter().chain(reasons).collect(),
        sentence: sentence(asking, &found),
        parts: Vec::new(),
    }
}

fn threshold(asking: &Asking<'_>) -> OwnedLabel {
    let rules = &asking.rules.low;
    let (density, tax) = (percent(rules.density_below), percent(rules.tax_below_mean));
    let (far, years) = (rules.far_below, rules.stopped_years);
    label(
        format!(
            "任一成立：1 建筑密度 < {density}% 或容积率 < {far}；2 低于约定容积率且不闲置；3 连续两年亩均税收 < 均值的 {tax}%；4 停产 ≥ {years} 年或生产性税收为 0；5 其他政策"
        ),
        format!(
            "any of: 1 density < {density} % or ratio < {far}; 2 below the agreed ratio and not idle; 3 tax per mu of two years < {tax} % of the mean; 4 stopped for ≥ {years} years or no tax on production; 5 other policy"
        ),
    )
}

fn sentence(asking: &Asking<'_>, found: &Low) -> OwnedLabel {
    let reason = asking.record().low_reason.as_deref().unwrap_or("–");
    let numbers = |wanted: Asked| {
        let of_kind = (1..).zip(&found.criteria).filter(|(_, asked)| **asked == wanted);
        of_kind.map(|(number, _): (usize, _)| number.to_string()).collect::<Vec<_>>()
    };
    let (holds, unknown) = (numbers(Asked::Answer(Some(true))), numbers(Asked::Answer(None)));
    let not_asked = [numbers(Asked::NoColumn), numbers(Asked::Not)].concat();
    let left_out = if not_asked.is_empty() {
        label("", "")
    } else {
        label(format!("（第 {} 项未纳入）", not_asked.join("、")), format!(" (not asked: {})", not_asked.join(", ")))
    };
    let answer = match (found.by_hand, found.low) {
        (Some(true), _) => label(format!("人工认定为低强度：{reason}"), format!("Found low by hand: {reason}")),
        (Some(false), _) => {
            label(format!("人工认定为非低强度：{reason}"), format!("Found not to be low by hand: {reason}"))
        }
        (None, Some(true)) => {
            label(format!("第 {} 项成立", holds.join("、")), format!("Criteria that hold: {}", holds.join(", ")))
        }
        (None, Some(false)) => label("各项均不成立", "No criterion holds"),
        (None, None) if unknown.is_empty() => {
            label("未评价：没有可问的指标", "Not assessed: no criterion can be asked")
        }
        (None, None) => label(
            format!("未评价：没有一项成立，但第 {} 项缺少数据", unknown.join("、")),
            format!("Not assessed: none holds, but values for {} are missing", unknown.join(", ")),
        ),
    };
    label(format!("{}{}。", answer.zh, left_out.zh), format!("{}{}.", answer.en, left_out.en))
}
