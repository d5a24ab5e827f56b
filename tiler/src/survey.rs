//! Which zooms a tileset gets, when nobody says: from the size of what is drawn.
//!
//! *Deepest*: the first zoom at which, in some layer, the median feature is at least 1024 tile units
//! wide or high and the median edge at least 16 units long; points count as wide as their mean
//! spacing. Past zoom 16 (15 cm a unit at the equator) clients enlarge what they have.
//! *Shallowest*: the last zoom at which all data fit into half a tile's side, and at most 10, so that
//! one can see where a small site lies.
//!
//! Parcels of 100 m in a city of 10 km: 16 and 10.

use crate::chains::{Chains, ShapeKind};
use crate::pixels::{DEEPEST_TILED_ZOOM, unit, unit_bits};
use crate::varint;
use crate::world::Bounds;

/// Tile units that the median feature shall measure, as a power of two.
const FEATURE_BITS: u32 = 10;
/// Tile units that the median edge shall measure, as a power of two.
const EDGE_BITS: u32 = 4;
/// The deepest zoom chosen without being asked.
const DEEPEST: u8 = 16;
/// The deepest zoom chosen where nothing has a size.
const DEEPEST_WITHOUT_SIZE: u8 = 14;
/// The shallowest zoom is at most this.
const SHALLOWEST_AT_MOST: u8 = 10;

/// What is known of the sizes in a layer. Surveys of parts add up to the survey of the whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Survey {
    bounds: Option<Bounds>,
    sizes: Lengths,
    edges: Lengths,
    points: u64,
    point_bounds: Option<Bounds>,
}

/// How many lengths have how many binary digits. Zooms halve lengths, so no more is asked for.
#[derive(Clone, Debug, PartialEq)]
struct Lengths([u64; 33]);

impl Default for Lengths {
    fn default() -> Self {
        Self([0; 33])
    }
}

impl Lengths {
    fn add(&mut self, length: u32) {
        self.0[(u32::BITS - length.leading_zeros()) as usize] += 1;
    }

    /// Binary digits of the median; `None` without lengths.
    fn median(&self) -> Option<u32> {
        let half = self.0.iter().sum::<u64>() / 2;
        let mut sum = 0;
        let digits = self.0.iter().position(|count| {
            sum += count;
            sum > half
        });
        digits.map(|digits| digits as u32)
    }
}

/// The lengths of all edges, along the longer axis; what closes a ring is left out.
fn edges(chains: &Chains, mut take: impl FnMut(u32)) {
    let mut start = 0;
    for chain in &chains.ends {
        for edge in chains.points[start..chain.end as usize].windows(2) {
            take(edge[0].x.abs_diff(edge[1].x).max(edge[0].y.abs_diff(edge[1].y)));
        }
        start = chain.end as usize;
    }
}

fn and(one: Option<Bounds>, other: Option<Bounds>) -> Option<Bounds> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.and(other)),
        (one, other) => one.or(other),
    }
}

impl Survey {
    pub(crate) fn add(&mut self, chains: &Chains, bounds: Bounds) {
        self.add_place(chains.kind, bounds);
        if chains.kind == ShapeKind::Points {
            self.points += chains.points.len() as u64;
        } else {
            edges(chains, |length| self.edges.add(length));
        }
    }

    fn add_place(&mut self, kind: ShapeKind, bounds: Bounds) {
        self.bounds = and(self.bounds, Some(bounds));
        if kind == ShapeKind::Points {
            self.point_bounds = and(self.point_bounds, Some(bounds));
        } else {
            self.sizes.add((bounds.east - bounds.west).max(bounds.south - bounds.north));
        }
    }

    /// Appends what [`Survey::add`] counts besides bounds, to be added again by
    /// [`Survey::add_tallied`]: the number of points, or how many edges have how many digits.
    pub(crate) fn tally(chains: &Chains, out: &mut Vec<u8>) {
        if chains.kind == ShapeKind::Points {
            return varint::put(out, chains.points.len() as u64);
        }
        let mut lengths = Lengths::default();
        edges(chains, |length| lengths.add(length));
        for (digits, &count) in lengths.0.iter().enumerate().filter(|(_, count)| **count > 0) {
            out.push(digits as u8);
            varint::put(out, count);
        }
    }

    /// Adds a record again by its tally.
    pub(crate) fn add_tallied(&mut self, kind: ShapeKind, bounds: Bounds, mut tally: &[u8]) {
        self.add_place(kind, bounds);
        if kind == ShapeKind::Points {
            self.points += varint::take(&mut tally).unwrap_or(0);
            return;
        }
        while let Some((&digits, rest)) = tally.split_first() {
            tally = rest;
            let count = varint::take(&mut tally).unwrap_or(0);
            if let Some(sum) = self.edges.0.get_mut(usize::from(digits)) {
                *sum += count;
            }
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.bounds = and(self.bounds, other.bounds);
        self.point_bounds = and(self.point_bounds, other.point_bounds);
        self.points += other.points;
        let lengths = [(&mut self.sizes, &other.sizes), (&mut self.edges, &other.edges)];
        for (own, other) in lengths {
            own.0.iter_mut().zip(other.0).for_each(|(own, other)| *own += other);
        }
    }

    /// Everything is in here; `None` without features.
    pub(crate) fn bounds(&self) -> Option<Bounds> {
        self.bounds
    }

    fn deepest(&self) -> Option<u8> {
        // The first zoom at which so many binary digits measure so many units.
        let first = |digits: Option<u32>, bits: u32| {
            let digits = digits.filter(|&digits| digits > 0)?;
            Some((0..=DEEPEST).find(|&zoom| digits > bits + unit_bits(zoom)).unwrap_or(DEEPEST))
        };
        let by_size = first(self.sizes.median(), FEATURE_BITS).max(first(self.edges.median(), EDGE_BITS));
        by_size.or_else(|| first(self.spacing(), FEATURE_BITS))
    }

    /// Binary digits of the side of the square that one point has to itself on average.
    fn spacing(&self) -> Option<u32> {
        let bounds = self.point_bounds?;
        let area = u128::from(bounds.east - bounds.west) * u128::from(bounds.south - bounds.north);
        let side = (area / u128::from(self.points.max(1))).isqrt() as u32;
        Some(u32::BITS - side.leading_zeros())
    }
}

/// Shallowest and deepest zoom, as asked for or from the data, the deepest tiled zoom at most.
pub(crate) fn choose(layers: &[Survey], bounds: Bounds, min_zoom: Option<u8>, max_zoom: Option<u8>) -> (u8, u8) {
    let deepest = || layers.iter().filter_map(Survey::deepest).max().unwrap_or(DEEPEST_WITHOUT_SIZE);
    let max = max_zoom.unwrap_or_else(|| deepest().max(min_zoom.unwrap_or(0))).min(DEEPEST_TILED_ZOOM);
    let side = i64::from((bounds.east - bounds.west).max(bounds.south - bounds.north));
    let shallowest = || (0..=SHALLOWEST_AT_MOST).rev().find(|&zoom| side <= unit(zoom) * 2048).unwrap_or(0);
    (min_zoom.unwrap_or_else(shallowest).min(max), max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chains::ChainEnd;
    use crate::world::WorldPoint;

    /// Squares in rows, sizes in metres at the equator.
    fn squares(side: f64, city: f64) -> (Survey, Bounds) {
        let units = |metres: f64| (metres / 40_075_016.7 * crate::grid::WORLD_UNITS) as u32 + (1 << 30);
        let count = (city / side) as u32;
        let mut survey = Survey::default();
        for place in 0..count * count {
            let (x, y) = (f64::from(place % count) * side, f64::from(place / count) * side);
            let corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)];
            let points = corners.map(|(x, y)| WorldPoint { x: units(x), y: units(y) }).to_vec();
            let chains = Chains { kind: ShapeKind::Polygons, points, ends: vec![ChainEnd { end: 4, is_shell: true }] };
            let mut part = Survey::default();
            part.add(&chains, chains.bounds().expect("points"));
            survey.merge(&part);
        }
        let bounds = survey.bounds().expect("squares");
        (survey, bounds)
    }

    #[test]
    fn a_city_of_parcels_gets_10_to_16() {
        let (survey, bounds) = squares(100.0, 10_000.0);
        assert_eq!(choose(&[survey], bounds, None, None), (10, 16));
    }

    #[test]
    fn a_country_of_districts_gets_less() {
        let (survey, bounds) = squares(50_000.0, 1_000_000.0);
        assert_eq!(choose(&[survey], bounds, None, None), (4, 8));
    }

    #[test]
    fn a_lone_point_gets_something_to_zoom() {
        let point = WorldPoint { x: 9, y: 9 };
        let ends = vec![ChainEnd { end: 1, is_shell: false }];
        let chains = Chains { kind: ShapeKind::Points, points: vec![point], ends };
        let mut survey = Survey::default();
        survey.add(&chains, Bounds::at(point));
        let layers = [survey];
        assert_eq!(choose(&layers, Bounds::at(point), None, None), (10, 14));
        assert_eq!(choose(&layers, Bounds::at(point), Some(15), None), (15, 15));
        assert_eq!(choose(&layers, Bounds::at(point), None, Some(3)), (3, 3));
    }
}
