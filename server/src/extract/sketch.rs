//! The small map on the page: the parcel, its pieces, its neighbours, drawn as SVG.
//!
//! Only presentation attributes, no `style`: the page's policy allows no inline style of elements.
//! Every element is closed: in SVG none is void, as HTML's are.

use std::fmt::Write;

use geo::{BoundingRect, InteriorPoint, MultiPolygon};
use maud::{Markup, PreEscaped, html};
use styles::palette;

use super::Language;
use super::surroundings::{Frame, HEIGHT, Place, Surroundings, WIDTH};

/// How strongly the plan's land uses shine through.
const ZONING_OPACITY: f64 = 0.4;

/// The sketch with its legend.
pub(super) fn sketch(around: &Surroundings, language: Language) -> Markup {
    let frame = &around.frame;
    let say = |zh: &str, en: &str| language.words(zh, en);
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img"
            aria-label=(say("示意图", "sketch map")) {
            (patterns())
            g clip-path="url(#frame)" {
                rect width=(WIDTH) height=(HEIGHT) fill=(palette::PAPER) {}
                @for place in &around.zoning {
                    @let group = place.text("group").unwrap_or_default();
                    path d=(outline(&place.land, frame)) fill-rule="evenodd" fill-opacity=(ZONING_OPACITY)
                        fill=(palette::class_colour("group", group).unwrap_or(palette::NOT_ASSESSED))
                        stroke=(palette::PAPER) stroke-width="1" {}
                }
                @for place in &around.neighbours {
                    path d=(outline(&place.land, frame)) fill-rule="evenodd" fill=(palette::INDUSTRY)
                        fill-opacity="0.35" stroke=(palette::EDGE) stroke-width="0.6" {}
                }
                path d=(outline(&around.parcel, frame)) fill-rule="evenodd" fill=(palette::INDUSTRY) {}
                @for place in &around.conflicts {
                    @let mandatory = place.is("mandatory", true);
                    path d=(outline(&place.land, frame)) fill-rule="evenodd"
                        fill=(if mandatory { palette::MANDATORY } else { palette::NON_MANDATORY })
                        fill-opacity=(if mandatory { "0.6" } else { "0.8" })
                        stroke=(palette::MANDATORY_EDGE) stroke-width=(if mandatory { "1.2" } else { "0.6" }) {}
                    @if mandatory { path d=(outline(&place.land, frame)) fill-rule="evenodd" fill="url(#strict)" {} }
                }
                @for place in &around.unapproved {
                    path d=(outline(&place.land, frame)) fill-rule="evenodd" fill="url(#unapproved)" {}
                }
                @for place in &around.marginal {
                    path d=(outline(&place.land, frame)) fill-rule="evenodd" fill="url(#marginal)"
                        stroke=(palette::MARGINAL) stroke-width="1.5" {}
                }
                @for place in &around.parks {
                    path d=(outline(&place.land, frame)) fill="none" stroke=(palette::PARK) stroke-width="2" {}
                }
                @for place in &around.control_line {
                    path d=(outline(&place.land, frame)) fill="none" stroke=(palette::CONTROL_LINE) stroke-width="3" {}
                }
                path d=(outline(&around.parcel, frame)) fill="none" stroke=(palette::INK) stroke-width="2.4" {}
                @for place in &around.neighbours { (neighbour_key(place, frame)) }
                @for (number, place) in (1..).zip(&around.conflicts) { (mark(number, place, frame)) }
            }
            rect x="0.5" y="0.5" width=(WIDTH - 1.0) height=(HEIGHT - 1.0) fill="none" stroke=(palette::EDGE) {}
            (north())
            (scale_bar(frame))
            text x=(WIDTH - 10.0) y=(HEIGHT - 10.0) text-anchor="end" font-size="11" fill=(palette::INK)
                stroke=(palette::HALO) stroke-width="3" paint-order="stroke" { (say("示意图", "sketch")) }
        }
        (legend(around, language))
    }
}

/// Hatchings, and the frame that everything is cut by.
fn patterns() -> Markup {
    html! {
        defs {
            clipPath id="frame" { rect width=(WIDTH) height=(HEIGHT) {} }
            pattern id="strict" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                line x1="0" y1="0" x2="0" y2="7" stroke=(palette::MANDATORY_EDGE) stroke-width="1.6" {}
            }
            pattern id="unapproved" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)" {
                line x1="0" y1="0" x2="0" y2="6" stroke=(palette::NOT_APPROVED) stroke-width="1.2" {}
            }
            pattern id="marginal" width="6" height="6" patternUnits="userSpaceOnUse" {
                circle cx="3" cy="3" r="1.2" fill=(palette::MARGINAL) {}
            }
        }
    }
}

/// A shape as path data, to a tenth of a unit.
fn outline(land: &MultiPolygon<f64>, frame: &Frame) -> String {
    let mut path = String::new();
    for ring in land.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors())) {
        let mut last = None;
        for point in ring.0.iter().skip(1) {
            let at = frame.at(*point);
            let tenths = ((at.x * 10.0).round() as i64, (at.y * 10.0).round() as i64);
            if last == Some(tenths) {
                continue;
            }
            let (x, y) = (tenths.0 as f64 / 10.0, tenths.1 as f64 / 10.0);
            let letter = if last.is_none() { 'M' } else { 'L' };
            write!(path, "{letter}{x} {y}").expect("writing to a string cannot fail");
            last = Some(tenths);
        }
        path.push('Z');
    }
    path
}

/// The number of a piece, as the table of parts has it.
fn mark(number: usize, place: &Place, frame: &Frame) -> Markup {
    let Some(point) = place.land.interior_point() else { return PreEscaped(String::new()) };
    let at = frame.at(point.into());
    html! {
        circle cx=(tenth(at.x)) cy=(tenth(at.y)) r="8.5" fill=(palette::HALO) stroke=(palette::INK) {}
        text x=(tenth(at.x)) y=(tenth(at.y + 4.0)) text-anchor="middle" font-size="11" font-weight="600"
            fill=(palette::INK) { (number) }
    }
}

/// A neighbour's key, if there is room for it.
fn neighbour_key(place: &Place, frame: &Frame) -> Markup {
    let room = place.land.bounding_rect().map(|rect| frame.at(rect.max()).x - frame.at(rect.min()).x);
    let key = place.text("key").unwrap_or_default();
    let needed = 6.0 * key.chars().count() as f64;
    let point = place.land.interior_point().filter(|_| room.is_some_and(|room| room > needed + 6.0));
    let Some(point) = point else { return PreEscaped(String::new()) };
    let at = frame.at(point.into());
    html! {
        text x=(tenth(at.x)) y=(tenth(at.y + 3.0)) text-anchor="middle" font-size="9" fill=(palette::INK)
            fill-opacity="0.75" { (key) }
    }
}

fn north() -> Markup {
    let (x, top) = (WIDTH - 24.0, 12.0);
    html! {
        path d=(format!("M{x} {top}L{} {}L{x} {}L{} {}Z", x + 7.0, top + 24.0, top + 18.0, x - 7.0, top + 24.0))
            fill=(palette::INK) stroke=(palette::HALO) {}
        text x=(x) y=(top + 37.0) text-anchor="middle" font-size="12" font-weight="600" fill=(palette::INK)
            stroke=(palette::HALO) stroke-width="3" paint-order="stroke" { "N" }
    }
}

/// 1, 2 or 5 times a power of ten metres, at most a quarter of the width.
fn scale_bar(frame: &Frame) -> Markup {
    let most = WIDTH / 4.0 / frame.units_per_metre();
    let power = 10f64.powf(most.log10().floor());
    let step = [5.0, 2.0, 1.0].into_iter().find(|step| step * power <= most).unwrap_or(1.0);
    let metres = step * power;
    let (length, y) = (metres * frame.units_per_metre(), HEIGHT - 14.0);
    let words = if metres >= 1000.0 { format!("{} km", metres / 1000.0) } else { format!("{metres} m") };
    html! {
        rect x="14" y=(y - 4.0) width=(tenth(length)) height="5" fill=(palette::HALO) stroke=(palette::INK) {}
        rect x="14" y=(y - 4.0) width=(tenth(length / 2.0)) height="5" fill=(palette::INK) {}
        text x=(tenth(20.0 + length)) y=(y + 2.0) font-size="11" fill=(palette::INK)
            stroke=(palette::HALO) stroke-width="3" paint-order="stroke" { (words) }
    }
}

fn tenth(units: f64) -> f64 {
    (units * 10.0).round() / 10.0
}

/// What colours and hatchings say, as far as they are drawn.
fn legend(around: &Surroundings, language: Language) -> Markup {
    let is_strict = |place: &Place| place.is("mandatory", true);
    let strict = around.conflicts.iter().any(is_strict);
    let other = around.conflicts.iter().any(|place| !is_strict(place));
    let entries = [
        (true, palette::INDUSTRY, None, "本宗地", "this parcel"),
        (strict, palette::MANDATORY, Some("strict"), "强制性内容冲突", "mandatory conflict"),
        (other, palette::NON_MANDATORY, None, "非强制性内容冲突", "other conflict"),
        (!around.unapproved.is_empty(), palette::HALO, Some("unapproved"), "无审批", "no approval"),
        (!around.marginal.is_empty(), palette::HALO, Some("marginal"), "边角夹心插花地", "marginal land"),
        (!around.parks.is_empty(), palette::PARK, None, "园区", "industrial park"),
        (!around.control_line.is_empty(), palette::CONTROL_LINE, None, "工业用地控制线", "control line"),
    ];
    let mut groups: Vec<&str> = around.zoning.iter().filter_map(|place| place.text("group")).collect();
    groups.sort_unstable();
    groups.dedup();
    let list = &layers::codes::lists::GROUP;
    html! {
        ul.legend {
            @for (_, colour, hatch, zh, en) in entries.into_iter().filter(|(drawn, ..)| *drawn) {
                li { (swatch(colour, 1.0, hatch)) (language.words(zh, en)) }
            }
            @for code in list.codes.iter().filter(|code| groups.contains(&&*code.code)) {
                @let colour = palette::class_colour("group", &code.code).unwrap_or(palette::NOT_ASSESSED);
                li { (swatch(colour, ZONING_OPACITY, None)) (language.words("规划", "plan:")) " " (language.words(&code.label.zh, &code.label.en)) }
            }
        }
    }
}

/// A little rectangle of a colour.
pub(super) fn swatch(colour: &str, opacity: f64, hatch: Option<&str>) -> Markup {
    html! {
        svg.swatch width="18" height="12" aria-hidden="true" {
            rect x="0.5" y="0.5" width="17" height="11" fill=(colour) fill-opacity=(opacity) stroke=(palette::EDGE) {}
            @if let Some(hatch) = hatch { rect width="18" height="12" fill=(format!("url(#{hatch})")) {} }
        }
    }
}
