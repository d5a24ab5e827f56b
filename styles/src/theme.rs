//! The plan's figures that are maps: their names, where the plan has them, and the tables that count
//! them.

use ::layers::codes::Label;
use ::layers::stats::Statistics;
use serde::Serialize;

use crate::palette::Variant;

/// One of the project's maps.
#[derive(Debug, Serialize)]
pub struct Theme {
    /// `overview`, `changes`, `conflicts` …
    pub id: &'static str,
    /// Its title.
    pub label: Label,
    /// The section of the plan that it belongs to.
    pub chapter: &'static Chapter,
    /// The number of the plan's figure, where it is one.
    pub figure: Option<u8>,
    /// The table whose rows its legend counts, where there is one.
    pub table: Option<&'static str>,
    /// The tile layer without which there is nothing to draw.
    #[serde(skip)]
    pub subject: &'static str,
}

/// A section of the plan with figures in it.
#[derive(Debug, Serialize)]
pub struct Chapter {
    /// Its number: `2.3`.
    pub id: &'static str,
    /// Its title.
    pub label: Label,
}

static ANALYSIS: Chapter =
    Chapter { id: "2.3", label: Label::new("工业用地分析", "Analysis of industrial land") };
static LAYOUT: Chapter = Chapter { id: "3.3", label: Label::new("工业发展布局", "Layout of industry") };
static REMEDIATION: Chapter =
    Chapter { id: "4.4", label: Label::new("整治及办理许可建议", "Remediation and permits") };

/// A theme of a table of the same name.
const fn theme(
    id: &'static str,
    [zh, en]: [&'static str; 2],
    chapter: &'static Chapter,
    figure: Option<u8>,
    subject: &'static str,
) -> Theme {
    Theme { id, label: Label::new(zh, en), chapter, figure, table: Some(id), subject }
}

impl Theme {
    /// The theme of a style's id, whatever its variant, and the variant.
    pub fn of_style(id: &str) -> Option<(&'static Theme, Variant)> {
        let (base, variant) = Variant::of_style(id);
        THEMES.iter().find(|theme| theme.id == base).map(|theme| (theme, variant))
    }

    /// Whether there is anything to draw: its table in the statistics, its layer in the tiles.
    pub fn is_offered(&self, statistics: &Statistics, has_layer: impl Fn(&str) -> bool) -> bool {
        self.table.is_none_or(|table| statistics.table(table).is_some()) && has_layer(self.subject)
    }
}

static THEMES: [Theme; 14] = [
    theme("overview", ["现状工业用地", "Industrial land"], &ANALYSIS, Some(3), "parcels"),
    theme("changes", ["规划前后变化", "Change under the plan"], &ANALYSIS, Some(4), "changes"),
    theme("conflicts", ["控规冲突", "Conflicts with the plan"], &ANALYSIS, Some(5), "zoning"),
    theme("approval", ["审批符合性", "Approval"], &ANALYSIS, Some(6), "approvals"),
    theme("far", ["容积率", "Floor area ratio"], &ANALYSIS, Some(7), "parcels"),
    theme("density", ["建筑密度", "Building density"], &ANALYSIS, Some(8), "parcels"),
    theme("intensity", ["综合开发强度", "Development intensity"], &ANALYSIS, Some(9), "parcels"),
    Theme {
        id: "zoning",
        label: Label::new("控规用地", "Planned land use"),
        chapter: &LAYOUT,
        figure: None,
        table: None,
        subject: "zoning",
    },
    theme("zones", ["产业分区", "Industrial zones"], &LAYOUT, Some(13), "parcels"),
    Theme {
        id: "mandatory",
        label: Label::new("强条冲突管控", "Control of mandatory conflicts"),
        chapter: &REMEDIATION,
        figure: Some(14),
        table: Some("conformity"),
        subject: "zoning",
    },
    theme("idle", ["闲置宗地管控", "Control of idle land"], &REMEDIATION, Some(15), "parcels"),
    theme("low", ["低强度宗地管控", "Control of low-intensity land"], &REMEDIATION, Some(16), "parcels"),
    theme("marginal", ["零星、边角宗地整治", "Marginal land"], &REMEDIATION, Some(17), "marginal"),
    theme("disposal", ["整治建议", "Advised disposal"], &REMEDIATION, None, "parcels"),
];

/// Every theme of the project's maps, in the plan's order.
pub fn themes() -> &'static [Theme] {
    &THEMES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_chapters_are_in_the_order_of_the_plan() {
        let figures: Vec<u8> = THEMES.iter().filter_map(|theme| theme.figure).collect();
        assert_eq!(figures, [3, 4, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17]);
        assert!(THEMES.is_sorted_by_key(|theme| theme.chapter.id));
    }

    #[test]
    fn a_style_is_of_a_theme_in_a_variant() {
        let found = |id| Theme::of_style(id).map(|(theme, variant)| (theme.id, variant));
        assert_eq!(found("far"), Some(("far", Variant::Light)));
        assert_eq!(found("far-print"), Some(("far", Variant::Print)));
        assert_eq!(found("far-light"), None);
        assert_eq!(found("dark"), None);
    }
}
