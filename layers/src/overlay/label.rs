//! Which polygons hold the land on either side of every edge of an arrangement.
//!
//! One side of one edge is looked up; from there the sides follow, around every node and along
//! every edge, by crossing borders.

use std::collections::HashMap;

use super::arrange::{Arrangement, Mark};
use super::node::{Bounds, Node};

/// A set of polygons, by the order in which they were met.
pub(super) type Label = u32;

/// Of a side that nothing tells about: outside the patch, where not all edges are known.
const UNKNOWN: Label = u32::MAX;

/// The sides of all edges.
#[derive(Debug)]
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
}

impl Labels {
    /// Labels what lies within `bounds`, where every edge is known.
    ///
    /// `around` finds the polygons that hold an edge of the patch without having it as their border.
    /// `None` if borders contradict each other, which those of valid polygons do not.
    pub(super) fn new(arrangement: &Arrangement, bounds: &Bounds, around: impl Fn(usize) -> Vec<u32>) -> Option<Self> {
        let mut labels = Self {
            members: Vec::with_capacity(16),
            ends: vec![0],
            known: HashMap::new(),
            left: vec![UNKNOWN; arrangement.edges.len() * 2],
            scratch: Vec::with_capacity(4),
        };
        let mut seen = vec![false; arrangement.nodes.len()];
        let mut pieces: Vec<Connected> = (0..arrangement.nodes.len() as u32)
            .filter_map(|node| connected(arrangement, bounds, node, &mut seen))
            .collect();
        // What encloses a piece begins to the west of it.
        pieces.sort_unstable_by_key(|piece| piece.first);
        let mut done = vec![false; arrangement.nodes.len()];
        for piece in &pieces {
            let start = arrangement.spokes(piece.node)[0];
            let below = arrangement.below(piece.first).map(|edge| labels.above(arrangement, edge));
            match below.filter(|label| labels.in_patch(*label)) {
                Some(label) => labels.set(arrangement, start ^ 1, label),
                None if piece.of_patch.is_empty() => continue,
                None => labels.seed(arrangement, &piece.of_patch, &around),
            }
            let from = if piece.of_patch.is_empty() { start } else { labels.some_known(arrangement, piece) };
            labels.spread(arrangement, bounds, from, &mut done)?;
        }
        Some(labels)
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

    fn some_known(&self, arrangement: &Arrangement, piece: &Connected) -> u32 {
        let start = arrangement.spokes(piece.node)[0];
        let known = piece.of_patch.iter().map(|edge| 2 * *edge as u32);
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
        self.left[half as usize ^ 1] = self.across(label, arrangement.marks(half as usize / 2));
    }

    /// Labels everything connected to an edge whose sides are known.
    fn spread(&mut self, arrangement: &Arrangement, bounds: &Bounds, from: u32, done: &mut [bool]) -> Option<()> {
        let mut open = vec![from, from ^ 1];
        while let Some(half) = open.pop() {
            let node = arrangement.origin(half);
            if done[node as usize] || !bounds.holds(arrangement.nodes[node as usize]) {
                continue;
            }
            done[node as usize] = true;
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
                open.push(*spoke ^ 1);
            }
        }
        Some(())
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
        let few = (0..self.ends.len().min(FEW) as Label).find(|label| self.set_of(*label) == set);
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
struct Connected {
    /// Its first node.
    node: u32,
    first: Node,
    /// Edges of the patch among them.
    of_patch: Vec<usize>,
}

fn connected(arrangement: &Arrangement, bounds: &Bounds, node: u32, seen: &mut [bool]) -> Option<Connected> {
    if seen[node as usize] || !bounds.holds(arrangement.nodes[node as usize]) || arrangement.spokes(node).is_empty() {
        return None;
    }
    let mut found = Connected { node, first: arrangement.nodes[node as usize], of_patch: Vec::new() };
    let mut open = vec![node];
    seen[node as usize] = true;
    while let Some(node) = open.pop() {
        let place = arrangement.nodes[node as usize];
        if place < found.first {
            (found.node, found.first) = (node, place);
        }
        for half in arrangement.spokes(node) {
            let edge = *half as usize / 2;
            if half.is_multiple_of(2) && arrangement.marks(edge)[0].source == 0 {
                found.of_patch.push(edge);
            }
            let end = arrangement.origin(half ^ 1);
            if !seen[end as usize] && bounds.holds(arrangement.nodes[end as usize]) {
                seen[end as usize] = true;
                open.push(end);
            }
        }
    }
    Some(found)
}
