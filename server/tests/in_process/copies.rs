//! Builds of copies: sources that are edited while they are read.

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use layers::ValueKind;
use layers::findings::Findings;
use rusqlite::Connection;
use server::build::{BuildError, Manifest, Options, Store, Watch, build};
use server::error::Chain;
use server::project::Project;

use crate::city::{Unwatched, one_table, square};

const COPIES: Options = Options { anew: false, snapshots: true };

/// Somebody who does something the moment that layers are about to be read.
struct Meanwhile<F>(Mutex<Option<F>>);

impl<F: FnOnce() + Send> Meanwhile<F> {
    fn then(edit: F) -> Self {
        Self(Mutex::new(Some(edit)))
    }
}

impl<F: FnOnce() + Send> Watch for Meanwhile<F> {
    fn stage(&self, name: &str) {
        if name == "reading layers" {
            let edit = self.0.lock().ok().and_then(|mut edit| edit.take());
            edit.expect("layers are read once")();
        }
    }
    fn tiles(&self, _done: u64, _expected: u64) {}
}

/// A file of two named squares, open for edits: through a log that is never folded, or directly.
fn written(folder: &Path, has_log: bool) -> Connection {
    let rows = [(square(0, 0), vec!["一".into()]), (square(2, 0), vec!["二".into()])];
    let file = one_table(folder, "land.gpkg", "t", &[("名称", ValueKind::Text)], &rows);
    let editor = Connection::open(file).expect("it can be opened");
    // Some triggers call functions that only a GeoPackage library has.
    let triggers =
        "SELECT group_concat(format('DROP TRIGGER \"%w\";', name), '') FROM sqlite_schema WHERE type = 'trigger'";
    let drop: String = editor.query_row(triggers, [], |row| row.get(0)).expect("there are triggers");
    editor.execute_batch(&drop).expect("they can be dropped");
    if has_log {
        editor.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;").expect("it can have a log");
    }
    editor
}

fn rename(editor: &Connection, name: &str) {
    editor.execute("UPDATE t SET 名称 = ? WHERE fid = 1", [name]).expect("it can be edited");
}

fn store(folder: &Path) -> Store {
    Store::at(folder.join("generations"))
}

fn project(folder: &Path) -> Project {
    Project::from_files(&[folder.join("land.gpkg")]).expect("it can be opened")
}

/// What the squares are called in a generation.
fn names(folder: &Path, id: &str) -> Vec<String> {
    let generation = store(folder).folder(id);
    let manifest = Manifest::read(&generation).expect("it has a manifest");
    let [tileset] = &manifest.tilesets[..] else { panic!("one tileset") };
    let findings = Findings::open(&generation.join(&tileset.lookup)).expect("it has a look-up table");
    let found = findings.within("t", [-180.0, -90.0, 180.0, 90.0]).expect("it can be read");
    found.iter().flat_map(|found| &found.attributes).map(|(_, value)| value.to_string()).collect()
}

#[test]
fn an_edit_amid_a_build_is_in_the_next() {
    for has_log in [false, true] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let folder = folder.path();
        let editor = written(folder, has_log);
        rename(&editor, "before");
        assert_eq!(folder.join("land.gpkg-wal").exists(), has_log);
        // What a build makes that nobody disturbs.
        let still = tempfile::tempdir().expect("a temporary folder");
        for entry in fs::read_dir(folder).expect("a folder").flatten().filter(|entry| !entry.path().is_dir()) {
            fs::copy(entry.path(), still.path().join(entry.file_name())).expect("it can be copied");
        }
        let undisturbed = build(&project(still.path()), &store(still.path()), Options::default(), &Unwatched);

        let project = project(folder);
        let editor = Mutex::new(editor);
        let watch = Meanwhile::then(|| rename(&editor.lock().expect("nobody panics"), "amid"));
        let first = build(&project, &store(folder), COPIES, &watch).expect("it can be built");
        assert_eq!(names(folder, &first.id), ["before", "二"], "log: {has_log}");
        assert_eq!(first, undisturbed.expect("it can be built"), "log: {has_log}");
        let second = build(&project, &store(folder), COPIES, &Unwatched).expect("it can be built");
        assert_eq!(names(folder, &second.id), ["amid", "二"], "log: {has_log}");
        let third = build(&project, &store(folder), COPIES, &Unwatched).expect("it is there");
        assert_eq!((third.id, third.reused), (second.id.clone(), true));
        // Nothing is left of the copies.
        let entries = fs::read_dir(store(folder).root()).expect("a folder").flatten();
        let visible = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let drafts: Vec<String> = visible.filter(|name| name.starts_with(".tmp-")).collect();
        assert!(drafts.is_empty() && !store(folder).folder(&second.id).join("sources").exists(), "{drafts:?}");
    }
}

#[test]
fn without_copies_a_build_that_is_disturbed_begins_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let editor = Mutex::new(written(folder.path(), false));
    let watch = Meanwhile::then(|| rename(&editor.lock().expect("nobody panics"), "amid"));
    let built = build(&project(folder.path()), &store(folder.path()), Options::default(), &watch);
    assert!(matches!(built, Err(BuildError::Changed { file }) if file == folder.path().join("land.gpkg")));
}

#[test]
fn what_is_wrong_with_a_copy_is_said_of_the_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    drop(written(folder.path(), false));
    let project = project(folder.path());
    let file = folder.path().join("land.gpkg");
    let whole = fs::read(&file).expect("it can be read");
    for (bytes, problem) in [(&whole[..whole.len() / 2], "truncated"), (b"PK\x03\x04 and so on", "ZIP")] {
        fs::write(&file, bytes).expect("it can be written");
        let error = build(&project, &store(folder.path()), COPIES, &Unwatched).expect_err("it cannot be read");
        let said = Chain(&error).to_string();
        assert!(said.contains(problem) && said.contains(&*file.to_string_lossy()), "{said}");
        assert!(!said.contains(".tmp-"), "{said}");
    }
    fs::remove_file(&file).expect("it can be removed");
    let error = build(&project, &store(folder.path()), COPIES, &Unwatched).expect_err("it is gone");
    assert!(Chain(&error).to_string().contains("land.gpkg: no such file"), "{error}");
}
