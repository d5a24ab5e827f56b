//! R-PLAN: what does the detailed plan want where industry is now? (plan 2.3.2, 表2 and 表3)

use geo::MultiPolygon;

use crate::codes::land_use::{UseClass, UseGroup};
pub(super) use crate::facts::ConflictState as Conflict;
use crate::overlay::{Cover, CoverLayer, EVEN, Part, Patch};
use crate::units::SquareMetres;

/// What becomes of a piece of land.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// Industrial now, something else under the plan.
    Out,
    /// Something else now, industrial under the plan.
    New,
    /// Industrial now and under the plan.
    Keep,
}

impl Change {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::New => "new",
            Self::Keep => "keep",
        }
    }
}

/// A piece of a patch under one plan polygon.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Place of the plan polygon in its layer.
    pub plan: usize,
    /// Its area of record.
    pub area: SquareMetres,
    /// What the plan polygon's code means; `None` if nobody knows.
    pub class: Option<UseClass>,
}

impl Piece {
    /// What becomes of the piece, if the plan's code is known.
    pub(super) fn change(&self) -> Option<Change> {
        self.class.map(|class| if class.group == UseGroup::Industrial { Change::Keep } else { Change::Out })
    }

    /// The class of a conflict, if it is one.
    pub(super) fn conflict(&self) -> Option<UseClass> {
        self.class.filter(|class| class.group != UseGroup::Industrial)
    }
}

/// One patch against the plan.
#[derive(Clone, Debug)]
pub(super) struct Conformity {
    /// Its pieces, in the order of the plan polygons.
    pub pieces: Vec<Piece>,
    /// Area of record under no plan polygon.
    pub uncovered_area: SquareMetres,
    /// Area under no plan polygon, or under one whose code is unknown.
    pub not_assessed: SquareMetres,
    /// State of the whole patch; `None` where more than half of it is not assessed and no conflict
    /// is known.
    pub conflict: Option<Conflict>,
    /// The group with the largest conflicting area; of equal ones the first in 表3's order.
    pub conflict_type: Option<UseGroup>,
    /// Conflicting area.
    pub conflict_area: SquareMetres,
    /// What becomes of most of the patch.
    pub change: Option<Change>,
    /// How the cutting went.
    pub cover: CoverFigures,
}

/// The land of a patch's pieces, in the plane of the analysis.
#[derive(Clone, Debug)]
pub(super) struct Cuts {
    /// Piece by piece; none where one piece, or the land under no plan polygon, is the whole patch.
    pub lands: Vec<MultiPolygon<f64>>,
    /// Land under no plan polygon, if the patch has pieces.
    pub uncovered: MultiPolygon<f64>,
}

/// What cutting a patch met, for the report.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CoverFigures {
    pub contested: f64,
    pub folded: usize,
    pub residual: f64,
    pub fell_back: bool,
}

/// Cuts a patch by the plan.
///
/// # Units
/// - `patch`, `plan`: metres of one equal-area plane
/// - `scale`: area of record per square metre of the plane
pub(super) fn conformity(
    patch: &Patch<'_>,
    scale: f64,
    plan: &CoverLayer,
    classes: &[Option<UseClass>],
) -> (Conformity, Cuts) {
    let Cover { parts, uncovered, uncovered_area, contested, folded, residual, fell_back } = plan.parts_of(patch);
    let piece = |part: &Part| Piece { plan: part.by, class: classes[part.by], area: SquareMetres(part.area * scale) };
    let pieces: Vec<Piece> = parts.iter().map(piece).collect();

    let sum =
        |wanted: &dyn Fn(&Piece) -> bool| pieces.iter().filter(|piece| wanted(piece)).map(|piece| piece.area).sum();
    let unknown: SquareMetres = sum(&|piece| piece.class.is_none());
    let keep: SquareMetres = sum(&|piece| piece.change() == Some(Change::Keep));
    let conflict_area: SquareMetres = sum(&|piece| piece.conflict().is_some());
    let uncovered_area = SquareMetres(uncovered_area * scale);
    let not_assessed = uncovered_area + unknown;
    // A patch that is not cut is its own outline; a second one would only cost memory.
    let is_cut = pieces.len() + usize::from(uncovered_area.0 > 0.0) > 1;
    let cuts = match is_cut {
        true => Cuts { lands: lands_of(parts), uncovered },
        false => Cuts { lands: Vec::new(), uncovered: MultiPolygon(Vec::new()) },
    };

    // Cutting rounds: two halves are equal, though not to the last bit.
    let even = SquareMetres(EVEN * (keep + conflict_area + not_assessed).0);
    let mandatory = pieces.iter().filter_map(Piece::conflict).any(|class| class.mandatory);
    let conflict = state(keep.0, conflict_area.0, not_assessed.0, mandatory);
    let change = if not_assessed > keep + even && not_assessed > conflict_area + even {
        None
    } else if keep + even >= conflict_area {
        (keep.0 > 0.0).then_some(Change::Keep)
    } else {
        Some(Change::Out)
    };
    let conflict_type = largest_group(even.0, |group| {
        let area: SquareMetres = sum(&|piece| piece.conflict().is_some_and(|class| class.group == group));
        area.0
    });
    let cover = CoverFigures { contested, folded, residual, fell_back };
    let answer =
        Conformity { pieces, uncovered_area, not_assessed, conflict, conflict_type, conflict_area, change, cover };
    (answer, cuts)
}

/// The land of parts, in no more memory than it needs.
fn lands_of(parts: Vec<Part>) -> Vec<MultiPolygon<f64>> {
    let mut lands = Vec::with_capacity(parts.len());
    lands.extend(parts.into_iter().map(|part| part.land));
    lands
}

/// How a patch stands to the plan, by square metres that stay, conflict and are not assessed, and
/// whether any of the conflict is with mandatory content. `None` where more than half of it is not
/// assessed and no conflict is known.
pub(super) fn state(keep: f64, conflict: f64, not_assessed: f64, mandatory: bool) -> Option<Conflict> {
    // Cutting rounds: two halves are equal, though not to the last bit.
    let even = EVEN * (keep + conflict + not_assessed);
    match (conflict > 0.0, mandatory) {
        (true, true) => Some(Conflict::Mandatory),
        (true, false) => Some(Conflict::NonMandatory),
        (false, _) => (keep + even >= not_assessed && keep > 0.0).then_some(Conflict::None),
    }
}

/// The group with the largest conflicting area; of equal ones, within `even`, the first in 表3's
/// order.
pub(super) fn largest_group(even: f64, area_of: impl Fn(UseGroup) -> f64) -> Option<UseGroup> {
    let groups = UseGroup::ALL.into_iter().filter(|group| *group != UseGroup::Industrial);
    groups
        .map(|group| (group, area_of(group)))
        .filter(|(_, area)| *area > 0.0)
        .reduce(|best, next| if next.1 > best.1 + even { next } else { best })
        .map(|(group, _)| group)
}
