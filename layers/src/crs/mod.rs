//! Coordinate reference systems: from what a GeoPackage declares to longitude and latitude, and
//! back to a plane where one is needed.
//!
//! Longitude and latitude are degrees on WGS 84, with CGCS2000, ETRS89, NAD83, TWD97 and the other
//! realisations within a metre taken as the same. A CRS whose datum would need a transformation
//! that nobody declared is refused ([`CrsError::NeedsTransform`]): a parcel a hundred metres off is
//! worse than no parcel. The axis order is always east or longitude first, as GeoPackage blobs have
//! it whatever the authority says (OGC 12-128r19, §2.1.3, note on axis order).

mod datum;
mod declared;
mod disagreeing;
mod extent;
mod planar;
mod runs;
mod wkt;

use std::fmt;

use geo::{Coord, Geometry};
use proj4rs::Proj;
use proj4rs::transform::transform;

pub use datum::Shift;
pub use declared::Declaration;
pub use extent::Extent;
pub use planar::Planar;

/// A transformation from one CRS to lon/lat degrees.
#[derive(Clone)]
pub struct ToLonLat {
    name: String,
    area_of_use: Option<Extent>,
    shift: Shift,
    method: Method,
}

/// A transformation from lon/lat degrees to one CRS.
#[derive(Clone)]
pub struct FromLonLat {
    name: String,
    method: Method,
}

#[derive(Clone)]
enum Method {
    /// The CRS is longitude and latitude already, in units of so many degrees.
    Degrees(f64),
    /// Everything else.
    Proj { crs: Box<Proj>, lon_lat: Box<Proj> },
}

/// Why coordinates of a CRS cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CrsError {
    /// Neither the registry nor the file says what it is.
    #[error("{name} is not in the registry of reference systems; declare the EPSG code of a system that is")]
    Unknown {
        /// The code or name as written.
        name: String,
    },
    /// The file says that it does not know (srs_id 0 or -1, OGC 12-128r19 table 3).
    #[error("the reference system is undefined (srs_id {srs_id}); declare the EPSG code that the data have")]
    Undefined {
        /// 0 or -1.
        srs_id: i64,
    },
    /// The datum is not WGS 84 within a metre and no usable shift is known.
    #[error("{name} needs a declared transform: its way to WGS 84 is not known ({datum})")]
    NeedsTransform {
        /// The CRS.
        name: String,
        /// Its datum or ellipsoid, or what else is uncertain.
        datum: String,
    },
    /// Geocentric X, Y, Z are no map coordinates.
    #[error("{name} is geocentric (X, Y, Z) and needs a declared transform")]
    Geocentric {
        /// The CRS.
        name: String,
    },
    /// A projection or parameter that is not implemented.
    #[error("{name} uses {what}, which is not supported; reproject the data first")]
    Unsupported {
        /// The CRS.
        name: String,
        /// The projection, method or parameter.
        what: String,
    },
    /// The definition cannot be parsed.
    #[error("the definition of {name} cannot be read: {problem}")]
    Definition {
        /// The CRS.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A coordinate for which the projection has no answer, or one outside the world.
    #[error("coordinate {x} {y} lies outside {name}; is this the reference system of the data?")]
    Outside {
        /// East or longitude, in the units of the CRS.
        x: f64,
        /// North or latitude, in the units of the CRS.
        y: f64,
        /// The CRS.
        name: String,
    },
}

/// Coordinates this far outside ±180 or ±90 degrees are rounding, not error (0.1 m).
const EDGE_DEGREES: f64 = 1e-6;

/// WGS 84 as proj4rs wants it.
const LON_LAT: &str = "+proj=longlat +datum=WGS84 +no_defs";

impl ToLonLat {
    /// The transformation for an EPSG code.
    ///
    /// # Errors
    /// [`CrsError::Unknown`] if the registry (`crs-definitions`) lacks the code, else the reason
    /// for which it cannot be used.
    ///
    /// # Examples
    /// ```
    /// use geo::coord;
    /// use layers::crs::ToLonLat;
    /// let zone = ToLonLat::from_epsg(4548)?;
    /// let point = zone.point(coord! { x: 426135.858, y: 4867567.187 })?;
    /// assert!((point.x - 116.08).abs() < 1e-8 && (point.y - 43.94).abs() < 1e-8);
    /// # Ok::<(), layers::crs::CrsError>(())
    /// ```
    pub fn from_epsg(code: u16) -> Result<Self, CrsError> {
        let name = format!("EPSG:{code}");
        let Some(definition) = crs_definitions::from_code(code) else { return Err(CrsError::Unknown { name }) };
        if disagreeing::lies_elsewhere(code) {
            return Err(CrsError::NeedsTransform { name, datum: "PROJ puts it more than 10 m elsewhere".into() });
        }
        let unit = declared::degrees_per_unit(definition.proj4, definition.wkt);
        let found = Self::from_proj(name, definition.proj4, unit)?;
        Ok(Self { area_of_use: extent::of_code(code).or(found.area_of_use), ..found })
    }

    /// The transformation for a PROJ string; a geographic one counts in units of `unit` degrees.
    pub(crate) fn from_proj(name: String, definition: &str, unit: f64) -> Result<Self, CrsError> {
        let shift = datum::shift(&name, definition)?;
        let crs = parse(&name, definition)?;
        let plain = crs.is_latlong() && shift == Shift::None && crs.from_greenwich() == 0.0;
        let method = if plain {
            Method::Degrees(unit)
        } else if crs.is_latlong() && unit != 1.0 {
            return Err(CrsError::Unsupported { name, what: "an angular unit other than degrees".into() });
        } else if !crs.has_inverse() {
            return Err(CrsError::Unsupported { name, what: format!("the projection {}", crs.projname()) });
        } else {
            Method::Proj { crs: Box::new(crs), lon_lat: Box::new(parse("lon/lat", LON_LAT)?) }
        };
        Ok(Self { area_of_use: extent::of_definition(definition), name, shift, method })
    }

    /// The CRS, as messages name it: `EPSG:4548`, or the name in its definition.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the CRS is meant to be used, if that is known and not all the world.
    pub fn area_of_use(&self) -> Option<Extent> {
        self.area_of_use
    }

    /// How the datum is brought to WGS 84.
    pub fn shift(&self) -> Shift {
        self.shift
    }

    /// One point, to degrees.
    ///
    /// # Errors
    /// [`CrsError::Outside`] if the projection has no answer there, or the answer is not on Earth.
    pub fn point(&self, point: Coord<f64>) -> Result<Coord<f64>, CrsError> {
        let outside = || CrsError::Outside { x: point.x, y: point.y, name: self.name.clone() };
        let there = match &self.method {
            Method::Degrees(unit) => Coord { x: point.x * unit, y: point.y * unit },
            Method::Proj { crs, lon_lat } => {
                let is_latlong = crs.is_latlong();
                let mut xyz = if is_latlong {
                    (point.x.to_radians(), point.y.to_radians(), 0.0)
                } else {
                    (point.x, point.y, 0.0)
                };
                transform(crs, lon_lat, &mut xyz).map_err(|_| outside())?;
                Coord { x: xyz.0.to_degrees(), y: xyz.1.to_degrees() }
            }
        };
        // Written so that NaN fails too.
        if there.x.abs() <= 180.0 + EDGE_DEGREES && there.y.abs() <= 90.0 + EDGE_DEGREES {
            Ok(Coord { x: there.x.clamp(-180.0, 180.0), y: there.y.clamp(-90.0, 90.0) })
        } else {
            Err(outside())
        }
    }

    /// A whole geometry, in place. After an error its coordinates are of no use.
    ///
    /// # Errors
    /// As [`ToLonLat::point`], for the first coordinate that fails.
    pub fn geometry(&self, geometry: &mut Geometry<f64>) -> Result<(), CrsError> {
        let is_lon_lat = matches!(self.method, Method::Degrees(1.0));
        runs::try_each_run(geometry, &mut |run| {
            // What is in degrees and on Earth stays as it is.
            if is_lon_lat && run.iter().all(|point| point.x.abs() <= 180.0 && point.y.abs() <= 90.0) {
                return Ok(());
            }
            run.iter_mut().try_for_each(|point| {
                *point = self.point(*point)?;
                Ok(())
            })
        })
    }
}

impl FromLonLat {
    /// The transformation to an EPSG code.
    ///
    /// # Errors
    /// As [`ToLonLat::from_epsg`].
    pub fn to_epsg(code: u16) -> Result<Self, CrsError> {
        let there = ToLonLat::from_epsg(code)?;
        if let Method::Proj { crs, .. } = &there.method
            && !crs.has_forward()
        {
            return Err(CrsError::Unsupported { name: there.name, what: format!("the projection {}", crs.projname()) });
        }
        Ok(Self { name: there.name, method: there.method })
    }

    /// Whether the CRS is longitude and latitude itself, no plane.
    pub fn is_in_degrees(&self) -> bool {
        match &self.method {
            Method::Degrees(_) => true,
            Method::Proj { crs, .. } => crs.is_latlong(),
        }
    }

    /// One point in lon/lat degrees, to the units of the CRS, east first.
    ///
    /// # Errors
    /// [`CrsError::Outside`] if the projection has no answer there.
    pub fn point(&self, point: Coord<f64>) -> Result<Coord<f64>, CrsError> {
        match &self.method {
            Method::Degrees(unit) => Ok(Coord { x: point.x / unit, y: point.y / unit }),
            Method::Proj { crs, lon_lat } => {
                let mut xyz = (point.x.to_radians(), point.y.to_radians(), 0.0);
                let done = transform(lon_lat, crs, &mut xyz);
                if done.is_err() || !xyz.0.is_finite() || !xyz.1.is_finite() {
                    return Err(CrsError::Outside { x: point.x, y: point.y, name: self.name.clone() });
                }
                let degrees = crs.is_latlong();
                let out = |value: f64| if degrees { value.to_degrees() } else { value };
                Ok(Coord { x: out(xyz.0), y: out(xyz.1) })
            }
        }
    }

    /// A whole geometry, in place. After an error its coordinates are of no use.
    ///
    /// # Errors
    /// As [`FromLonLat::point`], for the first coordinate that fails.
    pub fn geometry(&self, geometry: &mut Geometry<f64>) -> Result<(), CrsError> {
        runs::try_each_run(geometry, &mut |run| {
            run.iter_mut().try_for_each(|point| {
                *point = self.point(*point)?;
                Ok(())
            })
        })
    }
}

/// What the registry calls an EPSG code (`CGCS2000 / 3-degree Gauss-Kruger CM 117E`).
pub fn name_of_epsg(code: u16) -> Option<&'static str> {
    let wkt = crs_definitions::from_code(code)?.wkt;
    wkt.split('"').nth(1).filter(|name| !name.is_empty())
}

/// The transformation from lon/lat degrees to an EPSG code.
///
/// # Errors
/// As [`ToLonLat::from_epsg`].
pub fn from_lon_lat(code: u16) -> Result<FromLonLat, CrsError> {
    FromLonLat::to_epsg(code)
}

fn parse(name: &str, definition: &str) -> Result<Proj, CrsError> {
    Proj::from_proj_string(definition)
        .map_err(|problem| CrsError::Unsupported { name: name.to_owned(), what: format!("{definition} ({problem})") })
}

impl fmt::Debug for ToLonLat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToLonLat").field("name", &self.name).field("shift", &self.shift).finish_non_exhaustive()
    }
}

impl fmt::Debug for FromLonLat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromLonLat").field("name", &self.name).finish_non_exhaustive()
    }
}
