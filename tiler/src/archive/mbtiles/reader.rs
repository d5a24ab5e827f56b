//! Reads MBTiles. Files come from strangers, so nothing in their schema is run: the tiles come from
//! a plain table, or from the plain tables behind the view that tools agree on.

use std::cell::OnceCell;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::metadata;
use crate::archive::{ArchiveError, ArchiveInfo, Compression, TileEncoding, TileType};
use crate::coord::TileCoord;

/// Longest metadata that are read, bytes in all.
const LONGEST_METADATA: usize = 64 << 20;

/// Longest value that SQLite hands out, bytes: far above any tile and any metadata.
const LONGEST_VALUE: i32 = 256 << 20;

/// An MBTiles file, opened read-only and left as it is.
#[derive(Debug)]
pub struct Mbtiles {
    file: PathBuf,
    database: Connection,
    schema: Schema,
    /// Whether SQLite finds a tile without reading the others.
    is_indexed: bool,
    /// Where each tile lies, in the order of the curve; read when first asked for.
    places: OnceCell<Vec<Place>>,
}

/// A tile's id on the curve, and the row id of its content.
type Place = (u64, i64);

/// Where tiles are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Schema {
    /// `tiles` is a table.
    Flat,
    /// `tiles` is a view of `tiles_with_hash` (martin).
    Hashed,
    /// `tiles` is a view of `map` and `images` (mbutil, tippecanoe).
    Shared,
}

impl Schema {
    /// All tiles: zoom, column, row and the row id of the content.
    fn all(self) -> &'static str {
        match self {
            Self::Flat => "SELECT zoom_level, tile_column, tile_row, rowid FROM tiles",
            Self::Hashed => "SELECT zoom_level, tile_column, tile_row, rowid FROM tiles_with_hash",
            Self::Shared => {
                "SELECT map.zoom_level, map.tile_column, map.tile_row, images.rowid
                 FROM map JOIN images ON images.tile_id = map.tile_id"
            }
        }
    }

    /// The content of a row id.
    fn content(self) -> &'static str {
        match self {
            Self::Flat => "SELECT tile_data FROM tiles WHERE rowid = ?1",
            Self::Hashed => "SELECT tile_data FROM tiles_with_hash WHERE rowid = ?1",
            Self::Shared => "SELECT tile_data FROM images WHERE rowid = ?1",
        }
    }

    /// The content of a tile, by zoom, column and row.
    fn one(self) -> &'static str {
        match self {
            Self::Flat => "SELECT tile_data FROM tiles WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3",
            Self::Hashed => {
                "SELECT tile_data FROM tiles_with_hash WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3"
            }
            Self::Shared => {
                "SELECT images.tile_data FROM map CROSS JOIN images ON images.tile_id = map.tile_id
                 WHERE map.zoom_level = ?1 AND map.tile_column = ?2 AND map.tile_row = ?3"
            }
        }
    }

    /// Shallowest and deepest zoom.
    fn zooms(self) -> &'static str {
        match self {
            Self::Flat => "SELECT min(zoom_level), max(zoom_level) FROM tiles",
            Self::Hashed => "SELECT min(zoom_level), max(zoom_level) FROM tiles_with_hash",
            Self::Shared => "SELECT min(zoom_level), max(zoom_level) FROM map",
        }
    }

    /// Any content.
    fn any(self) -> &'static str {
        match self {
            Self::Flat => "SELECT tile_data FROM tiles LIMIT 1",
            Self::Hashed => "SELECT tile_data FROM tiles_with_hash LIMIT 1",
            Self::Shared => "SELECT tile_data FROM images LIMIT 1",
        }
    }

    /// The indexes by which [`Schema::one`] goes: table and leading columns in any order.
    fn indexes(self) -> &'static [(&'static str, &'static [&'static str])] {
        const PLACE: &[&str] = &["zoom_level", "tile_column", "tile_row"];
        match self {
            Self::Flat => &[("tiles", PLACE)],
            Self::Hashed => &[("tiles_with_hash", PLACE)],
            Self::Shared => &[("map", PLACE), ("images", &["tile_id"])],
        }
    }

    /// Tables and the columns they need.
    fn needs(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Self::Flat => &[("tiles", &["zoom_level", "tile_column", "tile_row", "tile_data"])],
            Self::Hashed => &[("tiles_with_hash", &["zoom_level", "tile_column", "tile_row", "tile_data"])],
            Self::Shared => {
                &[("map", &["zoom_level", "tile_column", "tile_row", "tile_id"]), ("images", &["tile_id", "tile_data"])]
            }
        }
    }
}

impl Mbtiles {
    /// Opens a file without changing a byte of it.
    ///
    /// # Errors
    /// [`ArchiveError::Read`] if the system or SQLite refuses the file, [`ArchiveError::Broken`] if it
    /// holds no tiles as MBTiles do, or somebody writes to it.
    pub fn open(file: &Path) -> Result<Self, ArchiveError> {
        let read = |cause| ArchiveError::Read { file: file.to_owned(), cause };
        let broken = |problem| ArchiveError::Broken { file: file.to_owned(), problem };
        let real = file.canonicalize().map_err(read)?;
        let has = |suffix: &str| {
            let mut beside = real.clone().into_os_string();
            beside.push(suffix);
            fs::metadata(beside).is_ok_and(|log| log.len() > 0)
        };
        if has("-wal") || has("-journal") {
            return Err(broken("is being written to: close the program that does"));
        }
        let open = || -> rusqlite::Result<(Connection, Result<Schema, &'static str>)> {
            let flags = OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_READ_ONLY;
            let database = Connection::open_with_flags(layers::gpkg::uri(&real, "mode=ro&immutable=1"), flags)?;
            database.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
            database.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            database.execute_batch("PRAGMA query_only = ON; PRAGMA cell_size_check = ON;")?;
            database.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE)?;
            let schema = schema(&database)?;
            Ok((database, schema))
        };
        let (database, schema) = open().map_err(|cause| read(io::Error::other(cause)))?;
        let schema = schema.map_err(broken)?;
        let is_indexed = is_indexed(&database, schema).map_err(|cause| read(io::Error::other(cause)))?;
        Ok(Self { file: file.to_owned(), database, schema, is_indexed, places: OnceCell::new() })
    }

    /// The tile as stored, or `None` where there is none.
    ///
    /// # Errors
    /// As [`Mbtiles::open`], if the file is damaged.
    pub fn tile(&self, tile: TileCoord) -> Result<Option<Vec<u8>>, ArchiveError> {
        if self.is_indexed {
            let read = || {
                let mut statement = self.database.prepare_cached(self.schema.one())?;
                let place = (tile.z(), tile.x(), tile.tms_y());
                statement.query_row(place, |row| row.get::<_, Option<Vec<u8>>>(0)).optional()
            };
            let content = read().map_err(|cause| self.failed(cause))?;
            return Ok(content.flatten().filter(|bytes| !bytes.is_empty()));
        }
        let places = self.places()?;
        let found = places.binary_search_by_key(&tile.id().value(), |(id, _)| *id);
        found.map_or(Ok(None), |place| self.content(places[place].1))
    }

    /// All tiles in the order of the curve, shallow zooms first, with their bytes as stored.
    ///
    /// # Errors
    /// As [`Mbtiles::open`], if the file is damaged or names a tile twice or outside the grid.
    pub fn tiles(&self) -> Result<impl Iterator<Item = Result<(TileCoord, Vec<u8>), ArchiveError>> + '_, ArchiveError> {
        let coord = |id| crate::coord::TileId::new(id).map(crate::coord::TileId::coord);
        let tile =
            move |&(id, row): &Place| {
                let content = self.content(row).transpose()?;
                Some(content.and_then(|bytes| {
                    Ok((coord(id).ok_or_else(|| self.broken("names a tile beyond zoom 30"))?, bytes))
                }))
            };
        Ok(self.places()?.iter().filter_map(tile))
    }

    /// How many tiles it has, the empty ones among them.
    ///
    /// # Errors
    /// As [`Mbtiles::tiles`].
    pub fn tile_count(&self) -> Result<u64, ArchiveError> {
        Ok(self.places()?.len() as u64)
    }

    /// What it says about itself, what its tiles are and how they are compressed; reads none of them
    /// but one.
    ///
    /// # Errors
    /// As [`Mbtiles::open`], if the file is damaged or its metadata are no metadata.
    pub fn info(&self) -> Result<(ArchiveInfo, TileType, Compression), ArchiveError> {
        let rows = self.metadata_rows().map_err(|cause| self.failed(cause))?;
        let rows = rows.ok_or_else(|| self.broken("has metadata of unreasonable length"))?;
        let zooms = self.database.query_row(self.schema.zooms(), [], |row| {
            Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?))
        });
        let (min, max) = zooms.map_err(|cause| self.failed(cause))?;
        let zoom =
            |zoom: Option<i64>| u8::try_from(zoom.unwrap_or(0)).ok().filter(|&z| z <= crate::coord::DEEPEST_ZOOM);
        let zooms = zoom(min).zip(zoom(max)).ok_or_else(|| self.broken("has a tile outside the grid"))?;
        let any = || {
            let content =
                self.database.query_row(self.schema.any(), [], |row| row.get::<_, Option<Vec<u8>>>(0)).optional()?;
            Ok(content.flatten())
        };
        let any = any().map_err(|cause| self.failed(cause))?;
        let (info, encoding) = metadata::read(rows, zooms, any.as_deref()).map_err(|problem| self.broken(problem))?;
        Ok((info, TileType::of(encoding.tile_type), encoding.compression))
    }

    /// What it says about itself.
    pub(crate) fn describe(&self) -> Result<(ArchiveInfo, TileEncoding), ArchiveError> {
        let rows = self.metadata_rows().map_err(|cause| self.failed(cause))?;
        let rows = rows.ok_or_else(|| self.broken("has metadata of unreasonable length"))?;
        let places = self.places()?;
        let zoom = |place: Option<&Place>| {
            place.and_then(|(id, _)| crate::coord::TileId::new(*id)).map_or(0, |id| id.coord().z())
        };
        let first = self.tiles()?.next().transpose()?;
        let zooms = (zoom(places.first()), zoom(places.last()));
        metadata::read(rows, zooms, first.as_ref().map(|(_, bytes)| bytes.as_slice()))
            .map_err(|problem| self.broken(problem))
    }

    fn metadata_rows(&self) -> rusqlite::Result<Option<Vec<(String, String)>>> {
        if !is_plain(&self.database, "metadata", &["name", "value"])? {
            return Ok(Some(vec![]));
        }
        let mut statement = self.database.prepare("SELECT name, CAST(value AS TEXT) FROM metadata")?;
        let mut rows = statement.query([])?;
        let (mut out, mut length) = (vec![], 0);
        while let Some(row) = rows.next()? {
            let (name, value) = (row.get::<_, Option<String>>(0)?, row.get::<_, Option<String>>(1)?);
            if let (Some(name), Some(value)) = (name, value) {
                length += name.len() + value.len();
                if length > LONGEST_METADATA {
                    return Ok(None);
                }
                out.push((name, value));
            }
        }
        Ok(Some(out))
    }

    /// An empty content is no tile.
    fn content(&self, row: i64) -> Result<Option<Vec<u8>>, ArchiveError> {
        let read = || {
            let mut statement = self.database.prepare_cached(self.schema.content())?;
            statement.query_row([row], |row| row.get::<_, Option<Vec<u8>>>(0)).optional()
        };
        let content = read().map_err(|cause| self.failed(cause))?;
        Ok(content.flatten().filter(|bytes| !bytes.is_empty()))
    }

    fn places(&self) -> Result<&[Place], ArchiveError> {
        if self.places.get().is_none() {
            let places = self.read_places().map_err(|cause| self.failed(cause))?;
            let _ = self.places.set(places.map_err(|problem| self.broken(problem))?);
        }
        Ok(self.places.get().map_or(&[], Vec::as_slice))
    }

    fn read_places(&self) -> rusqlite::Result<Result<Vec<Place>, &'static str>> {
        let mut statement = self.database.prepare(self.schema.all())?;
        let mut rows = statement.query([])?;
        // A row takes more than four bytes, and a map shares no rows: more come only of a damaged tree.
        let most = fs::metadata(&self.file).map_or(0, |file| file.len() / 4) as usize;
        let mut places = Vec::new();
        while let Some(row) = rows.next()? {
            let (z, x, tms_y): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let checked = || {
                let (z, x, tms_y) = (u8::try_from(z).ok()?, u32::try_from(x).ok()?, u32::try_from(tms_y).ok()?);
                // The same turn leads from rows counted from the south to rows counted from the north.
                TileCoord::new(z, x, TileCoord::new(z, x, tms_y)?.tms_y())
            };
            let Some(tile) = checked() else { return Ok(Err("has a tile outside the grid")) };
            if places.len() >= most {
                return Ok(Err("has more tiles than it has room for"));
            }
            places.push((tile.id().value(), row.get(3)?));
        }
        places.sort_unstable();
        let has_twice = places.windows(2).any(|pair| pair[0].0 == pair[1].0);
        Ok(if has_twice { Err("names a tile twice") } else { Ok(places) })
    }

    fn broken(&self, problem: &'static str) -> ArchiveError {
        ArchiveError::Broken { file: self.file.clone(), problem }
    }

    fn failed(&self, cause: rusqlite::Error) -> ArchiveError {
        ArchiveError::Read { file: self.file.clone(), cause: io::Error::other(cause) }
    }
}

/// How the file keeps its tiles; or why they cannot be read.
fn schema(database: &Connection) -> rusqlite::Result<Result<Schema, &'static str>> {
    for schema in [Schema::Flat, Schema::Hashed, Schema::Shared] {
        let mut is_whole = true;
        for (table, columns) in schema.needs() {
            is_whole &= is_plain(database, table, columns)?;
        }
        if is_whole {
            return Ok(Ok(schema));
        }
    }
    Ok(Err("has no table of tiles, nor one of the known ways to share them (map and images, tiles_with_hash)"))
}

/// Whether a table with row ids is there that has these columns and computes none of them.
fn is_plain(database: &Connection, table: &str, columns: &[&str]) -> rusqlite::Result<bool> {
    let sql = "SELECT type = 'table' AND NOT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1";
    if !database.query_row(sql, [table], |row| row.get(0)).optional()?.unwrap_or(false) {
        return Ok(false);
    }
    let mut statement = database.prepare("SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0")?;
    let names = statement.query_map([table], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    Ok(columns.iter().all(|column| names.iter().any(|name| name == column)))
}

/// Whether there is an index for each step of the way to a tile.
fn is_indexed(database: &Connection, schema: Schema) -> rusqlite::Result<bool> {
    for (table, columns) in schema.indexes() {
        let mut statement = database.prepare("SELECT name FROM pragma_index_list(?1) WHERE NOT partial")?;
        let indexes = statement.query_map([table], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
        let mut is_found = false;
        for index in indexes {
            let mut statement = database.prepare("SELECT name FROM pragma_index_info(?1) ORDER BY seqno")?;
            // An expression has no name.
            let names = statement.query_map([index], |row| row.get(0))?;
            let names = names.take(columns.len()).collect::<rusqlite::Result<Vec<Option<String>>>>()?;
            is_found |= columns.iter().all(|column| names.iter().any(|name| name.as_deref() == Some(*column)));
        }
        if !is_found {
            return Ok(false);
        }
    }
    Ok(true)
}
