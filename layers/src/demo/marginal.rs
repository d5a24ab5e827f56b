//! Where the plan's strips run, so that the pieces they cut off lots are as many and as large as
//! 表7 says, park by park.
//!
//! Every row starts with strips as long as its lots allow, as deep as an average piece wants them.
//! Then strips are shortened lot by lot until the pieces have the right number, and all depths
//! are scaled together until they have the right area.

use super::patches::Patch;
use super::place::{CUTTABLE, Placed};
use super::plots::{Strip, Strips};
use super::quad::{area, distance};
use super::random::Random;
use super::targets::{Fate, MARGINAL, Region};

/// A strip between these sizes, square metres, is a marginal piece beyond doubt.
const PIECE: std::ops::Range<f64> = 60.0..1_960.0;
/// No piece is narrower than this, metres.
const NARROWEST: f64 = 3.5;
/// What is left of a cut lot is no marginal piece beyond doubt.
const BODY: f64 = 2_040.0;

/// The strips of every row of every block.
///
/// `None` if these lots do not allow so many pieces.
pub(super) fn strips(placed: &[Placed], patches: &[Patch], random: &mut Random) -> Option<Vec<[Strips; 2]>> {
    let mut strips = vec![[Strips::default(); 2]; placed.len()];
    for (park, count, hectares) in MARGINAL {
        let blocks: Vec<usize> = (0..placed.len()).filter(|&i| park_of(placed[i].region) == park).collect();
        let piece = hectares * 10_000.0 / count as f64;
        // The first round shows how much deeper or shallower than average the strips have to be,
        // the second starts from that.
        let mut wanted = piece;
        for _ in 0..3 {
            for &i in &blocks {
                strips[i] = [0, 1].map(|row| longest(&placed[i], row, wanted, patches));
            }
            if park == Some(Region::Wool) {
                drop_one_front(placed, &mut strips, &blocks);
            }
            shorten(&mut strips, &blocks, count, random)?;
            wanted *= scale(placed, &mut strips, &blocks, hectares * 10_000.0);
        }
        if !blocks.iter().all(|&i| is_beyond_doubt(&placed[i], &strips[i], patches)) {
            return None;
        }
    }
    Some(strips)
}

/// One plot fewer than rows, for the sake of the number of industrial plots of the park (2.3.2).
fn drop_one_front(placed: &[Placed], strips: &mut [[Strips; 2]], blocks: &[usize]) {
    let keep = blocks.iter().filter(|&&i| placed[i].fates[0] == Fate::Keep);
    let shortest = keep.flat_map(|&i| [(i, 0), (i, 1)]).min_by_key(|&(i, row)| strips[i][row].front.cuts());
    if let Some((block, row)) = shortest {
        strips[block][row].front = Strip::default();
    }
}

fn park_of(region: Region) -> Option<Region> {
    matches!(region, Region::Sme | Region::Wool).then_some(region)
}

/// The longest strips that a row's lots allow, as deep as pieces of this size want them.
fn longest(placed: &Placed, number: usize, piece: f64, patches: &[Patch]) -> Strips {
    let block = &placed.block;
    let row = &block.rows[number];
    if row.lots.is_empty() || placed.fates[number] == Fate::Road {
        return Strips::default();
    }
    let cuttable = |lot: &usize| patches[row.lots[*lot]].area >= CUTTABLE;
    let widths: Vec<f64> = (0..row.lots.len()).filter(cuttable).map(|lot| block.street_length(row, lot)).collect();
    let mean = widths.iter().sum::<f64>() / widths.len().max(1) as f64;
    let (length, width) = block.size();
    let depth_of_row = (block.border.level - row.front).abs() * width;
    let depth = (piece / mean).clamp(5.0, 24.0).min(0.17 * depth_of_row) / width;

    let whole = Strip { lots: row.lots.len(), extra: 0.0, depth };
    let pieces = block.front_pieces(number, whole).zip(block.rear_pieces(number, whole));
    let pieces: Vec<(f64, f64)> = pieces.map(|(front, rear)| (area(&front), area(&rear))).collect();
    let fits = |lot: usize, share: f64| {
        let (front, rear) = (pieces[lot].0 * share, pieces[lot].1 * share);
        let left = patches[row.lots[lot]].area - 1.12 * (front + rear);
        PIECE.contains(&(front * 1.1)) && PIECE.contains(&(rear * 1.1)) && left > BODY
    };
    let run = |end: f64| {
        let within = |lot: usize, share: f64| row.sides[lot].towards(row.sides[lot + 1], share).rear <= end;
        let lots = (0..row.lots.len()).take_while(|&lot| within(lot, 1.0) && fits(lot, 1.0)).count();
        // The next lot may be cut in part, if it is large enough for that.
        let next = (lots < row.lots.len()).then(|| (mean / block.street_length(row, lots)).min(0.6));
        let extra = next.filter(|&share| within(lots, share) && fits(lots, share)).unwrap_or(0.0);
        Strip { lots, extra, depth }
    };
    // Behind the middle strip of two rows of one fate, the body holds together.
    let ends = block.rows.iter().filter_map(|row| row.sides.last()).map(|side| side.rear);
    let hold = ends.fold(1.0, f64::min) - 14.0 / length;
    Strips { front: run(f64::INFINITY), rear: run(if placed.is_joined() { hold } else { f64::INFINITY }) }
}

fn runs(strips: &mut [Strips; 2]) -> impl Iterator<Item = &mut Strip> {
    strips.iter_mut().flat_map(|row| [&mut row.front, &mut row.rear])
}

fn shorten(strips: &mut [[Strips; 2]], blocks: &[usize], count: usize, random: &mut Random) -> Option<()> {
    let mut total: usize = blocks.iter().map(|&i| runs(&mut strips[i]).map(|strip| strip.cuts()).sum::<usize>()).sum();
    if total < count {
        return None;
    }
    while total > count {
        let block = blocks[random.below(blocks.len())];
        let which = random.below(4);
        if let Some(strip) = runs(&mut strips[block]).nth(which).filter(|strip| strip.cuts() > 1) {
            if strip.extra > 0.0 {
                strip.extra = 0.0
            } else {
                strip.lots -= 1
            }
            total -= 1;
        }
    }
    Some(())
}

/// Whether every piece is clearly marginal and what is left of every cut lot clearly is not.
fn is_beyond_doubt(placed: &Placed, strips: &[Strips; 2], patches: &[Patch]) -> bool {
    let block = &placed.block;
    (0..2).all(|row| {
        let mut left: Vec<f64> = block.rows[row].lots.iter().map(|&patch| patches[patch].area).collect();
        let mut cut = vec![false; left.len()];
        let front = block.front_pieces(row, strips[row].front).enumerate();
        let rear = block.rear_pieces(row, strips[row].rear).enumerate();
        for (lot, piece) in front.chain(rear) {
            let around: f64 = (0..piece.len()).map(|i| distance(piece[i], piece[(i + 1) % piece.len()])).sum();
            let piece = area(&piece);
            if !PIECE.contains(&piece) || 2.0 * piece / around < NARROWEST {
                return false;
            }
            left[lot] -= piece;
            cut[lot] = true;
        }
        left.iter().zip(cut).all(|(left, cut)| !cut || *left > BODY)
    })
}

/// Scales all depths by one factor, which is returned, so that the pieces have the target area.
fn scale(placed: &[Placed], strips: &mut [[Strips; 2]], blocks: &[usize], target: f64) -> f64 {
    let total = |factor: f64| -> f64 { blocks.iter().map(|&i| cut_off(&placed[i], &strips[i], factor)).sum() };
    let (mut low, mut high) = (0.3, 3.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if total(middle) > target { high = middle } else { low = middle }
    }
    let factor = (low + high) / 2.0;
    for &i in blocks {
        for strip in runs(&mut strips[i]) {
            strip.depth *= factor;
        }
    }
    factor
}

/// Square metres that a block's strips cut off, with their depths scaled.
fn cut_off(placed: &Placed, strips: &[Strips; 2], factor: f64) -> f64 {
    let mut sum = 0.0;
    for (row, strips) in strips.iter().enumerate() {
        let scaled = |strip: Strip| Strip { depth: strip.depth * factor, ..strip };
        let front = placed.block.front_pieces(row, scaled(strips.front));
        let rear = placed.block.rear_pieces(row, scaled(strips.rear));
        sum += front.chain(rear).map(|ring| area(&ring)).sum::<f64>();
    }
    sum
}
