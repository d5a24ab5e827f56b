//! The features of a block: read from their records, cut down to what the block can show.

use std::io;
use std::ops::Range;

use crate::chains::{ChainEnd, ShapeKind};
use crate::mvt::{Tag, Values};
use crate::record::{Head, Reader, Weight};
use crate::store::Store;
use crate::world::{Bounds, WorldPoint};

/// A feature in a block.
pub(super) struct Part {
    pub(super) layer: u16,
    pub(super) order: u32,
    pub(super) id: u64,
    pub(super) anchor: WorldPoint,
    pub(super) kind: ShapeKind,
    /// Its chains' place in `Features::ends`.
    pub(super) chains: Range<usize>,
    /// Its bounds, the parts far outside the block included.
    pub(super) bounds: Bounds,
    /// Its columns' place in `Features::tags`.
    pub(super) tags: Range<usize>,
}

/// Features, their vertices chain after chain.
#[derive(Default)]
pub(super) struct Features {
    pub(super) parts: Vec<Part>,
    pub(super) ends: Vec<ChainEnd>,
    pub(super) points: Vec<WorldPoint>,
    pub(super) weights: Vec<Weight>,
    pub(super) tags: Vec<Tag>,
    pub(super) values: Values,
}

impl Features {
    /// Reads records. Of what lies outside `reach` no more is kept than its course round it; of the
    /// rest, what lives at `deepest`.
    pub(super) fn load(store: &Store, numbers: &[u32], reach: Bounds, deepest: u8) -> io::Result<Self> {
        let mut features = Self::default();
        let (mut ends, mut points, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for &number in numbers {
            let record = store.get(number)?;
            let mut reader = Reader::new(&record);
            let Head { layer, order, id, anchor, attributes, .. } = reader.head();
            ends.clear();
            points.clear();
            weights.clear();
            let kind = reader.chains(anchor, &mut ends, &mut points, &mut weights);
            let first_tag = features.tags.len();
            features.values.add(attributes, &mut features.tags);
            let tags = first_tag..features.tags.len();
            let first = features.ends.len();
            let bounds = store.bounds(number);
            let is_inside = reach.holds_all_of(bounds);
            let mut start = 0;
            for chain in &ends {
                let range = start..chain.end as usize;
                start = chain.end as usize;
                features.add_chain(&points[range.clone()], &weights[range], (!is_inside).then_some(reach), deepest);
                features.ends.push(ChainEnd { end: features.points.len() as u32, is_shell: chain.is_shell });
            }
            let chains = first..features.ends.len();
            features.parts.push(Part { layer, order, id, anchor, kind, chains, bounds, tags });
        }
        features.parts.sort_unstable_by_key(|part| (part.layer, part.order, part.chains.start));
        Ok(features)
    }

    /// The vertices of a chain.
    pub(super) fn chain(&self, chain: usize) -> impl Iterator<Item = (WorldPoint, Weight)> + '_ {
        let start = chain.checked_sub(1).map_or(0, |before| self.ends[before].end as usize);
        let range = start..self.ends[chain].end as usize;
        self.points[range.clone()].iter().copied().zip(self.weights[range].iter().copied())
    }

    fn add_chain(&mut self, points: &[WorldPoint], weights: &[Weight], reach: Option<Bounds>, deepest: u8) {
        let Some(reach) = reach else {
            for (&point, &weight) in points.iter().zip(weights) {
                if weight.lives_at(deepest) {
                    self.points.push(point);
                    self.weights.push(weight);
                }
            }
            return;
        };
        // Stretches beyond one side of the reach: of each, what is first or last at some zoom.
        let mut beyond = 0;
        let mut first = 0;
        for (place, &point) in points.iter().enumerate() {
            let code = outside(reach, point);
            if place > 0 && beyond & code == 0 {
                self.add_stretch(&points[first..place], &weights[first..place], deepest);
                first = place;
                beyond = code;
            } else {
                beyond = if place == 0 { code } else { beyond & code };
            }
        }
        self.add_stretch(&points[first..], &weights[first..], deepest);
    }

    /// Adds the vertices that are the first or the last of the stretch to live at some zoom.
    fn add_stretch(&mut self, points: &[WorldPoint], weights: &[Weight], deepest: u8) {
        let last_first = |least: &mut Weight, weight: Weight| {
            let is_first = weight < *least;
            *least = weight.min(*least);
            is_first
        };
        let mut least = Weight(deepest + 1);
        let first: Vec<usize> = (0..points.len()).filter(|&place| last_first(&mut least, weights[place])).collect();
        let mut least = Weight(deepest + 1);
        let mut kept: Vec<usize> =
            (0..points.len()).rev().filter(|&place| last_first(&mut least, weights[place])).collect();
        kept.extend(first);
        kept.sort_unstable();
        kept.dedup();
        self.points.extend(kept.iter().map(|&place| points[place]));
        self.weights.extend(kept.iter().map(|&place| weights[place]));
    }
}

/// Which sides a point lies beyond, as bits.
fn outside(bounds: Bounds, p: WorldPoint) -> u8 {
    u8::from(p.x < bounds.west)
        | u8::from(p.x > bounds.east) << 1
        | u8::from(p.y < bounds.north) << 2
        | u8::from(p.y > bounds.south) << 3
}
