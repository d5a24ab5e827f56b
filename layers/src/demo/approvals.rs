//! The approval database's pieces of land: one or more on every approved patch.

use super::patches::Patch;
use super::place::Placed;
use super::quad::Ring;
use super::random::Random;
use super::targets::APPROVAL_PIECES;

/// Approved land, with the patch it lies on. The largest patches, and some others, were approved
/// in two parts.
pub(super) fn pieces(placed: &[Placed], patches: &[Patch], random: &mut Random) -> Vec<(usize, Ring)> {
    let approved: Vec<usize> = (0..patches.len()).filter(|&i| patches[i].approved).collect();
    let mut order = approved.clone();
    let mut rank: Vec<f64> = patches.iter().map(|patch| patch.area * random.between(0.3, 1.0)).collect();
    order.sort_by(|&a, &b| rank[b].total_cmp(&rank[a]));
    order.truncate(APPROVAL_PIECES - approved.len());
    rank.fill(0.0);
    for &patch in &order {
        rank[patch] = random.between(0.3, 0.7);
    }
    let mut pieces = Vec::new();
    for block in placed.iter().map(|placed| &placed.block) {
        for row in &block.rows {
            for (lot, &patch) in row.lots.iter().enumerate().filter(|(_, patch)| patches[**patch].approved) {
                let (from, to) = (row.sides[lot], row.sides[lot + 1]);
                let share = rank[patch];
                if share == 0.0 {
                    pieces.push((patch, block.land(row, from, to)));
                    continue;
                }
                let middle = from.towards(to, share);
                pieces.push((patch, block.land(row, from, middle)));
                pieces.push((patch, block.land(row, middle, to)));
            }
        }
    }
    pieces.sort_by_key(|(patch, _)| *patch);
    pieces
}
