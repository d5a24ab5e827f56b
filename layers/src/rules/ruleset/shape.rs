//! What may stand at each place of a rule file, and the walk that compares.
//!
//! serde refuses a file with the first thing it does not like and knows no path; it stays behind
//! this walk as a backstop. What is said here of one value alone (its type, its range, the words it
//! may be) needs no check elsewhere.

use toml::de::{DeTable, DeValue};

use super::problem::Problems;
use super::{Interval, Ratio};
use crate::nearest::nearest;

/// What may stand at one place.
pub(super) enum Shape {
    /// Any text.
    Text,
    /// Text with something in it.
    Name,
    /// A name for machines.
    Code,
    /// A whole number, first and last included.
    Whole(i64, i64),
    /// Any number from zero upwards.
    NonNegative,
    /// A number above zero.
    Positive,
    /// A part of a whole, 0 to 1.
    Share,
    /// `true` or `false`.
    Flag,
    /// `"[0.3, 0.6)"`.
    Interval,
    /// `0.25` or `"1/3"`.
    Ratio,
    /// One of these words.
    OneOf(fn() -> Vec<&'static str>),
    /// A list of so many of a kind, first and last included.
    List(&'static Shape, usize, usize),
    /// A list of words, each once.
    Set(fn() -> Vec<&'static str>, usize),
    /// A table with these keys.
    Table(&'static [Key]),
    /// A table with a list of words for each of these answers; `unknown` may be left out.
    Vocabulary(fn() -> Vec<&'static str>),
}

/// One key of a table.
pub(super) struct Key(pub(super) &'static str, pub(super) Need, pub(super) Shape);

/// Whether a key has to be there.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Need {
    Must,
    May,
}

/// Compares a table with its keys.
pub(super) fn check_table(table: &DeTable<'_>, keys: &[Key], path: &str, problems: &mut Problems<'_>) {
    let known: Vec<&str> = keys.iter().map(|Key(name, ..)| *name).collect();
    let mut meant = Vec::new();
    for (written, value) in table.iter() {
        let name = written.get_ref().as_ref();
        let here = join(path, name);
        match keys.iter().find(|Key(known, ..)| *known == name) {
            Some(Key(_, _, shape)) => check_value(value.get_ref(), shape, &here, problems),
            None => {
                // A key that is there already was hardly misspelt.
                let missing = known.iter().copied().filter(|known| !table.contains_key(*known));
                let near = nearest(name, missing);
                meant.extend(near);
                problems.error(here, format!("unknown key; {}", instead(near, &known)));
            }
        }
    }
    for Key(name, need, shape) in keys {
        if *need == Need::Must && !table.contains_key(*name) && !meant.contains(name) {
            problems.error(join(path, name), format!("is missing; it is {}", shape.described()));
        }
    }
}

fn check_value(value: &DeValue<'_>, shape: &Shape, path: &str, problems: &mut Problems<'_>) {
    let mut wrong = |what: String| problems.error(path, what);
    let mistyped = || format!("is {}, and should be {}", shown(value), shape.described());
    match (shape, value) {
        (Shape::Text, DeValue::String(_)) | (Shape::Flag, DeValue::Boolean(_)) => {}
        (Shape::Name, DeValue::String(text)) => {
            if text.trim().is_empty() {
                wrong("is empty; people read it in tables and legends".to_owned());
            }
        }
        (Shape::Code, DeValue::String(text)) => {
            let sound = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            if text.is_empty() || !text.chars().all(sound) {
                wrong(format!("is {}; only A–Z, a–z, 0–9, `.`, `_` and `-` may be in it", shown(value)));
            }
        }
        (Shape::Whole(first, last), DeValue::Integer(_)) => {
            if !number(value).is_some_and(|number| (*first as f64..=*last as f64).contains(&number)) {
                wrong(mistyped());
            }
        }
        (Shape::NonNegative | Shape::Positive | Shape::Share, DeValue::Integer(_) | DeValue::Float(_)) => {
            let sound = |number: f64| match shape {
                Shape::Positive => number > 0.0,
                Shape::Share => (0.0..=1.0).contains(&number),
                _ => number >= 0.0,
            };
            if !number(value).is_some_and(|number| number.is_finite() && sound(number)) {
                wrong(mistyped());
            }
        }
        (Shape::Interval, DeValue::String(text)) => {
            if let Err(error) = text.parse::<Interval>() {
                wrong(error.to_string());
            }
        }
        (Shape::Ratio, DeValue::String(text)) => {
            if text.parse::<Ratio>().is_err() {
                wrong(mistyped());
            }
        }
        (Shape::Ratio, DeValue::Integer(_) | DeValue::Float(_)) => {
            if !number(value).is_some_and(|number| (0.0..=1.0).contains(&number)) {
                wrong(mistyped());
            }
        }
        (Shape::OneOf(words), DeValue::String(text)) => {
            let words = words();
            if !words.contains(&text.as_ref()) {
                let near = nearest(text, words.iter().copied());
                wrong(format!("unknown value {}; {}", shown(value), instead(near, &words)));
            }
        }
        (Shape::List(inner, least, most), DeValue::Array(items)) => {
            if items.len() < *least || items.len() > *most {
                wrong(format!("has {} entries; {}", items.len(), how_many(*least, *most)));
            }
            for (place, item) in items.iter().enumerate() {
                check_value(item.get_ref(), inner, &format!("{path}[{place}]"), problems);
            }
        }
        (Shape::Set(words, least), DeValue::Array(items)) => {
            if items.len() < *least {
                wrong("is an empty list; leave the key out where nothing is asked".to_owned());
            }
            for (place, item) in items.iter().enumerate() {
                let here = format!("{path}[{place}]");
                check_value(item.get_ref(), &Shape::OneOf(*words), &here, problems);
                let text = item.get_ref().as_str();
                if text.is_some() && items.iter().take(place).any(|before| before.get_ref().as_str() == text) {
                    problems.error(here, format!("{} stands twice in the list", shown(item.get_ref())));
                }
            }
        }
        (Shape::Table(keys), DeValue::Table(table)) => check_table(table, keys, path, problems),
        (Shape::Vocabulary(answers), DeValue::Table(table)) => check_vocabulary(table, &answers(), path, problems),
        _ => wrong(mistyped()),
    }
}

fn check_vocabulary(table: &DeTable<'_>, answers: &[&str], path: &str, problems: &mut Problems<'_>) {
    for (written, value) in table.iter() {
        let name = written.get_ref().as_ref();
        let here = join(path, name);
        if !answers.contains(&name) {
            let near = nearest(name, answers.iter().copied());
            problems.error(here.clone(), format!("no such answer; {}", instead(near, answers)));
        }
        check_value(value.get_ref(), &Shape::List(&Shape::Name, 0, usize::MAX), &here, problems);
    }
    // What nobody knows is seldom written down.
    for answer in answers.iter().filter(|answer| **answer != "unknown" && !table.contains_key(**answer)) {
        problems.error(join(path, answer), "is missing; it lists the words by which sources give this answer");
    }
}

impl Shape {
    fn described(&self) -> String {
        match self {
            Self::Text | Self::Name | Self::Code => "a text in quotation marks".to_owned(),
            Self::Whole(first, i64::MAX) => format!("a whole number from {first} upwards"),
            Self::Whole(first, last) => format!("a whole number from {first} to {last}"),
            Self::NonNegative => "a number from 0 upwards".to_owned(),
            Self::Positive => "a number above 0".to_owned(),
            Self::Share => "a part of a whole, from 0 to 1".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Interval => "an interval such as \"[0.3, 0.6)\"".to_owned(),
            Self::Ratio => "a part of a whole such as 0.25 or \"1/3\"".to_owned(),
            Self::OneOf(words) => format!("one of {}", words().join(", ")),
            Self::List(..) => "a list".to_owned(),
            Self::Set(words, _) => format!("a list of {}", words().join(", ")),
            Self::Table(keys) => {
                let names: Vec<&str> = keys.iter().map(|Key(name, ..)| *name).collect();
                format!("a table with {}", names.join(", "))
            }
            Self::Vocabulary(answers) => format!("a table with {}", answers().join(", ")),
        }
    }
}

/// The value as a number, if it is one.
fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(written) => Some(i64::from_str_radix(written.as_str(), written.radix()).ok()? as f64),
        DeValue::Float(written) => written.as_str().parse().ok(),
        _ => None,
    }
}

/// The value as a message repeats it.
fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(_) => "a date".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// What may have been meant, or what there is.
pub(super) fn instead(near: Option<&str>, known: &[&str]) -> String {
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it may be one of {}", known.join(", ")),
    }
}

fn how_many(least: usize, most: usize) -> String {
    if most == usize::MAX { format!("it needs {least} or more") } else { format!("it may have {least} to {most}") }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
