//! Exact validity of polygons on integers, as the tile format asks for it.
//!
//! # References
//! Mapbox Vector Tile Specification 2.1, §4.3.4.4: shells have a positive area with y down, holes a
//! negative one; rings neither cross nor touch themselves; holes lie inside their shell and do not
//! cross each other. Where the specification is silent, OGC Simple Features 1.2.1 §6.1.11.1 decides:
//! rings may touch each other in single points as long as the interior stays in one piece.

use std::cmp::Ordering;

/// A point of an integer grid, y down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct GridPoint {
    pub(crate) x: i64,
    pub(crate) y: i64,
}

/// Polygons of one feature: rings open, shell first.
pub(crate) type Polygons = Vec<Vec<Vec<GridPoint>>>;

/// Twice the signed area of an open ring, square units; positive for a shell.
pub(crate) fn doubled_area(ring: &[GridPoint]) -> i128 {
    let Some(&origin) = ring.first() else { return 0 };
    // Relative to the first point, products stay small.
    let corner = |p: &GridPoint| (i128::from(p.x - origin.x), i128::from(p.y - origin.y));
    let next = ring[1..].iter().chain([&origin]);
    ring.iter().zip(next).map(|(a, b)| (corner(a), corner(b))).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

/// Whether these polygons may go into a tile as they are.
pub(crate) fn is_valid(polygons: &[Vec<Vec<GridPoint>>]) -> bool {
    let well_wound = polygons.iter().all(|rings| {
        !rings.is_empty()
            && rings.iter().enumerate().all(|(place, ring)| ring.len() >= 3 && (doubled_area(ring) > 0) == (place == 0))
            && rings.iter().skip(1).all(|hole| doubled_area(hole) < 0)
    });
    if !well_wound || polygons.is_empty() {
        return false;
    }
    let rings = Ring::of(polygons);
    let Some(mut touches) = touches(&rings) else { return false };
    (touches.is_empty() || interiors_are_whole(&rings, &mut touches)) && nests(&rings, &touches)
}

/// A ring and where it belongs.
struct Ring<'a> {
    points: &'a [GridPoint],
    polygon: usize,
    is_shell: bool,
    /// `[west, north, east, south]`.
    bounds: [i64; 4],
}

impl<'a> Ring<'a> {
    fn of(polygons: &'a [Vec<Vec<GridPoint>>]) -> Vec<Self> {
        let rings = polygons.iter().enumerate().flat_map(|(polygon, rings)| {
            rings.iter().enumerate().map(move |(place, points)| {
                let bounds = points.iter().fold([i64::MAX, i64::MAX, i64::MIN, i64::MIN], |[w, n, e, s], p| {
                    [w.min(p.x), n.min(p.y), e.max(p.x), s.max(p.y)]
                });
                Ring { points, polygon, is_shell: place == 0, bounds }
            })
        });
        rings.collect()
    }
}

/// Two rings meet in a point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Touch {
    at: GridPoint,
    rings: (usize, usize),
}

struct Edge {
    from: GridPoint,
    to: GridPoint,
    ring: usize,
    place: usize,
}

/// Where different rings touch; `None` if edges cross, overlap, or a ring touches itself.
fn touches(rings: &[Ring<'_>]) -> Option<Vec<Touch>> {
    let mut edges: Vec<Edge> = Vec::with_capacity(rings.iter().map(|ring| ring.points.len()).sum());
    for (number, ring) in rings.iter().enumerate() {
        let ends = ring.points.iter().zip(ring.points.iter().cycle().skip(1)).enumerate();
        edges.extend(ends.map(|(place, (&from, &to))| Edge { from, to, ring: number, place }));
    }
    // A sweep along x: an edge meets only those that start before it ends.
    edges.sort_unstable_by_key(|edge| edge.from.x.min(edge.to.x));
    let mut touches = Vec::new();
    for (number, edge) in edges.iter().enumerate() {
        let end = edge.from.x.max(edge.to.x);
        let (top, bottom) = (edge.from.y.min(edge.to.y), edge.from.y.max(edge.to.y));
        let started = edges[number + 1..].iter().take_while(|other| other.from.x.min(other.to.x) <= end);
        for other in started {
            if other.from.y.min(other.to.y) > bottom || other.from.y.max(other.to.y) < top {
                continue;
            }
            match meet(edge, other) {
                Meeting::None => {}
                Meeting::Along => return None,
                Meeting::At(at) if edge.ring != other.ring => {
                    touches.push(Touch { at, rings: (edge.ring.min(other.ring), edge.ring.max(other.ring)) });
                }
                Meeting::At(at) => {
                    let count = rings[edge.ring].points.len();
                    let follows = |a: &Edge, b: &Edge| (a.place + 1) % count == b.place && a.to == at && b.from == at;
                    if !(follows(edge, other) || follows(other, edge)) {
                        return None;
                    }
                }
            }
        }
    }
    touches.sort_unstable();
    touches.dedup();
    Some(touches)
}

enum Meeting {
    None,
    /// In one point that is an end of at least one of them.
    At(GridPoint),
    /// They cross, or run along each other.
    Along,
}

fn meet(e: &Edge, f: &Edge) -> Meeting {
    let (c, d) = (side(e.from, e.to, f.from), side(e.from, e.to, f.to));
    let (a, b) = (side(f.from, f.to, e.from), side(f.from, f.to, e.to));
    if c == 0 && d == 0 {
        // On one line: compare the stretches they cover.
        let (e_low, e_high) = (e.from.min(e.to), e.from.max(e.to));
        let (f_low, f_high) = (f.from.min(f.to), f.from.max(f.to));
        return match e_low.max(f_low).cmp(&e_high.min(f_high)) {
            Ordering::Greater => Meeting::None,
            Ordering::Equal => Meeting::At(e_low.max(f_low)),
            Ordering::Less => Meeting::Along,
        };
    }
    if c * d > 0 || a * b > 0 {
        return Meeting::None;
    }
    match (c, d, a, b) {
        (0, ..) => Meeting::At(f.from),
        (_, 0, ..) => Meeting::At(f.to),
        (_, _, 0, _) => Meeting::At(e.from),
        (.., 0) => Meeting::At(e.to),
        _ => Meeting::Along,
    }
}

/// On which side of `a b` the point lies: −1, 0 or 1. Exact up to a grid 2³⁰ across.
fn side(a: GridPoint, b: GridPoint, p: GridPoint) -> i64 {
    ((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)).signum()
}

/// Whether touching rings leave each polygon's interior in one piece: no closed way from ring to
/// ring through their common points.
fn interiors_are_whole(rings: &[Ring<'_>], touches: &mut [Touch]) -> bool {
    let mut links: Vec<(usize, GridPoint, usize)> = Vec::new(); // polygon, point, ring
    for touch in touches.iter().filter(|touch| rings[touch.rings.0].polygon == rings[touch.rings.1].polygon) {
        let polygon = rings[touch.rings.0].polygon;
        links.extend([(polygon, touch.at, touch.rings.0), (polygon, touch.at, touch.rings.1)]);
    }
    links.sort_unstable();
    links.dedup();
    let mut groups: Vec<usize> = (0..rings.len()).collect();
    fn root(groups: &mut [usize], mut ring: usize) -> usize {
        while groups[ring] != ring {
            groups[ring] = groups[groups[ring]];
            ring = groups[ring];
        }
        ring
    }
    links.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).all(|meeting| {
        let first = root(&mut groups, meeting[0].2);
        meeting[1..].iter().all(|&(.., ring)| {
            let other = root(&mut groups, ring);
            groups[other] = first;
            other != first
        })
    })
}

/// Whether shells lie outside other polygons and holes inside their own shell and no other hole.
fn nests(rings: &[Ring<'_>], touches: &[Touch]) -> bool {
    if rings.len() == 1 {
        return true;
    }
    let rows = Rows::of(rings);
    rings.iter().enumerate().all(|(number, ring)| {
        let touching =
            |p: &GridPoint| touches.iter().any(|t| (t.rings.0 == number || t.rings.1 == number) && t.at == *p);
        let Some(witness) = ring.points.iter().copied().find(|p| !touching(p)) else { return false };
        let (mut depth, mut in_own_shell, mut in_sibling) = (0i32, ring.is_shell, false);
        for &other in rows.at(witness.y).iter().filter(|&&other| other != number) {
            let other = &rings[other];
            let [west, north, east, south] = other.bounds;
            if witness.x < west
                || witness.x > east
                || witness.y < north
                || witness.y > south
                || !contains(other.points, witness)
            {
                continue;
            }
            depth += if other.is_shell { 1 } else { -1 };
            if other.polygon == ring.polygon {
                in_own_shell |= other.is_shell;
                in_sibling |= !other.is_shell;
            }
        }
        in_own_shell && !in_sibling && depth == i32::from(!ring.is_shell)
    })
}

/// Rings by the rows of the grid that they reach into, so that a point asks few of them.
struct Rows {
    first: i64,
    shift: u32,
    rings: Vec<Vec<usize>>,
}

impl Rows {
    fn of(rings: &[Ring<'_>]) -> Self {
        let north = rings.iter().map(|ring| ring.bounds[1]).min().unwrap_or(0);
        let south = rings.iter().map(|ring| ring.bounds[3]).max().unwrap_or(0);
        // About as many rows as rings, of equal height.
        let shift = ((south - north) / rings.len() as i64).max(1).ilog2() + 1;
        let mut rows = vec![Vec::new(); ((south - north) >> shift) as usize + 1];
        for (number, ring) in rings.iter().enumerate() {
            for row in (ring.bounds[1] - north) >> shift..=(ring.bounds[3] - north) >> shift {
                rows[row as usize].push(number);
            }
        }
        Self { first: north, shift, rings: rows }
    }

    fn at(&self, y: i64) -> &[usize] {
        &self.rings[((y - self.first) >> self.shift) as usize]
    }
}

/// Whether a point that is not on the ring lies inside it (crossing number of a ray to the east).
fn contains(ring: &[GridPoint], p: GridPoint) -> bool {
    let next = ring.iter().cycle().skip(1);
    let crossed = ring.iter().zip(next).filter(|&(&a, &b)| {
        let (upper, lower) = if a.y <= b.y { (a, b) } else { (b, a) };
        upper.y <= p.y && p.y < lower.y && side(upper, lower, p) > 0
    });
    crossed.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(i64, i64)]) -> Vec<GridPoint> {
        points.iter().map(|&(x, y)| GridPoint { x, y }).collect()
    }
    fn square(x: i64, y: i64, side: i64) -> Vec<GridPoint> {
        ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
    }
    fn hole(x: i64, y: i64, side: i64) -> Vec<GridPoint> {
        let mut ring = square(x, y, side);
        ring.reverse();
        ring
    }

    #[test]
    fn good_polygons_pass() {
        assert!(is_valid(&[vec![square(0, 0, 9)]]));
        assert!(is_valid(&[vec![square(0, 0, 9), hole(1, 1, 2), hole(5, 5, 2)]]));
        // A hole that touches its shell in one point, and an island in a hole.
        assert!(is_valid(&[vec![square(0, 0, 9), ring(&[(0, 4), (2, 6), (2, 2)])]]));
        assert!(is_valid(&[vec![square(0, 0, 9), hole(1, 1, 7)], vec![square(3, 3, 2)]]));
        // Two shells that touch in a corner.
        assert!(is_valid(&[vec![square(0, 0, 4)], vec![square(4, 4, 4)]]));
    }

    #[test]
    fn each_fault_is_found() {
        let faults = [
            ("wrong winding", vec![vec![hole(0, 0, 9)]]),
            ("hole wound as a shell", vec![vec![square(0, 0, 9), square(2, 2, 2)]]),
            ("no area", vec![vec![ring(&[(0, 0), (5, 5), (9, 9)])]]),
            ("two points", vec![vec![ring(&[(0, 0), (5, 5)])]]),
            ("crosses itself", vec![vec![ring(&[(0, 0), (9, 9), (9, 0), (0, 4)])]]),
            ("touches itself", vec![vec![ring(&[(0, 0), (4, 0), (4, 4), (8, 4), (8, 8), (4, 8), (4, 4), (0, 4)])]]),
            ("corner on its own edge", vec![vec![ring(&[(0, 0), (9, 0), (9, 9), (4, 0), (0, 9)])]]),
            ("spike", vec![vec![ring(&[(0, 0), (9, 0), (14, 0), (9, 0), (9, 9)])]]),
            ("repeated point", vec![vec![ring(&[(0, 0), (0, 0), (9, 0), (9, 9)])]]),
            ("hole outside", vec![vec![square(0, 0, 9), hole(20, 20, 2)]]),
            ("hole crosses the shell", vec![vec![square(0, 0, 9), hole(8, 3, 4)]]),
            ("hole in a hole", vec![vec![square(0, 0, 9), hole(1, 1, 7), hole(2, 2, 2)]]),
            ("shell in a shell", vec![vec![square(0, 0, 9)], vec![square(1, 1, 2)]]),
            ("common edge", vec![vec![square(0, 0, 4)], vec![square(4, 0, 4)]]),
            ("cut in two by a hole", vec![vec![square(0, 0, 8), ring(&[(0, 4), (4, 5), (8, 4), (4, 3)])]]),
            ("nothing", vec![]),
        ];
        for (fault, polygons) in faults {
            assert!(!is_valid(&polygons), "{fault}");
        }
    }
}
