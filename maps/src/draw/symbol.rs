//! Words and pictures at points, in areas, and along lines.

use geo::{Area, Coord, Euclidean, InteriorPoint, InterpolatableLine, Length, LineString};

use super::{Canvas, Loaded, attributes, paint};
use crate::expression::{Context, Value};
use crate::label::{Face, Occupied, wrapped};
use crate::page::{PageFeature, Shape};
use crate::style::StyleLayer;
use crate::svg::{escaped, put, short};
use crate::view::PagePoint;

/// From the middle of a line of text down to its base line, in ems: half the height of a capital.
const BASELINE_EMS: f64 = 0.36;

/// Words along a line stay straight: the line may turn away from them by so much, in ems.
const MOST_SAG_EMS: f64 = 0.4;

/// The words of a layer that find room, as SVG.
pub(super) fn placed(layer: &StyleLayer, loaded: &Loaded, canvas: &Canvas<'_>, occupied: &mut Occupied) -> String {
    let mut labels: Vec<(f64, Label<'_>)> = Vec::new();
    for (feature, context) in loaded.drawn_by(layer, canvas.view.zoom()) {
        let priority = layer.number("symbol-sort-key", 0.0, &context);
        labels.push((priority, Label { layer, feature, context }));
    }
    // Equal ones stay in the order of the data.
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut svg = String::new();
    for (_, label) in &labels {
        label.place(canvas, occupied, &mut svg);
    }
    svg
}

struct Label<'l> {
    layer: &'l StyleLayer,
    feature: &'l PageFeature,
    context: Context<'l>,
}

/// The words of a label, broken into lines and measured.
struct Words {
    lines: Vec<(String, f64)>,
    size: f64,
    line_height: f64,
    width: f64,
    height: f64,
}

impl Label<'_> {
    fn place(&self, canvas: &Canvas<'_>, occupied: &mut Occupied, svg: &mut String) {
        let along = self.layer.text("symbol-placement", &self.context).is_some_and(|placement| placement != "point");
        let face = self.face();
        let words = self.words(canvas, &face, along);
        match (along, words) {
            (true, Some(words)) => self.along_lines(&words, &face, occupied, svg),
            (true, None) => {}
            (false, words) => {
                for at in self.anchors() {
                    self.at_point(at, words.as_ref(), &face, canvas, occupied, svg);
                }
            }
        }
    }

    fn number(&self, property: &str, otherwise: f64) -> f64 {
        self.layer.number(property, otherwise, &self.context)
    }

    fn face(&self) -> Face {
        let names = match self.layer.value("text-font", &self.context) {
            Some(Value::List(names)) => names.iter().filter_map(|name| name.as_text().map(str::to_owned)).collect(),
            _ => Vec::new(),
        };
        Face::of_style(&names)
    }

    fn words(&self, canvas: &Canvas<'_>, face: &Face, along: bool) -> Option<Words> {
        let text = self.layer.text("text-field", &self.context)?;
        let size = self.number("text-size", 16.0);
        if size <= 0.0 {
            return None;
        }
        let measure = canvas.fonts.measure(face);
        let lines = if along {
            vec![text.split_whitespace().collect::<Vec<_>>().join(" ")]
        } else {
            wrapped(&text, self.number("text-max-width", 10.0), |text| measure.ems(text))
        };
        let spacing = self.number("text-letter-spacing", 0.0);
        let ems = |line: &str| measure.ems(line) + spacing * line.chars().count().saturating_sub(1) as f64;
        let lines: Vec<(String, f64)> = lines.into_iter().map(|line| (line.clone(), ems(&line) * size)).collect();
        let line_height = self.number("text-line-height", 1.2) * size;
        let width = lines.iter().map(|(_, width)| *width).fold(0.0, f64::max);
        let height = line_height * lines.len() as f64;
        (width > 0.0).then_some(Words { lines, size, line_height, width, height })
    }

    /// Where a feature without lines has its words.
    fn anchors(&self) -> Vec<PagePoint> {
        match &self.feature.shape {
            Shape::Points(points) => points.clone(),
            Shape::Lines(lines) => {
                let longest = lines.iter().max_by(|a, b| Euclidean.length(*a).total_cmp(&Euclidean.length(*b)));
                let middle = longest.and_then(|line| line.point_at_ratio_from_start(&Euclidean, 0.5));
                middle.map(|point| point.0).into_iter().collect()
            }
            Shape::Areas { areas, .. } => {
                let largest = areas.iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()));
                largest.and_then(InteriorPoint::interior_point).map(|point| point.0).into_iter().collect()
            }
            Shape::Dot(at) => vec![*at],
        }
    }

    fn at_point(
        &self,
        at: PagePoint,
        words: Option<&Words>,
        face: &Face,
        canvas: &Canvas<'_>,
        occupied: &mut Occupied,
        svg: &mut String,
    ) {
        let picture = self.layer.text("icon-image", &self.context).and_then(|name| canvas.pictures.picture(&name));
        let icon_size = self.number("icon-size", 1.0);
        let mut boxes = Vec::new();
        if let Some(picture) = &picture {
            let (half_width, half_height) = (picture.width * icon_size / 2.0, picture.height * icon_size / 2.0);
            boxes.push([at.x - half_width, at.y - half_height, at.x + half_width, at.y + half_height]);
        }
        let upper_left = words.map(|words| {
            let padding = self.number("text-padding", 2.0);
            let [x, y] = self.upper_left(at, words);
            boxes.push([x - padding, y - padding, x + words.width + padding, y + words.height + padding]);
            PagePoint { x, y }
        });
        let overlaps = self.layer.is("text-allow-overlap", &self.context);
        let has_room =
            if overlaps { boxes.iter().all(|one| occupied.is_on_page(*one)) } else { occupied.is_free(&boxes) };
        if boxes.is_empty() || !has_room {
            return;
        }
        if !self.layer.is("text-ignore-placement", &self.context) {
            occupied.take(&boxes);
        }
        if let Some(picture) = picture {
            let (x, y) = (at.x - picture.width * icon_size / 2.0, at.y - picture.height * icon_size / 2.0);
            let (x, y, scale) = (short(x), short(y), short(icon_size));
            put!(svg, "<g transform=\"translate({x} {y}) scale({scale})\">{}</g>", picture.svg);
        }
        if let (Some(words), Some(upper_left)) = (words, upper_left) {
            self.write(words, face, upper_left, svg);
        }
    }

    /// The upper left corner of words that belong to a point.
    fn upper_left(&self, at: PagePoint, words: &Words) -> [f64; 2] {
        let anchor = self.layer.text("text-anchor", &self.context).unwrap_or_default();
        let [dx, dy] = self.layer.pair("text-offset", &self.context);
        let x = match anchor.as_str() {
            side if side.ends_with("left") => 0.0,
            side if side.ends_with("right") => words.width,
            _ => words.width / 2.0,
        };
        let y = match anchor.as_str() {
            side if side.starts_with("top") => 0.0,
            side if side.starts_with("bottom") => words.height,
            _ => words.height / 2.0,
        };
        [at.x + dx * words.size - x, at.y + dy * words.size - y]
    }

    fn write(&self, words: &Words, face: &Face, upper_left: PagePoint, svg: &mut String) {
        let (anchor, x) = match self.layer.text("text-justify", &self.context).as_deref() {
            Some("left") => ("start", upper_left.x),
            Some("right") => ("end", upper_left.x + words.width),
            _ => ("middle", upper_left.x + words.width / 2.0),
        };
        for (place, (line, _)) in words.lines.iter().enumerate() {
            let middle = upper_left.y + (place as f64 + 0.5) * words.line_height;
            let at = PagePoint { x, y: middle + BASELINE_EMS * words.size };
            self.line(line, words.size, face, anchor, &format!(" x=\"{}\" y=\"{}\"", short(at.x), short(at.y)), svg);
        }
    }

    fn line(&self, line: &str, size: f64, face: &Face, anchor: &str, place: &str, svg: &mut String) {
        let alpha = self.number("text-opacity", 1.0);
        let fill = attributes("fill", paint(self.layer.colour("text-color", &self.context), alpha));
        let halo_width = self.number("text-halo-width", 0.0);
        let halo = if halo_width > 0.0 && self.layer.has("text-halo-color") {
            let colour = paint(self.layer.colour("text-halo-color", &self.context), alpha);
            // Half of a stroke lies inside, below the letters.
            let width = short(halo_width * 2.0);
            let stroke = attributes("stroke", colour);
            format!("{stroke} stroke-width=\"{width}\" stroke-linejoin=\"round\" paint-order=\"stroke\"")
        } else {
            String::new()
        };
        let spacing = match self.number("text-letter-spacing", 0.0) {
            0.0 => String::new(),
            ems => format!(" letter-spacing=\"{}\"", short(ems * size)),
        };
        put!(
            svg,
            "<text{place} text-anchor=\"{anchor}\" font-size=\"{}\"{}{spacing}{fill}{halo}>{}</text>",
            short(size),
            face.attributes(),
            escaped(line)
        );
    }

    /// Words along every line, at their distance from each other, where the line is straight enough.
    fn along_lines(&self, words: &Words, face: &Face, occupied: &mut Occupied, svg: &mut String) {
        let Some((text, width)) = words.lines.first() else { return };
        let spacing = self.number("symbol-spacing", 250.0).max(1.0);
        let padding = self.number("text-padding", 2.0);
        let [dx, dy] = self.layer.pair("text-offset", &self.context).map(|ems| ems * words.size);
        for line in self.feature.shape.lines() {
            let length = Euclidean.length(line);
            let mut from = width / 2.0;
            // A step of half a letter: fine enough to find the straight part between two corners.
            while from + width / 2.0 <= length {
                let Some(chord) = chord(line, length, from - width / 2.0, from + width / 2.0, words.size) else {
                    from += words.size;
                    continue;
                };
                let (along, down) = (chord.direction(), chord.down());
                let middle = chord.middle() + along * dx + down * dy;
                let boxes = beads(middle, along, *width, words.size, padding);
                if !occupied.is_free(&boxes) {
                    from += words.size;
                    continue;
                }
                occupied.take(&boxes);
                let degrees = along.y.atan2(along.x).to_degrees();
                let base = middle + down * (BASELINE_EMS * words.size);
                let place =
                    format!(" transform=\"translate({} {}) rotate({})\"", short(base.x), short(base.y), short(degrees));
                self.line(text, words.size, face, "middle", &place, svg);
                from += spacing.max(*width);
            }
        }
    }
}

/// A straight stretch, from left to right.
struct Chord {
    start: Coord<f64>,
    end: Coord<f64>,
}

impl Chord {
    fn direction(&self) -> Coord<f64> {
        let along = self.end - self.start;
        along / along.x.hypot(along.y).max(f64::MIN_POSITIVE)
    }

    /// Down as the words see it.
    fn down(&self) -> Coord<f64> {
        let along = self.direction();
        Coord { x: -along.y, y: along.x }
    }

    fn middle(&self) -> Coord<f64> {
        (self.start + self.end) / 2.0
    }
}

/// The straight stretch between two distances along a line; `None` where the line is not straight enough.
fn chord(line: &LineString<f64>, length: f64, from: f64, to: f64, size: f64) -> Option<Chord> {
    let at = |distance: f64| Some(line.point_at_ratio_from_start(&Euclidean, distance / length)?.0);
    let (start, end) = (at(from)?, at(to)?);
    let (start, end) = if end.x < start.x { (end, start) } else { (start, end) };
    let chord = Chord { start, end };
    let (along, down) = (chord.direction(), chord.down());
    let mut distance = 0.0;
    for side in line.lines() {
        // Corners within the stretch.
        if distance > from && distance < to {
            let away = side.start - start;
            let sag = (away.x * down.x + away.y * down.y).abs();
            let ahead = away.x * along.x + away.y * along.y;
            if sag > MOST_SAG_EMS * size || ahead < 0.0 {
                return None;
            }
        }
        distance += (side.end - side.start).x.hypot((side.end - side.start).y);
    }
    Some(chord)
}

/// Boxes like beads along turned words: they cover the words and little else.
fn beads(middle: Coord<f64>, along: Coord<f64>, width: f64, size: f64, padding: f64) -> Vec<[f64; 4]> {
    let count = (width / size).ceil().max(1.0);
    let step = width / count;
    let half = size.max(step) / 2.0 + padding / 2.0;
    let bead = |place: i64| {
        let at = middle + along * ((place as f64 + 0.5) * step - width / 2.0);
        [at.x - half, at.y - half, at.x + half, at.y + half]
    };
    (0..count as i64).map(bead).collect()
}
