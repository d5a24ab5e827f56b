//! Themes and their classes.

use layers::schema::{Attribute, LayerSchema};
use layers::{Value, ValueKind};

use crate::varint;

/// Classes of a theme; a column with more sorts nothing and is left out.
pub(super) const MOST_CLASSES: usize = 100;

/// A column that sorts parcels into classes, one each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Theme {
    /// The column's name, which the names of its classes begin with.
    pub(crate) name: String,
    /// Its place among the layer's columns.
    pub(crate) column: usize,
    /// The kind of its values.
    pub(crate) kind: ValueKind,
    /// Its classes in the order in which people list them, as far as they are known beforehand.
    pub(crate) order: Vec<String>,
}

impl Theme {
    /// The themes of a layer of the tile schema, by the schema; none for a layer that is not in it.
    pub(crate) fn of_schema(layer: &str, columns: &[Attribute]) -> Vec<Self> {
        let schema = LayerSchema::of(layer);
        let themes = schema.into_iter().flat_map(LayerSchema::themes);
        let theme = |known: &layers::schema::AttributeSchema| {
            let codes = known.codes.into_iter().flat_map(|list| list.codes.iter());
            let order = codes.map(|code| code.code.to_string()).collect();
            Some(Self { order, ..Self::named(known.name, columns)? })
        };
        themes.filter_map(theme).collect()
    }

    /// The theme of a column that a user names; `None` if there is no such column.
    pub(crate) fn named(name: &str, columns: &[Attribute]) -> Option<Self> {
        let column = columns.iter().position(|column| column.name == name)?;
        Some(Self { name: name.to_owned(), column, kind: columns[column].kind, order: Vec::new() })
    }
}

/// The classes of one theme, numbered as they were met.
#[derive(Clone, Debug, Default)]
pub(super) struct Classes {
    /// Their values as tiles have them (bodies of MVT `Value` messages).
    met: Vec<Box<[u8]>>,
    is_overfull: bool,
}

impl Classes {
    /// The number of a class; `None` if there are too many.
    pub(super) fn number(&mut self, value: &[u8]) -> Option<u32> {
        let known = self.met.iter().position(|class| **class == *value);
        let number = known.or_else(|| {
            let has_room = self.met.len() < MOST_CLASSES;
            self.is_overfull |= !has_room;
            has_room.then(|| {
                self.met.push(value.into());
                self.met.len() - 1
            })
        });
        number.map(|number| number as u32)
    }

    /// Adds the classes of another; returns their numbers here, in the order of their numbers there.
    pub(super) fn merge(&mut self, other: &Self) -> Vec<Option<u32>> {
        self.is_overfull |= other.is_overfull;
        other.met.iter().map(|value| self.number(value)).collect()
    }

    /// Keeps some classes; returns their old numbers in the order of their new ones.
    pub(super) fn retain(&mut self, is_kept: impl Fn(u32) -> bool) -> Vec<u32> {
        let kept: Vec<u32> = (0..self.met.len() as u32).filter(|&number| is_kept(number)).collect();
        let mut number = 0;
        self.met.retain(|_| {
            number += 1;
            is_kept(number - 1)
        });
        kept
    }

    /// Appends the classes, if none was left out.
    pub(super) fn to_bytes(&self, out: &mut Vec<u8>) -> Option<()> {
        if self.is_overfull {
            return None;
        }
        varint::put(out, self.met.len() as u64);
        for value in &self.met {
            varint::put(out, value.len() as u64);
            out.extend(value);
        }
        Some(())
    }

    /// Takes what [`Classes::to_bytes`] appended off the front.
    pub(super) fn from_bytes(bytes: &mut &[u8]) -> Option<Self> {
        let count = varint::take(bytes)?;
        let mut met = Vec::new();
        for _ in 0..count {
            let length = usize::try_from(varint::take(bytes)?).ok()?;
            let (value, rest) = bytes.split_at_checked(length)?;
            *bytes = rest;
            met.push(value.into());
        }
        Some(Self { met, is_overfull: false })
    }

    /// The classes, each with its number, in an order that depends on the classes alone: as in
    /// `theme.order`, then no before yes, numbers ascending, texts by their bytes. None if there are
    /// too many.
    pub(super) fn sorted(&self, theme: &Theme) -> Vec<(Class, u32)> {
        if self.is_overfull {
            return Vec::new();
        }
        let read = self.met.iter().zip(0..).filter_map(|(value, number)| Some((Class::read(value)?, number)));
        let mut sorted: Vec<(Class, u32)> = read.collect();
        let place = |class: &Class| {
            let name = class.name();
            theme.order.iter().position(|known| *known == name).unwrap_or(usize::MAX)
        };
        sorted.sort_by_cached_key(|(class, _)| (place(class), class.clone()));
        sorted
    }

    /// Whether there were more classes than a theme can have.
    pub(super) fn is_overfull(&self) -> bool {
        self.is_overfull
    }
}

/// The value of a class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Bool(bool),
    Int(i64),
    Text(String),
}

impl Class {
    /// Reads the body of an MVT `Value`; numbers with a fraction are no class.
    fn read(body: &[u8]) -> Option<Self> {
        const STRING: u8 = 1 << 3 | 2;
        const SINT: u8 = 6 << 3;
        const BOOL: u8 = 7 << 3;
        let (&tag, mut rest) = body.split_first()?;
        match tag {
            BOOL => Some(Self::Bool(varint::take(&mut rest)? != 0)),
            SINT => {
                let number = varint::take(&mut rest)?;
                Some(Self::Int((number >> 1) as i64 ^ -((number & 1) as i64)))
            }
            STRING => {
                varint::take(&mut rest)?;
                Some(Self::Text(String::from_utf8_lossy(rest).into_owned()))
            }
            _ => None,
        }
    }

    /// The value as parcels have it.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Bool(truth) => Value::Bool(*truth),
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::text(text.as_str()),
        }
    }

    /// What it is called after its theme.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Bool(truth) => truth.to_string(),
            Self::Int(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::attributes::{encode_attributes, values};

    fn body(value: &Value) -> Vec<u8> {
        let kind = match value {
            Value::Bool(_) => ValueKind::Bool,
            Value::Int(_) => ValueKind::Int,
            Value::Real(_) => ValueKind::Real,
            _ => ValueKind::Text,
        };
        let mut bytes = Vec::new();
        encode_attributes(&[Attribute { name: String::new(), kind }], std::slice::from_ref(value), &mut bytes);
        values(&bytes).next().map(|(_, body)| body.to_vec()).unwrap_or_default()
    }

    fn names(order: &[&str], met: &[Value]) -> Vec<String> {
        let order = order.iter().map(|name| (*name).to_owned()).collect();
        let mut classes = Classes::default();
        met.iter().for_each(|value| _ = classes.number(&body(value)));
        let theme = Theme { kind: ValueKind::Text, name: String::new(), column: 0, order };
        classes.sorted(&theme).into_iter().map(|(class, _)| class.name()).collect()
    }

    #[test]
    fn classes_are_listed_as_the_schema_lists_them() {
        let texts = ["mandatory", "其他", "none", "non_mandatory", "aside"].map(Value::text);
        let order = ["none", "non_mandatory", "mandatory"];
        assert_eq!(names(&order, &texts), ["none", "non_mandatory", "mandatory", "aside", "其他"]);
        assert_eq!(names(&[], &[Value::Int(10), Value::Int(-3), Value::Int(9)]), ["-3", "9", "10"]);
        assert_eq!(names(&[], &[Value::Bool(true), Value::Bool(false), Value::Real(0.5)]), ["false", "true"]);
    }

    #[test]
    fn a_column_of_many_values_is_no_theme() {
        let number = |n: i64| Value::Int(n);
        assert_eq!(names(&[], &(0..100).map(number).collect::<Vec<_>>()).len(), MOST_CLASSES);
        assert!(names(&[], &(0..101).map(number).collect::<Vec<_>>()).is_empty());
    }

    #[test]
    fn themes_of_parcels_are_those_of_the_schema() {
        let schema = LayerSchema::of("parcels").expect("a layer");
        let columns = schema.empty_layer().attributes;
        let themes = Theme::of_schema("parcels", &columns);
        assert!(themes.iter().map(|theme| theme.name.as_str()).eq(schema.themes().map(|theme| theme.name)));
        let conflict = themes.iter().find(|theme| theme.name == "conflict").expect("a theme");
        assert_eq!(conflict.order, ["none", "non_mandatory", "mandatory"]);
        assert_eq!(columns[conflict.column].name, "conflict");
        assert!(Theme::of_schema("houses", &columns).is_empty());
        assert!(Theme::named("colour", &columns).is_none());
    }

    proptest! {
        #[test]
        fn names_do_not_depend_on_the_order_in_which_classes_are_met(
            met in prop::collection::vec((0i64..130).prop_map(Value::Int), 0..200),
            cut: prop::sample::Index,
        ) {
            let theme = Theme { kind: ValueKind::Int, name: String::new(), column: 0, order: vec!["7".into()] };
            let classes = |met: &[Value]| {
                let mut classes = Classes::default();
                met.iter().for_each(|value| _ = classes.number(&body(value)));
                classes
            };
            let (left, right) = met.split_at(cut.index(met.len() + 1));
            let mut merged = classes(right);
            let numbers = merged.merge(&classes(left));
            prop_assert_eq!(numbers.len(), classes(left).met.len());
            let sorted = |classes: &Classes| -> Vec<Class> {
                classes.sorted(&theme).into_iter().map(|(class, _)| class).collect()
            };
            prop_assert_eq!(sorted(&merged), sorted(&classes(&met)));
        }
    }
}
