//! R-SCENARIO: what table 9 advises for idle land. (plan 4.2.1)

use super::ruleset::{RuleSet, Scenario, ScenarioKind};
use crate::facts::{Cause, ConflictState, Will};

/// What is known of a case; `None` is not recorded, and no condition on it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// Why land is idle.
    pub cause: Option<Cause>,
    /// The enterprise's will.
    pub will: Option<Will>,
    /// Conflict with the plan.
    pub conflict: Option<ConflictState>,
    /// Whether the price is paid; not recorded counts as not paid.
    pub paid: Option<bool>,
    /// Whole years of idleness.
    pub years: Option<i64>,
}

/// The first scenario of idle land that fits; `None` where too little is known for any.
pub fn idle_scenario<'r>(case: &Case, rules: &'r RuleSet) -> Option<&'r Scenario> {
    rules.scenarios.rows.iter().find(|row| {
        row.kind == ScenarioKind::Idle
            && fits(&row.cause, case.cause)
            && fits(&row.will, case.will)
            && fits(&row.conflict, case.conflict)
            && row.paid.is_none_or(|paid| paid == (case.paid == Some(true)))
            && row.years.is_none_or(|interval| case.years.is_some_and(|years| interval.contains(years as f64)))
    })
}

/// Whether a condition holds; one that is empty is not asked.
pub(super) fn fits<T: PartialEq>(wanted: &[T], value: Option<T>) -> bool {
    wanted.is_empty() || value.is_some_and(|value| wanted.contains(&value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ConflictState::{NonMandatory, None as NoConflict};

    fn idle(cause: Cause, will: Will, conflict: ConflictState, paid: Option<bool>, years: i64) -> Option<String> {
        let case = Case { cause: Some(cause), will: Some(will), conflict: Some(conflict), paid, years: Some(years) };
        idle_scenario(&case, &RuleSet::default()).map(|row| row.code.clone())
    }

    #[test]
    fn idle_land_goes_by_its_cause() {
        use Cause::{Enterprise, Government, Other};
        let code = |cause, will, conflict, paid, years| idle(cause, will, conflict, paid, years).unwrap_or_default();
        assert_eq!(code(Government, Will::Renew, NoConflict, None, 1), "I1a");
        assert_eq!(code(Government, Will::Unknown, NoConflict, None, 9), "I1a");
        assert_eq!(code(Government, Will::None, NoConflict, None, 1), "I1b");
        assert_eq!(code(Government, Will::Exit, NonMandatory, Some(true), 1), "I1c", "who leaves is paid");
        assert_eq!(code(Government, Will::Renew, NonMandatory, None, 1), "I1d");
        assert_eq!(code(Government, Will::None, NonMandatory, Some(false), 1), "I1d");
        assert_eq!(code(Government, Will::Renew, NonMandatory, Some(true), 1), "I1e");
        assert_eq!(code(Enterprise, Will::Unknown, NoConflict, None, 1), "I2a");
        assert_eq!(code(Enterprise, Will::Unknown, NoConflict, None, 2), "I2b");
        assert_eq!(code(Other, Will::Unknown, NonMandatory, Some(true), 3), "I3");
    }

    #[test]
    fn too_little_known_fits_nothing() {
        let rules = RuleSet::default();
        let by = |case: Case| idle_scenario(&case, &rules).map(|row| row.code.as_str());
        assert_eq!(by(Case { years: Some(3), will: Some(Will::Exit), ..Case::default() }), None, "no cause");
        assert_eq!(by(Case { cause: Some(Cause::Enterprise), ..Case::default() }), None, "for how long?");
    }
}
