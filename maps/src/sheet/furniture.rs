//! Frame, title, north arrow, scale and notes.

use styles::Language;

use super::layout::{Area, Layout};
use super::paper::{metres_per_px, round_below};
use super::words::{Hand, INK, Pen};
use crate::svg::{put, short};

/// A line of the right language.
pub(super) fn say<'w>(language: Language, zh: &'w str, en: &'w str) -> &'w str {
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

fn rectangle(pen: &mut Pen<'_>, area: Area, width: f64) {
    put!(
        &mut pen.svg,
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"{INK}\" stroke-width=\"{}\"/>",
        short(area.x),
        short(area.y),
        short(area.width),
        short(area.height),
        short(width)
    );
}

/// The thin line around the map, the thick one around its grid numbers.
pub(super) fn frame(pen: &mut Pen<'_>, layout: &Layout) {
    rectangle(pen, layout.map, 0.2 * layout.unit);
    rectangle(pen, layout.outer(), 0.6 * layout.unit);
}

pub(super) fn title(pen: &mut Pen<'_>, title: &str, layout: &Layout) {
    let hand = Hand::of(7.4 * layout.unit).bold().middle();
    let area = layout.title;
    pen.write_within(area.x + area.width / 2.0, area.y + area.height * 0.72, area.width, title, hand);
}

/// An arrow in the map's upper right corner: the map has north up everywhere.
pub(super) fn north(pen: &mut Pen<'_>, layout: &Layout) {
    let unit = layout.unit;
    let (x, y) = (layout.map.right() - 8.5 * unit, layout.map.y + 4.0 * unit);
    let at = |dx: f64, dy: f64| format!("{} {}", short(x + dx * unit), short(y + dy * unit));
    let (tip, left, notch, right) = (at(0.0, 4.5), at(-3.2, 15.0), at(0.0, 12.4), at(3.2, 15.0));
    put!(
        &mut pen.svg,
        "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"#ffffff\" fill-opacity=\"0.82\"/>\
         <path d=\"M{tip}L{left}L{notch}z\" fill=\"{INK}\"/>\
         <path d=\"M{tip}L{left}L{notch}L{right}z\" fill=\"none\" stroke=\"{INK}\" stroke-width=\"{}\" stroke-linejoin=\"round\"/>",
        short(x),
        short(y + 8.2 * unit),
        short(8.4 * unit),
        short(0.25 * unit)
    );
    pen.write(x, y + 3.6 * unit, "N", Hand::of(4.2 * unit).bold().middle());
}

/// The scale in numbers and as a bar; returns where what follows below begins.
pub(super) fn scale(pen: &mut Pen<'_>, scale: f64, language: Language, layout: &Layout) -> f64 {
    let (unit, area) = (layout.unit, layout.key);
    let column = area.width / layout.columns as f64;
    let words = format!("{} 1:{}", say(language, "比例尺", "Scale"), grouped(scale));
    pen.write(area.x, area.y + 4.2 * unit, &words, Hand::of(3.7 * unit).bold());
    let metres_per_px = metres_per_px(scale);
    // Room for the last number behind the bar.
    let length = round_below((column - 14.0 * unit) * metres_per_px);
    let px = length / metres_per_px;
    let top = area.y + 10.2 * unit;
    let height = 1.5 * unit;
    for quarter in 0..4 {
        let fill = if quarter % 2 == 0 { INK } else { "#ffffff" };
        put!(
            &mut pen.svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\" stroke=\"{INK}\" stroke-width=\"{}\"/>",
            short(area.x + f64::from(quarter) * px / 4.0),
            short(top),
            short(px / 4.0),
            short(height),
            short(0.2 * unit)
        );
    }
    let (divisor, name) =
        if length >= 1000.0 { (1000.0, say(language, "千米", "km")) } else { (1.0, say(language, "米", "m")) };
    let hand = Hand::of(2.7 * unit);
    for (part, suffix) in [(0.0, ""), (0.5, ""), (1.0, name)] {
        let number = short(length * part / divisor);
        let x = area.x + px * part;
        let y = top - 1.0 * unit;
        match part {
            0.0 => pen.write(x, y, &number, hand),
            1.0 => pen.write(x - pen.width(&number, hand) / 2.0, y, &format!("{number} {suffix}"), hand),
            _ => pen.write(x, y, &number, hand.middle()),
        }
    }
    top + height + 8.0 * unit
}

/// `25 000`.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// What the map rests on, from the bottom of its room upwards; smaller if there is much to say.
pub(super) fn notes(pen: &mut Pen<'_>, notes: &[(String, String)], language: Language, layout: &Layout) {
    let area = layout.notes;
    let colon = say(language, "：", ": ");
    let mut size = 2.75 * layout.unit;
    let mut lines = Vec::new();
    while size > 1.8 * layout.unit {
        let hand = Hand::of(size).serif();
        let each =
            notes.iter().flat_map(|(heading, words)| pen.lines(&format!("{heading}{colon}{words}"), area.width, hand));
        lines = each.collect();
        if lines.len() as f64 * size * 1.4 <= area.height {
            break;
        }
        size *= 0.95;
    }
    let height = size * 1.4;
    let begin = area.bottom() - height * lines.len() as f64;
    put!(
        &mut pen.svg,
        "<path d=\"M{} {}h{}\" stroke=\"{INK}\" stroke-width=\"{}\"/>",
        short(area.x),
        short(begin - 1.2 * layout.unit),
        short(area.width),
        short(0.15 * layout.unit)
    );
    for (place, line) in lines.iter().enumerate() {
        let y = begin + height * (place as f64 + 0.78);
        pen.write(area.x, y, line, Hand::of(size).serif().grey());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_grouped() {
        assert_eq!(
            [grouped(500.0), grouped(25_000.0), grouped(1_250_000.0)],
            ["500", "25\u{a0}000", "1\u{a0}250\u{a0}000"]
        );
    }
}
