//! The chapters of the plan that its maps belong to, for clients that list them.

use layers::codes::Label;
use serde::Serialize;

/// A part of the plan.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Chapter {
    /// Its name for programs.
    pub(super) id: &'static str,
    /// Its name for people.
    pub(super) label: Label,
}

/// Each chapter with the tables whose maps it has: chapter 2 of the plan in its two halves (figures 3–6
/// and 7–9), chapter 3 (figure 13) and chapter 4 (figures 14–17).
const CHAPTERS: [(&str, &str, &str, &[&str]); 4] = [
    ("land", "二、用地现状", "2. Land now", &["overview", "zoning", "changes", "conflicts", "conformity", "approval"]),
    ("development", "二、开发强度", "2. Development", &["far", "density", "intensity"]),
    ("industry", "三、产业布局", "3. Industry", &["zones"]),
    (
        "remediation",
        "四、用地整治",
        "4. Remediation",
        &["control", "idle", "low", "inefficient", "marginal", "unsupplied", "disposal", "permits"],
    ),
];

/// The chapter of the map that draws a table, and of one called so where it draws none.
pub(super) fn chapter(style: &str, table: &str) -> Chapter {
    let has = |tables: &[&str]| tables.contains(&style) || tables.contains(&table);
    let found = CHAPTERS.iter().find(|(_, _, _, tables)| has(tables));
    found.map_or(Chapter { id: "other", label: Label::new("其他", "Others") }, |(id, zh, en, _)| Chapter {
        id,
        label: Label::new(zh, en),
    })
}
