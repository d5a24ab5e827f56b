//! The check of what a tile shows: exact, and quick for the ordinary ring of a parcel.
//!
//! Snap rounding leaves no crossings; what remains are pinches, spikes and, where a ring leaves the
//! tile and comes back, stretches along the tile's box that run twice. They are taken apart without
//! moving a vertex.

use super::clip::{Clipped, doubled_area};
use crate::chains::ChainEnd;
use crate::repair::repair;
use crate::valid::{GridPoint, Polygons, is_valid};

/// How a polygon fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Valid,
    Repaired,
    /// Nothing is left of it.
    Nothing,
}

/// Rings of more corners take the general way.
const FEW: usize = 64;

/// Checks the polygons that a tile shows, by MVT 2.1 §4.3.4.4, and repairs them if they fail.
pub(super) fn settle(clipped: &mut Clipped) -> Outcome {
    match clipped.ends.as_slice() {
        [] => return Outcome::Nothing,
        [only] if only.is_shell && doubled_area(&clipped.points) > 0 && is_simple(&clipped.points) => {
            return Outcome::Valid;
        }
        _ => {}
    }
    let polygons = nested(clipped);
    if is_valid(&polygons) {
        return Outcome::Valid;
    }
    let repaired = repair(&polygons);
    clipped.points.clear();
    clipped.ends.clear();
    for rings in repaired {
        for (place, ring) in rings.into_iter().enumerate() {
            clipped.points.extend(ring.iter().map(|p| [p.x as i32, p.y as i32]));
            clipped.ends.push(ChainEnd { end: clipped.points.len() as u32, is_shell: place == 0 });
        }
    }
    if clipped.ends.is_empty() { Outcome::Nothing } else { Outcome::Repaired }
}

fn nested(clipped: &Clipped) -> Polygons {
    let mut polygons: Polygons = Vec::new();
    let mut start = 0;
    for chain in &clipped.ends {
        let ring = &clipped.points[start..chain.end as usize];
        start = chain.end as usize;
        let ring = ring.iter().map(|&[x, y]| GridPoint { x: x.into(), y: y.into() }).collect();
        match polygons.last_mut() {
            Some(rings) if !chain.is_shell => rings.push(ring),
            _ => polygons.push(vec![ring]),
        }
    }
    polygons
}

/// Whether a ring of few corners meets itself nowhere; false where there are too many to tell.
fn is_simple(ring: &[[i32; 2]]) -> bool {
    let count = ring.len();
    if !(3..=FEW).contains(&count) {
        return false;
    }
    let next = |place: usize| ring[if place + 1 == count { 0 } else { place + 1 }];
    // A sweep along x: an edge meets only those that start before it ends.
    let mut order = [(0i32, 0u32); FEW];
    for (place, slot) in order[..count].iter_mut().enumerate() {
        *slot = (ring[place][0].min(next(place)[0]), place as u32);
    }
    let order = &mut order[..count];
    order.sort_unstable();
    for (number, &(_, edge)) in order.iter().enumerate() {
        let edge = edge as usize;
        let (p, q) = (ring[edge], next(edge));
        let (east, north, south) = (p[0].max(q[0]), p[1].min(q[1]), p[1].max(q[1]));
        for &(west, other) in &order[number + 1..] {
            if west > east {
                break;
            }
            let other = other as usize;
            let (r, s) = (ring[other], next(other));
            if r[1].min(s[1]) > south || r[1].max(s[1]) < north {
                continue;
            }
            let follows = if (edge + 1) % count == other {
                Some((p, q, s))
            } else if (other + 1) % count == edge {
                Some((r, p, q))
            } else {
                None
            };
            match follows {
                // Neighbours share a corner, and more only if the ring turns back on itself there.
                Some((before, at, after)) => {
                    let back = |axis: usize| i64::from(before[axis] - at[axis]) * i64::from(after[axis] - at[axis]);
                    if side(before, at, after) == 0 && back(0) + back(1) > 0 {
                        return false;
                    }
                }
                None => {
                    let (c, d) = (side(p, q, r), side(p, q, s));
                    let (a, b) = (side(r, s, p), side(r, s, q));
                    // Their boxes meet, so edges on one line meet, too.
                    if c.signum() * d.signum() <= 0 && a.signum() * b.signum() <= 0 {
                        return false;
                    }
                }
            }
        }
    }
    true
}

/// On which side of a line a point lies: twice the area of the triangle.
fn side(a: [i32; 2], b: [i32; 2], p: [i32; 2]) -> i64 {
    let minus = |v: [i32; 2], axis: usize| i64::from(v[axis] - a[axis]);
    minus(b, 0) * minus(p, 1) - minus(b, 1) * minus(p, 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_quick_check_passes_what_the_whole_one_passes(
            ring in prop::collection::vec((0i32..9, 0i32..9), 3..9),
        ) {
            let mut points: Vec<[i32; 2]> = ring.iter().map(|&(x, y)| [x, y]).collect();
            points.dedup();
            prop_assume!(points.len() > 2 && points.first() != points.last());
            if doubled_area(&points) < 0 {
                points.reverse();
            }
            let clipped = Clipped { ends: vec![ChainEnd { end: points.len() as u32, is_shell: true }], points };
            let quick = doubled_area(&clipped.points) > 0 && is_simple(&clipped.points);
            prop_assert_eq!(quick, is_valid(&nested(&clipped)));
        }
    }

    #[test]
    fn a_pinched_ring_becomes_two_polygons() {
        let points = vec![[0, 0], [4, 0], [4, 4], [8, 4], [8, 8], [4, 8], [4, 4], [0, 4]];
        let mut clipped = Clipped { ends: vec![ChainEnd { end: 8, is_shell: true }], points };
        assert_eq!(settle(&mut clipped), Outcome::Repaired);
        assert_eq!(clipped.ends.iter().filter(|chain| chain.is_shell).count(), 2);
        assert_eq!(settle(&mut clipped), Outcome::Valid);
    }
}
