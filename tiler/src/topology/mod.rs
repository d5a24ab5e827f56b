//! Topology: which vertices neighbours share, and at which zoom each of them is drawn.
//!
//! The world is divided into fixed *cells*. A vertex is a node where chains part, where a line ends,
//! and where an edge leads into another cell; between nodes run arcs, each inside one cell. So what a
//! vertex weighs depends on what lies in its cell, and cells can be worked on in any grouping, in any
//! order. A *group* is a tile of cells small enough to be worked on at once.

mod arcs;
mod group;
mod noding;
mod vertices;
mod visvalingam;

use std::io;
use std::ops::RangeInclusive;

use rayon::prelude::*;

pub(crate) use arcs::{arcs_leaving, arcs_meeting, edges_meeting};
pub(crate) use noding::TOLERANCE;

use crate::chains::{ChainEnd, ShapeKind};
use crate::quadrants::Quadrant;
use crate::record::{self, Head, Reader, Weight};
use crate::store::Store;
use crate::world::{Bounds, WorldPoint};
use group::{Loose, Settled, settle};

/// Records of a group together have about this many bytes, unless a single cell has more.
const GROUP_BYTES: usize = 1 << 19;

/// What the weights are for.
#[derive(Clone, Debug)]
pub(crate) struct Zooms {
    /// The zooms of the tileset.
    pub(crate) all: RangeInclusive<u8>,
    /// The zoom whose tiles are the cells.
    pub(crate) cell: u8,
}

impl Zooms {
    pub(crate) fn of(all: RangeInclusive<u8>) -> Self {
        // Cells of a quarter of the world at least, so that products of differences fit in 64 bits.
        let cell = all.end().saturating_sub(1).max(2);
        Self { all, cell }
    }
}

/// Weighs the records of one layer, given by their numbers, into another store.
pub(crate) fn weigh(raw: &Store, numbers: &[u32], zooms: &Zooms, weighed: &mut Store) -> io::Result<()> {
    let groups = groups_of(raw, numbers, zooms);
    // Groups that a record still waits for: its vertices are kept until the last one is done.
    let mut awaited = vec![0u32; raw.len()];
    groups.iter().flat_map(|(_, numbers)| numbers).for_each(|&number| awaited[number as usize] += 1);
    let mut loose: Vec<Loose> = Vec::new();
    for batch in groups.chunks(4 * rayon::current_num_threads()) {
        let settled: Vec<io::Result<Settled>> =
            batch.par_iter().map(|(bounds, numbers)| settle(raw, numbers, *bounds, zooms)).collect();
        for settled in settled {
            let settled = settled?;
            for (range, bounds) in settled.records {
                weighed.push(&settled.bytes[range], bounds)?;
            }
            loose.extend(settled.loose);
        }
        batch.iter().flat_map(|(_, numbers)| numbers).for_each(|&number| awaited[number as usize] -= 1);
        gather(raw, loose.extract_if(.., |vertex| awaited[vertex.record as usize] == 0).collect(), weighed)?;
    }
    Ok(())
}

/// Divides records into groups of cells that are small enough, each with all records that come
/// within tolerance of it.
fn groups_of(raw: &Store, numbers: &[u32], zooms: &Zooms) -> Vec<(Bounds, Vec<u32>)> {
    let mut groups = Vec::new();
    let mut open = vec![(Quadrant::WORLD, numbers.to_vec())];
    while let Some((quadrant, numbers)) = open.pop() {
        let bytes: usize = numbers.iter().map(|&number| raw.length(number)).sum();
        if numbers.is_empty() {
            continue;
        }
        if bytes <= GROUP_BYTES || quadrant.zoom >= zooms.cell {
            groups.push((quadrant.bounds(), numbers));
            continue;
        }
        // The last pushed is the first popped: along the curve.
        for quarter in quadrant.quarters().into_iter().rev() {
            let reach = quarter.bounds().grown(TOLERANCE);
            let touches = |number: &u32| raw.bounds(*number).meets(reach);
            open.push((quarter, numbers.iter().copied().filter(touches).collect()));
        }
    }
    groups
}

/// Puts together the records whose vertices lie in several groups.
fn gather(raw: &Store, mut loose: Vec<Loose>, weighed: &mut Store) -> io::Result<()> {
    loose.par_sort_unstable_by(Loose::compare);
    for vertices in loose.chunk_by(|a, b| a.record == b.record) {
        let number = vertices[0].record;
        let bytes = raw.get(number)?;
        let mut reader = Reader::new(&bytes);
        let head = Head { order: number, ..reader.head() };
        let (mut chains, mut points, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        let kind: ShapeKind = reader.chains(head.anchor, &mut chains, &mut points, &mut weights);
        let mut ends: Vec<ChainEnd> = Vec::with_capacity(chains.len());
        points.clear();
        weights.clear();
        for chain in vertices.chunk_by(|a, b| a.chain == b.chain) {
            points.extend(chain.iter().map(|vertex| vertex.on.point));
            weights.extend(chain.iter().map(|vertex| vertex.weight));
            let is_shell = chains[chain[0].chain as usize].is_shell;
            ends.push(ChainEnd { end: points.len() as u32, is_shell });
        }
        let mut record = Vec::new();
        record::write_weighed(&head, kind, &ends, &points, &weights, &mut record);
        weighed.push(&record, bounds(&points))?;
    }
    Ok(())
}

fn bounds(points: &[WorldPoint]) -> Bounds {
    Bounds::of(points.iter().copied()).unwrap_or(Bounds::at(WorldPoint { x: 0, y: 0 }))
}

/// A vertex that lives always, whatever its zooms.
const NODE: Weight = Weight::ALWAYS;
