//! Numbers that know their unit, so that square metres and hectares are never mixed up.

use serde::{Deserialize, Serialize};

/// An area in square metres on the ellipsoid, unless a name says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SquareMetres(pub f64);

/// A length in metres.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metres(pub f64);

impl SquareMetres {
    /// The area in hectares (10 000 m²).
    pub fn hectares(self) -> f64 {
        self.0 / 10_000.0
    }

    /// The area in mu (亩): exactly 1/15 ha, that is 10 000/15 m².
    ///
    /// # Examples
    /// ```
    /// use layers::SquareMetres;
    /// assert_eq!(SquareMetres(2000.0).mu(), 3.0);
    /// ```
    pub fn mu(self) -> f64 {
        self.0 * 15.0 / 10_000.0
    }
}

impl std::ops::Add for SquareMetres {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::ops::Sub for SquareMetres {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl std::iter::Sum for SquareMetres {
    fn sum<I: Iterator<Item = Self>>(areas: I) -> Self {
        Self(areas.map(|area| area.0).sum())
    }
}
