//! What the colours of a theme say, in words, with counts and hectares.

use ::layers::codes::{CodeList, Label, lists};
use ::layers::stats::{OwnedLabel, Row, Statistics, Table};
use serde::Serialize;

use crate::layers::{changes, conflicts, context};
use crate::palette::{self, ClassColour, Colour};
use crate::theme::Theme;

/// What the colours of a theme say.
#[derive(Clone, Debug, Serialize)]
pub struct Legend {
    /// The theme.
    pub style: String,
    /// Version of the rules that made its classes; `None` where no rule did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// Its title.
    pub title: Label,
    /// The tile layer and the attribute that carry the classes, for filters and queries.
    pub source_layer: String,
    /// The attribute.
    pub attribute: String,
    /// What `count` counts.
    pub counts: Option<OwnedLabel>,
    /// Its classes in order.
    pub entries: Vec<LegendEntry>,
    /// Rows of the table that cut across the colours, such as conflicts by planned use.
    pub breakdown: Vec<LegendRow>,
    /// All rows of the table together; `None` where a class is all of them.
    pub total: Option<LegendRow>,
    /// What else the map draws: boundaries, plan blocks.
    pub context: Vec<LegendEntry>,
}

/// One class.
#[derive(Clone, Debug, Serialize)]
pub struct LegendEntry {
    /// Its code.
    pub key: String,
    /// Its name.
    pub label: OwnedLabel,
    /// Fill colour, `#rrggbb`; of a line, the line's.
    pub color: String,
    /// How opaque the fill is, 0..=1.
    pub opacity: f64,
    /// What lies below a fill that is not opaque; `None`: the ground.
    pub over: Option<&'static str>,
    /// How it is drawn.
    pub pattern: Pattern,
    /// Colour of its outline, where that is more than a thin edge.
    pub stroke: Option<&'static str>,
    /// The tileset that holds it; `None`: the project's findings.
    pub tileset: Option<String>,
    /// The tile layer that draws it: where the tileset has none, the entry can be left out.
    pub source_layer: String,
    /// Patches or pieces, from the statistics.
    pub count: Option<u64>,
    /// Hectares, from the statistics.
    pub area_ha: Option<f64>,
}

/// A row of a legend that has no colour.
#[derive(Clone, Debug, Serialize)]
pub struct LegendRow {
    /// Its code.
    pub key: String,
    /// Its name.
    pub label: OwnedLabel,
    /// Patches or pieces.
    pub count: Option<u64>,
    /// Hectares.
    pub area_ha: f64,
}

/// How a class is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// A filled area; `stroke`, if any, around it.
    Solid,
    /// A filled area with `stroke` dashed around it.
    Dashed,
    /// An outline without a fill.
    Outline,
    /// A line.
    Line,
    /// A line of dashes and dots.
    DashDot,
    /// A point.
    Point,
}

/// The legend of one theme with counts and hectares; `None` if there is no such theme.
///
/// `codes` are the generation's own lists: what its rules call their classes. A table that the
/// statistics do not have leaves counts and hectares absent.
pub fn legend(theme: &str, statistics: &Statistics, codes: &[CodeList]) -> Option<Legend> {
    let theme = Theme::of(theme)?;
    let table = statistics.table(theme.table);
    let list = |built_in: &'static CodeList| codes.iter().find(|list| list.id == built_in.id).unwrap_or(built_in);
    let (source_layer, attribute, entries) = match theme.id {
        "overview" => ("parcels", "park", overview(table)),
        "changes" => ("changes", "change", changes_entries(table)),
        "conflicts" => ("conflicts", "mandatory", conflict_entries(table, statistics.table("changes"))),
        "far" => ("parcels", "far_class", classes(list(&lists::FAR_CLASS), &palette::FAR, table)),
        "density" => ("parcels", "density_class", classes(list(&lists::DENSITY_CLASS), &palette::DENSITY, table)),
        "intensity" => ("parcels", "intensity", classes(list(&lists::INTENSITY), &palette::INTENSITY, table)),
        "zones" => ("parcels", "zone", zones(table)),
        other => unreachable!("theme {other} is in the list of themes and has no legend"),
    };
    let breakdown = match (theme.id, table) {
        ("conflicts", Some(table)) => table.rows.rows.iter().map(LegendRow::from).collect(),
        _ => Vec::new(),
    };
    let named_parks = entries.iter().any(|entry| entry.source_layer == "parks");
    Some(Legend {
        style: theme.id.to_owned(),
        rules: Some(statistics.rules.clone()),
        title: theme.label.clone(),
        source_layer: source_layer.to_owned(),
        attribute: attribute.to_owned(),
        counts: table.map(|table| table.counts.clone()),
        entries,
        breakdown,
        total: table.filter(|_| theme.id != "overview").map(|table| LegendRow::from(&table.rows.total)),
        context: context_entries(theme, named_parks),
    })
}

/// All industrial land, then the parks in their order.
fn overview(table: Option<&Table>) -> Vec<LegendEntry> {
    let all = entry("all", Label::new("现状工业用地", "Industrial land"), palette::INDUSTRY, "parcels");
    let rows = table.map_or(&[][..], |table| &table.rows.rows);
    let parks = rows
        .iter()
        .filter(|row| row.key != "all")
        .map(|row| LegendEntry { label: row.label.clone(), ..park(&row.key) }.counted(Some(row)));
    let whole = table.map(|table| rows.iter().find(|row| row.key == "all").unwrap_or(&table.rows.total));
    let mut entries = vec![all.counted(whole)];
    entries.extend(parks);
    entries
}

fn changes_entries(table: Option<&Table>) -> Vec<LegendEntry> {
    let mut entries = listed(&lists::CHANGE, &palette::CHANGE, table, "changes");
    for entry in &mut entries {
        if entry.key == "new" {
            *entry = as_new(entry.clone());
        }
    }
    entries.push(not_assessed(table, "parcels"));
    entries
}

/// How strictly the plan wants another use, and what stays or comes.
///
/// The table's rows are the planned uses; how strict they are is a cut across them, given as parts
/// of the whole. Where a part is not given it is not worked out: a patch can be in both.
fn conflict_entries(table: Option<&Table>, changes: Option<&Table>) -> Vec<LegendEntry> {
    let label = |code| lists::CONFLICT.label_of(code).cloned().expect("the list has the codes of the palette");
    let part = |code: &str| table.and_then(|table| table.rows.of_which.iter().find(|row| row.key == code));
    let changed = |code: &str| changes.and_then(|table| table.rows.rows.iter().find(|row| row.key == code));
    let kept = |code| lists::CHANGE.label_of(code).cloned().expect("the list has the codes of the palette");
    let mandatory = LegendEntry {
        opacity: conflicts::MANDATORY_OPACITY,
        over: Some(palette::INDUSTRY),
        stroke: Some(palette::MANDATORY_EDGE),
        ..entry("mandatory", label("mandatory"), palette::MANDATORY, "conflicts")
    };
    vec![
        mandatory.counted(part("mandatory")),
        entry("non_mandatory", label("non_mandatory"), palette::NON_MANDATORY, "conflicts")
            .counted(part("non_mandatory")),
        entry("keep", kept("keep"), palette::INDUSTRY, "parcels").counted(changed("keep")),
        as_new(entry("new", kept("new"), palette::NEW, "changes")).counted(changed("new")),
        not_assessed(table, "parcels"),
    ]
}

/// Classes 1–5 of patches, the zero class with its dashed outline.
fn classes(list: &CodeList, colours: &[ClassColour], table: Option<&Table>) -> Vec<LegendEntry> {
    let mut entries = listed(list, colours, table, "parcels");
    if let Some(zero) = entries.first_mut() {
        zero.pattern = Pattern::Dashed;
        zero.stroke = Some(palette::INK);
    }
    entries.push(not_assessed(table, "parcels"));
    entries
}

fn zones(table: Option<&Table>) -> Vec<LegendEntry> {
    let mut entries = listed(&lists::ZONE, &palette::ZONE, table, "parcels");
    entries.push(not_assessed(table, "parcels"));
    entries
}

/// What a map draws around its subject; parks only where its classes do not name them.
fn context_entries(theme: &Theme, named_parks: bool) -> Vec<LegendEntry> {
    let mut entries = Vec::new();
    if theme.id == "overview" {
        for (code, colour) in palette::GROUP {
            let label = lists::GROUP.label_of(code).expect("the list has the codes of the palette");
            let planned = Label { zh: format!("规划{}", label.zh).into(), en: format!("Plan: {}", label.en).into() };
            entries.push(LegendEntry { opacity: context::ZONING_OPACITY, ..entry(code, planned, colour, "zoning") });
        }
        entries.push(LegendEntry {
            opacity: context::ZONING_OPACITY,
            ..entry("unknown", Label::new("规划用途未知", "Planned use unknown"), palette::NOT_ASSESSED, "zoning")
        });
    } else {
        entries.push(entry("block", Label::new("规划地块", "Plan block"), palette::BLOCK, "zoning"));
        entries.push(entry("road", Label::new("规划道路", "Planned road"), palette::BLOCK_ROAD, "zoning"));
    }
    if !named_parks {
        entries.push(park("park"));
    }
    entries.push(LegendEntry {
        pattern: Pattern::Line,
        ..entry(
            "control_line",
            Label::new("工业用地控制线", "Industrial control line"),
            palette::CONTROL_LINE,
            "control_line",
        )
    });
    entries.push(LegendEntry {
        pattern: Pattern::DashDot,
        ..entry("scope", Label::new("规划范围", "Study boundary"), palette::SCOPE, "scope")
    });
    entries
}

fn listed(list: &CodeList, colours: &[ClassColour], table: Option<&Table>, source_layer: &str) -> Vec<LegendEntry> {
    let row = |code: &str| table.and_then(|table| table.rows.rows.iter().find(|row| row.key == code));
    let codes = list.codes.iter().zip(colours);
    codes
        .map(|(code, (_, colour))| entry(&code.code, code.label.clone(), colour, source_layer).counted(row(&code.code)))
        .collect()
}

fn not_assessed(table: Option<&Table>, source_layer: &str) -> LegendEntry {
    let label = Label::new("未评价", "Not assessed");
    let none = Row { key: String::new(), label: Default::default(), count: Some(0), area_ha: 0.0, share: None };
    let row = table.map(|table| table.rows.not_assessed.as_ref().unwrap_or(&none));
    entry("not_assessed", label, palette::NOT_ASSESSED, source_layer).counted(row)
}

fn park(key: &str) -> LegendEntry {
    LegendEntry {
        pattern: Pattern::Outline,
        ..entry(key, Label::new("园区", "Industrial park"), palette::PARK, "parks")
    }
}

/// New industrial land as [`changes::new_land`] draws it.
fn as_new(entry: LegendEntry) -> LegendEntry {
    LegendEntry {
        pattern: Pattern::Dashed,
        opacity: changes::NEW_OPACITY,
        over: Some(palette::BLOCK),
        stroke: Some(palette::NEW),
        ..entry
    }
}

fn entry(key: &str, label: Label, colour: Colour, source_layer: &str) -> LegendEntry {
    LegendEntry {
        key: key.to_owned(),
        label: OwnedLabel::from(&label),
        color: colour.to_owned(),
        opacity: 1.0,
        over: None,
        pattern: Pattern::Solid,
        stroke: None,
        tileset: None,
        source_layer: source_layer.to_owned(),
        count: None,
        area_ha: None,
    }
}

impl LegendEntry {
    fn counted(mut self, row: Option<&Row>) -> Self {
        self.count = row.and_then(|row| row.count);
        self.area_ha = row.map(|row| shown(row.area_ha));
        self
    }
}

impl From<&Row> for LegendRow {
    fn from(row: &Row) -> Self {
        Self { key: row.key.clone(), label: row.label.clone(), count: row.count, area_ha: shown(row.area_ha) }
    }
}

/// Hectares as the interface shows them: to four decimals, that is a square metre.
fn shown(hectares: f64) -> f64 {
    (hectares * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::layers::stats::Rows;

    fn row(key: &str, count: u64, area_ha: f64) -> Row {
        let label = OwnedLabel { zh: key.to_owned(), en: key.to_owned() };
        Row { key: key.to_owned(), label, count: Some(count), area_ha, share: None }
    }

    fn table(name: &str, rows: Vec<Row>, of_which: Vec<Row>, not_assessed: Option<Row>) -> Table {
        let total = row("total", rows.iter().filter_map(|r| r.count).sum(), rows.iter().map(|r| r.area_ha).sum());
        Table {
            table: name.to_owned(),
            title: OwnedLabel::default(),
            counts: OwnedLabel { zh: "图斑".to_owned(), en: "patches".to_owned() },
            unit: "ha".to_owned(),
            rule: String::new(),
            rows: Rows { rows, total, of_which, not_assessed },
            breakdowns: Vec::new(),
        }
    }

    fn readable(legend: &Legend) -> String {
        let mut text = format!("{} · {} by {}\n", legend.style, legend.source_layer, legend.attribute);
        for (heading, entries) in [("entries", &legend.entries), ("context", &legend.context)] {
            text += &format!("{heading}\n");
            for entry in entries {
                let stroke = entry.stroke.unwrap_or("-");
                text += &format!(
                    "  {} {} / {} · {} {} over {} {:?} {stroke} · {:?} {:?}\n",
                    entry.key,
                    entry.label.zh,
                    entry.label.en,
                    entry.color,
                    entry.opacity,
                    entry.over.unwrap_or("-"),
                    entry.pattern,
                    entry.count,
                    entry.area_ha
                );
            }
        }
        text
    }

    #[test]
    fn classes_carry_the_counts_and_hectares_of_their_table() {
        let rows = (1..=5).map(|class| row(&class.to_string(), class, class as f64 / 2.0)).collect();
        let statistics = Statistics {
            tables: vec![table("intensity", rows, Vec::new(), Some(row("not_assessed", 7, 3.5)))],
            ..Default::default()
        };
        let legend = legend("intensity", &statistics, &[]).expect("the theme exists");
        insta::assert_snapshot!("intensity_legend", readable(&legend));
        assert_eq!(legend.total.expect("a total").count, Some(15));
    }

    #[test]
    fn conflicts_are_counted_by_strictness_and_by_use() {
        let conflicts = table(
            "conflicts",
            vec![row("education", 18, 39.7), row("road", 15, 11.1)],
            vec![row("mandatory", 33, 50.8)],
            None,
        );
        let changes = table("changes", vec![row("new", 9, 225.04), row("keep", 3, 384.98)], Vec::new(), None);
        let statistics = Statistics { tables: vec![conflicts, changes], ..Default::default() };
        let legend = legend("conflicts", &statistics, &[]).expect("the theme exists");
        insta::assert_snapshot!("conflicts_legend", readable(&legend));
        let uses: Vec<&str> = legend.breakdown.iter().map(|row| row.key.as_str()).collect();
        assert_eq!(uses, ["education", "road"]);
    }

    #[test]
    fn parks_are_named_by_the_overview() {
        let overview = table("overview", vec![row("all", 571, 679.23), row("P1", 120, 80.5)], Vec::new(), None);
        let legend = legend("overview", &Statistics { tables: vec![overview], ..Default::default() }, &[]);
        let legend = legend.expect("the theme exists");
        assert_eq!(legend.entries[1].label.zh, "P1");
        assert_eq!(legend.entries[1].pattern, Pattern::Outline);
        assert!(!legend.context.iter().any(|entry| entry.key == "park"));
    }

    #[test]
    fn without_a_table_nothing_is_counted() {
        let legend = legend("far", &Statistics::default(), &[]).expect("the theme exists");
        assert!(legend.entries.iter().all(|entry| entry.count.is_none() && entry.area_ha.is_none()));
    }
}
