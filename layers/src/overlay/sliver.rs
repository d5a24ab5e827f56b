//! Slivers: parts that come from borders drawn twice, not from land (RULES 1.3).

use geo::{BooleanOps, Euclidean, Length, MultiPolygon, Polygon};

use crate::SquareMetres;
use crate::measure::plane::{plane_area, signed_ring_area};

/// Parts below this area are slivers.
pub const SLIVER_AREA: SquareMetres = SquareMetres(1.0);
/// Parts narrower than this, in metres, are slivers.
pub const SLIVER_WIDTH: f64 = 0.2;

fn perimeter(polygon: &Polygon<f64>) -> f64 {
    Euclidean.length(polygon.exterior()) + polygon.interiors().iter().map(|ring| Euclidean.length(ring)).sum::<f64>()
}

/// Whether a part is below [`SLIVER_AREA`] or, on average, narrower than [`SLIVER_WIDTH`].
///
/// The width of a strip of length l and width w is taken as 2·area / perimeter = lw / (l + w):
/// w for a long strip, and never more than w.
pub fn is_sliver(polygon: &Polygon<f64>) -> bool {
    let holes: f64 = polygon.interiors().iter().map(|ring| signed_ring_area(ring).abs()).sum();
    let area = signed_ring_area(polygon.exterior()).abs() - holes;
    area < SLIVER_AREA.0 || 2.0 * area < SLIVER_WIDTH * perimeter(polygon)
}

/// Moves the slivers of every part to the part with which they share the longest border.
///
/// `parts` are polygons that do not overlap; the result has as many, in the same order, some
/// perhaps empty, and covers the same land. If all is sliver, nothing is moved.
pub(super) fn fold_slivers(parts: &mut [MultiPolygon<f64>]) -> usize {
    let any_land = parts.iter().any(|part| part.iter().any(|polygon| !is_sliver(polygon)));
    if !any_land || parts.len() < 2 {
        return 0;
    }
    let mut slivers = Vec::new();
    for (place, part) in parts.iter_mut().enumerate() {
        let (narrow, land): (Vec<_>, Vec<_>) = part.0.drain(..).partition(is_sliver);
        slivers.extend(narrow.into_iter().map(|sliver| (place, sliver)));
        part.0 = land;
    }
    let folded = slivers.len();
    for (from, sliver) in slivers {
        let sliver = MultiPolygon::from(sliver);
        let candidates = (0..parts.len()).filter(|place| !parts[*place].0.is_empty());
        let joined = candidates.map(|place| {
            let whole = parts[place].union(&sliver);
            let border = shared_border(&parts[place], &sliver, &whole);
            // A tie, and a sliver that touches nothing, stays where it came from if it can.
            (border, place == from, std::cmp::Reverse(place), whole)
        });
        let best = joined.max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        if let Some((_, _, std::cmp::Reverse(place), whole)) = best {
            parts[place] = whole;
        }
    }
    folded
}

/// Twice the length of border that disappears when two parts are joined, rounded to a millimetre
/// so that noise does not decide.
fn shared_border(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>, joined: &MultiPolygon<f64>) -> f64 {
    let length = |part: &MultiPolygon<f64>| part.iter().map(perimeter).sum::<f64>();
    ((length(a) + length(b) - length(joined)) * 1000.0).round()
}

/// Area of a list of parts.
pub(super) fn total_area(parts: &[MultiPolygon<f64>]) -> f64 {
    parts.iter().map(|part| plane_area(part).0).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    #[test]
    fn a_long_strip_narrower_than_the_limit_is_a_sliver() {
        let strip = wkt!(POLYGON((0. 0., 500. 0., 500. 0.19, 0. 0.19, 0. 0.)));
        let path = wkt!(POLYGON((0. 0., 500. 0., 500. 0.21, 0. 0.21, 0. 0.)));
        assert!(is_sliver(&strip) && !is_sliver(&path));
    }

    #[test]
    fn a_sliver_goes_to_the_part_it_borders_and_no_area_is_lost() {
        let west: MultiPolygon = wkt!(POLYGON((0. 0., 50. 0., 50. 50., 0. 50., 0. 0.))).into();
        let east: MultiPolygon = wkt!(POLYGON((50.1 0., 100. 0., 100. 50., 50.1 50., 50.1 0.))).into();
        let between: MultiPolygon = wkt!(POLYGON((50. 0., 50.1 0., 50.1 50., 50. 50., 50. 0.))).into();
        let mut parts = [west, between, east];
        let before = total_area(&parts);
        assert_eq!(fold_slivers(&mut parts), 1);
        assert!(parts[1].0.is_empty());
        assert!((total_area(&parts) - before).abs() < 1e-3);
        assert!((plane_area(&parts[0]).0 - 2505.0).abs() < 1e-3);
    }

    #[test]
    fn where_all_is_sliver_nothing_is_folded() {
        let tiny: MultiPolygon = wkt!(POLYGON((0. 0., 0.5 0., 0.5 0.5, 0. 0.5, 0. 0.))).into();
        let mut parts = [tiny.clone(), MultiPolygon(vec![])];
        assert_eq!(fold_slivers(&mut parts), 0);
        assert_eq!(parts[0], tiny);
    }
}
