//! Styles look alike in every client that matters: each is drawn at one view by MapLibre GL and
//! OpenLayers in a browser and by the server itself; by MapLibre Native and QGIS where `./test --all`
//! has brought them. The pictures are kept in `tests/output/engines`.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tests::{Server, node, repository};

use crate::city::demo;

/// Both parks with patches of every class, plan blocks, the river and the study boundary.
const VIEW: &str = "116.1,43.935,13";
const SIZE: [u32; 2] = [900, 600];

/// An engine that is compared with MapLibre GL, which styles are written for.
struct Engine {
    name: &'static str,
    /// The share of pixels that may differ: words are set with fonts and rules of each engine's own, and
    /// edges smoothed in its own way. Twice what the worst style shows, the plan with its thousand blocks.
    differing: f64,
    /// The variable with the Python that draws it, and the script; `None`: it is drawn by `engines.mjs`.
    python: Option<(&'static str, &'static str)>,
}

const ENGINES: [Engine; 4] = [
    // Our own renderer draws true geometry where the others draw tiles.
    Engine { name: "static", differing: 0.04, python: None },
    Engine { name: "openlayers", differing: 0.08, python: None },
    Engine { name: "native", differing: 0.01, python: Some(("TUBAN_NATIVE_PYTHON", "tests/native/draw.py")) },
    // QGIS counts zooms from tiles of 256 pixels, so that lines are as wide as one zoom further in.
    Engine { name: "qgis", differing: 0.05, python: Some(("TUBAN_QGIS_PYTHON", "tests/qgis/styles.py")) },
];

/// The part of the land of one colour, away from edges, that must have that colour in every engine. A
/// class that is drawn wrong has none of it; a dense pattern that begins elsewhere costs a third.
const AGREEING: f64 = 0.5;

/// The styles in light colours; with every engine at hand in all of them.
fn styles(server: &Server, every_variant: bool) -> Vec<String> {
    let catalog = server.json("/catalog");
    let styles = catalog["styles"].as_array().expect("a catalog has styles");
    let variants = styles.iter().flat_map(|style| style["variants"].as_array().expect("variants"));
    let wanted = variants.filter(|variant| every_variant || variant["variant"] == "light");
    wanted.map(|variant| variant["id"].as_str().expect("an id").to_owned()).collect()
}

/// Runs a script that draws what it reads from its standard input.
fn draw(python: &OsStr, script: &str, server: &Server, output: &Path, asked: &Value) {
    let mut command = Command::new(python);
    command.arg(repository().join(script)).arg(server.url("")).arg(output).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{script}: {error}"));
    let mut input = child.stdin.take().expect("the pipe was asked for");
    input.write_all(asked.to_string().as_bytes()).expect("it reads");
    drop(input);
    assert!(child.wait().expect("it ends").success(), "{script} failed, see above");
}

#[test]
fn every_style_looks_the_same_in_every_engine() {
    let server = demo().serve();
    let python = |engine: &Engine| engine.python.map(|(variable, _)| std::env::var_os(variable));
    let at_hand: Vec<&Engine> = ENGINES.iter().filter(|engine| python(engine) != Some(None)).collect();
    let styles = styles(&server, at_hand.len() == ENGINES.len());
    let output = repository().join("tests/output/engines");
    let asked = json!({ "styles": styles, "view": VIEW, "size": SIZE });
    let said = node::run("engines.mjs", [server.url("").as_str().as_ref(), output.as_os_str()], &asked);
    for silence in ["console", "failed", "elsewhere"] {
        assert_eq!(said[silence], json!([]), "{silence}");
    }
    for engine in &at_hand {
        let Some((variable, script)) = engine.python else { continue };
        draw(&std::env::var_os(variable).expect("it is at hand"), script, &server, &output, &asked);
    }
    server.stop();

    let pairs: Vec<(&Engine, &String)> =
        at_hand.iter().flat_map(|engine| styles.iter().map(move |style| (*engine, style))).collect();
    let file = |style: &str, engine: &str| output.join(format!("{style}-{engine}.png")).display().to_string();
    let files: Vec<[String; 2]> =
        pairs.iter().map(|(engine, style)| [file(style, "maplibre"), file(style, engine.name)]).collect();
    let compared = node::run("agreement.mjs", [""; 0], &json!(files));
    let compared = compared.as_array().expect("a result for each pair");
    let mut faults = Vec::new();
    for ((engine, style), result) in pairs.iter().zip(compared) {
        let areas = result["areas"].as_array().expect("colours");
        let number = |value: &Value| value.as_f64().expect("a number");
        let differing = number(&result["differing"]);
        assert!(number(&result["colours"]) > 20.0 && areas.len() >= 2, "the browser drew nothing: {style}: {result}");
        if differing > engine.differing {
            faults.push(format!("{style} in {}: {:.2} % of the pixels differ", engine.name, 100.0 * differing));
        }
        for area in areas.iter().filter(|area| number(&area["agreeing"]) < AGREEING) {
            faults.push(format!("{style} in {}: another colour for {area}", engine.name));
        }
    }
    assert_eq!(compared.len(), pairs.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
