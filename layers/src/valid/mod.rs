//! Valid geometry out of any geometry: tidied silently, repaired once with a report, or given up.
//!
//! *Tidied*: repeated points go, exterior rings run counter-clockwise and interior ones clockwise.
//! Nothing a surveyor would call a change. *Repaired*: whatever [`check`] objects to.
//!
//! Validity is judged in lon/lat, because that is what the analyses get: exact predicates need no
//! plane, and reprojection can bend a vertex across an edge it just touched. The repair happens on
//! a grid of tenths of a millimetre, where a tolerance means something (`repair`).

mod apart;
pub mod check;
mod repair;
mod simple;

use geo::{Geometry, LineString, MultiLineString, MultiPolygon, Polygon};

use crate::SquareMetres;
use crate::measure::ellipsoidal_area;
use crate::measure::plane::signed_ring_area;

/// What became of a geometry.
#[derive(Clone, Debug, PartialEq)]
pub enum Made {
    /// It was valid; at most tidied.
    Valid(Geometry<f64>),
    /// It was not, and is now.
    Repaired {
        /// The valid geometry.
        geometry: Geometry<f64>,
        /// What was wrong.
        reason: String,
        /// Area as drawn: each exterior less its interiors.
        before: SquareMetres,
        /// Area now.
        after: SquareMetres,
    },
    /// Nothing with an extent is left of it.
    Nothing {
        /// What was wrong.
        reason: String,
    },
}

/// Makes a geometry in lon/lat degrees valid.
///
/// The result satisfies geo's `Validation`. Points and lines cannot be wrong by crossing
/// themselves; a line without length is.
pub fn make_valid(geometry: Geometry<f64>) -> Made {
    match geometry {
        Geometry::Polygon(mut polygon) => {
            tidy_polygon(&mut polygon);
            if is_plainly_valid(&polygon) { Made::Valid(polygon.into()) } else { polygons(vec![polygon], true) }
        }
        Geometry::MultiPolygon(MultiPolygon(mut parts)) => {
            parts.iter_mut().for_each(tidy_polygon);
            match parts.as_slice() {
                [only] if is_plainly_valid(only) => Made::Valid(MultiPolygon(parts).into()),
                _ => polygons(parts, false),
            }
        }
        Geometry::LineString(line) => match tidy_line(line) {
            Some(line) => Made::Valid(line.into()),
            None => Made::Nothing { reason: "line has no length".into() },
        },
        Geometry::MultiLineString(MultiLineString(lines)) => {
            let count = lines.len();
            let kept: Vec<LineString<f64>> = lines.into_iter().filter_map(tidy_line).collect();
            let lost = count - kept.len();
            let reason = || format!("{lost} of {count} lines have no length");
            match (lost, kept.len()) {
                (0, _) => Made::Valid(MultiLineString(kept).into()),
                (_, 0) => Made::Nothing { reason: reason() },
                _ => repaired(MultiLineString(kept).into(), reason(), (0.0, 0.0)),
            }
        }
        Geometry::GeometryCollection(parts) => collection(parts.0),
        other => Made::Valid(other),
    }
}

/// Whether a geometry is valid as it stands, in any plane, once it is tidied.
pub fn is_valid(geometry: Geometry<f64>) -> bool {
    match geometry {
        Geometry::Polygon(polygon) => is_valid(MultiPolygon(vec![polygon]).into()),
        Geometry::MultiPolygon(MultiPolygon(mut parts)) => {
            parts.iter_mut().for_each(tidy_polygon);
            check::first_problem(&parts).is_none()
        }
        Geometry::LineString(line) => tidy_line(line).is_some(),
        Geometry::MultiLineString(lines) => lines.0.into_iter().all(|line| tidy_line(line).is_some()),
        Geometry::GeometryCollection(parts) => parts.0.into_iter().all(is_valid),
        _ => true,
    }
}

fn repaired(geometry: Geometry<f64>, reason: String, (before, after): (f64, f64)) -> Made {
    Made::Repaired { geometry, reason, before: SquareMetres(before), after: SquareMetres(after) }
}

/// Each part of a collection for itself.
fn collection(parts: Vec<Geometry<f64>>) -> Made {
    let (mut kept, mut reasons) = (Vec::with_capacity(parts.len()), Vec::new());
    let (mut area_before, mut area_after) = (0.0, 0.0);
    for (number, part) in (1..).zip(parts) {
        match make_valid(part) {
            Made::Valid(part) => kept.push(part),
            Made::Repaired { geometry, reason, before, after } => {
                kept.push(geometry);
                reasons.push(format!("part {number}: {reason}"));
                (area_before, area_after) = (area_before + before.0, area_after + after.0);
            }
            Made::Nothing { reason } => reasons.push(format!("part {number}: {reason}")),
        }
    }
    let geometry = Geometry::GeometryCollection(kept.into());
    match (reasons.is_empty(), &geometry) {
        (true, _) => Made::Valid(geometry),
        (_, Geometry::GeometryCollection(kept)) if kept.0.is_empty() => Made::Nothing { reason: reasons.join("; ") },
        _ => repaired(geometry, reasons.join("; "), (area_before, area_after)),
    }
}

/// Whether a polygon without holes is valid at first sight.
fn is_plainly_valid(polygon: &Polygon<f64>) -> bool {
    polygon.interiors().is_empty() && simple::is_certainly_simple(&polygon.exterior().0)
}

/// Polygons that are tidy already.
fn polygons(mut parts: Vec<Polygon<f64>>, single: bool) -> Made {
    let Some(problem) = check::first_problem(&parts) else {
        return Made::Valid(match (single, parts.pop()) {
            (true, Some(only)) => only.into(),
            (_, last) => MultiPolygon(parts.into_iter().chain(last).collect()).into(),
        });
    };
    let reason = problem.to_string();
    let drawn = MultiPolygon(parts);
    let before = ellipsoidal_area(&drawn).0;
    let mut fixed = repair::repair(&drawn);
    fixed.0.iter_mut().for_each(tidy_polygon);
    if fixed.0.is_empty() {
        return Made::Nothing { reason };
    }
    let after = ellipsoidal_area(&fixed).0;
    let geometry = match (single, fixed.0.len()) {
        (true, 1) => fixed.0.remove(0).into(),
        _ => fixed.into(),
    };
    repaired(geometry, reason, (before, after))
}

/// The line without repeated points; `None` if a single point is left.
fn tidy_line(mut line: LineString<f64>) -> Option<LineString<f64>> {
    line.0.dedup();
    (line.0.len() > 1).then_some(line)
}

/// Removes repeated points and turns the rings, keeping their first points.
fn tidy_polygon(polygon: &mut Polygon<f64>) {
    polygon.exterior_mut(|ring| tidy_ring(ring, true));
    polygon.interiors_mut(|rings| rings.iter_mut().for_each(|ring| tidy_ring(ring, false)));
}

fn tidy_ring(ring: &mut LineString<f64>, counter_clockwise: bool) {
    ring.0.dedup();
    let area = signed_ring_area(ring);
    if area != 0.0 && (area > 0.0) != counter_clockwise {
        ring.0.reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Validation, wkt};

    #[test]
    fn repeated_points_and_winding_are_no_news() {
        let drawn: Polygon<f64> =
            wkt!(POLYGON((0. 0.,0. 1.,0. 1.,1. 1.,1. 0.,0. 0.),(0.2 0.2,0.4 0.2,0.4 0.4,0.2 0.2)));
        let expected: Polygon<f64> = wkt!(POLYGON((0. 0.,1. 0.,1. 1.,0. 1.,0. 0.),(0.2 0.2,0.4 0.4,0.4 0.2,0.2 0.2)));
        assert_eq!(make_valid(drawn.into()), Made::Valid(expected.into()));
    }

    #[test]
    fn lines_without_length_are_dropped() {
        let lines = wkt!(MULTILINESTRING((0. 0.,1. 1.),(2. 2.,2. 2.)));
        let Made::Repaired { geometry, reason, .. } = make_valid(lines.into()) else { panic!("not repaired") };
        assert_eq!(geometry, wkt!(MULTILINESTRING((0. 0.,1. 1.))).into());
        assert_eq!(reason, "1 of 2 lines have no length");
        let point = wkt!(LINESTRING(2. 2.,2. 2.));
        assert_eq!(make_valid(point.into()), Made::Nothing { reason: "line has no length".into() });
    }

    #[test]
    fn collections_are_mended_part_by_part() {
        let bow: Polygon<f64> = wkt!(POLYGON((0. 0.,1. 1.,1. 0.,0. 1.,0. 0.)));
        let parts = vec![Geometry::from(bow), wkt!(POINT(3. 3.)).into()];
        let Made::Repaired { geometry, reason, .. } = make_valid(Geometry::GeometryCollection(parts.into())) else {
            panic!("not repaired")
        };
        assert!(geometry.is_valid());
        assert!(reason.starts_with("part 1: exterior ring crosses itself near 0.5"), "{reason}");
    }
}
