//! Giving the drawn patches a place: which block, which row, in which order.

use super::lots::{LotBlock, Shape, lay_out};
use super::patches::Patch;
use super::quad::{Quad, distance};
use super::random::Random;
use super::streets::{Block, District};
use super::targets::{Fate, Region};

/// A block of lots with what the plan makes of each row.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) block: LotBlock,
    pub(super) fates: [Fate; 2],
    pub(super) region: Region,
    pub(super) district: District,
}

impl Placed {
    /// Whether both rows have lots of one fate, so that the plan treats them as one.
    pub(super) fn is_joined(&self) -> bool {
        self.fates[0] == self.fates[1] && self.block.rows.iter().all(|row| !row.lots.is_empty())
    }
}

/// A block kept free for lots of a park or of the control line.
pub(super) struct Reserved {
    pub(super) quad: Quad,
    /// `v` of the border between its rows.
    pub(super) level: f64,
    pub(super) fates: [Option<Fate>; 2],
    pub(super) region: Region,
}

/// Patches smaller than this are not cut by the plan: the rest would be marginal too.
pub(super) const CUTTABLE: f64 = 2_450.0;

/// Puts all patches of the reserved regions into the reserved blocks: the largest first, each into
/// the row whose depth suits it best.
///
/// `None` if one finds no room.
pub(super) fn fill_reserved(reserved: &[Reserved], patches: &[Patch], random: &mut Random) -> Option<Vec<Placed>> {
    struct Slot {
        block: usize,
        row: usize,
        depth: f64,
        free: f64,
        lots: Vec<usize>,
    }
    let mut slots = Vec::new();
    for (block, site) in reserved.iter().enumerate() {
        let width = site.quad.size().1;
        for (row, share) in [site.level, 1.0 - site.level].into_iter().enumerate() {
            let depth = share * width;
            if site.fates[row].is_some() && depth > 1.0 {
                let part = if row == 0 { (0.0, site.level) } else { (site.level, 1.0) };
                let free = site.quad.part((0.0, 1.0), part).area() * 0.99 - 14.0 * depth;
                slots.push(Slot { block, row, depth, free, lots: Vec::new() });
            }
        }
    }
    let mut order: Vec<usize> = (0..patches.len()).filter(|&i| patches[i].region != Region::City).collect();
    order.sort_by(|&a, &b| patches[b].area.total_cmp(&patches[a].area));
    for patch in order {
        let Patch { area, fate, region, .. } = patches[patch];
        let fits = |slot: &&mut Slot| {
            let site = &reserved[slot.block];
            site.region == region && site.fates[slot.row] == Some(fate) && slot.free >= area
        };
        // A lot looks right when it is a little deeper than wide; chance keeps rows from being all alike.
        let mut strain = |slot: &Slot| {
            (area / (slot.depth * slot.depth) / 0.75).ln().abs() - slot.free * 4e-7 + random.between(0.0, 0.9)
        };
        let best = slots.iter_mut().filter(fits).map(|slot| (strain(slot), slot));
        let best = best.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, slot)| slot);
        let slot = best?;
        slot.free -= area;
        slot.lots.push(patch);
    }
    let mut placed = Vec::new();
    for (block, site) in reserved.iter().enumerate() {
        let mut rows = [Vec::new(), Vec::new()];
        for slot in slots.iter().filter(|slot| slot.block == block) {
            rows[slot.row] = ordered(&slot.lots, patches, random);
        }
        let shape = if random.chance(0.5) { Shape::Slanted } else { Shape::Stepped(2.8) };
        let fates = [0, 1].map(|row| site.fates[row].or(site.fates[1 - row]).unwrap_or(Fate::Keep));
        let block = lay_out(site.quad, site.level, rows, shape, random);
        placed.push(Placed { block, fates, region: site.region, district: District::East });
    }
    Some(placed)
}

/// Random order, but with the lots that the plan cannot cut at the end: the very small ones, and
/// those so wide that a strip of them is no marginal piece any more.
fn ordered(lots: &[usize], patches: &[Patch], random: &mut Random) -> Vec<(usize, f64)> {
    let mut lots: Vec<(usize, f64)> = lots.iter().map(|&i| (i, patches[i].area)).collect();
    let mean = lots.iter().map(|(_, area)| area).sum::<f64>() / lots.len().max(1) as f64;
    random.shuffle(&mut lots);
    let rank = |area: f64| match area {
        small if small < 1.4 * CUTTABLE => 1e9 - small,
        wide if wide > 1.45 * mean => wide,
        _ => 0.0,
    };
    lots.sort_by(|a, b| rank(a.1).total_cmp(&rank(b.1)));
    lots.into_iter().map(|(i, area)| (i, area + patches[i].allowance)).collect()
}

/// Around where in the flat city the plan replaces industry by this.
fn centres(fate: Fate) -> &'static [(f64, f64)] {
    match fate {
        Fate::Residential => &[(-3500.0, 2400.0), (1500.0, 700.0), (1350.0, -2300.0), (300.0, 900.0)],
        Fate::Education => &[(-3300.0, 2500.0), (-1800.0, 900.0), (1500.0, -700.0)],
        Fate::Civic => &[(-3700.0, 2200.0), (-1200.0, 0.0), (1500.0, 2300.0), (-1700.0, 2400.0)],
        Fate::Commercial => &[(200.0, -300.0), (1450.0, 0.0), (-1700.0, 2300.0), (400.0, 2200.0)],
        _ => &[(-3500.0, 1900.0), (-1700.0, 700.0), (300.0, -900.0)],
    }
}

/// Puts the patches of the city into blocks of the districts, near where their fate is at home.
/// Blocks that take lots are removed from `blocks`. `None` if a patch finds no room.
pub(super) fn fill_city(blocks: &mut Vec<Block>, patches: &[Patch], random: &mut Random) -> Option<Vec<Placed>> {
    let mut placed = Vec::new();
    for fate in [Fate::Education, Fate::Civic, Fate::Residential, Fate::Office, Fate::Commercial] {
        let mut pool: Vec<usize> =
            (0..patches.len()).filter(|&i| patches[i].region == Region::City && patches[i].fate == fate).collect();
        pool.sort_by(|&a, &b| patches[b].area.total_cmp(&patches[a].area));
        let near = |block: &Block| {
            let centre = block.quad.centre();
            let distances = centres(fate).iter().map(|&(x, y)| distance(centre, geo::coord! { x: x, y: y }));
            distances.fold(f64::INFINITY, f64::min)
        };
        let mut order: Vec<(f64, usize)> =
            blocks.iter().enumerate().map(|(i, b)| (near(b) * random.between(0.4, 1.6), i)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut used = Vec::new();
        for (_, candidate) in order {
            if pool.is_empty() {
                break;
            }
            if let Some(block) = take_block(&blocks[candidate], &mut pool, patches, random) {
                let district = blocks[candidate].district;
                placed.push(Placed { block, fates: [fate; 2], region: Region::City, district });
                used.push(candidate);
            }
        }
        if !pool.is_empty() {
            return None;
        }
        used.sort_unstable();
        for index in used.into_iter().rev() {
            blocks.remove(index);
        }
    }
    Some(placed)
}

/// Fills one block from the pool: rows as deep as the largest lot wants, then what fits beside it.
fn take_block(block: &Block, pool: &mut Vec<usize>, patches: &[Patch], random: &mut Random) -> Option<LotBlock> {
    let (_, width) = block.quad.size();
    let room = 0.8 * block.quad.area();
    let first = pool.iter().map(|&i| patches[i].area).find(|area| *area < room)?;
    let wanted = (first * random.between(1.0, 1.6)).sqrt().max(42.0);
    let level = if wanted > width - 45.0 { 1.0 } else { wanted / width };
    let mut rows = [Vec::new(), Vec::new()];
    for (row, share) in [level, 1.0 - level].into_iter().enumerate() {
        let depth = share * width;
        if depth < 40.0 || (row == 1 && !random.chance(0.75)) {
            continue;
        }
        let part = if row == 0 { (0.0, level) } else { (level, 1.0) };
        let land = block.quad.part((0.0, 1.0), part).area();
        let mut free = land * random.between(0.7, 0.99) - 14.0 * depth;
        let mut lots = Vec::new();
        pool.retain(|&i| {
            let area = patches[i].area;
            let shape = area / (depth * depth);
            let fits = area <= free && (0.3..3.0).contains(&shape);
            if fits {
                free -= area;
                lots.push(i);
            }
            !fits
        });
        rows[row] = ordered(&lots, patches, random);
    }
    if rows.iter().all(Vec::is_empty) {
        return None;
    }
    let shape = if random.chance(0.6) { Shape::Slanted } else { Shape::Stepped(2.8) };
    Some(lay_out(block.quad, level, rows, shape, random))
}
