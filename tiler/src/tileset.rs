//! Tilesets: what to make, what was made, and the one function that makes it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use layers::{ThematicFeature, ThematicLayer};
use rayon::prelude::*;

use crate::archive::{self, ArchiveInfo};
use crate::block::TileLayer;
use crate::grid::{QuadGrid, WebMercatorQuad};
use crate::intake::{Batch, Intake};
use crate::metadata::{DescribedLayer, metadata_of};
use crate::store::Store;
use crate::survey::{self, Survey};
use crate::world::{Bounds, WorldPoint};
use crate::{pipeline, topology};

/// Features that are turned into records at once.
const FEATURES_A_BATCH: usize = 1024;

/// What to make: one archive of all these layers.
#[derive(Clone, Debug)]
pub struct TilesetSpec<'a> {
    /// The tileset's id, in metadata as `name`.
    pub id: &'a str,
    /// What it shows.
    pub description: &'a str,
    /// Who made the data; plain text.
    pub attribution: &'a str,
    /// Its layers, bottom first.
    pub layers: &'a [ThematicLayer],
    /// Shallowest zoom; `None` = from the data.
    pub min_zoom: Option<u8>,
    /// Deepest zoom, at most [`DEEPEST_TILED_ZOOM`](crate::DEEPEST_TILED_ZOOM); `None` = from the data.
    pub max_zoom: Option<u8>,
    /// Tool and version that made it (`generator`).
    pub generator: &'a str,
    /// Further members of the JSON metadata, as they are.
    pub extra_metadata: serde_json::Map<String, serde_json::Value>,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct TilesetSummary {
    /// Shallowest zoom.
    pub min_zoom: u8,
    /// Deepest zoom.
    pub max_zoom: u8,
    /// `[west, south, east, north]`, degrees.
    pub bounds: [f64; 4],
    /// Tiles addressed.
    pub tiles: u64,
    /// Bytes of the archive.
    pub bytes: u64,
    /// Features without a single finite coordinate, so without a place on the map.
    pub placeless: u64,
    /// Counts of each zoom, shallowest first.
    pub zooms: Vec<ZoomSummary>,
}

/// What happened to features at one zoom.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct ZoomSummary {
    /// The zoom.
    pub zoom: u8,
    /// Non-empty tiles.
    pub tiles: u64,
    /// Feature pieces written.
    pub features: u64,
    /// Of them drawn as a minimum square, because they are smaller than the grid.
    pub minimum: u64,
    /// Of them repaired after snapping.
    pub repaired: u64,
}

/// Why a tileset cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TileError {
    /// There is nothing to draw.
    #[error("tileset {id} has no features")]
    Empty {
        /// The tileset.
        id: String,
    },
    /// Two layers have the same name.
    #[error("tileset {id} has two layers {layer}")]
    RepeatedLayer {
        /// The tileset.
        id: String,
        /// The name.
        layer: String,
    },
    /// The zooms asked for are the wrong way round or too deep.
    #[error("tileset {id} cannot have zooms {min_zoom} to {max_zoom}")]
    Zooms {
        /// The tileset.
        id: String,
        /// Shallowest zoom asked for.
        min_zoom: u8,
        /// Deepest zoom asked for.
        max_zoom: u8,
    },
    /// The disk refused.
    #[error("cannot write {}", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
}

/// Tells how far the work is: `(tiles done, tiles expected)`; expected is an upper estimate until the
/// deepest zoom has begun.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Makes one archive. Runs on the current rayon pool; the bytes do not depend on its size.
///
/// A file name ending in `.mbtiles` gives MBTiles, any other PMTiles. The file appears complete or
/// not at all (`.partial`, fsync, rename).
///
/// # Errors
/// [`TileError::Empty`] without a feature that has a place, [`TileError::RepeatedLayer`] and
/// [`TileError::Zooms`] if the request makes no sense, [`TileError::Write`] if the disk refuses.
pub fn write_tileset(spec: &TilesetSpec<'_>, file: &Path, progress: Progress<'_>) -> Result<TilesetSummary, TileError> {
    write_tileset_on(&WebMercatorQuad, spec, file, progress)
}

/// The same on any grid.
fn write_tileset_on(
    grid: &impl QuadGrid,
    spec: &TilesetSpec<'_>,
    file: &Path,
    progress: Progress<'_>,
) -> Result<TilesetSummary, TileError> {
    let write = |cause| TileError::Write { file: file.to_owned(), cause };
    let mut intake = Intake::new(usize::MAX);
    for layer in spec.layers {
        let number = intake.begin_layer(&layer.id, &layer.description, layer.attributes.clone());
        let batch = |features: &[ThematicFeature]| Batch::of(number, &layer.attributes, features, grid);
        let batches: Vec<Batch> = layer.features.par_chunks(FEATURES_A_BATCH).map(batch).collect();
        batches.into_iter().try_for_each(|batch| intake.add(number, batch)).map_err(write)?;
    }
    write_intake(grid, spec, intake, file, progress)
}

fn write_intake(
    grid: &impl QuadGrid,
    spec: &TilesetSpec<'_>,
    intake: Intake,
    file: &Path,
    progress: Progress<'_>,
) -> Result<TilesetSummary, TileError> {
    check(spec)?;
    let write = |cause| TileError::Write { file: file.to_owned(), cause };
    let Intake { records, layers } = intake;
    let world = layers.iter().filter_map(|layer| layer.survey.bounds()).reduce(Bounds::and);
    let Some(world) = world else { return Err(TileError::Empty { id: spec.id.to_owned() }) };
    let surveys: Vec<Survey> = layers.iter().map(|layer| layer.survey.clone()).collect();
    let (min_zoom, max_zoom) = survey::choose(&surveys, world, spec.min_zoom, spec.max_zoom);
    let [west, north] = grid.unproject(WorldPoint { x: world.west, y: world.north });
    let [east, south] = grid.unproject(WorldPoint { x: world.east, y: world.south });
    let bounds = [west, south, east, north];
    let [lon, lat] = grid.unproject(middle(&records));
    let center = [lon, lat, f64::from(center_zoom(world).clamp(min_zoom, max_zoom))];
    let placeless = layers.iter().map(|layer| layer.placeless).sum();

    let zooms = topology::Zooms::of(min_zoom..=max_zoom);
    let mut weighed = Store::new(usize::MAX);
    for layer in &layers {
        topology::weigh(&records, &layer.numbers, &zooms, &mut weighed).map_err(write)?;
    }
    drop(records);
    let described: Vec<DescribedLayer<'_>> =
        layers.iter().map(|layer| layer.described((min_zoom, max_zoom))).collect();
    let metadata = metadata_of(spec, &described);
    drop(described);
    let tile_layers: Vec<TileLayer> =
        layers.into_iter().map(|layer| TileLayer { name: layer.id, columns: layer.columns }).collect();

    let mut archive = archive::create(file).map_err(write)?;
    let zooms =
        pipeline::run(&weighed, &tile_layers, min_zoom..=max_zoom, archive.as_mut(), progress).map_err(write)?;
    let bytes = archive.finish(&ArchiveInfo { min_zoom, max_zoom, bounds, center, metadata }).map_err(write)?;
    let tiles = zooms.iter().map(|zoom| zoom.tiles).sum();
    tracing::info!(tileset = spec.id, min_zoom, max_zoom, tiles, bytes, "wrote tileset");
    Ok(TilesetSummary { min_zoom, max_zoom, bounds, tiles, bytes, placeless, zooms })
}

fn check(spec: &TilesetSpec<'_>) -> Result<(), TileError> {
    let mut names = HashSet::new();
    if let Some(layer) = spec.layers.iter().find(|layer| !names.insert(&layer.id)) {
        return Err(TileError::RepeatedLayer { id: spec.id.to_owned(), layer: layer.id.clone() });
    }
    let (min_zoom, max_zoom) = (spec.min_zoom.unwrap_or(0), spec.max_zoom.unwrap_or(crate::DEEPEST_TILED_ZOOM));
    if min_zoom > max_zoom || max_zoom > crate::DEEPEST_TILED_ZOOM {
        return Err(TileError::Zooms { id: spec.id.to_owned(), min_zoom, max_zoom });
    }
    Ok(())
}

/// Where the data are: the median of the features' middles, which an outlier cannot move far.
fn middle(records: &Store) -> WorldPoint {
    let median = |of: fn(Bounds) -> u32| {
        let mut middles: Vec<u32> = (0..records.len() as u32).map(|number| of(records.bounds(number))).collect();
        let half = middles.len() / 2;
        *middles.select_nth_unstable(half).1
    };
    let x = median(|bounds| bounds.west + (bounds.east - bounds.west) / 2);
    WorldPoint { x, y: median(|bounds| bounds.north + (bounds.south - bounds.north) / 2) }
}

/// The zoom at which the data are between one and two tiles wide or high.
fn center_zoom(bounds: Bounds) -> u8 {
    let side = (bounds.east - bounds.west).max(bounds.south - bounds.north).max(1);
    side.leading_zeros() as u8 + 1
}

#[cfg(test)]
mod tests {
    use layers::ThematicFeature;
    use layers::schema::GeometryKind;

    use super::*;

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
            layers: &[layer],
            min_zoom: Some(3),
            max_zoom: Some(3),
            generator: "",
            extra_metadata: serde_json::Map::new(),
        };
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("plain.pmtiles");
        let summary = write_tileset_on(&PlainDegrees, &spec, &file, &|_, _| {}).expect("written");
        assert_eq!(summary.bounds, [-90.0, 45.0, 90.0, 45.0]);
        let archive = crate::Archive::open(&file).expect("opens");
        let tiles: Vec<_> = archive.tile_coords().map(|tile| tile.expect("sound").to_string()).collect();
        // Each point stands on the corner of four tiles, 45° wide: columns 1|2 and 5|6, rows 2|3.
        assert_eq!(tiles.len(), 8);
        assert!(tiles.contains(&"3/1/2".to_owned()) && tiles.contains(&"3/6/3".to_owned()));
    }
}
