//! Writing SVG: paths in tenths of a pixel, escaped words.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::Hash;

use geo::LineString;

use crate::view::PagePoint;

/// Appends formatted text to a string, which cannot fail.
macro_rules! put {
    ($to:expr, $($words:tt)*) => {
        std::fmt::Write::write_fmt($to, format_args!($($words)*)).expect("writing to a string cannot fail")
    };
}
pub(crate) use put;

/// A picture by its name in a style: what sprites are to a browser.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Its width in CSS pixels.
    pub width: f64,
    /// Its height in CSS pixels.
    pub height: f64,
    /// The elements of the picture, without an `svg` around them.
    pub svg: String,
}

/// Where patterns and pictures come from.
pub trait Pictures {
    /// The picture of that name.
    fn picture(&self, name: &str) -> Option<Picture>;
}

/// No pictures at all.
#[derive(Clone, Copy, Debug)]
pub struct NoPictures;

impl Pictures for NoPictures {
    fn picture(&self, _name: &str) -> Option<Picture> {
        None
    }
}

/// Path data that grow by rings, lines and dots. Numbers are whole tenths of a pixel, relative to the
/// point before: the same path is a third as long as with absolute decimals.
#[derive(Debug, Default)]
pub(crate) struct PathData {
    data: String,
    at: [i64; 2],
}

impl PathData {
    /// The path data, for an element that is scaled by a tenth.
    pub(crate) fn data(&self) -> &str {
        &self.data
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// A closed ring, in the direction given: what overlaps then stays filled (`nonzero`), and holes
    /// stay holes.
    pub(crate) fn ring(&mut self, ring: &LineString<f64>, is_hole: bool) {
        let mut points: Vec<[i64; 2]> = ring.0.iter().map(|point| tenths(*point)).collect();
        points.pop();
        let doubled_area: i64 = (0..points.len()).map(|i| cross(points[i], points[(i + 1) % points.len()])).sum();
        if (doubled_area < 0) != is_hole {
            points.reverse();
        }
        if self.points(&points) {
            self.close(points[0]);
        }
    }

    /// An open line; one that ends where it begins is closed.
    pub(crate) fn line(&mut self, line: &LineString<f64>) {
        let mut points: Vec<[i64; 2]> = line.0.iter().map(|point| tenths(*point)).collect();
        let is_closed = points.len() > 3 && points.first() == points.last();
        if is_closed {
            points.pop();
        }
        if self.points(&points) && is_closed {
            self.close(points[0]);
        }
    }

    /// A square of that size around a point.
    pub(crate) fn dot(&mut self, at: PagePoint, size: f64) {
        let [x, y] = tenths(PagePoint { x: at.x - size / 2.0, y: at.y - size / 2.0 });
        let side = (size * 10.0).round() as i64;
        self.start([x, y]);
        put!(&mut self.data, "h{side}v{side}h-{side}z");
    }

    /// A circle.
    pub(crate) fn circle(&mut self, at: PagePoint, radius: f64) {
        let [x, y] = tenths(at);
        let radius = ((radius * 10.0).round() as i64).max(1);
        let across = 2 * radius;
        self.start([x - radius, y]);
        put!(&mut self.data, "a{radius} {radius} 0 1 0 {across} 0a{radius} {radius} 0 1 0 -{across} 0z");
    }

    fn start(&mut self, [x, y]: [i64; 2]) {
        // After a `z` the next relative move counts from where that ring began, which is `at`.
        put!(&mut self.data, "m{} {}", x - self.at[0], y - self.at[1]);
        self.at = [x, y];
    }

    /// Whether there was anything to draw.
    fn points(&mut self, points: &[[i64; 2]]) -> bool {
        let Some((first, rest)) = points.split_first() else { return false };
        if rest.iter().all(|point| point == first) {
            return false;
        }
        self.start(*first);
        self.data.push('l');
        let mut is_first = true;
        for point in rest {
            let (dx, dy) = (point[0] - self.at[0], point[1] - self.at[1]);
            if (dx, dy) == (0, 0) {
                continue;
            }
            let gap = if is_first { "" } else { " " };
            put!(&mut self.data, "{gap}{dx} {dy}");
            self.at = *point;
            is_first = false;
        }
        true
    }

    /// Closes what [`PathData::points`] drew; the current point is then where that began.
    fn close(&mut self, begun: [i64; 2]) {
        self.data.push('z');
        self.at = begun;
    }
}

fn tenths(at: PagePoint) -> [i64; 2] {
    [(at.x * 10.0).round() as i64, (at.y * 10.0).round() as i64]
}

fn cross(a: [i64; 2], b: [i64; 2]) -> i64 {
    a[0] * b[1] - b[0] * a[1]
}

/// Things by what they are alike in, in the order in which the first of each came.
#[derive(Debug)]
pub(crate) struct Groups<K, V> {
    places: HashMap<K, usize>,
    groups: Vec<(K, V)>,
}

impl<K: Clone + Eq + Hash, V: Default> Groups<K, V> {
    pub(crate) fn new() -> Self {
        Self { places: HashMap::new(), groups: Vec::new() }
    }

    pub(crate) fn of(&mut self, key: K) -> &mut V {
        let next = self.groups.len();
        let place = *self.places.entry(key.clone()).or_insert(next);
        if place == next {
            self.groups.push((key, V::default()));
        }
        &mut self.groups[place].1
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.groups.iter()
    }
}

/// Words as they may stand in an element or an attribute. What XML cannot hold at all is left out.
pub(crate) fn escaped(words: &str) -> String {
    let mut safe = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' => safe.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => safe.push(c),
        }
    }
    safe
}

/// A number with at most three decimals, without superfluous noughts.
pub(crate) fn short(number: f64) -> String {
    let mut text = String::new();
    write!(text, "{number:.3}").expect("writing to a string cannot fail");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
