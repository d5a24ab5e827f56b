//! How a patch is covered: what cutting it gives.

use geo::MultiPolygon;

/// Shares of a patch that differ by less than this are equal: cutting rounds.
pub const EVEN: f64 = 1e-6;

/// How a patch is covered. Parts and uncovered land together are the patch.
#[derive(Clone, Debug)]
pub struct Cover {
    /// The covered parts, in ascending order of the covering polygon; none is empty.
    pub parts: Vec<Part>,
    /// What no polygon covers, slivers folded away.
    pub uncovered: MultiPolygon<f64>,
    /// Its square metres; with those of all parts they sum to the patch exactly.
    pub uncovered_area: f64,
    /// Square metres that other polygons claim beside the one that has them, the first; twice those
    /// that two others claim.
    pub contested: f64,
    /// Slivers folded into a neighbour.
    pub folded: usize,
    /// |patch − parts − uncovered| in square metres, of the geometries as they are handed out and
    /// before the areas were closed. Within [`tolerance`] unless something is wrong.
    pub residual: f64,
    /// Whether the borders were such that the patch was cut polygon by polygon.
    pub fell_back: bool,
}

impl Default for Cover {
    /// Of a patch without land.
    fn default() -> Self {
        Self {
            parts: Vec::new(),
            uncovered: MultiPolygon(Vec::new()),
            uncovered_area: 0.0,
            contested: 0.0,
            folded: 0,
            residual: 0.0,
            fell_back: false,
        }
    }
}

/// The part of a patch that lies in one covering polygon.
#[derive(Clone, Debug)]
pub struct Part {
    /// Place of the covering polygon in its list.
    pub by: usize,
    /// The land.
    pub land: MultiPolygon<f64>,
    /// Its square metres in the plane; with the uncovered land they sum to the patch exactly.
    pub area: f64,
}

/// The areas of a [`Cover`] alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Shares {
    /// Place of the covering polygon and square metres of its part, ascending by place.
    pub parts: Vec<(usize, f64)>,
    /// Square metres that no polygon covers.
    pub uncovered: f64,
    /// As [`Cover::residual`].
    pub residual: f64,
}

/// Square metres by which the pieces of a patch may miss its area.
pub fn tolerance(area: f64) -> f64 {
    0.01 + 1e-9 * area
}

/// Square metres that are rounding; never all of a small patch, whose area of record need not be small.
pub(super) fn noise(area: f64) -> f64 {
    tolerance(area).min(0.1 * area)
}

/// Gives the rounding that cutting left over to the largest part, so that totals close.
pub(super) fn close(cover: &mut Cover, area: f64) {
    let sum: f64 = cover.parts.iter().map(|part| part.area).sum();
    let largest = cover.parts.iter_mut().max_by(|a, b| a.area.total_cmp(&b.area).then(b.by.cmp(&a.by)));
    if let Some(part) = largest {
        part.area += area - cover.uncovered_area - sum;
    }
}
