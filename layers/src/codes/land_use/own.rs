//! A project's own codes: which group, or which 用地用海 class, each of them means.

use std::collections::BTreeMap;

use serde::Serialize;

use super::table::nearest_of;
use super::{UseClass, UseGroup, UsePart};
use crate::codes::Label;

/// A project's own mapping of codes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CustomCodes {
    /// The system's name in configuration and messages.
    pub name: String,
    /// The codes, in the order written. Of several that fit, the longest decides, and a code itself
    /// beats a prefix.
    pub entries: Vec<OwnCode>,
    /// Codes, of any group, that are mandatory content where a plan sets them, besides those whose
    /// entry says so.
    pub mandatory: Vec<String>,
}

/// One entry of a project's own mapping.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OwnCode {
    /// The code; `4*` stands for every code that begins with 4.
    pub code: String,
    /// What it means.
    pub meaning: Meaning,
    /// What it is called, where the project says.
    pub label: Option<Label>,
}

/// What a project says that its code means.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// The same as this 用地用海 2023 code.
    Ydyh(String),
    /// A use of this group.
    Class(UseClass),
}

impl CustomCodes {
    /// Codes given as a list for each group, and a list of those that are mandatory content.
    pub fn from_lists(name: &str, groups: &BTreeMap<UseGroup, Vec<String>>, mandatory: Vec<String>) -> Self {
        let entry = |group: UseGroup, code: &String| OwnCode {
            code: code.clone(),
            meaning: Meaning::Class(UseClass { group, mandatory: false }),
            label: None,
        };
        let entries = groups.iter().flat_map(|(group, codes)| codes.iter().map(move |code| entry(*group, code)));
        Self { name: name.to_owned(), entries: entries.collect(), mandatory }
    }

    /// Reads one code, exactly as it stands.
    pub(super) fn part(&self, code: &str) -> Option<UsePart> {
        let fitting = self.entries.iter().filter_map(|entry| Some((fit(&entry.code, code)?, entry)));
        // Of entries that fit as well, the first: groups come in their order.
        let (_, entry) = fitting.rev().max_by_key(|(fit, _)| *fit)?;
        let listed = self.mandatory.iter().any(|mandatory| fit(mandatory, code).is_some());
        let (ydyh, class) = match &entry.meaning {
            Meaning::Ydyh(ydyh) => (Some(ydyh.clone()), None),
            Meaning::Class(class) => (None, Some(UseClass { mandatory: class.mandatory || listed, ..*class })),
        };
        Some(UsePart {
            code: code.to_owned(),
            known: entry.code.clone(),
            ydyh,
            class,
            label: entry.label.clone().unwrap_or_else(|| Label::same(code)),
        })
    }

    /// The code most like one that is not there.
    pub(super) fn nearest(&self, code: &str) -> Option<(String, Label)> {
        let entry = nearest_of(code, self.entries.iter().map(|entry| (entry.code.as_str(), entry)))?;
        Some((entry.code.clone(), entry.label.clone().unwrap_or_else(|| Label::same(&entry.code))))
    }
}

/// How well an entry fits a code: exactly best of all, else by the length of its prefix.
fn fit(entry: &str, code: &str) -> Option<usize> {
    match entry.strip_suffix('*') {
        Some(prefix) => code.starts_with(prefix).then_some(prefix.len()),
        None => (entry == code).then_some(usize::MAX),
    }
}
