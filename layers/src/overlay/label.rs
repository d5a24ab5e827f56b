//! Which polygons hold the land on either side of every edge of an arrangement.
//!
//! One side of one edge is looked up; from there the sides follow, around every node and along
//! every edge, by crossing borders.

use std::collections::HashMap;

use super::arrange::{Arrangement, Mark};
use super::node::{Bounds, Node};
use super::scratch::refill;

/// A set of polygons, by the order in which they were met.
pub(super) type Label = u32;

/// Of a side that nothing tells about: outside the patch, where not all edges are known.
const UNKNOWN: Label = u32::MAX;

/// The sides of all edges.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// Set after set, each ascending; the first is empty.
    members: Vec<u32>,
    /// Label → end of its set.
    ends: Vec<u32>,
    /// Labels by their sets, once they are too many to be looked through.
    known: HashMap<Vec<u32>, Label>,
    /// Half → label of the land to its left.
    left: Vec<Label>,
    scratch: Vec<u32>,
    /// The last border of one polygon that was crossed: from where, whose, to where.
    crossed: Option<(Label, u32, Label)>,
    /// Node → whether its piece is known.
    seen: Vec<bool>,
    /// Node → whether the land around it is labelled.
    done: Vec<bool>,
    /// What hangs together.
    pieces: Vec<Connected>,
    /// Edges of the patch, piece by piece.
    of_patch: Vec<usize>,
    /// Nodes to go on from.
    open: Vec<u32>,
}

impl Labels {
    /// Labels what lies within `bounds`, where every edge is known.
    ///
    /// `around` finds the polygons that hold an edge of the patch without having it as their border.
    /// `None` if borders contradict each other, which those of valid polygons do not.
    pub(super) fn label(
        &mut self,
        arrangement: &Arrangement,
        bounds: &Bounds,
        around: impl Fn(usize) -> Vec<u32>,
    ) -> Option<()> {
        self.clear(arrangement);
        for node in 0..arrangement.nodes.len() as u32 {
            self.connect(arrangement, bounds, node);
        }
        let (mut pieces, of_patch) = (std::mem::take(&mut self.pieces), std::mem::take(&mut self.of_patch));
        // What encloses a piece begins to the west of it.
        pieces.sort_unstable_by_key(|piece| piece.first);
        let labelled = pieces.iter().try_for_each(|piece| {
            let of_patch = &of_patch[piece.of_patch.0..piece.of_patch.1];
            let start = arrangement.spokes(piece.node)[0];
            let below = arrangement.below(piece.first).map(|edge| self.above(arrangement, edge));
            match below.filter(|label| self.in_patch(*label)) {
                Some(label) => self.set(arrangement, start ^ 1, label),
                None if of_patch.is_empty() => return Some(()),
                None => self.seed(arrangement, of_patch, &around),
            }
            let from = if of_patch.is_empty() { start } else { self.some_known(start, of_patch) };
            self.spread(arrangement, bounds, from)
        });
        (self.pieces, self.of_patch) = (pieces, of_patch);
        labelled
    }

    /// Forgets what it knew of another arrangement.
    fn clear(&mut self, arrangement: &Arrangement) {
        self.members.clear();
        self.ends.clear();
        self.ends.push(0);
        self.known.clear();
        self.crossed = None;
        self.pieces.clear();
        self.of_patch.clear();
        refill(&mut self.left, UNKNOWN, arrangement.edges.len() * 2);
        refill(&mut self.seen, false, arrangement.nodes.len());
        refill(&mut self.done, false, arrangement.nodes.len());
    }

    fn left(&self, half: u32) -> Label {
        self.left[half as usize]
    }

    /// Polygons that hold the land to the left of a half, ascending; none where nothing is known.
    pub(super) fn left_of(&self, half: u32) -> &[u32] {
        match self.left(half) {
            UNKNOWN => &[],
            label => self.set_of(label),
        }
    }

    /// The largest number of polygons that hold any land.
    pub(super) fn most(&self) -> usize {
        (0..self.ends.len()).map(|label| self.set_of(label as Label).len()).max().unwrap_or(0)
    }

    fn set_of(&self, label: Label) -> &[u32] {
        let first = label.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        &self.members[first as usize..self.ends[label as usize] as usize]
    }

    /// Whether a label holds the patch.
    fn in_patch(&self, label: Label) -> bool {
        label != UNKNOWN && self.set_of(label).first() == Some(&0)
    }

    /// The label of the land above an edge that is not upright.
    fn above(&self, arrangement: &Arrangement, edge: usize) -> Label {
        let half = 2 * edge as u32;
        let (from, to) = arrangement.ends(half);
        self.left(if from.x < to.x { half } else { half ^ 1 })
    }

    fn some_known(&self, start: u32, of_patch: &[usize]) -> u32 {
        let known = of_patch.iter().map(|edge| 2 * *edge as u32);
        known.chain([start]).find(|half| self.left(*half) != UNKNOWN).unwrap_or(start)
    }

    /// Labels the sides of one edge of the patch: the longest.
    fn seed(&mut self, arrangement: &Arrangement, of_patch: &[usize], around: &impl Fn(usize) -> Vec<u32>) {
        let length = |edge: &&usize| {
            let (a, b) = arrangement.ends(2 * **edge as u32);
            (a.x - b.x).abs().max((a.y - b.y).abs())
        };
        let Some(&edge) = of_patch.iter().max_by_key(length) else { return };
        let mut set = around(edge);
        set.extend(arrangement.marks(edge).iter().filter(|mark| mark.left).map(|mark| mark.source));
        set.sort_unstable();
        let label = self.label_of(&set);
        self.set(arrangement, 2 * edge as u32, label);
    }

    /// Labels both sides of an edge, given the land to the left of one of its halves.
    fn set(&mut self, arrangement: &Arrangement, half: u32, label: Label) {
        self.left[half as usize] = label;
        self.left[half as usize ^ 1] = match *arrangement.marks(half as usize / 2) {
            [Mark { source, .. }] => self.across_one(label, source),
            ref marks => self.across(label, marks),
        };
    }

    /// Labels everything connected to an edge whose sides are known.
    fn spread(&mut self, arrangement: &Arrangement, bounds: &Bounds, from: u32) -> Option<()> {
        self.open.clear();
        self.open.extend([from, from ^ 1]);
        while let Some(half) = self.open.pop() {
            let node = arrangement.origin(half);
            if self.done[node as usize] || !bounds.holds(arrangement.nodes[node as usize]) {
                continue;
            }
            self.done[node as usize] = true;
            let spokes = arrangement.spokes(node);
            let start = spokes.iter().position(|spoke| *spoke == half)?;
            let mut label = self.left(half);
            for spoke in spokes[start + 1..].iter().chain(&spokes[..=start]) {
                // The land to the left of one spoke is to the right of the next.
                if self.left(*spoke ^ 1) == UNKNOWN {
                    self.set(arrangement, *spoke ^ 1, label);
                } else if self.left(*spoke ^ 1) != label {
                    return None;
                }
                label = self.left(*spoke);
                self.open.push(*spoke ^ 1);
            }
        }
        Some(())
    }

    /// [`Labels::across`] a border of one polygon: the same as of the edge before, most of the time.
    fn across_one(&mut self, label: Label, source: u32) -> Label {
        if let Some((_, _, other)) = self.crossed.filter(|(from, over, _)| (*from, *over) == (label, source)) {
            return other;
        }
        let other = self.across(label, &[Mark { source, left: true }]);
        self.crossed = Some((label, source, other));
        other
    }

    /// The label on the other side of a border.
    fn across(&mut self, label: Label, marks: &[Mark]) -> Label {
        let mut other = std::mem::take(&mut self.scratch);
        other.clear();
        let mut set = self.set_of(label).iter().copied().peekable();
        for mark in marks {
            while let Some(before) = set.next_if(|source| *source < mark.source) {
                other.push(before);
            }
            if set.next_if_eq(&mark.source).is_none() {
                other.push(mark.source);
            }
        }
        other.extend(set);
        let label = self.label_of(&other);
        self.scratch = other;
        label
    }

    fn label_of(&mut self, set: &[u32]) -> Label {
        const FEW: usize = 12;
        // One by one: sets are too small for a comparison of memory.
        let is_set = |label: &Label| {
            let known = self.set_of(*label);
            known.len() == set.len() && known.iter().zip(set).all(|(a, b)| a == b)
        };
        let few = (0..self.ends.len().min(FEW) as Label).find(is_set);
        if let Some(label) = few.or_else(|| self.known.get(set).copied()) {
            return label;
        }
        let label = self.ends.len() as Label;
        self.members.extend_from_slice(set);
        self.ends.push(self.members.len() as u32);
        if self.ends.len() > FEW {
            self.known.insert(set.to_vec(), label);
        }
        label
    }
}

/// Edges that hang together within the bounds.
#[derive(Debug)]
struct Connected {
    /// Its first node.
    node: u32,
    first: Node,
    /// Where its edges of the patch begin and end among those of all pieces.
    of_patch: (usize, usize),
}

impl Labels {
    /// Adds the piece of a node, unless it is known or outside the bounds.
    fn connect(&mut self, arrangement: &Arrangement, bounds: &Bounds, node: u32) {
        let Self { seen, open, of_patch, .. } = self;
        let first = arrangement.nodes[node as usize];
        if seen[node as usize] || !bounds.holds(first) || arrangement.spokes(node).is_empty() {
            return;
        }
        let before = of_patch.len();
        let mut found = Connected { node, first, of_patch: (before, before) };
        open.clear();
        open.push(node);
        seen[node as usize] = true;
        while let Some(node) = open.pop() {
            let place = arrangement.nodes[node as usize];
            if place < found.first {
                (found.node, found.first) = (node, place);
            }
            for half in arrangement.spokes(node) {
                let edge = *half as usize / 2;
                if half.is_multiple_of(2) && arrangement.marks(edge)[0].source == 0 {
                    of_patch.push(edge);
                }
                let end = arrangement.origin(half ^ 1);
                if !seen[end as usize] && bounds.holds(arrangement.nodes[end as usize]) {
                    seen[end as usize] = true;
                    open.push(end);
                }
            }
        }
        found.of_patch.1 = of_patch.len();
        self.pieces.push(found);
    }
}
