//! How much of the patches the plan covers.

use rayon::prelude::*;

use super::Ledger;
use super::catalogue::Check;
use super::policy::Thresholds;
use super::report::Flaw;
use super::table::{Table, place, words};
use crate::intake::{Parcel, polygons_of};
use crate::overlay::{BoxIndex, cover, plane_for};
use geo::InteriorPoint;

/// Looks for patches, or large parts of them, for which the plan says nothing.
pub(super) fn check(
    parcels: &Table<'_>,
    patches: &[Parcel],
    zoning: &Table<'_>,
    thresholds: &Thresholds,
    ledger: &mut Ledger,
) {
    let Some(plane) = plane_for(patches.iter().map(|patch| &patch.boundary)) else { return };
    let plan: Vec<_> = zoning
        .layer
        .features
        .par_iter()
        .map(|feature| plane.project_polygons(&polygons_of(&feature.geometry)))
        .collect();
    let index = BoxIndex::new(&plan);
    let flaw = |patch: &Parcel| {
        let land = plane.project_polygons(&patch.boundary);
        let cover = cover(&land, &plan, &index);
        let area = cover.uncovered_area + cover.parts.iter().map(|part| part.area).sum::<f64>();
        let share = cover.uncovered_area / area;
        if area <= 0.0 || share <= thresholds.uncovered_share {
            return None;
        }
        let (bare, percent) = (cover.uncovered_area, 100.0 * share);
        let message = words(
            format!("规划未覆盖 {bare:.2} m²（{percent:.1} %）"),
            format!("no planned use for {bare:.2} m² ({percent:.1} %)"),
        );
        let at = cover.uncovered.interior_point().map(|point| place(plane.unproject(point.0).into()));
        let flaw = parcels.patch(patch, Some(bare), message);
        Some(Flaw { at: at.or(flaw.at), ..flaw })
    };
    let flaws: Vec<Flaw> = patches.par_iter().filter_map(flaw).collect();
    ledger.of(Check::Uncovered).extend(flaws);
}
