//! Land-use codes: which system a layer's codes belong to, and which group a code falls in.
//!
//! The same string means different uses in different standards (`1001` is industry in 用地用海 2023
//! and railway in GB/T 21010-2017), so every layer with codes declares its system (RULES 4).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Groups of uses that the analyses tell apart (RULES 1.3, 1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UseGroup {
    /// Industry.
    Industrial,
    /// Schools of every kind.
    Education,
    /// Urban and rural roads.
    Road,
    /// Housing.
    Residential,
    /// Commerce and services.
    Commercial,
    /// Everything else.
    Other,
}

impl UseGroup {
    /// Every group, in the order of 表3 with industry first.
    pub const ALL: [UseGroup; 6] = [
        UseGroup::Industrial,
        UseGroup::Education,
        UseGroup::Road,
        UseGroup::Residential,
        UseGroup::Commercial,
        UseGroup::Other,
    ];

    /// The group's code in tiles and tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::Industrial => "industrial",
            Self::Education => "education",
            Self::Road => "road",
            Self::Residential => "residential",
            Self::Commercial => "commercial",
            Self::Other => "other",
        }
    }
}

/// What a code means to the analyses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UseClass {
    /// Its group.
    pub group: UseGroup,
    /// Whether such a planned use is mandatory content by default (RULES 1.4); a plan polygon's
    /// own flag is stronger.
    pub mandatory: bool,
}

/// The system that a layer's use codes belong to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeSystem {
    /// 国土空间调查、规划、用途管制用地用海分类指南 (November 2023).
    YdyhV2023,
    /// GB/T 21010-2017 土地利用现状分类.
    Gbt21010,
    /// GB 50137-2011 城市用地分类与规划建设用地标准.
    Gb50137,
    /// A project's own codes, exactly as they stand in the column.
    Custom(CustomCodes),
}

/// A project's own mapping of codes to groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CustomCodes {
    /// Codes of each group. `4*` stands for every code that begins with 4; of several entries that
    /// fit a code, the longest decides, and a code itself beats a prefix.
    pub groups: BTreeMap<UseGroup, Vec<String>>,
    /// Codes, of any group, that are mandatory content where a plan sets them.
    pub mandatory: Vec<String>,
}

impl CodeSystem {
    /// Reads a code. `None` if the system does not know it.
    ///
    /// Mixed codes (`1001+0902`) are read by their first, the primary one (RULES 4.1). The
    /// hierarchical systems go by the longest prefix they know.
    pub fn class_of(&self, code: &str) -> Option<UseClass> {
        let primary = code.split(['+', '/', '、']).next().unwrap_or(code).trim();
        match self {
            // Two digits a level: 101 is 0101 that was stored as a number, and no kind of 10.
            Self::YdyhV2023 => by_prefix(YDYH_V2023, primary, is_pairs_of_digits),
            Self::Gbt21010 => by_prefix(GBT_21010, primary, |c| {
                c.bytes().all(|b| b.is_ascii_alphanumeric())
                    && (is_pairs_of_digits(c) || c.bytes().any(|b| b.is_ascii_alphabetic()))
            }),
            Self::Gb50137 => by_prefix(GB_50137, primary, |c| c.bytes().all(|b| b.is_ascii_alphanumeric())),
            Self::Custom(codes) => codes.class_of(code.trim()),
        }
    }

    /// The 用地用海 2023 code of a code's primary use; `None` where the system has no such column.
    pub fn ydyh_of(&self, code: &str) -> Option<String> {
        let primary = code.split(['+', '/', '、']).next().unwrap_or(code).trim();
        (*self == Self::YdyhV2023).then(|| primary.to_owned())
    }

    /// The system's name in configuration and messages.
    pub fn name(&self) -> &'static str {
        match self {
            Self::YdyhV2023 => "ydyh2023",
            Self::Gbt21010 => "gbt21010",
            Self::Gb50137 => "gb50137",
            Self::Custom(_) => "custom",
        }
    }
}

impl CustomCodes {
    fn class_of(&self, code: &str) -> Option<UseClass> {
        let entries = self.groups.iter().flat_map(|(group, codes)| codes.iter().map(move |entry| (group, entry)));
        let fitting = entries.filter_map(|(group, entry)| Some((fit(entry, code)?, *group)));
        let (_, group) = fitting.max_by_key(|(fit, group)| (*fit, std::cmp::Reverse(*group)))?;
        Some(UseClass { group, mandatory: self.mandatory.iter().any(|entry| fit(entry, code).is_some()) })
    }
}

/// How well an entry fits a code: exactly best of all, else by the length of its prefix.
fn fit(entry: &str, code: &str) -> Option<usize> {
    match entry.strip_suffix('*') {
        Some(prefix) => code.starts_with(prefix).then_some(prefix.len()),
        None => (entry == code).then_some(usize::MAX),
    }
}

fn is_pairs_of_digits(code: &str) -> bool {
    code.len().is_multiple_of(2) && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// A row of a prefix table: prefix, group, mandatory by default.
type PrefixRow = (&'static str, UseGroup, bool);

fn by_prefix(table: &[PrefixRow], code: &str, well_formed: impl Fn(&str) -> bool) -> Option<UseClass> {
    if code.is_empty() || !well_formed(code) {
        return None;
    }
    let rows = table.iter().filter(|(prefix, ..)| code.starts_with(prefix));
    let (_, group, mandatory) = *rows.max_by_key(|(prefix, ..)| prefix.len())?;
    Some(UseClass { group, mandatory })
}

use UseGroup::{Commercial, Education, Industrial, Other, Residential, Road};

/// 用地用海分类 2023; mandatory by RULES 1.4. Storage (11) and mining (1002) are not counted as
/// industry (RULES 1.3).
const YDYH_V2023: &[PrefixRow] = &[
    ("01", Other, false),
    ("02", Other, false),
    ("03", Other, false),
    ("04", Other, false),
    ("05", Other, false),
    ("06", Other, false),
    ("07", Residential, false),
    ("08", Other, false),
    ("0803", Other, true),
    ("0804", Education, true),
    ("0805", Other, true),
    ("0806", Other, true),
    ("0807", Other, true),
    ("09", Commercial, false),
    ("10", Other, false),
    ("1001", Industrial, false),
    ("11", Other, false),
    ("12", Other, false),
    ("1207", Road, true),
    ("1208", Other, true),
    ("13", Other, true),
    ("14", Other, false),
    ("1401", Other, true),
    ("1402", Other, true),
    ("15", Other, false),
    ("16", Other, false),
    ("17", Other, false),
    ("18", Other, false),
    ("19", Other, false),
    ("20", Other, false),
    ("21", Other, false),
    ("22", Other, false),
    ("23", Other, false),
    ("24", Other, false),
];

/// GB/T 21010-2017 (RULES 4.2), with the working classes of the third survey.
const GBT_21010: &[PrefixRow] = &[
    ("00", Other, false),
    ("01", Other, false),
    ("02", Other, false),
    ("03", Other, false),
    ("04", Other, false),
    ("05", Commercial, false),
    ("0508", Other, false),
    ("06", Other, false),
    ("0601", Industrial, false),
    ("07", Residential, false),
    ("08", Other, false),
    ("0803", Education, true),
    ("0805", Other, true),
    ("0806", Other, true),
    ("0807", Other, true),
    ("0808", Other, true),
    ("0809", Other, true),
    ("0810", Other, true),
    ("08H1", Other, false),
    ("08H2", Other, true),
    ("09", Other, false),
    ("10", Other, false),
    ("1004", Road, true),
    ("1005", Other, true),
    ("11", Other, false),
    ("12", Other, false),
];

/// GB 50137-2011 (RULES 4.3).
const GB_50137: &[PrefixRow] = &[
    ("A", Other, false),
    ("A2", Other, true),
    ("A3", Education, true),
    ("A35", Other, false),
    ("A4", Other, true),
    ("A5", Other, true),
    ("A6", Other, true),
    ("B", Commercial, false),
    ("E", Other, false),
    ("G", Other, false),
    ("G1", Other, true),
    ("G2", Other, true),
    ("H", Other, false),
    ("M", Industrial, false),
    ("R", Residential, false),
    ("S", Other, false),
    ("S1", Road, true),
    ("S3", Other, true),
    ("S4", Other, true),
    ("U", Other, true),
    ("W", Other, false),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn group(system: &CodeSystem, code: &str) -> Option<(UseGroup, bool)> {
        system.class_of(code).map(|class| (class.group, class.mandatory))
    }

    #[test]
    fn the_same_code_means_what_its_system_says() {
        assert_eq!(group(&CodeSystem::YdyhV2023, "1001"), Some((Industrial, false)));
        assert_eq!(group(&CodeSystem::Gbt21010, "1001"), Some((Other, false)));
        assert_eq!(group(&CodeSystem::YdyhV2023, "0804"), Some((Education, true)));
        assert_eq!(group(&CodeSystem::Gbt21010, "0804"), Some((Other, false)));
        assert_eq!(group(&CodeSystem::Gb50137, "M2"), Some((Industrial, false)));
    }

    #[test]
    fn the_longest_known_prefix_decides() {
        assert_eq!(group(&CodeSystem::YdyhV2023, "080403"), Some((Education, true)));
        assert_eq!(group(&CodeSystem::YdyhV2023, "0802"), Some((Other, false)));
        assert_eq!(group(&CodeSystem::Gb50137, "A35"), Some((Other, false)));
        assert_eq!(group(&CodeSystem::Gb50137, "A33"), Some((Education, true)));
    }

    #[test]
    fn a_mixed_code_is_read_by_its_first() {
        assert_eq!(group(&CodeSystem::YdyhV2023, "1001+0902"), Some((Industrial, false)));
    }

    #[test]
    fn in_a_projects_own_codes_the_longest_entry_decides() {
        let groups = [(Industrial, vec!["4*".to_owned(), "316".into()]), (Other, vec!["42*".into()])];
        let codes = CustomCodes { groups: groups.into(), mandatory: vec!["42*".into()] };
        let system = CodeSystem::Custom(codes);
        assert_eq!(group(&system, "404"), Some((Industrial, false)));
        assert_eq!(group(&system, "424"), Some((Other, true)));
        assert_eq!(group(&system, "316"), Some((Industrial, false)));
        assert_eq!(group(&system, "0316"), None);
    }

    #[test]
    fn a_code_that_lost_its_leading_zero_is_not_taken_for_another() {
        // 0101 paddy and 0701 housing, stored as numbers.
        for code in ["101", "1", "111", "12071"] {
            assert_eq!(CodeSystem::YdyhV2023.class_of(code), None, "{code}");
            assert_eq!(CodeSystem::Gbt21010.class_of(code), None, "{code}");
        }
        assert_eq!(group(&CodeSystem::Gbt21010, "0201K"), Some((Other, false)), "a working class of the third survey");
    }

    #[test]
    fn an_unknown_code_has_no_class() {
        for code in ["", "99", "M1", "10 01", "工业"] {
            assert_eq!(CodeSystem::YdyhV2023.class_of(code), None, "{code}");
        }
    }
}
