//! Where a label stands: a point inside a patch, near its middle.
//!
//! ```text
//!      ╱╲      ╱╲
//!     ╱  ╲____╱  ╲
//!    ┼──×──┼──┼───┼   the middle of the longest stretch of land at half height
//!    ╲____________╱
//! ```

use geo::{BoundingRect, CoordsIter, LinesIter, MultiPolygon, Point, Polygon};

/// The middle of the longest stretch of a valid area that lies at half the height of one of its
/// polygons; of equal ones the first. `None` if nothing of it has a height.
pub(super) fn label_point(area: &MultiPolygon<f64>) -> Option<Point<f64>> {
    let longer = |best: (Point<f64>, f64), next: (Point<f64>, f64)| if next.1 > best.1 { next } else { best };
    area.iter().filter_map(longest_stretch).reduce(longer).map(|(middle, _)| middle)
}

fn longest_stretch(polygon: &Polygon<f64>) -> Option<(Point<f64>, f64)> {
    let bounds = polygon.bounding_rect()?;
    let y = off_vertices(polygon, (bounds.min().y + bounds.max().y) / 2.0);
    let crossing = |line: geo::Line<f64>| {
        // From the lower end whichever way the edge runs: the same point for both neighbours.
        let (a, b) = if line.start.y < line.end.y { (line.start, line.end) } else { (line.end, line.start) };
        (a.y <= y && y < b.y).then(|| a.x + (b.x - a.x) * ((y - a.y) / (b.y - a.y)))
    };
    let mut crossings: Vec<f64> = polygon.lines_iter().filter_map(crossing).collect();
    crossings.sort_by(f64::total_cmp);
    // From outside to inside and out again.
    let stretches = crossings.chunks_exact(2).map(|ends| (Point::new((ends[0] + ends[1]) / 2.0, y), ends[1] - ends[0]));
    stretches.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// A height near the wanted one at which there is no vertex, unless the nearest vertices are so close
/// that no number lies between.
fn off_vertices(polygon: &Polygon<f64>, wanted: f64) -> f64 {
    if polygon.coords_iter().all(|vertex| vertex.y != wanted) {
        return wanted;
    }
    let others = polygon.coords_iter().map(|vertex| vertex.y).filter(|y| *y != wanted);
    let nearest = others.min_by(|a, b| (a - wanted).abs().total_cmp(&(b - wanted).abs()));
    nearest.map_or(wanted, |nearest| (wanted + nearest) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Contains, InteriorPoint, Rotate, wkt};
    use proptest::prelude::*;

    #[test]
    fn a_ring_is_labelled_on_its_land_and_the_wider_part_wins() {
        let ring = wkt!(POLYGON((0. 0., 9. 0., 9. 8., 0. 8., 0. 0.), (2. 2., 2. 6., 5. 6., 5. 2., 2. 2.)));
        assert_eq!(label_point(&ring.clone().into()), Some(Point::new(7.0, 4.0)));
        let wide = wkt!(POLYGON((20. 0., 30. 0., 30. 1., 20. 1., 20. 0.)));
        assert_eq!(label_point(&MultiPolygon(vec![ring, wide])), Some(Point::new(25.0, 0.5)));
    }

    #[test]
    fn a_corner_at_half_height_is_stepped_aside_from() {
        let arrow = wkt!(POLYGON((0. 0., 6. 0., 3. 4., 6. 8., 0. 8., 0. 0.)));
        assert_eq!(label_point(&arrow.into()), Some(Point::new(2.25, 2.0)));
    }

    #[test]
    fn no_land_has_no_label() {
        assert_eq!(label_point(&MultiPolygon(vec![])), None);
        assert_eq!(label_point(&wkt!(POLYGON((0. 0., 1. 0., 2. 0., 0. 0.))).into()), None);
    }

    proptest! {
        #[test]
        fn the_point_is_the_one_that_geo_finds(
            radii in prop::collection::vec(20.0..200.0f64, 3..40), turn in 0.0..360.0f64
        ) {
            let ring = |scale: f64| -> geo::LineString<f64> {
                let at = |(i, radius): (usize, &f64)| {
                    let angle = std::f64::consts::TAU * i as f64 / radii.len() as f64;
                    geo::coord! { x: scale * radius * angle.cos(), y: scale * radius * angle.sin() }
                };
                radii.iter().enumerate().map(at).collect()
            };
            let star = Polygon::new(ring(1.0), vec![ring(0.5)]).rotate_around_point(turn, Point::new(0.0, 0.0));
            let point = label_point(&star.clone().into()).expect("it has a height");
            prop_assert!(star.contains(&point));
            let theirs = star.interior_point().expect("it has a height");
            prop_assert!((point.x() - theirs.x()).abs() < 1e-9 && point.y() == theirs.y(), "{point:?} {theirs:?}");
        }
    }
}
