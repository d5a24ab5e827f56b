//! R-PLACE, explained: park, study area and industrial zone.

use super::{Asking, Finding, Step, label};
use crate::codes::lists;
use crate::dossier::Named;
use crate::project::Role;
use crate::stats::OwnedLabel;

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let place = &asking.dossier.place;
    let name = |named: &Option<Named>| named.as_ref().map(|named| named.name.clone());
    let inputs = vec![
        asking.derived("park", name(&place.park)).read_in(asking, Role::Parks),
        asking.derived("control_line", place.in_control_line).read_in(asking, Role::ControlLine),
        asking.derived("scope", name(&place.scope)).read_in(asking, Role::Scope),
    ];
    let zone = place.zone.as_deref().and_then(|code| Some((code, OwnedLabel::from(lists::ZONE.label_of(code)?))));
    let park = match &place.park {
        Some(park) => label(format!("属{}", park.name), format!("It belongs to the park {}", park.name)),
        None => label("不属任何园区", "It belongs to no park"),
    };
    let sentence = match &zone {
        Some((_, name)) => label(
            format!("{}；面积最大的部分位于{}。", park.zh, name.zh),
            format!("{}; its largest part lies in the {}.", park.en, name.en.to_lowercase()),
        ),
        None => label(
            format!("{}；分区未评价：产业分区所需的图层不全，或图斑在规划范围之外。", park.zh),
            format!(
                "{}; zone not assessed: layers that make the zones are missing, or it is outside the study area.",
                park.en
            ),
        ),
    };
    let zone = zone.map(|(code, name)| Finding::new("zone", code, name));
    let park = place.park.as_ref();
    let park = park.map(|park| Finding::new("park", park.key.clone(), label(&park.name, &park.name)));
    Step {
        rule: "R-PLACE",
        section: "2.3.1, 3.3".to_owned(),
        question: label("位于哪个园区、哪个产业分区？", "Which park and which industrial zone is it in?"),
        inputs,
        threshold: Some(label(
            "以面积最大者为准；聚集区优先于转型区，其余为疏解区",
            "by the largest share; agglomeration before transformation, relocation is the rest",
        )),
        results: zone.into_iter().chain(park).collect(),
        sentence,
        parts: Vec::new(),
    }
}
