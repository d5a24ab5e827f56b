//! The flat city: where districts, parks and blocks lie before the ground is warped.
//!
//! ```text
//!  y 3200 ┌────────┬────────┬──┬───────┬──────┬──────────────┐
//!         │ new    │        │r │       │      │ expansion,   │
//!         │ north  │  new   │i │  old  │      │ storage      │
//!    1600 ├────────┤        │v │       │      ├──────────────┤ 1380
//!         │        │  town  │e │ town  │      │ 建材绒毛园   │
//!       0 ├────────┼────────┤r ├───────┼──────┼───────┬──────┤
//!         │        │        │  │       │      │ 中小企业园   │
//!   -1600 ├────────┼────────┤  ├───────┼──────┼──────────────┤
//!         │        │        │  │       │      │ equipment    │
//!   -3200 └────────┴────────┴──┴───────┴──────┴──────────────┘
//!       -4600    -2700    -900 -450   850   2050            4600
//! ```

use geo::Coord;

use super::place::Reserved;
use super::quad::{Quad, Ring, at};
use super::random::Random;
use super::river;
use super::streets::{AVENUE, Block, District, Grain, Street, split};
use super::targets::{Fate, Region};

/// Half the width of a street between blocks of a park.
const LANE: f64 = 11.0;
const WEST: f64 = -4600.0;
const SOUTH: f64 = -3200.0;
const NORTH: f64 = 3200.0;
/// Columns of the east: parks and the equipment zone.
const EAST: [f64; 4] = [2050.0, 2900.0, 3750.0, 4600.0];
const SME: [f64; 4] = [-1600.0, -1400.0, -1200.0, -880.0];
const WOOL: [f64; 5] = [0.0, 345.0, 690.0, 1035.0, 1380.0];
const EQUIPMENT: [f64; 6] = [SOUTH, -2790.0, -2380.0, -1970.0, -1896.0, -1600.0];
/// Where the plan lets industry grow, north of 建材绒毛园.
const GROWTH: [f64; 3] = [1380.0, 1780.0, 2180.0];

/// Where the new town has its lake.
pub(super) const LAKE: Coord<f64> = Coord { x: -3500.0, y: 500.0 };

/// How far it is from here to the edge of the city in the west, south or north; the east is
/// industry up to the edge.
pub(super) fn metres_to_edge(place: Coord<f64>) -> f64 {
    (place.x - WEST).min(place.y - SOUTH).min(NORTH - place.y)
}

/// A block without industry today that the plan gives to industry.
pub(super) struct Growth {
    pub(super) quad: Quad,
    pub(super) region: Region,
}

/// The flat city.
pub(super) struct Layout {
    /// Blocks kept for the lots of parks and of the control line.
    pub(super) reserved: Vec<Reserved>,
    /// Blocks of planned growth, in the order in which they are used.
    pub(super) growth: Vec<Growth>,
    /// All other blocks.
    pub(super) blocks: Vec<Block>,
    pub(super) streets: Vec<Street>,
    /// Avenue land between the districts, which the plan shows as road.
    pub(super) avenues: Vec<Quad>,
    /// The ground of 中小企业园 and 建材绒毛园.
    pub(super) parks: [Ring; 2],
    /// The parts of the industrial control line.
    pub(super) control_line: Vec<Ring>,
    pub(super) transformation: Ring,
    /// The renewal areas of the five-year plan.
    pub(super) renewal: Vec<Ring>,
    /// River reaches between bridges: south and north.
    pub(super) reaches: Vec<(f64, f64)>,
}

/// A cell of a park's street grid, less its streets.
fn cell(west_east: (usize, usize), rows: &[f64], row: usize) -> Quad {
    let (south, north) = (rows[row], rows[row + 1]);
    let side = |y: f64| if [-1600.0, 0.0].contains(&y) || y == SOUTH { AVENUE } else { LANE };
    let (west, east) = (EAST[west_east.0], EAST[west_east.1]);
    let edge = |x: f64| if x == EAST[0] || x == EAST[3] { AVENUE } else { LANE };
    Quad::rect(west, south, east, north).inset([side(south), edge(east), side(north), edge(west)])
}

fn column_cell(column: usize, rows: &[f64], row: usize) -> Quad {
    cell((column, column + 1), rows, row)
}

fn ring(points: &[(f64, f64)]) -> Ring {
    points.iter().map(|&(x, y)| at(x, y)).collect()
}

pub(super) fn draw(random: &mut Random) -> Layout {
    let mut layout = Layout {
        reserved: reserved(),
        growth: growth(),
        blocks: Vec::new(),
        streets: Vec::new(),
        avenues: Vec::new(),
        parks: parks(),
        control_line: control_line(),
        transformation: ring(&[(WEST, 1600.0), (-2700.0, 1600.0), (-2700.0, NORTH), (WEST, NORTH)]),
        renewal: vec![
            ring(&[(-450.0, -1600.0), (850.0, -1600.0), (850.0, 0.0), (-450.0, 0.0)]),
            ring(&[(850.0, 0.0), (2050.0, 0.0), (2050.0, 1600.0), (850.0, 1600.0)]),
        ],
        reaches: Vec::new(),
    };
    districts(&mut layout, random);
    avenues(&mut layout);
    layout
}

fn reserved() -> Vec<Reserved> {
    let keep = |quad, level, region| Reserved { quad, level, fates: [Some(Fate::Keep); 2], region };
    let mut reserved = Vec::new();
    for (column, row, level) in [(0, 0, 0.4), (1, 0, 0.62), (0, 1, 0.5)] {
        reserved.push(keep(column_cell(column, &SME, row), level, Region::Sme));
    }
    reserved.push(Reserved {
        quad: column_cell(1, &SME, 1),
        level: 0.46,
        fates: [Some(Fate::Commercial), Some(Fate::Civic)],
        region: Region::Sme,
    });
    let wool = [(0, 0, 0.3), (1, 0, 0.36), (2, 0, 0.55), (0, 1, 0.42), (1, 1, 0.68), (2, 1, 0.27), (1, 2, 0.48)];
    for (column, row, level) in wool {
        reserved.push(keep(column_cell(column, &WOOL, row), level, Region::Wool));
    }
    for (column, fate, level) in [(0, Fate::Residential, 0.62), (2, Fate::Civic, 0.36)] {
        // A lane halves the block: small workshops stand here.
        let cell = column_cell(column, &WOOL, 2);
        let lane = 2.0 * LANE / cell.size().1;
        let blocks = [((0.0, 0.55 - lane / 2.0), level), ((0.55 + lane / 2.0, 1.0), 0.48)];
        for (v, level) in blocks {
            let quad = cell.part((0.0, 1.0), v);
            reserved.push(Reserved { quad, level, fates: [Some(fate); 2], region: Region::Wool });
        }
    }
    let equipment = [(0, 0, 0.55), (1, 0, 0.5), (0, 1, 0.42), (1, 1, 0.6), (0, 2, 0.62), (1, 2, 0.4), (2, 0, 0.52)];
    for (column, row, level) in equipment {
        reserved.push(keep(column_cell(column, &EQUIPMENT, row), level, Region::Line));
    }
    for column in 0..3 {
        let quad = column_cell(column, &EQUIPMENT, 3);
        reserved.push(Reserved { quad, level: 1.0, fates: [Some(Fate::Road), None], region: Region::Line });
    }
    reserved.push(Reserved {
        quad: column_cell(0, &EQUIPMENT, 4),
        level: 0.3,
        fates: [Some(Fate::Commercial), None],
        region: Region::Line,
    });
    reserved
}

fn growth() -> Vec<Growth> {
    let mut growth = vec![
        Growth { quad: column_cell(0, &SME, 2), region: Region::Sme },
        Growth { quad: column_cell(1, &WOOL, 3), region: Region::Wool },
    ];
    let line = [
        (2, 1, &EQUIPMENT[..]),
        (2, 2, &EQUIPMENT),
        (1, 0, &GROWTH),
        (2, 0, &GROWTH),
        (2, 1, &GROWTH),
        (1, 1, &GROWTH),
    ];
    growth
        .extend(line.map(|(column, row, rows)| Growth { quad: column_cell(column, rows, row), region: Region::Line }));
    growth
}

fn parks() -> [Ring; 2] {
    let [a, b, c, d] = EAST;
    [
        ring(&[(a, SME[0]), (c, SME[0]), (c, SME[2]), (b, SME[2]), (b, SME[3]), (a, SME[3])]),
        ring(&[
            (a, WOOL[0]),
            (d, WOOL[0]),
            (d, WOOL[3]),
            (c, WOOL[3]),
            (c, WOOL[4]),
            (b, WOOL[4]),
            (b, WOOL[3]),
            (a, WOOL[3]),
        ]),
    ]
}

fn control_line() -> Vec<Ring> {
    let [a, b, c, d] = EAST;
    vec![
        ring(&[(a, SME[0]), (c, SME[0]), (c, SME[1]), (b, SME[1]), (b, SME[3]), (a, SME[3])]),
        ring(&[
            (a, WOOL[0]),
            (d, WOOL[0]),
            (d, WOOL[2]),
            (c, WOOL[2]),
            (c, WOOL[4]),
            (b, WOOL[4]),
            (b, WOOL[2]),
            (a, WOOL[2]),
        ]),
        ring(&[
            (a, SOUTH),
            (d, SOUTH),
            (d, EQUIPMENT[4]),
            (b, EQUIPMENT[4]),
            (b, -1600.0 - AVENUE),
            (a, -1600.0 - AVENUE),
        ]),
        ring(&[(b, GROWTH[0] + LANE), (d, GROWTH[0] + LANE), (d, GROWTH[2]), (b, GROWTH[2])]),
    ]
}

fn districts(layout: &mut Layout, random: &mut Random) {
    let Layout { blocks, streets, reaches, .. } = layout;
    let mut add = |rect: [f64; 4], sides: [f64; 4], grain: Grain, random: &mut Random| {
        split(Quad::rect(rect[0], rect[1], rect[2], rect[3]), sides, grain, random, blocks, streets);
    };
    let levels = [SOUTH, -1600.0, 0.0, 1600.0, NORTH];
    let grain = |district, block, diagonal| Grain { district, block, diagonal };
    use District::{East, Fringe, NewNorth, NewTown, OldTown};
    for band in 0..4 {
        let (south, north) = (levels[band], levels[band + 1]);
        let [far_west, west, old, old_east] = [
            [
                grain(Fringe, 210e3, 0.0),
                grain(NewTown, 120e3, 0.1),
                grain(OldTown, 62e3, -0.1),
                grain(East, 75e3, 0.12),
            ],
            [
                grain(NewTown, 130e3, -0.12),
                grain(NewTown, 95e3, 0.0),
                grain(OldTown, 46e3, 0.2),
                grain(OldTown, 56e3, 0.0),
            ],
            [
                grain(NewTown, 120e3, 0.1),
                grain(NewTown, 90e3, -0.14),
                grain(OldTown, 46e3, -0.18),
                grain(OldTown, 56e3, 0.1),
            ],
            [
                grain(NewNorth, 120e3, 0.08),
                grain(NewNorth, 105e3, 0.0),
                grain(OldTown, 62e3, 0.12),
                grain(East, 75e3, 0.0),
            ],
        ][band];
        let sides = [AVENUE; 4];
        add([WEST, south, -2700.0, north], sides, far_west, random);
        add([-2700.0, south, river::WEST, north], sides, west, random);
        add([river::EAST, south, 850.0, north], sides, old, random);
        add([850.0, south, 2050.0, north], sides, old_east, random);
        reaches.push((south + AVENUE, north - AVENUE));
    }
    let [a, b, c, d] = EAST;

    add([a, -880.0, d, 0.0], [LANE, AVENUE, AVENUE, AVENUE], grain(East, 90e3, 0.05), random);
    add([c, SME[0], d, SME[3]], [AVENUE, AVENUE, LANE, LANE], grain(East, 90e3, 0.0), random);
    add([b, SME[2], c, SME[3]], [LANE; 4], grain(East, 90e3, 0.0), random);
    add([b, EQUIPMENT[4], d, -1600.0], [LANE, AVENUE, AVENUE, LANE], grain(East, 90e3, 0.0), random);
    add([a, WOOL[3], b, WOOL[4]], [LANE, LANE, LANE, AVENUE], grain(East, 100e3, 0.0), random);
    add([c, WOOL[3], d, WOOL[4]], [LANE, AVENUE, LANE, LANE], grain(East, 100e3, 0.0), random);
    add([a, GROWTH[0], b, GROWTH[2]], [LANE, LANE, LANE, AVENUE], grain(East, 110e3, 0.0), random);
    add([a, GROWTH[2], d, NORTH], [LANE, AVENUE, AVENUE, AVENUE], grain(Fringe, 170e3, 0.1), random);
}

/// Avenues as land (between block lines) and as streets (middle lines).
fn avenues(layout: &mut Layout) {
    let mut street = |points: &[(f64, f64)]| {
        layout.streets.push(Street { line: ring(points), half_width: AVENUE });
    };
    let edge = AVENUE;
    for y in [-1600.0, 0.0] {
        street(&[(WEST, y), (EAST[3], y)]);
        layout.avenues.push(Quad::rect(WEST + edge, y - edge, EAST[3] - edge, y + edge));
    }
    street(&[(WEST, 1600.0), (EAST[0], 1600.0)]);
    layout.avenues.push(Quad::rect(WEST + edge, 1600.0 - edge, EAST[0] - edge, 1600.0 + edge));
    street(&[(WEST, SOUTH), (EAST[3], SOUTH), (EAST[3], NORTH), (WEST, NORTH), (WEST, SOUTH)]);
    let levels = [SOUTH, -1600.0, 0.0, 1600.0, NORTH];
    for x in [-2700.0, river::WEST, river::EAST, 850.0, EAST[0]] {
        street(&[(x, SOUTH), (x, NORTH)]);
        for band in levels.windows(2) {
            layout.avenues.push(Quad::rect(x - edge, band[0] + edge, x + edge, band[1] - edge));
        }
    }
    street_at(&mut layout.streets, EAST[1], EQUIPMENT[4], EQUIPMENT[5]);
    for y in &GROWTH[1..] {
        let from = if *y == GROWTH[2] { EAST[0] } else { EAST[1] };
        layout.streets.push(Street { line: ring(&[(from, *y), (EAST[3], *y)]), half_width: LANE });
    }
    for x in [EAST[1], EAST[2]] {
        street_at(&mut layout.streets, x, SOUTH, EQUIPMENT[4]);
        street_at(&mut layout.streets, x, WOOL[0], GROWTH[2]);
    }
    street_at(&mut layout.streets, EAST[1], SME[0], SME[3]);
    street_at(&mut layout.streets, EAST[2], SME[0], SME[3]);
    for y in EQUIPMENT[1..5].iter().chain(&WOOL[1..]).chain(&SME[3..]) {
        layout.streets.push(Street { line: ring(&[(EAST[0], *y), (EAST[3], *y)]), half_width: LANE });
    }
    for y in &SME[1..3] {
        layout.streets.push(Street { line: ring(&[(EAST[0], *y), (EAST[2], *y)]), half_width: LANE });
    }
}

fn street_at(streets: &mut Vec<Street>, x: f64, south: f64, north: f64) {
    streets.push(Street { line: ring(&[(x, south), (x, north)]), half_width: LANE });
}
