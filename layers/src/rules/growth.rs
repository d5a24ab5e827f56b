//! R-PLAN, the other way round: where does the plan want industry that is not there now? (表2, 新增)

use geo::algorithm::bool_ops::FillRule;
use geo::{BooleanOps, MultiPolygon};
use rayon::prelude::*;

use crate::codes::land_use::{UseClass, UseGroup};
use crate::measure::plane::plane_area;
use crate::overlay::{BoxIndex, is_sliver, may_meet};
use crate::units::SquareMetres;

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
/// # Units
/// - `plan`, `patches`: metres of one equal-area plane
/// - `scales`: area of record per square metre of the plane, for each plan polygon
pub(super) fn new_land(
    plan: &[MultiPolygon<f64>],
    scales: &[f64],
    classes: &[Option<UseClass>],
    patches: &[MultiPolygon<f64>],
) -> Vec<NewLand> {
    let (planned, current) = (BoxIndex::new(plan), BoxIndex::new(patches));
    let industrial: Vec<usize> = (0..plan.len())
        .filter(|place| classes[*place].is_some_and(|class| class.group == UseGroup::Industrial))
        .collect();
    let left = |place: usize| {
        let whole = &plan[place];
        let before = planned.near(whole).into_iter().take_while(|near| *near < place).map(|near| &plan[near]);
        let taken = before.chain(current.near(whole).into_iter().map(|near| &patches[near]));
        let taken: Vec<_> = taken.filter(|other| may_meet(whole, other)).flat_map(|other| other.0.clone()).collect();
        let mut land = match taken.is_empty() {
            true => whole.clone(),
            // All at once: in a plan polygon with thousands of patches, one by one would take hours.
            // Patches may overlap each other, which even-odd would take for holes.
            false => whole.difference_with_fill_rule(&MultiPolygon(taken), FillRule::NonZero),
        };
        land.0.retain(|polygon| !is_sliver(polygon));
        let area = SquareMetres(plane_area(&land).0 * scales[place]);
        (!land.0.is_empty()).then_some(NewLand { plan: place, land, area })
    };
    industrial.into_par_iter().filter_map(left).collect()
}
