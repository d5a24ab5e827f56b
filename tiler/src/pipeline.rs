//! From records to spools: which zooms are drawn, in blocks of which size.

use std::collections::HashMap;
use std::io;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU8, Ordering};

use rayon::prelude::*;

use crate::block::{Block, TileLayer, ZoomTiles};
use crate::coord::TileId;
use crate::counts::CountsByTile;
use crate::journal::{BlockKey, Journal};
use crate::quadrants::Quadrant;
use crate::spool::Spool;
use crate::store::Store;
use crate::tileset::{Progress, ZoomSummary};

/// Bytes of the records of a block, about.
const BLOCK_BYTES: usize = 2 << 20;
/// Bytes that a record is worth at shallow zooms, at most.
const SHALLOW_RECORD: usize = 100;
/// Zooms that one block spans at most, so that a feature as large as the world stays within bounds.
const MOST_ZOOMS: u8 = 6;
/// Blocks finished before any of them is spooled.
const BLOCKS_A_THREAD: usize = 8;

/// A tile that takes more than this times its budget in quarters is not tried as a whole: a tile is
/// seldom less than half of its quarters.
const HOPELESS: u64 = 2;

/// What is drawn, and how far up.
pub(crate) struct Work<'a> {
    pub(crate) records: &'a Store,
    pub(crate) layers: &'a [TileLayer],
    pub(crate) zooms: RangeInclusive<u8>,
    /// Most compressed bytes of a tile; `None` draws every feature at every zoom.
    pub(crate) budget: Option<u64>,
    /// Bytes of records that one block of shallow zooms may have.
    pub(crate) shallow_bytes: usize,
    pub(crate) progress: Progress<'a>,
    /// Where finished blocks are written down.
    pub(crate) journal: Option<&'a Journal>,
}

/// What was drawn of a block.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct BlockTiles {
    /// Deepest first.
    pub(crate) zooms: Vec<ZoomTiles>,
    /// The shallowest zoom that can be drawn, as far as this block alone tells.
    pub(crate) from_zoom: u8,
    /// Its tiles of the zoom above that exceed the budget.
    pub(crate) oversize: Vec<u64>,
}

/// What was drawn.
pub(crate) struct Drawn {
    /// Tiles of each zoom, shallowest first.
    pub(crate) spools: Vec<Spool>,
    pub(crate) summaries: Vec<ZoomSummary>,
    /// What each tile shows, of the zooms that show single features.
    pub(crate) counts: CountsByTile,
    /// The shallowest zoom that was drawn: the others would exceed the budget.
    pub(crate) from_zoom: u8,
    /// Tiles of the zoom above that were drawn and exceed the budget: some of them, if any.
    pub(crate) oversize: Vec<u64>,
}

impl Drawn {
    /// Nothing yet, down from `from_zoom`.
    pub(crate) fn nothing(zooms: RangeInclusive<u8>, from_zoom: u8) -> io::Result<Self> {
        let spools = zooms.clone().map(|_| Spool::new()).collect::<io::Result<Vec<_>>>()?;
        let summaries = zooms.map(|zoom| ZoomSummary { zoom, ..ZoomSummary::default() }).collect();
        Ok(Self { spools, summaries, counts: CountsByTile::new(), from_zoom, oversize: Vec::new() })
    }
}

impl Work<'_> {
    /// Draws records, from the deepest zoom up, as long as every tile keeps within the budget.
    pub(crate) fn draw(&self, numbers: &[u32], finish: fn(Vec<u8>) -> Vec<u8>) -> io::Result<Drawn> {
        let zooms = self.zooms.clone();
        let mut spools = zooms.clone().map(|_| Spool::new()).collect::<io::Result<Vec<_>>>()?;
        let summary = |zoom| ZoomSummary { zoom, ..ZoomSummary::default() };
        let mut summaries: Vec<ZoomSummary> = zooms.clone().map(summary).collect();
        let mut counts = CountsByTile::new();
        let mut deepest = *zooms.end();
        let mut oversize = Vec::new();
        let from_zoom = AtomicU8::new(self.probe(numbers, finish, &mut oversize)?);
        // Bytes of the four tiles below each tile of the zoom that comes next.
        let mut quarters = Quarters::default();
        loop {
            if self.is_hopeless(&quarters) {
                from_zoom.fetch_max(deepest + 1, Ordering::Relaxed);
                break;
            }
            let level = self.level(numbers, from_zoom.load(Ordering::Relaxed).min(deepest)..=deepest);
            let blocks = blocks(self.records, numbers.to_vec(), *level.start());
            quarters.clear();
            let (all, mut done) = (blocks.len() as u64, 0);
            for batch in blocks.chunks(BLOCKS_A_THREAD * rayon::current_num_threads()) {
                let draw = |(quadrant, numbers): &(Quadrant, Vec<u32>)| {
                    self.finished_or_drawn(*quadrant, numbers, &level, &from_zoom, finish)
                };
                let drawn: Vec<io::Result<BlockTiles>> = batch.par_iter().with_max_len(1).map(draw).collect();
                let drawn = drawn.into_iter().collect::<io::Result<Vec<_>>>()?;
                if let Some(journal) = self.journal {
                    let keys = batch.iter().map(|(quadrant, _)| BlockKey::new(&level, *quadrant));
                    journal.append(keys.zip(&drawn).filter(|(key, _)| !journal.has(*key)));
                }
                drawn.iter().for_each(|block| oversize.extend(&block.oversize));
                for zoom in drawn.into_iter().flat_map(|block| block.zooms) {
                    if zoom.zoom < from_zoom.load(Ordering::Relaxed) {
                        continue;
                    }
                    let place = usize::from(zoom.zoom - zooms.start());
                    summaries[place].add(&zoom);
                    for ((id, bytes), count) in zoom.tiles.iter().zip(&zoom.counts) {
                        spools[place].push(*id, bytes)?;
                        counts.insert(*id, *count);
                    }
                    if zoom.zoom == *level.start() {
                        add_quarters(&zoom, &mut quarters);
                    }
                }
                done += batch.len() as u64;
                (self.progress)(done, all);
            }
            tracing::debug!(from = level.start(), to = level.end(), blocks = all, "tiled zooms");
            match level.start().checked_sub(1) {
                Some(next) if next >= from_zoom.load(Ordering::Relaxed) => deepest = next,
                _ => break,
            }
        }
        let from_zoom = from_zoom.into_inner();
        for zoom in *zooms.start()..from_zoom.min(*zooms.end() + 1) {
            let place = usize::from(zoom - zooms.start());
            spools[place] = Spool::new()?;
            summaries[place] = summary(zoom);
        }
        let is_next = |id: &u64| TileId::new(*id).is_some_and(|tile| tile.coord().z() + 1 == from_zoom);
        oversize.retain(is_next);
        oversize.sort_unstable();
        counts.retain(|&id, _| TileId::new(id).is_some_and(|tile| tile.coord().z() >= from_zoom));
        Ok(Drawn { spools, summaries, counts, from_zoom, oversize })
    }

    /// The shallowest zoom at which the tile with the most records keeps within the budget, as far as
    /// the zooms below it do: others may not, but few zooms are drawn in vain.
    fn probe(&self, numbers: &[u32], finish: fn(Vec<u8>) -> Vec<u8>, oversize: &mut Vec<u64>) -> io::Result<u8> {
        let (least, deepest) = (*self.zooms.start(), *self.zooms.end());
        let Some(most) = self.budget else { return Ok(least) };
        let mut places = self.places(numbers, deepest);
        places.iter_mut().for_each(|(_, bytes)| *bytes = (*bytes).min(SHALLOW_RECORD));
        for zoom in (least..deepest).rev() {
            let heaviest = sums(&places, deepest - zoom).into_iter().max_by_key(|&(tile, bytes)| (bytes, tile));
            let Some(((x, y), _)) = heaviest else { break };
            let quadrant = Quadrant { zoom, x, y };
            let reach = Block::reach(quadrant);
            let touches = |number: &u32| self.records.bounds(*number).meets(reach);
            let numbers: Vec<u32> = numbers.iter().copied().filter(touches).collect();
            let drawn = Block::load(self.records, &numbers, quadrant, &(zoom..=zoom), self.layers)?.draw(zoom, finish);
            let over = drawn.tiles.iter().find(|(_, bytes)| bytes.len() as u64 > most);
            if let Some((tile, _)) = over {
                oversize.push(*tile);
                return Ok(zoom + 1);
            }
        }
        Ok(least)
    }

    /// What a block shows: as an earlier run wrote it down, or drawn.
    fn finished_or_drawn(
        &self,
        quadrant: Quadrant,
        numbers: &[u32],
        level: &RangeInclusive<u8>,
        from_zoom: &AtomicU8,
        finish: fn(Vec<u8>) -> Vec<u8>,
    ) -> io::Result<BlockTiles> {
        let finished = self.journal.and_then(|journal| journal.finished(BlockKey::new(level, quadrant)));
        let block = match finished {
            Some(block) => block,
            None => self.draw_block(quadrant, numbers, level, from_zoom, finish)?,
        };
        from_zoom.fetch_max(block.from_zoom, Ordering::Relaxed);
        Ok(block)
    }

    /// Draws the zooms of a block, deepest first, until one exceeds the budget.
    fn draw_block(
        &self,
        quadrant: Quadrant,
        numbers: &[u32],
        level: &RangeInclusive<u8>,
        from_zoom: &AtomicU8,
        finish: fn(Vec<u8>) -> Vec<u8>,
    ) -> io::Result<BlockTiles> {
        let block = Block::load(self.records, numbers, quadrant, level, self.layers)?;
        let mut tiles = BlockTiles::default();
        let mut quarters = Quarters::default();
        for zoom in level.clone().rev() {
            if zoom < from_zoom.load(Ordering::Relaxed) {
                break;
            }
            if self.is_hopeless(&quarters) {
                tiles.from_zoom = zoom + 1;
                break;
            }
            let drawn = block.draw(zoom, finish);
            let is_over = |(_, bytes): &&(u64, Vec<u8>)| self.budget.is_some_and(|most| bytes.len() as u64 > most);
            // The deepest zoom is drawn whatever it takes: it is all there is.
            if zoom < *self.zooms.end() && drawn.tiles.iter().any(|tile| is_over(&tile)) {
                tiles.from_zoom = zoom + 1;
                tiles.oversize = drawn.tiles.iter().filter(is_over).map(|(id, _)| *id).collect();
                break;
            }
            quarters.clear();
            add_quarters(&drawn, &mut quarters);
            tiles.zooms.push(drawn);
        }
        Ok(tiles)
    }

    fn is_hopeless(&self, quarters: &Quarters) -> bool {
        self.budget.is_some_and(|most| is_hopeless(quarters, most))
    }

    /// The zooms that are drawn block by block together: from the deepest up, as long as blocks stay
    /// small.
    fn level(&self, numbers: &[u32], zooms: RangeInclusive<u8>) -> RangeInclusive<u8> {
        let (shallowest, deepest) = (*zooms.start(), *zooms.end());
        let least = shallowest.max((deepest + 1).saturating_sub(MOST_ZOOMS));
        let is_deepest = deepest == *self.zooms.end();
        let mut places = self.places(numbers, deepest);
        if !is_deepest {
            // Higher up less of a record is alive.
            places.iter_mut().for_each(|(_, bytes)| *bytes = (*bytes).min(SHALLOW_RECORD));
        }
        let most = if is_deepest { BLOCK_BYTES.min(self.shallow_bytes) } else { self.shallow_bytes };
        let mut zoom = deepest;
        while zoom > least {
            if sums(&places, deepest - (zoom - 1)).values().any(|&bytes| bytes > most) {
                break;
            }
            zoom -= 1;
        }
        zoom..=deepest
    }

    /// In which tile of a zoom the middle of each record lies, and the record's bytes; in order.
    fn places(&self, numbers: &[u32], zoom: u8) -> Vec<((u32, u32), usize)> {
        let shift = 32 - u32::from(zoom);
        let place = |&number: &u32| {
            let bounds = self.records.bounds(number);
            let tile = |low: u32, high: u32| (u64::from(low / 2 + high / 2) >> shift) as u32;
            let tile = (tile(bounds.west, bounds.east), tile(bounds.north, bounds.south));
            (tile, self.records.length(number))
        };
        let mut places: Vec<_> = numbers.par_iter().map(place).collect();
        places.par_sort_unstable();
        places
    }
}

/// Bytes of the tiles so many zooms up.
fn sums(places: &[((u32, u32), usize)], up: u8) -> HashMap<(u32, u32), usize> {
    let mut sums = HashMap::new();
    for &((x, y), bytes) in places {
        *sums.entry((x >> up, y >> up)).or_default() += bytes;
    }
    sums
}

/// Bytes of the tiles below a tile, by its place on the curve.
pub(crate) type Quarters = HashMap<u64, u64>;

/// Whether the tile above some quarters need not be tried.
pub(crate) fn is_hopeless(quarters: &Quarters, budget: u64) -> bool {
    quarters.values().any(|&bytes| bytes > HOPELESS * budget)
}

/// Adds the bytes of a tile to those of its parent.
pub(crate) fn add_quarter(id: u64, bytes: u64, quarters: &mut Quarters) {
    if let Some(parent) = TileId::new(id).and_then(|id| id.coord().parent()) {
        *quarters.entry(parent.id().value()).or_default() += bytes;
    }
}

fn add_quarters(zoom: &ZoomTiles, quarters: &mut Quarters) {
    for (id, bytes) in &zoom.tiles {
        add_quarter(*id, bytes.len() as u64, quarters);
    }
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
