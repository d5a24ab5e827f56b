//! The land of a town in one plane in which areas are true.

use geo::MultiPolygon;
use rayon::prelude::*;

use crate::intake::Approval;
use crate::overlay::{BoxIndex, VertexMemory, plane_for};

use super::read::Read;

/// Patches, plan and roads in metres of one equal-area plane.
pub(super) struct Flat {
    /// Where vertices came from.
    pub(super) memory: VertexMemory,
    /// The patches, in the order of the parcels.
    pub(super) patches: Vec<MultiPolygon<f64>>,
    /// Where they are.
    pub(super) near_patches: BoxIndex,
    /// The plan's polygons, in their order.
    pub(super) planned: Vec<MultiPolygon<f64>>,
    /// Where they are.
    pub(super) near_planned: BoxIndex,
    /// Approved land, until patches were laid over it.
    pub(super) approved: Option<Vec<MultiPolygon<f64>>>,
    /// Roads that are drawn as areas.
    pub(super) roads: Vec<MultiPolygon<f64>>,
}

impl Flat {
    /// Lays out what was read, around the middle of its parcels. Approvals lose their boundaries:
    /// nobody asks for them in degrees.
    pub(super) fn of(read: &mut Read) -> Self {
        let Read { parcels, plan, approvals, roads, .. } = read;
        let plane = plane_for(parcels.iter().map(|parcel| &parcel.boundary)).expect("every patch has an area");
        let patches: Vec<_> = parcels.par_iter().map(|parcel| plane.project_polygons(&parcel.boundary)).collect();
        let planned: Vec<_> = plan.par_iter().map(|polygon| plane.project_polygons(&polygon.boundary)).collect();
        let approved: Option<Vec<_>> = approvals
            .as_ref()
            .map(|approvals| approvals.par_iter().map(|approval| plane.project_polygons(&approval.boundary)).collect());
        let flat_roads: Vec<_> = roads.par_iter().map(|road| plane.project_polygons(road)).collect();
        let memory = {
            let patches = patches.iter().zip(parcels.iter().map(|parcel| &parcel.boundary));
            let planned = planned.iter().zip(plan.iter().map(|polygon| &polygon.boundary));
            let approvals = approvals.iter().flatten().map(|approval| &approval.boundary);
            let approved = approved.iter().flatten().zip(approvals);
            let roads = flat_roads.iter().zip(roads.iter());
            let all: Vec<_> = patches.chain(planned).chain(approved).chain(roads).collect();
            VertexMemory::filing(plane, &all)
        };
        let roads = flat_roads;
        let lose = |approval: &mut Approval| approval.boundary = MultiPolygon(Vec::new());
        approvals.iter_mut().flatten().for_each(lose);
        let (near_patches, near_planned) = (BoxIndex::new(&patches), BoxIndex::new(&planned));
        Self { memory, patches, near_patches, planned, near_planned, approved, roads }
    }
}
