//! R-OVERVIEW: is it industrial land, and how much? (plan 2.3.1)

use super::{Asking, Finding, Step, label};
use crate::project::AreaMethod;
use crate::round::two;

pub(super) fn step(asking: &Asking<'_>) -> Step {
    let inputs = &asking.dossier.inputs;
    let method = match asking.case.area_method {
        AreaMethod::Field if inputs.area_recorded => label("登记面积", "recorded area"),
        AreaMethod::Planar => label("高斯-克吕格平面面积", "planar Gauss-Krüger area"),
        AreaMethod::Ellipsoidal | AreaMethod::Field => label("椭球面积", "ellipsoidal area"),
    };
    let area =
        if inputs.area_recorded { asking.input("area", inputs.area.0) } else { asking.derived("area", inputs.area.0) };
    let hectares = inputs.area.hectares();
    let (shown, mu) = (two(hectares), two(inputs.area.mu()));
    Step {
        rule: "R-OVERVIEW",
        section: "2.3.1".to_owned(),
        question: label("是否现状工业用地，面积多少？", "Is it industrial land, and how much?"),
        inputs: vec![asking.input("use", inputs.use_code.as_deref()), area],
        threshold: Some(label(
            format!("工业用地：{}", asking.rules.land_use.industrial.join("、")),
            format!("industrial: {}", asking.rules.land_use.industrial.join(", ")),
        )),
        results: vec![Finding::hectares("area_ha", hectares)],
        sentence: label(
            format!("现状工业用地，{}{shown} 公顷（{mu} 亩）。", method.zh),
            format!("Industrial land now, {} {shown} ha ({mu} mu).", method.en),
        ),
        parts: Vec::new(),
    }
}
