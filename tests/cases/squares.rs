//! A project that is quick to build and easy to foresee: four hundred squares side by side.

use std::fs;
use std::path::Path;

use tests::gpkg::{self, Table};

/// Its configuration.
pub(crate) const PROJECT: &str = r#"
[project]
name = "squares"

[tiles]
min_zoom = 14
max_zoom = 16

[[layers]]
id = "parcels"
file = "in.gpkg"
fields.key = "BSM"
"#;

/// Writes it into a folder: the square at place `n` from the west is row n + 1 of table `t`, with key `Pn`.
pub(crate) fn write(folder: &Path) {
    let squares = (0..400i64).fold(Table::new("t", &[("BSM", "TEXT"), ("n", "INTEGER")]), |table, place| {
        table.square(place as usize, [format!("P{place}").into(), (place % 7).into()])
    });
    gpkg::write(&folder.join("in.gpkg"), &[squares]);
    fs::write(folder.join("tuban.toml"), PROJECT).expect("written");
}

/// Edits its GeoPackage.
pub(crate) fn edit(folder: &Path, sql: &str) {
    let file = rusqlite::Connection::open(folder.join("in.gpkg")).expect("opens");
    file.execute_batch(sql).expect("edited");
    file.close().expect("closed");
}
