//! `tuban tile`

mod incremental;
mod source;

use std::path::{Path, PathBuf};

use clap::Args;
use layers::SourceTable;
use layers::gpkg::{FeatureTable, GeoPackage};
use tiler::{Changes, LowZooms, TilesetSpec, Tiling};

use self::source::TileSource;
use super::CliError;
use crate::build::{BuildError, TOOL, Unread, Watch};
use crate::config::nearest;
use crate::progress;

/// For the command line's own check.
const DEEPEST: i64 = tiler::DEEPEST_TILED_ZOOM as i64;

/// Make one archive of a GeoPackage's tables, without a project; or of another archive
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  tuban tile parcels.gpkg -o parcels.pmtiles
  tuban tile parcels.gpkg -o parcels.mbtiles --layer 宗地 --max-zoom 16
  tuban tile parcels.gpkg -o parcels.pmtiles --incremental   again, after some rows changed
  tuban tile parcels.pmtiles -o parcels.mbtiles   the same tiles in another container")]
pub(super) struct Tile {
    /// The GeoPackage, or an archive (.pmtiles, .mbtiles) whose tiles are taken as they are
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The archive: .pmtiles or .mbtiles
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Only this table; may be given more than once
    #[arg(long, value_name = "NAME")]
    layer: Vec<String>,
    /// Shallowest zoom [default: from the data]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=DEEPEST))]
    min_zoom: Option<u8>,
    /// Deepest zoom [default: from the data]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=DEEPEST))]
    max_zoom: Option<u8>,
    /// Draw every feature at every zoom, however large tiles become
    #[arg(long)]
    keep_all: bool,
    /// Most compressed bytes of a tile: zooms with a larger one show cells instead of features
    #[arg(long, value_name = "BYTES", default_value = "500000", value_parser = bytes, conflicts_with = "keep_all")]
    tile_bytes: u64,
    /// Cells along the side of a tile: a power of two up to 256
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = power_of_two, conflicts_with = "keep_all")]
    cells: u32,
    /// Add a layer with a label point inside each polygon
    #[arg(long)]
    labels: bool,
    /// Make only what changed since the last run with this option. Keeps what that takes beside the
    /// archive (OUT.state) and tells what changed (OUT.changes.json); the archive is the same as without
    #[arg(long)]
    incremental: bool,
    /// Memory to aim at, such as 512M or 2G [default: a quarter of the machine's]: records beyond their
    /// share of it go to a temporary file. The archive's bytes do not depend on it
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    memory: Option<u64>,
    /// Threads to use [default: one a core]; the bytes do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

impl Tile {
    pub(super) fn run(self) -> Result<(), CliError> {
        if !is_archive(&self.output) {
            return Err(CliError::Usage("the output must end in .pmtiles or .mbtiles".to_owned()));
        }
        if self.incremental && (is_archive(&self.input) || !is_pmtiles(&self.output)) {
            let why = "--incremental makes .pmtiles from a GeoPackage";
            return Err(CliError::Usage(why.to_owned()));
        }
        if is_archive(&self.input) {
            return self.convert();
        }
        if let (Some(min), Some(max)) = (self.min_zoom, self.max_zoom)
            && min > max
        {
            return Err(CliError::Usage(format!("--min-zoom {min} is above --max-zoom {max}")));
        }
        let threads = self.threads.map_or(0, usize::from);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| CliError::Usage(format!("cannot start {threads} threads: {error}")))?;
        pool.install(|| self.make())
    }

    /// Puts the tiles of an archive into another.
    fn convert(&self) -> Result<(), CliError> {
        if !self.layer.is_empty() || self.min_zoom.is_some() || self.max_zoom.is_some() {
            let input = self.input.display();
            let why = "is an archive, whose tiles are taken as they are: --layer, --min-zoom and --max-zoom need a GeoPackage";
            return Err(CliError::Usage(format!("{input} {why}")));
        }
        let watch = progress::shown();
        watch.stage("copying tiles");
        let made = tiler::convert(&self.input, &self.output, &|done, expected| watch.tiles(done, expected))?;
        let zooms = format!("{}–{}", made.zooms.0, made.zooms.1);
        tracing::info!(file = %self.output.display(), tiles = made.tiles, bytes = made.bytes, zooms, "wrote archive");
        Ok(())
    }

    fn make(&self) -> Result<(), CliError> {
        let watch = progress::shown();
        let file = GeoPackage::open(&self.input)?;
        let tables = self.tables(&file)?;
        // Named by what is in it, so that the bytes do not depend on what the archive is called.
        let id = self.input.file_stem().unwrap_or_default().to_string_lossy();
        let spec = self.spec(&id);
        let source = TileSource::new(&file, &tables, self.labels);
        if !self.incremental {
            return self.make_all(&source, &spec, None, &*watch).map(drop);
        }
        watch.stage("comparing rows");
        let changes = match incremental::make(&source, &spec, &self.output, &*watch)? {
            Ok(changes) => changes,
            Err(reason) => {
                tracing::info!(reason, "making everything");
                self.make_all(&source, &spec, Some(source.tag()), &*watch)?;
                Changes { everything: Some(reason), ..Changes::default() }
            }
        };
        incremental::tell(&self.output, &changes)
    }

    /// What to make, but for the rows.
    fn spec<'i>(&self, id: &'i str) -> TilesetSpec<'i> {
        let low_zooms = if self.keep_all {
            LowZooms::KeepAll
        } else {
            LowZooms::Cells { tile_bytes: self.tile_bytes, cells_a_side: self.cells }
        };
        TilesetSpec {
            id,
            description: "",
            attribution: "",
            min_zoom: self.min_zoom,
            max_zoom: self.max_zoom,
            low_zooms,
            memory: self.memory,
            generator: TOOL,
            extra_metadata: serde_json::Map::new(),
        }
    }

    /// Makes everything; with a `tag` it keeps what an incremental run needs.
    fn make_all(
        &self,
        source: &TileSource<'_>,
        spec: &TilesetSpec<'_>,
        tag: Option<serde_json::Value>,
        watch: &dyn Watch,
    ) -> Result<(), CliError> {
        watch.stage("reading layers");
        let mut tiling = Tiling::new(self.memory);
        tiling.resume();
        let is_kept = tag.is_some();
        if let Some(tag) = tag {
            tiling.keep_state(&self.output, tag)?;
        }
        let mut unread = None;
        let mut found = 0;
        for table in source.tables {
            let report = source.read(table, &mut tiling, is_kept)?;
            let table = SourceTable { file: self.input.clone(), table: table.name.clone() };
            unread = unread.or_else(|| Unread::of(&table, &report));
            found += report.read;
        }
        if found == 0 {
            return Err(BuildError::Nothing { first: unread }.into());
        }
        watch.stage("cutting tiles");
        let made = tiling.write(spec, &self.output, &|done, expected| watch.tiles(done, expected))?;
        let zooms = format!("{}–{}", made.min_zoom, made.max_zoom);
        if made.detail_zoom > made.min_zoom {
            let from = made.detail_zoom;
            tracing::info!(
                "single features from zoom {from} on; above it cells, as tiles would exceed their budget (--keep-all draws all)"
            );
        }
        tracing::info!(file = %self.output.display(), tiles = made.tiles, bytes = made.bytes, zooms, "wrote archive");
        Ok(())
    }

    /// The tables asked for, in the file's order; all if none is named.
    fn tables<'f>(&self, file: &'f GeoPackage) -> Result<Vec<&'f FeatureTable>, CliError> {
        let known = || file.tables().iter().map(|table| table.name.as_str());
        if let Some(unknown) = self.layer.iter().find(|name| !known().any(|table| table == *name)) {
            let meant = nearest(unknown, known()).map(|near| format!("; did you mean `{near}`?"));
            let all = known().collect::<Vec<_>>().join(", ");
            let file = self.input.display();
            let meant = meant.unwrap_or_default();
            return Err(CliError::Usage(format!("{file} has no feature table `{unknown}`{meant}; it has {all}")));
        }
        let wanted = |table: &&FeatureTable| self.layer.is_empty() || self.layer.contains(&table.name);
        Ok(file.tables().iter().filter(wanted).collect())
    }
}

fn is_pmtiles(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "pmtiles")
}

/// Whether a name is that of a tile archive.
fn is_archive(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "pmtiles" || extension == "mbtiles")
}

/// Bytes as people write them: 500000, 512M, 2G.
fn bytes(text: &str) -> Result<u64, String> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text[number.len()..].to_ascii_uppercase().trim_end_matches('B').trim_end_matches('I') {
        "" => 1u64,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return Err(format!("{text:?} is no number of bytes; write 512M or 2G")),
    };
    let number: u64 = number.parse().map_err(|_| format!("{text:?} is no number of bytes; write 512M or 2G"))?;
    number.checked_mul(unit).filter(|&bytes| bytes > 0).ok_or_else(|| format!("{text:?} is out of range"))
}

fn power_of_two(text: &str) -> Result<u32, String> {
    let number = text.parse::<u32>().ok().filter(|number| number.is_power_of_two() && *number <= 256);
    number.ok_or_else(|| format!("{text:?} is no power of two up to 256"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_people_write_them() {
        assert_eq!(bytes("500000"), Ok(500_000));
        assert_eq!(bytes("512M"), Ok(512 << 20));
        assert_eq!(bytes("2GiB"), Ok(2 << 30));
        assert_eq!(bytes("64kb"), Ok(64 << 10));
        for wrong in ["", "M", "-1", "12Q", "0", "99999999999999999999", "1.5G"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
