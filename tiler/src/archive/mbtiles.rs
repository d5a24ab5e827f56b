//! Writes MBTiles, for apps that want SQLite.
//!
//! # References
//! MBTiles Specification 1.3, <https://github.com/mapbox/mbtiles-spec/blob/master/1.3/spec.md>.

use std::fs::File;
use std::io;
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;

use super::partial::PartialFile;
use super::{ArchiveInfo, TileOrder, WriteArchive};
use crate::coord::TileCoord;

/// "MPBX", the application id of MBTiles files.
const APPLICATION_ID: i32 = 0x4d50_4258;

/// An MBTiles file in the making.
pub(crate) struct MbtilesWriter {
    database: Connection,
    place: PartialFile,
}

impl MbtilesWriter {
    pub(crate) fn create(file: &Path) -> io::Result<Self> {
        let place = PartialFile::new(file)?;
        let database = Connection::open(place.path()).map_err(io::Error::other)?;
        // No journal: the file is thrown away if anything fails, and synced as a whole at the end.
        database
            .execute_batch(&format!(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA application_id = {APPLICATION_ID};
                 BEGIN;
                 CREATE TABLE metadata (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
                 CREATE TABLE tiles (zoom_level INTEGER NOT NULL, tile_column INTEGER NOT NULL,
                                     tile_row INTEGER NOT NULL, tile_data BLOB NOT NULL);"
            ))
            .map_err(io::Error::other)?;
        Ok(Self { database, place })
    }

    fn describe(&self, info: &ArchiveInfo) -> rusqlite::Result<()> {
        let mut insert = self.database.prepare("INSERT INTO metadata (name, value) VALUES (?1, ?2)")?;
        let list = |numbers: &[f64]| numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
        for (name, value) in [
            ("format", "pbf".to_owned()),
            ("version", "1".to_owned()),
            ("minzoom", info.min_zoom.to_string()),
            ("maxzoom", info.max_zoom.to_string()),
            ("bounds", list(&info.bounds)),
            ("center", list(&info.center)),
        ] {
            insert.execute([name, &value])?;
        }
        // Members that MBTiles keeps as rows of their own are texts; the rest goes into `json`.
        let mut json = serde_json::Map::new();
        for (name, value) in &info.metadata {
            match value {
                Value::String(text) if !["bounds", "center", "format", "version"].contains(&name.as_str()) => {
                    insert.execute([name, text])?;
                }
                _ => _ = json.insert(name.clone(), value.clone()),
            }
        }
        insert.execute(["json", &Value::Object(json).to_string()])?;
        Ok(())
    }
}

impl WriteArchive for MbtilesWriter {
    fn order(&self) -> TileOrder {
        TileOrder::Column
    }

    fn put(&mut self, tile: TileCoord, gzipped: &[u8]) -> io::Result<()> {
        let sql = "INSERT INTO tiles (zoom_level, tile_column, tile_row, tile_data) VALUES (?1, ?2, ?3, ?4)";
        let mut insert = self.database.prepare_cached(sql).map_err(io::Error::other)?;
        insert.execute((tile.z(), tile.x(), tile.tms_y(), gzipped)).map_err(io::Error::other)?;
        Ok(())
    }

    fn finish(self: Box<Self>, info: &ArchiveInfo) -> io::Result<u64> {
        self.describe(info).map_err(io::Error::other)?;
        let index = "CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row); COMMIT;";
        self.database.execute_batch(index).map_err(io::Error::other)?;
        self.database.close().map_err(|(_, cause)| io::Error::other(cause))?;
        let file = File::options().write(true).open(self.place.path())?;
        let bytes = file.metadata()?.len();
        self.place.publish(&file)?;
        Ok(bytes)
    }
}
