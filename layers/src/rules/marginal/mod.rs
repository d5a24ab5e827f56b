//! R-MARGINAL: which small parts does the plan cut off, and what are they good for?
//! (plan 2.3.5, 表7, and 4.4.4; RULES 1.9)
//!
//! Candidates are the connected parts into which the plan's blocks, and roads that are drawn as
//! areas, cut a patch; a patch that is not cut is none. Land of roads and other linear projects is
//! none either, and of land that the plan does not cover nothing is said. A candidate is marginal if
//! it is below 3 mu and hard to use alone. Its kind depends on how much of its border is border with
//! other parts of current industrial land:
//!
//! ```text
//!      enclosed          interlocked            corner
//!    ┌──────────┐      ┌─────┬──┬─────┐     ┌───────────┐
//!    │  ┌────┐  │      │     │▒▒│     │     │           ├───┐ ← edge of the block,
//!    │  │▒▒▒▒│  │      │     │▒▒│     │     │           │▒▒▒│   of the road
//!    └──┴────┴──┘      └─────┘▒▒└─────┘     └───────────┴───┘
//!     75 % or more      35 % or more, in      whatever else
//!                       two stretches
//! ```
//!
//! Everything that a block cuts off touches the edge of that block, so what is neither enclosed nor
//! interlocked is a corner. [A]
//! The rule cannot see who owns the parts, nor neighbours drawn more than 5 cm away.

mod contact;
mod merge;
mod parts;

use geo::{BoundingRect, ConvexHull, Coord, LinesIter, Polygon, Rect};
use rayon::prelude::*;

use crate::intake::{Note, Notes, PlanPolygon};
use crate::overlay::{BoxIndex, EVEN, VertexMemory};
use crate::units::SquareMetres;

use super::assess::Assessed;
use super::conformity::Cuts;
use super::flat::Flat;
use super::place::Covering;
use super::ruleset::{self, HardToUse};
use contact::{Border, Shared, TOLERANCE};
use merge::{Offer, hundredths, takers};
pub(super) use parts::OfPiece;
use parts::{Blocks, Part, area_of, parts, width_of};

/// How marginal land lies among its neighbours, in the order in which the kinds are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// 夹心地.
    Enclosed,
    /// 插花地.
    Interlocked,
    /// 边角地.
    Corner,
}

impl Kind {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Enclosed => "enclosed",
            Self::Interlocked => "interlocked",
            Self::Corner => "corner",
        }
    }
}

/// Where marginal land is drawn.
#[derive(Clone, Debug)]
pub(super) enum MarginalLand {
    /// With the pieces of its patch.
    OfPiece(OfPiece),
    /// By itself, as a road runs through the piece: in the plane while rules are asked, then in
    /// lon/lat.
    Own(Box<Polygon<f64>>),
}

/// A piece of marginal land.
#[derive(Clone, Debug)]
pub(super) struct MarginalPiece {
    /// Place of the patch it is a part of.
    pub patch: usize,
    /// Place of the plan block it lies in.
    pub plan: usize,
    /// Counts the parts of one patch.
    pub number: usize,
    /// The land.
    pub land: MarginalLand,
    /// Its area of record.
    pub area: SquareMetres,
    /// How it lies.
    pub kind: Kind,
    /// Part of its border that is border with other current industrial land, 0..=1.
    pub shared: f64,
    /// Place of the patch it may be developed with; `None`: a pocket park or parking.
    pub merge_with: Option<usize>,
}

impl MarginalPiece {
    /// Goes to lon/lat, if it does not do so with the pieces of its patch.
    pub(super) fn leave_plane(&mut self, memory: &VertexMemory) {
        if let MarginalLand::Own(land) = &mut self.land {
            **land = memory.unproject_polygon(land);
        }
    }

    /// Code of the advised use.
    pub(super) fn advice(&self) -> &'static str {
        if self.merge_with.is_some() { "merge" } else { "public" }
    }
}

/// Everything that the rule looks at. All geometries in metres of one equal-area plane.
pub(super) struct Question<'a> {
    /// Patches cut by the plan.
    pub assessed: &'a [Assessed],
    /// Their pieces' land.
    pub cuts: &'a [Cuts],
    /// All other land.
    pub flat: &'a Flat,
    pub plan: &'a [PlanPolygon],
    pub rules: &'a ruleset::Marginal,
}

/// All marginal land, by patch and part, and remarks.
pub(super) fn marginal(asked: &Question<'_>) -> (Vec<MarginalPiece>, Vec<Note>) {
    let blocks = Blocks { plan: asked.plan, rules: asked.rules };
    let roads = (!asked.flat.roads.is_empty()).then(|| Covering::new(&asked.flat.roads));
    let all: Vec<Vec<Part<'_>>> = (0..asked.assessed.len())
        .into_par_iter()
        .map(|patch| {
            let land = (&asked.flat.patches[patch], &asked.cuts[patch]);
            parts(patch, &asked.assessed[patch], land, &blocks, roads.as_ref())
        })
        .collect();

    let mut notes = Notes::of("roads");
    let knows_roads = roads.is_some() || (0..asked.plan.len()).any(|block| blocks.is_road(block));
    let mut hard = asked.rules.hard_to_use.clone();
    if !knows_roads && hard.contains(&HardToUse::Road) {
        hard.retain(|reason| *reason != HardToUse::Road);
        notes.add_layer("no road is drawn as an area: marginal land is found without asking for contact with one", 1);
    }
    let near_roads = NearRoads { asked, blocks: &blocks, index: BoxIndex::new(&asked.flat.roads) };
    let is_hard = |land: &Polygon<f64>| {
        hard.iter().any(|reason| match reason {
            HardToUse::Area => true,
            HardToUse::Width => width_of(land) < asked.rules.min_width_m,
            HardToUse::Road => !near_roads.touch(land),
        })
    };
    let is_candidate = |part: &&Part<'_>| {
        part.plan.is_some()
            && part.is_cut
            && !part.is_linear
            && hundredths(part.area) < hundredths(asked.rules.area_below_m2)
    };
    let candidates: Vec<&Part<'_>> = all.par_iter().flatten_iter().filter(is_candidate).collect();
    let found: Vec<(Offer<'_, '_>, (Kind, f64))> = candidates
        .into_par_iter()
        .filter(|part| is_hard(&part.land))
        .map(|part| {
            let border = Border::of(&part.land);
            let mut shared = border.unshared();
            let neighbours = neighbours(part, &border, &mut shared, (&all, &asked.flat.near_patches));
            let (shared, stretches) = border.shared(&mut shared);
            let shared = shared / border.length();
            (Offer { part, neighbours }, (kind_of(&part.land, shared, stretches, asked.rules), shared))
        })
        .collect();
    let (offers, kinds): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let takers = takers(&offers, &blocks, |patch| asked.assessed[patch].parcel.inputs.key.as_ref());
    let piece = |((offer, (kind, shared)), merge_with): ((Offer<'_, '_>, (Kind, f64)), Option<usize>)| {
        let Part { patch, plan, number, of_piece, area, .. } = *offer.part;
        let own = || MarginalLand::Own(Box::new((*offer.part.land).clone()));
        let land = of_piece.map_or_else(own, MarginalLand::OfPiece);
        Some(MarginalPiece { patch, plan: plan?, number, land, area: SquareMetres(area), kind, shared, merge_with })
    };
    (offers.into_iter().zip(kinds).zip(takers).filter_map(piece).collect(), notes.finish().collect())
}

fn kind_of(land: &Polygon<f64>, shared: f64, stretches: usize, rules: &ruleset::Marginal) -> Kind {
    // Cutting rounds: what is exactly the limit may come out a hair below it.
    let share = shared + EVEN;
    let convexity = area_of(land) / area_of(&land.convex_hull());
    let is_wedge = stretches >= rules.interlocked_stretches || convexity + EVEN < rules.interlocked_convexity_below;
    if share >= rules.enclosed_share {
        Kind::Enclosed
    } else if share >= rules.interlocked_share && is_wedge {
        Kind::Interlocked
    } else {
        Kind::Corner
    }
}

/// Parts of industrial land along the border of a part, with the shared length in millimetres; what
/// is shared with any of them is added to `shared`.
fn neighbours<'p, 'a>(
    part: &'p Part<'a>,
    border: &Border,
    shared: &mut Shared,
    (all, index): (&'p [Vec<Part<'a>>], &BoxIndex),
) -> Vec<(&'p Part<'a>, u64)> {
    let mut neighbours = Vec::new();
    let Some(around) = part.bounds.map(widened) else { return neighbours };
    let near = index.near_box(around);
    let others = near.into_iter().flat_map(|patch| &all[patch]);
    let mut with = border.unshared();
    for other in others.filter(|other| !other.is_linear && (other.patch, other.number) != (part.patch, part.number)) {
        if !other.bounds.is_some_and(|bounds| meet(bounds, around)) {
            continue;
        }
        touch_near(border, &other.land, around, &mut with);
        if with.is_empty() {
            continue;
        }
        let (length, _) = border.shared(&mut with);
        if length > 0.0 {
            neighbours.push((other, (length * 1000.0).round() as u64));
        }
        shared.add(&with);
        with.clear();
    }
    neighbours
}

/// The box around a polygon in which its neighbours' borders are.
fn widened(bounds: Rect<f64>) -> Rect<f64> {
    let margin = Coord { x: TOLERANCE, y: TOLERANCE };
    Rect::new(bounds.min() - margin, bounds.max() + margin)
}

/// Marks what a border shares with edges of other land inside a box.
fn touch_near(border: &Border, other: &Polygon<f64>, around: Rect<f64>, shared: &mut Shared) {
    let near = other.lines_iter().filter(|line| meet(line.bounding_rect(), around));
    near.for_each(|line| border.touch(line, shared));
}

fn meet(a: Rect<f64>, b: Rect<f64>) -> bool {
    a.min().x <= b.max().x && b.min().x <= a.max().x && a.min().y <= b.max().y && b.min().y <= a.max().y
}

/// Roads that may touch a part.
struct NearRoads<'a> {
    asked: &'a Question<'a>,
    blocks: &'a Blocks<'a>,
    index: BoxIndex,
}

impl NearRoads<'_> {
    fn touch(&self, land: &Polygon<f64>) -> bool {
        let Some(around) = land.bounding_rect().map(widened) else { return false };
        let border = Border::of(land);
        let mut shared = border.unshared();
        let planned =
            self.asked.flat.near_planned.near_box(around).into_iter().filter(|block| self.blocks.is_road(*block));
        let planned = planned.map(|block| &self.asked.flat.planned[block]);
        let drawn = self.index.near_box(around).into_iter().map(|road| &self.asked.flat.roads[road]);
        let roads = planned.chain(drawn).flatten();
        let near = roads.filter(|road| road.bounding_rect().is_some_and(|bounds| meet(bounds, around)));
        near.for_each(|road| touch_near(&border, road, around, &mut shared));
        border.shared(&mut shared).1 > 0
    }
}
