//! What the columns of a layer hold: counts, least values and ranges for `tilestats`.
//!
//! Fed row by row and merged in any order with the same result, in memory that does not grow with the
//! number of rows. What a value counts as is what tiles say of it.
//!
//! # References
//! mapbox-geostats, "Output the stats" and "Limitations".

use std::sync::Arc;

use layers::schema::Attribute;
use layers::{Value, ValueKind};
use serde_json::{Map, Number, Value as Json, json};
use xxhash_rust::xxh3::xxh3_128;

use super::Typed;
use super::distinct::Distinct;

/// Values that are listed: the least ones.
const MOST_LISTED: usize = 100;

/// Longest text that is listed, in characters; longer ones are only counted.
const LONGEST_LISTED: usize = 256;

/// A layer's rows, counted, and its columns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LayerStats {
    rows: u64,
    columns: Vec<ColumnStats>,
}

impl LayerStats {
    /// Of no rows.
    pub(crate) fn new(attributes: &[Attribute]) -> Self {
        Self { rows: 0, columns: attributes.iter().map(|attribute| ColumnStats::new(attribute.kind)).collect() }
    }

    /// Adds a row, its values in the order of the attributes.
    pub(crate) fn add(&mut self, values: &[Value]) {
        self.rows += 1;
        self.columns.iter_mut().zip(values).for_each(|(column, value)| column.add(value));
    }

    /// Counts a row whose values are told one by one.
    pub(crate) fn add_row(&mut self) {
        self.rows += 1;
    }

    /// Tells that a column holds a value, which may have been told before.
    pub(crate) fn add_value(&mut self, column: usize, value: &Value) {
        if let Some(column) = self.columns.get_mut(column) {
            column.add(value);
        }
    }

    /// Adds what another has seen of the same layer.
    pub(crate) fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.columns.iter_mut().zip(other.columns).for_each(|(column, other)| column.merge(other));
    }

    /// Rows seen.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// The `attributes` of the layer's `tilestats`. `attributes` are those it was made with.
    pub(crate) fn to_json(&self, attributes: &[Attribute]) -> Vec<Json> {
        attributes.iter().zip(&self.columns).map(|(attribute, column)| column.to_json(&attribute.name)).collect()
    }
}

/// A finite number; ordered, for there are no others.
#[derive(Clone, Copy, Debug)]
struct Finite(f64);

impl Ord for Finite {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}
impl PartialOrd for Finite {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Finite {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Finite {}

/// What one column holds. Its least number is the first of the distinct ones.
#[derive(Clone, Debug, PartialEq)]
enum ColumnStats {
    Bool(Distinct<bool>),
    Int {
        distinct: Distinct<i64>,
        max: Option<i64>,
    },
    Real {
        distinct: Distinct<Finite>,
        max: Option<Finite>,
    },
    /// Texts too long to be listed are told apart by their hash.
    Text {
        distinct: Distinct<Arc<str>>,
        long: Distinct<u128>,
    },
}

impl ColumnStats {
    fn new(kind: ValueKind) -> Self {
        match kind {
            ValueKind::Bool => Self::Bool(Distinct::default()),
            ValueKind::Int => Self::Int { distinct: Distinct::default(), max: None },
            ValueKind::Real => Self::Real { distinct: Distinct::default(), max: None },
            ValueKind::Text => Self::Text { distinct: Distinct::default(), long: Distinct::default() },
        }
    }

    fn kind(&self) -> ValueKind {
        match self {
            Self::Bool(_) => ValueKind::Bool,
            Self::Int { .. } => ValueKind::Int,
            Self::Real { .. } => ValueKind::Real,
            Self::Text { .. } => ValueKind::Text,
        }
    }

    fn add(&mut self, value: &Value) {
        let Some(typed) = Typed::of(self.kind(), value) else { return };
        match (self, typed) {
            (Self::Bool(distinct), Typed::Bool(truth)) => distinct.add(&truth, || truth),
            (Self::Int { distinct, max }, Typed::Int(number)) => {
                distinct.add(&number, || number);
                *max = (*max).max(Some(number));
            }
            (Self::Real { distinct, max }, Typed::Real(number)) => {
                distinct.add(&Finite(number), || Finite(number));
                *max = (*max).max(Some(Finite(number)));
            }
            (Self::Text { distinct, long }, Typed::Text(text)) => {
                // A text of few bytes has few characters.
                if text.len() > LONGEST_LISTED && text.chars().nth(LONGEST_LISTED).is_some() {
                    let hash = xxh3_128(text.as_bytes());
                    long.add(&hash, || hash);
                } else if let Value::Text(shared) = value {
                    distinct.add(text, || Arc::clone(shared));
                }
            }
            _ => {}
        }
    }

    fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::Bool(distinct), Self::Bool(other)) => distinct.merge(other),
            (Self::Int { distinct, max }, Self::Int { distinct: other, max: other_max }) => {
                distinct.merge(other);
                *max = (*max).max(other_max);
            }
            (Self::Real { distinct, max }, Self::Real { distinct: other, max: other_max }) => {
                distinct.merge(other);
                *max = (*max).max(other_max);
            }
            (Self::Text { distinct, long }, Self::Text { distinct: other, long: other_long }) => {
                distinct.merge(other);
                long.merge(other_long);
            }
            _ => {}
        }
    }

    fn to_json(&self, name: &str) -> Json {
        let mut stats = Map::new();
        let mut say = |count: usize, kind: &str, values: Vec<Json>| {
            stats.insert("attribute".into(), name.into());
            stats.insert("count".into(), count.into());
            stats.insert("type".into(), kind.into());
            stats.insert("values".into(), values.into());
        };
        let real = |number: &Finite| Number::from_f64(number.0).map_or(Json::Null, Json::from);
        let range = match self {
            Self::Bool(distinct) => {
                say(distinct.count(), "boolean", listed(distinct, |truth| (*truth).into()));
                None
            }
            Self::Int { distinct, max } => {
                say(distinct.count(), "number", listed(distinct, |number| (*number).into()));
                distinct.iter().next().zip(*max).map(|(min, max)| (json!(min), json!(max)))
            }
            Self::Real { distinct, max } => {
                say(distinct.count(), "number", listed(distinct, real));
                distinct.iter().next().zip(max.as_ref()).map(|(min, max)| (real(min), real(max)))
            }
            Self::Text { distinct, long } => {
                let count = (distinct.count() + long.count()).min(super::distinct::MOST);
                say(count, "string", listed(distinct, |text| (&**text).into()));
                None
            }
        };
        if let Some((min, max)) = range {
            stats.insert("min".into(), min);
            stats.insert("max".into(), max);
        }
        stats.into()
    }
}

fn listed<T: Ord>(distinct: &Distinct<T>, json: impl Fn(&T) -> Json) -> Vec<Json> {
    distinct.iter().take(MOST_LISTED).map(json).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::attributes::tests::{columns, value};

    fn stats(attributes: &[Attribute], rows: &[Vec<Value>]) -> LayerStats {
        let mut stats = LayerStats::new(attributes);
        rows.iter().for_each(|row| stats.add(row));
        stats
    }

    fn column(kind: ValueKind, values: impl IntoIterator<Item = Value>) -> Json {
        let attributes = [Attribute { name: "a".into(), kind }];
        let rows: Vec<Vec<Value>> = values.into_iter().map(|value| vec![value]).collect();
        stats(&attributes, &rows).to_json(&attributes).remove(0)
    }

    #[test]
    fn columns_are_described_as_geostats_does() {
        let texts = [Value::text("b"), Value::Null, Value::text("a"), Value::text("b"), Value::Int(3)];
        let expected = json!({ "attribute": "a", "count": 2, "type": "string", "values": ["a", "b"] });
        assert_eq!(column(ValueKind::Text, texts), expected);
        let numbers = [Value::Real(0.5), Value::Int(7), Value::Real(-0.0), Value::Real(0.0), Value::Real(f64::NAN)];
        assert_eq!(
            column(ValueKind::Real, numbers).to_string(),
            r#"{"attribute":"a","count":3,"type":"number","values":[0.0,0.5,7.0],"min":0.0,"max":7.0}"#
        );
        assert_eq!(
            column(ValueKind::Int, [Value::Null]).to_string(),
            r#"{"attribute":"a","count":0,"type":"number","values":[]}"#
        );
    }

    #[test]
    fn many_values_are_counted_to_a_thousand_and_the_least_are_listed() {
        let stats = column(ValueKind::Int, (0..5_000).rev().map(Value::Int));
        assert_eq!((&stats["count"], &stats["min"], &stats["max"]), (&json!(1000), &json!(0), &json!(4_999)));
        assert_eq!(stats["values"], json!((0..100).collect::<Vec<_>>()));
    }

    #[test]
    fn long_texts_are_counted_and_not_listed() {
        let long = |end: &str| Value::text("地".repeat(256) + end);
        let stats = column(ValueKind::Text, [long("a"), long("b"), long(""), long("a")]);
        assert_eq!(stats["count"], 3);
        assert_eq!(stats["values"], json!(["地".repeat(256)]));
    }

    proptest! {
        #[test]
        fn parts_in_any_order_give_the_same(
            (attributes, mut rows) in columns(6).prop_flat_map(|columns| {
                let row = prop::collection::vec(value(), columns.len());
                (Just(columns), prop::collection::vec(row, 0..40))
            }),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
        ) {
            let whole = stats(&attributes, &rows);
            rows.reverse();
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(rows.len() + 1)).collect();
            cuts.extend([0, rows.len()]);
            cuts.sort_unstable();
            let mut merged = LayerStats::new(&attributes);
            for cut in cuts.windows(2).rev() {
                merged.merge(stats(&attributes, &rows[cut[0]..cut[1]]));
            }
            prop_assert_eq!(merged, whole);
        }

        #[test]
        fn merging_keeps_the_least_of_many(numbers in prop::collection::vec(0i64..5_000, 0..4_000), cut: prop::sample::Index) {
            let attributes = [Attribute { name: "a".into(), kind: ValueKind::Int }];
            let rows: Vec<Vec<Value>> = numbers.iter().map(|number| vec![Value::Int(*number)]).collect();
            let (left, right) = rows.split_at(cut.index(rows.len() + 1));
            let mut merged = stats(&attributes, right);
            merged.merge(stats(&attributes, left));
            let said = merged.to_json(&attributes).remove(0);
            let all: BTreeSet<i64> = numbers.into_iter().collect();
            prop_assert_eq!(&said["count"], &json!(all.len().min(1000)));
            prop_assert_eq!(&said["values"], &json!(all.iter().take(100).collect::<Vec<_>>()));
            prop_assert_eq!(said.get("max").and_then(Json::as_i64), all.last().copied());
            prop_assert_eq!(said.get("min").and_then(Json::as_i64), all.first().copied());
        }
    }
}
