//! A ratio of two areas: read as it stands, or made of recorded areas or of buildings.

use super::{Asking, Input};
use crate::facts::Built;
use crate::project::Role;
use crate::units::SquareMetres;

/// What a ratio is made of.
pub(super) struct Quotient {
    /// The ratio's field.
    pub(super) field: &'static str,
    /// Field of the upper area.
    pub(super) over_field: &'static str,
    /// Field of the lower area.
    pub(super) under_field: &'static str,
    /// The ratio that the rules were asked of.
    pub(super) value: Option<f64>,
    /// The upper area as recorded.
    pub(super) over: Option<SquareMetres>,
    /// The lower area.
    pub(super) under: Option<SquareMetres>,
    /// The upper area of all buildings.
    pub(super) of_buildings: Option<SquareMetres>,
}

impl Quotient {
    /// The two areas whose quotient the ratio is; `None` if it was recorded by itself.
    pub(super) fn areas(&self) -> Option<(f64, f64)> {
        let over = if self.is_of(self.over) { self.over } else { self.of_buildings.filter(|_| self.is_of_buildings()) };
        Some((over?.0, self.under?.0))
    }

    fn is_of_buildings(&self) -> bool {
        !self.is_of(self.over) && self.is_of(self.of_buildings)
    }

    /// Whether the ratio is that area over the lower one. Areas may be recorded in another unit than
    /// the one they were divided in, so the last digits may differ.
    fn is_of(&self, over: Option<SquareMetres>) -> bool {
        let (Some(value), Some(over), Some(under)) = (self.value, over, self.under) else { return false };
        under.0 > 0.0 && (over.0 / under.0 - value).abs() <= 1e-9 * value.abs().max(1e-9)
    }

    /// Both areas and the ratio, each with the cell it was read from.
    pub(super) fn inputs(&self, asking: &Asking<'_>) -> Vec<Input> {
        let metres = |area: Option<SquareMetres>| area.map(|area| area.0);
        let over = if self.is_of_buildings() {
            let count = asking.dossier.inputs.built.map_or(0, |Built { count, .. }| count);
            asking.summed(self.over_field, metres(self.of_buildings), Role::Buildings, count)
        } else {
            asking.input(self.over_field, metres(self.over))
        };
        let ratio = asking.input(self.field, self.value);
        // A quotient was read nowhere, whatever the column of that name holds.
        let source = ratio.source.clone().filter(|_| self.areas().is_none() && self.value.is_some());
        vec![over, asking.input(self.under_field, metres(self.under)), Input { source, ..ratio }]
    }
}
