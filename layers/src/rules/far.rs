//! R-FAR: how densely is the site built over, floor by floor? (plan 2.3.4(1), 表4)

use super::ruleset::RuleSet;
use crate::facts::Inputs;

/// The class of the floor area ratio, 1–5; `None` where the ratio is not known.
///
/// What it cannot see: illegal floor area. Only legal floor area counts (plan 4.4.3), so a built
/// site may be in class 1.
pub(super) fn far_class(inputs: &Inputs, rules: &RuleSet) -> Option<u8> {
    rules.far.class_of(inputs.far?)
}
