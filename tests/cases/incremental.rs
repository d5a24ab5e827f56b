//! A build after an edit: only what changed is made again, and nobody can tell.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tests::Tuban;

use crate::city::{current, folder};
use crate::squares;

#[test]
fn a_build_draws_what_an_edit_touched_and_says_so() {
    let folder = folder("rebuild");
    squares::write(&folder);
    let first = build(&folder, &[]);
    assert_eq!(changes(&first)["tilesets"]["base"]["everything"], "there is none before");

    // Row 300 comes first of all: its key and its place among the others are not the same thing.
    squares::edit(
        &folder,
        "UPDATE t SET n = 70 WHERE fid = 5; DELETE FROM t WHERE fid = 90; UPDATE t SET fid = -1 WHERE fid = 300;",
    );
    let second = build(&folder, &[]);
    let whole = build(&folder, &["--generations", "whole"]);
    assert_eq!(second.file_name(), whole.file_name());
    for name in ["manifest.json", "quality.json", "base.gpkg", "tiles/base.pmtiles"] {
        let read = |folder: &Path| fs::read(folder.join(name)).expect(name);
        assert!(read(&second) == read(&whole), "{name} differs");
    }
    let changes = changes(&second);
    assert_eq!(changes["since"], json!(first.file_name().expect("an id").to_string_lossy()));
    let base = &changes["tilesets"]["base"];
    assert_eq!(base["everything"], Value::Null);
    let rows = |what: &str| base["layers"][0][what].as_array().expect("keys").len();
    assert_eq!((rows("added"), rows("changed"), rows("removed")), (1, 1, 2), "{base}");
    for zoom in ["14", "15", "16"] {
        let tiles = base["tiles"][zoom].as_array().expect("a list").len();
        assert!((3..30).contains(&tiles), "zoom {zoom}: {base}");
    }

    // What is kept for the next build is worth nothing if it is damaged, and costs nothing.
    let state = folder.join("generations/.states").join(second.file_name().expect("an id")).join("base.pmtiles.state");
    let mut bytes = fs::read(&state).expect("a state");
    bytes.truncate(100);
    fs::write(&state, bytes).expect("written");
    squares::edit(&folder, "UPDATE t SET n = 71 WHERE fid = 5");
    let third = build(&folder, &[]);
    let everything = self::changes(&third)["tilesets"]["base"]["everything"].clone();
    assert!(everything.as_str().is_some_and(|reason| reason.ends_with("is damaged")), "{everything}");
}

fn build(project: &Path, arguments: &[&str]) -> PathBuf {
    Tuban::at(project).args(["build", "."]).args(arguments).run().good();
    match arguments {
        [_, folder] => {
            let id = fs::read_to_string(project.join(folder).join("current")).expect("a pointer");
            project.join(folder).join(id.trim())
        }
        _ => current(project),
    }
}

fn changes(generation: &Path) -> Value {
    serde_json::from_slice(&fs::read(generation.join("changes.json")).expect("written")).expect("JSON")
}
