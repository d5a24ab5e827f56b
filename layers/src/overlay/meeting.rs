//! What a patch meets of the polygons near it: borders, or polygons that hold all of it.

use super::arrange::{Arrangement, Segment};
use super::layer::Cutting;
use super::node::{Bounds, Node, crosses_ray};
use super::prepared::Prepared;
use super::scratch::Scratch;
use super::trace::square_metres;

/// What a patch meets, beside the lists of the scratch: sources are counted from 1 in the order of
/// the layer, the patch is source 0.
pub(super) struct Meeting {
    bounds: Bounds,
    /// How many borders around the patch are not its own.
    pub covering: usize,
}

impl Meeting {
    /// `None` if nothing is left of the patch on the grid.
    pub(super) fn of(
        own: &Prepared,
        polygons: &Prepared,
        near: &[(usize, usize)],
        scratch: &mut Scratch,
    ) -> Option<Self> {
        let Scratch { whole, segments, .. } = scratch;
        whole.clear();
        segments.clear();
        let first = own.first(0)?;
        let bounds = own.bounds(0);
        let around = bounds.grown(2);
        for ((polygon, _), source) in near.iter().zip(1..) {
            let before = segments.len();
            polygons.edges_near(*polygon, &around, |a, b| segments.push(Segment::of(a, b, source)));
            if segments.len() == before && polygons.holds(*polygon, first.doubled()) {
                whole.push(source);
            }
        }
        let covering = segments.len();
        if covering > 0 {
            own.edges_near(0, &bounds, |a, b| segments.push(Segment::of(a, b, 0)));
        }
        Some(Self { bounds, covering })
    }

    /// Whether no border of a polygon meets the patch's, nor lies inside it: then none divides it.
    pub(super) fn is_clear(&self, own: &Prepared, scratch: &Scratch) -> bool {
        let (borders, patch) = scratch.segments.split_at(self.covering);
        let is_beside = |border: &Segment| patch.iter().all(|edge| border.is_apart(edge));
        borders.iter().all(|border| is_beside(border) && !own.holds(0, border.ends()[0].doubled()))
    }

    /// Which polygons of the layer hold a place of the patch's border, where none has a border.
    pub(super) fn holders(
        &self,
        own: &Prepared,
        polygons: &Prepared,
        near: &[(usize, usize)],
        scratch: &Scratch,
    ) -> impl Iterator<Item = usize> {
        let place = own.first(0).map(Node::doubled);
        let holds = move |source: &u32| place.is_some_and(|place| polygons.holds(near[*source as usize - 1].0, place));
        let beside = scratch.segments[..self.covering].chunk_by(|s, t| s.source() == t.source());
        let beside = beside.map(|borders| borders[0].source()).filter(holds);
        scratch.whole.iter().copied().chain(beside).map(|source| near[source as usize - 1].1)
    }

    /// `None` where the borders cannot be told apart.
    pub(super) fn arrange<'s>(
        self,
        own: &Prepared,
        polygons: &Prepared,
        near: &[(usize, usize)],
        scratch: &'s mut Scratch,
    ) -> Option<Cutting<'s>> {
        let Self { bounds, covering } = self;
        let Scratch { whole, segments, sorted, arrangement, arranging, labels, owners, tracing } = scratch;
        let reach = segments.iter().flat_map(Segment::ends).fold(bounds, Bounds::with);
        if !reach.within_reach() {
            return None;
        }
        sorted.clone_from(segments);
        arrangement.arrange(sorted, arranging);
        let arrangement: &Arrangement = arrangement;
        let borders = &segments[..covering];
        // Which polygons hold the middle of an edge whose border it is not.
        let around = |edge: usize| -> Vec<u32> {
            let (a, b) = arrangement.ends(2 * edge as u32);
            let middle = Node { x: a.x + b.x, y: a.y + b.y };
            let mut holding = whole.clone();
            for borders in borders.chunk_by(|s, t| s.source() == t.source()) {
                let source = borders[0].source();
                let is_of = |edge: usize| arrangement.marks(edge).iter().any(|mark| mark.source == source);
                if is_of(edge) {
                    continue;
                }
                let mut holds = polygons.holds(near[source as usize - 1].0, middle);
                if !borders.iter().all(|segment| segment.clear_of(middle)) {
                    // Rounding may have moved a border over the middle: what counts is where it is now.
                    let crosses = |ends: (Node, Node)| crosses_ray(ends.0, ends.1, middle);
                    let before = borders.iter().filter(|segment| crosses(segment.ends().into())).count();
                    let edges = (0..arrangement.edges.len()).filter(|edge| is_of(*edge));
                    let now = edges.filter(|edge| crosses(arrangement.ends(2 * *edge as u32))).count();
                    holds ^= (before + now) % 2 == 1;
                }
                if holds {
                    holding.push(source);
                }
            }
            holding
        };
        labels.label(arrangement, &bounds, around)?;
        Some(Cutting { exact_area: square_metres(own.double_area(0)), arrangement, labels, owners, tracing })
    }
}
