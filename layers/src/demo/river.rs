//! The river: a meandering band of water with green banks between two riverside avenues.

use super::context::{Context, Other};
use super::quad::{Ring, at};

/// West and east limit of the river's land.
pub(super) const WEST: f64 = -900.0;
pub(super) const EAST: f64 = -450.0;
/// Half the width of the riverside avenues on the river's side.
const MARGIN: f64 = 22.0;

/// Middle of the water at this `y`.
fn middle(y: f64) -> f64 {
    (WEST + EAST) / 2.0 + 112.0 * (y / 330.0).sin() + 30.0 * (y / 151.0 + 1.0).sin()
}

fn half_width(y: f64) -> f64 {
    34.0 + 13.0 * (y / 530.0 + 2.0).sin() + 5.0 * (y / 97.0).sin()
}

fn levels(south: f64, north: f64) -> impl DoubleEndedIterator<Item = f64> + Clone {
    let steps = ((north - south) / 45.0).ceil() as usize;
    (0..=steps).map(move |i| south + (north - south) * i as f64 / steps as f64)
}

/// The water between two levels.
pub(super) fn water(south: f64, north: f64) -> Ring {
    let east = levels(south, north).map(|y| at(middle(y) + half_width(y), y));
    let west = levels(south, north).rev().map(|y| at(middle(y) - half_width(y), y));
    east.chain(west).collect()
}

/// Current patches and plan polygons of one reach between two bridges.
pub(super) fn reach(south: f64, north: f64, context: &mut Context) {
    const STRETCHES: usize = 4;
    let level = |i: usize| south + (north - south) * i as f64 / STRETCHES as f64;
    for i in 0..STRETCHES {
        stretch(level(i), level(i + 1), i, context);
    }
}

fn stretch(south: f64, north: f64, number: usize, context: &mut Context) {
    let mut west: Ring = levels(south, north).rev().map(|y| at(middle(y) - half_width(y), y)).collect();
    west.extend([at(WEST + MARGIN, south), at(WEST + MARGIN, north)]);
    let mut east: Ring = levels(south, north).map(|y| at(middle(y) + half_width(y), y)).collect();
    east.extend([at(EAST - MARGIN, north), at(EAST - MARGIN, south)]);
    let trees = if number == 2 { "0304" } else { "1401" };
    for (ring, now, planned) in [(water(south, north), "1701", "1701"), (west, trees, "1401"), (east, "1401", "1401")] {
        context.current.push(Other { rings: vec![ring.clone()], code: now });
        context.planned.push(Other { rings: vec![ring], code: planned });
    }
}
