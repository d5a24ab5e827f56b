//! The geometry types of well-known binary: which are read, and which are refused by name.

use super::wkb::WkbError;

/// The types of ISO 13249-3, by code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Type {
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
    /// The type of a code without its dimensions.
    ///
    /// # Errors
    /// [`WkbError::Unsupported`] by name, or [`WkbError::UnknownType`].
    pub(super) fn from_code(code: u32) -> Result<Self, WkbError> {
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

    /// Its name, as messages have it.
    pub(super) fn name(self) -> &'static str {
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
