//! The decision table against RULES 1.14, written down here a second time.

use super::*;
use crate::facts::Cause;
use Permit::{Allow, Deny, File, Hold};
use proptest::prelude::*;

/// Row, outcome, and the one permit that holds for new buildings and extensions.
type Wanted = (u8, &'static str, Option<Permit>);

/// RULES 1.14 as one reads it aloud.
fn published(state: &State) -> Wanted {
    let State { status, conflict, will, conforms, action } = *state;
    let (idle, low) = (status == Status::Idle, status == Status::Low);
    if conflict == ConflictState::Mandatory {
        return (1, "SWAP", Some(Deny));
    }
    let adjustable = conflict == ConflictState::NonMandatory;
    let (renews, leaves) = (will == Will::Renew, will == Will::Exit);
    match () {
        () if idle && adjustable && renews && conforms => (2, "RECERT", Some(Allow)),
        () if idle && !adjustable && renews => (3, "DEADLINE", Some(Allow)),
        () if idle => (4, "by_cause", None),
        () if adjustable && renews && conforms => (5, "PARTIAL", Some(Allow)),
        () if low && leaves => (6, "RECOVER", None),
        () if adjustable => match action {
            Action::NotPlanned => (7, "FILE", Some(File)),
            Action::Planned => (8, "KEEP", Some(Deny)),
            Action::Unknown => (9, "CONSULT", Some(Hold)),
        },
        () if low && renews => (10, "UPGRADE", Some(Allow)),
        () if low && will == Will::None => (11, "RECOVER", None),
        () if low => (12, "CONSULT", Some(Hold)),
        () => (13, "NORMAL", Some(Allow)),
    }
}

fn all_states() -> impl Iterator<Item = State> {
    Status::ALL.iter().flat_map(|status| {
        ConflictState::ALL.iter().flat_map(move |conflict| {
            Will::ALL.iter().flat_map(move |will| {
                [false, true].into_iter().flat_map(move |conforms| {
                    Action::ALL.iter().map(move |action| State {
                        status: *status,
                        conflict: *conflict,
                        will: *will,
                        conforms,
                        action: *action,
                    })
                })
            })
        })
    })
}

fn idle_for(status: Status) -> Idle {
    Idle { idle: Some(status == Status::Idle), years: (status == Status::Idle).then_some(1), ..Idle::default() }
}

fn low_for(status: Status) -> Low {
    Low { low: Some(status == Status::Low), ..Low::default() }
}

/// What is advised for a state that is known in all its parts.
fn advised(state: &State, record: Record) -> Disposal {
    let record = Record { will: Some(state.will), conforms: Some(state.conforms), ..record };
    let inputs = Inputs { record: Some(Box::new(record)), ..Inputs::default() };
    let found = Found {
        idle: &idle_for(state.status),
        low: &low_for(state.status),
        conflict: Some(state.conflict),
        action: state.action,
        plan_code: None,
    };
    disposal(&inputs, &found, &RuleSet::default())
}

#[test]
fn all_216_states_are_decided_as_published() {
    let rules = RuleSet::default();
    let mut seen = std::collections::BTreeSet::new();
    for state in all_states() {
        let (row, outcome, permit) = published(&state);
        let decided = row_of(&state, &rules).expect("a row for every state");
        assert_eq!((decided.row, decided.outcome.as_str()), (row, outcome), "{state:?}");
        assert_eq!((decided.new, decided.extend), (permit, permit), "{state:?}");
        let answer = advised(&state, Record::default());
        assert_eq!(answer.row, Some(row), "{state:?}");
        // Nobody recorded why it is idle.
        let ends = if row == 4 { ("CONSULT", Some(Hold)) } else { (outcome, permit) };
        assert_eq!((answer.outcome(), answer.permit_new()), (Some(ends.0), ends.1), "{state:?}");
        assert_eq!(answer.permit_extend(), ends.1, "{state:?}");
        assert_eq!(answer.states, [(state, Some(row))]);
        seen.insert(row);
    }
    assert_eq!(all_states().count(), 216);
    assert_eq!(seen, (1..=13).collect(), "every row decides something");
}

/// One state for each row, its outcome, permit and mode (RULES 1.14 and 1.15).
#[test]
fn each_row_advises_what_the_plan_says() {
    use ConflictState::{Mandatory, NonMandatory, None as Conforms};
    use Status::{Idle, Low, Normal};
    let rows = [
        (1, Normal, Mandatory, Will::Renew, true, Action::NotPlanned, "SWAP", Some(Deny), Some(2)),
        (2, Idle, NonMandatory, Will::Renew, true, Action::Planned, "RECERT", Some(Allow), Some(5)),
        (3, Idle, Conforms, Will::Renew, false, Action::Unknown, "DEADLINE", Some(Allow), Some(5)),
        (4, Idle, NonMandatory, Will::Renew, false, Action::NotPlanned, "I2a", None, None),
        (5, Low, NonMandatory, Will::Renew, true, Action::Planned, "PARTIAL", Some(Allow), Some(4)),
        (6, Low, NonMandatory, Will::Exit, false, Action::NotPlanned, "RECOVER", None, Some(1)),
        (6, Low, Conforms, Will::Exit, true, Action::Planned, "RECOVER", None, Some(1)),
        (7, Normal, NonMandatory, Will::Exit, false, Action::NotPlanned, "FILE", Some(File), None),
        (8, Low, NonMandatory, Will::Renew, false, Action::Planned, "KEEP", Some(Deny), None),
        (9, Normal, NonMandatory, Will::Unknown, false, Action::Unknown, "CONSULT", Some(Hold), None),
        (10, Low, Conforms, Will::Renew, false, Action::Planned, "UPGRADE", Some(Allow), Some(4)),
        (11, Low, Conforms, Will::None, false, Action::Planned, "RECOVER", None, Some(1)),
        (12, Low, Conforms, Will::Unknown, false, Action::Planned, "CONSULT", Some(Hold), None),
        (13, Normal, Conforms, Will::Exit, false, Action::Planned, "NORMAL", Some(Allow), None),
    ];
    for (row, status, conflict, will, conforms, action, outcome, permit, mode) in rows {
        let state = State { status, conflict, will, conforms, action };
        let answer = advised(&state, Record { cause: Some(Cause::Enterprise), ..Record::default() });
        assert_eq!((answer.row, answer.outcome(), answer.mode), (Some(row), Some(outcome), mode), "{state:?}");
        assert_eq!((answer.permit_new(), answer.permit_extend()), (permit, permit), "row {row}");
    }
}

#[test]
fn row_m_is_set_by_hand_and_by_nothing_else() {
    for state in all_states() {
        let forced = advised(&state, Record { force_out: Some(true), ..Record::default() });
        assert_eq!((forced.row, forced.outcome(), forced.mode), (Some(ROW_BY_HAND), Some("FORCE_OUT"), Some(6)));
        assert_eq!((forced.permit_new(), forced.permit_extend()), (Some(Deny), Some(Deny)));
        assert_ne!(advised(&state, Record::default()).outcome(), Some("FORCE_OUT"));
    }
}

fn found<'a>(idle: &'a Idle, low: &'a Low, conflict: Option<ConflictState>) -> Found<'a> {
    Found { idle, low, conflict, action: Action::NotPlanned, plan_code: None }
}

#[test]
fn what_is_not_known_matters_only_where_it_would_change_the_advice() {
    let rules = RuleSet::default();
    let (unknown_idle, unknown_low) = (Idle::default(), Low::default());
    let (awake, busy) = (idle_for(Status::Normal), low_for(Status::Normal));
    let advise = |idle: &Idle, low: &Low, conflict, will| {
        let record = Record { will, conforms: Some(true), ..Record::default() };
        let inputs = Inputs { record: Some(Box::new(record)), ..Inputs::default() };
        let answer = disposal(&inputs, &found(idle, low, conflict), &rules);
        (answer.outcome().map(str::to_owned), answer.row, answer.states.len())
    };
    let said = |outcome: &str| Some(outcome.to_owned());
    let mandatory = Some(ConflictState::Mandatory);
    assert_eq!(advise(&unknown_idle, &unknown_low, mandatory, None), (said("SWAP"), Some(1), 3));
    let adjustable = Some(ConflictState::NonMandatory);
    assert_eq!(advise(&awake, &unknown_low, adjustable, Some(Will::Renew)), (said("PARTIAL"), Some(5), 2));
    assert_eq!(advise(&awake, &unknown_low, adjustable, None), (said("FILE"), Some(7), 2));
    assert_eq!(advise(&awake, &unknown_low, adjustable, Some(Will::Exit)), (None, None, 2), "RECOVER if low");
    assert_eq!(advise(&unknown_idle, &busy, adjustable, None), (None, None, 2), "by cause if idle");
    assert_eq!(advise(&awake, &busy, None, None), (None, None, 3), "the plan is not known");
    assert_eq!(advise(&unknown_idle, &unknown_low, None, None), (None, None, 9));
}

#[test]
fn states_that_end_alike_have_one_advice_and_no_row() {
    let (idle, low) = (idle_for(Status::Low), low_for(Status::Low));
    let record = Record { will: Some(Will::Unknown), ..Record::default() };
    let inputs = Inputs { record: Some(Box::new(record)), ..Inputs::default() };
    // Rows 9 and 12 both ask; a mandatory conflict would not, so the table is asked without one.
    let text = crate::rules::ruleset::BUILT_IN.replace(
        "conflict = [\"mandatory\"], new = \"deny\", extend = \"deny\", outcome = \"SWAP\"",
        "conflict = [\"mandatory\"], new = \"hold\", extend = \"hold\", outcome = \"CONSULT\"",
    );
    let rules = RuleSet::parse(&text).expect("sound rules");
    let answer = disposal(&inputs, &Found { action: Action::Unknown, ..found(&idle, &low, None) }, &rules);
    assert_eq!((answer.outcome(), answer.permit_new(), answer.row), (Some("CONSULT"), Some(Hold), None));
}

#[test]
fn what_is_allowed_ends_with_the_right() {
    let state = |action| State {
        status: Status::Normal,
        conflict: ConflictState::NonMandatory,
        will: Will::None,
        conforms: false,
        action,
    };
    let end = "2040-06-30".parse().ok();
    let until = |action| advised(&state(action), Record { term_end: end, ..Record::default() }).permit_until;
    assert_eq!([until(Action::NotPlanned), until(Action::Planned), until(Action::Unknown)], [end, None, None]);
}

#[test]
fn second_class_industry_that_turns_to_the_first_keeps_its_certificate() {
    let (idle, low) = (idle_for(Status::Normal), low_for(Status::Normal));
    let change = |certificate: &str, plan: &str| {
        let record = Record { certificate_use: Some(certificate.into()), ..Record::default() };
        let inputs = Inputs { record: Some(Box::new(record)), ..Inputs::default() };
        let found = Found { plan_code: Some(plan), ..found(&idle, &low, Some(ConflictState::None)) };
        disposal(&inputs, &found, &RuleSet::default()).certificate_change
    };
    assert_eq!(change("100102", "100101"), Some(false));
    assert_eq!(change("M2", "M0"), Some(false));
    assert_eq!(change("100103", "100101"), None);
    assert_eq!(change("100102", "100102"), None);
}

proptest! {
    #[test]
    fn another_answer_never_makes_known_advice_unknown(
        idle: bool, low: bool, conflict in prop::sample::select(ConflictState::ALL),
        will in prop::option::of(prop::sample::select(Will::ALL)), conforms: bool,
        action in prop::sample::select(Action::ALL), known in any::<[bool; 3]>(), more in any::<[bool; 3]>(),
    ) {
        let answer = |known: [bool; 3]| {
            let idle = Idle { idle: known[0].then_some(idle), ..Idle::default() };
            let low = Low { low: known[1].then_some(low), ..Low::default() };
            let record = Record { will, conforms: Some(conforms), ..Record::default() };
            let inputs = Inputs { record: Some(Box::new(record)), ..Inputs::default() };
            let found = Found { action, ..found(&idle, &low, known[2].then_some(conflict)) };
            disposal(&inputs, &found, &RuleSet::default()).ends
        };
        let both = [known[0] || more[0], known[1] || more[1], known[2] || more[2]];
        let before = answer(known);
        prop_assert!(before.is_none() || before == answer(both));
    }
}
