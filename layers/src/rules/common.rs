//! What all patches have in common: the city's mean tax per mu, and what is recorded at all.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::low::{fields_of, is_recorded};
use super::ruleset::{LowCriterion, RuleSet};
use crate::facts::{Common, Inputs};
use crate::intake::{Note, Notes};
use crate::project::Field;

impl Common {
    /// From all patches. The means are those of the rules, else tax over land of all patches that
    /// record both years; patches count by their area, as a mean per mu asks.
    ///
    /// `recorded`: the fields for which the layer has a column.
    pub fn of<'i>(
        patches: impl Iterator<Item = &'i Inputs> + Clone,
        rules: &RuleSet,
        reference_date: Option<Date>,
        recorded: BTreeSet<Field>,
    ) -> Self {
        let set = rules.low.tax_mean;
        let measured = |above_scale_only: bool| {
            let taxes = patches.clone().filter_map(|inputs| {
                let record = inputs.record.as_deref()?;
                let counts = !above_scale_only || record.above_scale == Some(true);
                let tax = (record.tax_before? + record.tax_last?) / 2.0;
                counts.then_some((tax, inputs.area.0))
            });
            mean(taxes.collect())
        };
        Self {
            reference_date,
            tax_mean: set.map(|mean| mean.all).or_else(|| measured(false)),
            tax_mean_above_scale: set.map(|mean| mean.above_scale).or_else(|| measured(true)),
            recorded,
        }
    }
}

/// The columns that R-IDLE needs at the least: whether and when construction should have started.
const IDLE: [Field; 4] = [Field::AgreedStart, Field::Started, Field::ActualStart, Field::SuspendedSince];

/// Whether the layer says anything about idle land.
pub(super) fn tells_of_idle_land(common: &Common) -> bool {
    IDLE.iter().any(|field| common.recorded.contains(field))
}

/// What is not asked for want of columns or of a reference date, in words.
pub(super) fn not_asked(layer: &str, common: &Common, rules: &RuleSet) -> Vec<Note> {
    let mut notes = Notes::of(layer);
    if common.reference_date.is_none() && tells_of_idle_land(common) {
        notes.add_layer("analysis.reference_date is not set: idle land is not assessed", 1);
    }
    let asked = LowCriterion::ALL.into_iter().filter(|criterion| rules.low.criteria.contains(criterion));
    let without = asked.filter(|criterion| !is_recorded(*criterion, common));
    let names = without.flat_map(fields_of).map(|field| field.name()).collect::<Vec<_>>();
    if !names.is_empty() {
        let message = format!("low-intensity land is told without what has no column: {}", names.join(", "));
        notes.add_layer(message, 1);
    }
    notes.finish().collect()
}

/// The mean of values by their weights; sorted first, so that it does not depend on their order.
fn mean(mut weighted: Vec<(f64, f64)>) -> Option<f64> {
    weighted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let weight: f64 = weighted.iter().map(|(_, weight)| weight).sum();
    let sum: f64 = weighted.iter().map(|(value, weight)| value * weight).sum();
    (weight > 0.0).then(|| sum / weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Record;
    use crate::rules::ruleset::BUILT_IN;
    use crate::units::SquareMetres;

    fn patch(area: f64, tax: Option<f64>, above_scale: Option<bool>) -> Inputs {
        let record = Record { tax_before: tax, tax_last: tax, above_scale, ..Record::default() };
        Inputs { area: SquareMetres(area), record: Some(Box::new(record)), ..Inputs::default() }
    }

    #[test]
    fn a_mean_per_mu_counts_land_and_leaves_out_what_is_not_recorded() {
        let patches = [patch(1.0, Some(10.0), Some(true)), patch(3.0, Some(2.0), None), patch(9.0, None, Some(true))];
        let common = Common::of(patches.iter(), &RuleSet::default(), None, BTreeSet::new());
        assert_eq!((common.tax_mean, common.tax_mean_above_scale), (Some(4.0), Some(10.0)));
        let nobody = Common::of([].iter(), &RuleSet::default(), None, BTreeSet::new());
        assert_eq!((nobody.tax_mean, nobody.tax_mean_above_scale), (None, None));
    }

    #[test]
    fn the_rules_may_set_the_means() {
        let text = BUILT_IN.replace("# tax_mean =", "tax_mean =");
        let rules = RuleSet::parse(&text).expect("sound rules");
        let common = Common::of([patch(1.0, Some(1.0), None)].iter(), &rules, None, BTreeSet::new());
        assert_eq!((common.tax_mean, common.tax_mean_above_scale), (Some(8.0), Some(12.0)));
    }
}
