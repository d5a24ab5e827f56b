//! Drawing the 571 industrial patches: which kind each is and how large it has to be.
//!
//! Sizes start log-normal around the mean of their kind and are then raked: every published total
//! in turn scales its members until all totals hold at once (iterative proportional fitting,
//! Deming and Stephan 1940). What is left is the most even city that has these sums.

use super::random::Random;
use super::targets::{self, CELLS, COUNTS, Cell, Conflict, Fate, Region, is_low};

/// One industrial patch before it has a place.
#[derive(Clone, Debug)]
pub(super) struct Patch {
    pub(super) fate: Fate,
    pub(super) region: Region,
    pub(super) cell: Cell,
    /// Target area in square metres.
    pub(super) area: f64,
    /// By how much it is drawn larger, because bending the ground takes as much from it.
    pub(super) allowance: f64,
    pub(super) granted: bool,
    pub(super) approved: bool,
    pub(super) idle: bool,
    /// Marked by hand as no low-intensity land.
    pub(super) not_low: bool,
}

impl Patch {
    pub(super) fn in_line(&self) -> bool {
        self.fate == Fate::Keep || self.region == Region::Line
    }
}

/// The patches in a fixed order, with areas that meet every total.
pub(super) fn draw(random: &mut Random) -> Vec<Patch> {
    let mut patches = Vec::new();
    for (fate, region, cells) in COUNTS {
        for &(cell, count) in cells {
            for _ in 0..count {
                let area = first_guess(fate, region, cell) * (0.38 * random.bell()).exp();
                let plain = Patch {
                    fate,
                    region,
                    cell,
                    area,
                    allowance: 0.0,
                    granted: true,
                    approved: true,
                    idle: false,
                    not_low: false,
                };
                patches.push(plain);
            }
        }
    }
    mark(&mut patches);
    rake(&mut patches);
    patches
}

/// The mean of the cell, and what region and fate make of it.
fn first_guess(fate: Fate, region: Region, cell: Cell) -> f64 {
    let count: usize = COUNTS.iter().flat_map(|row| row.2).filter(|(c, _)| *c == cell).map(|(_, n)| n).sum();
    let total = CELLS.iter().find(|(c, _)| *c == cell).map_or(0.0, |(_, hectares)| *hectares);
    let factor = match (fate, region) {
        (Fate::Keep, Region::Line) => 1.6,
        (Fate::Keep, Region::Wool) => 1.1,
        (Fate::Keep, _) => 0.7,
        (Fate::Commercial, _) => 0.5,
        (Fate::Residential | Fate::Office, _) => 0.6,
        _ => 0.9,
    };
    total * 10_000.0 / count as f64 * factor
}

/// Marks the patches that are idle, unapproved and so on; their totals are raked afterwards.
fn mark(patches: &mut [Patch]) {
    let mut some = |count: usize, which: &dyn Fn(&Patch) -> bool, set: &dyn Fn(&mut Patch)| {
        // Spread over the list, so that marked patches are not all neighbours.
        let all: Vec<usize> = (0..patches.len()).filter(|&i| which(&patches[i])).collect();
        for nth in 0..count.min(all.len()) {
            set(&mut patches[all[nth * all.len() / count]]);
        }
    };
    let empty = |p: &Patch| p.cell == (1, 1) && p.region == Region::City;
    some(3, &|p| empty(p) && p.fate.conflict() == Conflict::Mandatory, &|p| p.idle = true);
    some(8, &|p| empty(p) && p.fate.conflict() == Conflict::NonMandatory, &|p| p.idle = true);
    some(4, &|p| p.cell == (2, 2) && p.fate == Fate::Keep && p.region == Region::Line, &|p| p.idle = true);
    some(1, &|p| p.cell == (1, 1) && p.fate == Fate::Keep, &|p| p.not_low = true);
    some(12, &|p| p.fate == Fate::Keep && p.region != Region::Line && p.cell == (3, 3), &|p| p.approved = false);
    some(4, &|p| p.fate == Fate::Keep && p.cell == (4, 5), &|p| p.approved = false);
    let outside = |p: &Patch| p.region == Region::City && !p.idle;
    some(14, &|p| outside(p) && p.fate == Fate::Residential && p.cell == (2, 3), &|p| p.approved = false);
    some(5, &|p| outside(p) && p.fate == Fate::Commercial && p.cell == (4, 5), &|p| p.approved = false);
    some(8, &|p| !p.approved && p.fate != Fate::Keep, &|p| p.granted = false);
    some(9, &|p| p.approved && outside(p) && p.fate == Fate::Civic && p.cell.0 >= 3, &|p| p.granted = false);
}

type Total = (Vec<usize>, f64);

fn rake(patches: &mut [Patch]) {
    let totals = totals(patches);
    for _ in 0..4000 {
        let mut worst: f64 = 0.0;
        for (members, target) in &totals {
            let sum: f64 = members.iter().map(|&i| patches[i].area).sum();
            let factor = target / sum;
            worst = worst.max((factor - 1.0).abs());
            for &i in members {
                patches[i].area *= factor;
            }
        }
        if worst < 1e-12 {
            break;
        }
    }
}

/// Every total that the areas have to meet: who counts towards it, and square metres.
fn totals(patches: &[Patch]) -> Vec<Total> {
    let mut totals: Vec<Total> = Vec::new();
    let mut total = |hectares: f64, which: &dyn Fn(&Patch) -> bool| {
        let members = (0..patches.len()).filter(|&i| which(&patches[i])).collect();
        totals.push((members, hectares * 10_000.0));
    };
    for fate in Fate::ALL {
        total(fate.hectares(), &|p| p.fate == fate);
    }
    for (cell, hectares) in CELLS {
        total(hectares, &|p| p.cell == cell);
    }
    for park in &targets::PARKS {
        total(park.hectares, &|p| p.region == park.region);
        total(park.keep, &|p| p.region == park.region && p.fate == Fate::Keep);
    }
    total(targets::LINE_COMMERCIAL, &|p| p.region == Region::Line && p.fate == Fate::Commercial);
    for (conflict, hectares) in targets::LOW {
        total(hectares, &|p| is_low(p.cell) && p.fate.conflict() == conflict);
    }
    for (conflict, hectares) in targets::IDLE {
        total(hectares, &|p| p.idle && p.fate.conflict() == conflict);
    }
    total(targets::NOT_LOW, &|p| p.not_low);
    total(targets::NOT_GRANTED, &|p| !p.granted);
    total(targets::UNAPPROVED.0, &|p| !p.approved && p.in_line());
    total(targets::UNAPPROVED.1, &|p| !p.approved && !p.in_line());
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_total_holds_at_once() {
        let patches = draw(&mut Random::new(1));
        assert_eq!(patches.len(), 571);
        for (members, target) in totals(&patches) {
            let sum: f64 = members.iter().map(|&i| patches[i].area).sum();
            assert!((sum - target).abs() < 0.01, "{sum} for {target}");
        }
        let mut areas: Vec<f64> = patches.iter().map(|p| p.area).collect();
        areas.sort_by(f64::total_cmp);
        assert!(areas[0] > 500.0 && areas[570] < 200_000.0, "{:?} {:?}", &areas[..9], &areas[560..]);
    }
}
