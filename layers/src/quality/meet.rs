//! Whether two areas may have land in common, told from their borders without cutting.
//!
//! In a fabric every parcel's box meets those of half a dozen neighbours with which it shares no
//! more than a border. Cutting them all would take most of the time of the checks.
//!
//! ```text
//!   a ┌──────┬────┐ b      Each edge of one is cut where it meets the border of the other; if the
//!     │    ┌─┼──┐ │        middle of a piece lies inside the other, they overlap. If no piece of
//!     │  c └─┼──┘ │        either does, they do not, unless a whole ring runs along the other's
//!     └──────┴────┘        border: then they may be the same, and cutting has to tell.
//! ```

use geo::{BoundingRect, Coord, Line, LineString, MultiPolygon, Rect};

/// Borders closer than this, in metres, run along each other. Land in common that is narrower is
/// not seen: a square metre of it would be ten kilometres long.
const ON_BORDER: f64 = 1e-4;

/// Whether two valid areas may have land in common; `false` is certain but for [`ON_BORDER`].
///
/// # Units
/// Metres of one plane.
pub(super) fn may_overlap(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> bool {
    let Some(window) = common_box(a, b) else { return false };
    let (a, b) = (Border::near(a, window), Border::near(b, window));
    a.enters(&b) || b.enters(&a)
}

/// The box that two areas have in common, if it has an extent.
pub(super) fn common_box(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> Option<Rect<f64>> {
    let (a, b) = (a.bounding_rect()?, b.bounding_rect()?);
    let min = Coord { x: a.min().x.max(b.min().x), y: a.min().y.max(b.min().y) };
    let max = Coord { x: a.max().x.min(b.max().x), y: a.max().y.min(b.max().y) };
    (min.x < max.x && min.y < max.y).then(|| Rect::new(min, max))
}

/// The part of an area's border that matters in a window.
struct Border {
    window: Rect<f64>,
    /// Edges that meet the window, each with the number of its ring.
    near: Vec<(usize, Line<f64>)>,
    /// Edges that a ray to the east from within the window can meet.
    eastward: Vec<Line<f64>>,
    /// Whether each ring has an edge outside the window.
    leaves: Vec<bool>,
}

impl Border {
    fn near(area: &MultiPolygon<f64>, window: Rect<f64>) -> Self {
        let mut border = Self { window, near: Vec::new(), eastward: Vec::new(), leaves: Vec::new() };
        let rings = area.iter().flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()));
        rings.for_each(|ring| border.add(ring));
        border
    }

    fn add(&mut self, ring: &LineString<f64>) {
        let (min, max) = (self.window.min(), self.window.max());
        let number = self.leaves.len();
        let mut leaves = false;
        for edge in ring.lines() {
            let (low, high) = (edge.start.y.min(edge.end.y), edge.start.y.max(edge.end.y));
            let (west, east) = (edge.start.x.min(edge.end.x), edge.start.x.max(edge.end.x));
            if high < min.y - ON_BORDER || low > max.y + ON_BORDER || east < min.x - ON_BORDER {
                leaves = true;
                continue;
            }
            self.eastward.push(edge);
            if west <= max.x + ON_BORDER {
                self.near.push((number, edge));
            } else {
                leaves = true;
            }
        }
        self.leaves.push(leaves);
    }

    /// Whether a piece of this border lies inside the other area, or a ring of it runs all along
    /// the other's border.
    fn enters(&self, other: &Self) -> bool {
        let mut off = self.leaves.clone();
        let mut cuts = Vec::new();
        for (ring, edge) in &self.near {
            cuts.clear();
            cuts.extend([0.0, 1.0]);
            for (_, border) in &other.near {
                cut(*edge, *border, &mut cuts);
            }
            cuts.sort_unstable_by(f64::total_cmp);
            let length = (edge.end - edge.start).x.hypot((edge.end - edge.start).y);
            for piece in cuts.windows(2).filter(|piece| (piece[1] - piece[0]) * length > ON_BORDER) {
                let middle = edge.start + edge.delta() * ((piece[0] + piece[1]) / 2.0);
                if other.is_on_border(middle) {
                    continue;
                }
                if other.holds(middle) {
                    return true;
                }
                off[*ring] = true;
            }
        }
        off.contains(&false)
    }

    fn is_on_border(&self, point: Coord<f64>) -> bool {
        self.near.iter().any(|(_, edge)| distance(point, *edge) <= ON_BORDER)
    }

    /// Whether a point that is not on the border lies inside: a ray to the east meets it an odd
    /// number of times.
    fn holds(&self, point: Coord<f64>) -> bool {
        let (min, max) = (self.window.min(), self.window.max());
        let in_window = min.x <= point.x && point.x <= max.x && min.y <= point.y && point.y <= max.y;
        let meets = |edge: &&Line<f64>| {
            let (a, b) = (edge.start, edge.end);
            (a.y > point.y) != (b.y > point.y) && point.x < a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x)
        };
        in_window && self.eastward.iter().filter(meets).count() % 2 == 1
    }
}

/// Where on `edge`, from 0 to 1, it meets `border` or comes within reach of one of its ends.
fn cut(edge: Line<f64>, border: Line<f64>, cuts: &mut Vec<f64>) {
    let beside = |a: f64, b: f64, c: f64, d: f64| a.max(b) < c.min(d) - ON_BORDER || c.max(d) < a.min(b) - ON_BORDER;
    if beside(edge.start.x, edge.end.x, border.start.x, border.end.x)
        || beside(edge.start.y, edge.end.y, border.start.y, border.end.y)
    {
        return;
    }
    let (along, across) = (edge.delta(), border.delta());
    let squared = along.x * along.x + along.y * along.y;
    if squared == 0.0 {
        return;
    }
    for end in [border.start, border.end] {
        if distance(end, edge) <= ON_BORDER {
            let there = end - edge.start;
            cuts.push(((there.x * along.x + there.y * along.y) / squared).clamp(0.0, 1.0));
        }
    }
    let turn = along.x * across.y - along.y * across.x;
    if turn != 0.0 {
        let apart = border.start - edge.start;
        let (on_edge, on_border) =
            ((apart.x * across.y - apart.y * across.x) / turn, (apart.x * along.y - apart.y * along.x) / turn);
        if (0.0..=1.0).contains(&on_edge) && (0.0..=1.0).contains(&on_border) {
            cuts.push(on_edge);
        }
    }
}

/// Metres from a point to an edge.
fn distance(point: Coord<f64>, edge: Line<f64>) -> f64 {
    let (along, there) = (edge.delta(), point - edge.start);
    let squared = along.x * along.x + along.y * along.y;
    let t = if squared > 0.0 { ((there.x * along.x + there.y * along.y) / squared).clamp(0.0, 1.0) } else { 0.0 };
    (there.x - along.x * t).hypot(there.y - along.y * t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::plane::plane_area;
    use geo::{BooleanOps, wkt};
    use proptest::prelude::*;

    #[test]
    fn neighbours_that_share_a_border_do_not_overlap() {
        let west: MultiPolygon = wkt!(POLYGON((0. 0., 9. 1., 10. 20., 1. 19., 0. 0.))).into();
        // Shares a border, with a vertex of its own on it.
        let middle = Coord { x: 9.5, y: 10.5 };
        let mut ring = vec![(9., 1.), (30., 0.), (30., 20.), (10., 20.)];
        ring.extend([(middle.x, middle.y), (9., 1.)]);
        let east = MultiPolygon::from(geo::Polygon::new(LineString::from(ring), vec![]));
        assert!(!may_overlap(&west, &east) && !may_overlap(&east, &west));
        let hole: MultiPolygon =
            wkt!(POLYGON((0. 0., 9. 0., 9. 9., 0. 9., 0. 0.), (3. 3., 3. 6., 6. 6., 6. 3., 3. 3.))).into();
        let island: MultiPolygon = wkt!(POLYGON((4. 4., 5. 4., 5. 5., 4. 5., 4. 4.))).into();
        assert!(!may_overlap(&hole, &island));
    }

    #[test]
    fn what_is_the_same_or_inside_overlaps() {
        let all: MultiPolygon = wkt!(POLYGON((0. 0., 9. 0., 9. 9., 0. 9., 0. 0.))).into();
        let part: MultiPolygon = wkt!(POLYGON((4. 4., 5. 4., 5. 5., 4. 5., 4. 4.))).into();
        let half: MultiPolygon = wkt!(POLYGON((0. 0., 9. 0., 9. 9., 0. 0.))).into();
        assert!(may_overlap(&all, &all) && may_overlap(&all, &part) && may_overlap(&part, &all));
        assert!(may_overlap(&all, &half) && may_overlap(&half, &all));
        let two: MultiPolygon =
            wkt!(MULTIPOLYGON(((0. 0., 9. 0., 9. 9., 0. 9., 0. 0.)), ((20. 0., 21. 0., 21. 1., 20. 0.))));
        assert!(may_overlap(&two, &all));
    }

    fn star(radii: &[f64], dx: f64, dy: f64) -> MultiPolygon<f64> {
        let at = |(i, radius): (usize, &f64)| {
            let angle = std::f64::consts::TAU * i as f64 / radii.len() as f64;
            // Whole metres, so that vertices and edges often meet exactly.
            Coord { x: (dx + radius * angle.cos()).round(), y: (dy + radius * angle.sin()).round() }
        };
        geo::Polygon::new(radii.iter().enumerate().map(at).collect(), vec![]).into()
    }

    proptest! {
        #[test]
        fn whatever_has_land_in_common_may_overlap(
            a in prop::collection::vec(8.0..30.0f64, 3..9), b in prop::collection::vec(8.0..30.0f64, 3..9),
            dx in -50.0..50.0f64, dy in -50.0..50.0f64
        ) {
            let (a, b) = (star(&a, 0.0, 0.0), star(&b, dx, dy));
            prop_assume!(crate::valid::is_valid(a.clone().into()) && crate::valid::is_valid(b.clone().into()));
            let common = plane_area(&a.intersection(&b)).0;
            prop_assert_eq!(may_overlap(&a, &b), may_overlap(&b, &a));
            // Thinner than what counts as one border: either answer will do.
            if common > 0.1 {
                prop_assert!(may_overlap(&a, &b), "{common}");
            } else if common < 1e-6 {
                prop_assert!(!may_overlap(&a, &b), "{common}");
            }
        }
    }
}
