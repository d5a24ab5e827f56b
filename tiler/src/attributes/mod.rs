//! Attributes of one feature, written once for all the tiles it comes to stand in.
//!
//! Every value is already the body of an MVT `Value` message, so what goes into tiles is copied bytes and
//! knows nothing of types. What a feature's bytes say depends on its values and on the kinds of the
//! columns alone, never on other features: they can be made on any thread and kept in any block.
//!
//! ```text
//!   ┌───┬───────────┬───┬───┬──────┐
//!   │ L │ L bytes   │ 0 │ L │ …    │      one entry a column, in order; 0 = absent
//!   └───┴───────────┴───┴───┴──────┘
//! ```
//!
//! # References
//! Mapbox Vector Tile Specification 2.1, §4.1 (`Value`) and §4.4 (attributes).

mod distinct;
pub(crate) mod stats;

use layers::schema::Attribute;
use layers::{Value, ValueKind};

use crate::varint;

/// Tags of the members of `Value`: field number and wire type.
const STRING: u8 = 1 << 3 | 2;
const DOUBLE: u8 = 3 << 3 | 1;
const SINT: u8 = 6 << 3;
const BOOL: u8 = 7 << 3;

/// What a column says of a value. A value of another type than its column's has no place in a typed
/// tile; whole numbers may stand among reals.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Typed<'a> {
    Bool(bool),
    Int(i64),
    /// Finite, and zero without a sign.
    Real(f64),
    Text(&'a str),
}

impl<'a> Typed<'a> {
    /// The value as its column has it; `None` if that is nothing.
    fn of(kind: ValueKind, value: &'a Value) -> Option<Self> {
        match (kind, value) {
            (ValueKind::Bool, Value::Bool(truth)) => Some(Self::Bool(*truth)),
            (ValueKind::Int, Value::Int(number)) => Some(Self::Int(*number)),
            (ValueKind::Real, Value::Int(number)) => Some(Self::Real(*number as f64)),
            // Adding zero takes the sign off a negative zero and changes nothing else.
            (ValueKind::Real, Value::Real(number)) => number.is_finite().then_some(Self::Real(*number + 0.0)),
            (ValueKind::Text, Value::Text(text)) => Some(Self::Text(text)),
            _ => None,
        }
    }
}

/// Appends a feature's attributes to `out`. Columns beyond the last value are absent.
pub(crate) fn encode_attributes(attributes: &[Attribute], values: &[Value], out: &mut Vec<u8>) {
    for (place, attribute) in attributes.iter().enumerate() {
        match values.get(place).and_then(|value| Typed::of(attribute.kind, value)) {
            None => out.push(0),
            Some(Typed::Bool(truth)) => out.extend([2, BOOL, u8::from(truth)]),
            Some(Typed::Int(number)) => {
                let number = varint::zigzag(number);
                out.extend([1 + varint::length(number) as u8, SINT]);
                varint::put(out, number);
            }
            Some(Typed::Real(number)) => {
                out.extend([9, DOUBLE]);
                out.extend(number.to_le_bytes());
            }
            Some(Typed::Text(text)) => {
                let length = text.len() as u64;
                varint::put(out, 1 + varint::length(length) as u64 + length);
                out.push(STRING);
                varint::put(out, length);
                out.extend(text.as_bytes());
            }
        }
    }
}

/// The columns that a feature has, in order: `(column, body of a Value message)`.
///
/// `bytes` are those of [`encode_attributes`]; what is cut off from them is absent.
pub(crate) fn values(bytes: &[u8]) -> Values<'_> {
    Values { bytes, column: 0 }
}

/// See [`values`].
#[derive(Clone, Debug)]
pub(crate) struct Values<'a> {
    bytes: &'a [u8],
    column: usize,
}

impl<'a> Iterator for Values<'a> {
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let length = match self.bytes.split_first() {
                Some((&length, rest)) if length < 0x80 => {
                    self.bytes = rest;
                    usize::from(length)
                }
                _ => usize::try_from(varint::take(&mut self.bytes)?).ok()?,
            };
            let column = self.column;
            self.column += 1;
            if length > 0 {
                let (value, rest) = self.bytes.split_at_checked(length)?;
                self.bytes = rest;
                return Some((column, value));
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use geozero::mvt::{Message, tile};
    use proptest::prelude::*;

    use super::*;

    /// Columns of every kind, with values that fit them and values that do not.
    pub(crate) fn columns(most: usize) -> impl Strategy<Value = Vec<Attribute>> {
        let kind = prop::sample::select(vec![ValueKind::Bool, ValueKind::Int, ValueKind::Real, ValueKind::Text]);
        prop::collection::vec(kind, 0..most).prop_map(|kinds| {
            let named = |(place, kind)| Attribute { name: format!("列{place}"), kind };
            kinds.into_iter().enumerate().map(named).collect()
        })
    }

    pub(crate) fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (-9i64..9).prop_map(Value::Int),
            any::<i64>().prop_map(Value::Int),
            any::<f64>().prop_map(Value::Real),
            prop::sample::select(vec![0.0, -0.0, f64::NAN, f64::INFINITY, 0.5, 7.0]).prop_map(Value::Real),
            "[a-c]{0,2}".prop_map(Value::text),
            "\\PC{0,200}".prop_map(Value::text),
        ]
    }

    /// What a tile should say of a value, told once more and in another way.
    pub(crate) fn expected(kind: ValueKind, value: &Value) -> Option<tile::Value> {
        let mut said = tile::Value::default();
        match (kind, value) {
            (ValueKind::Bool, Value::Bool(truth)) => said.bool_value = Some(*truth),
            (ValueKind::Int, Value::Int(number)) => said.sint_value = Some(*number),
            (ValueKind::Real, value) => {
                let number = value.as_f64().filter(|number| number.is_finite())?;
                said.double_value = Some(if number == 0.0 { 0.0 } else { number });
            }
            (ValueKind::Text, Value::Text(text)) => said.string_value = Some(text.to_string()),
            _ => return None,
        }
        Some(said)
    }

    #[test]
    fn a_column_has_one_type_whatever_its_values() {
        let kinds = [ValueKind::Int, ValueKind::Real, ValueKind::Real, ValueKind::Text, ValueKind::Bool];
        let columns = kinds.map(|kind| Attribute { name: "a".into(), kind });
        let mut bytes = Vec::new();
        let row = [Value::Int(3), Value::Int(3), Value::Real(-0.0), Value::Int(3), Value::Bool(false)];
        encode_attributes(&columns, &row, &mut bytes);
        let three = 3f64.to_le_bytes();
        let said: Vec<_> = values(&bytes).collect();
        let (real, zero) = ([&[DOUBLE][..], &three].concat(), [&[DOUBLE][..], &[0; 8]].concat());
        assert_eq!(said, [(0, &[SINT, 6][..]), (1, &real), (2, &zero), (4, &[BOOL, 0])]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_is_read(columns in columns(20), row in prop::collection::vec(value(), 0..20)) {
            let mut bytes = Vec::new();
            encode_attributes(&columns, &row, &mut bytes);
            let read: Vec<(usize, tile::Value)> =
                values(&bytes).map(|(column, body)| (column, tile::Value::decode(body).expect("a value"))).collect();
            let pairs = columns.iter().zip(&row).enumerate();
            let expected: Vec<_> = pairs.filter_map(|(n, (c, value))| Some((n, expected(c.kind, value)?))).collect();
            // Bit by bit where it is a number: equal, and no negative zero.
            let bits = |list: &[(usize, tile::Value)]| -> Vec<_> {
                list.iter().map(|(_, value)| value.double_value.map(f64::to_bits)).collect()
            };
            prop_assert_eq!(bits(&read), bits(&expected));
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn any_bytes_are_read_to_their_end(bytes: Vec<u8>) {
            prop_assert!(values(&bytes).count() <= bytes.len());
        }
    }
}
