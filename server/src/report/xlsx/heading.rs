//! What the plan calls its tables, and how it heads their columns (plan 2.3.1–2.3.5).

use layers::stats::Table;

/// The words around a table.
#[derive(Clone, Debug)]
pub(super) struct Heading {
    /// The table's number in the plan.
    pub(super) number: Option<u8>,
    /// The name of its sheet.
    pub(super) sheet: String,
    /// Its title.
    pub(super) title: String,
    /// What its rows are: Chinese, English.
    pub(super) class: (&'static str, &'static str),
    /// Whether the plan gives the number of patches before the hectares.
    pub(super) count_first: bool,
    /// Whether the plan lists extents (the whole, then parks) where the table has classes.
    pub(super) by_extent: bool,
}

/// A numbered table: key, number, sheet, title, what a row is in both languages, counts first.
type Numbered = (&'static str, u8, &'static str, &'static str, (&'static str, &'static str), bool);

const NUMBERED: [Numbered; 7] = [
    ("overview", 1, "现状工业用地", "现状工业用地统计表", ("范围", "Extent"), false),
    ("changes", 2, "规划前后对比", "现状与规划工业用地对比表", ("类别", "Change"), false),
    ("conflicts", 3, "冲突类型", "各冲突类型用地统计表", ("冲突类型", "Conflict type"), false),
    ("far", 4, "容积率", "现状工业用地容积率统计表", ("容积率", "Floor area ratio"), true),
    ("density", 5, "建筑密度", "现状工业用地建筑密度统计表", ("建筑密度", "Building density"), true),
    ("intensity", 6, "综合开发强度", "现状工业用地综合开发强度统计表", ("开发强度", "Intensity"), true),
    ("marginal", 7, "边角地", "边角地用地统计表", ("范围", "Extent"), false),
];

impl Heading {
    /// The heading of a table; one that the plan does not number goes by its own title.
    pub(super) fn of(table: &Table) -> Self {
        match NUMBERED.iter().find(|(key, ..)| *key == table.table) {
            Some((_, number, sheet, title, class, count_first)) => Self {
                number: Some(*number),
                sheet: format!("表{number} {sheet}"),
                title: format!("表{number} {title}"),
                class: *class,
                count_first: *count_first,
                by_extent: table.table == "marginal",
            },
            None => Self {
                number: None,
                sheet: table.title.zh.clone(),
                title: table.title.zh.clone(),
                class: ("类别", "Class"),
                count_first: false,
                by_extent: false,
            },
        }
    }
}
