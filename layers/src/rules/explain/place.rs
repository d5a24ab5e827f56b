//! R-PLACE, explained: park, study area and industrial zone.

use super::{Asking, Finding, Input, Step, label};
use crate::codes::lists;
use crate::dossier::Named;
use crate::stats::OwnedLabel;

pub(super) fn zone(asking: &Asking<'_>) -> Step {
    let place = &asking.dossier.place;
    let named = |field: &'static str, named: &Option<Named>| -> Input {
        asking.input(field, named.as_ref().map(|named| named.name.clone()))
    };
    let inputs = vec![
        named("park", &place.park),
        asking.input("control_line", place.in_control_line),
        named("scope", &place.scope),
    ];
    let zone = place.zone.as_deref().and_then(|code| Some((code, OwnedLabel::from(lists::ZONE.label_of(code)?))));
    let sentence = match &zone {
        Some((_, name)) => label(
            format!("该图斑面积最大的部分位于{}。", name.zh),
            format!("The largest part of the patch lies in the {}.", name.en.to_lowercase()),
        ),
        None => label(
            "未评价：产业分区所需的图层不全，或图斑在规划范围之外。",
            "Not assessed: layers that make the zones are missing, or the patch is outside the study area.",
        ),
    };
    Step {
        rule: "R-PLACE",
        section: "3.3".to_owned(),
        question: label("位于哪个产业分区？", "Which industrial zone is it in?"),
        inputs,
        threshold: Some(label(
            "以面积最大者为准；聚集区优先于转型区，其余为疏解区",
            "by the largest share; agglomeration before transformation, relocation is the rest",
        )),
        result: zone.map(|(code, name)| Finding { attribute: "zone", value: code.into(), label: name }),
        sentence,
        parts: Vec::new(),
    }
}
