//! The land of a town in one plane in which areas are true.

use geo::{CoordsIter, MultiPolygon};

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
        let drawn = parcels.iter().map(|parcel| &parcel.boundary).chain(plan.iter().map(|polygon| &polygon.boundary));
        let drawn = drawn.chain(approvals.iter().flatten().map(|approval| &approval.boundary));
        let mut memory = VertexMemory::with_room(plane, drawn.map(CoordsIter::coords_count).sum());
        let patches = memory.project_all(parcels, |parcel| &parcel.boundary);
        let planned = memory.project_all(plan, |polygon| &polygon.boundary);
        let approved = approvals.as_mut().map(|approvals| {
            let flat = memory.project_all(approvals, |approval| &approval.boundary);
            approvals.iter_mut().for_each(|approval| approval.boundary = MultiPolygon(Vec::new()));
            flat
        });
        let roads = memory.project_all(roads, |road| road);
        let (near_patches, near_planned) = (BoxIndex::new(&patches), BoxIndex::new(&planned));
        Self { memory, patches, near_patches, planned, near_planned, approved, roads }
    }
}
