//! From assessed patches to the plan's tables.
//!
//! Every table is made the same way: a list of [`Item`]s (an area with its class and place), then
//! one function that adds them up, whole or group by group.

mod approval;
mod development;
mod land;
mod marginal;
mod remediation;

pub(super) use approval::{approval, unsupplied};
pub(super) use development::{density, far, intensity};
pub(super) use land::{changes, conflicts, conformity, overview, zones};
pub(super) use marginal::marginal;
pub(super) use remediation::{disposal, idle, inefficient, low, permits};

use crate::codes::lists;
use crate::codes::{CodeList, Label};
use crate::facts::ConflictState;
use crate::intake::Land;
use crate::measure::HectareSum;
use crate::stats::{Breakdown, By, Group, OwnedLabel, Row, Rows, Table};

use super::Assessed;
use super::place::Place;

/// Something that a table adds up.
#[derive(Clone, Copy, Debug)]
struct Item {
    /// Place of its class in the table's list; `None` = not assessed.
    class: Option<usize>,
    hectares: f64,
    /// Whether it counts, or only adds area (a second piece of the same patch).
    counts: bool,
    /// Which of the table's cross-cutting parts it belongs to, one bit each.
    parts: u8,
    /// In which of them it counts: a second piece of a patch may be its first in a part.
    counts_in: u8,
    place: Place,
    /// How the patch stands to the plan.
    conflict: Option<ConflictState>,
}

/// What kind of table it is.
struct Plan<'a> {
    table: &'static str,
    title: Label,
    counts: Label,
    rule: &'a str,
    classes: Vec<(String, OwnedLabel)>,
    /// Classes from this place on are shown but are not part of the total.
    in_total: usize,
    total: Label,
    /// Key and label of each cross-cutting part, and the class it is a share of (`None` = total).
    parts: &'a [(&'static str, Label, Option<usize>)],
    /// What it can be broken down by.
    by: &'static [By],
}

/// Where a patch lies.
const PLACES: &[By] = &[By::Park, By::Zone, By::Scope];
/// And how it stands to the plan.
const PLACES_AND_PLAN: &[By] = &[By::Park, By::Zone, By::Scope, By::Conflict];

/// Names of parks and study areas, for groups.
pub(super) struct GroupNames<'a> {
    pub parks: &'a [Land],
    pub scopes: &'a [Land],
}

impl Plan<'_> {
    fn make(&self, items: &[Item], names: &GroupNames<'_>) -> Table {
        let breakdowns = self.by.iter().filter_map(|by| self.breakdown(*by, items, names)).collect();
        Table {
            table: self.table.to_owned(),
            title: (&self.title).into(),
            counts: (&self.counts).into(),
            unit: "ha".to_owned(),
            rule: self.rule.to_owned(),
            rows: self.rows(items),
            breakdowns,
        }
    }

    fn rows(&self, items: &[Item]) -> Rows {
        let add_counting = |wanted: &dyn Fn(&Item) -> bool, counts: &dyn Fn(&Item) -> bool| {
            let mut sum = HectareSum::default();
            let mut count = 0;
            for item in items.iter().filter(|item| wanted(item)) {
                sum.add(item.hectares);
                count += u64::from(counts(item));
            }
            (count, sum.hectares())
        };
        let add = |wanted: &dyn Fn(&Item) -> bool| add_counting(wanted, &|item| item.counts);
        let (count, total) = add(&|item| item.class.is_some_and(|class| class < self.in_total));
        let row = |key: &str, label: OwnedLabel, (count, area_ha): (u64, f64), whole: f64| Row {
            key: key.to_owned(),
            label,
            count: Some(count),
            area_ha,
            share: (whole > 0.0).then(|| area_ha / whole),
        };
        let class_row = |(place, (key, label)): (usize, &(String, OwnedLabel))| {
            row(key, label.clone(), add(&|item| item.class == Some(place)), total)
        };
        let part_row = |(bit, (key, label, whole)): (usize, &(&str, Label, Option<usize>))| {
            let in_class = |item: &Item| match whole {
                Some(class) => item.class == Some(*class),
                None => item.class.is_some_and(|class| class < self.in_total),
            };
            let (_, whole) = add(&in_class);
            let has = |parts: u8| parts >> bit & 1 == 1;
            let of_part = add_counting(&|item| in_class(item) && has(item.parts), &|item| has(item.counts_in));
            row(key, label.into(), of_part, whole)
        };
        let (missing, missing_area) = add(&|item| item.class.is_none());
        let not_assessed = (missing > 0 || missing_area > 0.0)
            .then(|| Row { share: None, ..row("not_assessed", (&NOT_ASSESSED).into(), (missing, missing_area), 0.0) });
        Rows {
            rows: self.classes.iter().enumerate().map(class_row).collect(),
            total: row("total", (&self.total).into(), (count, total), total),
            of_which: self.parts.iter().enumerate().map(part_row).collect(),
            not_assessed,
        }
    }

    fn breakdown(&self, by: By, items: &[Item], names: &GroupNames<'_>) -> Option<Breakdown> {
        // The group; without one, whether it is known that there is none.
        let of = |item: &Item| match by {
            By::Park => (item.place.park, true),
            By::Scope => (item.place.scope, true),
            By::Zone => (item.place.zone.map(|zone| zone as usize), item.place.zone_is_known),
            By::Conflict => (item.conflict.map(|conflict| conflict as usize), false),
        };
        let lands = |lands: &[Land]| -> Vec<(String, OwnedLabel)> {
            lands.iter().map(|land| (land.key.clone(), (&Label::same(&land.name)).into())).collect()
        };
        let groups = match by {
            By::Park => lands(names.parks),
            By::Scope => lands(names.scopes),
            By::Zone => coded(&lists::ZONE),
            By::Conflict => coded(&lists::CONFLICT),
        };
        // Without the layer that tells, or without any such class, nothing can be broken down.
        let is_told = match by {
            By::Park | By::Scope => !groups.is_empty(),
            By::Zone | By::Conflict => items.iter().any(|item| of(item).0.is_some()),
        };
        if !is_told {
            return None;
        }
        let group = |(key, label): (String, OwnedLabel), wanted: (Option<usize>, bool)| {
            let wanted = |item: &&Item| {
                let (group, is_known) = of(item);
                if group.is_some() { group == wanted.0 } else { (group, is_known) == wanted }
            };
            let items: Vec<Item> = items.iter().filter(wanted).copied().collect();
            Group { key, label, rows: self.rows(&items) }
        };
        // Every patch stands somehow to the plan.
        let elsewhere = (by != By::Conflict).then(|| ("none".to_owned(), (&Label::new("其他", "Elsewhere")).into()));
        let unknown = items.iter().any(|item| of(item) == (None, false));
        let unknown = unknown.then(|| ("not_assessed".to_owned(), (&NOT_ASSESSED).into()));
        let known = groups.into_iter().enumerate().map(|(place, named)| group(named, (Some(place), true)));
        let known = known.chain(elsewhere.map(|named| group(named, (None, true))));
        let groups = known.chain(unknown.map(|named| group(named, (None, false)))).collect();
        Some(Breakdown { by, groups })
    }
}

fn coded(list: &CodeList) -> Vec<(String, OwnedLabel)> {
    list.codes.iter().map(|code| (code.code.to_string(), (&code.label).into())).collect()
}

/// Classes 1, 2, … with the names that the rules give them.
fn numbered<'l>(labels: impl Iterator<Item = &'l OwnedLabel>) -> Vec<(String, OwnedLabel)> {
    (1..).zip(labels).map(|(class, label)| (class.to_string(), label.clone())).collect()
}

const PATCHES: Label = Label::new("图斑", "patches");
const TOTAL: Label = Label::new("合计", "Total");
const NOT_ASSESSED: Label = Label::new("未评价", "Not assessed");

/// A table over whole patches by one of their classes.
fn by_class(
    patches: &[Assessed],
    names: &GroupNames<'_>,
    classes: Vec<(String, OwnedLabel)>,
    (table, title, rule): (&'static str, Label, &str),
    class: impl Fn(&Assessed) -> Option<usize>,
) -> Table {
    let items: Vec<Item> = patches.iter().map(|patch| whole(patch, class(patch))).collect();
    let plan = Plan {
        table,
        title,
        counts: PATCHES,
        rule,
        classes,
        in_total: usize::MAX,
        total: TOTAL,
        parts: &[],
        by: PLACES_AND_PLAN,
    };
    plan.make(&items, names)
}

fn whole(patch: &Assessed, class: Option<usize>) -> Item {
    Item {
        class,
        hectares: patch.parcel.inputs.area.hectares(),
        counts: true,
        parts: 0,
        counts_in: 0,
        place: patch.place,
        conflict: patch.plan.conflict,
    }
}
