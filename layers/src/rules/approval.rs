//! R-APPROVAL: does the approval database have the land, and does it lie inside the industrial
//! control line? (plan 2.3.3; RULES 1.5)
//!
//! A patch is cut by the approvals, and every part, with what no approval covers, by the control
//! line. Where two approvals overlap, the first in the layer has the land.
//! It cannot see whether an approval is still in force, nor land approved on paper alone.
//!
//! ```text
//!   ┌─────────┬─────┬────┐
//!   │ 1       │ 2   ┊ 2' │ ← patch: pieces of two approvals, the second across the line,
//!   │         ├─────┊────┤   and what is missing in the database, on both sides of it
//!   │         │ m   ┊ m' │
//!   └─────────┴─────┊────┘
//!                   ┊ control line
//! ```

use std::borrow::Cow;

use geo::{MultiPolygon, unary_union};

use crate::facts::Supply;
use crate::intake::Land;
use crate::overlay::{Cover, EVEN, Patch, VertexMemory};
use crate::units::SquareMetres;

use super::place::Covering;
use super::ruleset::{ScenarioKind, Scenarios};

/// How a patch stands in the approval database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Approved {
    /// All of it is there.
    Wholly,
    /// A part of it is.
    Partly,
    /// It is not there.
    Missing,
}

impl Approved {
    /// Whether an approval covers some of the patch, and whether none covers some of it.
    pub(super) fn of(some: bool, lacking: bool) -> Self {
        match (some, lacking) {
            (false, _) => Self::Missing,
            (true, true) => Self::Partly,
            (true, false) => Self::Wholly,
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Wholly => "approved",
            Self::Partly => "partial",
            Self::Missing => "missing",
        }
    }
}

/// Land of one patch and one approval, or of none, on one side of the control line.
#[derive(Clone, Debug)]
pub(super) struct ApprovalPiece {
    /// Place of the approval in its layer; `None` where the database has none.
    pub approval: Option<usize>,
    /// Its area of record.
    pub area: SquareMetres,
    /// Inside the control line; `None` without a control line.
    pub in_line: Option<bool>,
    /// Whether it is the first piece of its approval on this patch: the others do not count again.
    pub counts: bool,
}

/// One patch against approvals and control line.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    /// Its pieces in the order of the approvals, missing land last; none without approvals.
    pub pieces: Vec<ApprovalPiece>,
    /// The whole patch; `None` without approvals.
    pub approved: Option<Approved>,
    /// Whether most of it lies inside the control line; `None` without a control line.
    pub in_line: Option<bool>,
    /// Whether approvals overlap on it.
    pub is_contested: bool,
    /// The most that cutting lost, square metres.
    pub residual: f64,
}

/// Approvals and control line in the plane of the analysis.
pub(super) struct Standings {
    approvals: Option<Covering>,
    control_line: Option<Covering>,
}

impl Standings {
    pub(super) fn new(
        approvals: Option<&[MultiPolygon<f64>]>,
        control_line: Option<&[Land]>,
        memory: &mut VertexMemory,
    ) -> Self {
        let approvals = approvals.map(Covering::new);
        // One area: where it is drawn in parts, their borders divide nothing.
        let control_line = control_line.map(|lands| {
            let lands: Vec<_> = lands.iter().map(|land| memory.project(&land.boundary)).collect();
            Covering::new(&[unary_union(&lands)])
        });
        Self { approvals, control_line }
    }

    /// How a patch stands, and the land of its pieces, in the plane; none if one piece is all of it.
    ///
    /// # Units
    /// - `patch`: metres of one equal-area plane
    /// - `scale`: area of record per square metre of the plane
    pub(super) fn of(&self, patch: &Patch<'_>, scale: f64) -> (Standing, Vec<MultiPolygon<f64>>) {
        let mut standing = Standing::default();
        let line = self.control_line.as_ref().map(|line| Line::of(line, patch));
        if let Some(line) = &line {
            let even = EVEN * (line.inside + line.outside);
            standing.in_line = Some(line.inside + even >= line.outside);
            standing.residual = line.residual;
        }
        let Some(approvals) = &self.approvals else { return (standing, Vec::new()) };
        let mut lands = Vec::new();
        let Cover { parts, uncovered, uncovered_area, residual, contested, .. } = approvals.parts_of(patch);
        standing.is_contested = contested > 0.0;
        standing.residual = standing.residual.max(residual);
        standing.approved = Some(Approved::of(!parts.is_empty(), uncovered_area > 0.0));
        let missing = (uncovered_area > 0.0).then_some((None, uncovered, uncovered_area));
        let count = parts.len() + usize::from(missing.is_some());
        standing.pieces.reserve_exact(count);
        lands.reserve_exact(count);
        let parts = parts.into_iter().map(|part| (Some(part.by), part.land, part.area)).chain(missing);
        for (approval, land, area) in parts {
            let land = if count == 1 { Cow::Borrowed(patch.land()) } else { Cow::Owned(land) };
            let sides = match &line {
                Some(line) => line.split(land, &mut standing.residual),
                None => [Some((None, land, 1.0)), None],
            };
            for (place, (in_line, land, share)) in sides.into_iter().flatten().enumerate() {
                let area = SquareMetres(area * share * scale);
                standing.pieces.push(ApprovalPiece { approval, area, in_line, counts: place == 0 });
                lands.push(land);
            }
        }
        standing.pieces.shrink_to_fit();
        if lands.len() == 1 {
            lands.clear();
        }
        (standing, lands.into_iter().map(Cow::into_owned).collect())
    }
}

/// Land on one side of the control line, where that is known, and its share of all of it.
type Side<'p> = (Option<bool>, Cow<'p, MultiPolygon<f64>>, f64);

/// The control line where one patch is.
struct Line<'a> {
    line: &'a Covering,
    inside: f64,
    outside: f64,
    residual: f64,
}

impl<'a> Line<'a> {
    fn of(line: &'a Covering, patch: &Patch<'_>) -> Self {
        let shares = line.shares(patch);
        let inside = shares.parts.iter().map(|(_, area)| area).sum();
        Self { line, inside, outside: shares.uncovered, residual: shares.residual }
    }

    /// Land of the patch on either side of the line, with its share; inside first.
    fn split<'p>(&self, land: Cow<'p, MultiPolygon<f64>>, residual: &mut f64) -> [Option<Side<'p>>; 2] {
        if self.inside == 0.0 || self.outside == 0.0 {
            return [Some((Some(self.outside == 0.0), land, 1.0)), None];
        }
        let cover = self.line.cover(&Patch::of(&land));
        *residual = residual.max(cover.residual);
        let inside: f64 = cover.parts.iter().map(|part| part.area).sum();
        let share = inside / (inside + cover.uncovered_area);
        // The line is one area, so there is one part of it.
        let within = cover.parts.into_iter().next().map(|part| (Some(true), Cow::Owned(part.land), share));
        let beyond = || (Some(false), Cow::Owned(cover.uncovered), 1.0 - share);
        [within, (cover.uncovered_area > 0.0).then(beyond)]
    }
}

/// The scenario of table 9 for approved land: its place among the rows, `None` if the land was
/// supplied, if nobody recorded it, or if no row is for such land.
pub(super) fn scenario(supply: Option<Supply>, scenarios: &Scenarios) -> Option<usize> {
    let supply = supply.filter(|supply| *supply != Supply::Supplied)?;
    let fits = |row: &super::ruleset::Scenario| {
        row.kind == ScenarioKind::Unsupplied && (row.reason.is_empty() || row.reason.contains(&supply))
    };
    scenarios.rows.iter().position(fits)
}
