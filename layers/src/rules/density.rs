//! R-DENSITY: how much of the site is under buildings? (plan 2.3.4(2), 表5)

use super::ruleset::{RuleSet, class_of};
use crate::intake::Parcel;

/// The class of the building density, 1–5; `None` where the density is not known.
///
/// What it cannot see: whether footprints are legal, and how high the buildings are.
pub(super) fn density_class(parcel: &Parcel, rules: &RuleSet) -> Option<u8> {
    parcel.density.map(|density| class_of(density, &rules.density_breaks))
}
