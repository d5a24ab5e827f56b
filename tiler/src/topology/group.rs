//! The topology of one group of cells.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::io;
use std::ops::Range;

use super::noding::{OnEdge, TOLERANCE, on_edge};
use super::vertices::{Numbering, State, VertexId, Vertices};
use super::visvalingam::Scale;
use super::{NODE, Zooms};
use crate::chains::{ChainEnd, ShapeKind};
use crate::near::PointGrid;
use crate::record::{self, Head, Reader, Weight};
use crate::store::Store;
use crate::world::{Bounds, WorldPoint};

/// What a group gives.
#[derive(Default)]
pub(super) struct Settled {
    /// Records that lie in the group with everything that touches them.
    pub(super) bytes: Vec<u8>,
    pub(super) records: Vec<(Range<usize>, Bounds)>,
    /// Of other records, the vertices that lie in the group.
    pub(super) loose: Vec<Loose>,
}

/// A vertex of a record that lies in several groups, and its place there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loose {
    pub(super) record: u32,
    pub(super) chain: u32,
    /// The source vertex at which its edge begins.
    edge: u32,
    pub(super) on: OnEdge,
    pub(super) weight: Weight,
}

impl Loose {
    /// The order of vertices in a record.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        (self.record, self.chain, self.edge)
            .cmp(&(other.record, other.chain, other.edge))
            .then(self.on.along.total_cmp(&other.on.along))
            .then(self.on.tie.cmp(&other.on.tie))
    }
}

/// A record's part of the buffers.
struct Part<'a> {
    number: u32,
    head: Head<'a>,
    kind: ShapeKind,
    chains: Range<usize>,
}

/// A noded vertex.
#[derive(Clone, Copy)]
struct Noded {
    point: WorldPoint,
    id: VertexId,
    edge: u32,
    along: f64,
    tie: u64,
}

/// Records of a group with the vertices that lie on their edges.
struct NodedRecords<'a> {
    parts: Vec<Part<'a>>,
    /// The chains as they came; whether each is a shell.
    ends: Vec<ChainEnd>,
    near: PointGrid,
    noded: Vec<Noded>,
    /// Where each chain ends in `noded`.
    noded_ends: Vec<usize>,
    /// How many different ones of them lie in the group.
    vertices: usize,
}

impl<'a> NodedRecords<'a> {
    /// `records` are those of `numbers`: all that come within tolerance of `bounds`.
    fn new(numbers: &[u32], records: &'a [Cow<'_, [u8]>], bounds: Bounds) -> Self {
        let mut ends: Vec<ChainEnd> = Vec::new();
        let mut points: Vec<WorldPoint> = Vec::new();
        let mut weights = Vec::new();
        let mut parts = Vec::with_capacity(records.len());
        for (&number, bytes) in numbers.iter().zip(records) {
            let mut reader = Reader::new(bytes);
            // Records are numbered as they came.
            let head = Head { order: number, ..reader.head() };
            let first = ends.len();
            let kind = reader.chains(head.anchor, &mut ends, &mut points, &mut weights);
            weights.clear();
            parts.push(Part { number, head, kind, chains: first..ends.len() });
        }
        let reach = bounds.grown(TOLERANCE);
        let near: Vec<WorldPoint> = with_edges(&parts)
            .flat_map(|part| &points[start(&ends, part.chains.start)..start(&ends, part.chains.end)])
            .copied()
            .filter(|&p| reach.holds(p))
            .collect();
        let near = PointGrid::new(near);

        let mut noded: Vec<Noded> = Vec::with_capacity(points.len() + points.len() / 4);
        let mut noded_ends: Vec<usize> = Vec::with_capacity(ends.len());
        let mut found = Vec::new();
        for part in &parts {
            for chain in part.chains.clone() {
                let chain = &points[start(&ends, chain)..start(&ends, chain + 1)];
                node(chain, part.kind, reach, &near, &mut found, &mut noded);
                noded_ends.push(noded.len());
            }
        }
        let inside = noded.iter().filter(|vertex| bounds.holds(vertex.point)).count();
        let mut numbering = Numbering::with_room_for(inside);
        for vertex in noded.iter_mut().filter(|vertex| bounds.holds(vertex.point)) {
            vertex.id = numbering.number(vertex.point);
        }
        Self { parts, ends, near, noded, noded_ends, vertices: numbering.count() }
    }

    fn chain(&self, number: usize) -> &[Noded] {
        &self.noded[self.noded_ends.get(number.wrapping_sub(1)).copied().unwrap_or(0)..self.noded_ends[number]]
    }

    fn with_edges(&self) -> impl Iterator<Item = &Part<'a>> {
        with_edges(&self.parts)
    }

    /// The group, its nodes found.
    fn group<'z>(&self, zooms: &'z Zooms) -> Group<'z, '_> {
        let vertices = Vertices::new(self.vertices);
        let mut group = Group { zooms, near: &self.near, vertices, scale: Scale::default(), arc: Arc::default() };
        for part in self.with_edges() {
            part.chains.clone().for_each(|number| group.find_nodes(self.chain(number), part.kind));
        }
        group
    }
}

fn with_edges<'p, 'a>(parts: &'p [Part<'a>]) -> impl Iterator<Item = &'p Part<'a>> {
    parts.iter().filter(|part| part.kind != ShapeKind::Points)
}

/// Nodes and weighs what lies in `bounds`; `numbers` are all records that come within tolerance of it.
pub(super) fn settle(raw: &Store, numbers: &[u32], bounds: Bounds, zooms: &Zooms) -> io::Result<Settled> {
    let records = numbers.iter().map(|&number| raw.get(number)).collect::<io::Result<Vec<_>>>()?;
    let all = NodedRecords::new(numbers, &records, bounds);
    let mut group = all.group(zooms);
    for part in all.with_edges() {
        part.chains.clone().for_each(|number| group.weigh(all.chain(number), part.kind));
    }
    let chain = |number: usize| all.chain(number);
    let (parts, ends) = (&all.parts, &all.ends);

    let mut settled = Settled::default();
    let (mut record_points, mut record_weights, mut record_ends) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        let is_whole = bounds.holds_all_of(raw.bounds(part.number).grown(TOLERANCE)) || bounds == Bounds::WORLD;
        if is_whole {
            record_points.clear();
            record_weights.clear();
            record_ends.clear();
            for number in part.chains.clone() {
                record_points.extend(chain(number).iter().map(|vertex| vertex.point));
                record_weights.extend(chain(number).iter().map(|vertex| group.weight(vertex, part.kind)));
                let is_shell = ends[number].is_shell;
                record_ends.push(ChainEnd { end: record_points.len() as u32, is_shell });
            }
            let from = settled.bytes.len();
            let (points, weights) = (&record_points, &record_weights);
            record::write_weighed(&part.head, part.kind, &record_ends, points, weights, &mut settled.bytes);
            settled.records.push((from..settled.bytes.len(), super::bounds(points)));
            continue;
        }
        for (place, number) in (0..).zip(part.chains.clone()) {
            let own = chain(number).iter().filter(|vertex| bounds.holds(vertex.point));
            settled.loose.extend(own.map(|vertex| Loose {
                record: part.number,
                chain: place,
                edge: vertex.edge,
                on: OnEdge { along: vertex.along, tie: vertex.tie, point: vertex.point },
                weight: group.weight(vertex, part.kind),
            }));
        }
    }
    Ok(settled)
}

/// Goes through the arcs of what lies in `bounds`, nodes known as far as `numbers` tell: with more
/// records arcs would only become shorter.
pub(super) fn arcs(
    raw: &Store,
    numbers: &[u32],
    bounds: Bounds,
    zooms: &Zooms,
    mut visit: impl FnMut(&[WorldPoint]),
) -> io::Result<()> {
    let records = numbers.iter().map(|&number| raw.get(number)).collect::<io::Result<Vec<_>>>()?;
    let all = NodedRecords::new(numbers, &records, bounds);
    let mut group = all.group(zooms);
    for part in all.with_edges() {
        part.chains.clone().for_each(|number| group.walk(all.chain(number), part.kind, |_, arc| visit(&arc.points)));
    }
    Ok(())
}

/// Where a chain starts in the points.
fn start(ends: &[ChainEnd], chain: usize) -> usize {
    chain.checked_sub(1).map_or(0, |before| ends[before].end as usize)
}

/// Adds a chain with the vertices that lie on its edges.
fn node(
    chain: &[WorldPoint],
    kind: ShapeKind,
    reach: Bounds,
    near: &PointGrid,
    found: &mut Vec<OnEdge>,
    noded: &mut Vec<Noded>,
) {
    for (edge, &from) in chain.iter().enumerate() {
        let id = VertexId::OUTSIDE;
        noded.push(Noded { point: from, id, edge: edge as u32, along: f64::NEG_INFINITY, tie: 0 });
        let to = match chain.get(edge + 1) {
            Some(&next) => next,
            None if kind == ShapeKind::Polygons => chain[0],
            None => break,
        };
        if kind == ShapeKind::Points || !reach.meets(Bounds::of_edge(from, to)) {
            continue;
        }
        on_edge(from, to, near, found);
        let edge = edge as u32;
        noded.extend(found.iter().map(|on| Noded { point: on.point, id, edge, along: on.along, tie: on.tie }));
    }
}

struct Group<'z, 'n> {
    zooms: &'z Zooms,
    /// All source vertices in the group and within tolerance of it.
    near: &'n PointGrid,
    /// All noded vertices in the group.
    vertices: Vertices,
    scale: Scale,
    arc: Arc,
}

/// Vertices from node to node.
#[derive(Default)]
struct Arc {
    points: Vec<WorldPoint>,
    ids: Vec<VertexId>,
}

impl Arc {
    fn start(&mut self, at: &Noded) {
        self.points.clear();
        self.ids.clear();
        self.push(at);
    }

    fn push(&mut self, at: &Noded) {
        self.points.push(at.point);
        self.ids.push(at.id);
    }
}

impl Group<'_, '_> {
    fn cell(&self, p: WorldPoint) -> (u32, u32) {
        let shift = 32 - u32::from(self.zooms.cell);
        (p.x >> shift, p.y >> shift)
    }

    fn find_nodes(&mut self, chain: &[Noded], kind: ShapeKind) {
        let last = chain.len() - 1;
        for (place, vertex) in chain.iter().enumerate() {
            if vertex.id == VertexId::OUTSIDE {
                continue;
            }
            let is_end = kind == ShapeKind::Lines && (place == 0 || place == last);
            let before = chain[if place > 0 { place - 1 } else { last }].point;
            let after = chain[if place < last { place + 1 } else { 0 }].point;
            let cell = self.cell(vertex.point);
            if is_end || self.cell(before) != cell || self.cell(after) != cell {
                self.vertices.pin(vertex.id);
            } else {
                self.vertices.pass(vertex.id, before, after);
            }
        }
    }

    fn is_inner(&self, vertex: &Noded) -> bool {
        self.vertices.state(vertex.id).is_some_and(|state| state != State::Node)
    }

    /// Weighs the arcs of a chain that nobody has weighed.
    fn weigh(&mut self, chain: &[Noded], kind: ShapeKind) {
        self.walk(chain, kind, |group, arc| {
            if arc.ids.len() > 2 && group.vertices.state(arc.ids[1]) == Some(State::Inner) {
                group.scale.weigh(&arc.points, &group.zooms.all, group.near);
                for (&id, &weight) in arc.ids.iter().zip(&group.scale.weights).skip(1).take(arc.ids.len() - 2) {
                    group.vertices.weigh(id, weight);
                }
            }
        });
    }

    /// Goes from node to node along a chain.
    fn walk(&mut self, chain: &[Noded], kind: ShapeKind, mut visit: impl FnMut(&mut Self, &Arc)) {
        let count = chain.len();
        let first = match chain.iter().position(|vertex| !self.is_inner(vertex)) {
            Some(first) => first,
            // A ring without nodes is an island: it starts at its least point, wherever the source began.
            None => {
                let least = (0..count).min_by_key(|&place| chain[place].point).unwrap_or(0);
                self.vertices.pin(chain[least].id);
                least
            }
        };
        let steps = if kind == ShapeKind::Polygons { count } else { count - 1 - first };
        let mut arc = std::mem::take(&mut self.arc);
        arc.start(&chain[first]);
        for vertex in chain[first + 1..].iter().chain(&chain[..=first]).take(steps) {
            arc.push(vertex);
            if self.is_inner(vertex) {
                continue;
            }
            visit(self, &arc);
            arc.start(vertex);
        }
        self.arc = arc;
    }

    fn weight(&self, vertex: &Noded, kind: ShapeKind) -> Weight {
        match self.vertices.state(vertex.id) {
            Some(State::Weighed(weight)) if kind != ShapeKind::Points => weight,
            _ => NODE,
        }
    }
}
