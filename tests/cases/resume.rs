//! Tiles after a power cut: the next run goes on, and nobody can tell.

use std::fs;

use tests::Tuban;
use tests::gpkg::{self, Table};

use crate::city::folder;

#[test]
fn a_killed_run_goes_on_with_its_finished_blocks() {
    let folder = folder("resume");
    let squares = (0..40_000i64).fold(Table::new("t", &[("BSM", "TEXT"), ("n", "INTEGER")]), |table, place| {
        table.square(place as usize, [format!("P{place}").into(), (place % 7).into()])
    });
    gpkg::write(&folder.join("in.gpkg"), &[squares]);
    let tile = |out: &str| {
        Tuban::at(&folder).args(["tile", "in.gpkg", "-o", out, "--max-zoom", "16", "--keep-all", "--threads", "1"])
    };
    let whole = tile("whole.pmtiles").run().good();
    assert!(!whole.err.contains("going on"), "{}", whole.err);
    let whole = fs::read(folder.join("whole.pmtiles")).expect("written");

    let journal = folder.join("out.pmtiles.resume");
    let written = || fs::metadata(&journal).map_or(0, |file| file.len());
    // As far as a tenth, then on from there to a third, then to two thirds.
    let mut killed = 0;
    for part in [10, 3] {
        let enough = whole.len() as u64 / part;
        killed += u32::from(tile("out.pmtiles").kill_when(|| written() > enough));
        assert!(!folder.join("out.pmtiles").exists() || killed == 0, "a killed run leaves no archive");
    }
    assert!(killed > 0, "no run was killed before it ended");
    let rest = tile("out.pmtiles").run().good();
    assert!(rest.err.contains("going on where an earlier run was ended"), "{}", rest.err);
    assert!(fs::read(folder.join("out.pmtiles")).expect("written") == whole, "the archive differs");
    assert!(!journal.exists(), "what is finished needs no journal");

    // Other options, other tiles: nothing of a killed run is taken.
    if tile("out.pmtiles").kill_when(|| written() > whole.len() as u64 / 10) {
        let other = tile("out.pmtiles").args(["--layer", "t", "--labels"]).run().good();
        assert!(!other.err.contains("going on"), "{}", other.err);
    }
}
