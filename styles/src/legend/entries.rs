//! The classes of each theme, counted by its table.

use ::layers::codes::{Label, lists};
use ::layers::stats::{Row, Statistics, Table};

use super::context::park;
use super::{LegendEntry, Pattern};
use crate::layers::{changes, conflicts, marginal};
use crate::look::Look;
use crate::palette;
use crate::sprite;
use crate::theme::Theme;

/// What a theme shows: the tile layer and the attribute that carry its classes, and those classes.
pub(super) struct Subject {
    pub(super) source_layer: &'static str,
    pub(super) attribute: &'static str,
    pub(super) entries: Vec<LegendEntry>,
}

/// What a theme shows.
pub(super) fn subject(theme: &Theme, look: &Look<'_>, statistics: &Statistics) -> Subject {
    let table = theme.table.and_then(|table| statistics.table(table));
    let (source_layer, attribute, entries) = match theme.id {
        "overview" => ("parcels", "park", overview(table, look)),
        "changes" => ("changes", "change", change(table, look)),
        "conflicts" => ("conflicts", "mandatory", conflict(table, statistics.table("changes"), look)),
        "approval" => ("approvals", "approved", approval(table, look)),
        "far" => ("parcels", "far_class", classes("far_class", table, look)),
        "density" => ("parcels", "density_class", classes("density_class", table, look)),
        "intensity" => ("parcels", "intensity", classes("intensity", table, look)),
        "zoning" => ("zoning", "plan_code", plan(look)),
        "zones" => ("parcels", "zone", listed("zone", table, "parcels", look)),
        "mandatory" => ("parcels", "conflict", control_sheet(table, look)),
        "idle" => ("parcels", "idle", concerning(sprite::IDLE, table, look)),
        "low" => ("parcels", "low", concerning(sprite::DOTS, table, look)),
        "marginal" => ("marginal", "kind", kinds(table, look)),
        "disposal" => ("parcels", "disposal", disposal(table, look)),
        other => unreachable!("theme {other} is in the list of themes and has no legend"),
    };
    Subject { source_layer, attribute, entries }
}

fn row<'t>(table: Option<&'t Table>, code: &str) -> Option<&'t Row> {
    table.and_then(|table| table.rows.rows.iter().find(|row| row.key == code))
}

/// All industrial land, then the parks in their order.
fn overview(table: Option<&Table>, look: &Look<'_>) -> Vec<LegendEntry> {
    let label = Label::new("现状工业用地", "Industrial land");
    let all = LegendEntry::fill("all", &label, palette::INDUSTRY, "parcels");
    let rows = table.map_or(&[][..], |table| &table.rows.rows);
    let parks = rows
        .iter()
        .filter(|row| row.key != "all")
        .map(|row| LegendEntry { label: row.label.clone(), ..park(&row.key, look) }.counted(Some(row)));
    let whole = table.map(|table| row(Some(table), "all").unwrap_or(&table.rows.total));
    let mut entries = vec![all.counted(whole)];
    entries.extend(parks);
    entries
}

fn change(table: Option<&Table>, look: &Look<'_>) -> Vec<LegendEntry> {
    let mut entries = listed("change", table, "changes", look);
    for entry in entries.iter_mut().filter(|entry| entry.key == "new") {
        *entry = as_new(entry.clone(), look);
    }
    entries
}

/// How strictly the plan wants another use, and what stays or comes.
///
/// The table's rows are the planned uses; how strict they are is a cut across them, given as parts
/// of the whole. Where a part is not given it is not worked out: a patch can be in both.
fn conflict(table: Option<&Table>, changes: Option<&Table>, look: &Look<'_>) -> Vec<LegendEntry> {
    let part = |code: &str| table.and_then(|table| table.rows.of_which.iter().find(|row| row.key == code));
    let kept = |code| lists::CHANGE.label_of(code).cloned().expect("the list has the codes of the palette");
    let of_changes = |code| LegendEntry::fill(code, &kept(code), palette::INDUSTRY, "changes");
    let mut entries: Vec<LegendEntry> = ["mandatory", "non_mandatory"]
        .into_iter()
        .map(|code| conflicting(code, "conflicts", look).counted(part(code)))
        .collect();
    entries
        .push(LegendEntry { source_layer: "parcels".to_owned(), ..of_changes("keep") }.counted(row(changes, "keep")));
    let new = LegendEntry { color: palette::NEW.to_owned(), ..of_changes("new") };
    entries.push(as_new(new, look).counted(row(changes, "new")));
    entries.push(not_assessed(table, look));
    entries
}

/// Pieces or patches in conflict, one state of it.
fn conflicting(code: &str, source_layer: &str, look: &Look<'_>) -> LegendEntry {
    let class = look.classes("conflict").into_iter().find(|class| class.code == code);
    let class = class.expect("the list of conflicts is closed");
    let entry = LegendEntry::fill(code, &class.label, class.colour, source_layer);
    if code != "mandatory" {
        return entry;
    }
    LegendEntry {
        opacity: conflicts::MANDATORY_OPACITY,
        over: Some(palette::INDUSTRY),
        stroke: Some(palette::MANDATORY_EDGE),
        ..entry
    }
}

/// Approved and not, by pieces; where a map is far away also patches that are both.
fn approval(table: Option<&Table>, look: &Look<'_>) -> Vec<LegendEntry> {
    let class = |class: crate::look::Class| {
        let layer = if class.code == "partial" { "cells" } else { "approvals" };
        LegendEntry::fill(&class.code, &class.label, class.colour, layer).counted(row(table, &class.code))
    };
    let mut entries: Vec<LegendEntry> = look.classes("approval").into_iter().map(class).collect();
    entries.push(not_assessed(table, look));
    entries
}

/// Classes 1–5 of patches, the lowest hatched and in its dashed outline.
fn classes(list: &str, table: Option<&Table>, look: &Look<'_>) -> Vec<LegendEntry> {
    let mut entries = listed(list, table, "parcels", look);
    if let Some(lowest) = entries.first_mut() {
        lowest.pattern = Pattern::Dashed;
        lowest.stroke = Some(palette::INK);
        lowest.image = Some(sprite::HATCH);
    }
    entries
}

/// The classes of the national palette that the plan has, in their order; groups of uses where the
/// codes are not known.
fn plan(look: &Look<'_>) -> Vec<LegendEntry> {
    let used: Vec<&palette::LandUse> = look.plan_uses().map(|(_, class)| class).collect();
    let of_class = |class: &palette::LandUse| LegendEntry::fill(class.codes[0], &class.label, class.colour, "zoning");
    let there = palette::land_uses().iter().filter(|class| used.iter().any(|known| known.codes == class.codes));
    let mut entries: Vec<LegendEntry> = there.map(of_class).collect();
    if entries.is_empty() {
        let groups = look.classes("group").into_iter();
        entries = groups.map(|class| LegendEntry::fill(&class.code, &class.label, class.colour, "zoning")).collect();
    }
    let unknown = Label::new("规划用途未知", "Planned use unknown");
    entries.push(LegendEntry::fill("unknown", &unknown, look.scheme.not_assessed, "zoning"));
    entries
}

fn control_sheet(table: Option<&Table>, look: &Look<'_>) -> Vec<LegendEntry> {
    let entry = |code: &str| match code {
        "mandatory" => LegendEntry {
            image: Some(sprite::CROSS),
            over: Some(look.scheme.other),
            ..conflicting(code, "conflicts", look)
        },
        "non_mandatory" => LegendEntry {
            opacity: conflicts::ASIDE_OPACITY,
            over: Some(look.scheme.other),
            ..conflicting(code, "parcels", look)
        },
        _ => LegendEntry { color: look.scheme.other.to_owned(), ..conflicting(code, "parcels", look) },
    };
    let codes = ["mandatory", "non_mandatory", "none"];
    let mut entries: Vec<LegendEntry> = codes.map(|code| entry(code).counted(row(table, code))).into();
    entries.push(not_assessed(table, look));
    entries
}

/// Patches that something is the matter with, by how the plan stands to them.
fn concerning(image: &'static str, table: Option<&Table>, look: &Look<'_>) -> Vec<LegendEntry> {
    let mut entries = listed("conflict", table, "parcels", look);
    for entry in entries.iter_mut().filter(|entry| entry.key != "not_assessed") {
        entry.image = Some(image);
        entry.stroke = Some(palette::INK);
    }
    let others = Label::new("其他工业用地", "Other industrial land");
    let place = entries.len() - 1;
    let many = Label::new("每格10公顷及以上", "10 ha and more in a cell");
    entries.splice(
        place..place,
        [
            LegendEntry::fill("many", &many, palette::OUT, "cells"),
            LegendEntry::fill("others", &others, look.scheme.other, "parcels"),
        ],
    );
    entries
}

fn kinds(table: Option<&Table>, look: &Look<'_>) -> Vec<LegendEntry> {
    let mut entries = listed("marginal_kind", table, "marginal", look);
    for entry in entries.iter_mut().filter(|entry| entry.key != "not_assessed") {
        entry.opacity = marginal::FILL_OPACITY;
        entry.over = Some(look.scheme.other);
        entry.stroke =
            look.classes("marginal_kind").iter().find(|class| class.code == entry.key).map(|class| class.colour);
    }
    let others = Label::new("现状工业用地", "Industrial land");
    let place = entries.len() - 1;
    entries.insert(place, LegendEntry::fill("others", &others, look.scheme.other, "parcels"));
    entries
}

fn disposal(table: Option<&Table>, look: &Look<'_>) -> Vec<LegendEntry> {
    let mut entries = listed("disposal", table, "parcels", look);
    let idle = Label::new("闲置", "Idle");
    let idle = LegendEntry::fill("idle", &idle, look.scheme.not_assessed, "parcels");
    let place = entries.len() - 1;
    entries.insert(place, LegendEntry { image: Some(sprite::IDLE), ..idle });
    entries
}

/// Every class of a list, and what was not assessed.
fn listed(list: &str, table: Option<&Table>, source_layer: &str, look: &Look<'_>) -> Vec<LegendEntry> {
    let entry = |class: &crate::look::Class| {
        LegendEntry::fill(&class.code, &class.label, class.colour, source_layer).counted(row(table, &class.code))
    };
    let mut entries: Vec<LegendEntry> = look.classes(list).iter().map(entry).collect();
    let rest = not_assessed(table, look);
    entries.push(rest);
    entries
}

fn not_assessed(table: Option<&Table>, look: &Look<'_>) -> LegendEntry {
    let label = Label::new("未评价", "Not assessed");
    let entry = LegendEntry::fill("not_assessed", &label, look.scheme.not_assessed, "parcels");
    match table {
        None => entry,
        // A table that lists none has assessed all.
        Some(table) => {
            let row = table.rows.not_assessed.as_ref();
            let mut entry = entry.counted(row);
            if row.is_none() {
                (entry.count, entry.area_ha) = (Some(0), Some(0.0));
            }
            entry
        }
    }
}

/// Land that becomes industrial, as maps draw it.
fn as_new(entry: LegendEntry, look: &Look<'_>) -> LegendEntry {
    LegendEntry {
        pattern: Pattern::Dashed,
        opacity: changes::NEW_OPACITY,
        over: Some(look.scheme.block),
        stroke: Some(palette::NEW),
        ..entry
    }
}
