//! Classes of a number: each number from zero upwards in one class, classes from low to high.

use super::super::cover::runs;
use super::super::{Classes, Interval};
use super::listed;
use crate::rules::ruleset::problem::Problems;

/// Checks the classes of the section `section`.
pub(super) fn check(section: &str, classes: &Classes, problems: &mut Problems<'_>) {
    let intervals: Vec<Interval> = classes.classes.iter().map(|class| class.is).collect();
    check_intervals(&intervals, &format!("{section}.classes"), ".is", problems);
}

/// Checks a list of intervals at `path`, of which each has its text at `path[place]suffix`.
pub(super) fn check_intervals(intervals: &[Interval], path: &str, suffix: &str, problems: &mut Problems<'_>) {
    let at = |place: usize| format!("{path}[{place}]{suffix}");
    for (place, interval) in intervals.iter().enumerate().filter(|(_, interval)| interval.low < 0.0) {
        problems.error(at(place), format!("{interval} has numbers below 0 in it, and there are none"));
    }
    let runs = runs(intervals);
    // A hole is shown at the class before it.
    let mut nearest = path.to_owned();
    for run in &runs {
        match run.owners.as_slice() {
            [] => problems.error(
                nearest.clone(),
                format!("{} is in no class; the classes have to hold every number from 0 upwards", run.shown()),
            ),
            [one] => nearest = at(*one),
            [.., last] => {
                let classes = listed(run.owners.iter().map(|owner| owner + 1));
                problems.error(at(*last), format!("{} is in classes {classes}", run.shown()));
            }
        }
    }
    let is_cover = runs.iter().all(|run| run.owners.len() == 1);
    for (place, pair) in intervals.windows(2).enumerate().filter(|_| is_cover) {
        if let [this, next] = pair
            && next.low < this.low
        {
            let (first, second) = (place + 1, place + 2);
            problems.error(
                at(place + 1),
                format!("class {second} {next} lies below class {first} {this}; write classes from low to high"),
            );
        }
    }
}
