//! R-PLAN, the other way round: where does the plan want industry that is not there now? (表2, 新增)

use geo::{BooleanOps, MultiPolygon};
use rayon::prelude::*;

use crate::codes::land_use::{UseClass, UseGroup};
use crate::measure::plane::plane_area;
use crate::overlay::{BoxIndex, is_sliver};
use crate::units::SquareMetres;

/// The part of a plan polygon that becomes industrial.
#[derive(Clone, Debug)]
pub(super) struct NewLand {
    /// Place of the plan polygon in its layer.
    pub plan: usize,
    /// The land, in the plane of the analysis.
    pub land: MultiPolygon<f64>,
    /// Its area in the plane, which is the ellipsoidal area.
    pub area: SquareMetres,
}

/// Planned industrial land less current industrial patches, polygon by polygon, slivers left out
/// (they are borders drawn twice: no patch is there to which they could be added).
pub(super) fn new_land(
    plan: &[MultiPolygon<f64>],
    classes: &[Option<UseClass>],
    patches: &[MultiPolygon<f64>],
) -> Vec<NewLand> {
    let index = BoxIndex::new(patches);
    let industrial: Vec<usize> = (0..plan.len())
        .filter(|place| classes[*place].is_some_and(|class| class.group == UseGroup::Industrial))
        .collect();
    let left = |place: usize| {
        let mut land = plan[place].clone();
        for near in index.near(&plan[place]) {
            land = land.difference(&patches[near]);
        }
        land.0.retain(|polygon| !is_sliver(polygon));
        let area = plane_area(&land);
        (!land.0.is_empty()).then_some(NewLand { plan: place, land, area })
    };
    industrial.into_par_iter().filter_map(left).collect()
}
