//! Tiles drawn again, and put between those that stay as they were.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;

use rayon::prelude::*;

use super::changes::Changes;
use super::reach::DirtyTiles;
use crate::archive::gzip::gzip;
use crate::archive::{Archive, ArchiveError, WriteArchive};
use crate::block::Block;
use crate::coord::{TileCoord, TileId};
use crate::counts::{CountsByTile, TileCounts};
use crate::pipeline::{Quarters, Work, add_quarter, is_hopeless};
use crate::quadrants::Quadrant;
use crate::spool::Spool;

/// A tile and what it shows.
pub(super) struct Tile {
    pub(super) bytes: Vec<u8>,
    pub(super) counts: TileCounts,
}

/// Tiles by their place on the curve.
pub(super) type Tiles = BTreeMap<u64, Tile>;

/// Draws tiles, each from the records of `work` that it can show; those without content are absent.
pub(super) fn draw(work: &Work<'_>, tiles: &[Quadrant]) -> io::Result<Tiles> {
    let everything: Vec<u32> = (0..work.records.len() as u32).collect();
    // Tiles of one parent look at the same records.
    let shallowest = tiles.iter().map(|tile| tile.zoom).min().unwrap_or(0);
    let mut families: HashMap<(u32, u32), Vec<Quadrant>> = HashMap::new();
    for &tile in tiles {
        let up = tile.zoom - shallowest;
        families.entry((tile.x >> up, tile.y >> up)).or_default().push(tile);
    }
    let touching = |numbers: &[u32], quadrant: Quadrant| -> Vec<u32> {
        let reach = Block::reach(quadrant);
        numbers.iter().copied().filter(|&number| work.records.bounds(number).meets(reach)).collect()
    };
    let drawn = families.par_iter().flat_map(|(&(x, y), tiles)| {
        let numbers = touching(&everything, Quadrant { zoom: shallowest, x, y });
        let draw = move |&tile: &Quadrant| {
            let block =
                Block::load(work.records, &touching(&numbers, tile), tile, &(tile.zoom..=tile.zoom), work.layers)?;
            let drawn = block.draw(tile.zoom, |bytes| gzip(&bytes));
            let tiles = drawn.tiles.into_iter().zip(drawn.counts);
            Ok(tiles.map(|((id, bytes), counts)| (id, Tile { bytes, counts })).collect())
        };
        tiles.par_iter().with_max_len(1).map(draw)
    });
    let drawn: Vec<Vec<(u64, Tile)>> = drawn.collect::<io::Result<_>>()?;
    Ok(drawn.into_iter().flatten().collect())
}

fn quadrant(id: TileId) -> Quadrant {
    let tile = id.coord();
    Quadrant { zoom: tile.z(), x: tile.x(), y: tile.y() }
}

/// What each tile shows, were the drawn ones put among the old ones.
pub(super) fn counts(mut old: CountsByTile, dirty: &DirtyTiles, drawn: &Tiles) -> CountsByTile {
    old.retain(|&id, _| TileId::new(id).is_some_and(|id| !dirty.holds(quadrant(id))));
    old.extend(drawn.iter().map(|(&id, tile)| (id, tile.counts)));
    old
}

/// What the tiles that show single features take, were the drawn ones put among the old ones.
pub(super) struct Sizes(BTreeMap<u8, Vec<(u64, u64)>>);

impl Sizes {
    pub(super) fn of(old: &Archive, dirty: &DirtyTiles, drawn: &Tiles, detail_zoom: u8) -> Result<Self, ArchiveError> {
        let mut sizes: BTreeMap<u8, Vec<(u64, u64)>> = BTreeMap::new();
        for run in old.runs() {
            let run = run?;
            let ids = run.first.value()..run.first.value() + u64::from(run.count);
            for id in ids.filter_map(TileId::new) {
                let tile = quadrant(id);
                if tile.zoom >= detail_zoom && !dirty.holds(tile) {
                    sizes.entry(tile.zoom).or_default().push((id.value(), run.bytes.len() as u64));
                }
            }
        }
        for (&id, tile) in drawn {
            let zoom = TileId::new(id).map_or(0, |id| id.coord().z());
            sizes.entry(zoom).or_default().push((id, tile.bytes.len() as u64));
        }
        Ok(Self(sizes))
    }

    /// Whether some tile of a zoom takes more.
    pub(super) fn exceed(&self, zoom: u8, budget: u64) -> bool {
        self.0.get(&zoom).is_some_and(|tiles| tiles.iter().any(|(_, bytes)| *bytes > budget))
    }

    /// Whether a full run would not even try a zoom, seeing the one below it.
    pub(super) fn make_hopeless(&self, zoom: u8, budget: u64) -> bool {
        let mut quarters = Quarters::default();
        let below = self.0.get(&(zoom + 1)).map(Vec::as_slice).unwrap_or_default();
        below.iter().for_each(|&(id, bytes)| add_quarter(id, bytes, &mut quarters));
        is_hopeless(&quarters, budget)
    }
}

/// Puts tiles into an archive and notes which differ from the old ones.
pub(super) struct Merge<'a> {
    pub(super) old: &'a Archive,
    pub(super) archive: &'a mut dyn WriteArchive,
    pub(super) changes: &'a mut Changes,
}

impl Merge<'_> {
    fn differs(&mut self, tile: TileCoord) {
        self.changes.tiles.entry(tile.z()).or_default().push(format!("{}/{}", tile.x(), tile.y()));
    }

    fn put(&mut self, tile: TileCoord, bytes: &[u8]) -> io::Result<()> {
        if self.old.tile(tile).map_err(io::Error::other)? != Some(bytes) {
            self.differs(tile);
        }
        self.archive.put(tile, bytes)
    }

    /// Puts the tiles above those that show single features.
    pub(super) fn low(&mut self, spools: impl Iterator<Item = Spool>, detail_zoom: u8) -> io::Result<()> {
        let mut put = HashSet::new();
        for spool in spools {
            spool.drain(|tile, bytes| {
                put.insert(tile);
                self.put(tile, bytes)
            })?;
        }
        for tile in self.old.tile_coords() {
            let tile = tile.map_err(io::Error::other)?;
            if tile.z() >= detail_zoom {
                break;
            }
            if !put.contains(&tile) {
                self.differs(tile);
            }
        }
        Ok(())
    }

    /// Puts the others: those drawn again, and the old ones that are not dirty.
    pub(super) fn details(&mut self, dirty: &DirtyTiles, drawn: &Tiles, detail_zoom: u8) -> io::Result<()> {
        let mut next = drawn.iter().filter_map(|(&id, tile)| Some((TileId::new(id)?, &tile.bytes))).peekable();
        for tile in self.old.tiles() {
            let (tile, bytes) = tile.map_err(io::Error::other)?;
            if tile.z() < detail_zoom {
                continue;
            }
            while let Some((id, bytes)) = next.next_if(|(id, _)| *id < tile.id()) {
                self.put(id.coord(), bytes)?;
            }
            if !dirty.holds(quadrant(tile.id())) {
                self.archive.put(tile, bytes)?;
            } else if !drawn.contains_key(&tile.id().value()) {
                self.differs(tile);
            }
        }
        next.try_for_each(|(id, bytes)| self.put(id.coord(), bytes))
    }
}
