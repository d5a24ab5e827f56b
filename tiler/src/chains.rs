//! Geometries on the world grid, flat: every source coordinate is projected and snapped here, once.
//!
//! Equal source points stay equal for good, which is what keeps neighbours together later on.

use geo::Geometry;

use crate::grid::QuadGrid;
pub(crate) use crate::mvt::ShapeKind;
use crate::world::{Bounds, WorldPoint};

/// A geometry of one kind: chains of points, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Chains {
    pub(crate) kind: ShapeKind,
    /// Rings are open, shells wound positively (y down), holes negatively.
    pub(crate) points: Vec<WorldPoint>,
    /// Where each chain ends in `points`, and whether it is a shell.
    pub(crate) ends: Vec<ChainEnd>,
}

/// The end of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChainEnd {
    pub(crate) end: u32,
    /// Whether it is the shell of a polygon; lines and points never are.
    pub(crate) is_shell: bool,
}

impl Chains {
    fn new(kind: ShapeKind) -> Self {
        Self { kind, points: Vec::new(), ends: Vec::new() }
    }

    /// Its bounds; `None` without points.
    pub(crate) fn bounds(&self) -> Option<Bounds> {
        Bounds::of(self.points.iter().copied())
    }

    fn end_chain(&mut self, is_shell: bool) {
        self.ends.push(ChainEnd { end: self.points.len() as u32, is_shell });
    }
}

/// The chains of each kind that a geometry holds, at most three. A geometry without a single finite
/// coordinate has no place and gives none.
pub(crate) fn project<G: QuadGrid>(geometry: &Geometry<f64>, grid: &G) -> impl Iterator<Item = Chains> + use<G> {
    let mut kinds = [ShapeKind::Points, ShapeKind::Lines, ShapeKind::Polygons].map(Chains::new);
    add(geometry, grid, &mut kinds);
    if !kinds[0].points.is_empty() {
        kinds[0].end_chain(false);
    }
    kinds.into_iter().filter(|chains| !chains.points.is_empty())
}

fn add(geometry: &Geometry<f64>, grid: &impl QuadGrid, kinds: &mut [Chains; 3]) {
    let [points, lines, polygons] = kinds;
    match geometry {
        Geometry::Point(point) => points.points.extend(grid.project(point.x(), point.y())),
        Geometry::MultiPoint(many) => {
            points.points.extend(many.iter().filter_map(|point| grid.project(point.x(), point.y())));
        }
        Geometry::Line(line) => add_line(&[line.start, line.end], grid, lines),
        Geometry::LineString(line) => add_line(&line.0, grid, lines),
        Geometry::MultiLineString(many) => many.iter().for_each(|line| add_line(&line.0, grid, lines)),
        Geometry::Polygon(polygon) => add_polygon(polygon, grid, polygons),
        Geometry::MultiPolygon(many) => many.iter().for_each(|polygon| add_polygon(polygon, grid, polygons)),
        Geometry::Rect(rect) => add_polygon(&rect.to_polygon(), grid, polygons),
        Geometry::Triangle(triangle) => add_polygon(&triangle.to_polygon(), grid, polygons),
        Geometry::GeometryCollection(parts) => parts.iter().for_each(|part| add(part, grid, kinds)),
    }
}

fn add_line(coords: &[geo::Coord<f64>], grid: &impl QuadGrid, lines: &mut Chains) {
    let start = lines.points.len();
    push_chain(coords, grid, lines);
    if lines.points.len() > start {
        lines.end_chain(false);
    }
}

fn add_polygon(polygon: &geo::Polygon<f64>, grid: &impl QuadGrid, polygons: &mut Chains) {
    if !add_ring(&polygon.exterior().0, true, grid, polygons) {
        return;
    }
    for hole in polygon.interiors() {
        add_ring(&hole.0, false, grid, polygons);
    }
}

/// Adds a ring, opened and wound as a shell or a hole; a hole without area is left out.
fn add_ring(coords: &[geo::Coord<f64>], is_shell: bool, grid: &impl QuadGrid, polygons: &mut Chains) -> bool {
    let start = polygons.points.len();
    push_chain(coords, grid, polygons);
    while polygons.points.len() > start + 1 && polygons.points.last() == polygons.points.get(start) {
        polygons.points.pop();
    }
    let ring = &mut polygons.points[start..];
    let area = doubled_area(ring);
    if ring.is_empty() || (!is_shell && area == 0) {
        polygons.points.truncate(start);
        return false;
    }
    if (area < 0) == is_shell {
        ring.reverse();
    }
    polygons.end_chain(is_shell);
    true
}

fn push_chain(coords: &[geo::Coord<f64>], grid: &impl QuadGrid, chains: &mut Chains) {
    let start = chains.points.len();
    for coord in coords {
        if let Some(point) = grid.project(coord.x, coord.y)
            && (chains.points.len() == start || chains.points.last() != Some(&point))
        {
            chains.points.push(point);
        }
    }
}

/// Twice the signed area of an open ring, square world units; positive for a shell (y down).
pub(crate) fn doubled_area(ring: &[WorldPoint]) -> i128 {
    let Some(&origin) = ring.first() else { return 0 };
    // Relative to the first point, products stay small.
    let corner = |p: &WorldPoint| (i64::from(p.x) - i64::from(origin.x), i64::from(p.y) - i64::from(origin.y));
    let mut sum = 0;
    let mut before = (0, 0);
    for at in ring[1..].iter().map(corner) {
        sum += i128::from(before.0) * i128::from(at.1) - i128::from(before.1) * i128::from(at.0);
        before = at;
    }
    sum
}

#[cfg(test)]
mod tests {
    use geo::{coord, polygon};

    use super::*;
    use crate::grid::WebMercatorQuad;

    #[test]
    fn shells_are_positive_and_holes_negative_whatever_the_source() {
        let polygon = polygon!(
            exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.), (x: 0., y: 9.)],
            interiors: [[(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.)]],
        );
        let chains: Vec<Chains> = project(&polygon.into(), &WebMercatorQuad).collect();
        let [Chains { kind: ShapeKind::Polygons, points, ends }] = chains.as_slice() else { unreachable!("a polygon") };
        assert_eq!(*ends, [ChainEnd { end: 4, is_shell: true }, ChainEnd { end: 7, is_shell: false }]);
        assert!(doubled_area(&points[..4]) > 0);
        assert!(doubled_area(&points[4..]) < 0);
    }

    #[test]
    fn a_collection_gives_one_a_kind_and_nowhere_gives_none() {
        let nowhere = Geometry::Point(geo::Point::new(f64::NAN, 0.0));
        assert_eq!(project(&nowhere, &WebMercatorQuad).count(), 0);
        let line = Geometry::Line(geo::Line::new(coord! {x: 0., y: 0.}, coord! {x: 1., y: 1.}));
        let both = geo::GeometryCollection(vec![Geometry::Point(geo::Point::new(1.0, 1.0)), line]);
        let kinds: Vec<ShapeKind> =
            project(&Geometry::GeometryCollection(both), &WebMercatorQuad).map(|chains| chains.kind).collect();
        assert_eq!(kinds, [ShapeKind::Points, ShapeKind::Lines]);
    }
}
