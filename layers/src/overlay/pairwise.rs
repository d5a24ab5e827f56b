//! The slow way to cover a patch: polygon by polygon, with geo's boolean operations.
//!
//! For what the arrangement refuses: borders too long for exact arithmetic, or a patch that runs
//! within a few micrometres of a border all around without being on it. Slivers stay.

use geo::{BooleanOps, BoundingRect, MultiPolygon};

use super::cover::{Cover, Part, close};
use super::window::{Near, near};
use crate::measure::plane::plane_area;

/// Covers a patch by polygons, each with its place in the layer and given as rings of their own;
/// the first has the land that several claim.
pub(super) fn cover(patch: &MultiPolygon<f64>, polygons: &[(usize, MultiPolygon<f64>)]) -> Cover {
    let area = plane_area(patch).0;
    let mut rest = patch.clone();
    let mut cover = Cover { fell_back: true, ..Cover::default() };
    let bounds = patch.bounding_rect();
    let mut claimed = 0.0;
    for (by, polygon) in polygons {
        let land = match bounds.map_or(Near::Apart, |bounds| near(polygon, bounds)) {
            Near::Apart => continue,
            Near::Whole => std::mem::replace(&mut rest, MultiPolygon(vec![])),
            Near::Rings(rings) => {
                claimed += plane_area(&patch.intersection(&rings)).0;
                let land = rest.intersection(&rings);
                rest = rest.difference(&rings);
                land
            }
        };
        let land_area = plane_area(&land).0;
        if land_area > 0.0 {
            cover.parts.push(Part { by: *by, land, area: land_area });
        }
    }
    let covered: f64 = cover.parts.iter().map(|part| part.area).sum();
    cover.contested = (claimed - covered).max(0.0);
    cover.uncovered_area = plane_area(&rest).0;
    cover.uncovered = rest;
    cover.residual = (area - covered - cover.uncovered_area).abs();
    close(&mut cover, area);
    cover
}
