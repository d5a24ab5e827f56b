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
use super::wkb_type::Type;

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
        if self.little && dimensions == 2 {
            let bytes = &self.bytes[self.at..self.at + 16 * count];
            let (pairs, _) = bytes.as_chunks::<16>();
            let coordinates: Vec<_> = pairs.iter().map(little_endian_pair).collect();
            if coordinates.iter().all(|at| at.x.is_finite() && at.y.is_finite()) {
                self.at += bytes.len();
                self.coordinates += count;
                return Ok(coordinates);
            }
        }
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

fn little_endian_pair(&[a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]: &[u8; 16]) -> Coord<f64> {
    Coord { x: f64::from_le_bytes([a, b, c, d, e, f, g, h]), y: f64::from_le_bytes([i, j, k, l, m, n, o, p]) }
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

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;
    use proptest::prelude::*;

    /// Bytes of a geometry in one byte order, put together by hand.
    struct Build(Vec<u8>, bool);

    impl Build {
        fn head(mut self, code: u32) -> Self {
            self.0.push(u8::from(self.1));
            self.count(code)
        }
        fn count(mut self, number: u32) -> Self {
            self.0.extend(if self.1 { number.to_le_bytes() } else { number.to_be_bytes() });
            self
        }
        fn numbers(mut self, numbers: &[f64]) -> Self {
            for number in numbers {
                self.0.extend(if self.1 { number.to_le_bytes() } else { number.to_be_bytes() });
            }
            self
        }
        fn part(mut self, part: Build) -> Self {
            self.0.extend(part.0);
            self
        }
    }

    fn little() -> Build {
        Build(vec![], true)
    }
    fn big() -> Build {
        Build(vec![], false)
    }
    fn decoded(build: Build) -> Geometry<f64> {
        decode(&build.0).expect("decodes").expect("not empty")
    }
    fn refusal(build: Build) -> String {
        decode(&build.0).unwrap_err().to_string()
    }

    #[test]
    fn z_and_m_are_dropped_in_every_dialect() {
        let expected: Geometry<f64> = wkt!(LINESTRING(1. 2.,5. 6.)).into();
        let xyz = [1., 2., 3., 5., 6., 7.];
        let xyzm = [1., 2., 3., 4., 5., 6., 7., 8.];
        for order in [little, big] {
            assert_eq!(decoded(order().head(2).count(2).numbers(&[1., 2., 5., 6.])), expected);
            for code in [1002, 2002, 0x8000_0002, 0x4000_0002] {
                assert_eq!(decoded(order().head(code).count(2).numbers(&xyz)), expected, "{code}");
            }
            for code in [3002, 0xC000_0002] {
                assert_eq!(decoded(order().head(code).count(2).numbers(&xyzm)), expected, "{code}");
            }
            assert_eq!(decoded(order().head(0x2000_0002).count(4548).count(2).numbers(&[1., 2., 5., 6.])), expected);
        }
    }

    #[test]
    fn parts_may_have_a_byte_order_of_their_own() {
        let build = little().head(4).count(2);
        let build = build.part(big().head(1).numbers(&[1., 2.])).part(little().head(1).numbers(&[3., 4.]));
        assert_eq!(decoded(build), wkt!(MULTIPOINT(1. 2.,3. 4.)).into());
    }

    #[test]
    fn curves_become_chords_and_compounds_join() {
        let line = little().head(2).count(2).numbers(&[0., 0., 1., 0.]);
        let arc = little().head(8).count(3).numbers(&[1., 0., 2., 1., 3., 0.]);
        let Geometry::LineString(joined) = decoded(little().head(9).count(2).part(line).part(arc)) else {
            panic!("a line")
        };
        assert_eq!((joined.0.len(), joined.0[1], joined.0[33]), (2 + 32, (1., 0.).into(), (3., 0.).into()));

        let circle = || little().head(8).count(3).numbers(&[0., 0., 2., 0., 0., 0.]);
        let Geometry::Polygon(disc) = decoded(little().head(10).count(1).part(circle())) else { panic!("a polygon") };
        assert_eq!(disc.exterior().0.len(), 65);
        let surface = little().head(10).count(1).part(circle());
        let Geometry::MultiPolygon(discs) = decoded(little().head(12).count(1).part(surface)) else {
            panic!("a multipolygon")
        };
        assert_eq!(discs.0, [disc]);
        assert!(matches!(decoded(little().head(11).count(1).part(circle())), Geometry::MultiLineString(_)));
    }

    #[test]
    fn what_has_no_coordinates_is_empty() {
        let nan = [f64::NAN, f64::NAN];
        for build in [
            little().head(1).numbers(&nan),
            little().head(2).count(0),
            little().head(3).count(0),
            little().head(6).count(1).part(little().head(3).count(0)),
            little().head(7).count(1).part(little().head(7).count(0)),
        ] {
            assert_eq!(decode(&build.0), Ok(None));
        }
    }

    #[test]
    fn what_is_not_supported_is_refused_by_name() {
        assert_eq!(refusal(little().head(15).count(0)), "geometry of type PolyhedralSurface is not supported");
        assert_eq!(refusal(little().head(1016).count(0)), "geometry of type TIN is not supported");
        assert_eq!(refusal(little().head(17).count(0)), "geometry of type Triangle is not supported");
        assert_eq!(refusal(little().head(1014)), "geometry of type Surface is not supported");
        assert_eq!(refusal(little().head(99)), "unknown WKB type 99");
        assert_eq!(refusal(little().head(4001)), "unknown WKB type 4001");
        let wrong = little().head(6).count(1).part(little().head(1).numbers(&[1., 2.]));
        assert_eq!(refusal(wrong), "a MultiPolygon cannot hold a Point");
        assert_eq!(
            refusal(little().head(2).count(1).numbers(&[1., f64::INFINITY])),
            "coordinate 0 is not finite (1 inf)"
        );
        assert_eq!(decode(&[7]), Err(WkbError::ByteOrder(7)));
    }

    #[test]
    fn promises_that_the_bytes_do_not_keep_cost_no_memory() {
        for code in [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] {
            let text = refusal(little().head(code).count(u32::MAX));
            assert!(text.starts_with("geometry ends too early"), "{code}: {text}");
        }
        let mut nested = little();
        for _ in 0..1000 {
            nested = nested.head(7).count(1);
        }
        let nested = nested.numbers(&[0.0; 20]);
        assert_eq!(refusal(nested), "geometry is nested more than 16 levels deep");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), code in 1u32..13) {
            let _ = decode(&bytes);
            let _ = decode(&little().head(code).part(Build(bytes, true)).0);
        }
    }
}
