//! The connected parts into which a plan cuts patches.

use std::ops::Deref;

use geo::{BoundingRect, Euclidean, Length, MultiPolygon, Polygon, Rect};

use crate::codes::land_use::UseGroup;
use crate::intake::PlanPolygon;
use crate::measure::plane::plane_area;
use crate::overlay::Patch;
use crate::rules::assess::Assessed;
use crate::rules::conformity::Cuts;
use crate::rules::place::Covering;
use crate::rules::ruleset;

/// A connected part of a patch in one plan block.
pub(super) struct Part<'a> {
    /// Place of the patch.
    pub patch: usize,
    /// The plan block it lies in; `None` where the plan has none.
    pub plan: Option<usize>,
    /// Counts the parts of one patch.
    pub number: usize,
    /// The land, in the plane of the analysis.
    pub land: Land<'a>,
    /// The polygon of the patch's piece that it is all of, if it is.
    pub of_piece: Option<OfPiece>,
    /// The box around it.
    pub bounds: Option<Rect<f64>>,
    /// Its area of record, square metres.
    pub area: f64,
    /// Whether it is the land of a road or another linear project.
    pub is_linear: bool,
    /// Whether it is less than the polygon that the patch has there.
    pub is_cut: bool,
}

/// The land of a part.
pub(super) enum Land<'a> {
    /// A polygon of a piece.
    Cut(&'a Polygon<f64>),
    /// What a road leaves of one, or takes.
    Own(Box<Polygon<f64>>),
}

impl Deref for Land<'_> {
    type Target = Polygon<f64>;

    fn deref(&self) -> &Polygon<f64> {
        match self {
            Self::Cut(polygon) => polygon,
            Self::Own(polygon) => polygon,
        }
    }
}

/// A polygon of a piece of a patch.
#[derive(Clone, Copy, Debug)]
pub(in crate::rules) struct OfPiece {
    /// Place of the piece among those of its patch.
    pub piece: u32,
    /// Place of the polygon in the piece.
    pub polygon: u32,
}

/// What blocks of the plan are for.
pub(super) struct Blocks<'a> {
    pub plan: &'a [PlanPolygon],
    pub rules: &'a ruleset::Marginal,
}

impl Blocks<'_> {
    /// A road, or one of the rule file's other linear projects.
    pub(super) fn is_linear(&self, block: usize) -> bool {
        self.is_road(block) || self.has_prefix(block, &self.rules.linear)
    }

    pub(super) fn is_road(&self, block: usize) -> bool {
        self.plan[block].group() == Some(UseGroup::Road)
    }

    pub(super) fn is_industrial(&self, block: usize) -> bool {
        self.plan[block].group() == Some(UseGroup::Industrial)
    }

    /// Greens, squares, parking.
    pub(super) fn is_public(&self, block: usize) -> bool {
        self.has_prefix(block, &self.rules.public)
    }

    fn has_prefix(&self, block: usize, prefixes: &[String]) -> bool {
        self.plan[block].ydyh.as_deref().is_some_and(|code| prefixes.iter().any(|prefix| code.starts_with(prefix)))
    }
}

/// The parts of one patch, in the order of the plan's blocks, land without a block last.
pub(super) fn parts<'a>(
    patch: usize,
    assessed: &Assessed,
    (whole, cuts): (&'a MultiPolygon<f64>, &'a Cuts),
    blocks: &Blocks<'_>,
    roads: Option<&Covering>,
) -> Vec<Part<'a>> {
    let land = |place: usize| cuts.lands.get(place).unwrap_or(whole);
    let pieces = assessed.plan.pieces.iter().enumerate();
    let pieces = pieces.map(|(place, piece)| (Some(piece.plan), land(place), piece.area.0));
    let none = if assessed.plan.pieces.is_empty() { whole } else { &cuts.uncovered };
    let uncovered = assessed.plan.uncovered_area.0;
    let polygons = pieces.clone().map(|(_, land, _)| land.0.len()).sum::<usize>();
    // Most patches are cut in two or not at all: a vector that grows takes twice what it needs.
    let mut parts: Vec<Part<'a>> = Vec::with_capacity(polygons + usize::from(uncovered > 0.0) * none.0.len());
    let all = pieces.chain((uncovered > 0.0).then_some((None, none, uncovered)));
    for (piece, (plan, land, area)) in (0..).zip(all) {
        let scale = area / plane_area(land).0;
        let is_linear = plan.is_some_and(|block| blocks.is_linear(block));
        let mut add = |land: Land<'a>, of_piece: Option<OfPiece>, is_linear: bool| {
            let area = area_of(&land) * scale;
            let number = parts.len();
            let is_cut = !whole.iter().any(|polygon| is_same(polygon, &land));
            let bounds = land.bounding_rect();
            parts.push(Part { patch, plan, number, land, of_piece, bounds, area, is_linear, is_cut });
        };
        for (place, polygon) in (0..).zip(&land.0) {
            let cover = roads
                .map(|roads| roads.cover(&Patch::of(&polygon.clone().into())))
                .filter(|cover| !cover.parts.is_empty());
            let Some(cover) = cover else {
                add(Land::Cut(polygon), Some(OfPiece { piece, polygon: place }), is_linear);
                continue;
            };
            cover.uncovered.0.into_iter().for_each(|land| add(Land::Own(Box::new(land)), None, is_linear));
            cover
                .parts
                .into_iter()
                .flat_map(|part| part.land.0)
                .for_each(|land| add(Land::Own(Box::new(land)), None, true));
        }
    }
    parts
}

/// Whether cutting left a polygon as it was.
fn is_same(a: &Polygon<f64>, b: &Polygon<f64>) -> bool {
    let (Some(x), Some(y)) = (a.bounding_rect(), b.bounding_rect()) else { return false };
    let apart = (x.min() - y.min(), x.max() - y.max());
    let near = [apart.0.x, apart.0.y, apart.1.x, apart.1.y].iter().all(|metres| metres.abs() < 1e-3);
    near && (area_of(a) - area_of(b)).abs() <= 0.01 + 1e-9 * area_of(a)
}

/// Square metres of the plane.
pub(super) fn area_of(polygon: &Polygon<f64>) -> f64 {
    use geo::Area;
    polygon.unsigned_area()
}

/// Width in metres of the rectangle that has the polygon's area and perimeter; of land more compact
/// than a square, the square's. [A]
pub(super) fn width_of(polygon: &Polygon<f64>) -> f64 {
    let area = area_of(polygon);
    let border: f64 =
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(|ring| Euclidean.length(ring)).sum();
    let half = border / 2.0;
    match half * half - 4.0 * area {
        spread if spread > 0.0 => (half - spread.sqrt()) / 2.0,
        _ => area.sqrt(),
    }
}
