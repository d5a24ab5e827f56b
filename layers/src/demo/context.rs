//! Everything that is not industry: what the other blocks are used for today, and in the plan.

use geo::Coord;

use super::quad::{Quad, Ring, at, distance};
use super::random::Random;
use super::streets::District;

/// A current patch or a plan polygon without industry: its rings (exterior first) and use code.
#[derive(Clone, Debug)]
pub(super) struct Other {
    pub(super) rings: Vec<Ring>,
    pub(super) code: &'static str,
}

/// Other land of both maps.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    pub(super) current: Vec<Other>,
    pub(super) planned: Vec<Other>,
}

type Mix = &'static [(&'static str, f64)];

fn planned_mix(district: District) -> Mix {
    match district {
        District::OldTown => &[
            ("070102", 44.0),
            ("070103", 5.0),
            ("0901", 13.0),
            ("0902", 5.0),
            ("0801", 4.0),
            ("080403", 5.0),
            ("0806", 3.0),
            ("0803", 3.0),
            ("1401", 10.0),
            ("1403", 3.0),
            ("0702", 4.0),
            ("1503", 0.4),
            ("120803", 2.0),
        ],
        District::NewTown => &[
            ("070102", 40.0),
            ("070101", 6.0),
            ("0901", 10.0),
            ("0902", 7.0),
            ("0801", 5.0),
            ("080403", 6.0),
            ("080401", 3.0),
            ("0805", 3.0),
            ("0806", 3.0),
            ("1401", 14.0),
            ("16", 4.0),
        ],
        District::NewNorth => &[
            ("0802", 22.0),
            ("0902", 16.0),
            ("070102", 18.0),
            ("0801", 6.0),
            ("1401", 12.0),
            ("1402", 6.0),
            ("16", 8.0),
            ("080402", 6.0),
        ],
        District::East => &[
            ("070102", 42.0),
            ("1101", 12.0),
            ("1402", 8.0),
            ("0901", 8.0),
            ("1303", 2.0),
            ("1305", 2.0),
            ("1302", 1.5),
            ("120801", 3.0),
            ("080403", 4.0),
            ("1401", 8.0),
            ("16", 8.0),
        ],
        District::Fringe => &[("1402", 30.0), ("16", 30.0), ("1401", 14.0), ("070102", 16.0), ("1101", 10.0)],
    }
}

/// What stands today where the plan has not been carried out yet.
fn current_mix(district: District) -> Mix {
    match district {
        District::OldTown => &[("070102", 40.0), ("070103", 30.0), ("0901", 20.0), ("2301", 6.0), ("0801", 4.0)],
        District::NewTown => &[("0401", 30.0), ("2301", 35.0), ("070102", 20.0), ("0304", 15.0)],
        District::NewNorth => &[("0401", 35.0), ("2301", 40.0), ("0902", 10.0), ("0801", 5.0), ("1101", 10.0)],
        District::East => {
            &[("2301", 30.0), ("0401", 25.0), ("1101", 20.0), ("0703", 10.0), ("0304", 10.0), ("0103", 5.0)]
        }
        District::Fringe => &[("0401", 60.0), ("0304", 12.0), ("0103", 14.0), ("2301", 14.0)],
    }
}

/// What a place makes of a use: shops gather in the two centres, parks along the river, stores at
/// the eastern edge, and some quarters have more of a use than others.
fn attraction(code: &str, place: Coord<f64>) -> f64 {
    let towards = |x: f64, y: f64, reach: f64| (-(distance(place, at(x, y)) / reach).powi(2)).exp();
    let quarter = |phase: f64| 1.0 + 0.9 * (place.x / 610.0 + phase).sin() * (place.y / 530.0 - phase).cos();
    match &code[..2] {
        "09" => 0.35 + 3.5 * towards(250.0, 150.0, 650.0) + 3.0 * towards(-1750.0, 450.0, 600.0),
        "14" => quarter(1.0) * (0.6 + 3.0 * (-((place.x + 675.0) / 420.0).powi(2)).exp()),
        "11" | "12" | "13" => 0.15 + 2.2 * towards(4300.0, -600.0, 1300.0) + 2.0 * towards(1500.0, -3000.0, 900.0),
        "08" => 0.5 * quarter(2.0) + 2.5 * towards(-2000.0, -300.0, 700.0) + towards(300.0, 700.0, 500.0),
        "16" | "23" => quarter(4.0),
        _ => 1.0,
    }
}

fn use_at(mix: Mix, place: Coord<f64>, random: &mut Random) -> &'static str {
    let weights: Vec<_> = mix.iter().map(|&(code, weight)| (code, weight * attraction(code, place))).collect();
    random.weighted(&weights)
}

/// How likely the plan is carried out already.
fn built_up(district: District) -> f64 {
    match district {
        District::OldTown => 0.86,
        District::NewTown => 0.62,
        District::NewNorth => 0.35,
        District::East => 0.45,
        District::Fringe => 0.12,
    }
}

/// Uses a whole block of other land: a plan polygon or two, and a few current patches in each.
pub(super) fn fill(quad: Quad, district: District, random: &mut Random, context: &mut Context) {
    let mut planned = use_at(planned_mix(district), quad.centre(), random);
    let plots = if quad.area() > 45_000.0 { halves(quad, random).to_vec() } else { vec![quad] };
    for plot in plots {
        context.planned.push(Other { rings: vec![plot.ring()], code: planned });
        fill_current(plot, planned, district, random, context);
        if random.chance(0.5) {
            planned = use_at(planned_mix(district), plot.centre(), random);
        }
    }
}

/// Splits one plan polygon's land into current patches.
pub(super) fn fill_current(
    plot: Quad,
    planned: &'static str,
    district: District,
    random: &mut Random,
    context: &mut Context,
) {
    let usual = match district {
        District::OldTown => 13_000.0,
        District::Fringe => 90_000.0,
        _ => 28_000.0,
    };
    let built = random.chance(built_up(district)) && planned != "16";
    let waiting = use_at(current_mix(district), plot.centre(), random);
    let mut open = vec![plot];
    while let Some(part) = open.pop() {
        let (length, width) = part.size();
        let (longer, shorter) = (length.max(width), length.min(width));
        if part.area() > usual * random.between(0.8, 2.2) && longer > 60.0 && shorter > 35.0 {
            open.extend(halves(part, random));
            continue;
        }
        // Now and then a part is ahead of its neighbours, or behind them.
        let code = match (built, random.chance(0.15)) {
            (true, false) => planned,
            (false, false) => waiting,
            (_, true) => use_at(current_mix(district), part.centre(), random),
        };
        context.current.push(Other { rings: vec![part.ring()], code });
    }
}

/// A park around a lake.
pub(super) fn lake(quad: Quad, context: &mut Context) {
    let shore: Ring = (0..36)
        .map(|i| {
            let angle = std::f64::consts::TAU * f64::from(i) / 36.0;
            let radius = 0.29 + 0.03 * (3.0 * angle + 0.6).sin() + 0.015 * (2.0 * angle).cos();
            quad.point(0.5 + radius * angle.cos(), 0.5 + radius * angle.sin())
        })
        .collect();
    let park = Other { rings: vec![quad.ring(), shore.clone()], code: "1401" };
    let water = Other { rings: vec![shore], code: "1702" };
    for other in [park, water] {
        context.current.push(other.clone());
        context.planned.push(other);
    }
}

fn halves(quad: Quad, random: &mut Random) -> [Quad; 2] {
    let quad = quad.along_its_length();
    let at = random.between(0.35, 0.65);
    [quad.part((0.0, at), (0.0, 1.0)), quad.part((at, 1.0), (0.0, 1.0))]
}

/// What stands at the end of a row of lots: on a long end yards and open land, on a short one shops
/// and parking too.
pub(super) fn beside_lots(long: bool, random: &mut Random) -> &'static str {
    let small = if long { 0.0 } else { 1.0 };
    random.weighted(&[("2301", 5.0), ("1101", 3.0), ("1402", 1.0), ("0901", 1.5 * small), ("120803", small)])
}

/// What the plan wants there.
pub(super) fn planned_beside_lots(long: bool, random: &mut Random) -> &'static str {
    let small = if long { 0.0 } else { 1.0 };
    random.weighted(&[("1402", 6.0), ("1101", 1.0), ("120803", 2.0 * small), ("1303", small), ("1309", small)])
}
