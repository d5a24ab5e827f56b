//! Column types and values: from what a table declares and holds to [`Value`]s of one kind.

use std::sync::Arc;

use encoding_rs::GB18030;
use rusqlite::types::ValueRef;
use xxhash_rust::xxh3::xxh3_64;

use crate::feature::{Value, ValueKind};

/// What a declared SQL type amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    /// An attribute of this kind.
    Kind(ValueKind),
    /// Bytes or a geometry: no attribute.
    LeftOut,
    /// No type is declared; the values have to tell.
    ByValues,
}

/// Names of geometry types (OGC 12-128r19, annex G): such a column is no attribute.
const GEOMETRY_TYPES: [&str; 17] = [
    "GEOMETRY",
    "POINT",
    "LINESTRING",
    "POLYGON",
    "MULTIPOINT",
    "MULTILINESTRING",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
    "GEOMCOLLECTION",
    "CIRCULARSTRING",
    "COMPOUNDCURVE",
    "CURVEPOLYGON",
    "MULTICURVE",
    "MULTISURFACE",
    "CURVE",
    "SURFACE",
    "POLYHEDRALSURFACE",
];

/// Reads a declared type: GeoPackage's own (OGC 12-128r19, table 1), then by SQLite's rules of
/// affinity ("Datatypes In SQLite", §3.1), because many files stray from the table.
pub(super) fn declared(sql_type: &str) -> Declared {
    let upper = sql_type.trim().to_ascii_uppercase();
    let base = upper.split('(').next().unwrap_or("").trim();
    if base.is_empty() {
        return Declared::ByValues;
    }
    if GEOMETRY_TYPES.contains(&base) {
        return Declared::LeftOut;
    }
    let has = |part: &str| base.contains(part);
    Declared::Kind(match base {
        "BOOLEAN" | "BOOL" => ValueKind::Bool,
        "DATE" | "DATETIME" | "TIME" | "TIMESTAMP" => ValueKind::Text,
        _ if has("BLOB") => return Declared::LeftOut,
        _ if has("INT") => ValueKind::Int,
        _ if has("CHAR") || has("TEXT") || has("CLOB") || has("STRING") || has("JSON") => ValueKind::Text,
        _ if has("REAL") || has("FLOA") || has("DOUB") || has("DEC") || has("NUM") => ValueKind::Real,
        _ => return Declared::ByValues,
    })
}

/// The kind of a column without declared type, from the storage classes that occur in it.
pub(super) fn kind_of_values(classes: &[String]) -> Option<ValueKind> {
    let has = |class: &str| classes.iter().any(|found| found == class);
    if has("text") {
        Some(ValueKind::Text)
    } else if has("real") {
        Some(ValueKind::Real)
    } else if has("integer") {
        Some(ValueKind::Int)
    } else {
        // Nothing but NULL: text can hold whatever comes; nothing but blobs: no attribute.
        (!has("blob")).then_some(ValueKind::Text)
    }
}

/// What became of one value.
#[derive(Debug, PartialEq)]
pub(super) enum Read {
    /// It fits its column.
    Fits(Value),
    /// It does not; what it says, for the report.
    Mistyped(String),
    /// Text that was not UTF-8, decoded as GB 18030 or, failing that, with replacement characters.
    Recoded(Value),
}

/// The values of one column; most repeated texts are stored once.
#[derive(Debug)]
pub(super) struct ColumnReader {
    kind: ValueKind,
    /// Texts met lately, each at the place that its hash gives it.
    kept: Box<[Option<Arc<str>>]>,
    asked: u32,
    found: u32,
}

/// Texts kept at a time; a power of two.
const KEPT: usize = 256;
/// After so many texts a column is known to be one of codes and names or one of keys.
const ENOUGH_ASKED: u32 = 512;

impl ColumnReader {
    pub(super) fn new(kind: ValueKind) -> Self {
        Self { kind, kept: Box::default(), asked: 0, found: 0 }
    }

    /// Converts one stored value to the column's kind, if it can be done without guessing.
    pub(super) fn read(&mut self, stored: ValueRef<'_>) -> Read {
        use ValueKind::{Bool, Int, Real, Text};
        match (self.kind, stored) {
            (_, ValueRef::Null) => Read::Fits(Value::Null),
            (Bool, ValueRef::Integer(number @ 0..=1)) => Read::Fits(Value::Bool(number == 1)),
            (Int, ValueRef::Integer(number)) => Read::Fits(Value::Int(number)),
            (Real, ValueRef::Integer(number)) => Read::Fits(Value::Real(number as f64)),
            (Text, ValueRef::Integer(number)) => Read::Fits(Value::text(number.to_string())),
            (Real, ValueRef::Real(number)) if number.is_finite() => Read::Fits(Value::Real(number)),
            (Int, ValueRef::Real(number)) if is_whole(number) => Read::Fits(Value::Int(number as i64)),
            (Text, ValueRef::Real(number)) => Read::Fits(Value::text(number.to_string())),
            (_, ValueRef::Integer(number)) => Read::Mistyped(number.to_string()),
            (_, ValueRef::Real(number)) => Read::Mistyped(number.to_string()),
            (Text, ValueRef::Text(bytes)) => self.text(bytes),
            (kind, ValueRef::Text(bytes)) => parsed(kind, &recoded(bytes)),
            (_, ValueRef::Blob(bytes)) => Read::Mistyped(format!("{} bytes", bytes.len())),
        }
    }

    fn text(&mut self, bytes: &[u8]) -> Read {
        // Codes and names repeat, keys do not: looking for those among others is a waste.
        if self.asked >= ENOUGH_ASKED && self.found < ENOUGH_ASKED / 4 {
            return decoded(bytes);
        }
        if self.kept.is_empty() {
            self.kept = vec![None; KEPT].into();
        }
        self.asked = self.asked.saturating_add(1);
        let place = xxh3_64(bytes) as usize % KEPT;
        if let Some(known) = self.kept[place].as_ref().filter(|known| known.as_bytes() == bytes) {
            self.found = self.found.saturating_add(1);
            return Read::Fits(Value::Text(Arc::clone(known)));
        }
        let read = decoded(bytes);
        if let Read::Fits(Value::Text(new)) = &read {
            self.kept[place] = Some(Arc::clone(new));
        }
        read
    }
}

/// Text of any bytes; only UTF-8 fits.
fn decoded(bytes: &[u8]) -> Read {
    match std::str::from_utf8(bytes) {
        Ok(text) => Read::Fits(Value::text(text)),
        Err(_) => Read::Recoded(Value::text(recoded(bytes))),
    }
}

/// Whether a number is whole and small enough that a double holds it exactly.
fn is_whole(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0
}

/// Text in a column of numbers or truth values: taken if there is only one way to read it. Blank
/// text records nothing. "1,234", "12 %" and "约40" have more than one reading.
fn parsed(kind: ValueKind, text: &str) -> Read {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Read::Fits(Value::Null);
    }
    let number = || trimmed.bytes().all(|byte| b"0123456789+-.eE".contains(&byte)).then_some(trimmed);
    let value = match kind {
        ValueKind::Bool => match trimmed.to_ascii_lowercase().as_str() {
            "1" | "true" => Some(Value::Bool(true)),
            "0" | "false" => Some(Value::Bool(false)),
            _ => None,
        },
        ValueKind::Int => number().and_then(|text| match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(whole), _) => Some(Value::Int(whole)),
            (_, Ok(real)) if is_whole(real) => Some(Value::Int(real as i64)),
            _ => None,
        }),
        ValueKind::Real => {
            number().and_then(|text| text.parse::<f64>().ok()).filter(|real| real.is_finite()).map(Value::Real)
        }
        ValueKind::Text => Some(Value::text(text)),
    };
    value.map_or_else(|| Read::Mistyped(text.to_owned()), Read::Fits)
}

/// Text of any bytes: UTF-8, else GB 18030 (what Chinese shapefiles hold), else what is left.
fn recoded(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    match GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => text.into_owned(),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: ValueKind, stored: ValueRef<'_>) -> Read {
        ColumnReader::new(kind).read(stored)
    }

    #[test]
    fn declared_types_follow_the_standard_then_sqlite() {
        use Declared::{ByValues, Kind, LeftOut};
        use ValueKind::{Bool, Int, Real, Text};
        for (sql, expected) in [
            ("BOOLEAN", Kind(Bool)),
            ("TINYINT", Kind(Int)),
            ("MEDIUMINT", Kind(Int)),
            ("integer", Kind(Int)),
            ("BIGINT", Kind(Int)),
            ("FLOAT", Kind(Real)),
            ("DOUBLE PRECISION", Kind(Real)),
            ("DECIMAL(10,2)", Kind(Real)),
            ("TEXT(254)", Kind(Text)),
            ("VARCHAR (20)", Kind(Text)),
            ("DATE", Kind(Text)),
            ("DATETIME", Kind(Text)),
            ("BLOB(100)", LeftOut),
            ("MULTIPOLYGON", LeftOut),
            ("", ByValues),
            ("WHATEVER", ByValues),
        ] {
            assert_eq!(declared(sql), expected, "{sql}");
        }
    }

    #[test]
    fn text_where_numbers_belong_is_parsed_only_if_there_is_one_reading() {
        let real = |text: &str| read(ValueKind::Real, ValueRef::Text(text.as_bytes()));
        for (text, number) in [("1.5", 1.5), (" -2 ", -2.0), ("1e3", 1000.0), ("+.5", 0.5)] {
            assert_eq!(real(text), Read::Fits(Value::Real(number)), "{text}");
        }
        for text in ["1,234", "12%", "0x10", "nan", "inf", "约40", "1 2", "--1", "e", "1e999"] {
            assert_eq!(real(text), Read::Mistyped(text.into()), "{text}");
        }
        assert_eq!(real("  "), Read::Fits(Value::Null));
    }

    #[test]
    fn numbers_keep_their_value_or_are_reported() {
        use ValueKind::{Bool, Int, Real, Text};
        assert_eq!(read(Int, ValueRef::Real(3.0)), Read::Fits(Value::Int(3)));
        assert_eq!(read(Int, ValueRef::Real(3.5)), Read::Mistyped("3.5".into()));
        assert_eq!(read(Int, ValueRef::Text(b"9223372036854775808")), Read::Mistyped("9223372036854775808".into()));
        assert_eq!(read(Real, ValueRef::Real(f64::INFINITY)), Read::Mistyped("inf".into()));
        assert_eq!(read(Bool, ValueRef::Integer(1)), Read::Fits(Value::Bool(true)));
        assert_eq!(read(Bool, ValueRef::Integer(2)), Read::Mistyped("2".into()));
        assert_eq!(read(Bool, ValueRef::Text(b"False")), Read::Fits(Value::Bool(false)));
        assert_eq!(read(Text, ValueRef::Integer(701)), Read::Fits(Value::text("701")));
        assert_eq!(read(Text, ValueRef::Blob(b"abc")), Read::Mistyped("3 bytes".into()));
    }

    #[test]
    fn text_from_shapefiles_is_decoded_as_gb_18030() {
        let gbk = [0xb9, 0xa4, 0xd2, 0xb5];
        assert_eq!(read(ValueKind::Text, ValueRef::Text(&gbk)), Read::Recoded(Value::text("工业")));
        let neither = [b'a', 0xff, b'b'];
        assert_eq!(read(ValueKind::Text, ValueRef::Text(&neither)), Read::Recoded(Value::text("a\u{fffd}b")));
    }

    #[test]
    fn repeated_texts_are_stored_once() {
        let mut column = ColumnReader::new(ValueKind::Text);
        let mut next = || match column.read(ValueRef::Text("工业".as_bytes())) {
            Read::Fits(Value::Text(text)) => text,
            other => panic!("{other:?}"),
        };
        assert!(Arc::ptr_eq(&next(), &next()));
    }

    #[test]
    fn texts_that_never_repeat_are_read_alike() {
        let mut column = ColumnReader::new(ValueKind::Text);
        for number in 0..3 * ENOUGH_ASKED {
            let text = format!("图斑{number}");
            assert_eq!(column.read(ValueRef::Text(text.as_bytes())), Read::Fits(Value::text(text)));
        }
        assert_eq!(column.asked, ENOUGH_ASKED);
        let gbk = [0xb9, 0xa4, 0xd2, 0xb5];
        assert_eq!(column.read(ValueRef::Text(&gbk)), Read::Recoded(Value::text("工业")));
    }
}
