//! Detours: where a cut ring runs along the tile's box only because it runs about outside.
//!
//! Cutting a ring side by side (Sutherland and Hodgman) lays its course outside onto the box: forth and
//! back, and round corners that it does not enclose.
//!
//! ```text
//!    ┌──◄──┐ ring outside            corner ●
//!    │  ┌──┼────                            ║ forth and back
//!    │  │  A  tile           ──►     ┌──────A──
//!    └──┼──►B                        │      B
//! ```
//!
//! How far it goes there depends on vertices that a tile drawn alone does not know.

/// The coordinates of the box's sides: west and east, north and south.
pub(super) type Limits = [[i32; 2]; 2];

/// Whether a way along the box turns back at `at`: it went there only because the route does so outside.
fn is_detour(before: [i32; 2], at: [i32; 2], after: [i32; 2], limits: Limits) -> bool {
    (0..2).any(|axis| {
        let along = 1 - axis;
        let on_side = limits[axis].contains(&at[axis]) && before[axis] == at[axis] && after[axis] == at[axis];
        on_side && i64::from(before[along] - at[along]) * i64::from(after[along] - at[along]) >= 0
    })
}

/// Takes the detours along the box out of an open ring and lets it begin at its least point.
///
/// What is left does not depend on where the route runs outside, only on which way round it goes.
pub(super) fn settle_on_box(points: &mut Vec<[i32; 2]>, from: usize, limits: Limits) {
    let mut kept = from;
    for place in from..points.len() {
        let at = points[place];
        kept = without_detours(&points[..kept], from, at, limits);
        points[kept] = at;
        kept += 1;
    }
    points.truncate(kept);
    // Detours through the first point.
    let mut first = from;
    while points.len() > first + 2 {
        let count = points.len();
        points.truncate(without_detours(points, first + 1, points[first], limits));
        if points.len() > first + 2 && is_detour(points[points.len() - 1], points[first], points[first + 1], limits) {
            first += 1;
        } else if points.len() == count {
            break;
        }
    }
    points.drain(from..first);
    let ring = &mut points[from..];
    if let Some((least, _)) = ring.iter().enumerate().min_by_key(|(_, at)| **at) {
        ring.rotate_left(least);
    }
}

/// How many points are left of an open ring without those that `next` makes a detour or repeats.
fn without_detours(points: &[[i32; 2]], from: usize, next: [i32; 2], limits: Limits) -> usize {
    let mut count = points.len();
    while count > from {
        let last = points[count - 1];
        let turns_back = count > from + 1 && is_detour(points[count - 2], last, next, limits);
        if last != next && !turns_back {
            break;
        }
        count -= 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: Limits = [[0, 10], [0, 10]];

    fn settled(ring: &[[i32; 2]]) -> Vec<[i32; 2]> {
        let mut points = ring.to_vec();
        settle_on_box(&mut points, 0, BOX);
        points
    }

    #[test]
    fn a_way_to_a_corner_and_back_is_left_out_wherever_the_ring_begins() {
        let ring = [[0, 8], [0, 0], [0, 4], [3, 6]];
        for start in 0..ring.len() {
            let mut turned = ring;
            turned.rotate_left(start);
            assert_eq!(settled(&turned), [[0, 4], [3, 6], [0, 8]]);
        }
    }

    #[test]
    fn a_way_round_the_box_and_back_is_left_out_step_by_step() {
        let ring = [[0, 8], [0, 0], [10, 0], [10, 10], [10, 0], [0, 0], [0, 4], [3, 6]];
        for start in 0..ring.len() {
            let mut turned = ring;
            turned.rotate_left(start);
            assert_eq!(settled(&turned), [[0, 4], [3, 6], [0, 8]]);
        }
    }

    #[test]
    fn a_corner_that_the_ring_encloses_stays() {
        assert_eq!(settled(&[[4, 0], [0, 4], [0, 0]]), [[0, 0], [4, 0], [0, 4]]);
    }

    #[test]
    fn a_ring_that_only_runs_along_the_box_has_no_land() {
        assert!(settled(&[[0, 8], [0, 0], [0, 4]]).len() < 3);
    }
}
