//! The eight categories of inefficient land: all of them, once, in the order of their bits.

use super::super::Inefficient;
use crate::rules::ruleset::problem::Problems;

/// The categories of plan 5.2.1 in the order of their bits in the attribute `inefficient`.
pub(in crate::rules::ruleset) const CATEGORIES: [&str; 8] =
    ["industry", "conditions", "far", "plan", "efficiency", "rating", "bankrupt", "legacy"];

/// Checks the list of categories.
pub(in crate::rules::ruleset) fn check(inefficient: &Inefficient, problems: &mut Problems<'_>) {
    let path = "inefficient.classes";
    let written: Vec<&str> = inefficient.classes.iter().map(|class| class.code.as_str()).collect();
    let found = problems_in(&written, path, problems);
    // The shape has refused every other word, so what is complete and without repeats is in order or not.
    if found == 0
        && let Some(place) = written.iter().zip(CATEGORIES).position(|(written, category)| *written != category)
    {
        problems.error(
            format!("{path}[{place}].code"),
            format!("the bits of `inefficient` go by this order; keep it: {}", CATEGORIES.join(", ")),
        );
    }
}

fn problems_in(written: &[&str], path: &str, problems: &mut Problems<'_>) -> usize {
    let mut found = 0;
    for (place, code) in written.iter().enumerate() {
        if written.iter().take(place).any(|before| before == code) {
            problems.error(format!("{path}[{place}].code"), format!("{code:?} stands twice in the list"));
            found += 1;
        }
    }
    for category in CATEGORIES.iter().filter(|category| !written.contains(category)) {
        problems.error(path, format!("category `{category}` is missing"));
        found += 1;
    }
    found
}
