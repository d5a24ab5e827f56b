//! A feature as a run of bytes: everything that tiling needs to know of it, in as little as possible.
//!
//! ```text
//! layer · place in its layer · id · anchor · hectares · attributes · kind · chains · points · weights
//! ```
//!
//! Numbers are LEB128, points zigzag differences from the point before (the first from the anchor).
//! Weights are one byte a point, there once the topology of the record is known.

use crate::chains::{ChainEnd, Chains, ShapeKind};
use crate::world::WorldPoint;

/// What a vertex weighs: the lowest zoom at which it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Weight(pub(crate) u8);

impl Weight {
    /// Lives at every zoom.
    pub(crate) const ALWAYS: Self = Self(0);

    pub(crate) fn lives_at(self, zoom: u8) -> bool {
        self.0 <= zoom
    }
}

/// What is known of a feature besides its geometry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Head<'a> {
    /// Its layer's place in the tileset.
    pub(crate) layer: u16,
    /// Its place in the layer.
    pub(crate) order: u32,
    pub(crate) id: u64,
    /// A point inside it.
    pub(crate) anchor: WorldPoint,
    /// NaN where nobody asks.
    pub(crate) hectares: f64,
    /// See `attributes`.
    pub(crate) attributes: &'a [u8],
}

/// Appends a record without weights.
pub(crate) fn write(head: &Head<'_>, chains: &Chains, out: &mut Vec<u8>) {
    write_head(head, out);
    write_chains(head.anchor, chains.kind, &chains.ends, &chains.points, out);
    out.push(0);
}

/// Appends a record with a weight for each point.
pub(crate) fn write_weighed(
    head: &Head<'_>,
    kind: ShapeKind,
    ends: &[ChainEnd],
    points: &[WorldPoint],
    weights: &[Weight],
    out: &mut Vec<u8>,
) {
    write_head(head, out);
    write_chains(head.anchor, kind, ends, points, out);
    out.push(1);
    out.extend(weights.iter().map(|weight| weight.0));
}

fn write_head(head: &Head<'_>, out: &mut Vec<u8>) {
    push(out, u64::from(head.layer));
    push(out, u64::from(head.order));
    push(out, head.id);
    out.extend(head.anchor.x.to_le_bytes());
    out.extend(head.anchor.y.to_le_bytes());
    out.extend(head.hectares.to_le_bytes());
    push(out, head.attributes.len() as u64);
    out.extend(head.attributes);
}

fn write_chains(anchor: WorldPoint, kind: ShapeKind, ends: &[ChainEnd], points: &[WorldPoint], out: &mut Vec<u8>) {
    out.push(match kind {
        ShapeKind::Points => 1,
        ShapeKind::Lines => 2,
        ShapeKind::Polygons => 3,
    });
    push(out, ends.len() as u64);
    let mut start = 0;
    for chain in ends {
        push(out, u64::from(chain.end - start) << 1 | u64::from(chain.is_shell));
        start = chain.end;
    }
    let mut before = anchor;
    for &point in points {
        // The grid is a ring of 2³² units: the difference wraps as the sum will.
        push(out, u64::from(zigzag(point.x.wrapping_sub(before.x) as i32)));
        push(out, u64::from(zigzag(point.y.wrapping_sub(before.y) as i32)));
        before = point;
    }
}

fn zigzag(number: i32) -> u32 {
    ((number << 1) ^ (number >> 31)) as u32
}

fn unzigzag(number: u32) -> i32 {
    (number >> 1) as i32 ^ -((number & 1) as i32)
}

fn push(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads records that this module wrote.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The head; comes first.
    pub(crate) fn head(&mut self) -> Head<'a> {
        let layer = self.number() as u16;
        let order = self.number() as u32;
        let id = self.number();
        let anchor = WorldPoint { x: u32::from_le_bytes(self.fixed()), y: u32::from_le_bytes(self.fixed()) };
        let hectares = f64::from_le_bytes(self.fixed());
        let length = self.number() as usize;
        let (attributes, rest) = self.bytes.split_at(length);
        self.bytes = rest;
        Head { layer, order, id, anchor, hectares, attributes }
    }

    /// The geometry, appended to what the buffers hold; ends count from their old length. Points
    /// without weights live always.
    pub(crate) fn chains(
        &mut self,
        anchor: WorldPoint,
        ends: &mut Vec<ChainEnd>,
        points: &mut Vec<WorldPoint>,
        weights: &mut Vec<Weight>,
    ) -> ShapeKind {
        let kind = match self.byte() {
            1 => ShapeKind::Points,
            2 => ShapeKind::Lines,
            _ => ShapeKind::Polygons,
        };
        let chains = self.number() as usize;
        let mut end = points.len() as u32;
        for _ in 0..chains {
            let number = self.number();
            end += (number >> 1) as u32;
            ends.push(ChainEnd { end, is_shell: number & 1 == 1 });
        }
        let count = end as usize - points.len();
        let mut at = anchor;
        for _ in 0..count {
            at.x = at.x.wrapping_add(unzigzag(self.number() as u32) as u32);
            at.y = at.y.wrapping_add(unzigzag(self.number() as u32) as u32);
            points.push(at);
        }
        if self.byte() == 1 {
            weights.extend(self.bytes[..count].iter().map(|&byte| Weight(byte)));
            self.bytes = &self.bytes[count..];
        } else {
            weights.resize(weights.len() + count, Weight::ALWAYS);
        }
        kind
    }

    fn fixed<const N: usize>(&mut self) -> [u8; N] {
        let mut fixed = [0; N];
        let (bytes, rest) = self.bytes.split_at(N);
        fixed.copy_from_slice(bytes);
        self.bytes = rest;
        fixed
    }

    fn byte(&mut self) -> u8 {
        let byte = self.bytes[0];
        self.bytes = &self.bytes[1..];
        byte
    }

    fn number(&mut self) -> u64 {
        let mut number = 0;
        let mut shift = 0;
        loop {
            let byte = self.byte();
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return number;
            }
            shift += 7;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn there_and_back(
            id: u64,
            order: u32,
            anchor: (u32, u32),
            attributes: Vec<u8>,
            chains in prop::collection::vec(prop::collection::vec((any::<u32>(), any::<u32>(), 0u8..20), 1..9), 1..5),
        ) {
            let world = |&(x, y, _): &(u32, u32, u8)| WorldPoint { x, y };
            let points: Vec<WorldPoint> = chains.iter().flatten().map(world).collect();
            let weights: Vec<Weight> = chains.iter().flatten().map(|&(_, _, weight)| Weight(weight)).collect();
            let mut end = 0;
            let ends: Vec<ChainEnd> = chains.iter().enumerate().map(|(number, chain)| {
                end += chain.len() as u32;
                ChainEnd { end, is_shell: number % 2 == 0 }
            }).collect();
            let anchor = WorldPoint { x: anchor.0, y: anchor.1 };
            let head = Head { layer: 3, order, id, anchor, hectares: 0.25, attributes: &attributes };
            let mut bytes = Vec::new();
            write_weighed(&head, ShapeKind::Polygons, &ends, &points, &weights, &mut bytes);
            let whole = Chains { kind: ShapeKind::Polygons, points, ends };
            let mut plain = Vec::new();
            write(&head, &whole, &mut plain);
            for (bytes, expected) in [(bytes, weights.clone()), (plain, vec![Weight::ALWAYS; weights.len()])] {
                let mut reader = Reader::new(&bytes);
                prop_assert_eq!(reader.head(), head);
                let (mut ends, mut points, mut weights) = (Vec::new(), Vec::new(), Vec::new());
                let kind = reader.chains(anchor, &mut ends, &mut points, &mut weights);
                prop_assert_eq!(Chains { kind, points, ends }, whole.clone());
                prop_assert_eq!(weights, expected);
            }
        }
    }
}
