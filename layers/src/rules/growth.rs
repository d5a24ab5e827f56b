//! R-PLAN, the other way round: where does the plan want industry that is not there now? (表2, 新增)

use geo::algorithm::bool_ops::FillRule;
use geo::{BooleanOps, MultiPolygon};
use rayon::prelude::*;

use crate::codes::land_use::UseGroup;
use crate::intake::PlanPolygon;
use crate::measure::plane::plane_area;
use crate::measure::{ellipsoidal_area, planar_area};
use crate::overlay::{is_sliver, may_meet};
use crate::project::AreaMethod;
use crate::units::SquareMetres;

use super::flat::Flat;

/// The part of a plan polygon that becomes industrial.
#[derive(Clone, Debug)]
pub(super) struct NewLand {
    /// Place of the plan polygon in its layer.
    pub plan: usize,
    /// The land: in the plane while rules are asked, then in lon/lat.
    pub land: MultiPolygon<f64>,
    /// Its area of record.
    pub area: SquareMetres,
}

/// Planned industrial land less current industrial patches, polygon by polygon, slivers left out
/// (they are borders drawn twice: no patch is there to which they could be added). Where plan
/// polygons overlap, the first in their order has the land, as it does under patches.
///
/// The land is in the plane of the analysis.
pub(super) fn new_land(flat: &Flat, plan: &[PlanPolygon], method: AreaMethod) -> Vec<NewLand> {
    let left = |place: usize| {
        let whole = &flat.planned[place];
        let before = flat.near_planned.near(whole).into_iter().take_while(|near| *near < place);
        let current = flat.near_patches.near(whole).into_iter().map(|near| &flat.patches[near]);
        let taken: Vec<_> = before.map(|near| &flat.planned[near]).chain(current).collect();
        let mut land = difference(whole, &taken);
        land.0.retain(|polygon| !is_sliver(polygon));
        let area = plane_area(&land).0;
        let area = SquareMetres(if area > 0.0 { area * scale_of(&plan[place], method) } else { area });
        (!land.0.is_empty()).then_some(NewLand { plan: place, land, area })
    };
    let industrial: Vec<usize> =
        (0..plan.len()).filter(|place| plan[*place].group() == Some(UseGroup::Industrial)).collect();
    industrial.into_par_iter().filter_map(left).collect()
}

/// All at once: in a plan polygon with thousands of patches, one by one would take hours.
fn difference(whole: &MultiPolygon<f64>, taken: &[&MultiPolygon<f64>]) -> MultiPolygon<f64> {
    let taken: Vec<_> = taken.iter().filter(|other| may_meet(whole, other)).flat_map(|other| other.0.clone()).collect();
    match taken.is_empty() {
        true => whole.clone(),
        // Patches may overlap each other, which even-odd would take for holes.
        false => whole.difference_with_fill_rule(&MultiPolygon(taken), FillRule::NonZero),
    }
}

/// Area of record per square metre of the plane for land that is no patch: nobody recorded it.
fn scale_of(polygon: &PlanPolygon, method: AreaMethod) -> f64 {
    let scale = match method {
        AreaMethod::Planar => planar_area(&polygon.boundary).0 / ellipsoidal_area(&polygon.boundary).0,
        AreaMethod::Ellipsoidal | AreaMethod::Field => 1.0,
    };
    if scale.is_finite() { scale } else { 1.0 }
}
