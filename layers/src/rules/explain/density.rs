//! R-DENSITY, explained.

use super::far::{class_finding, in_class, intervals};
use super::quotient::Quotient;
use super::{Asking, Finding, Step, label, missing};
use crate::round::{percent, two};
use crate::rules::density::density_class;

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let (facts, rules) = (&asking.dossier.inputs, asking.rules);
    let quotient = Quotient {
        field: "density",
        over_field: "footprint",
        under_field: "build_land",
        value: facts.density,
        over: facts.footprint,
        under: facts.build_land,
        of_buildings: facts.built.and_then(|built| built.footprint),
    };
    let inputs = quotient.inputs(asking);
    let class = density_class(facts, rules);
    let sentence = match (facts.density, class) {
        (Some(density), Some(class)) => {
            let percent = percent(density);
            let how = match quotient.areas() {
                Some((footprint, land)) => label(
                    format!("建筑占地面积 {} ÷ 规划建设用地面积 {} = 建筑密度 {percent}%", two(footprint), two(land)),
                    format!(
                        "Footprint {} m² over planned construction land {} m² is a density of {percent} %",
                        two(footprint),
                        two(land)
                    ),
                ),
                None => label(format!("建筑密度 {percent}%"), format!("Building density {percent} %")),
            };
            in_class(&how, &rules.density, class)
        }
        _ => missing(&inputs[2..]),
    };
    let value = facts.density.map(|density| {
        let percent = percent(density);
        Finding::new("density", density, label(format!("{percent}%"), format!("{percent} %")))
    });
    let class = class.map(|class| class_finding("density_class", class, &rules.density));
    Step {
        rule: "R-DENSITY",
        section: rules.density.section.clone(),
        question: label("建筑密度属于哪一级？", "Which class is the building density in?"),
        threshold: Some(intervals(&rules.density)),
        results: value.into_iter().chain(class).collect(),
        sentence,
        inputs,
        parts: Vec::new(),
    }
}
