//! The decision table: every state decided, every row of use, every outcome known.

use super::super::totality::{Block, Space};
use super::super::{Disposal, DisposalRow};
use super::listed;
use crate::facts::{Action, ConflictState, Status, Will};
use crate::nearest::nearest;
use crate::rules::ruleset::problem::Problems;
use crate::rules::ruleset::shape::instead;

/// Places of the dimensions in a state.
const STATUS: usize = 0;
const CONFLICT: usize = 1;
const WILL: usize = 2;

/// Checks the section. Returns the (conflict, will) of idle land that rows send to the scenarios;
/// `None` if the rows are not sound.
pub(super) fn check(disposal: &Disposal, problems: &mut Problems<'_>) -> Option<Vec<(u32, u32)>> {
    check_outcomes(disposal, problems);
    let at = |place: usize| format!("disposal.rows[{place}]");
    for (place, row) in disposal.rows.iter().enumerate() {
        if disposal.rows.iter().take(place).any(|before| before.row == row.row) {
            problems.error(format!("{}.row", at(place)), format!("there is a row {} already", row.row));
        }
    }
    let space = space();
    let rows: Vec<Block> = disposal.rows.iter().map(|row| block(row, &space)).collect();
    let decided = space.decide(&rows, |_| true);
    for open in &decided.open {
        problems.error("disposal.rows", format!("no row decides {}", space.shown(open)));
    }
    let number = |place: &usize| disposal.rows.get(*place).map_or(0, |row| row.row);
    let mut sent = Vec::new();
    for (place, row) in disposal.rows.iter().enumerate() {
        let states = &decided.by_row[place];
        if states.is_empty() {
            let takers: Vec<u8> = decided.taken_by[place].iter().map(number).collect();
            let rows = if takers.len() == 1 { "row" } else { "rows" };
            let takers = listed(takers);
            problems
                .warning(at(place), format!("row {} never fires; its states are decided by {rows} {takers}", row.row));
        }
        if row.outcome == Disposal::BY_CAUSE {
            sent.extend(states.iter().filter(|state| is_idle(state)).map(|state| (state[CONFLICT], state[WILL])));
            if states.iter().any(|state| !is_idle(state)) {
                problems.error(
                    at(place),
                    format!("row {} sends land to the scenarios that is not idle; they ask why land is idle", row.row),
                );
            }
        }
    }
    sent.sort_unstable();
    sent.dedup();
    decided.open.is_empty().then_some(sent)
}

fn is_idle(state: &Block) -> bool {
    Status::ALL.iter().position(|status| *status == Status::Idle).is_some_and(|idle| state[STATUS] == 1 << idle)
}

fn check_outcomes(disposal: &Disposal, problems: &mut Problems<'_>) {
    let codes: Vec<&str> = disposal.outcomes.iter().map(|outcome| outcome.code.as_str()).collect();
    let at = |place: usize| format!("disposal.outcomes[{place}]");
    for (place, outcome) in disposal.outcomes.iter().enumerate() {
        let code = outcome.code.as_str();
        if code == Disposal::BY_CAUSE {
            problems.error(
                format!("{}.code", at(place)),
                format!("`{code}` stands for the scenarios; call it something else"),
            );
        } else if codes.iter().take(place).any(|before| *before == code) {
            problems.error(format!("{}.code", at(place)), format!("there is an outcome `{code}` already"));
        }
        let modes = disposal.modes.labels.len();
        if let Some(mode) = outcome.mode.filter(|mode| usize::from(*mode) > modes) {
            problems.error(format!("{}.mode", at(place)), format!("mode {mode} is none; disposal.modes has {modes}"));
        }
        // Two outcomes are given without a row.
        let used = disposal.rows.iter().any(|row| row.outcome == code);
        if !used && ![Disposal::BY_HAND, Disposal::NO_CAUSE, Disposal::BY_CAUSE].contains(&code) {
            problems.warning(at(place), format!("no row leads to outcome `{code}`"));
        }
    }
    for (needed, whose) in [
        (Disposal::BY_HAND, "land that is marked by hand for forced clearance"),
        (Disposal::NO_CAUSE, "idle land of no known cause"),
    ] {
        if !codes.contains(&needed) {
            problems.error("disposal.outcomes", format!("outcome `{needed}` is missing; {whose} gets it"));
        }
    }
    let known: Vec<&str> = codes.iter().copied().chain([Disposal::BY_CAUSE]).collect();
    for (place, row) in disposal.rows.iter().enumerate().filter(|(_, row)| !known.contains(&row.outcome.as_str())) {
        let near = nearest(&row.outcome, known.iter().copied());
        let meant = instead(near, &known);
        problems.error(format!("disposal.rows[{place}].outcome"), format!("no outcome `{}`; {meant}", row.outcome));
    }
}

/// 3 · 3 · 4 · 2 · 3 = 216 states (RULES 1.14).
fn space() -> Space {
    Space::new(vec![
        ("status", words(Status::ALL, Status::code)),
        ("conflict", words(ConflictState::ALL, ConflictState::code)),
        ("will", words(Will::ALL, Will::code)),
        ("conforms", vec!["false".to_owned(), "true".to_owned()]),
        ("action", words(Action::ALL, Action::code)),
    ])
}

fn block(row: &DisposalRow, space: &Space) -> Block {
    vec![
        bits(Status::ALL, &row.status),
        bits(ConflictState::ALL, &row.conflict),
        bits(Will::ALL, &row.will),
        row.conforms.map_or(space.all(3), |conforms| 1 << u8::from(conforms)),
        bits(Action::ALL, &row.action),
    ]
}

/// The answers of a dimension.
pub(super) fn words<A: Copy>(all: &[A], code: fn(A) -> &'static str) -> Vec<String> {
    all.iter().map(|answer| code(*answer).to_owned()).collect()
}

/// The wanted answers, one bit each; none wanted = all.
pub(super) fn bits<A: PartialEq>(all: &[A], wanted: &[A]) -> u32 {
    let chosen = |(place, answer): (usize, &A)| {
        if wanted.is_empty() || wanted.contains(answer) { 1 << place } else { 0 }
    };
    all.iter().enumerate().map(chosen).sum()
}
