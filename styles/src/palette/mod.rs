//! Every colour of the maps, by what it means. Nothing else in this crate writes a colour.
//!
//! Land uses have the colours of 市级国土空间总体规划制图规范 (试行, 2021), appendix B (`land_use`). The
//! other colours are ours: ramps that people with red-green colour blindness can read, one hue a theme.
//! Classes have one colour on every map; what lies around them has those of a [`Scheme`].

mod land_use;
mod scheme;
#[cfg(test)]
mod vision;

pub use land_use::{LandUse, PLAN_LINES, PlanLine, land_use, land_uses};
pub use scheme::{Scheme, Variant};

/// `#rrggbb`.
pub type Colour = &'static str;

/// The ground outside the study area.
pub const GROUND: Colour = "#eef0ec";
/// The ground inside the study area.
pub const PAPER: Colour = "#fbfaf6";
/// Thin lines that only part one patch from the next.
pub const EDGE: Colour = "#5c5348";
/// Dark outlines and patterns on the fill of a class, on every map; text where the ground is light.
pub const INK: Colour = "#22262b";
/// The seam around text.
pub const HALO: Colour = "#ffffff";
/// Industrial land that is not the subject of a map of industrial land.
pub const OTHER: Colour = "#e9dfd1";

/// Plan blocks, where they are only the backdrop of another theme.
pub const BLOCK: Colour = "#ece8df";
/// Planned roads on that backdrop.
pub const BLOCK_ROAD: Colour = "#ffffff";
/// What could not be assessed for want of an input.
pub const NOT_ASSESSED: Colour = "#c9ccd0";
/// Layers that the analyses do not know, below a theme.
pub const PLAIN: Colour = "#9aa1a9";

/// Industrial land: 工业用地 187,150,116.
pub const INDUSTRY: Colour = "#bb9674";
/// Industrial land that the plan wants for another use.
pub const OUT: Colour = "#b5306b";
/// Land that the plan wants for industry.
pub const NEW: Colour = "#1f6fb4";
/// A use that is mandatory content of the plan, where industry stands.
pub const MANDATORY: Colour = "#d7191c";
/// The dark outline of mandatory pieces.
pub const MANDATORY_EDGE: Colour = "#6d0a0c";
/// Another use that is not mandatory.
pub const NON_MANDATORY: Colour = "#ff9a1f";

/// The study boundary: black dash-dot.
pub const SCOPE: Colour = "#000000";
/// The industrial control line: brown, thick.
pub const CONTROL_LINE: Colour = "#7a4419";
/// Land that can hardly be used alone, where its kinds do not matter.
pub const MARGINAL: Colour = "#7b3fa0";
/// Industrial land without an approval.
pub const NOT_APPROVED: Colour = "#0b3d91";
/// Outlines of industrial parks: a blue too dark to be taken for a class of any theme.
pub const PARK: Colour = "#16324f";

/// A class's code and colour.
pub type ClassColour = (&'static str, Colour);

/// Groups of planned uses, in the colours of the national palette.
pub const GROUP: [ClassColour; 6] = [
    ("industrial", INDUSTRY),
    ("education", "#ff85c9"),
    ("road", "#a3a3a3"),
    ("residential", "#ffff2d"),
    ("commercial", "#ff0000"),
    ("other", "#cfd8c4"),
];

/// What becomes of industrial land under the plan.
pub const CHANGE: [ClassColour; 3] = [("out", OUT), ("new", NEW), ("keep", INDUSTRY)];

/// Floor area ratio: purple, darker where more is built.
pub const FAR: [ClassColour; 5] =
    [("1", "#efedf5"), ("2", "#cbc9e2"), ("3", "#9e9ac8"), ("4", "#756bb1"), ("5", "#4a1486")];

/// Building density: green-blue, darker where more is built.
pub const DENSITY: [ClassColour; 5] =
    [("1", "#eff9f6"), ("2", "#94d1be"), ("3", "#4fac95"), ("4", "#1f8672"), ("5", "#004a3f")];

/// Development intensity, poor to good: ColorBrewer RdYlBu, safe for colour-blind readers.
pub const INTENSITY: [ClassColour; 5] =
    [("1", "#d7191c"), ("2", "#fdae61"), ("3", "#ffffbf"), ("4", "#abd9e9"), ("5", "#2c7bb6")];

/// Industrial zones.
pub const ZONE: [ClassColour; 3] =
    [("agglomeration", "#0f7f8c"), ("transformation", "#8a63c7"), ("relocation", "#d9952b")];

/// Whether the plan wants something else, and how strictly.
pub const CONFLICT: [ClassColour; 3] = [("none", INDUSTRY), ("non_mandatory", NON_MANDATORY), ("mandatory", MANDATORY)];

/// Whether the approval database has the land.
pub const APPROVAL: [ClassColour; 3] = [("approved", "#4c9a8a"), ("partial", "#e0c36a"), ("missing", NOT_APPROVED)];

/// Whether a permit can be had, no to yes: safe for colour-blind readers.
pub const PERMIT: [ClassColour; 4] =
    [("deny", "#d7191c"), ("hold", "#fdae61"), ("file", "#abd9e9"), ("allow", "#2c7bb6")];

/// How a small piece of land lies among its neighbours.
pub const MARGINAL_KIND: [ClassColour; 3] =
    [("enclosed", "#5e2b97"), ("interlocked", "#0096a8"), ("corner", "#d9640d")];

/// What is advised. Purples take land elsewhere, reds take it back, oranges let it stay as it is,
/// blues let it be built on; what befalls idle land is hatched as well.
pub const DISPOSAL: [ClassColour; 19] = [
    ("SWAP", "#8e2f8a"),
    ("RECERT", "#1b9e8f"),
    ("DEADLINE", "#09485d"),
    ("PARTIAL", "#80c7a9"),
    ("RECOVER", "#c51b3a"),
    ("FILE", "#f4a340"),
    ("KEEP", "#fde0a8"),
    ("CONSULT", "#b7bbc5"),
    ("UPGRADE", "#277dbe"),
    ("NORMAL", "#cae7f9"),
    ("FORCE_OUT", "#5f0f1a"),
    ("I1c", "#df867c"),
    ("I1e", "#ba91bf"),
    ("I1d", "#a6d1e6"),
    ("I1b", "#a7dca0"),
    ("I1a", "#67bcf5"),
    ("I2b", "#a50f15"),
    ("I2a", "#fb8d3c"),
    ("I3", "#8c8c8c"),
];

/// Whether land is idle, or used too little.
pub const CONCERN: [ClassColour; 2] = [("true", OUT), ("false", "#8fb8a0")];

/// What is so.
pub(crate) const YES: Colour = "#3b6ea5";
/// What is not so.
pub(crate) const NO: Colour = "#e3dfd6";

/// The colours of an attribute or a code list; `None` where it has none of its own.
pub fn of_list(list: &str) -> Option<&'static [ClassColour]> {
    Some(match list {
        "group" | "conflict_type" => &GROUP,
        "change" => &CHANGE,
        "conflict" => &CONFLICT,
        "approval" => &APPROVAL,
        "far_class" => &FAR,
        "density_class" => &DENSITY,
        "intensity" => &INTENSITY,
        "zone" => &ZONE,
        "permit" | "permit_new" | "permit_ext" => &PERMIT,
        "idle" | "low" => &CONCERN,
        "marginal_kind" => &MARGINAL_KIND,
        "disposal" => &DISPOSAL,
        _ => return None,
    })
}

/// The colours of a ramp for so many classes, as far apart as they can be: its ends and what lies
/// evenly between them. More classes than colours begin anew.
pub fn spread(ramp: &[ClassColour], classes: usize) -> Vec<Colour> {
    let last = ramp.len() - 1;
    let place = |class: usize| match classes {
        0 | 1 => 0,
        few if few <= ramp.len() => (class * last + (few - 1) / 2) / (few - 1),
        _ => class % ramp.len(),
    };
    (0..classes).map(|class| ramp[place(class)].1).collect()
}

/// Hues for layers of which nothing but the geometry is known, told apart by neighbours in the list.
pub const HUES: [Colour; 10] =
    ["#1f6fb4", "#c2571a", "#2f8f4e", "#8a4fa3", "#b3323f", "#0f8a8a", "#8c6b1f", "#4a5fc1", "#b0418a", "#5b7a1c"];

/// The colour of a class of an attribute, where a map has one.
pub fn class_colour(attribute: &str, code: &str) -> Option<Colour> {
    of_list(attribute)?.iter().find(|(known, _)| *known == code).map(|(_, colour)| *colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_classes_than_colours_keep_the_ends_of_the_ramp() {
        assert_eq!(spread(&FAR, 5), FAR.map(|(_, colour)| colour));
        assert_eq!(spread(&FAR, 2), [FAR[0].1, FAR[4].1]);
        assert_eq!(spread(&FAR, 3), [FAR[0].1, FAR[2].1, FAR[4].1]);
        let four = spread(&FAR, 4);
        assert_eq!((four[0], four[3]), (FAR[0].1, FAR[4].1));
        assert!(four.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
