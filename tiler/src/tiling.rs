//! Tiling: the one way from layers to an archive.

use std::path::Path;
use std::sync::Arc;

use layers::schema::Attribute;
use layers::{ThematicFeature, ThematicLayer};
use rayon::prelude::*;

use crate::archive;
use crate::archive::gzip::gzip;
use crate::block::TileLayer;
use crate::grid::{QuadGrid, WebMercatorQuad};
use crate::intake::{Batch, Intake, LayerForm, LayerIntake};
use crate::journal::Journal;
use crate::memory::Memory;
use crate::outline::Outline;
use crate::overview::{self, Overview};
use crate::pipeline::{Drawn, Work};
use crate::rebuild::{self, About, Keeper};
use crate::store::Store;
use crate::tileset::{LowZooms, Progress, TileError, TilesetSpec, TilesetSummary, check};
use crate::topology;

/// Features that are turned into records at once.
pub(crate) const FEATURES_A_BATCH: usize = 1024;
/// Batches of a layer under way at once.
const BATCHES: usize = 64;

/// Makes one archive of layers, bottom first. Runs on the current rayon pool; the bytes do not depend on its size.
///
/// A file name ending in `.mbtiles` gives MBTiles, any other PMTiles. The file appears complete or
/// not at all (`.partial`, fsync, rename).
///
/// # Errors
/// [`TileError::Empty`] without a feature that has a place, [`TileError::RepeatedLayer`] and
/// [`TileError::Zooms`] if the request makes no sense, [`TileError::Write`] if the disk refuses.
pub fn write_tileset(
    spec: &TilesetSpec<'_>,
    layers: &[ThematicLayer],
    file: &Path,
    progress: Progress<'_>,
) -> Result<TilesetSummary, TileError> {
    write_tileset_on(&WebMercatorQuad, spec, layers, file, progress)
}

/// The same on any grid.
fn write_tileset_on(
    grid: &impl QuadGrid,
    spec: &TilesetSpec<'_>,
    layers: &[ThematicLayer],
    file: &Path,
    progress: Progress<'_>,
) -> Result<TilesetSummary, TileError> {
    let mut tiling = Tiling::new(spec.memory);
    for layer in layers {
        let form = tiling.begin_layer(&layer.id, &layer.description, layer.attributes.clone(), None);
        add_in_batches(&mut tiling, &layer.features, |features| form.batch_on(features, grid))?;
    }
    tiling.write_on(grid, spec, file, progress)
}

/// Adds features of the layer begun last; a few at a time, so that batches do not pile up.
pub(crate) fn add_in_batches(
    tiling: &mut Tiling,
    features: &[ThematicFeature],
    batch: impl Fn(&[ThematicFeature]) -> Batch + Sync,
) -> Result<(), TileError> {
    for features in features.chunks(FEATURES_A_BATCH * BATCHES) {
        let batches: Vec<Batch> = features.par_chunks(FEATURES_A_BATCH).map(&batch).collect();
        batches.into_iter().try_for_each(|batch| tiling.add(batch))?;
    }
    Ok(())
}

/// A tileset in the making: takes layers batch by batch, then writes the archive.
pub struct Tiling {
    intake: Intake,
    memory: Memory,
    /// Where rows are kept for an incremental rebuild, and what else was said of them.
    keeper: Option<(Keeper, serde_json::Value)>,
    is_resumed: bool,
}

impl Tiling {
    /// Begins a tileset whose working set keeps to about `memory` bytes; `None` is a quarter of the
    /// machine's memory. The bytes of the archive do not depend on it.
    pub fn new(memory: Option<u64>) -> Self {
        let memory = Memory::of(memory);
        Self { intake: Intake::new(memory.records), memory, keeper: None, is_resumed: false }
    }

    /// Keeps beside the archive, PMTiles, what an incremental rebuild needs (`NAME.state`), of batches made by
    /// [`LayerForm::batch_of_rows`]. `tag` is anything else that tiles depend on: if it differs the
    /// next time, everything is made again.
    ///
    /// # Errors
    /// [`TileError::Write`] if the disk refuses.
    pub fn keep_state(&mut self, archive: &Path, tag: serde_json::Value) -> Result<(), TileError> {
        let file = rebuild::state_of(archive);
        let keeper = Keeper::create(&file).map_err(|cause| TileError::Write { file, cause })?;
        self.keeper = Some((keeper, tag));
        Ok(())
    }

    /// Writes finished blocks down beside the archive (`NAME.resume`), and takes those of a run that was
    /// killed, if it had the same rows and options. The file goes when the archive is there.
    pub fn resume(&mut self) {
        self.is_resumed = true;
    }

    /// Begins a layer. If `labels` names a layer, it gets a point inside each polygon, with the
    /// polygon's id and attributes.
    pub fn begin_layer(
        &mut self,
        id: &str,
        description: &str,
        attributes: Vec<Attribute>,
        labels: Option<&str>,
    ) -> LayerForm {
        self.intake.begin_layer(id, description, attributes, labels)
    }

    /// Adds a batch to its layer. Batches of a layer are added in the order of its features.
    ///
    /// # Errors
    /// [`TileError::Spill`] if records cannot be moved to a temporary file.
    pub fn add(&mut self, batch: Batch) -> Result<(), TileError> {
        if let Some((keeper, _)) = &mut self.keeper {
            keeper.rows(batch.layer(), batch.notes()).map_err(TileError::Spill)?;
        }
        self.intake.add(batch).map_err(TileError::Spill)
    }

    /// Makes the archive, on the current rayon pool.
    ///
    /// # Errors
    /// As [`write_tileset`].
    pub fn write(
        self,
        spec: &TilesetSpec<'_>,
        file: &Path,
        progress: Progress<'_>,
    ) -> Result<TilesetSummary, TileError> {
        self.write_on(&WebMercatorQuad, spec, file, progress)
    }

    fn write_on(
        self,
        grid: &impl QuadGrid,
        spec: &TilesetSpec<'_>,
        file: &Path,
        progress: Progress<'_>,
    ) -> Result<TilesetSummary, TileError> {
        let Intake { records, layers } = self.intake;
        check(spec, &layers)?;
        let bounds = |number| records.bounds(number);
        let outline = Outline::of(grid, spec, &layers, (0..records.len() as u32).map(bounds))?;
        let (min_zoom, max_zoom) = outline.zooms;

        let zooms = topology::Zooms::of(min_zoom..=max_zoom);
        let mut weighed = Store::new(self.memory.records);
        for layer in &layers {
            topology::weigh(&records, &layer.numbers, &zooms, &mut weighed).map_err(TileError::Spill)?;
        }
        drop(records);
        let tile_layers = tile_layers(&layers);
        let mut work = work(&weighed, &tile_layers, spec, (min_zoom, max_zoom), self.memory, progress);
        let journal = match self.is_resumed {
            true => Some(resumed(spec, &layers, file, &weighed)?),
            false => None,
        };
        work.journal = journal.as_ref();
        let everything: Vec<u32> = (0..weighed.len() as u32).collect();
        let mut drawn = work.draw(&everything, |bytes| gzip(&bytes)).map_err(TileError::Spill)?;
        let mut cells = None;
        let overview = match spec.low_zooms {
            LowZooms::Cells { cells_a_side, .. } if drawn.from_zoom > min_zoom => {
                let counted = overview::counted(&layers);
                let draw = |drawn: &mut Drawn, cells: &mut Option<(u16, Option<Vec<u8>>)>| {
                    let empty = overview::empty_source(&layers[counted], drawn.from_zoom - 1, cells_a_side)?;
                    let source = overview::count(&weighed, counted as u16, &empty)?;
                    if self.keeper.is_some() {
                        *cells = Some((counted as u16, source.to_bytes()));
                    }
                    let stays = overview::stays(&layers);
                    let frames = overview::numbers_of(&weighed, |layer| stays[usize::from(layer)])?;
                    Overview::draw(&work, &frames, source, stays, drawn)
                };
                Some(draw(&mut drawn, &mut cells).map_err(TileError::Spill)?)
            }
            _ => None,
        };
        let detail_zoom = drawn.from_zoom;
        let info = outline.info(spec, &layers, overview.as_ref(), detail_zoom);

        let write = |cause| TileError::Write { file: file.to_owned(), cause };
        let mut archive = archive::create(file).map_err(write)?;
        let Drawn { spools, summaries, counts, oversize, .. } = drawn;
        for spool in spools {
            spool.drain(|tile, bytes| archive.put(tile, bytes)).map_err(write)?;
        }
        let bytes = archive.finish(&info).map_err(write)?;
        let summary = outline.summary(summaries, detail_zoom, bytes);
        let tiles = summary.tiles;
        tracing::info!(tileset = spec.id, min_zoom, detail_zoom, max_zoom, tiles, bytes, "wrote tileset");
        if let Some((keeper, tag)) = self.keeper {
            let (counted, cells) = cells.unzip();
            let made_of = made_of(spec, &layers, &tag);
            let about =
                About { made_of, summary: summary.clone(), counted, oversize, archive_bytes: 0, archive_hash: 0 };
            rebuild::publish(keeper, about, (&counts, cells.map(|cells| cells.unwrap_or_default())), file)?;
        }
        Ok(summary)
    }
}

/// The journal beside an archive, with the blocks of a run that was killed.
fn resumed(spec: &TilesetSpec<'_>, layers: &[LayerIntake], file: &Path, weighed: &Store) -> Result<Journal, TileError> {
    let version = serde_json::json!(env!("CARGO_PKG_VERSION"));
    let made_of = made_of(spec, layers, &version).to_string();
    let write = |cause| TileError::Write { file: file.to_owned(), cause };
    let journal = Journal::open(file, made_of.as_bytes(), weighed).map_err(write)?;
    if journal.len() > 0 {
        tracing::info!(blocks = journal.len(), "going on where an earlier run was ended");
    }
    Ok(journal)
}

/// What a tileset is made of besides rows: as long as it is the same, only changed rows count.
pub(crate) fn made_of(spec: &TilesetSpec<'_>, layers: &[LayerIntake], tag: &serde_json::Value) -> serde_json::Value {
    let layers = layers.iter().map(
        |layer| serde_json::json!({ "id": layer.id, "description": layer.description, "columns": &*layer.columns }),
    );
    let low_zooms = match spec.low_zooms {
        LowZooms::KeepAll => serde_json::Value::Null,
        LowZooms::Cells { tile_bytes, cells_a_side } => serde_json::json!([tile_bytes, cells_a_side]),
    };
    serde_json::json!({
        "program": [spec.generator, tag],
        "layers": layers.collect::<Vec<_>>(),
        "options": [spec.min_zoom, spec.max_zoom, low_zooms],
        "metadata": [spec.id, spec.description, spec.attribution, spec.extra_metadata],
    })
}

/// Layers as tiles name them.
pub(crate) fn tile_layers(layers: &[LayerIntake]) -> Vec<TileLayer> {
    layers.iter().map(|layer| TileLayer { name: layer.id.clone(), columns: Arc::clone(&layer.columns) }).collect()
}

/// The work of drawing records.
pub(crate) fn work<'a>(
    records: &'a Store,
    layers: &'a [TileLayer],
    spec: &TilesetSpec<'_>,
    zooms: (u8, u8),
    memory: Memory,
    progress: Progress<'a>,
) -> Work<'a> {
    let budget = match spec.low_zooms {
        LowZooms::KeepAll => None,
        LowZooms::Cells { tile_bytes, .. } => Some(tile_bytes),
    };
    Work { records, layers, zooms: zooms.0..=zooms.1, budget, shallow_bytes: memory.shallow, progress, journal: None }
}

#[cfg(test)]
mod tests {
    use layers::ThematicFeature;
    use layers::schema::GeometryKind;

    use super::*;
    use crate::world::WorldPoint;

    /// Longitude and latitude as they are, in a square of 360 degrees: proof that nothing past the
    /// grid knows Mercator.
    struct PlainDegrees;

    impl QuadGrid for PlainDegrees {
        fn id(&self) -> &'static str {
            "PlainDegrees"
        }
        fn project(&self, lon: f64, lat: f64) -> Option<WorldPoint> {
            let snap = |degrees: f64| ((degrees + 180.0) / 360.0 * crate::grid::WORLD_UNITS).round() as u32;
            (lon.is_finite() && lat.is_finite()).then(|| WorldPoint { x: snap(lon), y: snap(-lat) })
        }
        fn unproject(&self, point: WorldPoint) -> [f64; 2] {
            let degrees = |units: u32| f64::from(units) / crate::grid::WORLD_UNITS * 360.0 - 180.0;
            [degrees(point.x), -degrees(point.y)]
        }
    }

    #[test]
    fn another_grid_takes_the_same_way() {
        let feature =
            |(id, x): (u64, f64)| ThematicFeature { id, geometry: geo::Point::new(x, 45.0).into(), values: vec![] };
        let layer = ThematicLayer {
            id: "points".into(),
            description: String::new(),
            geometry: GeometryKind::Point,
            attributes: vec![],
            features: [(1, -90.0), (2, 90.0)].into_iter().map(feature).collect(),
        };
        let spec = TilesetSpec {
            id: "plain",
            description: "",
            attribution: "",
            min_zoom: Some(3),
            max_zoom: Some(3),
            low_zooms: LowZooms::KeepAll,
            memory: None,
            generator: "",
            extra_metadata: serde_json::Map::new(),
        };
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("plain.pmtiles");
        let summary = write_tileset_on(&PlainDegrees, &spec, &[layer], &file, &|_, _| {}).expect("written");
        assert_eq!(summary.bounds, [-90.0, 45.0, 90.0, 45.0]);
        let archive = crate::Archive::open(&file).expect("opens");
        let tiles: Vec<_> = archive.tile_coords().map(|tile| tile.expect("sound").to_string()).collect();
        // Each point stands on the corner of four tiles, 45° wide: columns 1|2 and 5|6, rows 2|3.
        assert_eq!(tiles.len(), 8);
        assert!(tiles.contains(&"3/1/2".to_owned()) && tiles.contains(&"3/6/3".to_owned()));
    }
}
