//! R-DENSITY, explained.

use super::far::{class_finding, in_class, intervals};
use super::{Asking, Step, label, missing};
use crate::rules::density::density_class;

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let (facts, rules) = (&asking.dossier.inputs, asking.rules);
    let inputs = vec![
        asking.input("footprint", facts.footprint.map(|area| area.0)),
        asking.input("build_land", facts.build_land.map(|area| area.0)),
        asking.input("density", facts.density),
    ];
    let class = density_class(facts, rules);
    let sentence = match (facts.density, class) {
        (Some(density), Some(class)) => {
            let percent = density * 100.0;
            let how = match (facts.footprint, facts.build_land) {
                (Some(footprint), Some(land)) => label(
                    format!("建筑占地面积 {:.2} ÷ 规划建设用地面积 {:.2} = {percent:.1}%", footprint.0, land.0),
                    format!(
                        "Footprint {:.2} m² over planned construction land {:.2} m² is {percent:.1} %",
                        footprint.0, land.0
                    ),
                ),
                _ => label(format!("建筑密度 {percent:.1}%"), format!("Building density {percent:.1} %")),
            };
            in_class(&how, &rules.density, class)
        }
        _ => missing(&inputs),
    };
    Step {
        rule: "R-DENSITY",
        section: rules.density.section.clone(),
        question: label("建筑密度属于哪一级？", "Which class is the building density in?"),
        threshold: Some(intervals(&rules.density)),
        result: class.map(|class| class_finding("density_class", class, &rules.density)),
        sentence,
        inputs,
        parts: Vec::new(),
    }
}
