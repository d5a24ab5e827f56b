//! What lies around the subject of a map: plan blocks below it, boundaries above it.

use serde_json::{Value, json};

use crate::layers::cells;
use crate::look::{Class, Look};
use crate::palette;
use crate::style_layer::{StyleLayer, by_text, by_zoom, is, matching};

/// How strongly the plan's land uses shine through below industrial land.
pub(crate) const ZONING_OPACITY: f64 = 0.4;

/// The study area's ground.
pub(crate) fn ground(look: &Look<'_>) -> Vec<StyleLayer> {
    vec![StyleLayer::fill("scope-ground", "scope").paint("fill-color", json!(look.scheme.paper))]
}

/// Plan blocks as a quiet backdrop, roads left open like on a city map.
pub(crate) fn blocks(look: &Look<'_>) -> Vec<StyleLayer> {
    let road = (json!("road"), json!(look.scheme.block_road));
    let colour = matching("group", [road], json!(look.scheme.block));
    vec![StyleLayer::fill("blocks", "zoning").paint("fill-color", colour)]
}

/// Plan blocks in the colours of their groups of uses.
pub(crate) fn groups(look: &Look<'_>) -> Vec<StyleLayer> {
    let colour = by_text("group", &look.classes("group"), look.scheme.not_assessed);
    vec![
        StyleLayer::fill("zoning", "zoning")
            .paint("fill-color", colour)
            .paint("fill-opacity", json!(ZONING_OPACITY))
            .paint("fill-outline-color", json!(look.scheme.paper)),
    ]
}

/// The plan itself: blocks in the national colours of their uses, with the plan's own lines.
pub(crate) fn plan(look: &Look<'_>) -> Vec<StyleLayer> {
    let mut layers = vec![
        cells::plain(json!(palette::INDUSTRY)),
        StyleLayer::fill("zoning", "zoning").paint("fill-color", plan_colour(look)),
        StyleLayer::line("zoning-edge", "zoning")
            .paint("line-color", json!(look.scheme.edge))
            .paint("line-width", by_zoom(&[(11.0, 0.1), (14.0, 0.5), (18.0, 1.2)])),
    ];
    layers.extend(plan_lines(look));
    layers.push(
        StyleLayer::line("parcels-outline", "parcels")
            .paint("line-color", json!(look.scheme.ink))
            .paint("line-width", by_zoom(&[(10.0, 0.2), (13.0, 0.8), (18.0, 2.0)])),
    );
    layers
}

/// By the codes that occur; where nobody kept them, by group.
fn plan_colour(look: &Look<'_>) -> Value {
    let class = |(code, class): (&str, &palette::LandUse)| Class {
        code: code.to_owned(),
        label: class.label.clone(),
        colour: class.colour,
    };
    let uses: Vec<Class> = look.plan_uses().map(class).collect();
    if uses.is_empty() {
        return by_text("group", &look.classes("group"), look.scheme.not_assessed);
    }
    by_text("plan_code", &uses, look.scheme.not_assessed)
}

/// The control lines of the plan, as the outlines of the land that they are drawn around: red of
/// roads, green of green land, blue of waters, purple of heritage, yellow of utilities.
pub(crate) fn plan_lines(look: &Look<'_>) -> Vec<StyleLayer> {
    let line = |line: &palette::PlanLine| {
        let codes: Vec<Value> = look.plan_codes_of(line).map(|code| is("plan_code", code)).collect();
        (!codes.is_empty()).then(|| {
            let any = [vec![json!("any")], codes].concat();
            StyleLayer::line(format!("plan-line-{}", line.key), "zoning")
                .filter(json!(["all", is("mandatory", true), any]))
                .min_zoom(12.0)
                .paint("line-color", json!(line.colour))
                .paint("line-width", by_zoom(&[(12.0, 0.5), (15.0, 1.4), (18.0, 2.4)]))
        })
    };
    palette::PLAN_LINES.iter().filter_map(line).collect()
}

/// Parks, the control line and the study boundary.
pub(crate) fn boundaries(look: &Look<'_>) -> Vec<StyleLayer> {
    let scheme = look.scheme;
    vec![
        // A seam keeps the outline apart from patches on either side.
        StyleLayer::line("parks-casing", "parks")
            .paint("line-color", json!(scheme.halo))
            .paint("line-width", by_zoom(&[(10.0, 2.4), (14.0, 4.5), (18.0, 6.5)]))
            .paint("line-opacity", json!(0.8)),
        StyleLayer::line("parks", "parks")
            .paint("line-color", json!(scheme.park))
            .paint("line-width", by_zoom(&[(10.0, 1.0), (14.0, 2.0), (18.0, 3.0)])),
        StyleLayer::line("control-line", "control_line")
            .paint("line-color", json!(scheme.control_line))
            .paint("line-width", by_zoom(&[(10.0, 1.6), (14.0, 3.5), (18.0, 6.0)])),
        StyleLayer::line("scope", "scope")
            .paint("line-color", json!(scheme.scope))
            .paint("line-width", by_zoom(&[(10.0, 1.0), (14.0, 1.8), (18.0, 2.4)]))
            .paint("line-dasharray", json!([6, 2, 1, 2])),
    ]
}
