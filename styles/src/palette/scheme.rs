//! Colours around the subject of a map: ground, plan blocks, boundaries, text. A map on a light
//! screen, on a dark one and on paper differ in these alone.

use super::{
    BLOCK, BLOCK_ROAD, CONTROL_LINE, Colour, EDGE, GROUND, HALO, INK, NOT_ASSESSED, OTHER, PAPER, PARK, PLAIN, SCOPE,
};

/// What a map is made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Variant {
    /// A light screen.
    #[default]
    Light,
    /// A dark screen.
    Dark,
    /// Paper.
    Print,
}

impl Variant {
    /// Every variant.
    pub const ALL: [Variant; 3] = [Variant::Light, Variant::Dark, Variant::Print];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Print => "print",
        }
    }

    /// The id of a style in this variant: `far`, `far-dark`, `far-print`.
    pub fn style_id(self, base: &str) -> String {
        match self {
            Self::Light => base.to_owned(),
            other => format!("{base}-{}", other.name()),
        }
    }

    /// What a style's id says: the style's base and its variant.
    pub fn of_style(id: &str) -> (&str, Self) {
        let of = |variant: Self| Some((id.strip_suffix(variant.name())?.strip_suffix('-')?, variant));
        of(Self::Dark).or_else(|| of(Self::Print)).unwrap_or((id, Self::Light))
    }

    /// Its colours.
    pub fn scheme(self) -> &'static Scheme {
        match self {
            Self::Light => &LIGHT,
            Self::Dark => &DARK,
            Self::Print => &PRINT,
        }
    }
}

/// The colours around the subject of a map.
#[derive(Debug)]
pub struct Scheme {
    /// The ground outside the study area.
    pub ground: Colour,
    /// The ground inside the study area.
    pub paper: Colour,
    /// Thin lines that only part one patch from the next.
    pub edge: Colour,
    /// Text.
    pub ink: Colour,
    /// The seam around text and boundaries.
    pub halo: Colour,
    /// Plan blocks, where they are only the backdrop.
    pub block: Colour,
    /// Planned roads on that backdrop.
    pub block_road: Colour,
    /// What could not be assessed for want of an input.
    pub not_assessed: Colour,
    /// Layers that the analyses do not know.
    pub plain: Colour,
    /// Industrial land that is not the subject of a map of industrial land.
    pub other: Colour,
    /// Outlines of industrial parks.
    pub park: Colour,
    /// The industrial control line.
    pub control_line: Colour,
    /// The study boundary.
    pub scope: Colour,
}

static LIGHT: Scheme = Scheme {
    ground: GROUND,
    paper: PAPER,
    edge: EDGE,
    ink: INK,
    halo: HALO,
    block: BLOCK,
    block_road: BLOCK_ROAD,
    not_assessed: NOT_ASSESSED,
    plain: PLAIN,
    other: OTHER,
    park: PARK,
    control_line: CONTROL_LINE,
    scope: SCOPE,
};

static DARK: Scheme = Scheme {
    ground: "#12151a",
    paper: "#1b1f25",
    edge: "#0c0e11",
    ink: "#f1efe8",
    halo: "#14171b",
    block: "#2a2f37",
    block_road: "#1f242a",
    not_assessed: "#7d828a",
    plain: "#6c747e",
    other: "#5d5347",
    park: "#8fc1ee",
    control_line: "#d99a5b",
    scope: "#f7f5ee",
};

// White where there is no ink to be spent, black where a copier must still see it.
static PRINT: Scheme = Scheme {
    ground: "#fefefe",
    paper: "#ffffff",
    edge: "#4d4d4d",
    ink: "#000000",
    halo: "#ffffff",
    block: "#f0efec",
    block_road: "#fdfdfd",
    not_assessed: "#d3d3d3",
    plain: "#a3a3a3",
    other: "#efe9e0",
    park: PARK,
    control_line: CONTROL_LINE,
    scope: SCOPE,
};

#[cfg(test)]
impl Scheme {
    /// Colours that carry no meaning and so need no legend: ground, thin edges, text.
    pub(crate) fn neutral(&self) -> [Colour; 6] {
        [self.ground, self.paper, self.edge, self.ink, self.halo, INK]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_which_variant_it_is_of() {
        for variant in Variant::ALL {
            assert_eq!(Variant::of_style(&variant.style_id("far")), ("far", variant));
        }
        assert_eq!(Variant::of_style("-dark"), ("", Variant::Dark));
        assert_eq!(Variant::of_style("dark"), ("dark", Variant::Light));
        assert_eq!(Variant::of_style("我的-print"), ("我的", Variant::Print));
    }
}
