//! What reading a GeoPackage table gives: a [`Layer`] of [`Feature`]s in lon/lat, and a
//! [`ReadReport`] of everything that was repaired or left out on the way.

use std::path::PathBuf;
use std::sync::Arc;

use geo::Geometry;
use serde::Serialize;

use crate::SquareMetres;

/// One attribute value; `Null` means "not recorded", never zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Not recorded, or not assessed.
    #[default]
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction; always finite.
    Real(f64),
    /// Text; shared, because codes repeat.
    Text(Arc<str>),
}

/// The type of a whole column. Tiles and tables carry one type per column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ValueKind {
    /// Truth values.
    Bool,
    /// Whole numbers.
    Int,
    /// Numbers with a fraction.
    Real,
    /// Text, dates included (ISO 8601).
    Text,
}

impl Value {
    /// Text from anything that can be shared.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// The text, if this is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if this is a number of either kind.
    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            Self::Int(number) => Some(number as f64),
            Self::Real(number) => Some(number),
            _ => None,
        }
    }

    /// Whether nothing is recorded.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl std::fmt::Display for Value {
    /// Writes the value as a person would type it; nothing for [`Value::Null`].
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(truth) => write!(f, "{truth}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Real(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}
impl From<f64> for Value {
    /// A number that is not finite says nothing, so it becomes [`Value::Null`].
    fn from(number: f64) -> Self {
        if number.is_finite() { Self::Real(number) } else { Self::Null }
    }
}
impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}
impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        Self::Text(text)
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

/// A named, typed attribute column of a [`Layer`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// The name as written in the source, any script.
    pub name: String,
    /// The type all its values have (or are null).
    pub kind: ValueKind,
}

/// One row of a feature table.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// The row id in the source table (`fid`, or the row number of a view, from 1): for messages
    /// and for order, not a key (it changes between deliveries).
    pub row: i64,
    /// Longitude and latitude in degrees (CGCS2000 and WGS 84 are taken as one), valid, 2D.
    pub geometry: Geometry<f64>,
    /// One value per column of the layer, in its order.
    pub values: Vec<Value>,
}

/// Where a layer was read from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct SourceTable {
    /// The GeoPackage.
    pub file: PathBuf,
    /// The table or view in it.
    pub table: String,
}

/// A feature table, read, reprojected and repaired.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Where it came from.
    pub source: SourceTable,
    /// Its attribute columns (neither the primary key nor the geometry is among them).
    pub columns: Vec<Column>,
    /// Its rows in ascending row order.
    pub features: Vec<Feature>,
    /// What had to be repaired or skipped.
    pub report: ReadReport,
}

impl std::fmt::Display for SourceTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, table {}", self.file.display(), self.table)
    }
}

impl Layer {
    /// The place of the column with that name: exact first, then without regard to ASCII case.
    pub fn column(&self, name: &str) -> Option<usize> {
        let exact = self.columns.iter().position(|column| column.name == name);
        exact.or_else(|| self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name)))
    }
}

/// What reading one table met. `rows == read + skipped.len()` always holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ReadReport {
    /// Rows in the table.
    pub rows: u64,
    /// Rows that became features.
    pub read: u64,
    /// Geometries that were invalid and were repaired.
    pub repaired: Vec<Repair>,
    /// Rows that could not become features.
    pub skipped: Vec<Skip>,
    /// Values that do not fit the type of their column and became null: the first
    /// [`ReadReport::LISTED`] of them, in row order.
    pub mistyped: Vec<Mistyped>,
    /// How many values were mistyped in all.
    pub mistyped_total: u64,
    /// Texts that were not UTF-8: the first [`ReadReport::LISTED`] of them, in row order.
    pub recoded: Vec<Recoded>,
    /// How many texts were recoded in all.
    pub recoded_total: u64,
    /// How the rows lie in the reference system that was declared.
    pub placing: Placing,
}

/// How rows lie in the reference system that was declared for them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Placing {
    /// The system: `EPSG:4548`, or the name in its definition.
    pub system: String,
    /// `[west, south, east, north]` in degrees: where the system is meant to be used, if that is known.
    pub area_of_use: Option<[f64; 4]>,
    /// Rows that begin outside the area of use by more than [`Placing::MARGIN`], or for whose
    /// coordinates the system has no place on Earth.
    pub outside: u64,
    /// Of these, rows that would begin inside if east and north changed places.
    pub swapped: u64,
    /// The first [`ReadReport::LISTED`] of them, in row order.
    pub listed: Vec<Misplaced>,
}

/// One row outside the area of use of its reference system.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Misplaced {
    /// The row id in the source table.
    pub row: i64,
    /// Its first coordinates as stored, in the units of the reference system.
    pub stored: [f64; 2],
    /// The same in lon/lat degrees; `None` if that is nowhere.
    pub lon_lat: Option<[f64; 2]>,
}

impl Placing {
    /// Degrees by which a row may lie outside the area of use: a municipality that spans two zones
    /// is kept in one of them.
    pub const MARGIN: f64 = 1.0;

    /// Whether a point in degrees lies in the area of use or near it; everywhere if it is not known.
    pub(crate) fn holds(area_of_use: Option<[f64; 4]>, lon: f64, lat: f64) -> bool {
        area_of_use.is_none_or(|[west, south, east, north]| {
            let margin = Self::MARGIN;
            (west - margin..=east + margin).contains(&lon) && (south - margin..=north + margin).contains(&lat)
        })
    }

    /// Adds what was met in the rows that follow.
    fn append(&mut self, mut next: Self) {
        self.outside += next.outside;
        self.swapped += next.swapped;
        self.listed.append(&mut next.listed);
        self.listed.truncate(ReadReport::LISTED);
    }
}

impl ReadReport {
    /// So many values are listed one by one; the rest are only counted.
    pub const LISTED: usize = 100;

    /// Counts a mistyped value, and lists it if there is room.
    pub(crate) fn mistyped(&mut self, entry: impl FnOnce() -> Mistyped) {
        self.mistyped_total += 1;
        if self.mistyped.len() < Self::LISTED {
            self.mistyped.push(entry());
        }
    }

    /// Counts a recoded text, and lists it if there is room.
    pub(crate) fn recoded(&mut self, entry: impl FnOnce() -> Recoded) {
        self.recoded_total += 1;
        if self.recoded.len() < Self::LISTED {
            self.recoded.push(entry());
        }
    }

    /// Adds the report on the rows that follow.
    pub(crate) fn append(&mut self, mut next: Self) {
        self.rows += next.rows;
        self.read += next.read;
        self.repaired.append(&mut next.repaired);
        self.skipped.append(&mut next.skipped);
        self.mistyped_total += next.mistyped_total;
        self.mistyped.append(&mut next.mistyped);
        self.mistyped.truncate(Self::LISTED);
        self.recoded_total += next.recoded_total;
        self.recoded.append(&mut next.recoded);
        self.recoded.truncate(Self::LISTED);
        self.placing.append(next.placing);
    }
}

/// A value that does not fit the type of its column ("约40" among numbers) and was read as null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mistyped {
    /// The row id in the source table.
    pub row: i64,
    /// The column.
    pub column: String,
    /// What is stored there.
    pub text: String,
}

/// A text that was not UTF-8 and was read as GB 18030, which shapefiles from China often hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recoded {
    /// The row id in the source table.
    pub row: i64,
    /// The column.
    pub column: String,
    /// How it was read.
    pub text: String,
}

/// One geometry that was invalid and was made valid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Repair {
    /// The row id in the source table.
    pub row: i64,
    /// What was wrong, in words ("ring 0 crosses itself near 116.08, 43.94").
    pub reason: String,
    /// Its area as drawn (signed rings summed).
    pub area_before: SquareMetres,
    /// Its area after repair.
    pub area_after: SquareMetres,
}

/// One row that was left out, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Skip {
    /// The row id in the source table.
    pub row: i64,
    /// Why, in words ("geometry is NULL", "unknown WKB type 1014").
    pub reason: String,
}
