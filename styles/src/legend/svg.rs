//! A legend as a picture, for documents and for clients that show one beside their map.

use std::fmt::Write;

use ::layers::stats::OwnedLabel;

use super::{Legend, LegendEntry, Pattern};
use crate::language::Language;
use crate::palette::{self, Variant};
use crate::sprite::{SpriteImage, sprite_image};

const ROW: u32 = 24;
const HEADING: u32 = 36;
const MARGIN: u32 = 12;
/// Where labels begin.
const LABELS: u32 = 48;
/// Room for counts, and for hectares.
const FIGURES: [u32; 2] = [56, 104];
/// Width of a letter and of a Han character, roughly: the picture's reader has other fonts than we.
const LETTERS: [u32; 2] = [7, 13];
/// Above so many classes those that do not occur are left out.
const MANY: usize = 10;

/// The legend as an SVG document, in the colours of its style's variant.
///
/// Classes first, with counts and hectares; then what lies around them. A class that could be
/// there and is not (`not_assessed` with none, or any of a long list) is left out.
pub fn legend_svg(legend: &Legend, language: Language) -> String {
    let scheme = Variant::of_style(&legend.style).1.scheme();
    let is_long = legend.entries.len() > MANY;
    let is_there = |entry: &&LegendEntry| entry.count != Some(0) || !(is_long || entry.key == "not_assessed");
    let rows: Vec<&LegendEntry> = legend.entries.iter().filter(is_there).chain(&legend.context).collect();
    let title = OwnedLabel::from(&legend.title);
    let has_figures = rows.iter().any(|entry| entry.area_ha.is_some());
    let figures = if has_figures { FIGURES.iter().sum() } else { 0 };
    let widest = rows.iter().map(|entry| width_of(language.pick(&entry.label))).max().unwrap_or(0);
    let heading = width_of(language.pick(&title)) * 5 / 4;
    let width = (LABELS + widest + figures + MARGIN).max(heading + 2 * MARGIN);
    let height = HEADING + ROW * rows.len() as u32 + MARGIN;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="'Noto Sans CJK SC','Noto Sans SC','Microsoft YaHei','PingFang SC',sans-serif" font-size="13" fill="{ink}">"#,
        ink = scheme.ink
    );
    define_images(&mut svg, &rows);
    if scheme.ink != palette::INK {
        // Words of another colour need the ground that they are made for.
        write(&mut svg, format_args!(r#"<rect width="{width}" height="{height}" fill="{}"/>"#, scheme.paper));
    }
    svg.push_str(r#"<g font-size="15" font-weight="600">"#);
    text(&mut svg, MARGIN, 24, "start", language.pick(&title));
    svg.push_str("</g>");
    for (index, entry) in rows.iter().enumerate() {
        let top = HEADING + ROW * index as u32;
        swatch(&mut svg, entry, top + 5, scheme.edge);
        text(&mut svg, LABELS, top + 17, "start", language.pick(&entry.label));
        if let Some(count) = entry.count {
            text(&mut svg, width - MARGIN - FIGURES[1], top + 17, "end", &count.to_string());
        }
        if let Some(area_ha) = entry.area_ha {
            text(&mut svg, width - MARGIN, top + 17, "end", &language.hectares(area_ha));
        }
    }
    svg.push_str("</svg>");
    svg
}

/// How wide words are, roughly.
fn width_of(words: &str) -> u32 {
    words.chars().map(|character| LETTERS[usize::from(character as u32 >= 0x2e80)]).sum()
}

/// The patterns that swatches are filled with.
fn define_images(svg: &mut String, rows: &[&LegendEntry]) {
    let mut images: Vec<&SpriteImage> = rows.iter().filter_map(|entry| sprite_image(entry.image?)).collect();
    images.sort_by_key(|image| image.name);
    images.dedup_by_key(|image| image.name);
    for SpriteImage { name, size, .. } in &images {
        let content = sprite_image(name).map_or("", SpriteImage::content);
        write(
            svg,
            format_args!(
                r#"<defs><pattern id="{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">{content}</pattern></defs>"#
            ),
        );
    }
}

fn write(svg: &mut String, drawn: std::fmt::Arguments<'_>) {
    svg.write_fmt(drawn).expect("writing to a string cannot fail");
}

/// Draws a class as the map does, 26 by 14 from the left margin.
fn swatch(svg: &mut String, entry: &LegendEntry, top: u32, edge: palette::Colour) {
    let (colour, opacity) = (&entry.color, entry.opacity);
    let middle = top + 7;
    match entry.pattern {
        Pattern::Solid | Pattern::Dashed => {
            let dashes = if entry.pattern == Pattern::Dashed { r#" stroke-dasharray="4 2.5""# } else { "" };
            let (edge, width) = entry.stroke.map_or((edge, 0.5), |stroke| (stroke, 1.5));
            let mut fill = |fill: std::fmt::Arguments<'_>| {
                write(svg, format_args!(r#"<rect x="12" y="{top}" width="26" height="14" {fill}/>"#));
            };
            if let Some(below) = entry.over {
                fill(format_args!(r#"fill="{below}""#));
            }
            fill(format_args!(
                r#"fill="{colour}" fill-opacity="{opacity}" stroke="{edge}" stroke-width="{width}"{dashes}"#
            ));
            if let Some(image) = entry.image {
                fill(format_args!(r#"fill="url(#{image})""#));
            }
        }
        Pattern::Outline => write(
            svg,
            format_args!(
                r#"<rect x="13" y="{top}" width="24" height="14" fill="none" stroke="{colour}" stroke-width="2"/>"#
            ),
        ),
        Pattern::Line | Pattern::DashDot => {
            let (width, dashes) = match entry.pattern {
                Pattern::DashDot => ("1.8", r#" stroke-dasharray="9 3 2 3""#),
                _ => ("3.5", ""),
            };
            write(
                svg,
                format_args!(
                    r#"<line x1="12" y1="{middle}" x2="38" y2="{middle}" stroke="{colour}" stroke-width="{width}"{dashes}/>"#
                ),
            );
        }
        Pattern::Point => write(svg, format_args!(r#"<circle cx="25" cy="{middle}" r="5" fill="{colour}"/>"#)),
    }
}

fn text(svg: &mut String, x: u32, y: u32, anchor: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    write(svg, format_args!(r#"<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>"#));
}

#[cfg(test)]
mod tests {
    use ::layers::stats::Statistics;

    use super::*;
    use crate::{LegendSources, themes};

    fn legend(id: &str) -> Legend {
        let statistics = Statistics::default();
        let sources = LegendSources { statistics: &statistics, codes: &[], plan: &[] };
        crate::legend(id, &sources).expect("the theme exists")
    }

    #[test]
    fn a_legend_is_drawn_in_either_language() {
        let legend = legend("intensity");
        assert!(legend_svg(&legend, Language::Zh).contains(">综合开发强度<"));
        assert!(legend_svg(&legend, Language::En).contains(">Development intensity<"));
    }

    #[test]
    fn names_cannot_break_out_of_the_picture() {
        let mut legend = legend("overview");
        legend.entries[0].label.en = "<script>&".to_owned();
        let svg = legend_svg(&legend, Language::En);
        assert!(svg.contains("&lt;script&gt;&amp;") && !svg.contains("<script>"));
    }

    #[test]
    fn every_legend_is_a_picture_with_its_patterns() {
        use resvg::usvg::{Options, Tree};
        for theme in themes() {
            for variant in Variant::ALL {
                let legend = legend(&variant.style_id(theme.id));
                let svg = legend_svg(&legend, Language::En);
                Tree::from_str(&svg, &Options::default()).unwrap_or_else(|error| panic!("{}: {error}", theme.id));
                for image in legend.entries.iter().filter_map(|entry| entry.image) {
                    assert!(svg.contains(&format!(r#"<pattern id="{image}""#)), "{}: {image}", theme.id);
                }
            }
        }
    }
}
