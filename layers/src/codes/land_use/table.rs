//! The tables of the standards: every code with what it is called and what it is in 用地用海 2023.
//!
//! They lie beside this file as CSV, one file a standard, in the order of the standard:
//!
//! - `ydyh2023.csv`: 国土空间调查、规划、用途管制用地用海分类指南 (November 2023), all three levels.
//! - `gbt21010.csv`: GB/T 21010-2017 土地利用现状分类, and the working classes of the third
//!   national survey (00, 0508, and those with a letter in the code).
//! - `gb50137.csv`: GB 50137-2011 城市用地分类与规划建设用地标准, both of its classifications.
//!
//! `ydyh` is the deepest class of 用地用海 that has all of the code's land in it, which may be less
//! deep than the code. It is empty where the land is spread over several first-level classes, such
//! as GB 50137's H or GB/T 21010's 06. One exception keeps parks parks: `0810`, which has squares
//! and protective green in it, is `1401`. English names are our own.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::codes::Label;

/// One code of a standard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeEntry {
    /// The code.
    pub code: String,
    /// What it is called.
    pub label: Label,
    /// The 用地用海 2023 code that has all of it, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ydyh: Option<String>,
}

/// Every code of a standard, in the standard's order.
#[derive(Debug)]
pub struct CodeTable {
    entries: Vec<CodeEntry>,
    places: HashMap<String, usize>,
}

/// 用地用海分类 2023.
pub(super) static YDYH_V2023: LazyLock<CodeTable> = LazyLock::new(|| CodeTable::parse(include_str!("ydyh2023.csv")));
/// GB/T 21010-2017.
pub(super) static GBT_21010: LazyLock<CodeTable> = LazyLock::new(|| CodeTable::parse(include_str!("gbt21010.csv")));
/// GB 50137-2011.
pub(super) static GB_50137: LazyLock<CodeTable> = LazyLock::new(|| CodeTable::parse(include_str!("gb50137.csv")));

/// A row of a table as it is written.
#[derive(Deserialize)]
struct Row {
    code: String,
    ydyh: Option<String>,
    zh: String,
    en: String,
}

impl CodeTable {
    fn parse(text: &str) -> Self {
        let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize();
        let rows =
            rows.map(|row: Result<Row, _>| row.expect("the tables are part of the program, and tests read them"));
        // The table of 用地用海 itself has no column of equivalents: every code is its own.
        let own = !text.lines().next().unwrap_or_default().contains("ydyh");
        let entries = rows.map(|row| CodeEntry {
            ydyh: if own { Some(row.code.clone()) } else { row.ydyh.filter(|ydyh| !ydyh.is_empty()) },
            code: row.code,
            label: Label { zh: row.zh.into(), en: row.en.into() },
        });
        let entries: Vec<CodeEntry> = entries.collect();
        let places = entries.iter().enumerate().map(|(place, entry)| (entry.code.clone(), place)).collect();
        Self { entries, places }
    }

    /// Every code, in the standard's order.
    pub fn entries(&self) -> &[CodeEntry] {
        &self.entries
    }

    /// The entry of exactly this code.
    pub fn get(&self, code: &str) -> Option<&CodeEntry> {
        self.places.get(code).map(|place| &self.entries[*place])
    }

    /// The entry of the longest prefix of `code` that the table has: the code itself, or the class
    /// that a code of a lower level or of a local list belongs to.
    pub fn longest(&self, code: &str) -> Option<&CodeEntry> {
        let ends = code.char_indices().map(|(place, c)| place + c.len_utf8()).rev();
        ends.map(|end| &code[..end]).find_map(|prefix| self.get(prefix))
    }

    /// The entry whose code takes the fewest edits to become `code`, unless half of it or more
    /// would change. The first in the standard's order where several are as near.
    pub fn nearest(&self, code: &str) -> Option<&CodeEntry> {
        nearest_of(code, self.entries.iter().map(|entry| (entry.code.as_str(), entry)))
    }
}

/// The candidate whose code takes the fewest edits (insert, delete, replace, swap) to become
/// `code`, unless half of it or more would change. Case does not count.
pub(super) fn nearest_of<'c, T>(code: &str, candidates: impl IntoIterator<Item = (&'c str, T)>) -> Option<T> {
    let code = code.to_lowercase();
    let length = code.chars().count();
    let edits = |other: &str| strsim::damerau_levenshtein(&code, &other.to_lowercase());
    let scored = candidates.into_iter().map(|(other, value)| (edits(other), other, value));
    let best = scored.min_by_key(|(edits, ..)| *edits)?;
    (2 * best.0 < length.max(best.1.chars().count())).then_some(best.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many codes have that many characters.
    fn lengths(table: &CodeTable, length: usize) -> usize {
        table.entries.iter().filter(|entry| entry.code.len() == length).count()
    }

    #[test]
    fn every_code_stands_once_with_both_labels_below_its_parent() {
        for table in [&YDYH_V2023, &GBT_21010, &GB_50137] {
            assert_eq!(table.places.len(), table.entries.len(), "no code stands twice");
            for entry in table.entries() {
                assert!(
                    entry.label.zh.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c) || c == '、'),
                    "{entry:?}"
                );
                assert!(entry.label.en.is_ascii() && entry.label.en.len() > 2, "{entry:?}");
                let shorter = if table.get("R").is_some() { 1 } else { 2 };
                let above = entry.code.len().saturating_sub(shorter);
                let top = entry.code.len() == shorter;
                assert!(top || table.longest(&entry.code[..above]).is_some(), "{entry:?} has a class above it");
            }
        }
    }

    #[test]
    fn the_tables_have_as_many_classes_as_the_standards() {
        // 用地用海: 24 first-level classes (RULES 4.1).
        assert_eq!(lengths(&YDYH_V2023, 2), 24);
        // GB/T 21010-2017, 4: 12 first-level and 73 second-level classes; the survey adds 00 湿地 and
        // 0508 物流仓储用地.
        assert_eq!(lengths(&GBT_21010, 2), 12 + 1);
        let digits = |entry: &&CodeEntry| entry.code.len() == 4 && entry.code.bytes().all(|b| b.is_ascii_digit());
        assert_eq!(GBT_21010.entries.iter().filter(digits).count(), 73 + 1, "and 0508 of the survey");
        // GB 50137-2011, 3.2 and 3.3: 8 + 2 main, 35 + 9 middle, 42 + 14 small classes.
        assert_eq!([1, 2, 3].map(|length| lengths(&GB_50137, length)), [8 + 2, 35 + 9, 42 + 14]);
    }

    #[test]
    fn every_code_has_its_place_in_ydyh_but_those_that_span_several_classes() {
        let spread = |table: &CodeTable| -> Vec<String> {
            let without = |entry: &&CodeEntry| entry.ydyh.is_none();
            table.entries.iter().filter(without).map(|entry| entry.code.clone()).collect()
        };
        assert_eq!(spread(&GB_50137), ["H", "H1", "H11", "H12", "H13", "H14", "E", "E2"]);
        assert_eq!(spread(&GBT_21010), ["06", "08", "0802", "11", "12"]);
        for entry in GB_50137.entries.iter().chain(&GBT_21010.entries) {
            let ydyh = entry.ydyh.as_deref();
            assert!(ydyh.is_none_or(|code| YDYH_V2023.get(code).is_some()), "{entry:?}");
        }
    }

    #[test]
    fn an_old_plans_codes_become_those_of_rules_4_3() {
        let expected = "A1 0801,A2 0803,A31 080401,A35 0802,A4 0805,A5 0806,A6 0807,A7 1504,A8 1502,A9 1503,B1 0901,\
                        B2 0902,B3 0903,B4 090105,B9 0904,M1 100101,M2 100102,M3 100103,W1 110101,W2 110102,W3 110103,\
                        S1 1207,S2 1206,S3 1208,S41 120802,S42 120803,U31 1310,U32 1311,G1 1401,G2 1402,G3 1403,\
                        H21 1201,H22 1202,H41 1501,H42 1505,E1 17,E9 23";
        for pair in expected.split(',') {
            let (code, ydyh) = pair.trim().split_once(' ').expect("a pair");
            assert_eq!(GB_50137.get(code).and_then(|entry| entry.ydyh.as_deref()), Some(ydyh), "{code}");
        }
    }

    #[test]
    fn the_nearest_code_is_a_slip_away() {
        let nearest = |code| YDYH_V2023.nearest(code).map(|entry| entry.code.as_str());
        assert_eq!(nearest("1O01"), Some("1001"));
        assert_eq!(nearest("M1"), None);
    }
}
