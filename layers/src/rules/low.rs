//! R-LOW: is the land used too little? (plan 4.4.3)

use serde::Serialize;

use super::ruleset::{LowCriterion, RuleSet};
use super::truth::{both, either};
use crate::facts::{Cause, Common, Inputs, Production, Record};
use crate::project::Field;

/// Whether a patch is of low intensity, and by which criteria.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Low {
    /// The answer; `None` where no criterion holds and one that is asked cannot be answered.
    pub low: Option<bool>,
    /// Found by hand, which is stronger than the criteria.
    pub by_hand: Option<bool>,
    /// Every criterion in the order of its bit.
    pub criteria: [Asked; 5],
}

/// What became of one criterion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// The rules do not ask it.
    #[default]
    Not,
    /// The layer has no column for it.
    NoColumn,
    /// It was asked; `None` where this patch's values are missing.
    Answer(Option<bool>),
}

impl Low {
    /// Criteria that hold, as the bits of [`LowCriterion::bit`]; `None` where low is not known, 0
    /// where it is not low.
    pub fn reasons(&self) -> Option<u8> {
        let holds = |(criterion, asked): (&LowCriterion, &Asked)| {
            (*asked == Asked::Answer(Some(true))).then_some(criterion.bit())
        };
        let bits = LowCriterion::ALL.iter().zip(&self.criteria).filter_map(holds).fold(0, |bits, bit| bits | bit);
        self.low.map(|low| if low { bits } else { 0 })
    }
}

/// Whether one of the criteria that the rules ask holds. `idle` is the answer of R-IDLE: land that
/// waits is not built below its contract, it is not built.
///
/// What it cannot see: illegal floor area, and tax that is paid elsewhere.
pub fn low(inputs: &Inputs, idle: Option<bool>, rules: &RuleSet, common: &Common) -> Low {
    let nothing = Record::default();
    let record = inputs.record.as_deref().unwrap_or(&nothing);
    let ask = |criterion: LowCriterion| {
        if !rules.low.criteria.contains(&criterion) {
            Asked::Not
        } else if !is_recorded(criterion, common) {
            Asked::NoColumn
        } else {
            Asked::Answer(match criterion {
                LowCriterion::Intensity => intensity(inputs, rules),
                LowCriterion::Contract => contract(inputs, record, idle),
                LowCriterion::Tax => tax(record, rules, common),
                LowCriterion::Production => production(record, rules, common),
                LowCriterion::Policy => Some(record.low_by_hand == Some(true)),
            })
        }
    };
    let mut criteria = LowCriterion::ALL.map(ask);
    let by_hand = record.low_by_hand;
    if by_hand == Some(true) {
        criteria[LowCriterion::Policy as usize] = Asked::Answer(Some(true));
    }
    let mut answers = criteria.iter().filter_map(|asked| match asked {
        Asked::Answer(answer) => Some(*answer),
        Asked::Not | Asked::NoColumn => None,
    });
    let by_criteria = answers.next().and_then(|first| answers.fold(first, either));
    Low { low: by_hand.or(by_criteria), by_hand, criteria }
}

/// The fields of [`Record`] that a criterion needs; it is asked where the layer has one of them.
/// Floor area and density may come from buildings, so they are always asked.
pub fn fields_of(criterion: LowCriterion) -> &'static [Field] {
    match criterion {
        LowCriterion::Intensity => &[],
        LowCriterion::Contract => &[Field::AgreedFar],
        LowCriterion::Tax => &[Field::TaxBefore, Field::TaxLast],
        LowCriterion::Production => &[Field::Production, Field::StoppedYears, Field::ProductionTax],
        LowCriterion::Policy => &[Field::LowByHand],
    }
}

/// Whether the layer has what a criterion needs.
pub fn is_recorded(criterion: LowCriterion, common: &Common) -> bool {
    let fields = fields_of(criterion);
    fields.is_empty() || fields.iter().any(|field| common.recorded.contains(field))
}

/// 1: density or floor area ratio below their limits.
fn intensity(inputs: &Inputs, rules: &RuleSet) -> Option<bool> {
    either(
        inputs.density.map(|density| density < rules.low.density_below),
        inputs.far.map(|far| far < rules.low.far_below),
    )
}

/// 2: built below the contract for the enterprise's own reasons, and not idle.
fn contract(inputs: &Inputs, record: &Record, idle: Option<bool>) -> Option<bool> {
    let below = inputs.far.zip(record.agreed_far).map(|(far, agreed)| far < agreed);
    // A cause is recorded where land waits for somebody; where none is, the enterprise builds.
    let own = record.cause.is_none_or(|cause| cause == Cause::Enterprise);
    both(both(below, Some(own)), idle.map(|idle| !idle))
}

/// 3: tax per mu of both years below the rules' part of the mean of its kind.
fn tax(record: &Record, rules: &RuleSet, common: &Common) -> Option<bool> {
    let below = |tax: Option<f64>| below_mean(tax, record.above_scale, rules.low.tax_below_mean, common);
    both(below(record.tax_before), below(record.tax_last))
}

/// Whether a tax per mu is below a part of the mean: of the above-scale enterprises' mean for
/// those. Where nobody knows which kind it is, both have to agree.
pub(super) fn below_mean(tax: Option<f64>, above_scale: Option<bool>, part: f64, common: &Common) -> Option<bool> {
    let below = |mean: Option<f64>| Some(tax? < part * mean?);
    let (all, large) = (below(common.tax_mean), below(common.tax_mean_above_scale));
    match above_scale {
        Some(true) => large,
        Some(false) => all,
        // Where nobody records which are above scale, there is one mean.
        None if !common.recorded.contains(&Field::AboveScale) => all,
        None => all.filter(|all| Some(*all) == large),
    }
}

/// 4: stopped for so many years, or no tax on production.
fn production(record: &Record, rules: &RuleSet, common: &Common) -> Option<bool> {
    let has = |field| common.recorded.contains(&field);
    let long = record.stopped_years.map(|years| years >= rules.low.stopped_years);
    let state = record.production.map(|state| state == Production::Stopped);
    let stopped = match (has(Field::Production), has(Field::StoppedYears)) {
        (false, false) => Some(false),
        // How long it stopped says that it did.
        (false, true) => long,
        (true, _) => both(state, long),
    };
    let untaxed = match has(Field::ProductionTax) {
        true => record.production_tax.map(|tax| tax == 0.0),
        false => Some(false),
    };
    either(stopped, untaxed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ruleset::BUILT_IN;
    use proptest::prelude::*;

    /// Every column is there, and nothing holds.
    fn sound() -> Record {
        Record {
            agreed_far: Some(0.5),
            tax_before: Some(10.0),
            tax_last: Some(10.0),
            production_tax: Some(1.0),
            above_scale: Some(false),
            production: Some(Production::Running),
            stopped_years: Some(0),
            ..Record::default()
        }
    }

    fn city() -> Common {
        let recorded = LowCriterion::ALL.into_iter().flat_map(fields_of).chain([&Field::AboveScale]).copied().collect();
        Common { tax_mean: Some(8.0), tax_mean_above_scale: Some(12.0), recorded, ..Common::default() }
    }

    fn of(far: f64, density: f64, record: Record) -> Low {
        let record = Some(Box::new(record));
        let inputs = Inputs { far: Some(far), density: Some(density), record, ..Inputs::default() };
        low(&inputs, Some(false), &RuleSet::default(), &city())
    }

    fn reasons(far: f64, density: f64, record: Record) -> Option<u8> {
        of(far, density, record).reasons()
    }

    #[test]
    fn three_tenths_and_twenty_percent_are_not_low() {
        assert_eq!(of(0.3, 0.2, Record { agreed_far: Some(0.3), ..sound() }).low, Some(false));
        assert_eq!(reasons(0.299_999, 0.2, Record { agreed_far: Some(0.1), ..sound() }), Some(1));
        assert_eq!(reasons(0.6, 0.199_999, sound()), Some(1));
        assert_eq!(reasons(0.0, 0.0, Record { agreed_far: Some(0.0), ..sound() }), Some(1), "zero is low");
    }

    #[test]
    fn each_criterion_has_its_bit() {
        assert_eq!(reasons(0.4, 0.4, sound()), Some(2), "below the contract");
        assert_eq!(reasons(0.5, 0.4, sound()), Some(0), "as agreed");
        let poor = Record { tax_before: Some(3.99), tax_last: Some(3.99), ..sound() };
        assert_eq!(reasons(0.9, 0.4, poor.clone()), Some(4));
        assert_eq!(reasons(0.9, 0.4, Record { tax_last: Some(4.0), ..poor.clone() }), Some(0), "half is enough");
        let large = Record { above_scale: Some(true), tax_before: Some(5.0), tax_last: Some(5.0), ..sound() };
        assert_eq!(reasons(0.9, 0.4, large.clone()), Some(4), "half of the above-scale mean is 6");
        assert_eq!(reasons(0.9, 0.4, Record { above_scale: Some(false), ..large.clone() }), Some(0));
        assert_eq!(reasons(0.9, 0.4, Record { above_scale: None, ..large }), None, "the two means disagree");
        let stopped = Record { production: Some(Production::Stopped), stopped_years: Some(2), ..sound() };
        assert_eq!(reasons(0.9, 0.4, stopped.clone()), Some(8));
        assert_eq!(reasons(0.9, 0.4, Record { stopped_years: Some(1), ..stopped }), Some(0));
        assert_eq!(reasons(0.9, 0.4, Record { production_tax: Some(0.0), ..sound() }), Some(8));
        assert_eq!(reasons(0.9, 0.4, Record { low_by_hand: Some(true), ..sound() }), Some(16));
        let all = Record { low_by_hand: Some(true), production_tax: Some(0.0), ..poor };
        assert_eq!(reasons(0.1, 0.1, all), Some(31));
    }

    #[test]
    fn a_hand_is_stronger_than_every_criterion() {
        let spared = of(0.0, 0.0, Record { low_by_hand: Some(false), ..sound() });
        assert_eq!((spared.low, spared.reasons()), (Some(false), Some(0)));
        assert_eq!(spared.criteria[0], Asked::Answer(Some(true)), "and the criterion that holds is still told");
        let named = of(0.9, 0.4, Record { low_by_hand: Some(true), tax_last: None, ..sound() });
        assert_eq!((named.low, named.reasons()), (Some(true), Some(16)));
    }

    #[test]
    fn idle_land_is_not_built_below_its_contract() {
        let record = Some(Box::new(sound()));
        let inputs = Inputs { far: Some(0.4), density: Some(0.4), record, ..Inputs::default() };
        let low = |idle| low(&inputs, idle, &RuleSet::default(), &city()).low;
        assert_eq!([low(Some(true)), low(Some(false)), low(None)], [Some(false), Some(true), None]);
        let governments = Record { cause: Some(Cause::Government), ..sound() };
        assert_eq!(of(0.4, 0.4, governments).low, Some(false), "not for the enterprise's own reasons");
    }

    #[test]
    fn what_has_no_column_is_not_asked_and_what_is_empty_is_unknown() {
        let inputs = Inputs { far: Some(0.9), density: Some(0.5), ..Inputs::default() };
        let bare = low(&inputs, None, &RuleSet::default(), &Common::default());
        assert_eq!(bare.low, Some(false));
        assert_eq!(bare.criteria[1..], [Asked::NoColumn; 4]);
        assert_eq!(of(0.9, 0.5, Record { tax_before: None, tax_last: None, ..sound() }).low, None);
        assert_eq!(of(0.9, 0.5, Record { tax_last: None, ..sound() }).low, Some(false), "one good year is enough");
        assert_eq!(of(0.2, 0.5, Record::default()).low, Some(true), "one that holds is enough");
        let unknown = low(&Inputs::default(), None, &RuleSet::default(), &Common::default());
        assert_eq!((unknown.low, unknown.reasons()), (None, None));
    }

    #[test]
    fn the_rules_say_what_is_asked() {
        let all = r#"criteria = ["intensity", "contract", "tax", "production", "policy"]"#;
        let rules = RuleSet::parse(&BUILT_IN.replace(all, r#"criteria = ["tax"]"#)).expect("sound rules");
        let record = Some(Box::new(Record { production_tax: Some(0.0), ..sound() }));
        let inputs = Inputs { far: Some(0.0), density: Some(0.0), record, ..Inputs::default() };
        let answer = low(&inputs, Some(false), &rules, &city());
        assert_eq!((answer.low, answer.criteria[0]), (Some(false), Asked::Not));
    }

    proptest! {
        #[test]
        fn another_record_never_makes_a_known_answer_unknown(
            far in 0.0..1.0f64, density in 0.0..1.0f64, taxes in (0.0..12.0f64, 0.0..12.0f64, 0.0..1.0f64),
            agreed in 0.0..1.0f64, years in 0..4i64, state in prop::sample::select(Production::ALL), large: bool,
            idle in prop::option::of(any::<bool>()),
            known in any::<[bool; 9]>(), more in any::<[bool; 9]>(),
        ) {
            let answer = |known: [bool; 9]| {
                let record = Record {
                    agreed_far: known[0].then_some(agreed),
                    tax_before: known[1].then_some(taxes.0),
                    tax_last: known[2].then_some(taxes.1),
                    production_tax: known[3].then_some((taxes.2 * 2.0).floor()),
                    stopped_years: known[4].then_some(years),
                    production: known[5].then_some(state),
                    above_scale: known[6].then_some(large),
                    ..Record::default()
                };
                let inputs = Inputs {
                    far: known[7].then_some(far),
                    density: known[8].then_some(density),
                    record: Some(Box::new(record)),
                    ..Inputs::default()
                };
                low(&inputs, idle, &RuleSet::default(), &city()).low
            };
            let all: Vec<bool> = known.iter().zip(more).map(|(a, b)| *a || b).collect();
            let (before, after) = (answer(known), answer(all.try_into().expect("nine")));
            prop_assert!(before.is_none() || before == after, "{before:?} {after:?}");
        }
    }
}
