//! Whom to believe about a tile: the reader of these cases and the two checks of polygons, held
//! against Mapbox's fixtures and against tiles that those lack.

use std::panic::catch_unwind;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use geozero::mvt::{Message, Tile, tile};
use serde_json::{Value, json};
use tests::node;
use tests::tile::decode;

/// Invalid tiles that the reader takes, and why.
const TAKEN: &[(&str, &str)] = &[
    ("003", "no type is the same as the type unknown, which is valid"),
    ("006", "a type that does not exist is read as unknown"),
    ("024", "no version is version 1, protobuf's default"),
    ("026", "protobuf skips a value of a type that it does not know, and no feature needs it"),
    ("030", "protobuf appends the second geometry to the first"),
    ("046", "a line from a point to itself is still a line; only polygons are looked at so closely"),
];

/// A valid tile that the reader refuses: its only command promises more points than there are.
const REFUSED: &[&str] = &["057"];

#[test]
fn the_reader_agrees_with_mapbox_fixtures() {
    let fixtures = node::run("fixtures.mjs", [""; 0], &Value::Null);
    let fixtures = fixtures.as_array().expect("a list");
    assert!(fixtures.len() >= 70, "{}", fixtures.len());
    let mut wrong = Vec::new();
    for fixture in fixtures {
        let id = fixture["id"].as_str().expect("a fixture has an id");
        let bytes = BASE64_STANDARD.decode(fixture["tile"].as_str().expect("text")).expect("base64");
        let is_valid = fixture["validity"]["v2"] == true;
        let is_taken = is_valid && !REFUSED.contains(&id) || TAKEN.iter().any(|(taken, _)| *taken == id);
        let read = catch_unwind(|| decode(&bytes));
        if read.is_ok() != is_taken {
            let (valid, taken) =
                (if is_valid { "valid" } else { "invalid" }, if is_taken { "refused" } else { "taken" });
            wrong.push(format!("{id} is {valid} and was {taken}: {}", fixture["description"]));
        } else if let (true, Ok(layers)) = (is_valid, read) {
            let told = layers.iter().map(|layer| (layer.name.clone(), layer.features.len()));
            let name = |layer: &'_ Value| layer["name"].as_str().unwrap_or_default().to_owned();
            let count = |layer: &Value| layer["features"].as_array().map_or(0, Vec::len);
            let expected = fixture["json"]["layers"].as_array().into_iter().flatten();
            let expected: Vec<_> = expected.map(|layer| (name(layer), count(layer))).collect();
            let told: Vec<_> = told.collect();
            if told != expected {
                wrong.push(format!("{id}: {told:?} instead of {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Rings of one polygon feature, and what is wrong with them.
struct Broken {
    name: &'static str,
    rings: &'static [&'static [(i32, i32)]],
    /// What [`tests::tile::TileFeature::flaw`] says has this in it; nothing for a sound polygon.
    flaw: Option<&'static str>,
    /// Whether triangles have another area than the rings.
    deviates: bool,
}

const SHELL: &[(i32, i32)] = &[(0, 0), (100, 0), (100, 100), (0, 100)];

/// What the fixtures of Mapbox lack.
const BROKEN: &[Broken] = &[
    Broken {
        name: "sound, with a hole",
        rings: &[SHELL, &[(20, 20), (20, 40), (40, 40), (40, 20)]],
        flaw: None,
        deviates: false,
    },
    Broken {
        name: "self-crossing",
        rings: &[&[(0, 60), (100, 0), (100, 100), (0, 0)]],
        flaw: Some("self-intersection"),
        deviates: true,
    },
    Broken {
        name: "shell wound like a hole",
        rings: &[&[(0, 0), (0, 100), (100, 100), (100, 0)]],
        flaw: Some("the first ring is a hole"),
        deviates: false,
    },
    Broken {
        name: "hole wound like a shell",
        rings: &[SHELL, &[(20, 20), (40, 20), (40, 40), (20, 40)]],
        flaw: Some("overlap"),
        deviates: false,
    },
    Broken {
        name: "hole outside its shell",
        rings: &[SHELL, &[(120, 20), (120, 40), (140, 40), (140, 20)]],
        flaw: Some("not contained"),
        deviates: true,
    },
    Broken {
        name: "hole across its shell",
        rings: &[SHELL, &[(80, 20), (80, 40), (140, 40), (140, 20)]],
        flaw: Some("not contained"),
        deviates: true,
    },
    Broken {
        name: "segment of no length",
        rings: &[&[(0, 0), (100, 0), (100, 0), (100, 100), (0, 100)]],
        flaw: Some("no length"),
        deviates: false,
    },
    Broken { name: "no area", rings: &[&[(0, 0), (100, 0), (50, 0)]], flaw: Some("no area"), deviates: false },
];

/// Commands of MVT 2.1 §4.3: move, draw, close; ring by ring.
fn commands(rings: &[&[(i32, i32)]]) -> Vec<u32> {
    let zigzag = |number: i32| ((number << 1) ^ (number >> 31)) as u32;
    let mut commands = Vec::new();
    let mut cursor = (0, 0);
    for ring in rings {
        for (place, &(x, y)) in ring.iter().enumerate() {
            match place {
                0 => commands.push(1 | 1 << 3),
                1 => commands.push(2 | (ring.len() as u32 - 1) << 3),
                _ => {}
            }
            commands.extend([zigzag(x - cursor.0), zigzag(y - cursor.1)]);
            cursor = (x, y);
        }
        commands.push(7 | 1 << 3);
    }
    commands
}

fn encoded(rings: &[&[(i32, i32)]]) -> Vec<u8> {
    let mut feature = tile::Feature { geometry: commands(rings), ..Default::default() };
    feature.set_type(tile::GeomType::Polygon);
    let name = "parcels".to_owned();
    let layer = tile::Layer { version: 2, name, features: vec![feature], extent: Some(4096), ..Default::default() };
    Tile { layers: vec![layer] }.encode_to_vec()
}

#[test]
fn the_checks_find_what_those_fixtures_lack() {
    for Broken { name, rings, flaw, deviates } in BROKEN {
        let bytes = encoded(rings);
        let told = decode(&bytes)[0].features[0].flaw();
        match (flaw, &told) {
            (None, told) => assert!(told.is_none(), "{name}: {told:?}"),
            (Some(words), Some(told)) => assert!(told.contains(words), "{name}: {told}"),
            (Some(_), None) => panic!("{name}: nothing is said"),
        }
        let input = json!([{ "name": name, "tile": BASE64_STANDARD.encode(&bytes) }]);
        let found = node::run("triangulate.mjs", [""; 0], &input);
        let deviants = found["deviants"].as_array().expect("a list");
        assert_eq!(deviants.len(), usize::from(*deviates), "{name}: {found}");
        let reversed = found["reversed"].as_array().expect("a list");
        let is_reversed = flaw.is_some_and(|flaw| flaw == "the first ring is a hole" || flaw == "no area");
        assert_eq!(reversed.len(), usize::from(is_reversed), "{name}: {found}");
    }
}
