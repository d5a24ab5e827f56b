//! The legend of a sheet: classes as the map draws them, with counts and hectares.

use std::collections::BTreeSet;

use layers::stats::OwnedLabel;
use styles::{Language, Legend, LegendEntry, LegendRow, Pattern, palette};

use super::furniture::say;
use super::layout::Layout;
use super::paper::PX_PER_MM;
use super::words::{Hand, Pen};
use crate::svg::{Picture, Pictures, escaped, put, short};

/// A line of the legend.
enum Line<'l> {
    /// What the figures below are.
    Figures,
    /// A class.
    Class(&'l LegendEntry),
    /// A row without a colour.
    Row(&'l LegendRow),
    /// The total.
    Total(&'l LegendRow),
    /// A little room.
    Gap,
}

/// Sizes, in millimetres of an A4 sheet.
const ROW: f64 = 5.4;
const SWATCH: [f64; 2] = [7.6, 3.8];
const WORDS: f64 = 3.1;
const COUNT_END: f64 = 17.0;

/// What a legend is drawn with.
pub(super) struct Key<'a> {
    pub(super) legend: &'a Legend,
    pub(super) language: Language,
    pub(super) pictures: &'a dyn Pictures,
    /// The tile layers of which the map shows anything.
    pub(super) drawn: &'a BTreeSet<String>,
}

/// Draws the legend below `begin`, as large as there is room for.
pub(super) fn draw(pen: &mut Pen<'_>, key: &Key<'_>, layout: &Layout, begin: f64) {
    let Key { legend, language, pictures, drawn } = *key;
    let (area, unit) = (layout.key, layout.unit);
    let lines = lines(legend, drawn);
    if lines.is_empty() {
        return;
    }
    pen.write(area.x, begin, say(language, "图例", "Legend"), Hand::of(4.2 * unit).bold());
    let top = begin + 2.6 * unit;
    let gap = 5.0 * unit;
    let column = (area.width - gap * (layout.columns as f64 - 1.0)) / layout.columns as f64;
    let room = area.bottom() - top;
    let rows_a_column = lines.len().div_ceil(layout.columns).max(1);
    let row = (room / rows_a_column as f64).clamp(ROW * unit * 0.55, ROW * unit);
    let fitting = ((room / row + 1e-6) as usize).max(1);
    let factor = row / (ROW * unit);
    let mut writer = Writer { language, unit: unit * factor, width: column };
    for (place, line) in lines.iter().take(fitting * layout.columns).enumerate() {
        let (x, y) = ((place / fitting) as f64 * (column + gap) + area.x, (place % fitting) as f64 * row + top);
        writer.line(pen, line, x, y, pictures);
    }
}

/// What the map does not show is left out; what has figures is part of the table and stays.
fn lines<'l>(legend: &'l Legend, drawn: &BTreeSet<String>) -> Vec<Line<'l>> {
    /// Above so many classes those that do not occur are left out.
    const MANY: usize = 12;
    let is_long = legend.entries.len() > MANY;
    let occurs = |entry: &LegendEntry| entry.count != Some(0) || !(is_long || entry.key == "not_assessed");
    let is_seen = |entry: &&LegendEntry| entry.area_ha.is_some() || drawn.contains(&entry.source_layer);
    let is_there = |entry: &&LegendEntry| occurs(entry) && is_seen(entry);
    let mut lines = Vec::new();
    if legend.entries.iter().any(|entry| entry.area_ha.is_some()) {
        lines.push(Line::Figures);
    }
    lines.extend(legend.entries.iter().filter(is_there).map(Line::Class));
    lines.extend(legend.total.as_ref().map(Line::Total));
    lines.extend(legend.of_which.iter().chain(&legend.breakdown).map(Line::Row));
    let mut context = legend.context.iter().filter(is_seen).map(Line::Class).peekable();
    if !lines.is_empty() && context.peek().is_some() {
        lines.push(Line::Gap);
    }
    lines.extend(context);
    lines
}

struct Writer {
    language: Language,
    unit: f64,
    width: f64,
}

impl Writer {
    fn pick<'l>(&self, label: &'l OwnedLabel) -> &'l str {
        say(self.language, &label.zh, &label.en)
    }

    fn line(&mut self, pen: &mut Pen<'_>, line: &Line<'_>, x: f64, y: f64, pictures: &dyn Pictures) {
        let unit = self.unit;
        let base = y + ROW * unit * 0.5 + WORDS * unit * 0.36;
        let hand = Hand::of(WORDS * unit);
        let labels = x + (SWATCH[0] + 2.2) * unit;
        match line {
            Line::Gap => {}
            Line::Figures => {
                let hand = Hand::of(2.5 * unit).grey().end();
                pen.write(x + self.width - COUNT_END * unit, base, say(self.language, "数量", "Count"), hand);
                pen.write(x + self.width, base, say(self.language, "公顷", "Hectares"), hand);
            }
            Line::Class(entry) => {
                swatch(pen, entry, x, y + (ROW - SWATCH[1]) / 2.0 * unit, unit, pictures);
                self.words(pen, labels, base, x, self.pick(&entry.label), entry.count, entry.area_ha, hand);
            }
            Line::Row(row) => {
                let indent = 3.0 * unit;
                let label = self.pick(&row.label);
                self.words(pen, x + indent, base, x, label, row.count, Some(row.area_ha), hand.grey());
            }
            Line::Total(row) => {
                let label = say(self.language, "合计", "Total");
                self.words(pen, labels, base, x, label, row.count, Some(row.area_ha), hand.bold());
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a row of a table has a place and its cells")]
    fn words(
        &self,
        pen: &mut Pen<'_>,
        label_x: f64,
        base: f64,
        x: f64,
        label: &str,
        count: Option<u64>,
        area_ha: Option<f64>,
        hand: Hand,
    ) {
        let right = x + self.width;
        let mut end = right;
        if let Some(area_ha) = area_ha {
            let words = format!("{area_ha:.2}");
            pen.write(right, base, &words, hand.end());
            end = right - pen.width(&words, hand);
        }
        if let Some(count) = count {
            let count_end = right - COUNT_END * self.unit;
            let words = count.to_string();
            pen.write(count_end, base, &words, hand.end());
            end = count_end - pen.width(&words, hand);
        }
        pen.write_within(label_x, base, end - label_x - 2.0 * self.unit, label, hand);
    }
}

/// A class as the map draws it.
fn swatch(pen: &mut Pen<'_>, entry: &LegendEntry, x: f64, y: f64, unit: f64, pictures: &dyn Pictures) {
    let (width, height) = (SWATCH[0] * unit, SWATCH[1] * unit);
    let (colour, middle) = (escaped(&entry.color), y + height / 2.0);
    let place =
        format!("x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", short(x), short(y), short(width), short(height));
    let stroke = |px: f64| short(px * unit);
    match entry.pattern {
        Pattern::Line | Pattern::DashDot => {
            let (line, dashes) = match entry.pattern {
                Pattern::DashDot => (
                    0.45,
                    format!(" stroke-dasharray=\"{} {0} {0} {0}\"", stroke(0.9)).replacen(
                        &stroke(0.9),
                        &stroke(2.6),
                        1,
                    ),
                ),
                _ => (0.9, String::new()),
            };
            put!(
                &mut pen.svg,
                "<path d=\"M{} {}h{}\" stroke=\"{colour}\" stroke-width=\"{}\"{dashes}/>",
                short(x),
                short(middle),
                short(width),
                stroke(line)
            );
        }
        Pattern::Outline => {
            put!(&mut pen.svg, "<rect {place} fill=\"none\" stroke=\"{colour}\" stroke-width=\"{}\"/>", stroke(0.55));
        }
        Pattern::Point => {
            let (x, radius) = (short(x + width / 2.0), stroke(1.4));
            put!(&mut pen.svg, "<circle cx=\"{x}\" cy=\"{}\" r=\"{radius}\" fill=\"{colour}\"/>", short(middle));
        }
        Pattern::Solid | Pattern::Dashed => {
            let is_dashed = entry.pattern == Pattern::Dashed;
            let dashes = if is_dashed {
                format!(" stroke-dasharray=\"{} {}\"", stroke(1.1), stroke(0.7))
            } else {
                String::new()
            };
            let (edge, line) = entry.stroke.map_or((palette::EDGE, 0.13), |stroke| (stroke, 0.4));
            if let Some(below) = entry.over {
                put!(&mut pen.svg, "<rect {place} fill=\"{below}\"/>");
            }
            put!(
                &mut pen.svg,
                "<rect {place} fill=\"{colour}\" fill-opacity=\"{}\" stroke=\"{edge}\" stroke-width=\"{}\"{dashes}/>",
                short(entry.opacity),
                stroke(line)
            );
            if let Some(picture) = entry.image.and_then(|name| pictures.picture(name)) {
                filled(pen, &picture, &place, unit);
            }
        }
    }
}

/// Fills a swatch with a pattern: an element of its own in which the picture repeats, so that it needs no
/// name.
fn filled(pen: &mut Pen<'_>, picture: &Picture, place: &str, unit: f64) {
    // A millimetre of an A4 sheet is 3.78 pixels: patterns keep the size that they have on the map.
    let scale = unit / PX_PER_MM;
    put!(&mut pen.svg, "<svg {place}>");
    let (columns, rows) = (SWATCH[0] * unit / (picture.width * scale), SWATCH[1] * unit / (picture.height * scale));
    for row in 0..rows.ceil() as u32 {
        for column in 0..columns.ceil() as u32 {
            let (left, top) = (f64::from(column) * picture.width * scale, f64::from(row) * picture.height * scale);
            let (left, top, scale) = (short(left), short(top), short(scale));
            put!(&mut pen.svg, "<g transform=\"translate({left} {top}) scale({scale})\">{}</g>", picture.svg);
        }
    }
    pen.svg.push_str("</svg>");
}
