//! Features on the page: projected, clipped to it and simplified to what can be seen, so that a picture
//! is as large as its paper and not as its city.

mod clip;

use geo::{BoundingRect, CoordsIter, Geometry, LineString, MapCoords, Polygon, Rect, Simplify};
use layers::Value;

use crate::source::SourceFeature;
use crate::view::{PagePoint, View};

/// Shapes are cut this far outside the page, where neither line widths nor round joins reach in.
pub(crate) const MARGIN_PX: f64 = 24.0;

/// A vertex nearer to the line without it is left out: a third of a dot of a 300 dpi printer.
const TOLERANCE_PX: f64 = 0.1;

/// What is smaller than this is drawn as a dot of this size, once for each colour and place: at that
/// scale only the share of colours can be seen, and there are at most four dots a pixel.
pub(crate) const DOT_PX: f64 = 0.5;

/// A feature on the page.
#[derive(Debug)]
pub(crate) struct PageFeature {
    pub(crate) id: u64,
    pub(crate) shape: Shape,
    /// In step with the names that were asked for.
    pub(crate) values: Vec<Value>,
}

/// What of a feature lies on the page.
#[derive(Debug)]
pub(crate) enum Shape {
    /// Points.
    Points(Vec<PagePoint>),
    /// Lines, cut where they leave the page.
    Lines(Vec<LineString<f64>>),
    /// Areas, cut along the edge of the page; and their outlines, which are not drawn along it.
    Areas {
        /// The areas, rings closed.
        areas: Vec<Polygon<f64>>,
        /// Outlines, where they differ from the rings.
        outlines: Option<Vec<LineString<f64>>>,
    },
    /// An area too small to have a shape.
    Dot(PagePoint),
}

impl Shape {
    /// As expressions call it.
    pub(crate) fn geometry_type(&self) -> &'static str {
        match self {
            Self::Points(_) => "Point",
            Self::Lines(_) => "LineString",
            Self::Areas { .. } | Self::Dot(_) => "Polygon",
        }
    }

    /// Its lines, or the outlines of its areas.
    pub(crate) fn lines(&self) -> Box<dyn Iterator<Item = &LineString<f64>> + '_> {
        match self {
            Self::Lines(lines) => Box::new(lines.iter()),
            Self::Areas { outlines: Some(outlines), .. } => Box::new(outlines.iter()),
            Self::Areas { areas, outlines: None } => {
                Box::new(areas.iter().flat_map(|area| std::iter::once(area.exterior()).chain(area.interiors())))
            }
            Self::Points(_) | Self::Dot(_) => Box::new(std::iter::empty()),
        }
    }
}

/// The box of a page with its margin.
pub(crate) fn frame(view: &View) -> Rect<f64> {
    Rect::new(
        PagePoint { x: -MARGIN_PX, y: -MARGIN_PX },
        PagePoint { x: view.width() + MARGIN_PX, y: view.height() + MARGIN_PX },
    )
}

/// Puts a feature on the page; `None` if nothing of it lies there.
pub(crate) fn placed(feature: SourceFeature, view: &View) -> Option<PageFeature> {
    let frame = frame(view);
    let on_page = feature.geometry.map_coords(|at| view.point(at.x, at.y));
    let shape = shape(on_page, &frame)?;
    Some(PageFeature { id: feature.id, shape, values: feature.values })
}

fn shape(geometry: Geometry<f64>, frame: &Rect<f64>) -> Option<Shape> {
    match geometry {
        Geometry::Point(point) => points([point.0], frame),
        Geometry::MultiPoint(all) => points(all.into_iter().map(|point| point.0), frame),
        Geometry::Line(line) => lines([LineString::new(vec![line.start, line.end])], frame),
        Geometry::LineString(line) => lines([line], frame),
        Geometry::MultiLineString(all) => lines(all, frame),
        Geometry::Polygon(area) => areas(vec![area], frame),
        Geometry::MultiPolygon(all) => areas(all.0, frame),
        Geometry::Rect(rect) => areas(vec![rect.to_polygon()], frame),
        Geometry::Triangle(triangle) => areas(vec![triangle.to_polygon()], frame),
        // A feature of several kinds is drawn by the first of them that lies on the page.
        Geometry::GeometryCollection(all) => all.into_iter().find_map(|geometry| shape(geometry, frame)),
    }
}

fn points(points: impl IntoIterator<Item = PagePoint>, frame: &Rect<f64>) -> Option<Shape> {
    let inside: Vec<PagePoint> = points.into_iter().filter(|point| clip::holds(frame, *point)).collect();
    (!inside.is_empty()).then_some(Shape::Points(inside))
}

fn lines(lines: impl IntoIterator<Item = LineString<f64>>, frame: &Rect<f64>) -> Option<Shape> {
    let cut: Vec<LineString<f64>> = lines.into_iter().flat_map(|line| clip::line(&simplified(line), frame)).collect();
    (!cut.is_empty()).then_some(Shape::Lines(cut))
}

fn areas(areas: Vec<Polygon<f64>>, frame: &Rect<f64>) -> Option<Shape> {
    let whole = areas.iter().filter_map(BoundingRect::bounding_rect).reduce(around)?;
    if whole.width() < DOT_PX && whole.height() < DOT_PX {
        let middle = whole.center();
        return clip::holds(frame, middle).then_some(Shape::Dot(middle));
    }
    let simple = areas.into_iter().map(|area| {
        let (exterior, interiors) = area.into_inner();
        let holes = interiors.into_iter().filter(can_be_seen);
        Polygon::new(simplified(exterior), holes.map(simplified).collect())
    });
    if clip::holds(frame, whole.min()) && clip::holds(frame, whole.max()) {
        return Some(Shape::Areas { areas: simple.collect(), outlines: None });
    }
    let mut cut = Vec::new();
    let mut outlines = Vec::new();
    for area in simple {
        cut.extend(clip::area(&area, frame));
        let rings = std::iter::once(area.exterior()).chain(area.interiors());
        outlines.extend(rings.flat_map(|ring| clip::line(ring, frame)));
    }
    (!cut.is_empty()).then_some(Shape::Areas { areas: cut, outlines: Some(outlines) })
}

fn can_be_seen(ring: &LineString<f64>) -> bool {
    ring.bounding_rect().is_some_and(|bounds| bounds.width() >= DOT_PX || bounds.height() >= DOT_PX)
}

fn around(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    Rect::new(
        PagePoint { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
        PagePoint { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
    )
}

/// The line with fewer vertices; a closed one keeps at least a triangle.
fn simplified(line: LineString<f64>) -> LineString<f64> {
    let least = if line.is_closed() { 4 } else { 2 };
    if line.coords_count() <= least {
        return line;
    }
    let simple = line.simplify(TOLERANCE_PX);
    if simple.coords_count() < least { line } else { simple }
}

#[cfg(test)]
mod tests {
    use geo::{Area, coord};
    use proptest::prelude::*;

    use super::*;

    fn polygon(points: &[(f64, f64)]) -> Geometry<f64> {
        Geometry::Polygon(Polygon::new(points.iter().copied().collect(), Vec::new()))
    }

    fn page() -> Rect<f64> {
        Rect::new(coord! { x: 0.0, y: 0.0 }, coord! { x: 100.0, y: 100.0 })
    }

    #[test]
    fn an_area_is_cut_along_the_page_and_its_outline_is_not() {
        let shape = shape(polygon(&[(50.0, 50.0), (150.0, 50.0), (150.0, 80.0), (50.0, 80.0)]), &page());
        let Some(Shape::Areas { areas, outlines: Some(outlines) }) = shape else { panic!("{shape:?}") };
        assert_eq!(areas.iter().map(Area::unsigned_area).sum::<f64>(), 1500.0);
        let along_the_edge =
            |line: &LineString<f64>| line.lines().any(|side| side.start.x == 100.0 && side.end.x == 100.0);
        assert!(!outlines.iter().any(along_the_edge), "{outlines:?}");
    }

    #[test]
    fn what_is_too_small_for_a_shape_is_a_dot() {
        let shape = shape(polygon(&[(10.0, 10.0), (10.3, 10.0), (10.3, 10.2)]), &page());
        assert!(matches!(shape, Some(Shape::Dot(_))), "{shape:?}");
    }

    #[test]
    fn what_lies_elsewhere_is_nothing() {
        assert!(shape(polygon(&[(200.0, 10.0), (210.0, 10.0), (210.0, 30.0)]), &page()).is_none());
    }

    proptest! {
        /// Against geo's own overlay.
        #[test]
        fn a_convex_area_keeps_what_lies_on_the_page(x in -80.0..150.0, y in -80.0..150.0, w in 2.0..200.0, h in 2.0..200.0) {
            let corners = [(x, y), (x + w, y + h / 3.0), (x + w / 2.0, y + h)];
            let Geometry::Polygon(whole) = polygon(&corners) else { unreachable!() };
            let expected = geo::BooleanOps::intersection(&whole, &page().to_polygon()).unsigned_area();
            let shape = shape(Geometry::Polygon(whole), &page());
            let area = match &shape {
                Some(Shape::Areas { areas, .. }) => areas.iter().map(Area::unsigned_area).sum(),
                _ => 0.0,
            };
            // That works on a grid of 32-bit integers over the extent of both.
            prop_assert!((area - expected).abs() < 1e-3, "{area} {expected}");
        }
    }
}
