//! Symbols of QGIS: a fill with a thin edge, an outline, a line. Widths are millimetres on paper.

use std::fmt::{self, Write};

use crate::palette::{self, Colour};

/// A symbol with one symbol layer.
#[derive(Clone, Debug)]
pub(super) struct Symbol {
    kind: &'static str,
    layer: &'static str,
    properties: Vec<(&'static str, String)>,
}

/// How a line is broken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dash {
    Solid,
    DashDot,
}

impl Dash {
    fn name(self) -> &'static str {
        match self {
            Self::Solid => "solid",
            Self::DashDot => "dash dot",
        }
    }
}

impl Symbol {
    /// An area, with the thin edge that parts it from the next.
    pub(super) fn fill(colour: Colour) -> Self {
        Self::area(rgba(colour), "solid", palette::EDGE, 0.1, Dash::Solid)
    }

    /// An area of which only the outline is drawn.
    pub(super) fn outline(colour: Colour, width_mm: f64, dash: Dash) -> Self {
        Self::area("0,0,0,0".to_owned(), "no", colour, width_mm, dash)
    }

    /// A line.
    pub(super) fn line(colour: Colour, width_mm: f64) -> Self {
        let properties = vec![
            ("line_color", rgba(colour)),
            ("line_width", width_mm.to_string()),
            ("line_width_unit", "MM".to_owned()),
            ("joinstyle", "round".to_owned()),
        ];
        Self { kind: "line", layer: "SimpleLine", properties }
    }

    fn area(fill: String, style: &str, edge: Colour, width_mm: f64, dash: Dash) -> Self {
        let properties = vec![
            ("color", fill),
            ("style", style.to_owned()),
            ("outline_color", rgba(edge)),
            ("outline_style", dash.name().to_owned()),
            ("outline_width", width_mm.to_string()),
            ("outline_width_unit", "MM".to_owned()),
            ("joinstyle", "bevel".to_owned()),
        ];
        Self { kind: "fill", layer: "SimpleFill", properties }
    }

    /// Writes the symbol under a name.
    pub(super) fn write(&self, name: &str, out: &mut String) -> fmt::Result {
        writeln!(out, r#"<symbol name="{name}" type="{}" alpha="1" clip_to_extent="1" force_rhr="0">"#, self.kind)?;
        writeln!(out, r#"<layer class="{}" enabled="1" locked="0" pass="0">"#, self.layer)?;
        // QGIS reads `Option` from 3.18 on, `prop` before; what it does not know it skips.
        out.push_str("<Option type=\"Map\">\n");
        for (name, value) in &self.properties {
            writeln!(out, r#"<Option name="{name}" type="QString" value="{value}"/>"#)?;
        }
        out.push_str("</Option>\n");
        for (name, value) in &self.properties {
            writeln!(out, r#"<prop k="{name}" v="{value}"/>"#)?;
        }
        out.push_str("</layer>\n</symbol>\n");
        Ok(())
    }
}

/// A colour as QGIS writes it: red, green, blue, alpha.
pub(super) fn rgba(colour: Colour) -> String {
    let number = u32::from_str_radix(&colour[1..], 16).expect("colours of the palette are #rrggbb");
    let [_, red, green, blue] = number.to_be_bytes();
    format!("{red},{green},{blue},255")
}
