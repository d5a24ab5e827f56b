//! The composite class: all three methods fit the classes, whichever is used.

use super::super::cover::{Run, runs};
use super::super::{Classes, Criteria, Intensity, Interval, Matrix, Score};
use super::classes::check_intervals;
use crate::rules::ruleset::problem::Problems;

/// Checks the section against the classes of the two numbers, where those are sound.
pub(super) fn check(how: &Intensity, far: Option<&Classes>, density: Option<&Classes>, problems: &mut Problems<'_>) {
    let classes = how.classes.len();
    check_matrix(&how.matrix, classes, far, density, problems);
    check_score(&how.score, classes, problems);
    check_criteria(&how.criteria, classes, problems);
}

fn check_matrix(
    matrix: &Matrix,
    classes: usize,
    far: Option<&Classes>,
    density: Option<&Classes>,
    problems: &mut Problems<'_>,
) {
    let path = "intensity.matrix.rows";
    let rows = &matrix.rows;
    if let Some(far) = far.map(|far| far.classes.len()).filter(|far| *far != rows.len()) {
        problems.error(path, format!("has {} rows and far has {far} classes; write one row for each", rows.len()));
    }
    for (place, row) in rows.iter().enumerate() {
        if let Some(density) = density.map(|density| density.classes.len()).filter(|density| *density != row.len()) {
            problems.error(
                format!("{path}[{place}]"),
                format!("has {} columns and density has {density} classes; write one column for each", row.len()),
            );
        }
        for (column, class) in row.iter().enumerate().filter(|(_, class)| usize::from(**class) > classes) {
            problems.error(format!("{path}[{place}][{column}]"), no_class(*class, classes));
        }
    }
    for (place, row) in rows.iter().enumerate() {
        for (column, &class) in row.iter().enumerate() {
            let here = format!("{path}[{place}][{column}]");
            if let Some(&before) = column.checked_sub(1).and_then(|before| row.get(before))
                && class < before
            {
                problems
                    .warning(here.clone(), format!("intensity falls from {before} to {class} as the density rises"));
            }
            let above = place.checked_sub(1).and_then(|above| rows.get(above)?.get(column));
            if let Some(&above) = above
                && class < above
            {
                problems
                    .warning(here, format!("intensity falls from {above} to {class} as the floor area ratio rises"));
            }
        }
    }
}

fn check_score(score: &Score, classes: usize, problems: &mut Problems<'_>) {
    let weights = score.far.weight + score.density.weight;
    // Decimals such as 0.1 are not exact in binary.
    if (weights - 1.0).abs() > 1e-9 {
        problems.error(
            "intensity.score.far.weight",
            format!("the weights of far and density add up to {weights}, not to 1"),
        );
    }
    let path = "intensity.score.classes";
    if score.classes.len() != classes {
        let scores = score.classes.len();
        problems.error(path, format!("has {scores} classes and intensity has {classes}; write one interval for each"));
    }
    check_intervals(&score.classes, path, "", problems);
}

fn check_criteria(criteria: &Criteria, classes: usize, problems: &mut Problems<'_>) {
    if usize::from(criteria.otherwise) > classes {
        problems.error("intensity.criteria.otherwise", no_class(criteria.otherwise, classes));
    }
    let at = |place: usize| format!("intensity.criteria.any_of[{place}]");
    for (place, criterion) in criteria.any_of.iter().enumerate() {
        if usize::from(criterion.class) > classes {
            problems.error(format!("{}.class", at(place)), no_class(criterion.class, classes));
        }
        if criterion.far.is_none() && criterion.density.is_none() {
            problems.error(at(place), "asks nothing, so it never holds; give it far or density");
        }
    }
    for place in unreached(criteria) {
        problems.warning(at(place), "never decides; criteria before it hold wherever it does");
    }
}

/// Criteria that hold nowhere before the ones in front of them do.
fn unreached(criteria: &Criteria) -> Vec<usize> {
    let intervals = |of: fn(&super::super::Criterion) -> Option<Interval>| -> Vec<Run> {
        runs(&criteria.any_of.iter().filter_map(of).collect::<Vec<_>>())
    };
    let (fars, densities) = (intervals(|criterion| criterion.far), intervals(|criterion| criterion.density));
    let mut reached = vec![false; criteria.any_of.len()];
    for (far, density) in fars.iter().flat_map(|far| densities.iter().map(move |density| (far, density))) {
        let first = criteria.any_of.iter().position(|criterion| {
            criterion.far.is_some_and(|interval| interval.contains(far.number()))
                || criterion.density.is_some_and(|interval| interval.contains(density.number()))
        });
        if let Some(first) = first {
            reached[first] = true;
        }
    }
    let asks = |place: &usize| criteria.any_of[*place].far.is_some() || criteria.any_of[*place].density.is_some();
    (0..reached.len()).filter(|place| !reached[*place]).filter(asks).collect()
}

fn no_class(class: u8, classes: usize) -> String {
    format!("class {class} is none; intensity has {classes} classes")
}
