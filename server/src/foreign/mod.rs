//! Foreign tilesets: `.pmtiles` and `.mbtiles` files that somebody else made, served beside the
//! project's own. They belong to no generation, and nothing that they say is believed unseen.

mod attribution;
mod layers;
mod pin;
mod pool;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use actix_web::web::Bytes;
use serde_json::Value;
use tiler::{Archive, ArchiveError, ArchiveInfo, Compression, Mbtiles, TileCoord, TileType};
use xxhash_rust::xxh3::Xxh3;

pub use attribution::harmless;

use crate::error::ApiError;
use crate::mapped;
use pin::Pin;
use pool::Pool;

/// A foreign tileset as the configuration names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignSpec {
    /// Its id in URLs.
    pub id: String,
    /// The archive.
    pub file: PathBuf,
    /// What it shows, where that is not what the archive says.
    pub description: Option<String>,
    /// Who made the data, where that is not what the archive says.
    pub attribution: Option<String>,
}

/// All foreign tilesets of a server.
#[derive(Debug, Default)]
pub struct Foreign {
    tilesets: Vec<Arc<ForeignTileset>>,
}

impl Foreign {
    /// Opens them all.
    ///
    /// # Errors
    /// [`ArchiveError`] of the first that cannot be read.
    pub fn open(specs: &[ForeignSpec]) -> Result<Self, ArchiveError> {
        let tilesets = specs.iter().map(|spec| ForeignTileset::open(spec).map(Arc::new));
        Ok(Self { tilesets: tilesets.collect::<Result<_, _>>()? })
    }

    /// The tileset with that id.
    pub fn tileset(&self, id: &str) -> Option<&Arc<ForeignTileset>> {
        self.tilesets.iter().find(|tileset| tileset.id == id)
    }

    /// All of them, as configured.
    pub fn tilesets(&self) -> &[Arc<ForeignTileset>] {
        &self.tilesets
    }
}

/// One of them, ready to answer.
#[derive(Debug)]
pub struct ForeignTileset {
    /// Its id.
    pub id: String,
    /// What it shows.
    pub description: String,
    /// Who made the data: text and links, harmless in a page.
    pub attribution: String,
    /// What its tiles are.
    pub tile_type: TileType,
    /// Zooms, bounds and centre, within the world.
    pub info: ArchiveInfo,
    /// Its tile layers (TileJSON 3.0.0 §3.3), without what is not as it should be.
    pub vector_layers: Vec<Value>,
    /// What tells this content from that of another time: of size, time of change and header.
    pub identity: String,
    /// What the archive says of all its tiles.
    compression: Compression,
    pin: Pin,
    tiles: Tiles,
}

#[derive(Debug)]
enum Tiles {
    Pmtiles(Arc<Archive>),
    Mbtiles(Arc<Pool>),
}

impl ForeignTileset {
    fn open(spec: &ForeignSpec) -> Result<Self, ArchiveError> {
        let failed = |cause| ArchiveError::Read { file: spec.file.clone(), cause };
        let pin = Pin::new(&spec.file).map_err(failed)?;
        let identity = identity(&spec.file).map_err(failed)?;
        let magic = magic(&spec.file).map_err(failed)?;
        let (tiles, info, tile_type, compression) = if magic == *SQLITE {
            let archive = Mbtiles::open(&spec.file)?;
            let (info, tile_type, compression) = archive.info()?;
            let pool = Pool::new(spec.file.clone(), identity.clone(), archive);
            (Tiles::Mbtiles(Arc::new(pool)), info, tile_type, compression)
        } else if magic.starts_with(PMTILES) {
            let archive = Archive::open(&spec.file)?;
            let (info, tile_type, compression) = (archive.info(), archive.tile_type(), archive.tile_compression());
            (Tiles::Pmtiles(Arc::new(archive)), info, tile_type, compression)
        } else {
            return Err(ArchiveError::Broken { file: spec.file.clone(), problem: "is neither PMTiles nor MBTiles" });
        };
        let said = |name: &str| info.metadata.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let description = spec.description.clone().unwrap_or_else(|| said("description"));
        let attribution = harmless(&spec.attribution.clone().unwrap_or_else(|| said("attribution")));
        let vector_layers = if tile_type == TileType::Mvt { layers::of(&info.metadata) } else { vec![] };
        let info = ArchiveInfo { bounds: within_the_world(info.bounds), ..info };
        Ok(Self {
            id: spec.id.clone(),
            description,
            attribution,
            tile_type,
            info,
            vector_layers,
            identity,
            compression,
            pin,
            tiles,
        })
    }

    /// The tile as stored, and how it is compressed; `None` where there is none.
    ///
    /// # Errors
    /// [`ApiError::Replaced`] if somebody wrote to the file since it was opened,
    /// [`ApiError::Internal`] if it is damaged.
    pub async fn tile(&self, coord: TileCoord) -> Result<Option<(Bytes, Compression)>, ApiError> {
        self.check()?;
        match &self.tiles {
            Tiles::Pmtiles(archive) => {
                let tile = mapped::tile(archive, coord).map_err(ApiError::internal)?;
                Ok(tile.map(|(bytes, _)| {
                    let compression = match self.compression {
                        Compression::Unknown => Compression::by_magic(&bytes),
                        known => known,
                    };
                    (bytes, compression)
                }))
            }
            Tiles::Mbtiles(pool) => {
                let shared = Arc::clone(pool);
                let read = actix_web::web::block(move || shared.read(|archive| archive.tile(coord)));
                let tile = read.await.map_err(ApiError::internal)?.map_err(|error| match error {
                    pool::PoolError::Replaced => ApiError::Replaced(self.id.clone()),
                    pool::PoolError::Archive(cause) => ApiError::internal(cause),
                })?;
                // Tiles of one file may be compressed or not; only Brotli cannot be told by looking.
                Ok(tile.map(|bytes| {
                    let compression = match self.compression {
                        Compression::Brotli => Compression::Brotli,
                        _ => Compression::by_magic(&bytes),
                    };
                    (Bytes::from(bytes), compression)
                }))
            }
        }
    }

    /// The archive, where it is one that can be read in ranges.
    ///
    /// # Errors
    /// [`ApiError::Replaced`] if somebody wrote to the file since it was opened.
    pub fn pmtiles(&self) -> Result<Option<&Arc<Archive>>, ApiError> {
        self.check()?;
        Ok(match &self.tiles {
            Tiles::Pmtiles(archive) => Some(archive),
            Tiles::Mbtiles(_) => None,
        })
    }

    /// What was opened is what its identity names. A map of a file that was cut short is best not
    /// touched.
    fn check(&self) -> Result<(), ApiError> {
        if self.pin.holds() { Ok(()) } else { Err(ApiError::Replaced(self.id.clone())) }
    }

    /// The ids of its tile layers.
    pub fn layer_ids(&self) -> impl Iterator<Item = &str> {
        self.vector_layers.iter().filter_map(|layer| layer["id"].as_str())
    }
}

/// What tells the content of a file from that of another time.
fn identity(file: &Path) -> io::Result<String> {
    /// Header and root directory of PMTiles (v3 §2), and the change counter of SQLite.
    const HEAD: u64 = 16_384;
    let metadata = fs::metadata(file)?;
    let changed = metadata.modified()?.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut head = Vec::new();
    File::open(file)?.take(HEAD).read_to_end(&mut head)?;
    let mut hash = Xxh3::new();
    hash.update(&metadata.len().to_le_bytes());
    hash.update(&changed.as_nanos().to_le_bytes());
    hash.update(&head);
    Ok(format!("{:016x}", hash.digest()))
}

/// How SQLite databases begin (SQLite file format, §1.3.1).
const SQLITE: &[u8] = b"SQLite format 3\0";
/// How PMTiles begin (v3 §3).
const PMTILES: &[u8] = b"PMTiles";

/// The first bytes of a file, at most as many as tell what it is.
fn magic(file: &Path) -> io::Result<Vec<u8>> {
    let mut magic = Vec::new();
    File::open(file)?.take(SQLITE.len() as u64).read_to_end(&mut magic)?;
    Ok(magic)
}

/// Bounds that a map can be opened at: those of the archive, or the world where they are none.
fn within_the_world([west, south, east, north]: [f64; 4]) -> [f64; 4] {
    const WORLD: [f64; 4] = [-180.0, -85.051_128_779_806_59, 180.0, 85.051_128_779_806_59];
    let bounds = [west.max(-180.0), south.max(-90.0), east.min(180.0), north.min(90.0)];
    if bounds[0] <= bounds[2] && bounds[1] <= bounds[3] { bounds } else { WORLD }
}
