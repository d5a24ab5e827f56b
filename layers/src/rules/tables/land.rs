//! Tables of the land itself: where it is and what the plan makes of it (表1–表3, zones, conformity).

use std::collections::BTreeMap;

use crate::codes::land_use::UseClass;
use crate::codes::{Label, lists};
use crate::stats::{OwnedLabel, Table};

use super::super::assess::Assessed;
use super::super::conformity::Change;
use super::super::place::Place;
use super::{GroupNames, Item, PATCHES, PLACES, PLACES_AND_PLAN, Plan, TOTAL, coded, whole};

/// 表1: industrial land now, in all and in each park.
pub(in crate::rules) fn overview(patches: &[Assessed], names: &GroupNames<'_>) -> Table {
    let mut classes: Vec<(String, OwnedLabel)> = vec![("all".to_owned(), (&Label::new("全部", "All")).into())];
    classes.extend(names.parks.iter().map(|park| (park.key.clone(), (&Label::same(&park.name)).into())));
    // The first row is the whole; parks are parts of it, so they are shown beside the total.
    let all = patches.iter().map(|patch| whole(patch, Some(0)));
    let parks = patches.iter().filter_map(|patch| Some(whole(patch, Some(patch.place.park? + 1))));
    let plan = Plan {
        table: "overview",
        title: Label::new("现状工业用地概述（表1）", "Industrial land now (table 1)"),
        counts: PATCHES,
        rule: "R-OVERVIEW",
        classes,
        in_total: 1,
        total: TOTAL,
        parts: &[],
        by: PLACES_AND_PLAN,
    };
    plan.make(all.chain(parks), names)
}

/// 表2: what becomes of industrial land under the plan.
pub(in crate::rules) fn changes<'p>(patches: &'p [Assessed], new: &[(f64, Place)], names: &GroupNames<'_>) -> Table {
    // Shown out, new, keep as the plan does; only out and keep are parts of the land of now.
    let class = |change: Change| match change {
        Change::Out => 0,
        Change::Keep => 1,
        Change::New => 2,
    };
    let of_patch = |patch: &'p Assessed| {
        let parts = u8::from(patch.parcel.inputs.granted == Some(true));
        let flag = Item {
            class: patch.plan.change.map(class),
            hectares: 0.0,
            counts: true,
            parts,
            counts_in: parts,
            place: patch.place,
            conflict: None,
        };
        let piece = move |area: f64, change: Option<Change>| Item {
            class: change.map(class),
            hectares: area,
            counts: false,
            counts_in: 0,
            ..flag
        };
        let known = patch.plan.pieces.iter().filter(|piece| piece.change().is_some());
        let known = known.map(move |land| piece(land.area.hectares(), land.change()));
        let not_assessed = piece(patch.plan.not_assessed.hectares(), None);
        std::iter::once(flag).chain(known).chain([not_assessed])
    };
    let new = new.iter().map(|(hectares, place)| Item {
        class: Some(2),
        hectares: *hectares,
        counts: true,
        parts: 0,
        counts_in: 0,
        place: *place,
        conflict: None,
    });
    let items = patches.iter().flat_map(of_patch).chain(new);
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
        by: PLACES,
    };
    let mut table = plan.make(items, names);
    for rows in table.all_rows_mut() {
        rows.rows.swap(1, 2);
    }
    table
}

/// 表3: what the plan wants instead.
pub(in crate::rules) fn conflicts<'p>(patches: &'p [Assessed], names: &GroupNames<'_>) -> Table {
    let classes = coded(&lists::CONFLICT_TYPE);
    let place_of = |class: UseClass| classes.iter().position(|(code, _)| code == class.group.code());
    let of_patch = |patch: &'p Assessed| {
        // Parts of one patch in one group count once (RULES 1.4), and once in each part of the total.
        let mut counted = BTreeMap::new();
        let item = |class: Option<usize>, hectares: f64, counts: bool| Item {
            class,
            hectares,
            counts,
            parts: 0,
            counts_in: 0,
            place: patch.place,
            conflict: None,
        };
        let not_assessed = item(None, patch.plan.not_assessed.hectares(), patch.plan.conflict.is_none());
        let conflicts = patch.plan.pieces.iter().filter_map(|piece| Some((piece.area, piece.conflict()?)));
        let place_of = &place_of;
        let conflicts = conflicts.map(move |(area, use_class)| {
            let class = place_of(use_class);
            let parts = if use_class.mandatory { 1 } else { 2 };
            let known = counted.entry(class).or_insert(0u8);
            let (counts, counts_in) = (*known == 0, parts & !*known);
            *known |= parts;
            Item { parts, counts_in, ..item(class, area.hectares(), counts) }
        });
        std::iter::once(not_assessed).chain(conflicts)
    };
    let items = patches.iter().flat_map(of_patch);
    let plan = Plan {
        table: "conflicts",
        title: Label::new("与在编控规冲突类型（表3）", "Conflicts with the detailed plan (table 3)"),
        counts: Label::new("图斑 × 类型", "patches × type"),
        rule: "R-PLAN",
        classes: classes.clone(),
        in_total: usize::MAX,
        total: TOTAL,
        parts: &[
            ("mandatory", Label::new("强制性内容冲突", "Mandatory content"), None),
            ("non_mandatory", Label::new("非强制性内容冲突", "Non-mandatory content"), None),
        ],
        by: PLACES,
    };
    plan.make(items, names)
}

/// Industrial land by zone (plan 3.3). Land outside the study area is in no zone, and outside the total.
pub(in crate::rules) fn zones(patches: &[Assessed], names: &GroupNames<'_>) -> Table {
    let mut classes = coded(&lists::ZONE);
    let zones = classes.len();
    let class = |patch: &Assessed| match patch.place.zone {
        Some(zone) => Some(zone as usize),
        None => patch.place.zone_is_known.then_some(zones),
    };
    let items = patches.iter().map(|patch| whole(patch, class(patch)));
    if items.clone().any(|item| item.class == Some(zones)) {
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
        by: PLACES_AND_PLAN,
    };
    plan.make(items, names)
}

/// Patches by their worst conflict: the classes of the attribute `conflict`.
pub(in crate::rules) fn conformity(patches: &[Assessed], names: &GroupNames<'_>) -> Table {
    let items = patches.iter().map(|patch| whole(patch, patch.plan.conflict.map(|conflict| conflict as usize)));
    let plan = Plan {
        table: "conformity",
        title: Label::new("控规符合性", "Conformity with the detailed plan"),
        counts: PATCHES,
        rule: "R-PLAN",
        classes: coded(&lists::CONFLICT),
        in_total: usize::MAX,
        total: TOTAL,
        parts: &[],
        by: PLACES,
    };
    plan.make(items, names)
}
