//! Adding up items class by class, whole and group by group, in one pass over them.

use crate::codes::Label;
use crate::codes::lists;
use crate::intake::Land;
use crate::measure::HectareSum;
use crate::stats::{Breakdown, By, Group, OwnedLabel, Row, Rows};

use super::{GroupNames, Item, NOT_ASSESSED, Plan, coded};

/// How many, and how much.
#[derive(Clone, Default)]
struct Sum {
    count: u64,
    hectares: HectareSum,
}

impl Sum {
    fn add(&mut self, hectares: f64, counts: bool) {
        self.count += u64::from(counts);
        self.hectares.add(hectares);
    }

    fn row(&self, key: &str, label: OwnedLabel, whole: f64) -> Row {
        let area_ha = self.hectares.hectares();
        let share = (whole > 0.0).then(|| area_ha / whole);
        Row { key: key.to_owned(), label, count: Some(self.count), area_ha, share }
    }
}

/// The rows of a table, or of one group of it, while they are added up.
#[derive(Clone)]
pub(super) struct Sums {
    classes: Vec<Sum>,
    total: Sum,
    missing: Sum,
    /// Cross-cutting parts, each with what it is a share of.
    parts: Vec<(Sum, Sum)>,
}

impl Sums {
    pub(super) fn of(plan: &Plan<'_>) -> Self {
        Self {
            classes: vec![Sum::default(); plan.classes.len()],
            total: Sum::default(),
            missing: Sum::default(),
            parts: vec![Default::default(); plan.parts.len()],
        }
    }

    pub(super) fn add(&mut self, plan: &Plan<'_>, item: &Item) {
        let Some(class) = item.class else { return self.missing.add(item.hectares, item.counts) };
        if let Some(sum) = self.classes.get_mut(class) {
            sum.add(item.hectares, item.counts);
        }
        let is_in_total = class < plan.in_total;
        if is_in_total {
            self.total.add(item.hectares, item.counts);
        }
        for (bit, ((part, whole), (_, _, of))) in self.parts.iter_mut().zip(plan.parts).enumerate() {
            if of.map_or(is_in_total, |of| of == class) {
                whole.add(item.hectares, item.counts);
                if item.parts >> bit & 1 == 1 {
                    part.add(item.hectares, item.counts_in >> bit & 1 == 1);
                }
            }
        }
    }

    pub(super) fn rows(&self, plan: &Plan<'_>) -> Rows {
        let total = self.total.hectares.hectares();
        let classes = self.classes.iter().zip(&plan.classes);
        let parts = self.parts.iter().zip(plan.parts);
        let is_missing = self.missing.count > 0 || self.missing.hectares.hectares() > 0.0;
        Rows {
            rows: classes.map(|(sum, (key, label))| sum.row(key, label.clone(), total)).collect(),
            total: self.total.row("total", (&plan.total).into(), total),
            of_which: parts
                .map(|((part, whole), (key, label, _))| part.row(key, label.into(), whole.hectares.hectares()))
                .collect(),
            not_assessed: is_missing.then(|| self.missing.row("not_assessed", (&NOT_ASSESSED).into(), 0.0)),
        }
    }
}

/// A breakdown while it is added up.
pub(super) struct GroupSums {
    by: By,
    named: Vec<(String, OwnedLabel)>,
    /// Sums of the named groups, then of what is in none of them, then of what nobody knows.
    groups: Vec<Sums>,
    /// Whether anything is in a named group.
    is_told: bool,
    /// Whether there is anything of which nobody knows.
    is_unknown: bool,
}

impl GroupSums {
    pub(super) fn of(by: By, plan: &Plan<'_>, names: &GroupNames<'_>) -> Self {
        let lands = |lands: &[Land]| -> Vec<(String, OwnedLabel)> {
            lands.iter().map(|land| (land.key.clone(), (&Label::same(&land.name)).into())).collect()
        };
        let named = match by {
            By::Park => lands(names.parks),
            By::Scope => lands(names.scopes),
            By::Zone => coded(&lists::ZONE),
            By::Conflict => coded(&lists::CONFLICT),
        };
        let groups = vec![Sums::of(plan); named.len() + 2];
        Self { by, named, groups, is_told: false, is_unknown: false }
    }

    pub(super) fn add(&mut self, plan: &Plan<'_>, item: &Item) {
        // The group; without one, whether it is known that there is none.
        let (group, is_known) = match self.by {
            By::Park => (item.place.park, true),
            By::Scope => (item.place.scope, true),
            By::Zone => (item.place.zone.map(|zone| zone as usize), item.place.zone_is_known),
            By::Conflict => (item.conflict.map(|conflict| conflict as usize), false),
        };
        let elsewhere = self.named.len();
        let place = match group {
            Some(group) => group,
            None if is_known => elsewhere,
            None => elsewhere + 1,
        };
        self.is_told |= group.is_some();
        self.is_unknown |= group.is_none() && !is_known;
        self.groups[place].add(plan, item);
    }

    /// The breakdown; `None` without the layer that tells, or without anything in a named group.
    pub(super) fn finish(self, plan: &Plan<'_>) -> Option<Breakdown> {
        let is_told = match self.by {
            By::Park | By::Scope => !self.named.is_empty(),
            By::Zone | By::Conflict => self.is_told,
        };
        if !is_told {
            return None;
        }
        // Every patch stands somehow to the plan.
        let has_elsewhere = self.by != By::Conflict;
        let elsewhere = has_elsewhere.then(|| ("none".to_owned(), (&Label::new("其他", "Elsewhere")).into()));
        let unknown = self.is_unknown.then(|| ("not_assessed".to_owned(), (&NOT_ASSESSED).into()));
        let named = self.named.into_iter().map(Some).chain([elsewhere, unknown]);
        let groups = named.zip(self.groups).filter_map(|(named, sums)| {
            let (key, label) = named?;
            Some(Group { key, label, rows: sums.rows(plan) })
        });
        Some(Breakdown { by: self.by, groups: groups.collect() })
    }
}
