//! A use code as read, or why it cannot be read.

use std::borrow::Cow;

use super::UseClass;
use crate::codes::Label;

/// A use code as read: one part, or several where the use is mixed (`1001+0902`).
#[derive(Clone, Debug, PartialEq)]
pub struct UseCode {
    /// The code as recorded, without blanks around it.
    pub raw: String,
    /// Its parts in the order written, at least one; the first is the primary use (RULES 4.1).
    pub parts: Vec<UsePart>,
}

/// One part of a use code.
#[derive(Clone, Debug, PartialEq)]
pub struct UsePart {
    /// The code; a leading zero that was lost stands again.
    pub code: String,
    /// The entry of the system that it is read by: itself, or the longest prefix that is known.
    pub known: String,
    /// The 用地用海 2023 code that has all of this use, where there is one.
    pub ydyh: Option<String>,
    /// What a project's own mapping says outright; stronger than [`UseGroups`](super::UseGroups).
    pub class: Option<UseClass>,
    /// What it is called.
    pub label: Label,
}

/// Why a code cannot be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CodeError {
    /// The system does not know it.
    #[error("code {code:?}{} is not in the code system {system}{}", of(code, raw), nearest.as_ref().map(|(code, label)| format!("; the nearest is {}", called(code, label))).unwrap_or_default())]
    Unknown {
        /// The code, or the part of a mixed code.
        code: String,
        /// The whole as recorded.
        raw: String,
        /// The system's name.
        system: String,
        /// The known code most like it.
        nearest: Option<(String, Label)>,
    },
    /// It would be known with a zero before it, as codes are that were stored as numbers.
    #[error("code {code:?}{} is not in the code system {system}; if it is {} without its leading zero, set leading_zero = true", of(code, raw), called(&restored.0, &restored.1))]
    LostZero {
        /// The code, or the part of a mixed code.
        code: String,
        /// The whole as recorded.
        raw: String,
        /// The system's name.
        system: String,
        /// The code with its zero, and its label.
        restored: (String, Label),
    },
}

impl CodeError {
    /// The known code that was probably meant, and what it is called.
    pub fn nearest(&self) -> Option<(&str, &Label)> {
        match self {
            Self::Unknown { nearest, .. } => nearest.as_ref(),
            Self::LostZero { restored, .. } => Some(restored),
        }
        .map(|(code, label)| (code.as_str(), label))
    }
}

fn of(code: &str, raw: &str) -> String {
    if code == raw { String::new() } else { format!(" of {raw:?}") }
}

/// A code with what it is called, for messages.
fn called(code: &str, label: &Label) -> String {
    format!("{code} {} ({})", label.zh, label.en)
}

impl UseCode {
    /// The part that decides the use.
    pub fn primary(&self) -> &UsePart {
        self.parts.first().expect("a code has at least one part")
    }

    /// What it is called: all parts of a mixed use.
    pub fn label(&self) -> Label {
        let joined = |texts: Vec<&str>, with: &str| Cow::Owned(texts.join(with));
        Label {
            zh: joined(self.parts.iter().map(|part| part.label.zh.as_ref()).collect(), "+"),
            en: joined(self.parts.iter().map(|part| part.label.en.as_ref()).collect(), " + "),
        }
    }

    /// Whether the system has every part as it stands, none only by a prefix.
    pub fn is_exact(&self) -> bool {
        self.parts.iter().all(|part| part.code == part.known)
    }
}
