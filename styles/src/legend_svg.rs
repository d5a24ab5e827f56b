//! A legend as a picture, for documents and for clients that show one beside their map.

use std::fmt::Write;

use ::layers::stats::OwnedLabel;

use crate::legend::{Legend, LegendEntry, Pattern};
use crate::palette;

/// The language of a picture's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Chinese (simplified).
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// The language with that code, `zh` or `en`.
    pub fn of(code: &str) -> Option<Self> {
        match code {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    fn pick(self, label: &OwnedLabel) -> &str {
        match self {
            Self::Zh => &label.zh,
            Self::En => &label.en,
        }
    }

    /// How an area is written: two decimals and the unit.
    fn hectares(self, area_ha: f64) -> String {
        match self {
            Self::Zh => format!("{area_ha:.2} 公顷"),
            Self::En => format!("{area_ha:.2} ha"),
        }
    }
}

const WIDTH: u32 = 320;
const ROW: u32 = 24;
const HEADING: u32 = 36;

/// The legend as an SVG document.
///
/// Classes first, with counts and hectares; then what lies around them. A class that could be
/// there and is not (`not_assessed` with none) is left out.
pub fn legend_svg(legend: &Legend, language: Language) -> String {
    let entries = legend.entries.iter().filter(|entry| !(entry.key == "not_assessed" && entry.count == Some(0)));
    let rows: Vec<&LegendEntry> = entries.chain(&legend.context).collect();
    let height = HEADING + ROW * rows.len() as u32 + 12;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" font-family="'Noto Sans CJK SC','Noto Sans SC','Microsoft YaHei','PingFang SC',sans-serif" font-size="13" fill="{ink}">"#,
        ink = palette::INK
    );
    let title = OwnedLabel::from(&legend.title);
    svg.push_str(r#"<g font-size="15" font-weight="600">"#);
    text(&mut svg, 12, 24, "start", language.pick(&title));
    svg.push_str("</g>");
    for (index, entry) in rows.iter().enumerate() {
        let top = HEADING + ROW * index as u32;
        swatch(&mut svg, entry, top + 5);
        text(&mut svg, 48, top + 17, "start", language.pick(&entry.label));
        if let Some(count) = entry.count {
            text(&mut svg, 218, top + 17, "end", &count.to_string());
        }
        if let Some(area_ha) = entry.area_ha {
            text(&mut svg, WIDTH - 12, top + 17, "end", &language.hectares(area_ha));
        }
    }
    svg.push_str("</svg>");
    svg
}

/// Draws a class as the map does, 26 by 14 from the left margin.
fn swatch(svg: &mut String, entry: &LegendEntry, top: u32) {
    let (colour, opacity) = (&entry.color, entry.opacity);
    let middle = top + 7;
    let drawn = match entry.pattern {
        Pattern::Solid | Pattern::Dashed => {
            let dashes = if entry.pattern == Pattern::Dashed { r#" stroke-dasharray="4 2.5""# } else { "" };
            let (edge, width) = entry.stroke.map_or((palette::EDGE, 0.5), |stroke| (stroke, 1.5));
            if let Some(below) = entry.over {
                write!(svg, r#"<rect x="12" y="{top}" width="26" height="14" fill="{below}"/>"#)
                    .expect("writing to a string cannot fail");
            }
            write!(
                svg,
                r#"<rect x="12" y="{top}" width="26" height="14" fill="{colour}" fill-opacity="{opacity}" stroke="{edge}" stroke-width="{width}"{dashes}/>"#
            )
        }
        Pattern::Outline => write!(
            svg,
            r#"<rect x="13" y="{top}" width="24" height="14" fill="none" stroke="{colour}" stroke-width="2"/>"#
        ),
        Pattern::Line | Pattern::DashDot => {
            let (width, dashes) = match entry.pattern {
                Pattern::DashDot => ("1.8", r#" stroke-dasharray="9 3 2 3""#),
                _ => ("3.5", ""),
            };
            write!(
                svg,
                r#"<line x1="12" y1="{middle}" x2="38" y2="{middle}" stroke="{colour}" stroke-width="{width}"{dashes}/>"#
            )
        }
        Pattern::Point => write!(svg, r#"<circle cx="25" cy="{middle}" r="5" fill="{colour}"/>"#),
    };
    drawn.expect("writing to a string cannot fail");
}

fn text(svg: &mut String, x: u32, y: u32, anchor: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let drawn = write!(svg, r#"<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>"#);
    drawn.expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use ::layers::stats::Statistics;

    use super::*;
    use crate::legend;

    #[test]
    fn a_legend_is_drawn_in_either_language() {
        let legend = legend("intensity", &Statistics::default(), &[]).expect("the theme exists");
        assert!(legend_svg(&legend, Language::Zh).contains(">综合开发强度<"));
        assert!(legend_svg(&legend, Language::En).contains(">Development intensity<"));
    }

    #[test]
    fn names_cannot_break_out_of_the_picture() {
        let mut legend = legend("overview", &Statistics::default(), &[]).expect("the theme exists");
        legend.entries[0].label.en = "<script>&".to_owned();
        let svg = legend_svg(&legend, Language::En);
        assert!(svg.contains("&lt;script&gt;&amp;") && !svg.contains("<script>"));
    }
}
