//! From assessed patches to the plan's tables.
//!
//! Every table is made the same way: a list of [`Item`]s (an area with its class and place), then
//! one function that adds them up, whole or group by group.

mod approval;
mod marginal;

pub(super) use approval::{approval, unsupplied};
pub(super) use marginal::marginal;

use std::collections::BTreeMap;

use crate::codes::lists;
use crate::codes::{CodeList, Label};
use crate::intake::Land;
use crate::stats::{Breakdown, By, Group, OwnedLabel, Row, Rows, Table};

use super::Assessed;
use super::conformity::{Change, Conflict};
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
}

/// Names of parks and study areas, for groups.
pub(super) struct GroupNames<'a> {
    pub parks: &'a [Land],
    pub scopes: &'a [Land],
}

impl Plan<'_> {
    fn make(&self, items: &[Item], names: &GroupNames<'_>) -> Table {
        let breakdowns = By::ALL.into_iter().filter_map(|by| self.breakdown(by, items, names)).collect();
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
            let mut sum = NeumaierSum::default();
            let mut count = 0;
            for item in items.iter().filter(|item| wanted(item)) {
                sum.add(item.hectares);
                count += u64::from(counts(item));
            }
            (count, sum.total())
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
        let not_assessed = (missing > 0 || missing_area > 0.0).then(|| Row {
            share: None,
            ..row("not_assessed", (&Label::new("未评价", "Not assessed")).into(), (missing, missing_area), 0.0)
        });
        Rows {
            rows: self.classes.iter().enumerate().map(class_row).collect(),
            total: row("total", (&self.total).into(), (count, total), total),
            of_which: self.parts.iter().enumerate().map(part_row).collect(),
            not_assessed,
        }
    }

    fn breakdown(&self, by: By, items: &[Item], names: &GroupNames<'_>) -> Option<Breakdown> {
        // The group; without one, whether it is known that there is none.
        let of = |place: &Place| match by {
            By::Park => (place.park, true),
            By::Scope => (place.scope, true),
            By::Zone => (place.zone.map(|zone| zone as usize), place.zone_is_known),
        };
        let lands = |lands: &[Land]| -> Vec<(String, OwnedLabel)> {
            lands.iter().map(|land| (land.key.clone(), (&Label::same(&land.name)).into())).collect()
        };
        let groups = match by {
            By::Park => lands(names.parks),
            By::Scope => lands(names.scopes),
            By::Zone => coded(&lists::ZONE),
        };
        // Without the layer that tells, or without any zone, nothing can be broken down.
        if groups.is_empty() || by == By::Zone && !items.iter().any(|item| item.place.zone.is_some()) {
            return None;
        }
        let group = |(key, label): (String, OwnedLabel), wanted: (Option<usize>, bool)| {
            let wanted = |item: &&Item| {
                let (group, is_known) = of(&item.place);
                if group.is_some() { group == wanted.0 } else { (group, is_known) == wanted }
            };
            let items: Vec<Item> = items.iter().filter(wanted).copied().collect();
            Group { key, label, rows: self.rows(&items) }
        };
        let elsewhere = ("none".to_owned(), (&Label::new("其他", "Elsewhere")).into());
        let unknown = items.iter().any(|item| of(&item.place) == (None, false));
        let unknown = unknown.then(|| ("not_assessed".to_owned(), (&Label::new("未评价", "Not assessed")).into()));
        let known = groups.into_iter().enumerate().map(|(place, named)| group(named, (Some(place), true)));
        let known = known.chain(std::iter::once(group(elsewhere, (None, true))));
        let groups = known.chain(unknown.map(|named| group(named, (None, false)))).collect();
        Some(Breakdown { by, groups })
    }
}

/// Adds many numbers without losing the small ones (Neumaier, ZAMM 54, 1974), in the order given.
#[derive(Default)]
struct NeumaierSum {
    sum: f64,
    lost: f64,
}

impl NeumaierSum {
    fn add(&mut self, number: f64) {
        let sum = self.sum + number;
        self.lost += if self.sum.abs() >= number.abs() { (self.sum - sum) + number } else { (number - sum) + self.sum };
        self.sum = sum;
    }

    fn total(&self) -> f64 {
        self.sum + self.lost
    }
}

fn coded(list: &CodeList) -> Vec<(String, OwnedLabel)> {
    list.codes.iter().map(|code| (code.code.to_owned(), (&code.label).into())).collect()
}

const PATCHES: Label = Label::new("图斑", "patches");
const TOTAL: Label = Label::new("合计", "Total");

/// 表1: industrial land now, in all and in each park.
pub(super) fn overview(patches: &[Assessed], names: &GroupNames<'_>) -> Table {
    let items: Vec<Item> = patches.iter().map(|patch| whole(patch, patch.place.park)).collect();
    let mut classes = vec![("all".to_owned(), (&Label::new("全部", "All")).into())];
    classes.extend(names.parks.iter().map(|park| (park.key.clone(), (&Label::same(&park.name)).into())));
    // The first row is the whole; parks are parts of it, so they are shown beside the total.
    let everything: Vec<Item> = items
        .iter()
        .map(|item| Item { class: Some(0), ..*item })
        .chain(items.iter().filter_map(|item| Some(Item { class: Some(item.class? + 1), ..*item })))
        .collect();
    let plan = Plan {
        table: "overview",
        title: Label::new("现状工业用地概述（表1）", "Industrial land now (table 1)"),
        counts: PATCHES,
        rule: "R-OVERVIEW",
        classes,
        in_total: 1,
        total: TOTAL,
        parts: &[],
    };
    plan.make(&everything, names)
}

/// 表2: what becomes of industrial land under the plan.
pub(super) fn changes(patches: &[Assessed], new: &[(f64, Place)], names: &GroupNames<'_>) -> Table {
    // Shown out, new, keep as the plan does; only out and keep are parts of the land of now.
    let class = |change: Change| match change {
        Change::Out => 0,
        Change::Keep => 1,
        Change::New => 2,
    };
    let mut items = Vec::new();
    for patch in patches {
        let parts = u8::from(patch.parcel.inputs.granted == Some(true));
        let flag = Item {
            class: patch.plan.change.map(class),
            hectares: 0.0,
            counts: true,
            parts,
            counts_in: parts,
            place: patch.place,
        };
        let piece = |area: f64, change: Option<Change>| Item {
            class: change.map(class),
            hectares: area,
            counts: false,
            counts_in: 0,
            ..flag
        };
        items.push(flag);
        let known = patch.plan.pieces.iter().filter(|piece| piece.change().is_some());
        items.extend(known.map(|land| piece(land.area.hectares(), land.change())));
        items.push(piece(patch.plan.not_assessed.hectares(), None));
    }
    let pieces = new.iter();
    items.extend(pieces.map(|(hectares, place)| Item {
        class: Some(2),
        hectares: *hectares,
        counts: true,
        parts: 0,
        counts_in: 0,
        place: *place,
    }));
    let list = coded(&lists::CHANGE);
    // Where nobody records what is granted, nothing is said about it.
    let granted = [("out_granted", Label::new("变其他用地中已出让", "Granted, of industrial to other use"), Some(0))];
    let recorded = patches.iter().any(|patch| patch.parcel.inputs.granted.is_some());
    let plan = Plan {
        table: "changes",
        title: Label::new("规划前后工业用地变化（表2）", "Industrial land before and under the plan (table 2)"),
        counts: Label::new("图斑（新增为地块）", "patches (new: pieces)"),
        rule: "R-PLAN",
        classes: vec![list[0].clone(), list[2].clone(), list[1].clone()],
        in_total: 2,
        total: Label::new("现状工业用地", "Industrial land now"),
        parts: if recorded { &granted } else { &[] },
    };
    let mut table = plan.make(&items, names);
    for rows in table.all_rows_mut() {
        rows.rows.swap(1, 2);
    }
    table
}

/// 表3: what the plan wants instead.
pub(super) fn conflicts(patches: &[Assessed], names: &GroupNames<'_>) -> Table {
    let classes = coded(&lists::CONFLICT_TYPE);
    let mut items = Vec::new();
    for patch in patches {
        // Parts of one patch in one group count once (RULES 1.4), and once in each part of the total.
        let mut counted = BTreeMap::new();
        let not_assessed = patch.plan.not_assessed.hectares();
        items.push(Item {
            class: None,
            hectares: not_assessed,
            counts: patch.plan.conflict.is_none(),
            parts: 0,
            counts_in: 0,
            place: patch.place,
        });
        for piece in &patch.plan.pieces {
            let Some(use_class) = piece.conflict() else { continue };
            let class = classes.iter().position(|(code, _)| code == use_class.group.code());
            let parts = if use_class.mandatory { 1 } else { 2 };
            let known = counted.entry(class).or_insert(0u8);
            let (counts, counts_in) = (*known == 0, parts & !*known);
            *known |= parts;
            items.push(Item { class, hectares: piece.area.hectares(), counts, parts, counts_in, place: patch.place });
        }
    }
    let plan = Plan {
        table: "conflicts",
        title: Label::new("与在编控规冲突类型（表3）", "Conflicts with the detailed plan (table 3)"),
        counts: Label::new("图斑 × 类型", "patches × type"),
        rule: "R-PLAN",
        classes,
        in_total: usize::MAX,
        total: TOTAL,
        parts: &[
            ("mandatory", Label::new("强制性内容冲突", "Mandatory content"), None),
            ("non_mandatory", Label::new("非强制性内容冲突", "Non-mandatory content"), None),
        ],
    };
    plan.make(&items, names)
}

/// A table over whole patches by one of their classes.
fn by_class(
    patches: &[Assessed],
    names: &GroupNames<'_>,
    list: &CodeList,
    (table, title, rule): (&'static str, Label, &str),
    class: impl Fn(&Assessed) -> Option<usize>,
) -> Table {
    let items: Vec<Item> = patches.iter().map(|patch| whole(patch, class(patch))).collect();
    let plan = Plan {
        table,
        title,
        counts: PATCHES,
        rule,
        classes: coded(list),
        in_total: usize::MAX,
        total: TOTAL,
        parts: &[],
    };
    plan.make(&items, names)
}

/// 表4.
pub(super) fn far(patches: &[Assessed], names: &GroupNames<'_>) -> Table {
    let what = ("far", Label::new("容积率分级（表4）", "Floor area ratio (table 4)"), "R-FAR");
    by_class(patches, names, &lists::FAR_CLASS, what, |patch| place_of(patch.far_class))
}

/// 表5.
pub(super) fn density(patches: &[Assessed], names: &GroupNames<'_>) -> Table {
    let what = ("density", Label::new("建筑密度分级（表5）", "Building density (table 5)"), "R-DENSITY");
    by_class(patches, names, &lists::DENSITY_CLASS, what, |patch| place_of(patch.density_class))
}

/// 表6.
pub(super) fn intensity(patches: &[Assessed], names: &GroupNames<'_>, method: &str) -> Table {
    let what = ("intensity", Label::new("综合开发强度（表6）", "Development intensity (table 6)"), method);
    by_class(patches, names, &lists::INTENSITY, what, |patch| place_of(patch.intensity))
}

/// Industrial land by zone (plan 3.3). Land outside the study area is in no zone, and outside the total.
pub(super) fn zones(patches: &[Assessed], names: &GroupNames<'_>) -> Table {
    let mut classes = coded(&lists::ZONE);
    let zones = classes.len();
    let class = |patch: &Assessed| match patch.place.zone {
        Some(zone) => Some(zone as usize),
        None => patch.place.zone_is_known.then_some(zones),
    };
    let items: Vec<Item> = patches.iter().map(|patch| whole(patch, class(patch))).collect();
    if items.iter().any(|item| item.class == Some(zones)) {
        classes.push(("none".to_owned(), (&Label::new("研究范围外", "Outside the study area")).into()));
    }
    let plan = Plan {
        table: "zones",
        title: Label::new("产业分区", "Industrial zones"),
        counts: PATCHES,
        rule: "R-PLACE",
        classes,
        in_total: zones,
        total: TOTAL,
        parts: &[],
    };
    plan.make(&items, names)
}

/// Patches by their worst conflict: the classes of the attribute `conflict`.
pub(super) fn conformity(patches: &[Assessed], names: &GroupNames<'_>) -> Table {
    let what = ("conformity", Label::new("控规符合性", "Conformity with the detailed plan"), "R-PLAN");
    by_class(patches, names, &lists::CONFLICT, what, |patch| {
        patch.plan.conflict.map(|conflict: Conflict| conflict as usize)
    })
}

fn whole(patch: &Assessed, class: Option<usize>) -> Item {
    Item {
        class,
        hectares: patch.parcel.inputs.area.hectares(),
        counts: true,
        parts: 0,
        counts_in: 0,
        place: patch.place,
    }
}

fn place_of(class: Option<u8>) -> Option<usize> {
    class.map(|class| usize::from(class) - 1)
}
