//! Groups of uses: what the analyses tell apart, decided once, in terms of 用地用海 codes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::UseCode;
use crate::rules::RuleSet;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseClass {
    /// Its group.
    pub group: UseGroup,
    /// Whether such a planned use is mandatory content by default (RULES 1.4); a plan polygon's
    /// own flag is stronger.
    pub mandatory: bool,
}

impl UseClass {
    /// What belongs to no group of its own and binds nobody.
    pub const OTHER: UseClass = UseClass { group: UseGroup::Other, mandatory: false };
}

/// Which 用地用海 codes belong to which group, and which are mandatory content.
///
/// Entries are prefixes, with or without a `*` at the end: `0804` takes `080403` as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseGroups {
    /// Prefixes of each group. The longest that fits decides; what none fits is [`UseGroup::Other`].
    pub groups: BTreeMap<UseGroup, Vec<String>>,
    /// Prefixes, of any group, of uses that are mandatory content where a plan sets them.
    pub mandatory: Vec<String>,
}

impl Default for UseGroups {
    /// The groups of the built-in rules.
    fn default() -> Self {
        RuleSet::default().land_use.groups()
    }
}

impl UseGroups {
    /// What a use code means to the analyses, by its primary part.
    ///
    /// A project's own mapping to a group is stronger than these lists. A class that spans several
    /// of 用地用海, such as GB 50137's H, belongs to no group of its own.
    pub fn class_of(&self, code: &UseCode) -> UseClass {
        let primary = code.primary();
        match (primary.class, &primary.ydyh) {
            (Some(class), _) => class,
            (None, Some(ydyh)) => self.class_of_ydyh(ydyh),
            (None, None) => UseClass::OTHER,
        }
    }

    /// What a 用地用海 code means to the analyses.
    pub fn class_of_ydyh(&self, code: &str) -> UseClass {
        let entries = self.groups.iter().flat_map(|(group, list)| list.iter().map(move |entry| (*group, entry)));
        let fitting = entries.filter_map(|(group, entry)| Some((fit(entry, code)?, group)));
        let longest = fitting.max_by_key(|(length, group)| (*length, std::cmp::Reverse(*group)));
        UseClass {
            group: longest.map_or(UseGroup::Other, |(_, group)| group),
            mandatory: self.mandatory.iter().any(|entry| fit(entry, code).is_some()),
        }
    }
}

/// The length of a prefix that fits a code.
fn fit(entry: &str, code: &str) -> Option<usize> {
    let prefix = entry.trim_end_matches('*');
    code.starts_with(prefix).then_some(prefix.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_decides_the_group() {
        let mut groups = UseGroups::default();
        groups.groups.entry(UseGroup::Industrial).or_default().push("090101".into());
        groups.groups.entry(UseGroup::Other).or_default().push("0902*".into());
        let group = |code| groups.class_of_ydyh(code).group;
        assert_eq!(group("09"), UseGroup::Commercial);
        assert_eq!(group("090101"), UseGroup::Industrial);
        assert_eq!(group("0902"), UseGroup::Other);
        assert_eq!(group("16"), UseGroup::Other);
    }

    #[test]
    fn mandatory_content_is_that_of_the_plan() {
        let groups = UseGroups::default();
        let mandatory = |code| groups.class_of_ydyh(code).mandatory;
        for code in ["0803", "080403", "0805", "0806", "0807", "1207", "120802", "1301", "13", "1401", "1402"] {
            assert!(mandatory(code), "{code}");
        }
        for code in ["07", "0801", "0802", "0902", "1001", "11", "14", "1403", "16"] {
            assert!(!mandatory(code), "{code}");
        }
    }
}
