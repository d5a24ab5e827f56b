//! Slivers: parts that come from borders drawn twice, not from land (RULES 1.3).

use std::cmp::Reverse;
use std::collections::BTreeMap;

use geo::{Euclidean, Length, Polygon};

use super::arrange::Arrangement;
use super::trace::{Region, Tracing, length};
use crate::SquareMetres;
use crate::measure::plane::signed_ring_area;

/// Parts below this area are slivers.
pub const SLIVER_AREA: SquareMetres = SquareMetres(1.0);
/// Parts narrower than this, in metres, are slivers.
pub const SLIVER_WIDTH: f64 = 0.2;
/// Slivers below this many square metres are rounding: folded, but not worth a word.
const NOISE: f64 = 0.01;

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
    too_narrow(area, perimeter(polygon))
}

fn too_narrow(area: f64, perimeter: f64) -> bool {
    area < SLIVER_AREA.0 || 2.0 * area < SLIVER_WIDTH * perimeter
}

/// Gives every sliver to the owner with whom it shares the longest border, and joins the land.
///
/// `owners` names the owner to the left of each half. If all is sliver, nothing is moved. Returns
/// how many slivers were moved that are more than rounding.
pub(super) fn fold_slivers(
    arrangement: &Arrangement,
    regions: &mut Vec<Region>,
    owners: &mut [u32],
    on: &mut Tracing,
) -> Option<usize> {
    let narrow = |region: &Region| {
        let area = region.area();
        // Most are far too wide for the exact length to matter, which costs a root for each edge.
        too_narrow(area, region.perimeter_at_most(arrangement)) && too_narrow(area, region.perimeter(arrangement))
    };
    let mut left: Vec<usize> = (0..regions.len()).filter(|place| narrow(&regions[*place])).collect();
    if left.is_empty() || left.len() == regions.len() {
        return Some(0);
    }
    let folded = left.iter().filter(|place| regions[**place].area() >= NOISE).count();
    let mut region_of = vec![u32::MAX; owners.len()];
    for (place, region) in regions.iter().enumerate() {
        region.halves().for_each(|half| region_of[half as usize] = place as u32);
    }
    let mut is_land = vec![true; regions.len()];
    left.iter().for_each(|place| is_land[*place] = false);
    let own_land: Vec<u32> = regions.iter().zip(&is_land).filter(|(_, land)| **land).map(|(r, _)| r.owner).collect();
    // Slivers beside slivers wait until one of them is land.
    while !left.is_empty() {
        let heirs: Vec<Option<u32>> =
            left.iter().map(|place| heir(arrangement, regions, *place, &region_of, &is_land)).collect();
        let stuck = heirs.iter().all(Option::is_none);
        let mut waiting = Vec::new();
        for (place, heir) in left.into_iter().zip(heirs) {
            let own = regions[place].owner;
            // A sliver that touches nothing stays where it came from if it can.
            let last = if own_land.contains(&own) { Some(own) } else { own_land.iter().min().copied() };
            match heir.or(last.filter(|_| stuck)) {
                Some(owner) => {
                    regions[place].owner = owner;
                    is_land[place] = true;
                }
                None => waiting.push(place),
            }
        }
        left = waiting;
    }
    for (half, region) in region_of.iter().enumerate().filter(|(_, region)| **region != u32::MAX) {
        owners[half] = regions[*region as usize].owner;
    }
    *regions = super::trace::regions(arrangement, owners, on)?;
    Some(folded)
}

/// The owner of land with whom a sliver shares the longest border, to the millimetre; of equal ones
/// its own, then the first.
fn heir(
    arrangement: &Arrangement,
    regions: &[Region],
    place: usize,
    region_of: &[u32],
    is_land: &[bool],
) -> Option<u32> {
    let mut borders: BTreeMap<u32, f64> = BTreeMap::new();
    for half in regions[place].halves() {
        let across = region_of[half as usize ^ 1];
        if across != u32::MAX && is_land[across as usize] {
            *borders.entry(regions[across as usize].owner).or_default() += length(arrangement, half);
        }
    }
    let own = regions[place].owner;
    let rank = |(owner, border): &(u32, f64)| ((border * 1000.0).round() as i64, *owner == own, Reverse(*owner));
    borders.into_iter().max_by_key(rank).map(|(owner, _)| owner)
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
}
