//! Features on the world grid: every source coordinate is projected and snapped here, once.
//!
//! Equal source points stay equal for good, which is what keeps neighbours together later on.

use geo::Geometry;
use layers::ThematicLayer;
use rayon::prelude::*;

use crate::grid::QuadGrid;

/// A point of the world grid: 2³² units a side, x to the east, y to the south.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorldPoint {
    /// Units from the west edge.
    pub x: u32,
    /// Units from the north edge.
    pub y: u32,
}

/// A geometry of one kind over any kind of point.
///
/// Rings are open (the first point is not repeated); a polygon's first ring is its shell. Shells
/// have a positive area with y down, holes a negative one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape<P> {
    Points(Vec<P>),
    Lines(Vec<Vec<P>>),
    Polygons(Vec<Vec<Vec<P>>>),
}

impl<P> Shape<P> {
    /// All its lines or rings; points have none.
    pub(crate) fn chains(&self) -> Box<dyn Iterator<Item = &Vec<P>> + '_> {
        match self {
            Self::Points(_) => Box::new(std::iter::empty()),
            Self::Lines(lines) => Box::new(lines.iter()),
            Self::Polygons(polygons) => Box::new(polygons.iter().flatten()),
        }
    }

    /// The same, to change.
    pub(crate) fn chains_mut(&mut self) -> Box<dyn Iterator<Item = &mut Vec<P>> + '_> {
        match self {
            Self::Points(_) => Box::new(std::iter::empty()),
            Self::Lines(lines) => Box::new(lines.iter_mut()),
            Self::Polygons(polygons) => Box::new(polygons.iter_mut().flatten()),
        }
    }

    /// Whether its chains are rings.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self, Self::Polygons(_))
    }

    /// The same shape with every chain replaced; points one by one.
    pub(crate) fn map<Q>(&self, mut chain: impl FnMut(&[P]) -> Vec<Q>) -> Shape<Q> {
        match self {
            Self::Points(points) => Shape::Points(chain(points)),
            Self::Lines(lines) => Shape::Lines(lines.iter().map(|line| chain(line)).collect()),
            Self::Polygons(polygons) => {
                Shape::Polygons(polygons.iter().map(|rings| rings.iter().map(|ring| chain(ring)).collect()).collect())
            }
        }
    }
}

/// A feature on the world grid. One source feature gives one for each kind of geometry it holds.
#[derive(Clone, Debug)]
pub(crate) struct WorldFeature {
    /// Its place in `ThematicLayer::features`.
    pub(crate) source: usize,
    pub(crate) shape: Shape<WorldPoint>,
}

impl WorldFeature {
    /// All its points.
    pub(crate) fn points(&self) -> Box<dyn Iterator<Item = WorldPoint> + '_> {
        match &self.shape {
            Shape::Points(points) => Box::new(points.iter().copied()),
            shape => Box::new(shape.chains().flatten().copied()),
        }
    }

    /// `[west, north, east, south]`, world units.
    pub(crate) fn bounds(&self) -> [u32; 4] {
        self.points().fold([u32::MAX, u32::MAX, 0, 0], |[west, north, east, south], p| {
            [west.min(p.x), north.min(p.y), east.max(p.x), south.max(p.y)]
        })
    }
}

/// Projects a layer. A feature without a single finite coordinate has no place and is left out.
pub(crate) fn project(layer: &ThematicLayer, grid: &impl QuadGrid) -> Vec<WorldFeature> {
    let project_one = |(source, feature): (usize, &layers::ThematicFeature)| {
        let mut kinds = Kinds::default();
        kinds.add(&feature.geometry, grid);
        kinds.shapes().map(move |shape| WorldFeature { source, shape })
    };
    layer.features.par_iter().enumerate().flat_map_iter(project_one).collect()
}

/// The parts of one geometry, sorted by kind.
#[derive(Default)]
struct Kinds {
    points: Vec<WorldPoint>,
    lines: Vec<Vec<WorldPoint>>,
    polygons: Vec<Vec<Vec<WorldPoint>>>,
}

impl Kinds {
    fn add(&mut self, geometry: &Geometry<f64>, grid: &impl QuadGrid) {
        match geometry {
            Geometry::Point(point) => self.points.extend(grid.project(point.x(), point.y())),
            Geometry::MultiPoint(points) => {
                self.points.extend(points.iter().filter_map(|point| grid.project(point.x(), point.y())));
            }
            Geometry::Line(line) => self.add_line(&[line.start, line.end], grid),
            Geometry::LineString(line) => self.add_line(&line.0, grid),
            Geometry::MultiLineString(lines) => lines.iter().for_each(|line| self.add_line(&line.0, grid)),
            Geometry::Polygon(polygon) => self.add_polygon(polygon, grid),
            Geometry::MultiPolygon(polygons) => polygons.iter().for_each(|polygon| self.add_polygon(polygon, grid)),
            Geometry::Rect(rect) => self.add_polygon(&rect.to_polygon(), grid),
            Geometry::Triangle(triangle) => self.add_polygon(&triangle.to_polygon(), grid),
            Geometry::GeometryCollection(parts) => parts.iter().for_each(|part| self.add(part, grid)),
        }
    }

    fn add_line(&mut self, coords: &[geo::Coord<f64>], grid: &impl QuadGrid) {
        let line = snap(coords, grid);
        if !line.is_empty() {
            self.lines.push(line);
        }
    }

    fn add_polygon(&mut self, polygon: &geo::Polygon<f64>, grid: &impl QuadGrid) {
        let shell = oriented(snap(&polygon.exterior().0, grid), true);
        if shell.is_empty() {
            return;
        }
        let holes = polygon.interiors().iter().map(|hole| oriented(snap(&hole.0, grid), false));
        // A hole that snapping closed is no hole any more.
        let holes = holes.filter(|hole| doubled_area(hole) != 0);
        self.polygons.push(std::iter::once(shell).chain(holes).collect());
    }

    fn shapes(self) -> impl Iterator<Item = Shape<WorldPoint>> {
        let polygons = (!self.polygons.is_empty()).then_some(Shape::Polygons(self.polygons));
        let lines = (!self.lines.is_empty()).then_some(Shape::Lines(self.lines));
        let points = (!self.points.is_empty()).then_some(Shape::Points(self.points));
        [polygons, lines, points].into_iter().flatten()
    }
}

/// Projects a chain and drops points that fall on the one before.
fn snap(coords: &[geo::Coord<f64>], grid: &impl QuadGrid) -> Vec<WorldPoint> {
    let mut chain: Vec<WorldPoint> = coords.iter().filter_map(|c| grid.project(c.x, c.y)).collect();
    chain.dedup();
    chain
}

/// Opens a ring and gives it the winding order of a shell or a hole.
fn oriented(mut ring: Vec<WorldPoint>, is_shell: bool) -> Vec<WorldPoint> {
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    if (doubled_area(&ring) < 0) == is_shell {
        ring.reverse();
    }
    ring
}

/// Twice the signed area of an open ring, square world units; positive for a shell (y down).
fn doubled_area(ring: &[WorldPoint]) -> i128 {
    let corner = |p: &WorldPoint| (i128::from(p.x), i128::from(p.y));
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| (corner(a), corner(b))).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

#[cfg(test)]
mod tests {
    use geo::{coord, polygon};
    use layers::schema::{GeometryKind, ThematicFeature};

    use super::*;
    use crate::grid::WebMercatorQuad;

    fn layer(geometries: Vec<Geometry<f64>>) -> ThematicLayer {
        let features = geometries.into_iter().zip(1..);
        let features = features.map(|(geometry, id)| ThematicFeature { id, geometry, values: vec![] }).collect();
        ThematicLayer {
            id: "a".into(),
            description: String::new(),
            geometry: GeometryKind::Mixed,
            attributes: vec![],
            features,
        }
    }

    #[test]
    fn shells_are_positive_and_holes_negative_whatever_the_source() {
        let polygon = polygon!(
            exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.), (x: 0., y: 9.)],
            interiors: [[(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.)]],
        );
        let features = project(&layer(vec![polygon.into()]), &WebMercatorQuad);
        let Shape::Polygons(polygons) = &features[0].shape else { unreachable!("a polygon") };
        assert!(doubled_area(&polygons[0][0]) > 0);
        assert!(doubled_area(&polygons[0][1]) < 0);
        assert_eq!(polygons[0][0].len(), 4);
    }

    #[test]
    fn a_collection_gives_one_feature_a_kind_and_nowhere_gives_none() {
        let nowhere = Geometry::Point(geo::Point::new(f64::NAN, 0.0));
        let line = Geometry::Line(geo::Line::new(coord! {x: 0., y: 0.}, coord! {x: 1., y: 1.}));
        let both = geo::GeometryCollection(vec![Geometry::Point(geo::Point::new(1.0, 1.0)), line]);
        let features = project(&layer(vec![nowhere, Geometry::GeometryCollection(both)]), &WebMercatorQuad);
        assert_eq!(features.iter().map(|f| f.source).collect::<Vec<_>>(), [1, 1]);
    }
}
