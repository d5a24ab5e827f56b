//! Small holes in the land that a layer covers: borders that should be one and are not.
//!
//! The areas of one layer are united, and small or narrow interior rings of the result are gaps.
//! Uniting goes by tiles first, so that it is spread over threads and most borders are gone
//! when the tiles are united with each other; every hole is there in the end, however long it is.

use std::collections::BTreeMap;

use geo::{
    BoundingRect, Coord, Euclidean, Length, LineString, MultiPolygon, Orient, Polygon, orient::Direction, unary_union,
};
use rayon::prelude::*;

use super::policy::Thresholds;
use crate::measure::plane::signed_ring_area;

/// About so many areas are united at a time.
const PER_TILE: usize = 256;
/// Holes narrower than this, in metres, are rounding.
const ROUNDING_WIDTH: f64 = 1e-3;
/// Holes below this, in square metres, are rounding.
const ROUNDING_AREA: f64 = 0.01;
/// A border is beside a hole if it comes this close to it, in metres.
const BESIDE: f64 = 0.01;

/// A hole between areas.
pub(super) struct Gap {
    /// The hole.
    pub(super) land: MultiPolygon<f64>,
    /// Its square metres.
    pub(super) area: f64,
    /// Its width in metres: twice the area over the perimeter, as for slivers.
    pub(super) width: f64,
}

/// The gaps between areas, from south-west to north-east.
///
/// # Units
/// - `areas`: metres of one equal-area plane, exterior rings counter-clockwise, interior ones clockwise
pub(super) fn gaps(areas: &[MultiPolygon<f64>], thresholds: &Thresholds) -> Vec<Gap> {
    let is_gap = |gap: &Gap| {
        let real = gap.area >= ROUNDING_AREA && gap.width >= ROUNDING_WIDTH;
        real && (gap.area <= thresholds.gap_m2 || gap.width < thresholds.gap_width_m)
    };
    let land = united(areas);
    let holes = land.into_iter().flat_map(|part| part.into_inner().1);
    let mut gaps: Vec<Gap> = holes.map(Gap::of).filter(is_gap).collect();
    let corner = |gap: &Gap| gap.land.bounding_rect().map_or((0.0, 0.0), |bounds| (bounds.min().y, bounds.min().x));
    gaps.sort_by(|a, b| {
        let (a, b) = (corner(a), corner(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    gaps
}

/// All areas as one.
fn united(areas: &[MultiPolygon<f64>]) -> MultiPolygon<f64> {
    let mut tiles: BTreeMap<(i64, i64), Vec<&MultiPolygon<f64>>> = BTreeMap::new();
    let boxes: Vec<_> = areas.iter().filter_map(|area| Some((area, area.bounding_rect()?))).collect();
    let all = boxes.iter().map(|(_, bounds)| *bounds).reduce(|a, b| {
        let min = Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
        let max = Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) };
        geo::Rect::new(min, max)
    });
    let Some(all) = all else { return MultiPolygon(vec![]) };
    // As many tiles a side as make about PER_TILE areas a tile.
    let sides = (boxes.len() as f64 / PER_TILE as f64).sqrt().ceil().max(1.0);
    let (width, height) = (all.width().max(1.0) / sides, all.height().max(1.0) / sides);
    for (area, bounds) in boxes {
        let middle = bounds.center();
        let tile = (((middle.y - all.min().y) / height) as i64, ((middle.x - all.min().x) / width) as i64);
        tiles.entry(tile).or_default().push(area);
    }
    let tiles: Vec<Vec<&MultiPolygon<f64>>> = tiles.into_values().collect();
    let united: Vec<MultiPolygon<f64>> =
        tiles.into_par_iter().map(|tile| unary_union(tile).orient(Direction::Default)).collect();
    unary_union(&united)
}

impl Gap {
    fn of(ring: LineString<f64>) -> Self {
        let area = signed_ring_area(&ring).abs();
        let width = 2.0 * area / Euclidean.length(&ring).max(f64::MIN_POSITIVE);
        Self { land: Polygon::new(ring, vec![]).into(), area, width }
    }

    /// A box that meets the boxes of all areas beside the hole: uniting rounds vertices.
    pub(super) fn surroundings(&self) -> MultiPolygon<f64> {
        let margin = Coord { x: BESIDE, y: BESIDE };
        let grown = |bounds: geo::Rect<f64>| geo::Rect::new(bounds.min() - margin, bounds.max() + margin).to_polygon();
        self.land.bounding_rect().map(grown).into_iter().collect()
    }

    /// Whether an area has a border along the hole.
    pub(super) fn touches(&self, area: &MultiPolygon<f64>) -> bool {
        use geo::{Distance, Point};
        let vertices = self.land.iter().flat_map(|part| part.exterior().0.iter());
        let edges: Vec<_> =
            area.iter().flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors())).collect();
        vertices.into_iter().any(|vertex| edges.iter().any(|ring| Euclidean.distance(&Point(*vertex), *ring) <= BESIDE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    #[test]
    fn a_hole_across_many_tiles_is_found_once() {
        // Two rows of lots along a strip 0.5 m wide and 2 km long, closed at both ends.
        let lot = |x: f64, y: f64, width: f64, height: f64| -> MultiPolygon<f64> {
            geo::Rect::new(Coord { x, y }, Coord { x: x + width, y: y + height })
                .to_polygon()
                .orient(Direction::Default)
                .into()
        };
        let mut areas: Vec<MultiPolygon<f64>> = (0..1000).map(|i| lot(2.0 * f64::from(i), 0.0, 2.0, 20.0)).collect();
        areas.extend((0..1000).map(|i| lot(2.0 * f64::from(i), 20.5, 2.0, 20.0)));
        areas.extend([lot(-5.0, 0.0, 5.0, 40.5), lot(2000.0, 0.0, 5.0, 40.5)]);
        let gaps = gaps(&areas, &Thresholds::default());
        assert_eq!(gaps.len(), 1);
        assert!((gaps[0].area - 1000.0).abs() < 0.1 && (gaps[0].width - 0.5).abs() < 0.01, "{} m²", gaps[0].area);
    }

    #[test]
    fn rounding_is_no_gap_and_neither_is_a_yard() {
        let frame: MultiPolygon = wkt!(POLYGON(
            (0. 0., 60. 0., 60. 60., 0. 60., 0. 0.),
            (5. 5., 5. 5.0005, 50. 5.0005, 50. 5., 5. 5.),
            (10. 10., 10. 21., 21. 21., 21. 10., 10. 10.)
        ))
        .into();
        assert!(gaps(&[frame], &Thresholds::default()).is_empty());
    }
}
