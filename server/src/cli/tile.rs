//! `tuban tile`

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use layers::ThematicLayer;
use layers::gpkg::{FeatureTable, GeoPackage};
use tiler::TilesetSpec;

use super::CliError;
use crate::build::{BuildError, TOOL, Unread, plain_layer, told};
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
        let mut layers = Vec::new();
        let mut unread = None;
        for table in self.tables(&file)? {
            let started = Instant::now();
            let layer = file.read(&table.name).map_err(ProjectError::of_file)?;
            told(&table.name, &layer, started, "RUST_LOG=debug lists them");
            unread = unread.or_else(|| Unread::of(&layer));
            layers.push(plain_layer(layer, &table.name, table.identifier.as_deref().unwrap_or_default()));
        }
        layers.retain(|layer: &ThematicLayer| !layer.features.is_empty());
        if layers.is_empty() {
            return Err(BuildError::Nothing { first: unread }.into());
        }
        // Named by what is in it, so that the bytes do not depend on what the archive is called.
        let id = self.input.file_stem().unwrap_or_default().to_string_lossy();
        let spec = TilesetSpec {
            id: &id,
            description: "",
            attribution: "",
            layers: &layers,
            min_zoom: self.min_zoom,
            max_zoom: self.max_zoom,
            generator: TOOL,
            extra_metadata: serde_json::Map::new(),
        };
        watch.stage("cutting tiles");
        let made = tiler::write_tileset(&spec, &self.output, &|done, expected| watch.tiles(done, expected))?;
        let zooms = format!("{}–{}", made.min_zoom, made.max_zoom);
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

/// Whether a name is that of a tile archive.
fn is_archive(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "pmtiles" || extension == "mbtiles")
}
