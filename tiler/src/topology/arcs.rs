//! How far a change reaches along borders: the arcs that run by it or part at it.
//!
//! What a vertex weighs follows from its arc and from the vertices near that arc. So a change within
//! some boxes changes what weighs on the arcs that meet a box, and, where it makes or unmakes a node,
//! on the arcs that end there; nowhere else.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::io;

use rayon::prelude::*;

use super::group::arcs;
use super::{Zooms, groups_of};
use crate::boxes::{Boxes, PlaceHasher};
use crate::store::Store;
use crate::world::{Bounds, WorldPoint};

/// The bounds of the edges that meet some boxes.
pub(crate) fn edges_meeting(raw: &Store, numbers: &[u32], zooms: &Zooms, boxes: &Boxes) -> io::Result<Vec<Bounds>> {
    collected(raw, numbers, zooms, |arc, found| {
        let edges = arc.windows(2).map(|edge| Bounds::of_edge(edge[0], edge[1]));
        found.extend(edges.filter(|&edge| boxes.meet(edge)));
    })
}

/// The bounds of the arcs that meet some boxes, and of those with a vertex in common with an edge
/// that does.
pub(crate) fn arcs_meeting(raw: &Store, numbers: &[u32], zooms: &Zooms, boxes: &Boxes) -> io::Result<Vec<Bounds>> {
    let arcs = collected(raw, numbers, zooms, |arc, found: &mut Vec<Vec<WorldPoint>>| found.push(arc.to_vec()))?;
    let ends = arcs.iter().flat_map(|arc| arc.windows(2));
    let ends = ends.filter(|edge| boxes.meet(Bounds::of_edge(edge[0], edge[1]))).flatten();
    let ends: HashSet<u64, BuildHasherDefault<PlaceHasher>> = ends.map(|point| point.packed()).collect();
    let reached = arcs.iter().filter_map(|arc| {
        let bounds = Bounds::of(arc.iter().copied())?;
        let is_reached = boxes.meet(bounds) || arc.iter().any(|point| ends.contains(&point.packed()));
        is_reached.then_some(bounds)
    });
    Ok(reached.collect())
}

/// The bounds of the arcs that reach into some boxes and out of them.
pub(crate) fn arcs_leaving(raw: &Store, numbers: &[u32], zooms: &Zooms, boxes: &Boxes) -> io::Result<Vec<Bounds>> {
    collected(raw, numbers, zooms, |arc, found| {
        let bounds = Bounds::of(arc.iter().copied());
        found.extend(bounds.filter(|&bounds| boxes.meet(bounds) && !boxes.hold(bounds)));
    })
}

fn collected<T: Send>(
    raw: &Store,
    numbers: &[u32],
    zooms: &Zooms,
    look: impl Fn(&[WorldPoint], &mut Vec<T>) + Sync,
) -> io::Result<Vec<T>> {
    let groups = groups_of(raw, numbers, zooms);
    let of_group = |(bounds, numbers): &(Bounds, Vec<u32>)| {
        let mut found = Vec::new();
        arcs(raw, numbers, *bounds, zooms, |arc| look(arc, &mut found))?;
        Ok(found)
    };
    let found = groups.par_iter().map(of_group).collect::<io::Result<Vec<Vec<T>>>>()?;
    Ok(found.into_iter().flatten().collect())
}
