//! What a map draws around its subject.

use ::layers::codes::Label;

use super::{LegendEntry, Pattern};
use crate::layers::context;
use crate::look::Look;
use crate::palette;
use crate::theme::Theme;

/// Plan blocks, lines of the plan, parks where the classes do not name them, boundaries.
pub(super) fn entries(theme: &Theme, named_parks: bool, look: &Look<'_>) -> Vec<LegendEntry> {
    let scheme = look.scheme;
    let mut entries = Vec::new();
    match theme.id {
        "overview" => {
            for class in look.classes("group") {
                let zh = format!("规划{}", class.label.zh).into();
                let planned = Label { zh, en: format!("Plan: {}", class.label.en).into() };
                let entry = LegendEntry::fill(&class.code, &planned, class.colour, "zoning");
                entries.push(LegendEntry { opacity: context::ZONING_OPACITY, ..entry });
            }
            let unknown = Label::new("规划用途未知", "Planned use unknown");
            let entry = LegendEntry::fill("unknown", &unknown, scheme.not_assessed, "zoning");
            entries.push(LegendEntry { opacity: context::ZONING_OPACITY, ..entry });
        }
        "zoning" => {
            let far = Label::new("现状工业用地（小比例尺）", "Industrial land, where the map is far away");
            entries.push(LegendEntry::fill("industry", &far, palette::INDUSTRY, "cells"));
            let now = Label::new("现状工业用地", "Industrial land now");
            entries.push(LegendEntry {
                pattern: Pattern::Outline,
                ..LegendEntry::fill("parcels", &now, scheme.ink, "parcels")
            });
        }
        _ => {
            entries.push(LegendEntry::fill("block", &Label::new("规划地块", "Plan block"), scheme.block, "zoning"));
            let road = Label::new("规划道路", "Planned road");
            entries.push(LegendEntry::fill("road", &road, scheme.block_road, "zoning"));
        }
    }
    if ["zoning", "mandatory"].contains(&theme.id) {
        let drawn = palette::PLAN_LINES.iter().filter(|line| look.plan_codes_of(line).next().is_some());
        entries.extend(drawn.map(|line| LegendEntry {
            pattern: Pattern::Line,
            ..LegendEntry::fill(line.key, &line.label, line.colour, "zoning")
        }));
    }
    if !named_parks {
        entries.push(park("park", look));
    }
    let control_line = Label::new("工业用地控制线", "Industrial control line");
    entries.push(LegendEntry {
        pattern: Pattern::Line,
        ..LegendEntry::fill("control_line", &control_line, scheme.control_line, "control_line")
    });
    entries.push(LegendEntry {
        pattern: Pattern::DashDot,
        ..LegendEntry::fill("scope", &Label::new("规划范围", "Study boundary"), scheme.scope, "scope")
    });
    entries
}

/// The outline of a park.
pub(super) fn park(key: &str, look: &Look<'_>) -> LegendEntry {
    let label = Label::new("工业园区", "Industrial park");
    LegendEntry { pattern: Pattern::Outline, ..LegendEntry::fill(key, &label, look.scheme.park, "parks") }
}
