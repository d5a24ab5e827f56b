//! R-DENSITY: how much of the site is under buildings? (plan 2.3.4(2), 表5)

use super::ruleset::RuleSet;
use crate::facts::Inputs;

/// The class of the building density, 1–5; `None` where the density is not known.
///
/// What it cannot see: whether footprints are legal, and how high the buildings are.
pub(super) fn density_class(inputs: &Inputs, rules: &RuleSet) -> Option<u8> {
    rules.density.class_of(inputs.density?)
}
