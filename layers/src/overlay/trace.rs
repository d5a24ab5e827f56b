//! From an arrangement whose sides have owners to polygons.

use geo::{LineString, Polygon};

use super::arrange::Arrangement;
use super::node::{Node, UNIT, cross, distance, turn};
use super::scratch::refill;

/// The owner of land outside the patch.
pub(super) const OUTSIDE: u32 = u32::MAX;

const NONE: u32 = u32::MAX;

/// A connected piece of land of one owner.
#[derive(Clone, Debug)]
pub(super) struct Region {
    pub owner: u32,
    /// Exterior first; halves with the region to their left, from the ring's smallest node on.
    pub rings: Vec<Vec<u32>>,
    /// Twice its area, in square units.
    pub double_area: i128,
}

impl Region {
    /// Square metres.
    pub(super) fn area(&self) -> f64 {
        square_metres(self.double_area)
    }

    /// Metres of border, or some more: each edge goes around two sides of its box.
    pub(super) fn perimeter_at_most(&self, arrangement: &Arrangement) -> f64 {
        let around = |half: u32| {
            let (a, b) = arrangement.ends(half);
            (a.x - b.x).abs() + (a.y - b.y).abs()
        };
        self.halves().map(around).sum::<i64>() as f64 * UNIT
    }

    /// Metres of border.
    pub(super) fn perimeter(&self, arrangement: &Arrangement) -> f64 {
        self.halves().map(|half| length(arrangement, half)).sum()
    }

    pub(super) fn halves(&self) -> impl Iterator<Item = u32> {
        self.rings.iter().flatten().copied()
    }

    pub(super) fn polygon(&self, arrangement: &Arrangement) -> Polygon<f64> {
        let ring = |halves: &Vec<u32>| -> LineString<f64> {
            let mut points = Vec::with_capacity(halves.len() + 1);
            points.extend(halves.iter().map(|half| arrangement.ends(*half).0.place()));
            points.extend(points.first().copied());
            LineString(points)
        };
        Polygon::new(ring(&self.rings[0]), self.rings[1..].iter().map(ring).collect())
    }
}

pub(super) fn length(arrangement: &Arrangement, half: u32) -> f64 {
    let (a, b) = arrangement.ends(half);
    distance(a, b)
}

/// Twice an area in square units to square metres.
pub(super) fn square_metres(double_area: i128) -> f64 {
    double_area as f64 * (UNIT * UNIT / 2.0)
}

/// What borders are followed on.
#[derive(Debug, Default)]
pub(super) struct Tracing {
    /// Half → whether it belongs to a ring.
    done: Vec<bool>,
    /// Node → its place on the way, if it is on it.
    on_way: Vec<u32>,
}

/// The regions of all owners but [`OUTSIDE`], in the order of their first nodes; `owners` names the
/// owner to the left of each half. `None` if borders do not close, which sound owners cannot cause.
///
/// ```text
///   ┌───────┐    A ring that comes back to a node of its own is split there: the exterior
///   │ ┌─┐   │    keeps the outer loop, the inner one becomes an interior ring.
///   └─┴●┴───┘
/// ```
pub(super) fn regions(arrangement: &Arrangement, owners: &[u32], on: &mut Tracing) -> Option<Vec<Region>> {
    let is_border = |half: u32| owners[half as usize] != owners[half as usize ^ 1];
    let Tracing { done, on_way } = on;
    refill(done, false, owners.len());
    refill(on_way, NONE, arrangement.nodes.len());
    let mut regions: Vec<Region> = Vec::new();
    let mut holes: Vec<(u32, Vec<u32>, i128)> = Vec::new();
    for start in 0..owners.len() as u32 {
        let owner = owners[start as usize];
        if owner == OUTSIDE || done[start as usize] || !is_border(start) {
            continue;
        }
        let mut loops = Vec::with_capacity(1);
        let mut way: Vec<u32> = Vec::with_capacity(32);
        let mut half = start;
        loop {
            done[half as usize] = true;
            let node = arrangement.origin(half) as usize;
            if on_way[node] != NONE {
                let ring = way.split_off(on_way[node] as usize);
                ring.iter().for_each(|half| on_way[arrangement.origin(*half) as usize] = NONE);
                loops.push(ring);
            }
            on_way[node] = way.len() as u32;
            way.push(half);
            half = arrangement.onward(half).find(|half| is_border(*half))?;
            if half == start {
                break;
            }
            if done[half as usize] || owners[half as usize] != owner {
                return None;
            }
        }
        way.iter().for_each(|half| on_way[arrangement.origin(*half) as usize] = NONE);
        loops.push(way);

        let mut exterior = None;
        let mut interiors = Vec::new();
        for mut ring in loops {
            begin_at_smallest(arrangement, &mut ring);
            match double_area(arrangement, &ring) {
                area if area > 0 && exterior.is_none() => exterior = Some((ring, area)),
                area if area < 0 => interiors.push((ring, area)),
                _ => return None,
            }
        }
        match exterior {
            Some((ring, area)) => {
                let double_area = area + interiors.iter().map(|(_, area)| area).sum::<i128>();
                let rings = std::iter::once(ring).chain(interiors.into_iter().map(|(ring, _)| ring)).collect();
                regions.push(Region { owner, rings, double_area });
            }
            None => holes.extend(interiors.into_iter().map(|(ring, area)| (owner, ring, area))),
        }
    }
    for (owner, ring, area) in holes {
        let inside = arrangement.ends(ring[0]).0;
        let around = regions.iter_mut().filter(|region| region.owner == owner);
        let around = around.filter(|region| holds(arrangement, &region.rings[0], inside));
        let region = around.min_by_key(|region| double_area(arrangement, &region.rings[0]))?;
        region.rings.push(ring);
        region.double_area += area;
    }
    for region in &mut regions {
        region.rings[1..].sort_unstable_by_key(|ring| arrangement.ends(ring[0]).0);
    }
    regions.sort_by_key(|region| (arrangement.ends(region.rings[0][0]), region.owner));
    Some(regions)
}

fn begin_at_smallest(arrangement: &Arrangement, ring: &mut [u32]) {
    let smallest = (0..ring.len()).min_by_key(|place| arrangement.ends(ring[*place]).0);
    ring.rotate_left(smallest.unwrap_or(0));
}

fn double_area(arrangement: &Arrangement, ring: &[u32]) -> i128 {
    let origin = arrangement.ends(ring[0]).0;
    let of = |half: &u32| {
        let (a, b) = arrangement.ends(*half);
        cross(a.x - origin.x, a.y - origin.y, b.x - origin.x, b.y - origin.y)
    };
    ring.iter().map(of).sum()
}

/// Whether a node that is not on a ring lies inside.
fn holds(arrangement: &Arrangement, ring: &[u32], node: Node) -> bool {
    let crossed = ring.iter().filter(|half| {
        let (a, b) = arrangement.ends(**half);
        let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
        low.y <= node.y && node.y < high.y && turn(low, high, node) > 0
    });
    crossed.count() % 2 == 1
}
