//! The plan's figures that are maps: their names and the tables that count them.

use ::layers::codes::Label;

/// One of the project's maps.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Theme {
    /// `overview`, `changes`, `conflicts`, `far`, `density`, `intensity`, `zones`.
    pub id: &'static str,
    /// Its title.
    pub label: Label,
    /// The table whose rows its legend counts.
    pub table: &'static str,
}

const fn theme(id: &'static str, zh: &'static str, en: &'static str) -> Theme {
    Theme { id, label: Label::new(zh, en), table: id }
}

static THEMES: [Theme; 7] = [
    theme("overview", "现状工业用地", "Industrial land"),
    theme("changes", "规划前后变化", "Change under the plan"),
    theme("conflicts", "控规冲突", "Conflicts with the plan"),
    theme("far", "容积率", "Floor area ratio"),
    theme("density", "建筑密度", "Building density"),
    theme("intensity", "综合开发强度", "Development intensity"),
    theme("zones", "产业分区", "Industrial zones"),
];

/// Every theme of the project's maps, in the plan's order.
pub fn themes() -> &'static [Theme] {
    &THEMES
}

impl Theme {
    pub(crate) fn of(id: &str) -> Option<&'static Theme> {
        THEMES.iter().find(|theme| theme.id == id)
    }
}
