//! Writes MBTiles, for apps that want SQLite.

use std::fs::File;
use std::io;
use std::path::Path;

use md5::{Digest, Md5};
use rusqlite::Connection;

use super::metadata;
use crate::archive::partial::PartialFile;
use crate::archive::{ArchiveInfo, TileEncoding, TileOrder, WriteArchive};
use crate::coord::TileCoord;

/// "MPBX", the application id of MBTiles files.
const APPLICATION_ID: i32 = 0x4d50_4258;

/// An MBTiles file in the making.
pub(crate) struct MbtilesWriter {
    database: Connection,
    place: PartialFile,
    encoding: TileEncoding,
}

impl MbtilesWriter {
    pub(crate) fn create(file: &Path, encoding: TileEncoding) -> io::Result<Self> {
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
        Ok(Self { database, place, encoding })
    }

    fn describe(&self, info: &ArchiveInfo) -> rusqlite::Result<()> {
        self.database.execute_batch("CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)")?;
        let mut insert = self.database.prepare("INSERT INTO metadata (name, value) VALUES (?1, ?2)")?;
        for (name, value) in metadata::rows(info, self.encoding) {
            insert.execute([name, value])?;
        }
        insert.execute(["agg_tiles_hash", &agg_tiles_hash(&self.database)?])?;
        Ok(())
    }
}

/// The hash by which martin's `mbtiles validate` knows that no tile was lost or changed: MD5 of
/// zoom, column, row (as stored, in decimal digits) and data of all tiles in this order, in upper
/// case.
///
/// # References
/// `calc_agg_tiles_hash` in <https://github.com/maplibre/martin>, `mbtiles/src/validation.rs`.
fn agg_tiles_hash(database: &Connection) -> rusqlite::Result<String> {
    let sql = "SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles
               ORDER BY zoom_level, tile_column, tile_row";
    let mut statement = database.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut hash = Md5::new();
    while let Some(row) = rows.next()? {
        for column in 0..3 {
            hash.update(row.get::<_, i64>(column)?.to_string());
        }
        hash.update(row.get_ref(3)?.as_blob()?);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02X}")).collect())
}

impl WriteArchive for MbtilesWriter {
    fn order(&self) -> TileOrder {
        TileOrder::Column
    }

    fn put(&mut self, tile: TileCoord, bytes: &[u8]) -> io::Result<()> {
        let sql = "INSERT INTO tiles (zoom_level, tile_column, tile_row, tile_data) VALUES (?1, ?2, ?3, ?4)";
        let mut insert = self.database.prepare_cached(sql).map_err(io::Error::other)?;
        insert.execute((tile.z(), tile.x(), tile.tms_y(), bytes)).map_err(io::Error::other)?;
        Ok(())
    }

    fn finish(self: Box<Self>, info: &ArchiveInfo) -> io::Result<u64> {
        self.describe(info).and_then(|()| self.database.execute_batch("COMMIT")).map_err(io::Error::other)?;
        self.database.close().map_err(|(_, cause)| io::Error::other(cause))?;
        let file = File::options().write(true).open(self.place.path())?;
        let bytes = file.metadata()?.len();
        self.place.publish(&file)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// martin's own vector: the file `flat__v2` of its tests (mbtiles 0.19.1, `tests/snapshots`).
    #[test]
    fn the_hash_of_all_tiles_is_martins() {
        let database = Connection::open_in_memory().expect("in memory");
        let sql = "CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB);
             INSERT INTO tiles VALUES (6, 1, 4, 'edit-v2a'), (3, 6, 7, 'root'), (5, 0, 0, 'same'), (5, 0, 1, ''),
             (5, 1, 1, 'edit-v2'), (5, 1, 2, 'not-empty'), (5, 1, 3, ''), (5, 3, 7, 'new'), (5, 3, 8, 'new'),
             (6, 0, 3, 'same'), (6, 0, 5, '1-keep-1-rm');
             UPDATE tiles SET tile_data = CAST(tile_data AS BLOB)";
        database.execute_batch(sql).expect("valid SQL");
        assert_eq!(agg_tiles_hash(&database).as_deref(), Ok("3BCDEE3F52407FF1315629298CB99133"));
        database.execute_batch("DELETE FROM tiles").expect("valid SQL");
        assert_eq!(agg_tiles_hash(&database).as_deref(), Ok("D41D8CD98F00B204E9800998ECF8427E"), "that of nothing");
    }
}
