//! Marginal and low-intensity land: values that are sound one by one and pointless together.

use super::super::{Low, Marginal};
use super::land_use::check_codes;
use crate::rules::ruleset::problem::Problems;

/// Checks that every kind of marginal land can occur.
pub(super) fn check_marginal(marginal: &Marginal, problems: &mut Problems<'_>) {
    check_codes("marginal.linear", &marginal.linear, problems);
    check_codes("marginal.public", &marginal.public, problems);
    if marginal.hard_to_use.is_empty() {
        problems.warning("marginal.hard_to_use", "is empty, so no part is hard to use and none is marginal");
    }
    let (interlocked, enclosed) = (marginal.interlocked_share, marginal.enclosed_share);
    if interlocked >= enclosed {
        problems.warning(
            "marginal.interlocked_share",
            format!("{interlocked} is not below enclosed_share {enclosed}, which is asked first, so nothing is ever interlocked"),
        );
    }
    if marginal.merge_area_up_to_m2 > marginal.area_below_m2 {
        let (merged, below) = (marginal.merge_area_up_to_m2, marginal.area_below_m2);
        problems.warning(
            "marginal.merge_area_up_to_m2",
            format!("{merged} is above area_below_m2 {below}, and larger parts are not marginal"),
        );
    }
}

/// Checks that something is asked.
pub(super) fn check_low(low: &Low, problems: &mut Problems<'_>) {
    if low.criteria.is_empty() {
        problems.warning("low.criteria", "is empty, so no patch is ever of low intensity");
    }
}
