//! R-IDLE, explained.

use super::{Asking, Finding, Step, label};
use crate::rules::idle::{Idle, idle};
use crate::stats::OwnedLabel;

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let record = asking.record();
    let (rules, day) = (&asking.rules.idle, asking.case.common.reference_date);
    let found = idle(&asking.dossier.inputs, asking.rules, &asking.case.common);
    let (years, suspended) = (rules.not_started_years, rules.suspended_years);
    let (developed, invested) = (rules.developed_below, rules.invested_below);
    let metres = |area: Option<crate::SquareMetres>| area.map(|area| area.0);
    Step {
        rule: "R-IDLE",
        section: rules.section.clone(),
        question: label("是否闲置土地？", "Does the land wait to be developed?"),
        inputs: vec![
            asking.date("agreed_start", record.agreed_start),
            asking.input("started", record.started),
            asking.date("actual_start", record.actual_start),
            asking.date("suspended_since", record.suspended_since),
            asking.input("due_area", metres(record.due_area)),
            asking.input("developed_area", metres(record.developed_area)),
            asking.input("investment", record.investment),
            asking.input("invested", record.invested),
            asking.derived("reference_date", day.map(|day| day.to_string())),
        ],
        threshold: Some(label(
            format!(
                "约定动工日期起满 {years} 年未动工；或中止建设满 {suspended} 年，且已开发面积不足应开发面积的 {developed} 或已投资额不足总投资额的 {invested}"
            ),
            format!(
                "not started {years} year(s) after the agreed start; or suspended for {suspended} year(s) with less than {developed} of the due area developed or less than {invested} of the investment made"
            ),
        )),
        results: found
            .idle
            .map(|idle| Finding::truth("idle", idle, ("闲置", "idle"), ("不闲置", "not idle")))
            .into_iter()
            .collect(),
        sentence: sentence(asking, &found),
        parts: Vec::new(),
    }
}

fn sentence(asking: &Asking<'_>, found: &Idle) -> OwnedLabel {
    let record = asking.record();
    let years = found.years.unwrap_or_default();
    match (found.idle, asking.case.common.reference_date) {
        (_, None) => label("未评价：没有设定数据截止日。", "Not assessed: no reference date is set."),
        (None, Some(_)) => label(
            "未评价：动工和中止建设的记录不足以判定。",
            "Not assessed: what is recorded of start and suspension does not decide.",
        ),
        (Some(false), Some(_)) => label(
            "逾期未动工和中止建设两种情形均不成立。",
            "Neither is its start overdue nor was it suspended for long with little done.",
        ),
        (Some(true), Some(day)) if found.not_started == Some(true) => {
            let agreed = record.agreed_start.map(|start| start.to_string()).unwrap_or_default();
            label(
                format!("约定 {agreed} 动工，至 {day} 已满 {years} 年仍未动工。"),
                format!("Construction was to start on {agreed}; by {day}, {years} full year(s) later, it had not."),
            )
        }
        (Some(true), Some(day)) => {
            let since = record.suspended_since.map(|since| since.to_string()).unwrap_or_default();
            let little = match (found.little_developed, found.little_invested) {
                (Some(true), Some(true)) => {
                    label("已开发面积和已投资额均不足", "too little was developed and invested")
                }
                (Some(true), _) => label("已开发面积不足", "too little was developed"),
                _ => label("已投资额不足", "too little was invested"),
            };
            label(
                format!("{since} 起中止建设，至 {day} 已满 {years} 年，{}。", little.zh),
                format!("Suspended since {since}, by {day} for {years} full year(s), and {}.", little.en),
            )
        }
    }
}
