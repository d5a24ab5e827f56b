//! Code lists: the short codes that tiles and tables carry, and what they are called in Chinese
//! and English. Labels live here and in `/codes`, never in tiles.

pub mod land_use;
pub mod lists;

use serde::{Deserialize, Serialize};

/// A name in the two languages that Tuban speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Chinese (simplified).
    pub zh: std::borrow::Cow<'static, str>,
    /// English.
    pub en: std::borrow::Cow<'static, str>,
}

impl Label {
    /// A label known at compile time.
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh: std::borrow::Cow::Borrowed(zh), en: std::borrow::Cow::Borrowed(en) }
    }

    /// A name that is the same in both languages, such as a park's own name.
    pub fn same(name: &str) -> Self {
        Self { zh: name.to_owned().into(), en: name.to_owned().into() }
    }
}

/// One code and what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Code {
    /// The code as it stands in tiles and tables.
    pub code: std::borrow::Cow<'static, str>,
    /// What people call it.
    pub label: Label,
}

/// A closed list of codes, in the order in which legends and tables show them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeList {
    /// The list's name, which is also the attribute's.
    pub id: &'static str,
    /// What the list classifies.
    pub label: Label,
    /// Its codes in order.
    pub codes: std::borrow::Cow<'static, [Code]>,
}

impl CodeList {
    /// The label of one code, if the list has it.
    pub fn label_of(&self, code: &str) -> Option<&Label> {
        self.codes.iter().find(|entry| entry.code == code).map(|entry| &entry.label)
    }
}
