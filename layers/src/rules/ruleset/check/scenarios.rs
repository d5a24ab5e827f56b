//! Table 9: every case of idle and of unsupplied land has a scenario, every scenario a case.

use super::super::cover::runs;
use super::super::totality::{Block, Space};
use super::super::{Disposal, Idle, Interval, Scenario, ScenarioKind, Scenarios};
use super::disposal::{bits, words};
use super::listed;
use crate::facts::{Cause, ConflictState, Supply, Will};
use crate::rules::ruleset::problem::Problems;

/// Checks the section. `sent` are the (conflict, will) that the decision table sends here; where
/// they are not known, all are.
pub(super) fn check(
    scenarios: &Scenarios,
    disposal: Option<&Disposal>,
    sent: Option<&[(u32, u32)]>,
    idle: Option<&Idle>,
    problems: &mut Problems<'_>,
) {
    check_codes(scenarios, disposal, problems);
    let of = |kind: ScenarioKind| -> Vec<(usize, &Scenario)> {
        scenarios.rows.iter().enumerate().filter(|(_, row)| row.kind == kind).collect()
    };
    let first_year = idle.map_or(1, |idle| idle.not_started_years.min(idle.suspended_years));
    check_idle(&of(ScenarioKind::Idle), sent, first_year, problems);
    check_unsupplied(&of(ScenarioKind::Unsupplied), problems);
}

fn check_codes(scenarios: &Scenarios, disposal: Option<&Disposal>, problems: &mut Problems<'_>) {
    let outcomes = || disposal.into_iter().flat_map(|disposal| &disposal.outcomes);
    for (place, row) in scenarios.rows.iter().enumerate() {
        let here = format!("scenarios.rows[{place}].code");
        if scenarios.rows.iter().take(place).any(|before| before.code == row.code) {
            problems.error(here, format!("there is a scenario `{}` already", row.code));
        } else if outcomes().any(|outcome| outcome.code == row.code) {
            problems.error(here, format!("`{}` is the code of an outcome, and both are advice", row.code));
        }
    }
}

fn check_idle(rows: &[(usize, &Scenario)], sent: Option<&[(u32, u32)]>, first_year: i16, problems: &mut Problems<'_>) {
    for (place, row) in rows.iter().filter(|(_, row)| !row.reason.is_empty()) {
        let here = format!("scenarios.rows[{place}].reason");
        problems.error(here, format!("is asked of land that was never supplied, and `{}` is for idle land", row.code));
    }
    let (years, year_words) = year_groups(rows, first_year);
    let space = Space::new(vec![
        ("cause", words(Cause::ALL, Cause::code)),
        ("conflict", words(ConflictState::ALL, ConflictState::code)),
        ("will", words(Will::ALL, Will::code)),
        ("paid", vec!["false".to_owned(), "true".to_owned()]),
        ("years", year_words),
    ]);
    let block = |(_, row): &(usize, &Scenario)| -> Block {
        let within = |interval: Interval| {
            years.iter().enumerate().filter(|(_, year)| interval.contains(**year)).map(|(place, _)| 1 << place).sum()
        };
        vec![
            bits(Cause::ALL, &row.cause),
            bits(ConflictState::ALL, &row.conflict),
            bits(Will::ALL, &row.will),
            row.paid.map_or(space.all(3), |paid| 1 << u8::from(paid)),
            row.years.map_or(space.all(4), within),
        ]
    };
    let blocks: Vec<Block> = rows.iter().map(block).collect();
    let occurs = |state: &Block| sent.is_none_or(|sent| sent.contains(&(state[1], state[2])));
    report(&space, rows, &blocks, "idle land with", occurs, problems);
}

fn check_unsupplied(rows: &[(usize, &Scenario)], problems: &mut Problems<'_>) {
    for (place, row) in rows {
        let asked = [
            ("cause", !row.cause.is_empty()),
            ("will", !row.will.is_empty()),
            ("conflict", !row.conflict.is_empty()),
            ("paid", row.paid.is_some()),
            ("years", row.years.is_some()),
        ];
        for (key, _) in asked.iter().filter(|(_, asked)| *asked) {
            let here = format!("scenarios.rows[{place}].{key}");
            problems
                .error(here, format!("is asked of idle land, and `{}` is for land that was never supplied", row.code));
        }
        if let Some(at) = row.reason.iter().position(|reason| *reason == Supply::Supplied) {
            let here = format!("scenarios.rows[{place}].reason[{at}]");
            problems.error(here, format!("land that is supplied is not for `{}`", row.code));
        }
    }
    let space = Space::new(vec![("reason", words(Supply::ALL, Supply::code))]);
    let blocks: Vec<Block> = rows.iter().map(|(_, row)| vec![bits(Supply::ALL, &row.reason)]).collect();
    let supplied = bits(Supply::ALL, &[Supply::Supplied]);
    report(&space, rows, &blocks, "unsupplied land with", |state| state[0] != supplied, problems);
}

fn report(
    space: &Space,
    rows: &[(usize, &Scenario)],
    blocks: &[Block],
    land: &str,
    occurs: impl Fn(&Block) -> bool,
    problems: &mut Problems<'_>,
) {
    let decided = space.decide(blocks, occurs);
    for open in &decided.open {
        problems.error("scenarios.rows", format!("no scenario is for {land} {}", space.shown(open)));
    }
    for (number, (place, row)) in rows.iter().enumerate().filter(|(number, _)| decided.by_row[*number].is_empty()) {
        let takers = listed(decided.taken_by[number].iter().filter_map(|taker| Some(&rows.get(*taker)?.1.code)));
        let why = if takers.is_empty() {
            "no land of its kind comes to it".to_owned()
        } else {
            format!("its land is taken by {takers}")
        };
        problems.warning(format!("scenarios.rows[{place}]"), format!("scenario {} never fires; {why}", row.code));
    }
}

/// Whole years that no scenario tells apart, from the first year on: one year of each group, and
/// the group in words.
fn year_groups(rows: &[(usize, &Scenario)], first_year: i16) -> (Vec<f64>, Vec<String>) {
    let first = f64::from(first_year);
    let intervals: Vec<Interval> = rows.iter().filter_map(|(_, row)| row.years).collect();
    let mut groups: Vec<(f64, f64)> = Vec::new();
    for run in runs(&intervals) {
        let Interval { low, low_in, high, high_in } = run.numbers;
        let from = if low_in { low.ceil() } else { low.floor() + 1.0 };
        let to = if high_in { high.floor() } else { high.ceil() - 1.0 };
        let from = from.max(first);
        if from <= to {
            groups.push((from, to));
        }
    }
    let shown = |&(from, to): &(f64, f64)| match (from == to, to.is_finite()) {
        (true, _) => from.to_string(),
        (false, true) => format!("{from}–{to}"),
        (false, false) => format!("{from} and more"),
    };
    // A state keeps its values in 32 bits, and nobody tells more years apart.
    groups.truncate(32);
    (groups.iter().map(|(from, _)| *from).collect(), groups.iter().map(shown).collect())
}
