//! Every key of a rule file with what may stand there. `tests::the_shape_is_that_of_the_types` holds
//! it against the types that serde fills.

use super::check::inefficient::CATEGORIES;
use super::shape::Need::{May, Must};
use super::shape::Shape::{
    Code, Flag, Interval, List, Name, NonNegative, OneOf, Positive, Ratio, Set, Share, Table, Text, Vocabulary, Whole,
};
use super::shape::{Key, Shape};
use crate::facts::{Action, Cause, Conditions, ConflictState, Production, Status, Supply, Will};

/// Classes of an attribute of the tile schema: one class would tell nothing, and there are five colours.
const CLASSES: (usize, usize) = (2, 5);

const LABEL: Shape = Table(&[Key("zh", Must, Name), Key("en", Must, Name)]);
const ADVICE: Shape = Table(&[Key("zh", Must, Text), Key("en", Must, Text)]);
const CODES: Shape = List(&Code, 0, usize::MAX);

/// The keys at the top.
pub(super) const SECTIONS: &[Key] = &[
    Key("rules", Must, Table(&[Key("id", Must, Code), Key("version", Must, Code), Key("title", Must, LABEL)])),
    Key(
        "land_use",
        Must,
        Table(&[
            Key("section", Must, Text),
            Key("industrial", Must, List(&Code, 1, usize::MAX)),
            Key("education", Must, CODES),
            Key("road", Must, CODES),
            Key("residential", Must, CODES),
            Key("commercial", Must, CODES),
            Key("mandatory", Must, CODES),
        ]),
    ),
    Key("far", Must, NUMBER_CLASSES),
    Key("density", Must, NUMBER_CLASSES),
    Key("intensity", Must, Table(INTENSITY)),
    Key("marginal", Must, Table(MARGINAL)),
    Key(
        "idle",
        Must,
        Table(&[
            Key("section", Must, Text),
            Key("not_started_years", Must, Whole(1, 99)),
            Key("suspended_years", Must, Whole(1, 99)),
            Key("developed_below", Must, Ratio),
            Key("invested_below", Must, Ratio),
        ]),
    ),
    Key("low", Must, Table(LOW)),
    Key("inefficient", Must, Table(INEFFICIENT)),
    Key("disposal", Must, Table(DISPOSAL)),
    Key(
        "scenarios",
        Must,
        Table(&[Key("section", Must, Text), Key("rows", Must, List(&Table(SCENARIO), 1, usize::MAX))]),
    ),
    Key(
        "words",
        Must,
        Table(&[
            Key("will", Must, Vocabulary(|| codes(Will::ALL, Will::code))),
            Key("cause", Must, Vocabulary(|| codes(Cause::ALL, Cause::code))),
            Key("production", Must, Vocabulary(|| codes(Production::ALL, Production::code))),
            Key("conditions", Must, Vocabulary(|| codes(Conditions::ALL, Conditions::code))),
            Key("action", Must, Vocabulary(|| codes(Action::ALL, Action::code))),
            Key("supply", Must, Vocabulary(|| codes(Supply::ALL, Supply::code))),
        ]),
    ),
];

const NUMBER_CLASSES: Shape = Table(&[
    Key("section", Must, Text),
    Key("classes", Must, List(&Table(&[Key("is", Must, Interval), Key("label", Must, LABEL)]), CLASSES.0, CLASSES.1)),
]);

const INTENSITY: &[Key] = &[
    Key("section", Must, Text),
    Key("method", Must, OneOf(|| vec!["matrix", "score", "criteria"])),
    Key("name", Must, Name),
    Key("classes", Must, List(&LABEL, CLASSES.0, CLASSES.1)),
    Key("matrix", Must, Table(&[Key("rows", Must, List(&List(&Whole(1, 5), 1, 5), 1, 5))])),
    Key(
        "score",
        Must,
        Table(&[
            Key("far", Must, WEIGHTED),
            Key("density", Must, WEIGHTED),
            Key("classes", Must, List(&Interval, CLASSES.0, CLASSES.1)),
        ]),
    ),
    Key(
        "criteria",
        Must,
        Table(&[
            Key("otherwise", Must, Whole(1, 5)),
            Key(
                "any_of",
                Must,
                List(
                    &Table(&[
                        Key("class", Must, Whole(1, 5)),
                        Key("far", May, Interval),
                        Key("density", May, Interval),
                    ]),
                    0,
                    usize::MAX,
                ),
            ),
        ]),
    ),
];

const WEIGHTED: Shape = Table(&[Key("weight", Must, Share), Key("ideal", Must, Positive)]);

const MARGINAL: &[Key] = &[
    Key("section", Must, Text),
    Key("linear", Must, CODES),
    Key("area_below_m2", Must, Positive),
    Key("hard_to_use", Must, Set(|| vec!["area", "width", "road"], 0)),
    Key("min_width_m", Must, Positive),
    Key("enclosed_share", Must, Share),
    Key("interlocked_share", Must, Share),
    Key("interlocked_stretches", Must, Whole(1, 1000)),
    Key("interlocked_convexity_below", Must, Share),
    Key("merge_area_up_to_m2", Must, Positive),
    Key("merge_share_up_to", Must, Share),
    Key("public", Must, CODES),
    Key("use_section", Must, Text),
];

const LOW: &[Key] = &[
    Key("section", Must, Text),
    Key("criteria", Must, Set(|| vec!["intensity", "contract", "tax", "production", "policy"], 0)),
    Key("density_below", Must, Share),
    Key("far_below", Must, NonNegative),
    Key("tax_below_mean", Must, Share),
    Key("tax_mean", May, Table(&[Key("all", Must, Positive), Key("above_scale", Must, Positive)])),
    Key("stopped_years", Must, Whole(1, 99)),
];

const INEFFICIENT: &[Key] = &[
    Key("section", Must, Text),
    Key("industries", Must, CODES),
    Key("far_below", Must, NonNegative),
    Key("tax_below_mean", Must, Share),
    Key("ratings", Must, List(&Name, 0, usize::MAX)),
    Key(
        "classes",
        Must,
        List(&Table(&[Key("code", Must, OneOf(|| CATEGORIES.to_vec())), Key("label", Must, LABEL)]), 0, usize::MAX),
    ),
];

const DISPOSAL: &[Key] = &[
    Key("section", Must, Text),
    Key("rows", Must, List(&Table(DISPOSAL_ROW), 1, 200)),
    Key(
        "outcomes",
        Must,
        List(
            &Table(&[
                Key("code", Must, Code),
                Key("mode", May, Whole(1, 99)),
                Key("label", Must, LABEL),
                Key("advice", Must, ADVICE),
            ]),
            1,
            usize::MAX,
        ),
    ),
    Key("modes", Must, Table(&[Key("section", Must, Text), Key("labels", Must, List(&LABEL, 1, 99))])),
];

const DISPOSAL_ROW: &[Key] = &[
    Key("row", Must, Whole(1, 255)),
    Key("status", May, Set(|| codes(Status::ALL, Status::code), 1)),
    Key("conflict", May, CONFLICT),
    Key("will", May, WILL),
    Key("conforms", May, Flag),
    Key("action", May, Set(|| codes(Action::ALL, Action::code), 1)),
    Key("new", May, PERMIT),
    Key("extend", May, PERMIT),
    Key("outcome", Must, Code),
    Key("section", Must, Text),
];

const CONFLICT: Shape = Set(|| codes(ConflictState::ALL, ConflictState::code), 1);
const WILL: Shape = Set(|| codes(Will::ALL, Will::code), 1);
const PERMIT: Shape = OneOf(|| vec!["allow", "file", "hold", "deny"]);

const SCENARIO: &[Key] = &[
    Key("code", Must, Code),
    Key("kind", Must, OneOf(|| vec!["unsupplied", "idle"])),
    Key("cause", May, Set(|| codes(Cause::ALL, Cause::code), 1)),
    Key("will", May, WILL),
    Key("conflict", May, CONFLICT),
    Key("paid", May, Flag),
    Key("years", May, Interval),
    Key("reason", May, Set(|| codes(Supply::ALL, Supply::code), 1)),
    Key("label", Must, LABEL),
    Key("advice", Must, ADVICE),
];

fn codes<A: Copy>(all: &[A], code: fn(A) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|answer| code(*answer)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::Deserialize;

    use super::*;
    use crate::rules::ruleset::{BUILT_IN, Content};

    /// Every key that the shape knows, and every key without which serde refuses the table, tried
    /// one at a time on the built-in file.
    #[test]
    fn the_shape_is_that_of_the_types() {
        let table: toml::Table = BUILT_IN.parse().expect("TOML");
        let mut seen = BTreeSet::new();
        try_table(&table, SECTIONS, &mut Vec::new(), &table, &mut seen);
        assert!(seen.len() > 80, "{}", seen.len());
    }

    fn try_table(
        table: &toml::Table,
        keys: &[Key],
        path: &mut Vec<Step>,
        whole: &toml::Table,
        seen: &mut BTreeSet<String>,
    ) {
        for Key(name, need, shape) in keys {
            path.push(Step::Key(name));
            let here = format!("{path:?}");
            let mut without = whole.clone();
            let there = edit(&mut without, path, None);
            assert!(there || *need == May, "{here} must be there");
            if there {
                assert_eq!(Content::deserialize(without).is_ok(), *need == May, "without {here}");
                seen.insert(here);
            } else {
                // A key that may be there is known to serde all the same: it minds the type, not the key.
                let mut with = whole.clone();
                edit(&mut with, path, Some(toml::Value::Datetime("1979-05-27".parse().expect("a date"))));
                let refusal = Content::deserialize(with).expect_err("a date is right nowhere").to_string();
                assert!(!refusal.contains("unknown field"), "{here}: {refusal}");
            }
            try_value(table.get(*name), shape, path, whole, seen);
            path.pop();
        }
        for name in table.keys() {
            assert!(keys.iter().any(|Key(known, ..)| known == name), "{path:?} has {name}, which the shape has not");
        }
    }

    fn try_value(
        value: Option<&toml::Value>,
        shape: &Shape,
        path: &mut Vec<Step>,
        whole: &toml::Table,
        seen: &mut BTreeSet<String>,
    ) {
        match (value, shape) {
            (Some(toml::Value::Table(table)), Table(keys)) => try_table(table, keys, path, whole, seen),
            (Some(toml::Value::Array(items)), List(inner, ..)) => {
                path.push(Step::Item(0));
                try_value(items.first(), inner, path, whole, seen);
                path.pop();
            }
            _ => {}
        }
    }

    #[derive(Debug)]
    enum Step {
        Key(&'static str),
        Item(usize),
    }

    /// Takes the value at the end of the path away, or puts one there; whether there was one.
    fn edit(table: &mut toml::Table, path: &[Step], put: Option<toml::Value>) -> bool {
        let [Step::Key(name), rest @ ..] = path else { return false };
        if rest.is_empty() {
            return match put {
                Some(value) => table.insert((*name).to_owned(), value).is_some(),
                None => table.remove(*name).is_some(),
            };
        }
        let Some(mut value) = table.get_mut(*name) else { return false };
        let mut rest = rest;
        while let [Step::Item(place), more @ ..] = rest {
            match value.get_mut(*place) {
                Some(item) => value = item,
                None => return false,
            }
            rest = more;
        }
        value.as_table_mut().is_some_and(|table| edit(table, rest, put))
    }
}
