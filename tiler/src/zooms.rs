//! Which zooms a tileset gets, when nobody says: from the size of what is drawn.
//!
//! *Deepest*: the first zoom at which, in some layer, the median feature is at least 1024 tile units
//! wide or high and the median edge at least 16 units long; points count as wide as their mean
//! spacing. Past zoom 16 (15 cm a unit at the equator) clients enlarge what they have.
//! *Shallowest*: the last zoom at which all data fit into half a tile's side, and at most 10, so that
//! one can see where a small site lies.
//!
//! Parcels of 100 m in a city of 10 km: 16 and 10.

use crate::snap::{DEEPEST_TILED_ZOOM, unit};
use crate::world::{Shape, WorldFeature};

/// Tile units that the median feature shall measure.
const FEATURE_UNITS: i64 = 1024;
/// Tile units that the median edge shall measure.
const EDGE_UNITS: i64 = 16;
/// The deepest zoom chosen without being asked.
const DEEPEST: u8 = 16;
/// The deepest zoom chosen where nothing has a size.
const DEEPEST_WITHOUT_SIZE: u8 = 14;
/// The shallowest zoom is at most this.
const SHALLOWEST_AT_MOST: u8 = 10;

/// Shallowest and deepest zoom, as asked for or from the data, the deepest tiled zoom at most.
pub(crate) fn choose(
    layers: &[Vec<WorldFeature>],
    bounds: [u32; 4],
    min_zoom: Option<u8>,
    max_zoom: Option<u8>,
) -> (u8, u8) {
    let deepest = || layers.iter().filter_map(|layer| deepest_of(layer)).max().unwrap_or(DEEPEST_WITHOUT_SIZE);
    let max = max_zoom.unwrap_or_else(|| deepest().max(min_zoom.unwrap_or(0))).min(DEEPEST_TILED_ZOOM);
    let [west, north, east, south] = bounds.map(i64::from);
    let side = (east - west).max(south - north);
    let shallowest = || (0..=SHALLOWEST_AT_MOST).rev().find(|&zoom| side <= unit(zoom) * 2048).unwrap_or(0);
    (min_zoom.unwrap_or_else(shallowest).min(max), max)
}

fn deepest_of(features: &[WorldFeature]) -> Option<u8> {
    let (mut sizes, mut edges, mut points) = (Vec::new(), Vec::new(), Vec::new());
    for feature in features {
        let [west, north, east, south] = feature.bounds();
        match &feature.shape {
            Shape::Points(_) => points.extend(feature.points()),
            shape => {
                sizes.push((east - west).max(south - north));
                let ends = shape.chains().flat_map(|chain| chain.windows(2));
                edges.extend(ends.map(|e| e[0].x.abs_diff(e[1].x).max(e[0].y.abs_diff(e[1].y))));
            }
        }
    }
    let first = |size: i64, units: i64| {
        (size > 0).then(|| (0..=DEEPEST).find(|&zoom| size >= units * unit(zoom)).unwrap_or(DEEPEST))
    };
    let by_size = first(median(&mut sizes), FEATURE_UNITS).max(first(median(&mut edges), EDGE_UNITS));
    by_size.or_else(|| first(spacing(&points), FEATURE_UNITS))
}

fn median(sizes: &mut [u32]) -> i64 {
    if sizes.is_empty() {
        return 0;
    }
    let middle = sizes.len() / 2;
    i64::from(*sizes.select_nth_unstable(middle).1)
}

/// Side of the square that one point has to itself on average.
fn spacing(points: &[crate::world::WorldPoint]) -> i64 {
    let of = |value: fn(&crate::world::WorldPoint) -> u32| {
        let (low, high) = points.iter().map(value).fold((u32::MAX, 0), |(low, high), v| (low.min(v), high.max(v)));
        u64::from(high.saturating_sub(low))
    };
    let area = u128::from(of(|p| p.x)) * u128::from(of(|p| p.y));
    (area / points.len().max(1) as u128).isqrt() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::WorldPoint;

    /// Squares in rows, sizes in metres at the equator.
    fn squares(side: f64, city: f64) -> (Vec<WorldFeature>, [u32; 4]) {
        let units = |metres: f64| (metres / 40_075_016.7 * crate::grid::WORLD_UNITS) as u32 + (1 << 30);
        let count = (city / side) as u32;
        let square = |place: u32| {
            let (x, y) = (f64::from(place % count) * side, f64::from(place / count) * side);
            let corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)];
            let ring = corners.map(|(x, y)| WorldPoint { x: units(x), y: units(y) }).to_vec();
            WorldFeature { source: 0, shape: Shape::Polygons(vec![vec![ring]]) }
        };
        ((0..count * count).map(square).collect(), [units(0.0), units(0.0), units(city), units(city)])
    }

    #[test]
    fn a_city_of_parcels_gets_10_to_16() {
        let (features, bounds) = squares(100.0, 10_000.0);
        assert_eq!(choose(&[features], bounds, None, None), (10, 16));
    }

    #[test]
    fn a_country_of_districts_gets_less() {
        let (features, bounds) = squares(50_000.0, 1_000_000.0);
        assert_eq!(choose(&[features], bounds, None, None), (4, 8));
    }

    #[test]
    fn a_lone_point_gets_something_to_zoom() {
        let point = WorldPoint { x: 9, y: 9 };
        let features = vec![WorldFeature { source: 0, shape: Shape::Points(vec![point]) }];
        assert_eq!(choose(std::slice::from_ref(&features), [9, 9, 9, 9], None, None), (10, 14));
        assert_eq!(choose(std::slice::from_ref(&features), [9, 9, 9, 9], Some(15), None), (15, 15));
        assert_eq!(choose(&[features], [9, 9, 9, 9], None, Some(3)), (3, 3));
    }
}
