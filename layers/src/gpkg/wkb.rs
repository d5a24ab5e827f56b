//! Well-known binary to [`geo`] geometries, bounded in memory and depth whatever the bytes say.
//!
//! Own code, because the blobs come from strangers: every count is checked against the bytes that
//! are left before anything is allocated. Z and M are dropped, arcs become chords
//! ([`super::curve`]), and empty parts vanish. Rings that are not closed are closed.
//!
//! References: OGC 06-103r4 §8.2 and ISO 13249-3 §5.1.46 (type codes, +1000 Z, +2000 M, +3000 ZM);
//! PostGIS EWKB (high bits for Z, M and SRID), which some writers put into GeoPackages.

use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

use super::curve;

/// Why well-known binary cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(super) enum WkbError {
    /// The bytes end before the geometry does, or a count promises more than there is.
    #[error("geometry ends too early ({missing} bytes are missing at byte {at})")]
    Truncated {
        /// Where in the WKB.
        at: usize,
        /// How many bytes more it would take.
        missing: u64,
    },
    /// A byte-order mark other than 0 and 1.
    #[error("geometry with byte order mark {0}")]
    ByteOrder(u8),
    /// A code that no standard assigns.
    #[error("unknown WKB type {0}")]
    UnknownType(u32),
    /// A type that is known and not supported.
    #[error("geometry of type {0} is not supported")]
    Unsupported(&'static str),
    /// A part of a type that its collection cannot hold.
    #[error("a {outer} cannot hold a {inner}")]
    WrongPart {
        /// The collection.
        outer: &'static str,
        /// The part.
        inner: &'static str,
    },
    /// A coordinate that is not a number or not finite.
    #[error("coordinate {index} is not finite ({x} {y})")]
    NotFinite {
        /// Which, counted from 0 over the geometry.
        index: usize,
        /// Its x.
        x: f64,
        /// Its y.
        y: f64,
    },
    /// Collections nested deeper than any real data.
    #[error("geometry is nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
}

/// Collections may nest this deep.
const MAX_DEPTH: usize = 16;
/// The smallest geometry: byte order, type, count.
const SMALLEST_PART: usize = 9;

/// Decodes one geometry; `None` if it holds no coordinates.
///
/// `CurvePolygon`, `MultiSurface` and their like come out as the polygons and lines that approach
/// them. Bytes after the geometry are ignored, as other readers do.
///
/// # Errors
/// [`WkbError`].
pub(super) fn decode(bytes: &[u8]) -> Result<Option<Geometry<f64>>, WkbError> {
    Reader { bytes, at: 0, little: true, coordinates: 0 }.geometry(0)
}

/// The types of ISO 13249-3, by code.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Type {
    Point,
    LineString,
    Polygon,
    MultiPoint,
    MultiLineString,
    MultiPolygon,
    GeometryCollection,
    CircularString,
    CompoundCurve,
    CurvePolygon,
    MultiCurve,
    MultiSurface,
}

impl Type {
    fn from_code(code: u32) -> Result<Self, WkbError> {
        Ok(match code {
            1 => Self::Point,
            2 => Self::LineString,
            3 => Self::Polygon,
            4 => Self::MultiPoint,
            5 => Self::MultiLineString,
            6 => Self::MultiPolygon,
            7 => Self::GeometryCollection,
            8 => Self::CircularString,
            9 => Self::CompoundCurve,
            10 => Self::CurvePolygon,
            11 => Self::MultiCurve,
            12 => Self::MultiSurface,
            13 => return Err(WkbError::Unsupported("Curve")),
            14 => return Err(WkbError::Unsupported("Surface")),
            15 => return Err(WkbError::Unsupported("PolyhedralSurface")),
            16 => return Err(WkbError::Unsupported("TIN")),
            17 => return Err(WkbError::Unsupported("Triangle")),
            18 => return Err(WkbError::Unsupported("Circle")),
            19 => return Err(WkbError::Unsupported("GeodesicString")),
            20 => return Err(WkbError::Unsupported("EllipticalCurve")),
            21 => return Err(WkbError::Unsupported("NURBSCurve")),
            22 => return Err(WkbError::Unsupported("Clothoid")),
            23 => return Err(WkbError::Unsupported("SpiralCurve")),
            24 => return Err(WkbError::Unsupported("CompoundSurface")),
            other => return Err(WkbError::UnknownType(other)),
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Point => "Point",
            Self::LineString => "LineString",
            Self::Polygon => "Polygon",
            Self::MultiPoint => "MultiPoint",
            Self::MultiLineString => "MultiLineString",
            Self::MultiPolygon => "MultiPolygon",
            Self::GeometryCollection => "GeometryCollection",
            Self::CircularString => "CircularString",
            Self::CompoundCurve => "CompoundCurve",
            Self::CurvePolygon => "CurvePolygon",
            Self::MultiCurve => "MultiCurve",
            Self::MultiSurface => "MultiSurface",
        }
    }
}

/// What stands before the body of each geometry.
#[derive(Clone, Copy)]
struct Head {
    kind: Type,
    /// Numbers per coordinate: 2, 3 or 4.
    dimensions: usize,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    little: bool,
    /// Coordinates read so far, for messages.
    coordinates: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], WkbError> {
        let left = self.bytes.len() - self.at;
        let chunk = self.bytes[self.at..].first_chunk::<N>();
        let chunk = chunk.ok_or(WkbError::Truncated { at: self.at, missing: (N - left.min(N)) as u64 })?;
        self.at += N;
        Ok(*chunk)
    }

    fn number(&mut self) -> Result<u32, WkbError> {
        let bytes = self.take::<4>()?;
        Ok(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// A count of things that take at least `size` bytes each.
    fn count(&mut self, size: usize) -> Result<usize, WkbError> {
        let count = self.number()?;
        let (needed, left) = (u64::from(count) * size as u64, (self.bytes.len() - self.at) as u64);
        if needed > left {
            return Err(WkbError::Truncated { at: self.at, missing: needed - left });
        }
        Ok(count as usize)
    }

    fn head(&mut self) -> Result<Head, WkbError> {
        let [order] = self.take::<1>()?;
        self.little = match order {
            0 => false,
            1 => true,
            other => return Err(WkbError::ByteOrder(other)),
        };
        let code = self.number()?;
        let (has_z, has_m, has_srid) = (code & 0x8000_0000 != 0, code & 0x4000_0000 != 0, code & 0x2000_0000 != 0);
        if has_srid {
            self.number()?;
        }
        let iso = code & 0x1FFF_FFFF;
        let iso_dimensions = match iso / 1000 {
            0 => 2,
            1 | 2 => 3,
            3 => 4,
            _ => return Err(WkbError::UnknownType(code)),
        };
        let dimensions = iso_dimensions.max(2 + usize::from(has_z) + usize::from(has_m));
        let kind = Type::from_code(iso % 1000).map_err(|error| match error {
            WkbError::UnknownType(_) => WkbError::UnknownType(code),
            other => other,
        })?;
        Ok(Head { kind, dimensions })
    }

    fn raw_coordinate(&mut self, dimensions: usize) -> Result<Coord<f64>, WkbError> {
        let mut ordinates = [0.0; 4];
        for ordinate in &mut ordinates[..dimensions] {
            let bytes = self.take::<8>()?;
            *ordinate = if self.little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) };
        }
        self.coordinates += 1;
        Ok(Coord { x: ordinates[0], y: ordinates[1] })
    }

    fn coordinate(&mut self, dimensions: usize) -> Result<Coord<f64>, WkbError> {
        let Coord { x, y } = self.raw_coordinate(dimensions)?;
        if x.is_finite() && y.is_finite() {
            Ok(Coord { x, y })
        } else {
            Err(WkbError::NotFinite { index: self.coordinates - 1, x, y })
        }
    }

    fn coordinates(&mut self, dimensions: usize) -> Result<Vec<Coord<f64>>, WkbError> {
        let count = self.count(8 * dimensions)?;
        (0..count).map(|_| self.coordinate(dimensions)).collect()
    }

    fn geometry(&mut self, depth: usize) -> Result<Option<Geometry<f64>>, WkbError> {
        if depth > MAX_DEPTH {
            return Err(WkbError::TooDeep);
        }
        let head = self.head()?;
        Ok(match head.kind {
            Type::Point => self.point(head.dimensions)?.map(Geometry::Point),
            Type::LineString | Type::CircularString | Type::CompoundCurve => {
                self.curve_body(head, depth)?.map(Geometry::LineString)
            }
            Type::Polygon | Type::CurvePolygon => self.polygon_body(head, depth)?.map(Geometry::Polygon),
            Type::MultiPoint => {
                let point = |reader: &mut Self| {
                    let part = reader.head()?;
                    part.expect(Type::MultiPoint, &[Type::Point])?;
                    reader.point(part.dimensions)
                };
                some(self.parts(point)?).map(|points: Vec<Point<f64>>| MultiPoint(points).into())
            }
            Type::MultiLineString | Type::MultiCurve => {
                let curve = |reader: &mut Self| reader.curve(head.kind, depth + 1);
                some(self.parts(curve)?).map(|lines| MultiLineString(lines).into())
            }
            Type::MultiPolygon | Type::MultiSurface => {
                let surface = |reader: &mut Self| {
                    let part = reader.head()?;
                    let curved: &[Type] = if head.kind == Type::MultiSurface { &[Type::CurvePolygon] } else { &[] };
                    part.expect(head.kind, [&[Type::Polygon], curved].concat().as_slice())?;
                    reader.polygon_body(part, depth + 1)
                };
                some(self.parts(surface)?).map(|polygons| MultiPolygon(polygons).into())
            }
            Type::GeometryCollection => some(self.parts(|reader| reader.geometry(depth + 1))?)
                .map(|parts| Geometry::GeometryCollection(GeometryCollection(parts))),
        })
    }

    /// As many parts as the count says; the empty ones are left out.
    fn parts<T>(&mut self, mut part: impl FnMut(&mut Self) -> Result<Option<T>, WkbError>) -> Result<Vec<T>, WkbError> {
        let count = self.count(SMALLEST_PART)?;
        let mut parts = Vec::with_capacity(count);
        for _ in 0..count {
            parts.extend(part(self)?);
        }
        Ok(parts)
    }

    /// A point; NaN NaN is the empty one (OGC 12-128r19 §2.1.3.1.1).
    fn point(&mut self, dimensions: usize) -> Result<Option<Point<f64>>, WkbError> {
        let coordinate = self.raw_coordinate(dimensions)?;
        if coordinate.x.is_nan() && coordinate.y.is_nan() {
            return Ok(None);
        }
        if !coordinate.x.is_finite() || !coordinate.y.is_finite() {
            let Coord { x, y } = coordinate;
            return Err(WkbError::NotFinite { index: self.coordinates - 1, x, y });
        }
        Ok(Some(coordinate.into()))
    }

    /// A polygon's rings after its head: bare coordinates, or curves with heads of their own.
    fn polygon_body(&mut self, head: Head, depth: usize) -> Result<Option<Polygon<f64>>, WkbError> {
        let curved = head.kind == Type::CurvePolygon;
        let count = self.count(if curved { SMALLEST_PART } else { 4 })?;
        let mut exterior = None;
        let mut interiors = Vec::with_capacity(count.saturating_sub(1));
        for index in 0..count {
            let ring = if curved {
                self.curve(Type::CurvePolygon, depth + 1)?
            } else {
                let coordinates = self.coordinates(head.dimensions)?;
                (!coordinates.is_empty()).then(|| LineString::new(coordinates))
            };
            match (index, ring) {
                (0, ring) => exterior = ring,
                (_, Some(ring)) => interiors.push(ring),
                (_, None) => {}
            }
        }
        Ok(exterior.map(|exterior| Polygon::new(exterior, interiors)))
    }

    /// A curve with its own head, as part of something.
    fn curve(&mut self, outer: Type, depth: usize) -> Result<Option<LineString<f64>>, WkbError> {
        let part = self.head()?;
        let allowed: &[Type] = match outer {
            Type::MultiLineString => &[Type::LineString],
            Type::CompoundCurve => &[Type::LineString, Type::CircularString],
            _ => &[Type::LineString, Type::CircularString, Type::CompoundCurve],
        };
        part.expect(outer, allowed)?;
        self.curve_body(part, depth)
    }

    fn curve_body(&mut self, head: Head, depth: usize) -> Result<Option<LineString<f64>>, WkbError> {
        let coordinates = match head.kind {
            Type::CompoundCurve => {
                let mut joined: Vec<Coord<f64>> = Vec::new();
                for piece in self.parts(|reader| reader.curve(Type::CompoundCurve, depth + 1))? {
                    // Each piece starts where the last one ended.
                    let repeats = joined.last().is_some() && joined.last() == piece.0.first();
                    joined.extend(piece.0.into_iter().skip(usize::from(repeats)));
                }
                joined
            }
            Type::CircularString => curve::linearised(&self.coordinates(head.dimensions)?),
            _ => self.coordinates(head.dimensions)?,
        };
        Ok((!coordinates.is_empty()).then(|| LineString::new(coordinates)))
    }
}

impl Head {
    fn expect(self, outer: Type, allowed: &[Type]) -> Result<(), WkbError> {
        if allowed.contains(&self.kind) {
            Ok(())
        } else {
            Err(WkbError::WrongPart { outer: outer.name(), inner: self.kind.name() })
        }
    }
}

fn some<T>(parts: Vec<T>) -> Option<Vec<T>> {
    (!parts.is_empty()).then_some(parts)
}
