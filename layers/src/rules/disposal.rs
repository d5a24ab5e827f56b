//! R-DISPOSAL: what is to be done with the patch, and which permits can be had? (plan 4.3.2, 4.4, 5.2.2)

use jiff::civil::Date;
use serde::Serialize;

use super::idle::Idle;
use super::low::Low;
use super::ruleset::{Disposal as Table, DisposalRow, Permit, RuleSet};
use super::scenarios::{Case, fits, idle_scenario};
use crate::facts::{Action, ConflictState, Inputs, Record, Status, Will};

/// The number of row M of RULES 1.14, which is set by hand and which no rule file has.
pub const ROW_BY_HAND: u8 = 0;

/// What the decision table asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct State {
    /// Idle wins over low.
    pub status: Status,
    /// Conflict with the plan.
    pub conflict: ConflictState,
    /// The enterprise's will.
    pub will: Will,
    /// Whether its proposal conforms to the plan.
    pub conforms: bool,
    /// The five-year plan.
    pub action: Action,
}

/// What a row of the table leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ends {
    /// Code of an outcome, or of a scenario of table 9.
    pub outcome: String,
    /// New buildings; `None` where no permit is at stake.
    pub new: Option<Permit>,
    /// Extensions; the same.
    pub extend: Option<Permit>,
}

/// What is advised for a patch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Disposal {
    /// The advice; `None` where what is not known could change it.
    pub ends: Option<Ends>,
    /// The row that decided, [`ROW_BY_HAND`] for row M; `None` where several rows end alike.
    pub row: Option<u8>,
    /// The mode of remediation (5.2.2) that the outcome leads to.
    pub mode: Option<u8>,
    /// Every state that what is known leaves possible, with the row that decides it.
    pub states: Vec<(State, Option<u8>)>,
    /// `Some(false)`: industry of the second class that turns to the first or to M0 keeps its
    /// certificate (4.3.2).
    pub certificate_change: Option<bool>,
    /// The last day of whatever is allowed: the end of the land-use right (4.3.2).
    pub permit_until: Option<Date>,
}

impl Disposal {
    /// Code of what is advised.
    pub fn outcome(&self) -> Option<&str> {
        self.ends.as_ref().map(|ends| ends.outcome.as_str())
    }

    /// The permit for new buildings, if one is at stake.
    pub fn permit_new(&self) -> Option<Permit> {
        self.ends.as_ref()?.new
    }

    /// The permit for extensions, if one is at stake.
    pub fn permit_extend(&self) -> Option<Permit> {
        self.ends.as_ref()?.extend
    }
}

/// Earlier answers that the table asks for.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// R-IDLE.
    pub idle: &'a Idle,
    /// R-LOW.
    pub low: &'a Low,
    /// R-PLAN.
    pub conflict: Option<ConflictState>,
    /// The five-year plan.
    pub action: Action,
    /// Planned use code of the land that stays industrial.
    pub plan_code: Option<&'a str>,
}

/// The first row of the rules' table that fits, or what was decided by hand. Where status or conflict
/// are not known, every state that they leave possible is asked: if all end alike, that is the
/// answer. A will nobody recorded is unknown; a proposal nobody recorded does not conform.
///
/// What it cannot see: agreements made, and which part of a patch a permit is asked for (a mandatory
/// conflict denies it for the part in conflict only).
pub fn disposal(inputs: &Inputs, found: &Found<'_>, rules: &RuleSet) -> Disposal {
    let nothing = Record::default();
    let record = inputs.record.as_deref().unwrap_or(&nothing);
    let states = states(record, found);
    let (ends, row, decided) = if record.force_out == Some(true) {
        let denied = Some(Permit::Deny);
        (Some(Ends { outcome: Table::BY_HAND.to_owned(), new: denied, extend: denied }), Some(ROW_BY_HAND), Vec::new())
    } else {
        let decided: Vec<(State, Option<&DisposalRow>)> =
            states.into_iter().map(|state| (state, row_of(&state, rules))).collect();
        let ends = decided.iter().map(|(state, row)| row.map(|row| ends(state, row, record, found.idle, rules)));
        let row = all_alike(decided.iter().map(|(_, row)| row.map(|row| row.row)));
        let ends = all_alike(ends);
        (ends, row, decided)
    };
    let outcome =
        ends.as_ref().and_then(|ends| rules.disposal.outcomes.iter().find(|known| known.code == ends.outcome));
    let may_build = ends.as_ref().is_some_and(|ends| {
        [ends.new, ends.extend].into_iter().flatten().any(|permit| matches!(permit, Permit::Allow | Permit::File))
    });
    Disposal {
        row: row.filter(|_| ends.is_some()),
        mode: outcome.and_then(|outcome| outcome.mode),
        states: decided.into_iter().map(|(state, row)| (state, row.map(|row| row.row))).collect(),
        certificate_change: keeps_certificate(record, found.plan_code).then_some(false),
        permit_until: record.term_end.filter(|_| may_build),
        ends,
    }
}

/// The first row that fits a state.
pub fn row_of<'r>(state: &State, rules: &'r RuleSet) -> Option<&'r DisposalRow> {
    rules.disposal.rows.iter().find(|row| {
        fits(&row.status, Some(state.status))
            && fits(&row.conflict, Some(state.conflict))
            && fits(&row.will, Some(state.will))
            && row.conforms.is_none_or(|conforms| conforms == state.conforms)
            && fits(&row.action, Some(state.action))
    })
}

/// The states that what is known leaves possible, in the order of the lists.
fn states(record: &Record, found: &Found<'_>) -> Vec<State> {
    let is_possible = |status: &Status| match status {
        Status::Idle => found.idle.idle != Some(false),
        Status::Low => found.idle.idle != Some(true) && found.low.low != Some(false),
        Status::Normal => found.idle.idle != Some(true) && found.low.low != Some(true),
    };
    let will = record.will.unwrap_or(Will::Unknown);
    let conforms = record.conforms == Some(true);
    let conflicts = ConflictState::ALL.iter().filter(|state| found.conflict.is_none_or(|known| known == **state));
    let with = |status: Status| {
        conflicts.clone().map(move |conflict| State {
            status,
            conflict: *conflict,
            will,
            conforms,
            action: found.action,
        })
    };
    Status::ALL.iter().copied().filter(is_possible).flat_map(with).collect()
}

/// Where a row leads; idle land goes by its cause, and is asked about where that is not known.
fn ends(state: &State, row: &DisposalRow, record: &Record, idle: &Idle, rules: &RuleSet) -> Ends {
    if row.outcome != Table::BY_CAUSE {
        return Ends { outcome: row.outcome.clone(), new: row.new, extend: row.extend };
    }
    let case = Case {
        cause: record.cause,
        will: Some(state.will),
        conflict: Some(state.conflict),
        paid: record.paid,
        years: idle.years,
    };
    match idle_scenario(&case, rules) {
        Some(scenario) => Ends { outcome: scenario.code.clone(), new: row.new, extend: row.extend },
        None => {
            let asked_first = |permit: Option<Permit>| permit.or(Some(Permit::Hold));
            Ends { outcome: Table::NO_CAUSE.to_owned(), new: asked_first(row.new), extend: asked_first(row.extend) }
        }
    }
}

/// The answer that all have in common; `None` where they differ or one is missing.
fn all_alike<T: PartialEq>(mut answers: impl Iterator<Item = Option<T>>) -> Option<T> {
    let first = answers.next()??;
    answers.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

/// Existing industry of the second class (100102, M2) for which the plan wants the first (100101,
/// M1) or new industry (M0).
fn keeps_certificate(record: &Record, plan_code: Option<&str>) -> bool {
    let begins = |code: Option<&str>, with: &[&str]| {
        code.is_some_and(|code| with.iter().any(|prefix| code.trim().to_ascii_uppercase().starts_with(prefix)))
    };
    begins(record.certificate_use.as_deref(), &["100102", "M2"]) && begins(plan_code, &["100101", "M1", "M0"])
}

#[cfg(test)]
mod tests;
