//! R-ACTION: does the five-year plan act on a patch? (plan 4.3.2)
//!
//! A patch is planned where any share of it, above rounding, lies under an area in which the plan
//! acts: a permit that the plan contradicts on a part is not to be had for the whole. [A]
//! It cannot see action that no layer shows; without a layer the answer is unknown.

use crate::facts::Action;
use crate::intake::Renewal;
use crate::overlay::{EVEN, Patch, VertexMemory};

use super::place::Covering;

/// The five-year plan in the plane of the analysis.
pub(super) struct Actions {
    planned: Covering,
    unknown: Covering,
}

impl Actions {
    /// Lays the plan's areas out in the plane. Areas in which it says not to act are as land outside.
    pub(super) fn new(renewals: &[Renewal], memory: &mut VertexMemory) -> Self {
        let mut of = |action: Action| {
            let areas = renewals.iter().filter(|renewal| renewal.action == action);
            Covering::new(&areas.map(|renewal| memory.project(&renewal.boundary)).collect::<Vec<_>>())
        };
        Self { planned: of(Action::Planned), unknown: of(Action::Unknown) }
    }

    /// The answer for a patch, and the most that cutting it lost, square metres.
    pub(super) fn of(&self, patch: &Patch<'_>) -> (Action, f64) {
        let mut residual: f64 = 0.0;
        let mut meets = |areas: &Covering| {
            let shares = areas.shares(patch);
            residual = residual.max(shares.residual);
            let covered: f64 = shares.parts.iter().map(|(_, area)| area).sum();
            covered > EVEN * (covered + shares.uncovered)
        };
        let action = if meets(&self.planned) {
            Action::Planned
        } else if meets(&self.unknown) {
            Action::Unknown
        } else {
            Action::NotPlanned
        };
        (action, residual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::EqualAreaPlane;
    use geo::{MultiPolygon, Rect, coord};

    fn square(x: f64) -> MultiPolygon<f64> {
        let corner = coord! { x: 116.0 + x * 0.001, y: 43.9 };
        Rect::new(corner, corner + coord! { x: 0.001, y: 0.001 }).to_polygon().into()
    }

    #[test]
    fn a_share_is_enough_and_what_is_planned_beats_what_is_unknown() {
        let mut memory = VertexMemory::of(EqualAreaPlane::around(coord! { x: 116.0, y: 43.9 }));
        let area = |action, x| Renewal { action, boundary: square(x) };
        let areas = [area(Action::Unknown, 0.0), area(Action::Planned, 0.9), area(Action::NotPlanned, 5.0)];
        let actions = Actions::new(&areas, &mut memory);
        let mut of = |x: f64| actions.of(&Patch::of(&memory.project(&square(x)))).0;
        assert_eq!(of(0.0), Action::Planned, "a tenth of it is planned");
        assert_eq!(of(-0.5), Action::Unknown);
        assert_eq!(of(1.9), Action::NotPlanned, "it touches");
        assert_eq!(of(5.0), Action::NotPlanned);
    }
}
