//! R-INEFFICIENT: to which of the eight categories of inefficient industrial land does it belong? (plan 5.2.1)

use serde::Serialize;

use super::low::below_mean;
use super::ruleset::RuleSet;
use crate::facts::{Common, Conditions, ConflictState, Inputs, Record};

/// The categories of a patch, in the order of the plan: industry not admitted, production conditions,
/// floor area ratio, to be relocated by plan, production efficiency, annual rating, bankruptcy,
/// left over from history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inefficient {
    /// Whether it belongs to each; `None` where that is not known.
    pub categories: [Option<bool>; 8],
}

impl Inefficient {
    /// The categories that are known to hold as bits, the first the lowest; `None` where nothing is
    /// known of any.
    pub fn bits(&self) -> Option<u8> {
        let holds = self.categories.iter().enumerate().filter(|(_, holds)| **holds == Some(true));
        let bits = holds.fold(0, |bits, (place, _)| bits | 1 << place);
        self.categories.iter().any(Option::is_some).then_some(bits)
    }
}

/// The categories that hold. They are not exclusive, and the plan sets no number for the third: the
/// limits are those of the rules.
///
/// What it cannot see: whether a notice to mend was lawful, or why an enterprise pays little tax.
pub fn inefficient(inputs: &Inputs, conflict: Option<ConflictState>, rules: &RuleSet, common: &Common) -> Inefficient {
    let nothing = Record::default();
    let record = inputs.record.as_deref().unwrap_or(&nothing);
    let rules = &rules.inefficient;
    let industry = record.industry.as_deref();
    let rating = record.rating.as_deref();
    let categories = [
        industry.map(|code| rules.industries.iter().any(|prefix| code.starts_with(prefix.as_str()))),
        record.conditions.map(|conditions| conditions == Conditions::Failed),
        inputs.far.map(|far| far < rules.far_below),
        conflict.map(|conflict| conflict == ConflictState::Mandatory),
        below_mean(record.tax_last, record.above_scale, rules.tax_below_mean, common),
        rating.map(|rating| rules.ratings.iter().any(|failed| failed.eq_ignore_ascii_case(rating))),
        record.bankrupt,
        record.legacy,
    ];
    Inefficient { categories }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ruleset::BUILT_IN;

    fn bits(inputs: Inputs, conflict: Option<ConflictState>) -> Option<u8> {
        let rules =
            RuleSet::parse(&BUILT_IN.replace("industries = []", "industries = [\"3021\"]")).expect("sound rules");
        let common = Common { tax_mean: Some(8.0), tax_mean_above_scale: Some(12.0), ..Common::default() };
        inefficient(&inputs, conflict, &rules, &common).bits()
    }

    fn recorded(record: Record) -> Option<u8> {
        bits(Inputs { record: Some(Box::new(record)), ..Inputs::default() }, None)
    }

    #[test]
    fn each_category_has_its_bit() {
        let nothing = Record::default;
        assert_eq!(recorded(Record { industry: Some("3021".into()), ..nothing() }), Some(1));
        assert_eq!(recorded(Record { industry: Some("1352".into()), ..nothing() }), Some(0));
        assert_eq!(recorded(Record { conditions: Some(Conditions::Failed), ..nothing() }), Some(2));
        assert_eq!(recorded(Record { conditions: Some(Conditions::Mending), ..nothing() }), Some(0));
        assert_eq!(bits(Inputs { far: Some(0.299), ..Inputs::default() }, None), Some(4));
        assert_eq!(bits(Inputs { far: Some(0.3), ..Inputs::default() }, None), Some(0));
        assert_eq!(bits(Inputs::default(), Some(ConflictState::Mandatory)), Some(8));
        assert_eq!(bits(Inputs::default(), Some(ConflictState::NonMandatory)), Some(0));
        assert_eq!(recorded(Record { tax_last: Some(3.99), ..nothing() }), Some(16));
        assert_eq!(recorded(Record { tax_last: Some(4.0), ..nothing() }), Some(0));
        assert_eq!(recorded(Record { rating: Some("d".into()), ..nothing() }), Some(32));
        assert_eq!(recorded(Record { bankrupt: Some(true), ..nothing() }), Some(64));
        assert_eq!(recorded(Record { legacy: Some(true), ..nothing() }), Some(128));
    }

    #[test]
    fn where_nothing_is_known_nothing_is_said() {
        assert_eq!(bits(Inputs::default(), None), None);
        assert_eq!(recorded(Record::default()), None);
    }
}
