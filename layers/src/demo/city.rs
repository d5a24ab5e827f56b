//! The whole city, drawn flat and then welded: every layer's shapes before they get attributes.

use super::context::{self, Context, Other};
use super::ground::true_area;
use super::layout::{self, Layout};
use super::patches::{self, Patch};
use super::place::{Placed, fill_city, fill_reserved};
use super::quad::{Quad, Ring, area, at, distance};
use super::random::Random;
use super::river;
use super::streets::{Block, District, Street};
use super::targets;
use super::weld::weld;
use super::zoning::{self, Plot};
use super::{approvals, marginal};

/// A current land-use patch.
#[derive(Clone, Debug)]
pub(super) struct Current {
    pub(super) rings: Vec<Ring>,
    /// The industrial patch it is, or its other use.
    pub(super) kind: Kind,
}

/// What a current patch is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Index into [`City::patches`].
    Industrial(usize),
    Other(&'static str),
}

/// The flat city; rings are open and in flat metres.
pub(super) struct City {
    pub(super) patches: Vec<Patch>,
    pub(super) current: Vec<Current>,
    pub(super) zoning: Vec<Plot>,
    /// Approved land, with the patch it lies on.
    pub(super) approvals: Vec<(usize, Ring)>,
    pub(super) streets: Vec<Street>,
    pub(super) water: Vec<Ring>,
    pub(super) parks: [Ring; 2],
    pub(super) control_line: Vec<Ring>,
    pub(super) transformation: Ring,
    pub(super) renewal: Vec<Ring>,
    pub(super) scope: Ring,
}

/// How far a patch may be from its area, square metres, and in how many rounds it has to get there.
const EXACT: f64 = 0.2;
const ROUNDS: usize = 5;

/// Draws the city: from this seed, or from the next one after it whose lots have room for all that
/// the plan asks of them.
///
/// Dividing long edges and bending them takes a little land from one patch and gives it to another;
/// further rounds, in which each patch asks for what it got too little of, make up for it.
pub(super) fn draw(seed: u64) -> City {
    let cities = (seed..).take(1_000).filter_map(|seed| {
        let mut allowances = vec![0.0; targets::PATCHES];
        for _ in 0..ROUNDS {
            let city = attempt(seed, &allowances)?;
            let mut worst: f64 = 0.0;
            for ((patch, current), allowance) in city.patches.iter().zip(&city.current).zip(&mut allowances) {
                let shortfall = patch.area - true_area(&current.rings);
                *allowance += shortfall;
                worst = worst.max(shortfall.abs());
            }
            if worst < EXACT {
                return Some(city);
            }
        }
        None
    });
    cities.into_iter().next().expect("about one seed in five gives a city, and the same ones every time")
}

/// A city whose patches are drawn with these allowances, unless there is no room for them.
fn attempt(seed: u64, allowances: &[f64]) -> Option<City> {
    let random = &mut Random::new(seed);
    let mut patches = patches::draw(random);
    for (patch, allowance) in patches.iter_mut().zip(allowances) {
        patch.allowance = *allowance;
    }
    let mut layout = layout::draw(random);
    let mut placed = fill_reserved(&layout.reserved, &patches, random)?;
    placed.extend(fill_city(&mut layout.blocks, &patches, random)?);
    let strips = marginal::strips(&placed, &patches, random)?;

    let mut context = Context::default();
    let mut zoning = Vec::new();
    for (placed, &strips) in placed.iter().zip(&strips) {
        zoning.extend(zoning::over_lots(placed, strips, random));
        beside_lots(placed, &mut context, random);
    }
    let industrial_plots = targets::PARKS.iter().map(|park| {
        let blocks = placed.iter().zip(&strips).filter(|(placed, _)| placed.region == park.region);
        let plots = blocks.map(|(placed, &strips)| zoning::industrial_plots(placed, strips)).sum::<usize>();
        (park.region, plots)
    });
    zoning.extend(zoning::growth(&layout.growth, &industrial_plots.collect::<Vec<_>>())?);
    for site in &layout.growth {
        context::fill_current(site.quad, "16", District::East, random, &mut context);
    }
    other_blocks(&layout, &mut context, random);
    for &(south, north) in &layout.reaches {
        river::reach(south, north, &mut context);
    }
    let avenues = layout.avenues.iter().map(|quad| Other { rings: vec![quad.ring()], code: "1207" });
    zoning.extend(context.planned.into_iter().chain(avenues).map(Plot::from));

    let mut city = City {
        current: current(&placed, context.current),
        zoning,
        approvals: approvals::pieces(&placed, &patches, random),
        patches,
        water: water(&layout),
        streets: layout.streets,
        parks: layout.parks,
        control_line: layout.control_line,
        transformation: layout.transformation,
        renewal: layout.renewal,
        scope: scope(),
    };
    city.weld();
    Some(city)
}

impl City {
    fn weld(&mut self) {
        let current = self.current.iter_mut().flat_map(|shape| &mut shape.rings);
        let zoning = self.zoning.iter_mut().flat_map(|plot| &mut plot.rings);
        let approvals = self.approvals.iter_mut().map(|(_, ring)| ring);
        let lines = self.parks.iter_mut().chain(&mut self.control_line).chain(&mut self.renewal);
        let single = [&mut self.transformation, &mut self.scope];
        weld(current.chain(zoning).chain(approvals).chain(lines).chain(&mut self.water).chain(single));
    }
}

/// Industrial patches in the order of their index, then other land.
fn current(placed: &[Placed], other: Vec<Other>) -> Vec<Current> {
    let mut lots: Vec<(usize, Ring)> = Vec::new();
    for block in placed.iter().map(|placed| &placed.block) {
        for (number, row) in block.rows.iter().enumerate() {
            lots.extend(row.lots.iter().enumerate().map(|(lot, &patch)| (patch, block.lot(number, lot))));
        }
    }
    lots.sort_by_key(|(patch, _)| *patch);
    let lots = lots.into_iter().map(|(patch, ring)| Current { rings: vec![ring], kind: Kind::Industrial(patch) });
    lots.chain(other.into_iter().map(|other| Current { rings: other.rings, kind: Kind::Other(other.code) })).collect()
}

/// Blocks without lots: a lake in the new town, steppe towards the edge, the usual elsewhere.
fn other_blocks(layout: &Layout, context: &mut Context, random: &mut Random) {
    let far = |block: &Block| distance(block.quad.centre(), layout::LAKE);
    let lake = layout.blocks.iter().map(far).fold(f64::INFINITY, f64::min);
    for block in &layout.blocks {
        if far(block) == lake {
            context::lake(block.quad, context);
            continue;
        }
        match layout::metres_to_edge(block.quad.centre()) / 1_000.0 {
            edge if edge < 0.24 && random.chance(0.3) => {} // open steppe, not surveyed
            edge if random.chance(0.75 - 1.3 * edge) => context::fill(block.quad, District::Fringe, random, context),
            _ => context::fill(block.quad, block.district, random, context),
        }
    }
}

/// Other land of a block of lots: the ends of rows, and a second row without lots.
fn beside_lots(placed: &Placed, context: &mut Context, random: &mut Random) {
    let block = &placed.block;
    for number in 0..2 {
        if block.rows[number].lots.is_empty() {
            let level = block.border.level;
            let part = if number == 0 { (0.0, level) } else { (level, 1.0) };
            if part.1 - part.0 > 1e-6 {
                let quad: Quad = block.quad.part((0.0, 1.0), part);
                context::fill(quad, placed.district, random, context);
            }
        } else {
            let long = block.rest(number, 1).iter().any(|ring| area(ring) > 12_000.0);
            let parts = if long { 2 + random.below(3) } else { 1 };
            for ring in block.rest(number, parts) {
                context.current.push(Other { rings: vec![ring], code: context::beside_lots(long, random) });
            }
            let planned = context::planned_beside_lots(long, random);
            context
                .planned
                .extend(block.rest(number, 1).into_iter().map(|ring| Other { rings: vec![ring], code: planned }));
        }
    }
}

/// The river with the water under its bridges.
fn water(layout: &Layout) -> Vec<Ring> {
    let mut water = Vec::new();
    let mut from = -3290.0;
    for &(south, north) in &layout.reaches {
        water.push(river::water(from, south));
        water.push(river::water(south, north));
        from = north;
    }
    water.push(river::water(from, 3290.0));
    water
}

/// The study area: an uneven line around the city, as far out as its area needs.
fn scope() -> Ring {
    const CITY: [(f64, f64, f64, f64); 14] = [
        (-4600.0, -3200.0, -1.0, -1.0),
        (-2500.0, -3200.0, 0.0, -1.6),
        (-900.0, -3200.0, 0.0, -0.7),
        (1400.0, -3200.0, 0.0, -1.4),
        (4600.0, -3200.0, 0.8, -0.6),
        (4600.0, -1200.0, 1.7, 0.0),
        (4600.0, 900.0, 0.6, 0.0),
        (4600.0, 3200.0, 1.2, 1.0),
        (2600.0, 3200.0, 0.0, 0.6),
        (300.0, 3200.0, 0.0, 1.5),
        (-1500.0, 3200.0, 0.0, 0.8),
        (-4600.0, 3200.0, -0.8, 1.3),
        (-4600.0, 1100.0, -1.6, 0.0),
        (-4600.0, -900.0, -0.6, 0.0),
    ];
    let ring =
        |metres: f64| -> Ring { CITY.iter().map(|&(x, y, dx, dy)| at(x + dx * metres, y + dy * metres)).collect() };
    let (mut low, mut high) = (0.0, 1_000.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if area(&ring(middle)) > targets::SCOPE * 10_000.0 { high = middle } else { low = middle }
    }
    ring((low + high) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_patch_has_the_area_it_was_drawn_for() {
        let city = draw(crate::demo::SEED);
        for (number, (target, current)) in city.patches.iter().zip(&city.current).enumerate() {
            let found = true_area(&current.rings);
            assert!((found - target.area).abs() < EXACT, "patch {number}: {found} for {}", target.area);
        }
    }
}
