//! The vertices of one group of cells, each once: whether it is a node, and what it weighs.

use crate::record::Weight;
use crate::world::WorldPoint;

/// The number of a vertex in its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VertexId(u32);

impl VertexId {
    /// Of what lies outside the group.
    pub(super) const OUTSIDE: Self = Self(u32::MAX);
}

/// Numbers points in the order in which they come: a hash table with linear probing.
pub(super) struct Numbering {
    /// A point, and its number plus one; 0 = free.
    slots: Vec<(u64, u32)>,
    shift: u32,
    count: u32,
}

impl Numbering {
    /// Room for that many points; it never holds more.
    pub(super) fn with_room_for(points: usize) -> Self {
        let bits = (points.max(8) + points / 4).next_power_of_two().ilog2();
        Self { slots: vec![(0, 0); 1 << bits], shift: 64 - bits, count: 0 }
    }

    pub(super) fn number(&mut self, at: WorldPoint) -> VertexId {
        let point = at.packed();
        let mut place = (point.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize;
        loop {
            let slot = &mut self.slots[place];
            if slot.1 == 0 {
                self.count += 1;
                *slot = (point, self.count);
                return VertexId(self.count - 1);
            }
            if slot.0 == point {
                return VertexId(slot.1 - 1);
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
    }

    /// How many have a number.
    pub(super) fn count(&self) -> usize {
        self.count as usize
    }
}

/// What is known of numbered vertices.
pub(super) struct Vertices {
    states: Vec<State>,
    /// The two neighbours between which every chain passes so far, the lesser first.
    between: Vec<(u64, u64)>,
}

/// What is known of a vertex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Unmet,
    /// Inside an arc that nobody has weighed yet.
    Inner,
    /// Where arcs meet; drawn at every zoom.
    Node,
    Weighed(Weight),
}

impl Vertices {
    /// So many vertices, of which nothing is known yet.
    pub(super) fn new(count: usize) -> Self {
        Self { states: vec![State::Unmet; count], between: vec![(0, 0); count] }
    }

    /// A chain passes through the vertex, between two others.
    pub(super) fn pass(&mut self, at: VertexId, before: WorldPoint, after: WorldPoint) {
        let between = (before.min(after).packed(), before.max(after).packed());
        let place = at.0 as usize;
        if self.states[place] == State::Unmet {
            // The same neighbour twice is the tip of a spike.
            self.states[place] = if before == after { State::Node } else { State::Inner };
            self.between[place] = between;
        } else if self.between[place] != between {
            self.states[place] = State::Node;
        }
    }

    /// Makes the vertex a node, whatever passes through it.
    pub(super) fn pin(&mut self, at: VertexId) {
        self.states[at.0 as usize] = State::Node;
    }

    /// `None` of what lies outside the group.
    pub(super) fn state(&self, at: VertexId) -> Option<State> {
        self.states.get(at.0 as usize).copied()
    }

    pub(super) fn weigh(&mut self, at: VertexId, weight: Weight) {
        self.states[at.0 as usize] = State::Weighed(weight);
    }
}
