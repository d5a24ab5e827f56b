//! The vertices of one group of cells, each once: whether it is a node, and what it weighs.

use crate::record::Weight;
use crate::world::WorldPoint;

/// A hash table by point, with linear probing. Sized once: it never holds more points than promised.
pub(super) struct Vertices {
    slots: Vec<Slot>,
    shift: u32,
}

#[derive(Clone, Copy)]
struct Slot {
    point: u64,
    /// The two neighbours between which every chain passes so far, the lesser first.
    between: (u64, u64),
    state: State,
}

/// What is known of a vertex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Empty,
    /// Inside an arc that nobody has weighed yet.
    Inner,
    /// Where arcs meet; drawn at every zoom.
    Node,
    Weighed(Weight),
}

impl Vertices {
    /// Room for that many points.
    pub(super) fn with_room_for(points: usize) -> Self {
        let bits = (points.max(8) * 2).next_power_of_two().ilog2();
        let empty = Slot { point: 0, between: (0, 0), state: State::Empty };
        Self { slots: vec![empty; 1 << bits], shift: 64 - bits }
    }

    /// The slot of a point, or the empty one that it would take.
    fn find(&self, point: u64) -> usize {
        let mut place = (point.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize;
        while self.slots[place].state != State::Empty && self.slots[place].point != point {
            place = (place + 1) & (self.slots.len() - 1);
        }
        place
    }

    /// A chain passes through the vertex, between two others.
    pub(super) fn pass(&mut self, at: WorldPoint, before: WorldPoint, after: WorldPoint) {
        let between = (before.min(after).packed(), before.max(after).packed());
        let place = self.find(at.packed());
        let slot = &mut self.slots[place];
        if slot.state == State::Empty {
            // The same neighbour twice is the tip of a spike.
            let state = if before == after { State::Node } else { State::Inner };
            *slot = Slot { point: at.packed(), between, state };
        } else if slot.between != between {
            slot.state = State::Node;
        }
    }

    /// Makes the vertex a node, whatever passes through it.
    pub(super) fn pin(&mut self, at: WorldPoint) {
        let place = self.find(at.packed());
        self.slots[place] = Slot { point: at.packed(), between: (0, 0), state: State::Node };
    }

    pub(super) fn state(&self, at: WorldPoint) -> State {
        self.slots[self.find(at.packed())].state
    }

    pub(super) fn weigh(&mut self, at: WorldPoint, weight: Weight) {
        let place = self.find(at.packed());
        self.slots[place].state = State::Weighed(weight);
    }
}
