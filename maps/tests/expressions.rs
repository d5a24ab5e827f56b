//! What expressions mean is what the official evaluator says they mean: its answers, stored with its
//! version, are the cases here.

use layers::Value as Attribute;
use maps::expression::{Context, Expression, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

const ORACLE: &str = include_str!("data/expressions.json");

struct Feature {
    geometry_type: &'static str,
    names: Vec<String>,
    values: Vec<Attribute>,
}

fn feature(json: &Json) -> Feature {
    let attribute = |value: &Json| match value {
        Json::Bool(truth) => Attribute::Bool(*truth),
        Json::Number(number) => number.as_i64().map_or_else(|| number.as_f64().into(), Attribute::Int),
        Json::String(text) => Attribute::text(text.as_str()),
        _ => Attribute::Null,
    };
    let properties = json["properties"].as_object().expect("properties");
    let types = ["Point", "LineString", "Polygon"];
    Feature {
        geometry_type: types.into_iter().find(|known| json["geometry_type"] == *known).expect("a geometry type"),
        names: properties.keys().cloned().collect(),
        values: properties.values().map(attribute).collect(),
    }
}

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * b.abs().max(1.0)
}

fn agrees(ours: &Value, theirs: &Json) -> bool {
    match (ours, theirs) {
        (Value::Null, Json::Null) => true,
        (Value::Bool(ours), Json::Bool(theirs)) => ours == theirs,
        (Value::Number(ours), Json::Number(theirs)) => theirs.as_f64().is_some_and(|theirs| is_near(*ours, theirs)),
        (Value::Text(ours), Json::String(theirs)) => **ours == **theirs,
        (Value::List(ours), Json::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| agrees(ours, theirs))
        }
        _ => false,
    }
}

#[test]
fn every_answer_is_that_of_the_official_evaluator() {
    let oracle: Json = serde_json::from_str(ORACLE).expect("the fixture is JSON");
    let features: Vec<Feature> = oracle["features"].as_array().expect("features").iter().map(feature).collect();
    let cases = oracle["cases"].as_array().expect("cases");
    assert!(cases.len() > 400);
    let mut wrong = Vec::new();
    for case in cases {
        let feature = &features[case["feature"].as_u64().expect("a place") as usize];
        let context = Context {
            zoom: case["zoom"].as_f64().expect("a zoom"),
            geometry_type: feature.geometry_type,
            id: None,
            names: &feature.names,
            values: &feature.values,
        };
        let ours = Expression::parse(&case["expression"]).map(|expression| expression.evaluate(&context));
        let is_right = match &ours {
            Ok(Err(_)) => case["fails"] == true,
            Ok(Ok(value)) if case["infinite"] == true => value.as_number().is_some_and(|number| !number.is_finite()),
            Ok(Ok(value)) => match case["colour"].as_array() {
                Some(theirs) => value.as_colour().is_some_and(|ours| {
                    let ours = if ours.alpha == 0.0 { [0.0; 4] } else { [ours.red, ours.green, ours.blue, ours.alpha] };
                    ours.iter()
                        .zip(theirs)
                        .all(|(ours, theirs)| theirs.as_f64().is_some_and(|t| (ours - t).abs() < 1e-4))
                }),
                None => case["fails"] != true && agrees(value, &case["value"]),
            },
            Err(_) => false,
        };
        if !is_right {
            wrong.push(format!("{case}\n    ours: {ours:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn number(expression: &Json, zoom: f64) -> f64 {
    let value = Expression::parse(expression).expect("an expression").evaluate(&Context::at_zoom(zoom));
    value.expect("a value").as_number().expect("a number")
}

proptest! {
    /// Between its stops an interpolation stays between their values and does not jump.
    #[test]
    fn an_interpolation_is_bounded_and_steady(
        base in 0.2..3.0f64, zoom in -2.0..26.0f64, first in 0.0..10.0f64, gap in 0.5..10.0f64, low in -5.0..5.0f64, high in -5.0..5.0f64
    ) {
        let width = json!(["interpolate", ["exponential", base], ["zoom"], first, low, first + gap, high]);
        let at = number(&width, zoom);
        prop_assert!(at >= low.min(high) - 1e-9 && at <= low.max(high) + 1e-9, "{at}");
        prop_assert!((number(&width, first) - low).abs() < 1e-9 && (number(&width, first + gap) - high).abs() < 1e-9);
        let steepest = (high - low).abs() / gap * 40.0 * gap.max(1.0) * base.max(1.0 / base).powf(gap);
        prop_assert!((number(&width, zoom + 1e-6) - at).abs() <= steepest * 1e-6 + 1e-9);
    }

    /// A step has the value of the last stop that is reached, whatever the stops.
    #[test]
    fn a_step_has_the_value_of_the_stop_below(mut stops in proptest::collection::vec(0.0..22.0f64, 1..6), zoom in 0.0..22.0f64) {
        stops.sort_by(f64::total_cmp);
        stops.dedup();
        let mut expression = vec![json!("step"), json!(["zoom"]), json!(-1)];
        for (place, stop) in stops.iter().enumerate() {
            expression.extend([json!(stop), json!(place)]);
        }
        let reached = stops.iter().filter(|stop| **stop <= zoom).count() as f64 - 1.0;
        prop_assert_eq!(number(&Json::Array(expression), zoom), reached);
    }

    /// Whatever somebody writes, reading it ends with an expression or an error.
    #[test]
    fn any_json_is_read_or_refused(text in "\\PC{0,20}", operator in "(match|case|step|interpolate|in|get|rgb|format|\\+|==)", depth in 0..200usize) {
        let mut expression = json!([operator, text, 1, ["get", text], {"a": 1}]);
        for _ in 0..depth {
            expression = json!(["!", expression]);
        }
        if let Ok(expression) = Expression::parse(&expression) {
            let _ = expression.evaluate(&Context::at_zoom(3.0));
        }
    }
}
