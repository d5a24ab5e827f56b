//! What the colours of a theme say, in words, with counts and hectares.
//!
//! - `entries`: the classes of each theme.
//! - `context`: what lies around them.
//! - `svg`: all of it as a picture.

mod context;
mod entries;
mod svg;

use ::layers::codes::{CodeList, Label};
use ::layers::intake::UsedCode;
use ::layers::stats::{OwnedLabel, Row, Statistics};
use serde::Serialize;

use crate::language::Language;
use crate::look::Look;
use crate::palette::Colour;
use crate::theme::Theme;
use entries::Subject;
pub use svg::legend_svg;

/// What the colours of a theme say.
#[derive(Clone, Debug, Serialize)]
pub struct Legend {
    /// The style that it explains.
    pub style: String,
    /// The table that its counts and hectares are from.
    pub table: Option<String>,
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
    /// Parts of the whole that cut across the classes, such as what lies in the control line.
    pub of_which: Vec<LegendRow>,
    /// All rows of the table together; `None` where a class is all of them.
    pub total: Option<LegendRow>,
    /// What else the map draws: boundaries, plan blocks.
    pub context: Vec<LegendEntry>,
}

impl Legend {
    /// The legend of a style of which nobody knows what its colours say.
    pub fn without_classes(style: &str, title: &str) -> Self {
        Self {
            style: style.to_owned(),
            table: None,
            rules: None,
            title: Label::same(title),
            source_layer: String::new(),
            attribute: String::new(),
            counts: None,
            entries: Vec::new(),
            breakdown: Vec::new(),
            of_which: Vec::new(),
            total: None,
            context: Vec::new(),
        }
    }
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
    pub over: Option<Colour>,
    /// How it is drawn.
    pub pattern: Pattern,
    /// The image of the sprite that is drawn over its fill again and again.
    pub image: Option<&'static str>,
    /// Colour of its outline, where that is more than a thin edge.
    pub stroke: Option<Colour>,
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

/// What a legend is made from.
#[derive(Clone, Copy, Debug)]
pub struct LegendSources<'a> {
    /// The generation's tables.
    pub statistics: &'a Statistics,
    /// The generation's own lists: what its rules call their classes.
    pub codes: &'a [CodeList],
    /// The codes of planned uses that occur.
    pub plan: &'a [UsedCode],
}

/// The legend of the style with that id (`far`, `far-dark`) with counts and hectares; `None` if there
/// is no such theme.
///
/// A table that the statistics do not have leaves counts and hectares absent.
pub fn legend(id: &str, sources: &LegendSources<'_>) -> Option<Legend> {
    let (theme, variant) = Theme::of_style(id)?;
    let look =
        Look { scheme: variant.scheme(), codes: sources.codes, plan: sources.plan, language: Language::default() };
    let table = theme.table.and_then(|table| sources.statistics.table(table));
    let Subject { source_layer, attribute, entries } = entries::subject(theme, &look, sources.statistics);
    let breakdown = match (theme.id, table) {
        ("conflicts", Some(table)) => table.rows.rows.iter().map(LegendRow::from).collect(),
        _ => Vec::new(),
    };
    let of_which = match (theme.id, table) {
        // Those have colours.
        ("conflicts", _) | (_, None) => Vec::new(),
        (_, Some(table)) => table.rows.of_which.iter().map(LegendRow::from).collect(),
    };
    let named_parks = entries.iter().any(|entry| entry.source_layer == "parks");
    Some(Legend {
        style: variant.style_id(theme.id),
        table: table.map(|table| table.table.clone()),
        rules: Some(sources.statistics.rules.clone()),
        title: theme.label.clone(),
        source_layer: source_layer.to_owned(),
        attribute: attribute.to_owned(),
        counts: table.map(|table| table.counts.clone()),
        entries,
        breakdown,
        of_which,
        total: table.filter(|_| theme.id != "overview").map(|table| LegendRow::from(&table.rows.total)),
        context: context::entries(theme, named_parks, &look),
    })
}

impl LegendEntry {
    /// A class that fills areas of a layer of the findings.
    pub(crate) fn fill(key: &str, label: &Label, colour: Colour, source_layer: &str) -> Self {
        Self {
            key: key.to_owned(),
            label: OwnedLabel::from(label),
            color: colour.to_owned(),
            opacity: 1.0,
            over: None,
            pattern: Pattern::Solid,
            image: None,
            stroke: None,
            tileset: None,
            source_layer: source_layer.to_owned(),
            count: None,
            area_ha: None,
        }
    }

    /// The same with the figures of a row.
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
    use ::layers::stats::{Rows, Table};

    fn legend(id: &str, statistics: &Statistics) -> Option<Legend> {
        super::legend(id, &LegendSources { statistics, codes: &[], plan: &[] })
    }

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
                let stroke = [entry.stroke, entry.image].into_iter().flatten().collect::<Vec<_>>().join(" ");
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
        let legend = legend("intensity", &statistics).expect("the theme exists");
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
        let legend = legend("conflicts", &statistics).expect("the theme exists");
        insta::assert_snapshot!("conflicts_legend", readable(&legend));
        let uses: Vec<&str> = legend.breakdown.iter().map(|row| row.key.as_str()).collect();
        assert_eq!(uses, ["education", "road"]);
    }

    #[test]
    fn parks_are_named_by_the_overview() {
        let overview = table("overview", vec![row("all", 571, 679.23), row("P1", 120, 80.5)], Vec::new(), None);
        let legend = legend("overview", &Statistics { tables: vec![overview], ..Default::default() });
        let legend = legend.expect("the theme exists");
        assert_eq!(legend.entries[1].label.zh, "P1");
        assert_eq!(legend.entries[1].pattern, Pattern::Outline);
        assert!(!legend.context.iter().any(|entry| entry.key == "park"));
    }

    #[test]
    fn without_a_table_nothing_is_counted() {
        let legend = legend("far", &Statistics::default()).expect("the theme exists");
        assert!(legend.entries.iter().all(|entry| entry.count.is_none() && entry.area_ha.is_none()));
    }
}
