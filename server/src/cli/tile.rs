//! `tuban tile`

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use layers::gpkg::{Batch, FeatureTable, GeoPackage, ReadOptions};
use layers::schema::Attribute;
use layers::{Feature, ReadReport, SourceTable, ThematicFeature};
use tiler::{LowZooms, TilesetSpec, Tiling};

use super::CliError;
use crate::build::{BuildError, TOOL, Unread, told};
use crate::config::nearest;
use crate::progress;
use crate::project::ProjectError;

/// For the command line's own check.
const DEEPEST: i64 = tiler::DEEPEST_TILED_ZOOM as i64;

/// Make one archive of a GeoPackage's tables, without a project; or of another archive
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  tuban tile parcels.gpkg -o parcels.pmtiles
  tuban tile parcels.gpkg -o parcels.mbtiles --layer 宗地 --max-zoom 16
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
        watch.stage("reading layers");
        let file = GeoPackage::open(&self.input)?;
        let mut tiling = Tiling::new(self.memory);
        let mut unread = None;
        let mut found = 0;
        let tables = self.tables(&file)?;
        for table in &tables {
            let report = self.read(&file, table, tables.len(), &mut tiling)?;
            let source = SourceTable { file: self.input.clone(), table: table.name.clone() };
            unread = unread.or_else(|| Unread::of(&source, &report));
            found += report.read;
        }
        if found == 0 {
            return Err(BuildError::Nothing { first: unread }.into());
        }
        // Named by what is in it, so that the bytes do not depend on what the archive is called.
        let id = self.input.file_stem().unwrap_or_default().to_string_lossy();
        let low_zooms = if self.keep_all {
            LowZooms::KeepAll
        } else {
            LowZooms::Cells { tile_bytes: self.tile_bytes, cells_a_side: self.cells }
        };
        let spec = TilesetSpec {
            id: &id,
            description: "",
            attribution: "",
            min_zoom: self.min_zoom,
            max_zoom: self.max_zoom,
            low_zooms,
            memory: self.memory,
            generator: TOOL,
            extra_metadata: serde_json::Map::new(),
        };
        watch.stage("cutting tiles");
        let made = tiling.write(&spec, &self.output, &|done, expected| watch.tiles(done, expected))?;
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

    /// Reads a table into the tiling, batch by batch.
    fn read(
        &self,
        file: &GeoPackage,
        table: &FeatureTable,
        tables: usize,
        tiling: &mut Tiling,
    ) -> Result<ReadReport, CliError> {
        let started = Instant::now();
        let columns = table.columns.iter();
        let attributes = columns.map(|column| Attribute { name: column.name.clone(), kind: column.kind }).collect();
        let description = table.identifier.as_deref().unwrap_or_default();
        let labels =
            self.labels.then(|| if tables == 1 { "labels".to_owned() } else { format!("{}_labels", table.name) });
        let form = tiling.begin_layer(&table.name, description, attributes, labels.as_deref());
        let make = |batch: Batch| {
            let feature = |feature: Feature| ThematicFeature {
                id: row_id(feature.row),
                geometry: feature.geometry,
                values: feature.values,
            };
            form.batch(&batch.features.into_iter().map(feature).collect::<Vec<_>>())
        };
        let take = |batch| tiling.add(batch).map_err(CliError::from);
        let report = file.read_batches(&table.name, &ReadOptions::default(), make, take);
        let report = report.map_err(|error| match error {
            CliError::Read(error) => ProjectError::of_file(error).into(),
            error => error,
        })?;
        told(&table.name, &table.name, &report, started, "RUST_LOG=debug lists them");
        Ok(report)
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

/// Whether a name is that of a tile archive.
fn is_archive(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "pmtiles" || extension == "mbtiles")
}

/// The id of a row: its number, as long as tiles can carry it.
fn row_id(row: i64) -> u64 {
    layers::ids::IdSource::default().id(&row.to_string())
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

    #[test]
    fn rows_keep_their_numbers_where_tiles_can_carry_them() {
        assert_eq!(row_id(42), 42);
        assert!([i64::MIN, -7, 0, i64::MAX].into_iter().all(|row| (1..=layers::ids::MAX_ID).contains(&row_id(row))));
    }
}
