//! How colours look to people who cannot tell red from green: classes of one map must stay apart for
//! them, too.

use colour::color_difference::Ciede2000;
use colour::{FromColor, Lab, LinSrgb, Srgb};

use super::*;

/// Severity 1.0 of Machado, Oliveira & Fernandes, "A Physiologically-based Model for Simulation of
/// Color Vision Deficiency", IEEE TVCG 15 (6), 2009, table 1: on linear RGB.
const SEEN: [(&str, [[f64; 3]; 3]); 3] = [
    ("everyone", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ("protanopia", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    (
        "deuteranopia",
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ),
];

/// Below 1 nobody sees a difference, above 5 people see two colours side by side (CIE 142-2001; Sharma,
/// Wu & Dalal 2005): twice that, since on a map other things lie between them.
const APART: f64 = 10.0;

fn seen(colour: Colour, by: &[[f64; 3]; 3]) -> Lab<colour::white_point::D65, f64> {
    let [_, r, g, b] = u32::from_str_radix(&colour[1..], 16).expect("#rrggbb").to_be_bytes();
    let linear: LinSrgb<f64> = Srgb::new(r, g, b).into_format::<f64>().into_linear();
    let part = |row: &[f64; 3]| (row[0] * linear.red + row[1] * linear.green + row[2] * linear.blue).clamp(0.0, 1.0);
    Lab::from_color(LinSrgb::new(part(&by[0]), part(&by[1]), part(&by[2])))
}

fn difference(a: Colour, b: Colour, by: &[[f64; 3]; 3]) -> f64 {
    seen(a, by).difference(seen(b, by))
}

/// Pairs of classes that somebody takes for one another.
fn confused(pairs: &[(ClassColour, ClassColour)]) -> Vec<String> {
    let mut found = Vec::new();
    for (who, by) in &SEEN {
        for (a, b) in pairs {
            let difference = difference(a.1, b.1, by);
            if difference < APART {
                found.push(format!("{who}: {} {} and {} {} differ by {difference:.1}", a.0, a.1, b.0, b.1));
            }
        }
    }
    found
}

fn all_pairs(classes: &[ClassColour]) -> Vec<(ClassColour, ClassColour)> {
    let after = |place: usize| classes[place + 1..].iter().map(move |other| (classes[place], *other));
    (0..classes.len()).flat_map(after).collect()
}

#[test]
fn differences_are_those_of_the_published_test_data() {
    // Sharma, Wu & Dalal, "The CIEDE2000 color-difference formula", Color Res. Appl. 30 (1), 2005,
    // table 1, pairs 1, 7 and 25.
    type Reference = Lab<colour::white_point::D65, f64>;
    for (a, b, expected) in [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
    ] {
        let lab = |[l, a, b]: [f64; 3]| Reference::new(l, a, b);
        assert!((lab(a).difference(lab(b)) - expected).abs() < 5e-5, "{a:?} {b:?}");
    }
}

#[test]
fn neighbouring_classes_of_a_ramp_stay_apart() {
    for ramp in [FAR, DENSITY, INTENSITY] {
        for classes in 2..=ramp.len() {
            let colours = spread(&ramp, classes);
            let pairs: Vec<_> = colours.windows(2).map(|pair| (("", pair[0]), ("", pair[1]))).collect();
            assert_eq!(confused(&pairs), Vec::<String>::new(), "{classes} classes");
        }
    }
}

#[test]
fn classes_without_an_order_all_stay_apart() {
    for classes in [&CHANGE[..], &ZONE, &CONFLICT, &APPROVAL, &PERMIT, &CONCERN, &MARGINAL_KIND] {
        assert_eq!(confused(&all_pairs(classes)), Vec::<String>::new());
    }
}

#[test]
fn what_stands_out_does_so_from_what_lies_around_it() {
    for variant in Variant::ALL {
        let scheme = variant.scheme();
        let others = [("other", scheme.other), ("not assessed", scheme.not_assessed)];
        let pairs: Vec<_> = CONFLICT.iter().flat_map(|class| others.map(|other| (*class, other))).collect();
        assert_eq!(confused(&pairs), Vec::<String>::new(), "{}", variant.name());
        let text =
            [(("ink", scheme.ink), ("ground", scheme.paper)), (("scope", scheme.scope), ("ground", scheme.paper))];
        assert_eq!(confused(&text), Vec::<String>::new(), "{}", variant.name());
    }
}

#[test]
fn advice_stays_apart_and_so_does_advice_on_idle_land() {
    // Land that lies idle is hatched: a class of the one needs not stay apart from one of the other.
    let (idle, used): (Vec<ClassColour>, Vec<ClassColour>) =
        DISPOSAL.iter().partition(|(code, _)| code.starts_with('I'));
    assert_eq!((idle.len(), used.len()), (8, 11));
    assert_eq!(confused(&all_pairs(&used)), Vec::<String>::new());
    assert_eq!(confused(&all_pairs(&idle)), Vec::<String>::new());
}
