//! From records to an archive: topology, blocks, spools.

use std::io;
use std::ops::RangeInclusive;

use rayon::prelude::*;

use crate::archive::WriteArchive;
use crate::block::{Block, TileLayer, ZoomTiles};
use crate::quadrants::Quadrant;
use crate::spool::Spool;
use crate::store::Store;
use crate::tileset::{Progress, ZoomSummary};

/// Bytes of the records of a block, about.
const BLOCK_BYTES: usize = 2 << 20;
/// Zooms that one block spans at most, so that a feature as large as the world stays within bounds.
const MOST_ZOOMS: u8 = 6;
/// Blocks finished before any of them is spooled.
const BLOCKS_A_THREAD: usize = 8;

/// Draws all zooms of a tileset and writes them.
pub(crate) fn run(
    records: &Store,
    layers: &[TileLayer],
    zooms: RangeInclusive<u8>,
    archive: &mut dyn WriteArchive,
    progress: Progress<'_>,
) -> io::Result<Vec<ZoomSummary>> {
    let mut spools = zooms.clone().map(|_| Spool::new()).collect::<io::Result<Vec<_>>>()?;
    let mut summaries: Vec<ZoomSummary> =
        zooms.clone().map(|zoom| ZoomSummary { zoom, ..ZoomSummary::default() }).collect();
    let numbers: Vec<u32> = (0..records.len() as u32).collect();
    let mut deepest = *zooms.end();
    loop {
        let level = level(records, &numbers, *zooms.start()..=deepest);
        let blocks = blocks(records, numbers.clone(), *level.start());
        let (all, mut done) = (blocks.len() as u64, 0);
        for batch in blocks.chunks(BLOCKS_A_THREAD * rayon::current_num_threads()) {
            let draw = |(quadrant, numbers): &(Quadrant, Vec<u32>)| -> io::Result<Vec<ZoomTiles>> {
                let block = Block::load(records, numbers, *quadrant, &level, layers)?;
                Ok(level.clone().map(|zoom| block.draw(zoom)).collect())
            };
            let drawn: Vec<io::Result<Vec<ZoomTiles>>> = batch.par_iter().with_max_len(1).map(draw).collect();
            for zoom in drawn.into_iter().collect::<io::Result<Vec<_>>>()?.into_iter().flatten() {
                let place = usize::from(zoom.zoom - zooms.start());
                let summary = &mut summaries[place];
                summary.features += zoom.features;
                summary.minimum += zoom.minimum;
                summary.repaired += zoom.repaired;
                summary.tiles += zoom.tiles.len() as u64;
                for (id, bytes) in &zoom.tiles {
                    spools[place].push(*id, bytes)?;
                }
            }
            done += batch.len() as u64;
            progress(done, all);
        }
        tracing::debug!(from = level.start(), to = level.end(), blocks = all, "tiled zooms");
        match level.start().checked_sub(1) {
            Some(next) if next >= *zooms.start() => deepest = next,
            _ => break,
        }
    }
    for spool in spools {
        spool.drain(|tile, bytes| archive.put(tile, bytes))?;
    }
    Ok(summaries)
}

/// The zooms that are drawn block by block together: from the deepest up, as long as blocks stay small.
fn level(records: &Store, numbers: &[u32], zooms: RangeInclusive<u8>) -> RangeInclusive<u8> {
    let (shallowest, deepest) = (*zooms.start(), *zooms.end());
    let least = shallowest.max((deepest + 1).saturating_sub(MOST_ZOOMS));
    let mut cells: Vec<(u64, usize)> = numbers
        .par_iter()
        .map(|&number| {
            let bounds = records.bounds(number);
            let (x, y) = (bounds.west / 2 + bounds.east / 2, bounds.north / 2 + bounds.south / 2);
            let shift = 32 - u32::from(deepest);
            let tile = |v: u32| u64::from((u64::from(v) >> shift) as u32);
            (tile(x) << 32 | tile(y), records.length(number))
        })
        .collect();
    cells.par_sort_unstable();
    let mut zoom = deepest;
    while zoom > least {
        let up = u32::from(deepest - (zoom - 1));
        let tile = |cell: u64| (cell >> 32 >> up, (cell & 0xffff_ffff) >> up);
        let mut sums = std::collections::HashMap::new();
        for &(cell, bytes) in &cells {
            *sums.entry(tile(cell)).or_insert(0) += bytes;
        }
        if sums.values().any(|&bytes: &usize| bytes > BLOCK_BYTES) {
            break;
        }
        zoom -= 1;
    }
    zoom..=deepest
}

/// The tiles of a zoom that records touch, along the curve, and their records.
fn blocks(records: &Store, numbers: Vec<u32>, zoom: u8) -> Vec<(Quadrant, Vec<u32>)> {
    let mut blocks = Vec::new();
    let mut open = vec![(Quadrant::WORLD, numbers)];
    while let Some((quadrant, numbers)) = open.pop() {
        if numbers.is_empty() {
            continue;
        }
        if quadrant.zoom == zoom {
            blocks.push((quadrant, numbers));
            continue;
        }
        // The last pushed is the first popped: along the curve.
        for quarter in quadrant.quarters().into_iter().rev() {
            let reach = Block::reach(quarter);
            let touches = |number: &u32| records.bounds(*number).meets(reach);
            open.push((quarter, numbers.iter().copied().filter(touches).collect()));
        }
    }
    blocks
}
