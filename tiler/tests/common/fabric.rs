//! A seeded, irregular fabric of parcels without gaps or overlaps.
//!
//! Blocks stand in a jittered grid with bent streets between them; each block is cut into two rows of
//! parcels whose dividing walls meet the middle line and the streets at places of their own, so the
//! neighbour on the other side has no vertex there (T-junctions).

use geo::{Coord, LineString, Polygon};
use layers::schema::{Attribute, GeometryKind, ThematicFeature};
use layers::{ThematicLayer, Value, ValueKind};

/// Numbers that only look random (SplitMix64, Steele et al. 2014).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// From −1 to 1.
    pub(crate) fn swing(&mut self) -> f64 {
        self.roll() as f64 / u64::MAX as f64 * 2.0 - 1.0
    }
}

/// A fabric of `across × across` blocks of six parcels, at 116.08° E, 43.94° N, with the outline of
/// the whole.
pub(crate) struct Fabric {
    pub(crate) parcels: ThematicLayer,
    pub(crate) outline: Polygon<f64>,
}

/// Metres to degrees there, roughly: what counts is that neighbours get the same numbers.
fn place(x: f64, y: f64) -> Coord<f64> {
    Coord { x: 116.08 + x / 80_200.0, y: 43.94 + y / 111_000.0 }
}

/// A bent line from a to b with `bends` vertices between.
fn bent(a: Coord<f64>, b: Coord<f64>, bends: usize, dice: &mut Dice) -> Vec<Coord<f64>> {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let mut line = vec![a];
    for bend in 1..=bends {
        let part = bend as f64 / (bends + 1) as f64;
        let off = dice.swing() * 0.07;
        line.push(Coord { x: a.x + part * dx - off * dy, y: a.y + part * dy + off * dx });
    }
    line.push(b);
    line
}

/// The place at `part` of a bent line, on its edge, and the line before and behind it.
fn cut(line: &[Coord<f64>], part: f64) -> (Coord<f64>, Vec<Coord<f64>>, Vec<Coord<f64>>) {
    let edges = line.len() - 1;
    let edge = ((part * edges as f64) as usize).min(edges - 1);
    let rest = part * edges as f64 - edge as f64;
    let (a, b) = (line[edge], line[edge + 1]);
    let at = Coord { x: a.x + rest * (b.x - a.x), y: a.y + rest * (b.y - a.y) };
    let (mut before, mut behind) = (line[..=edge].to_vec(), vec![at]);
    before.push(at);
    behind.extend_from_slice(&line[edge + 1..]);
    (at, before, behind)
}

fn ring(sides: &[&[Coord<f64>]]) -> Polygon<f64> {
    let mut ring: Vec<Coord<f64>> = sides.iter().flat_map(|side| side[..side.len() - 1].iter().copied()).collect();
    ring.dedup();
    Polygon::new(LineString(ring), vec![])
}

fn back(line: &[Coord<f64>]) -> Vec<Coord<f64>> {
    line.iter().rev().copied().collect()
}

pub(crate) fn fabric(across: usize, block: f64, bends: usize, seed: u64) -> Fabric {
    let mut dice = Dice(seed);
    let corner = |column: usize, row: usize, dice: &mut Dice| {
        place((column as f64 + dice.swing() * 0.15) * block, (row as f64 + dice.swing() * 0.15) * block)
    };
    let corners: Vec<Vec<_>> =
        (0..=across).map(|row| (0..=across).map(|column| corner(column, row, &mut dice)).collect()).collect();
    // Streets between corners: `level[row][column]` runs east, `upright[row][column]` runs north.
    let level: Vec<Vec<_>> = (0..=across)
        .map(|row| (0..across).map(|c| bent(corners[row][c], corners[row][c + 1], bends, &mut dice)).collect())
        .collect();
    let upright: Vec<Vec<_>> = (0..across)
        .map(|row| (0..=across).map(|c| bent(corners[row][c], corners[row + 1][c], bends, &mut dice)).collect())
        .collect();
    let mut polygons = Vec::new();
    for row in 0..across {
        for column in 0..across {
            let (south, north) = (&level[row][column], &level[row + 1][column]);
            let (west, east) = (&upright[row][column], &upright[row][column + 1]);
            let (middle_west, west_south, west_north) = cut(west, 0.5 + dice.swing() * 0.07);
            let (middle_east, east_south, east_north) = cut(east, 0.5 + dice.swing() * 0.07);
            let middle = bent(middle_west, middle_east, bends, &mut dice);
            // Two rows of three parcels, each row with walls of its own.
            for (foot, roof, left, right) in
                [(south, &middle, &west_south, &east_south), (&middle, north, &west_north, &east_north)]
            {
                let (mut foot, mut roof, mut left) = (foot.clone(), roof.clone(), left.clone());
                for part in [0.36, 0.53] {
                    let (foot_at, foot_before, foot_behind) = cut(&foot, part + dice.swing() * 0.05);
                    let (roof_at, roof_before, roof_behind) = cut(&roof, part + dice.swing() * 0.05);
                    let wall = bent(foot_at, roof_at, bends, &mut dice);
                    polygons.push(ring(&[&foot_before, &wall, &back(&roof_before), &back(&left)]));
                    (foot, roof, left) = (foot_behind, roof_behind, wall);
                }
                polygons.push(ring(&[&foot, right, &back(&roof), &back(&left)]));
            }
        }
    }
    let mut outline: Vec<Coord<f64>> = Vec::new();
    (0..across).for_each(|c| outline.extend(&level[0][c][..level[0][c].len() - 1]));
    (0..across).for_each(|r| outline.extend(&upright[r][across][..upright[r][across].len() - 1]));
    (0..across).rev().for_each(|c| outline.extend(&back(&level[across][c])[..level[across][c].len() - 1]));
    (0..across).rev().for_each(|r| outline.extend(&back(&upright[r][0])[..upright[r][0].len() - 1]));
    Fabric { parcels: parcels(polygons), outline: Polygon::new(LineString(outline), vec![]) }
}

/// Rows of parcels with lanes a metre wide between them, all following the same bends, each side of a
/// lane with small bends of its own: simplified one by one, the sides of a lane would cross.
pub(crate) fn lanes(rows: usize, columns: usize, seed: u64) -> Fabric {
    let mut dice = Dice(seed);
    let (step, height, lane) = (6.0, 70.0, 1.0);
    let bends: Vec<f64> = (0..=columns * 4).map(|_| dice.swing() * 3.0).collect();
    let mut line = |y: f64| -> Vec<Coord<f64>> {
        let point = |(n, bend): (usize, &f64)| place(n as f64 * step, y + bend + dice.swing() * lane * 0.45);
        bends.iter().enumerate().map(point).collect()
    };
    let mut polygons = Vec::new();
    let first = line(0.0);
    let mut below = first.clone();
    for row in 0..rows {
        let lane_foot = line(height * (row + 1) as f64);
        let lane_roof = line(height * (row + 1) as f64 + lane);
        for column in 0..columns {
            let part = column * 4..=column * 4 + 4;
            let (foot, roof) = (&below[part.clone()], &lane_foot[part]);
            let walls = [vec![foot[4], roof[4]], vec![roof[0], foot[0]]];
            polygons.push(ring(&[foot, &walls[0], &back(roof), &walls[1]]));
        }
        let end = |line: &[Coord<f64>]| line[line.len() - 1];
        let ends = [vec![end(&lane_foot), end(&lane_roof)], vec![lane_roof[0], lane_foot[0]]];
        polygons.push(ring(&[&lane_foot, &ends[0], &back(&lane_roof), &ends[1]]));
        below = lane_roof;
    }
    let ends = [vec![first[columns * 4], below[columns * 4]], vec![below[0], first[0]]];
    let outline = ring(&[&first, &ends[0], &back(&below), &ends[1]]);
    Fabric { parcels: parcels(polygons), outline }
}

/// A layer `parcels` of these polygons with some attributes of every type.
pub(crate) fn parcels(polygons: Vec<Polygon<f64>>) -> ThematicLayer {
    let attribute = |name: &str, kind| Attribute { name: name.into(), kind };
    let feature = |(polygon, number): (Polygon<f64>, u64)| ThematicFeature {
        id: number * 7_919,
        geometry: polygon.into(),
        values: vec![
            Value::text(format!("地块-{number}")),
            Value::Real(number as f64 / 8.0),
            if number % 5 == 0 { Value::Null } else { Value::Int(number as i64 % 5) },
            Value::Int(2 - (number as i64 % 5)),
            Value::Bool(number % 3 == 0),
        ],
    };
    ThematicLayer {
        id: "parcels".into(),
        description: "a parcel".into(),
        geometry: GeometryKind::Polygon,
        attributes: vec![
            attribute("key", ValueKind::Text),
            attribute("area_ha", ValueKind::Real),
            attribute("class", ValueKind::Int),
            attribute("balance", ValueKind::Int),
            attribute("idle", ValueKind::Bool),
        ],
        features: polygons.into_iter().zip(1..).map(feature).collect(),
    }
}
