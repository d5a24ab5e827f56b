//! The grids of a sheet: degrees of longitude and latitude, and kilometres where there is a plane.

use geo::Coord;
use layers::crs::FromLonLat;

use super::layout::Layout;
use super::paper::round_below;
use super::words::{Hand, Pen};
use crate::svg::{put, short};
use crate::view::{PagePoint, View};

/// Where lines of the grids meet the frame, in pixels of the map, with the words that stand there.
#[derive(Debug, Default)]
pub(super) struct Marks {
    top: Vec<(f64, String)>,
    bottom: Vec<(f64, String)>,
    left: Vec<(f64, String)>,
    right: Vec<(f64, String)>,
}

/// Lines of a grid lie about so far apart, in millimetres of an A4 sheet.
const APART: f64 = 38.0;

/// Steps of degrees: whole seconds, minutes and degrees, in seconds.
const STEPS_S: [f64; 17] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 18_000.0, 36_000.0,
    108_000.0,
];

/// Draws the lines into the map.
///
/// With a plane its kilometres are lines and degrees are crosses; without, degrees are lines.
pub(super) fn lines(pen: &mut Pen<'_>, view: &View, plane: Option<&FromLonLat>, unit: f64) -> Marks {
    let mut marks = Marks::default();
    let has_plane = plane.is_some_and(|plane| kilometres(pen, view, plane, unit, &mut marks).is_some());
    degrees(pen, view, unit, !has_plane, &mut marks);
    marks
}

fn degrees(pen: &mut Pen<'_>, view: &View, unit: f64, as_lines: bool, marks: &mut Marks) {
    let [west, south, east, north] = view.bounds(0.0);
    let wanted = (east - west) * 3600.0 * APART * unit / view.width();
    let step = STEPS_S.into_iter().find(|step| *step >= wanted * 0.75).unwrap_or(108_000.0);
    let lons: Vec<f64> = multiples(west * 3600.0, east * 3600.0, step);
    let lats: Vec<f64> = multiples(south * 3600.0, north * 3600.0, step);
    let xs: Vec<f64> = lons.iter().map(|lon| view.point(lon / 3600.0, south).x).collect();
    let ys: Vec<f64> = lats.iter().map(|lat| view.point(west, lat / 3600.0).y).collect();
    let mut path = String::new();
    if as_lines {
        xs.iter().for_each(|x| put!(&mut path, "M{} 0v{}", short(*x), short(view.height())));
        ys.iter().for_each(|y| put!(&mut path, "M0 {}h{}", short(*y), short(view.width())));
    } else {
        let arm = 1.5 * unit;
        for x in &xs {
            for y in &ys {
                let (left, top, across) = (short(x - arm), short(y - arm), short(2.0 * arm));
                put!(&mut path, "M{left} {}h{across}M{} {top}v{across}", short(*y), short(*x));
            }
        }
    }
    put!(
        &mut pen.svg,
        "<path d=\"{path}\" fill=\"none\" stroke=\"#3b4652\" stroke-opacity=\"{}\" stroke-width=\"{}\"/>",
        if as_lines { 0.28 } else { 0.8 },
        short(0.14 * unit)
    );
    let words = |seconds: &f64, signs: [char; 2]| in_degrees(*seconds, signs, step);
    marks.top.extend(xs.iter().zip(&lons).map(|(x, lon)| (*x, words(lon, ['E', 'W']))));
    marks.left.extend(ys.iter().zip(&lats).map(|(y, lat)| (*y, words(lat, ['N', 'S']))));
    if as_lines {
        marks.bottom.clone_from(&marks.top);
        marks.right.clone_from(&marks.left);
    }
}

/// The kilometre grid; `None` where the plane is none in metres, or ends within the map.
fn kilometres(pen: &mut Pen<'_>, view: &View, plane: &FromLonLat, unit: f64, marks: &mut Marks) -> Option<()> {
    let on_plane = |x: f64, y: f64| {
        let [lon, lat] = view.lon_lat(PagePoint { x, y });
        plane.point(Coord { x: lon, y: lat }).ok()
    };
    let (width, height) = (view.width(), view.height());
    let (middle, beside) = (on_plane(width / 2.0, height / 2.0)?, on_plane(width / 2.0 + 1.0, height / 2.0)?);
    let units_per_px = (beside.x - middle.x).hypot(beside.y - middle.y);
    // Feet are no metres, and Web Mercator's metres are none either.
    if (units_per_px / view.metres_per_px() - 1.0).abs() > 0.01 {
        return None;
    }
    // Half a kilometre and less has decimals in its numbers, which nobody reads on a wall.
    let step = round_below(units_per_px * APART * unit * 1.3).max(100.0);
    let corners = [(0.0, 0.0), (width, 0.0), (0.0, height), (width, height)];
    let corners: Vec<Coord<f64>> = corners.into_iter().map(|(x, y)| on_plane(x, y)).collect::<Option<_>>()?;
    let range = |of: fn(&Coord<f64>) -> f64| {
        let all = corners.iter().map(of);
        all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
    };
    let ((west, east), (south, north)) = (range(|at| at.x), range(|at| at.y));
    let mut path = String::new();
    // Lines of a plane are bent a little on another: found at both edges and in the middle.
    for easting in multiples(west, east, step) {
        let at = |y: f64| crossing(|x| on_plane(x, y).map(|at| at.x - easting), width).map(|x| (x, y));
        bent(&mut path, [at(0.0), at(height / 2.0), at(height)]);
        marks.bottom.extend(at(height).map(|(x, _)| (x, in_kilometres(easting))));
    }
    for northing in multiples(south, north, step) {
        let at = |x: f64| crossing(|y| on_plane(x, y).map(|at| at.y - northing), height).map(|y| (x, y));
        bent(&mut path, [at(0.0), at(width / 2.0), at(width)]);
        marks.right.extend(at(width).map(|(_, y)| (y, in_kilometres(northing))));
    }
    put!(
        &mut pen.svg,
        "<path d=\"{path}\" fill=\"none\" stroke=\"#3b4652\" stroke-opacity=\"0.28\" stroke-width=\"{}\"/>",
        short(0.14 * unit)
    );
    Some(())
}

/// Draws a line through as many of the points as there are.
fn bent(path: &mut String, points: [Option<(f64, f64)>; 3]) {
    let points: Vec<(f64, f64)> = points.into_iter().flatten().collect();
    if points.len() < 2 {
        return;
    }
    for (place, (x, y)) in points.iter().enumerate() {
        put!(path, "{}{} {}", if place == 0 { "M" } else { "L" }, short(*x), short(*y));
    }
}

/// Where in 0..=`most` a function that rises or falls all the way is zero.
fn crossing(of: impl Fn(f64) -> Option<f64>, most: f64) -> Option<f64> {
    let (first, last) = (of(0.0)?, of(most)?);
    if (first > 0.0) == (last > 0.0) {
        return None;
    }
    let (mut low, mut high) = (0.0, most);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if (of(middle)? > 0.0) == (first > 0.0) { low = middle } else { high = middle }
    }
    Some(low)
}

/// The multiples of a step between two numbers.
fn multiples(from: f64, to: f64, step: f64) -> Vec<f64> {
    let (first, last) = ((from / step).ceil() as i64, (to / step).floor() as i64);
    (first..=last).take(1000).map(|place| place as f64 * step).collect()
}

/// `116°05′30″E`, as exact as the step.
fn in_degrees(seconds: f64, [positive, negative]: [char; 2], step: f64) -> String {
    let sign = if seconds < 0.0 { negative } else { positive };
    let whole = seconds.abs().round() as i64;
    let (degrees, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if step % 3600.0 == 0.0 {
        format!("{degrees}°{sign}")
    } else if step % 60.0 == 0.0 {
        format!("{degrees}°{minutes:02}′{sign}")
    } else {
        format!("{degrees}°{minutes:02}′{seconds:02}″{sign}")
    }
}

/// `426.5 km`
fn in_kilometres(metres: f64) -> String {
    format!("{} km", short(metres / 1000.0))
}

/// Writes the numbers between the two frames.
pub(super) fn labels(pen: &mut Pen<'_>, marks: &Marks, layout: &Layout) {
    let (map, unit) = (layout.map, layout.unit);
    let hand = Hand::of(2.45 * unit).middle();
    let tick = 1.1 * unit;
    let mut path = String::new();
    // Half of the words must find room beside each end.
    let has_room = |at: f64, length: f64| at > 9.0 * unit && at < length - 9.0 * unit;
    for (x, words) in &marks.top {
        put!(&mut path, "M{} {}v{}", short(map.x + x), short(map.y), short(-tick));
        if has_room(*x, map.width) {
            pen.write(map.x + x, map.y - 1.6 * unit, words, hand);
        }
    }
    for (x, words) in &marks.bottom {
        put!(&mut path, "M{} {}v{}", short(map.x + x), short(map.bottom()), short(tick));
        if has_room(*x, map.width) {
            pen.write(map.x + x, map.bottom() + 3.4 * unit, words, hand);
        }
    }
    for (y, words) in &marks.left {
        put!(&mut path, "M{} {}h{}", short(map.x), short(map.y + y), short(-tick));
        if has_room(*y, map.height) {
            pen.write_turned(map.x - 1.6 * unit, map.y + y, -90.0, words, hand);
        }
    }
    for (y, words) in &marks.right {
        put!(&mut path, "M{} {}h{}", short(map.right()), short(map.y + y), short(tick));
        if has_room(*y, map.height) {
            pen.write_turned(map.right() + 3.4 * unit, map.y + y, -90.0, words, hand);
        }
    }
    put!(&mut pen.svg, "<path d=\"{path}\" stroke=\"#1d2126\" stroke-width=\"{}\"/>", short(0.2 * unit));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Fonts;

    #[test]
    fn degrees_are_as_exact_as_their_step() {
        assert_eq!(in_degrees(116.0 * 3600.0, ['E', 'W'], 3600.0), "116°E");
        assert_eq!(in_degrees(116.0 * 3600.0 + 300.0, ['E', 'W'], 300.0), "116°05′E");
        assert_eq!(in_degrees(-71.0 * 3600.0 - 30.0, ['E', 'W'], 30.0), "71°00′30″W");
    }

    #[test]
    fn kilometres_stand_where_the_plane_has_them() {
        // RULES 6: 116.08E 43.94N lies at E 426135.858 N 4867567.187 in EPSG:4548.
        let plane = layers::crs::from_lon_lat(4548).expect("the plane is known");
        let view = View::around([116.08, 43.94], 13.0, 1000.0, 700.0);
        let fonts = Fonts::of_system(None);
        let mut pen = Pen::new(&fonts);
        let marks = lines(&mut pen, &view, Some(&plane), 3.78);
        let (x, words) =
            marks.bottom.iter().min_by(|a, b| (a.0 - 500.0).abs().total_cmp(&(b.0 - 500.0).abs())).expect("a line");
        let easting: f64 = words.trim_end_matches(" km").parse::<f64>().expect("a number") * 1000.0;
        let expected = 500.0 + (easting - 426_135.858) / view.metres_per_px();
        // The line leans: at the lower edge it is a little aside of where it is in the middle.
        assert!((x - expected).abs() < 8.0, "{words} at {x}, not {expected}");
        assert!(marks.top.iter().all(|(_, words)| words.contains('°')), "{marks:?}");
    }

    #[test]
    fn a_plane_in_feet_has_no_kilometre_grid() {
        let plane = layers::crs::from_lon_lat(2249).expect("Massachusetts, US feet");
        let view = View::around([-71.1, 42.37], 13.0, 1000.0, 700.0);
        let fonts = Fonts::of_system(None);
        let marks = lines(&mut Pen::new(&fonts), &view, Some(&plane), 3.78);
        assert!(marks.bottom.iter().chain(&marks.right).all(|(_, words)| words.contains('°')), "{marks:?}");
    }
}
