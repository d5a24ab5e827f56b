//! What an area that somebody drew holds of each layer: exactly cut, measured on the ellipsoid.

use std::collections::BTreeMap;

use geo::{BoundingRect, Coord, Geometry, MultiPolygon, Rect};
use rusqlite::params;

use super::{Findings, FindingsError, Found, in_box_columns};
use crate::SquareMetres;
use crate::feature::Value;
use crate::gpkg::{GEOMETRY, quoted, rtree_name};
use crate::measure::EqualAreaPlane;
use crate::measure::plane::plane_area;
use crate::overlay::{CoverLayer, Slivers};
use crate::schema::{GeometryKind, LAYERS};

/// An area that may hold more features than this is not cut.
pub const MOST_FEATURES: u64 = 20_000;

/// What an area holds.
#[derive(Clone, Debug)]
pub struct Inside {
    /// Its own size.
    pub area: SquareMetres,
    /// What it holds of each layer of areas, bottom layer first; layers of which it holds nothing too.
    pub layers: Vec<InsideLayer>,
}

/// What an area holds of one layer.
#[derive(Clone, Debug)]
pub struct InsideLayer {
    /// The layer.
    pub layer: String,
    /// The parts of its features that lie in the area, in the order of the layer. Where features
    /// overlap, the first has the land.
    pub parts: Vec<InsidePart>,
    /// What lies in none of them.
    pub uncovered: SquareMetres,
}

/// The part of a feature that lies in an area.
#[derive(Clone, Debug)]
pub struct InsidePart {
    /// Its attributes.
    pub attributes: BTreeMap<String, Value>,
    /// How much of it lies there.
    pub area: SquareMetres,
}

/// Why an area cannot be cut.
#[derive(Debug, thiserror::Error)]
pub enum InsideError {
    /// It may hold too much.
    #[error("the area may hold {count} features, more than {MOST_FEATURES}")]
    TooMuch {
        /// Features whose box touches its box.
        count: u64,
    },
    /// The file.
    #[error(transparent)]
    Findings(#[from] FindingsError),
}

impl From<rusqlite::Error> for InsideError {
    fn from(cause: rusqlite::Error) -> Self {
        Self::Findings(cause.into())
    }
}

impl Findings {
    /// Cuts a valid area in lon/lat degrees by every layer of areas.
    ///
    /// # Errors
    /// [`InsideError::TooMuch`] where that would take too long, or if the file cannot be read.
    pub fn inside(&self, land: &MultiPolygon<f64>) -> Result<Inside, InsideError> {
        let Some(bounds) = land.bounding_rect() else {
            return Ok(Inside { area: SquareMetres(0.0), layers: Vec::new() });
        };
        let is_of_areas = |name: &str| LAYERS.iter().any(|l| l.id == name && l.geometry == GeometryKind::Polygon);
        let tables: Vec<_> = self.tables.iter().filter(|table| is_of_areas(&table.name)).collect();
        let mut count = 0;
        for table in &tables {
            count += self.count_near(&table.name, bounds)?;
        }
        if count > MOST_FEATURES {
            return Err(InsideError::TooMuch { count });
        }
        let plane = EqualAreaPlane::around(bounds.center());
        let flat = plane.project_polygons(land);
        let mut layers = Vec::new();
        for table in tables {
            let (Coord { x: west, y: south }, Coord { x: east, y: north }) = (bounds.min(), bounds.max());
            let near = self.within(&table.name, [west, south, east, north])?;
            let (near, areas): (Vec<Found>, Vec<MultiPolygon<f64>>) = near
                .into_iter()
                .filter_map(|found| {
                    let area = polygons(&found.geometry)?;
                    Some((found, plane.project_polygons(&area)))
                })
                .unzip();
            let cover = CoverLayer::new(&areas).cut(&flat, Slivers::Keep);
            let part = |part: &crate::overlay::Part| InsidePart {
                attributes: near[part.by].attributes.iter().cloned().collect(),
                area: SquareMetres(part.area),
            };
            layers.push(InsideLayer {
                layer: table.name.clone(),
                parts: cover.parts.iter().map(part).collect(),
                uncovered: SquareMetres(cover.uncovered_area),
            });
        }
        Ok(Inside { area: plane_area(&flat), layers })
    }

    fn count_near(&self, table: &str, bounds: Rect<f64>) -> Result<u64, rusqlite::Error> {
        let rtree = quoted(&rtree_name(table, GEOMETRY));
        let sql = format!("SELECT count(*) FROM {rtree} AS r WHERE {}", in_box_columns("r", 1));
        let (min, max) = (bounds.min(), bounds.max());
        let count: i64 = self.connection.query_row(&sql, params![min.x, max.x, min.y, max.y], |row| row.get(0))?;
        Ok(count as u64)
    }
}

fn polygons(geometry: &Geometry<f64>) -> Option<MultiPolygon<f64>> {
    match geometry {
        Geometry::Polygon(polygon) => Some(MultiPolygon(vec![polygon.clone()])),
        Geometry::MultiPolygon(polygons) => Some(polygons.clone()),
        _ => None,
    }
}
