//! Counts and hectares of the classes of a layer: of all of it, of what a filter leaves, of a view.
//!
//! A feature that touches the view counts whole, so a view that holds everything gives the totals of
//! the tables. Nothing is taken from tiles.

use std::collections::{BTreeMap, BTreeSet};

use geo::{Coord, Intersects, Rect};
use geozero::ToGeo;
use geozero::wkb::GpkgWkb;
use rusqlite::types::Value as Sql;
use rusqlite::{Row, params_from_iter};

use super::{Findings, FindingsError, Table, in_box_columns, value};
use crate::feature::{Value, ValueKind};
use crate::gpkg::{GEOMETRY, quoted, rtree_name};
use crate::measure::HectareSum;

/// An attribute with more values than this is none to add up by.
const MOST_ROWS: usize = 1000;

/// What is to be added up.
#[derive(Clone, Debug, Default)]
pub struct TotalsQuery {
    /// The tile layer.
    pub layer: String,
    /// The attribute whose values are the rows; `None`: only the sum of all.
    pub by: Option<String>,
    /// Conditions that all must hold.
    pub conditions: Vec<Condition>,
    /// `[west, south, east, north]` in degrees that features must touch.
    pub bounds: Option<[f64; 4]>,
}

/// An attribute that must have one of several values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The attribute.
    pub attribute: String,
    /// Its values as text: `true`, `3`, `education`. An empty one: it may be absent.
    pub values: Vec<String>,
}

/// What was added up.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// A row a value in ascending order, what was not assessed last.
    pub rows: Vec<(Option<Value>, Total)>,
    /// All rows together.
    pub total: Total,
}

/// A sum over features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// Patches or pieces, counted as the tables do; `None` where features do not tell.
    pub count: Option<u64>,
    /// Hectares; `None` where the layer has no areas.
    pub area: Option<HectareSum>,
}

/// Why nothing can be added up.
#[derive(Debug, thiserror::Error)]
pub enum TotalsError {
    /// There is no such layer.
    #[error("there is no layer `{0}`")]
    Layer(String),
    /// The layer has no such attribute.
    #[error("layer `{layer}` has no attribute `{attribute}`; it has: {known}")]
    Attribute {
        /// The layer.
        layer: String,
        /// As asked for.
        attribute: String,
        /// Those there are.
        known: String,
    },
    /// A value is none that the attribute can have.
    #[error("attribute `{attribute}` cannot be `{value}`")]
    Value {
        /// The attribute.
        attribute: String,
        /// As asked for.
        value: String,
    },
    /// The attribute is no class: nearly every feature has a value of its own.
    #[error("attribute `{attribute}` has more than {MOST_ROWS} values, which are no classes")]
    Rows {
        /// The attribute.
        attribute: String,
    },
    /// The file.
    #[error(transparent)]
    Findings(#[from] FindingsError),
}

impl From<rusqlite::Error> for TotalsError {
    fn from(cause: rusqlite::Error) -> Self {
        Self::Findings(cause.into())
    }
}

/// How the features of a layer make the count of its table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counting {
    /// Each is one.
    Features,
    /// Pieces of one patch with one planned use are one (RULES 1.4).
    PatchesByType,
    /// They are pieces, and the table counts patches that they do not name.
    Unknown,
}

impl Counting {
    fn of(table: &Table) -> Self {
        match table.name.as_str() {
            "changes" => Self::Unknown,
            "conflicts" => Self::PatchesByType,
            _ => Self::Features,
        }
    }
}

#[derive(Default)]
struct Sum {
    features: u64,
    area: HectareSum,
    counted: BTreeSet<(String, String)>,
}

impl Sum {
    fn total(&self, counting: Counting, has_area: bool) -> Total {
        let count = match counting {
            Counting::Features => Some(self.features),
            Counting::PatchesByType => Some(self.counted.len() as u64),
            Counting::Unknown => None,
        };
        Total { count, area: has_area.then_some(self.area) }
    }
}

impl Findings {
    /// Adds up the features of a layer.
    ///
    /// # Errors
    /// [`TotalsError`] where layer, attribute or value are none that there are, or the file cannot be read.
    pub fn totals(&self, query: &TotalsQuery) -> Result<Totals, TotalsError> {
        let table = self.table(&query.layer).ok_or_else(|| TotalsError::Layer(query.layer.clone()))?;
        let by = query.by.as_deref().map(|name| column(table, name)).transpose()?;
        let mut parameters: Vec<Sql> = Vec::new();
        let mut conditions = Vec::new();
        for condition in &query.conditions {
            conditions.push(sql_of(table, condition, &mut parameters)?);
        }
        let (counting, has_area) = (Counting::of(table), table.columns.iter().any(|(name, _)| name == "area_ha"));
        let text = statement(table, query, counting, has_area, &conditions, &mut parameters);
        let mut statement = self.connection.prepare_cached(&text)?;
        let mut rows = statement.query(params_from_iter(parameters))?;
        let (mut classes, mut whole) = (BTreeMap::<Key, Sum>::new(), Sum::default());
        while let Some(row) = rows.next()? {
            if !touches(row, query.bounds, &table.name)? {
                continue;
            }
            if classes.len() > MOST_ROWS {
                return Err(TotalsError::Rows { attribute: query.by.clone().unwrap_or_default() });
            }
            let area: f64 = row.get::<_, Option<f64>>(2)?.unwrap_or_default();
            let pair: Option<(String, String)> = match counting {
                Counting::PatchesByType => Some((row.get(3)?, row.get(4)?)),
                _ => None,
            };
            let class = by.map(|(_, kind)| Ok::<_, rusqlite::Error>(value(row.get_ref(1)?, *kind))).transpose()?;
            let class = class.map(|value| classes.entry(Key::of(value)).or_default());
            for sum in [Some(&mut whole), class].into_iter().flatten() {
                sum.features += 1;
                sum.area.add(area);
                sum.counted.extend(pair.clone());
            }
        }
        let rows = classes.into_iter().map(|(key, sum)| (key.0, sum.total(counting, has_area))).collect();
        Ok(Totals { rows, total: whole.total(counting, has_area) })
    }
}

/// A value that can be sorted, the absent one last.
struct Key(Option<Value>);

impl Key {
    fn of(value: Value) -> Self {
        Self((!value.is_null()).then_some(value))
    }

    fn order(&self) -> (u8, f64, &str) {
        match &self.0 {
            Some(Value::Bool(truth)) => (0, f64::from(u8::from(*truth)), ""),
            Some(Value::Int(number)) => (1, *number as f64, ""),
            Some(Value::Real(number)) => (1, *number, ""),
            Some(Value::Text(text)) => (2, 0.0, text),
            Some(Value::Null) | None => (3, 0.0, ""),
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let ((a, b, c), (x, y, z)) = (self.order(), other.order());
        a.cmp(&x).then(b.total_cmp(&y)).then(c.cmp(z))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key {}

fn column<'t>(table: &'t Table, name: &str) -> Result<&'t (String, ValueKind), TotalsError> {
    let found = table.columns.iter().find(|(known, _)| known == name);
    found.ok_or_else(|| TotalsError::Attribute {
        layer: table.name.clone(),
        attribute: name.to_owned(),
        known: table.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "),
    })
}

/// A condition in SQL; its values go to the parameters.
fn sql_of(table: &Table, condition: &Condition, parameters: &mut Vec<Sql>) -> Result<String, TotalsError> {
    let (name, kind) = column(table, &condition.attribute)?;
    let column = format!("f.{}", quoted(name));
    let mut places = Vec::new();
    for text in condition.values.iter().filter(|text| !text.is_empty()) {
        let bad = || TotalsError::Value { attribute: name.clone(), value: text.clone() };
        parameters.push(match kind {
            ValueKind::Bool => Sql::Integer(i64::from(text.parse::<bool>().map_err(|_| bad())?)),
            ValueKind::Int => Sql::Integer(text.parse().map_err(|_| bad())?),
            ValueKind::Real => Sql::Real(text.parse().map_err(|_| bad())?),
            ValueKind::Text => Sql::Text(text.clone()),
        });
        places.push(format!("?{}", parameters.len()));
    }
    let listed = format!("{column} IN ({})", places.join(", "));
    let may_be_absent = condition.values.iter().any(String::is_empty);
    Ok(if may_be_absent { format!("({listed} OR {column} IS NULL)") } else { listed })
}

/// Columns: fid, class, hectares, patch, type, geometry and, with a view, the box of the feature.
fn statement(
    table: &Table,
    query: &TotalsQuery,
    counting: Counting,
    has_area: bool,
    conditions: &[String],
    parameters: &mut Vec<Sql>,
) -> String {
    let class = query.by.as_deref().map_or("NULL".to_owned(), |name| format!("f.{}", quoted(name)));
    let area = if has_area { "f.area_ha" } else { "NULL" };
    let pair = if counting == Counting::PatchesByType { "f.parcel, f.type" } else { "NULL, NULL" };
    let name = quoted(&table.name);
    let mut text = format!("SELECT f.fid, {class}, {area}, {pair}");
    let mut conditions = conditions.to_vec();
    match query.bounds {
        None => text += &format!(" FROM {name} f"),
        Some([west, south, east, north]) => {
            let first = parameters.len() + 1;
            parameters.extend([west, east, south, north].map(Sql::Real));
            let rtree = quoted(&rtree_name(&table.name, GEOMETRY));
            text += &format!(", f.geom, r.minx, r.maxx, r.miny, r.maxy FROM {rtree} r JOIN {name} f ON f.fid = r.id");
            conditions.push(in_box_columns("r", first));
        }
    }
    if !conditions.is_empty() {
        text += &format!(" WHERE {}", conditions.join(" AND "));
    }
    text
}

/// Whether a row's feature touches the view. Where its box lies inside, nobody needs its geometry.
fn touches(row: &Row<'_>, bounds: Option<[f64; 4]>, table: &str) -> Result<bool, TotalsError> {
    let Some([west, south, east, north]) = bounds else { return Ok(true) };
    let [min_x, max_x, min_y, max_y]: [f64; 4] = [row.get(6)?, row.get(7)?, row.get(8)?, row.get(9)?];
    if min_x >= west && max_x <= east && min_y >= south && max_y <= north {
        return Ok(true);
    }
    let blob = row.get_ref(5)?.as_blob().map_err(rusqlite::Error::from)?;
    let broken = |fid| FindingsError::Geometry { table: table.to_owned(), row: fid };
    let fid: i64 = row.get(0)?;
    let geometry = GpkgWkb(blob).to_geo().map_err(|_| broken(fid))?;
    let view = Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north });
    Ok(geometry.intersects(&view))
}
