//! R-OVERVIEW: is it industrial land, and how much? (plan 2.3.1)

use super::{Asking, Finding, Step, label};

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let inputs = &asking.dossier.inputs;
    let method = match asking.case.area_method {
        crate::project::AreaMethod::Ellipsoidal => label("椭球面积", "ellipsoidal area"),
        crate::project::AreaMethod::Planar => label("高斯-克吕格平面面积", "planar Gauss-Krüger area"),
        crate::project::AreaMethod::Field => label("登记面积", "recorded area"),
    };
    let hectares = inputs.area.hectares();
    Step {
        rule: "R-OVERVIEW",
        section: "2.3.1".to_owned(),
        question: label("是否现状工业用地，面积多少？", "Is it industrial land, and how much?"),
        inputs: vec![asking.input("use", inputs.use_code.clone()), asking.input("area", inputs.area.0)],
        threshold: Some(label(
            format!("工业用地：{}", asking.rules.land_use.industrial.join("、")),
            format!("industrial: {}", asking.rules.land_use.industrial.join(", ")),
        )),
        result: Some(Finding {
            attribute: "area_ha",
            value: hectares.into(),
            label: label(format!("{hectares:.2} 公顷"), format!("{hectares:.2} ha")),
        }),
        sentence: label(
            format!("现状工业用地，{}{hectares:.2} 公顷（{:.2} 亩）。", method.zh, inputs.area.mu()),
            format!("Industrial land now, {} {hectares:.2} ha ({:.2} mu).", method.en, inputs.area.mu()),
        ),
        parts: Vec::new(),
    }
}
