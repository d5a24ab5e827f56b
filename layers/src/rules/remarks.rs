//! What is to be said about the cutting of patches: whether it lost land, and what it met.

use geo::MultiPolygon;

use crate::intake::{Note, Notes};
use crate::overlay::tolerance;
use crate::stats::Conservation;

use super::assess::Assessed;

/// Whether cutting lost land, over all overlays of the run.
pub(super) fn conservation(assessed: &[Assessed], patches: &[MultiPolygon<f64>]) -> Conservation {
    let is_over = |(patch, land): &(&Assessed, &MultiPolygon<f64>)| {
        patch.residual > tolerance(crate::measure::plane::plane_area(land).0)
    };
    Conservation {
        patches: assessed.len() as u64,
        largest_residual_m2: assessed.iter().map(|patch| patch.residual).fold(0.0, f64::max),
        over_tolerance: assessed.iter().zip(patches).filter(is_over).count() as u64,
    }
}

/// What cutting met, in words; rows are those of the parcels layer.
pub(super) fn on_cutting(assessed: &[Assessed], parcels: &str, zoned: bool) -> Vec<Note> {
    let mut notes = Notes::of(parcels);
    for patch in assessed {
        let (cover, row) = (patch.plan.cover, patch.parcel.inputs.row);
        if zoned && patch.plan.uncovered_area.0 > 0.0 {
            notes.add("patches that the plan does not cover completely", row);
        }
        if cover.contested > 0.0 {
            notes.add("patches where plan polygons overlap (the first in the layer has the land)", row);
        }
        if patch.standing.is_contested {
            notes.add("patches where approvals overlap (the first in the layer has the land)", row);
        }
        if cover.folded > 0 {
            notes.add("patches with slivers, folded into the neighbouring piece", row);
        }
        if cover.fell_back {
            notes.add("patches whose borders had to be cut polygon by polygon", row);
        }
        if patch.residual > tolerance(patch.parcel.inputs.area.0) {
            notes.add("patches whose pieces did not add up to their area within 0.01 m²", row);
        }
    }
    notes.finish().collect()
}
