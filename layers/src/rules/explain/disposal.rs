//! R-DISPOSAL, explained: advice, permits and the row of the table that decides.

use super::{Asking, Finding, Input, Step, label, plan, words};
use crate::codes::lists;
use crate::facts::{Action, Will};
use crate::rules::disposal::{Disposal, Found, ROW_BY_HAND, State, disposal};
use crate::rules::idle::idle;
use crate::rules::low::low;
use crate::rules::ruleset::Permit;
use crate::stats::OwnedLabel;

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let (facts, rules, common) = (&asking.dossier.inputs, asking.rules, &asking.case.common);
    let idle = idle(facts, rules, common);
    let low = low(facts, idle.idle, rules, common);
    let found = Found {
        idle: &idle,
        low: &low,
        conflict: plan::state(asking),
        action: asking.dossier.action,
        plan_code: plan::kept_as(asking),
    };
    let answer = disposal(facts, &found, rules);
    Step {
        rule: "R-DISPOSAL",
        section: section(asking, &answer),
        question: label("如何处置，能否办理新建和扩建许可？", "What is advised, and which permits can be had?"),
        inputs: inputs(asking, &answer),
        threshold: Some(label(
            "决策表自上而下，首个符合的行生效；情形未定时，各可能情形须结论一致",
            "the first row of the decision table that fits; where the state is not known, all possible ones must end alike",
        )),
        results: results(asking, &answer),
        sentence: sentence(asking, &answer),
        parts: Vec::new(),
    }
}

fn inputs(asking: &Asking<'_>, answer: &Disposal) -> Vec<Input> {
    let record = asking.record();
    let mut status: Vec<&str> = answer.states.iter().map(|(state, _)| state.status.code()).collect();
    status.dedup();
    // Where more than one is possible, nobody knows which.
    let status = if let [only] = status[..] { Some(only) } else { None };
    vec![
        asking.coded_derived("status", status),
        asking.coded_derived("conflict", plan::state(asking).map(|state| state.code())),
        asking.coded("will", record.will.map(Will::code)),
        asking.input("conforms", record.conforms),
        asking.coded_derived(
            "action",
            Some(asking.dossier.action).filter(|action| *action != Action::Unknown).map(Action::code),
        ),
        asking.coded("cause", record.cause.map(|cause| cause.code())),
        asking.input("paid", record.paid),
        asking.input("force_out", record.force_out),
        asking.date("term_end", record.term_end),
    ]
}

/// Name and advice of an outcome or a scenario.
fn outcome(asking: &Asking<'_>, code: &str) -> (OwnedLabel, OwnedLabel) {
    let rules = asking.rules;
    let outcome =
        rules.disposal.outcomes.iter().find(|known| known.code == code).map(|known| (&known.label, &known.advice));
    let scenario = || rules.scenarios.rows.iter().find(|row| row.code == code).map(|row| (&row.label, &row.advice));
    match outcome.or_else(scenario) {
        Some((name, advice)) => (name.clone(), advice.clone()),
        None => (label(code, code), label("", "")),
    }
}

fn results(asking: &Asking<'_>, answer: &Disposal) -> Vec<Finding> {
    let permit = |attribute: &'static str, permit: Option<Permit>| {
        permit.and_then(|permit| {
            Some(Finding::new(attribute, permit.code(), lists::PERMIT.label_of(permit.code())?.into()))
        })
    };
    let mode = answer.mode.map(|mode| {
        let name = asking.rules.disposal.modes.labels.get(usize::from(mode).wrapping_sub(1));
        Finding::new("mode", mode, name.cloned().unwrap_or_else(|| label(mode.to_string(), mode.to_string())))
    });
    let row = answer.row.map(|row| {
        let name =
            if row == ROW_BY_HAND { label("人工", "by hand") } else { label(row.to_string(), row.to_string()) };
        Finding::new("disposal_row", row, name)
    });
    let day = answer.permit_until.map(|day| {
        let day = day.to_string();
        Finding::new("permit_until", day.clone(), label(&day, &day))
    });
    let action = asking.dossier.action;
    let action = lists::ACTION.label_of(action.code()).map(|name| Finding::new("action", action.code(), name.into()));
    let advice = answer.outcome().map(|code| Finding::new("disposal", code, outcome(asking, code).0));
    [
        advice,
        permit("permit_new", answer.permit_new()),
        permit("permit_ext", answer.permit_extend()),
        row,
        mode,
        day,
        action,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The section of the row that decided, else that of the table.
fn section(asking: &Asking<'_>, answer: &Disposal) -> String {
    let rules = &asking.rules.disposal;
    let row = answer.row.and_then(|row| rules.rows.iter().find(|known| known.row == row));
    row.map_or(&rules.section, |row| &row.section).clone()
}

fn sentence(asking: &Asking<'_>, answer: &Disposal) -> OwnedLabel {
    let Some(code) = answer.outcome() else {
        return label(
            format!("未评价：有 {} 种可能情形，结论不一。", answer.states.len()),
            format!("Not assessed: {} states are possible, and they end differently.", answer.states.len()),
        );
    };
    let (name, advice) = outcome(asking, code);
    let why = match (answer.row, &answer.states[..]) {
        (Some(ROW_BY_HAND), _) => label("人工认定", "Decided by hand"),
        (Some(row), [(state, _)]) => {
            let state = said(state);
            label(format!("{}，按第 {row} 行", state.zh), format!("{}; row {row}", state.en))
        }
        (Some(row), states) => label(
            format!("{} 种可能情形均按第 {row} 行", states.len()),
            format!("All {} possible states: row {row}", states.len()),
        ),
        (None, states) => label(
            format!("{} 种可能情形结论相同", states.len()),
            format!("All {} possible states end alike", states.len()),
        ),
    };
    let certificate = match answer.certificate_change {
        Some(false) => label("不需换证。", " No new certificate is needed."),
        _ => label("", ""),
    };
    label(
        format!("{}：{}。{}{}", why.zh, name.zh, ended(&advice.zh, "。"), certificate.zh),
        format!("{}: {}. {}{}", why.en, name.en, ended(&advice.en, "."), certificate.en),
    )
}

/// A text that ends as a sentence does; nothing stays nothing.
fn ended(text: &str, stop: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(stop) { text.to_owned() } else { format!("{text}{stop}") }
}

/// A state in words.
fn said(state: &State) -> OwnedLabel {
    let parts = [
        words::said("status", state.status.code()),
        words::said("conflict", state.conflict.code()),
        words::said("will", state.will.code()),
        words::said("action", state.action.code()),
    ];
    let said: Vec<OwnedLabel> = parts.into_iter().flatten().collect();
    let join =
        |pick: &dyn Fn(&OwnedLabel) -> &str, between: &str| said.iter().map(pick).collect::<Vec<_>>().join(between);
    let english = format!("State: {}", join(&|part| &part.en, ", "));
    label(join(&|part| &part.zh, "、"), english)
}
