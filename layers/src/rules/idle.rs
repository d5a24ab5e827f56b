//! R-IDLE: does the land wait to be developed? (plan 4.3.3 and 4.4.2; 闲置土地处置办法 2012, art. 2)

use jiff::Span;
use jiff::civil::Date;
use serde::Serialize;

use super::ruleset::{Ratio, RuleSet};
use super::truth::{both, either};
use crate::facts::{Common, Inputs, Record};

/// Whether a patch is idle, and by which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Idle {
    /// The answer; `None` where what is recorded does not decide.
    pub idle: Option<bool>,
    /// Not started within the time that the rules leave after the agreed start.
    pub not_started: Option<bool>,
    /// Started and suspended for so long, with too little developed or invested.
    pub suspended: Option<bool>,
    /// Of the due area, less was developed than the rules ask.
    pub little_developed: Option<bool>,
    /// Of the investment, less was made than the rules ask.
    pub little_invested: Option<bool>,
    /// Whole years since the agreed start or the suspension, the longer; `None` where it is not idle.
    pub years: Option<i64>,
}

/// Whether the patch is idle on the reference date: not started a year after the agreed start, or
/// suspended for a year with less than a third of the area developed or less than a quarter of the
/// investment made. A year ends on the same day of the calendar, that day included.
///
/// What it cannot see: whether the delay is anybody's fault (that is the `cause`, which decides
/// about the disposal only), and agreements that moved the agreed start but are not recorded.
pub fn idle(inputs: &Inputs, rules: &RuleSet, common: &Common) -> Idle {
    let (Some(record), Some(today)) = (inputs.record.as_deref(), common.reference_date) else {
        return Idle::default();
    };
    let rules = &rules.idle;
    let started = started(record, today);
    let late = record.agreed_start.map(|agreed| years_between(agreed, today) >= i64::from(rules.not_started_years));
    let not_started = both(started.map(|started| !started), late);

    let for_long = match record.suspended {
        Some(false) => Some(false),
        _ => record.suspended_since.map(|since| years_between(since, today) >= i64::from(rules.suspended_years)),
    };
    let little = |part: Option<f64>, whole: Option<f64>, limit: Ratio| {
        let whole = whole.filter(|whole| *whole > 0.0)?;
        Some(limit.is_above(part?, whole))
    };
    let (developed, due) = (record.developed_area.map(|area| area.0), record.due_area.map(|area| area.0));
    let little_developed = little(developed, due, rules.developed_below);
    let little_invested = little(record.invested, record.investment, rules.invested_below);
    let suspended = both(both(started, for_long), either(little_developed, little_invested));

    let idle = either(not_started, suspended);
    let since = [
        record.agreed_start.filter(|_| not_started == Some(true)),
        record.suspended_since.filter(|_| suspended == Some(true)),
    ];
    let years = since.into_iter().flatten().map(|since| years_between(since, today)).max();
    Idle { idle, not_started, suspended, little_developed, little_invested, years }
}

/// Whether construction had started: as recorded, else by the day on which it did. What was
/// suspended had started.
fn started(record: &Record, today: Date) -> Option<bool> {
    let by_day = || record.actual_start.map(|day| day <= today);
    record.started.or_else(by_day).or_else(|| record.suspended.filter(|suspended| *suspended))
}

/// Whole calendar years from one day to another, negative if it lies before: from 2023-12-31 to
/// 2024-12-31 is one year, to the day before none. A year after 29 February is 28 February.
fn years_between(from: Date, to: Date) -> i64 {
    let years = i64::from(to.year()) - i64::from(from.year());
    let anniversary = Span::new().try_years(years).and_then(|years| from.checked_add(years));
    // Past the end of the calendar (year 9999) no day comes.
    if anniversary.is_ok_and(|day| day <= to) { years } else { years - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SquareMetres;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn on(today: &str, record: Record) -> Idle {
        let inputs = Inputs { record: Some(Box::new(record)), ..Inputs::default() };
        let common = Common { reference_date: Some(day(today)), ..Common::default() };
        idle(&inputs, &RuleSet::default(), &common)
    }

    fn not_started(agreed: &str) -> Record {
        Record { started: Some(false), agreed_start: Some(day(agreed)), ..Record::default() }
    }

    fn suspended(since: &str, developed: f64, invested: f64) -> Record {
        Record {
            started: Some(true),
            suspended: Some(true),
            suspended_since: Some(day(since)),
            due_area: Some(SquareMetres(3.0)),
            developed_area: Some(SquareMetres(developed)),
            investment: Some(4.0),
            invested: Some(invested),
            ..Record::default()
        }
    }

    #[test]
    fn a_year_ends_on_its_day() {
        assert_eq!(on("2024-12-31", not_started("2023-12-31")).idle, Some(true));
        assert_eq!(on("2024-12-30", not_started("2023-12-31")).idle, Some(false));
        assert_eq!(on("2024-12-31", suspended("2023-12-31", 0.0, 4.0)).idle, Some(true));
        assert_eq!(on("2024-12-30", suspended("2023-12-31", 0.0, 4.0)).idle, Some(false));
        assert_eq!(on("2021-02-28", not_started("2020-02-29")).years, Some(1));
        assert_eq!(on("2024-12-31", not_started("2025-06-01")).idle, Some(false), "still to come");
    }

    #[test]
    fn whole_years_are_counted_from_the_agreed_start_or_the_suspension() {
        assert_eq!(on("2024-12-31", not_started("2022-12-31")).years, Some(2));
        assert_eq!(on("2024-12-31", not_started("2023-01-01")).years, Some(1));
        assert_eq!(on("2024-12-31", suspended("2019-06-30", 0.0, 4.0)).years, Some(5));
        assert_eq!(on("2024-12-31", not_started("2024-12-31")).years, None, "not idle");
    }

    #[test]
    fn exactly_a_third_and_exactly_a_quarter_are_enough() {
        let since = "2020-01-01";
        assert_eq!(on("2024-12-31", suspended(since, 1.0, 1.0)).idle, Some(false));
        assert_eq!(on("2024-12-31", suspended(since, 0.999_999, 1.0)).idle, Some(true));
        assert_eq!(on("2024-12-31", suspended(since, 1.0, 0.999_999)).idle, Some(true));
    }

    #[test]
    fn one_way_that_is_certain_decides() {
        let started = Record { started: Some(true), suspended: Some(false), ..Record::default() };
        assert_eq!(on("2024-12-31", started.clone()).idle, Some(false));
        let unknown = Record { suspended: None, ..started.clone() };
        assert_eq!(on("2024-12-31", unknown).idle, None, "nobody records suspensions");
        let illegible = Record { suspended: Some(true), ..started };
        assert_eq!(on("2024-12-31", illegible).idle, None, "suspended, but not since when");
        let half = Record { invested: None, ..suspended("2020-01-01", 0.5, 0.0) };
        assert_eq!(on("2024-12-31", half).idle, Some(true), "the developed part decides");
        let half = Record { invested: None, ..suspended("2020-01-01", 2.0, 0.0) };
        assert_eq!(on("2024-12-31", half).idle, None);
        let early = Record { agreed_start: Some(day("2024-06-01")), suspended: Some(false), ..Record::default() };
        assert_eq!(on("2024-12-31", early).idle, Some(false), "started or not, it is not late");
        assert_eq!(on("2024-12-31", Record::default()).idle, None);
    }

    #[test]
    fn without_a_reference_date_nobody_knows() {
        let record = Some(Box::new(not_started("2000-01-01")));
        let answer = idle(&Inputs { record, ..Inputs::default() }, &RuleSet::default(), &Common::default());
        assert_eq!(answer, Idle::default());
    }

    #[test]
    fn a_start_in_the_future_is_no_start() {
        let record = Record { actual_start: Some(day("2025-03-01")), ..not_started("2020-01-01") };
        assert_eq!(on("2024-12-31", Record { started: None, ..record.clone() }).idle, Some(true));
        let before = Record { started: None, actual_start: Some(day("2024-12-31")), suspended: Some(false), ..record };
        assert_eq!(on("2024-12-31", before).idle, Some(false));
    }

    fn days() -> impl Strategy<Value = Date> {
        (2000i16..2030, 1i8..=12, 1i8..=31).prop_filter_map("a day", |(y, m, d)| Date::new(y, m, d).ok())
    }

    proptest! {
        #[test]
        fn another_record_never_makes_a_known_answer_unknown(
            started: bool, agreed in days(), since in days(), developed in 0.0..1.0f64, invested in 0.0..1.0f64,
            stopped: bool, known in any::<[bool; 5]>(), more in any::<[bool; 5]>(),
        ) {
            // What never started cannot stop.
            let suspended = started && stopped;
            let record = |known: [bool; 5]| Record {
                started: known[0].then_some(started),
                agreed_start: known[1].then_some(agreed),
                suspended: known[2].then_some(suspended),
                suspended_since: (known[2] && suspended).then_some(since),
                due_area: known[3].then_some(SquareMetres(1.0)),
                developed_area: known[3].then_some(SquareMetres(developed)),
                investment: known[4].then_some(1.0),
                invested: known[4].then_some(invested),
                ..Record::default()
            };
            let all: Vec<bool> = known.iter().zip(more).map(|(a, b)| *a || b).collect();
            let before = on("2024-12-31", record(known)).idle;
            let after = on("2024-12-31", record(all.try_into().expect("five"))).idle;
            prop_assert!(before.is_none() || before == after, "{before:?} {after:?}");
        }
    }
}
