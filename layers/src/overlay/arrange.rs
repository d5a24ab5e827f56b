//! The arrangement of a patch with all its covering polygons: edges that meet in common nodes only.
//!
//! Edges are cut where they cross or touch, and every cut is rounded to the grid. Rounding moves
//! edges, and moved edges could cross others; so an edge that passes through the pixel of any node
//! is led through that node (snap rounding: Hobby, Practical segment intersection with finite
//! precision output, Computational Geometry 13, 1999). Edges led so never cross.
//!
//! ```text
//!        ╲                     ╲
//!   a ────×──┬─ b    →    a ────●──●─ b      ● node on the grid
//!          ╲ │                   ╲ │
//! ```

use std::cmp::Ordering;

use super::node::{Node, cross, crossing, on_pixel, turn};
use super::scratch::refill;

/// An edge of a polygon, running from the smaller node to the greater.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    a: Node,
    b: Node,
    mark: Mark,
}

/// Whose border an edge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    /// The polygon: 0 for the patch.
    pub source: u32,
    /// Whether its land lies to the left of the edge.
    pub left: bool,
}

impl Segment {
    /// An edge with the land of `source` to the left of `from` → `to`.
    pub(super) fn of(from: Node, to: Node, source: u32) -> Self {
        match from < to {
            true => Self { a: from, b: to, mark: Mark { source, left: true } },
            false => Self { a: to, b: from, mark: Mark { source, left: false } },
        }
    }

    pub(super) fn source(&self) -> u32 {
        self.mark.source
    }

    pub(super) fn ends(&self) -> [Node; 2] {
        [self.a, self.b]
    }

    fn spans_y(&self, other: &Self) -> bool {
        self.a.y.min(self.b.y) <= other.a.y.max(other.b.y) && other.a.y.min(other.b.y) <= self.a.y.max(self.b.y)
    }

    fn box_holds(&self, node: Node) -> bool {
        self.a.x <= node.x && node.x <= self.b.x && self.a.y.min(self.b.y) <= node.y && node.y <= self.a.y.max(self.b.y)
    }

    /// Whether the edge passes the pixel of a node that is not its end, whose turn from it is known.
    fn passes(&self, node: Node, turned: i128) -> bool {
        on_pixel(self.a, self.b, turned) && self.box_holds(node) && node != self.a && node != self.b
    }

    /// Whether the edges are at least four units from each other, so that neither is led through a
    /// node of the other; not said of all that are.
    pub(super) fn is_apart(&self, other: &Self) -> bool {
        const AWAY: i64 = 4;
        let (low, high) = (self.a.y.min(self.b.y), self.a.y.max(self.b.y));
        let (other_low, other_high) = (other.a.y.min(other.b.y), other.a.y.max(other.b.y));
        if other.a.x > self.b.x + AWAY
            || other.b.x < self.a.x - AWAY
            || other_low > high + AWAY
            || other_high < low - AWAY
        {
            return true;
        }
        self.is_beside(other) || other.is_beside(self)
    }

    /// Whether the other edge lies on one side of the edge's line, at least four units from it.
    fn is_beside(&self, other: &Self) -> bool {
        let reach = 4 * i128::from((self.b.x - self.a.x) + (self.b.y - self.a.y).abs());
        let (a, b) = (turn(self.a, self.b, other.a), turn(self.a, self.b, other.b));
        a > reach && b > reach || a < -reach && b < -reach
    }

    /// Whether a place, given in half units, is more than two units away from the edge.
    pub(super) fn clear_of(&self, place: Node) -> bool {
        let (a, b) = (self.a.doubled(), self.b.doubled());
        let (low, high) = (a.y.min(b.y), a.y.max(b.y));
        let beside = place.x < a.x - 4 || place.x > b.x + 4 || place.y < low - 4 || place.y > high + 4;
        beside || turn(a, b, place).abs() > 4 * i128::from((b.x - a.x) + (high - low))
    }
}

/// An edge of the arrangement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub from: u32,
    pub to: u32,
    marks: (u32, u32),
}

/// Nodes, edges, and the edges around each node. A *half* is an edge in one of its directions: `2e`
/// runs as edge `e` does, `2e + 1` back.
#[derive(Debug, Default)]
pub(super) struct Arrangement {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    marks: Vec<Mark>,
    /// Node → its place in `spokes`; one more than there are nodes.
    starts: Vec<u32>,
    /// Halves by the node they leave, counter-clockwise from south (not included) by east.
    spokes: Vec<u32>,
    /// Half → its place in `spokes`.
    places: Vec<u32>,
}

/// What an arrangement is made on.
#[derive(Debug, Default)]
pub(super) struct Arranging {
    cuts: Vec<(u32, Node)>,
    crossings: Vec<Node>,
    /// Node ids of an edge's ends, smaller first, and whose border it is.
    pieces: Vec<(u64, Mark)>,
    /// Hash of a node → its id.
    slots: Vec<u32>,
    /// Node → where its next half goes.
    next: Vec<u32>,
}

impl Arrangement {
    /// Becomes the arrangement of segments, which are sorted.
    pub(super) fn arrange(&mut self, segments: &mut [Segment], on: &mut Arranging) {
        let Arranging { cuts, crossings, pieces, slots, next } = on;
        segments.sort_unstable_by_key(|segment| (segment.a, segment.b, segment.mark));
        find_cuts(segments, cuts, crossings);
        cuts.sort_unstable_by(|(i, p), (j, q)| i.cmp(j).then_with(|| along(&segments[*i as usize], *p, *q)));
        cuts.dedup();

        let Self { nodes, edges, marks, .. } = self;
        nodes.clear();
        edges.clear();
        marks.clear();
        pieces.clear();
        let mut ids = NodeIds::of(nodes, slots, segments.len() + cuts.len());
        let mut cuts = cuts.iter().peekable();
        for (place, segment) in segments.iter().enumerate() {
            let mut from = ids.id(segment.a);
            while let Some((_, node)) = cuts.next_if(|(of, _)| *of as usize == place) {
                let to = ids.id(*node);
                pieces.push(piece(from, to, segment.mark));
                from = to;
            }
            let to = ids.id(segment.b);
            pieces.push(piece(from, to, segment.mark));
        }
        pieces.sort_unstable();

        edges.reserve(pieces.len());
        marks.reserve(pieces.len());
        for same in pieces.chunk_by(|(a, _), (b, _)| a == b) {
            self.add_edge(same);
        }
        self.spread(next);
    }

    /// Borders of one polygon that lie on each other bound nothing: they go in pairs.
    fn add_edge(&mut self, same: &[(u64, Mark)]) {
        let first = self.marks.len();
        for (_, mark) in same {
            match self.marks[first..].last() {
                Some(last) if last.source == mark.source => self.marks.truncate(self.marks.len() - 1),
                _ => self.marks.push(*mark),
            }
        }
        if self.marks.len() > first {
            let (from, to) = ((same[0].0 >> 32) as u32, same[0].0 as u32);
            self.edges.push(Edge { from, to, marks: (first as u32, self.marks.len() as u32) });
        }
    }

    /// Sorts the halves around their nodes.
    fn spread(&mut self, next: &mut Vec<u32>) {
        refill(&mut self.starts, 0, self.nodes.len() + 1);
        for edge in &self.edges {
            self.starts[edge.from as usize + 1] += 1;
            self.starts[edge.to as usize + 1] += 1;
        }
        for node in 1..self.starts.len() {
            self.starts[node] += self.starts[node - 1];
        }
        next.clone_from(&self.starts);
        refill(&mut self.spokes, 0, self.edges.len() * 2);
        for half in 0..self.spokes.len() as u32 {
            let place = &mut next[self.origin(half) as usize];
            self.spokes[*place as usize] = half;
            *place += 1;
        }
        let mut spokes = std::mem::take(&mut self.spokes);
        for node in 0..self.nodes.len() {
            let around = &mut spokes[self.starts[node] as usize..self.starts[node + 1] as usize];
            match around {
                // Most nodes are bends of one border.
                [g, h] => {
                    if self.by_direction(*g, *h) == Ordering::Greater {
                        std::mem::swap(g, h);
                    }
                }
                _ => around.sort_unstable_by(|g, h| self.by_direction(*g, *h)),
            }
        }
        refill(&mut self.places, 0, spokes.len());
        for (place, half) in (0..).zip(&spokes) {
            self.places[*half as usize] = place;
        }
        self.spokes = spokes;
    }

    fn by_direction(&self, g: u32, h: u32) -> Ordering {
        let direction = |half: u32| {
            let (from, to) = (self.nodes[self.origin(half) as usize], self.nodes[self.origin(half ^ 1) as usize]);
            (to.x - from.x, to.y - from.y)
        };
        let ((gx, gy), (hx, hy)) = (direction(g), direction(h));
        let west = |x: i64, y: i64| x < 0 || x == 0 && y < 0;
        west(gx, gy).cmp(&west(hx, hy)).then_with(|| 0.cmp(&cross(gx, gy, hx, hy)))
    }

    /// The node that a half leaves.
    pub(super) fn origin(&self, half: u32) -> u32 {
        let edge = &self.edges[half as usize / 2];
        if half.is_multiple_of(2) { edge.from } else { edge.to }
    }

    pub(super) fn marks(&self, edge: usize) -> &[Mark] {
        let (first, last) = self.edges[edge].marks;
        &self.marks[first as usize..last as usize]
    }

    /// The halves that leave a node, counter-clockwise from south (not included) by east.
    pub(super) fn spokes(&self, node: u32) -> &[u32] {
        &self.spokes[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }

    /// The halves that leave the end of a half, clockwise from its way back, the way back last.
    pub(super) fn onward(&self, half: u32) -> impl Iterator<Item = u32> {
        let back = half ^ 1;
        let spokes = self.spokes(self.origin(back));
        let place = (self.places[back as usize] - self.starts[self.origin(back) as usize]) as usize;
        spokes[..place].iter().rev().chain(spokes[place..].iter().rev()).copied()
    }

    /// The ends of a half as points.
    pub(super) fn ends(&self, half: u32) -> (Node, Node) {
        (self.nodes[self.origin(half) as usize], self.nodes[self.origin(half ^ 1) as usize])
    }

    /// The edge right below the land to the lower left of a node where nothing begins to the left.
    pub(super) fn below(&self, node: Node) -> Option<usize> {
        let ends = |edge: usize| {
            let (a, b) = self.ends(2 * edge as u32);
            (a.min(b), a.max(b))
        };
        let spans = |edge: &usize| {
            let (a, b) = ends(*edge);
            a.x < node.x && node.x <= b.x && turn(a, b, node) > 0
        };
        // Edges do not cross, so one that is above where the later begins is above.
        let is_above = |edge: usize, other: usize| {
            let ((a, b), (c, d)) = (ends(edge), ends(other));
            match a.x >= c.x {
                true => [turn(c, d, a), turn(c, d, b)].into_iter().find(|turned| *turned != 0) > Some(0),
                false => [turn(a, b, c), turn(a, b, d)].into_iter().find(|turned| *turned != 0) < Some(0),
            }
        };
        (0..self.edges.len()).filter(spans).reduce(|best, edge| if is_above(edge, best) { edge } else { best })
    }
}

fn piece(from: u32, to: u32, mark: Mark) -> (u64, Mark) {
    let key = |from: u32, to: u32| u64::from(from) << 32 | u64::from(to);
    match from < to {
        true => (key(from, to), mark),
        false => (key(to, from), Mark { left: !mark.left, ..mark }),
    }
}

/// Order of two nodes along an edge that passes their pixels.
fn along(segment: &Segment, p: Node, q: Node) -> Ordering {
    let rising = segment.b.y >= segment.a.y;
    p.x.cmp(&q.x).then(if rising { p.y.cmp(&q.y) } else { q.y.cmp(&p.y) })
}

/// Finds where segments, sorted by their first node, are to be led through a node: by place of the
/// segment.
fn find_cuts(segments: &[Segment], cuts: &mut Vec<(u32, Node)>, crossings: &mut Vec<Node>) {
    cuts.clear();
    crossings.clear();
    for (i, s) in segments.iter().enumerate() {
        let after = segments.iter().enumerate().skip(i + 1).take_while(|(_, t)| t.a.x <= s.b.x);
        for (j, t) in after.filter(|(_, t)| s.spans_y(t)) {
            if s.a == t.a && s.b == t.b {
                continue;
            }
            let (ta, tb) = (turn(s.a, s.b, t.a), turn(s.a, s.b, t.b));
            let (sa, sb) = (turn(t.a, t.b, s.a), turn(t.a, t.b, s.b));
            let passed = [(i, s, t.a, ta), (i, s, t.b, tb), (j, t, s.a, sa), (j, t, s.b, sb)];
            for (place, edge, node, turned) in passed {
                if edge.passes(node, turned) {
                    cuts.push((place as u32, node));
                }
            }
            if ta.signum() * tb.signum() < 0 && sa.signum() * sb.signum() < 0 {
                crossings.push(crossing(t.a, t.b, ta, tb));
            }
        }
    }
    // A crossing cuts the two that cross there, and whatever else passes its pixel.
    crossings.sort_unstable();
    crossings.dedup();
    let widest = segments.iter().map(|segment| segment.b.x - segment.a.x).max().unwrap_or(0);
    for &mut node in crossings {
        let first = segments.partition_point(|segment| segment.a.x < node.x - widest);
        let around = segments.iter().enumerate().skip(first).take_while(|(_, segment)| segment.a.x <= node.x);
        for (place, segment) in around {
            if segment.box_holds(node) && segment.passes(node, turn(segment.a, segment.b, node)) {
                cuts.push((place as u32, node));
            }
        }
    }
}

/// Numbers nodes in the order in which they come: an open hash table, as the standard one costs
/// more than the rest of a small arrangement.
struct NodeIds<'a> {
    nodes: &'a mut Vec<Node>,
    slots: &'a mut Vec<u32>,
}

impl<'a> NodeIds<'a> {
    const FREE: u32 = u32::MAX;

    /// Numbers the nodes of so many edges.
    fn of(nodes: &'a mut Vec<Node>, slots: &'a mut Vec<u32>, edges: usize) -> Self {
        // Most nodes end two edges.
        refill(slots, Self::FREE, (edges * 3).next_power_of_two());
        Self { nodes, slots }
    }

    fn id(&mut self, node: Node) -> u32 {
        // Multipliers of SplitMix64 (Steele et al. 2014); the high bits are the best mixed.
        let hash = (node.x as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ (node.y as u64).rotate_left(32);
        let hash = (hash ^ hash >> 29).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mask = self.slots.len() - 1;
        let mut slot = (hash >> 32) as usize & mask;
        loop {
            match self.slots[slot] {
                Self::FREE => {
                    let id = self.nodes.len() as u32;
                    self.nodes.push(node);
                    self.slots[slot] = id;
                    return id;
                }
                id if self.nodes[id as usize] == node => return id,
                _ => slot = (slot + 1) & mask,
            }
        }
    }
}
