//! The detailed plan: a polygon with a planned use for every block.

use super::context::Other;
use super::layout::Growth;
use super::place::Placed;
use super::plots::{Part, Strips};
use super::quad::{Quad, Ring};
use super::random::Random;
use super::targets::{Fate, NEW, PARKS, Region};

/// A plan polygon.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    pub(super) rings: Vec<Ring>,
    pub(super) code: &'static str,
    /// The plan's own word on whether the use is mandatory content, where it gives one.
    pub(super) mandatory: Option<bool>,
}

impl Plot {
    fn of(ring: Ring, code: &'static str) -> Self {
        Self { rings: vec![ring], code, mandatory: None }
    }
}

impl From<Other> for Plot {
    fn from(other: Other) -> Self {
        Self { rings: other.rings, code: other.code, mandatory: None }
    }
}

/// The use that the plan gives to a part of a block.
fn code(fate: Fate, part: Part, body: &'static str) -> &'static str {
    match (fate, part) {
        (_, Part::Body) => body,
        (Fate::Keep, Part::Front) => "100101",
        (Fate::Keep, Part::Rear) => "100102",
        (Fate::Education, _) => "080405",
        (Fate::Road, _) => "1207",
        (Fate::Civic, Part::Front) => "1402",
        (Fate::Civic, Part::Rear) => "1401",
        (Fate::Residential, Part::Front) => "0702",
        (Fate::Residential, Part::Rear) => "070102",
        (Fate::Commercial, _) => "0901",
        (Fate::Office, _) => "1403",
    }
}

fn body_code(fate: Fate, region: Region, random: &mut Random) -> &'static str {
    match fate {
        Fate::Keep if region == Region::Sme => "100101",
        Fate::Keep => random.pick(&["100102", "100102", "1001"]),
        Fate::Education => random.pick(&["080403", "080402", "080401"]),
        Fate::Road => "1207",
        Fate::Civic => random.pick(&["1401", "0803", "0806", "0807", "1401", "0805"]),
        Fate::Residential => random.pick(&["070102", "070102", "070103"]),
        Fate::Commercial => random.pick(&["0902", "090102", "0904"]),
        Fate::Office => "0801",
    }
}

/// The plots over the lots of a block.
pub(super) fn over_lots(placed: &Placed, strips: [Strips; 2], random: &mut Random) -> Vec<Plot> {
    let mut plots = Vec::new();
    let mut add = |fate: Fate, parts: Vec<(Part, Ring)>, random: &mut Random| {
        let body = body_code(fate, placed.region, random);
        // Some plans say for themselves what is mandatory; most leave it to the code.
        let said = random.chance(0.15) && fate != Fate::Keep;
        let mandatory = said.then_some(fate.conflict() == super::targets::Conflict::Mandatory);
        plots
            .extend(parts.into_iter().map(|(part, ring)| Plot { mandatory, ..Plot::of(ring, code(fate, part, body)) }));
    };
    if placed.is_joined() {
        add(placed.fates[0], placed.block.joined_plots(strips), random);
    } else {
        for (row, strips) in strips.into_iter().enumerate() {
            if !placed.block.rows[row].lots.is_empty() {
                add(placed.fates[row], placed.block.row_plots(row, strips), random);
            }
        }
    }
    plots
}

/// How many plots of planned industry lie over a block.
pub(super) fn industrial_plots(placed: &Placed, strips: [Strips; 2]) -> usize {
    let plots = over_lots(placed, strips, &mut Random::new(0));
    plots.iter().filter(|plot| plot.code.starts_with("1001")).count()
}

/// Planned industry where there is none today: in the parks so many plots that 2.3.2 holds, given
/// how many `plots` each park has already, elsewhere one a block. `None` if there is too little room.
pub(super) fn growth(sites: &[Growth], plots: &[(Region, usize)]) -> Option<Vec<Plot>> {
    let mut found = Vec::new();
    let mut elsewhere = NEW * 10_000.0;
    for park in &PARKS {
        let already = plots.iter().find(|(region, _)| *region == park.region).map_or(0, |(_, count)| *count);
        let target = (park.planned - park.keep) * 10_000.0;
        elsewhere -= target;
        for site in sites.iter().filter(|site| site.region == park.region) {
            let end = reach(site.quad, target);
            let count = park.plots.checked_sub(already).filter(|count| *count > 0)?;
            for plot in 0..count {
                let cut = |i: usize| end * i as f64 / count as f64;
                found.push(Plot::of(site.quad.part((cut(plot), cut(plot + 1)), (0.0, 1.0)).ring(), "100101"));
            }
            found.push(Plot::of(site.quad.part((end, 1.0), (0.0, 1.0)).ring(), "1402"));
        }
    }
    for site in sites.iter().filter(|site| site.region == Region::Line) {
        let end = reach(site.quad, elsewhere);
        elsewhere -= site.quad.part((0.0, end), (0.0, 1.0)).area();
        if end > 0.0 {
            found.push(Plot::of(site.quad.part((0.0, end), (0.0, 1.0)).ring(), "100102"));
        }
        if end < 1.0 {
            found.push(Plot::of(site.quad.part((end, 1.0), (0.0, 1.0)).ring(), "1402"));
        }
    }
    (elsewhere.abs() < 0.01).then_some(found)
}

/// The `u` up to which a quad has this area; 1 if it is smaller.
fn reach(quad: Quad, target: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    if quad.area() <= target {
        return 1.0;
    }
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if quad.part((0.0, middle), (0.0, 1.0)).area() > target { high = middle } else { low = middle }
    }
    if high < 1e-9 { 0.0 } else { (low + high) / 2.0 }
}
