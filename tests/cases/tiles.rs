//! Archives as others read them: every polygon is filled as its rings say, and every tile is there.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use bench::cadastre::Cadastre;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tests::{Tuban, node};

use crate::city::{demo, folder};

/// Polygons of the cadastre that these cases cut, about.
const POLYGONS: usize = 2_000;

/// A small cadastre with streets around its blocks, cut into both kinds of archive; made once.
fn cadastre() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = folder("cadastre");
        bench::file::write_cadastre(&folder.join("in.gpkg"), &Cadastre::of(POLYGONS, 1), true).expect("a cadastre");
        for archive in ["out.pmtiles", "out.mbtiles"] {
            let zooms = ["--min-zoom", "0", "--max-zoom", "14"];
            Tuban::at(&folder).args(["tile", "in.gpkg", "-o", archive]).args(zooms).run().good();
        }
        folder
    })
}

fn archives(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "pmtiles")).collect()
}

#[test]
fn every_polygon_is_filled_as_its_rings_say() {
    let mut files = archives(&demo().generation.join("tiles"));
    assert!(!files.is_empty(), "the demo city has archives");
    files.extend(archives(cadastre()));
    for file in files {
        // The reader of PMTiles on the way, and the counts of the header: see the script.
        let found = node::run("triangulate.mjs", [&file], &Value::Null);
        assert!(found["triangles"].as_u64() > Some(1_000), "{}: {found}", file.display());
        for fault in ["deviants", "reversed"] {
            let faults = found[fault].as_array().expect("a list");
            assert!(faults.is_empty(), "{}: {} {fault}: {:?}", file.display(), faults.len(), faults.first());
        }
    }
}

#[test]
fn gdal_reads_every_zoom_of_an_archive() {
    let file = cadastre().join("out.mbtiles");
    for zoom in 10..=14 {
        // Which tiles GDAL looks at goes by the deepest zoom it is told of.
        let mut command = Command::new("ogrinfo");
        command.args(["-ro", "-al", "-so", "-oo"]).arg(format!("ZOOM_LEVEL={zoom}")).arg(&file);
        let output = command.output().expect("ogrinfo runs");
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && err.trim().is_empty(), "z{zoom}:\n{out}{err}");
        assert!(out.contains("Layer name: parcels"), "z{zoom}:\n{out}");
        let count = out.lines().find_map(|line| line.strip_prefix("Feature Count: ")).and_then(|n| n.parse().ok());
        // A parcel is a feature in every tile that it touches.
        assert!(count > Some(POLYGONS * 19 / 20), "z{zoom}:\n{out}");
    }
}

#[test]
fn both_kinds_of_archive_hold_the_same_tiles() {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = Connection::open_with_flags(cadastre().join("out.mbtiles"), flags).expect("a database");
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("an answer");
    assert_eq!(sound, "ok");
    let mut rows = connection
        .prepare("SELECT zoom_level, tile_column, (1 << zoom_level) - 1 - tile_row, tile_data FROM tiles")
        .expect("tiles");
    let tiles = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, Vec<u8>>(3)?)));
    let tiles: Vec<(u8, u32, u32, Vec<u8>)> = tiles.and_then(Iterator::collect).expect("rows");
    assert!(tiles.len() > 15, "{}", tiles.len());

    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let reader = pmtiles::AsyncPmTilesReader::new_with_path(cadastre().join("out.pmtiles")).await;
        let reader = reader.expect("an archive");
        let counted = reader.get_header().n_addressed_tiles().map(std::num::NonZero::get);
        assert_eq!(counted, Some(tiles.len() as u64));
        for (z, x, y, bytes) in tiles {
            let place = pmtiles::TileCoord::new(z, x, y).expect("a tile of the grid");
            let same = reader.get_tile(place).await.expect("a tile").expect("it is there");
            assert!(same == bytes, "{z}/{x}/{y} differs");
        }
    });
}
