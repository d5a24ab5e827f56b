//! What follows from the places of all features together: zooms, bounds, and what an archive says
//! about itself.

use crate::archive::ArchiveInfo;
use crate::grid::QuadGrid;
use crate::intake::LayerIntake;
use crate::metadata::{DescribedLayer, metadata_of};
use crate::overview::Overview;
use crate::survey::{self, Survey};
use crate::tileset::{TileError, TilesetSpec, TilesetSummary, ZoomSummary};
use crate::world::{Bounds, WorldPoint};

/// See the module.
pub(crate) struct Outline {
    pub(crate) zooms: (u8, u8),
    pub(crate) bounds: [f64; 4],
    center: [f64; 3],
    pub(crate) placeless: u64,
}

impl Outline {
    /// `records` are the bounds of all records.
    pub(crate) fn of(
        grid: &impl QuadGrid,
        spec: &TilesetSpec<'_>,
        layers: &[LayerIntake],
        records: impl Iterator<Item = Bounds> + Clone,
    ) -> Result<Self, TileError> {
        let world = layers.iter().filter_map(|layer| layer.survey.bounds()).reduce(Bounds::and);
        let Some(world) = world else { return Err(TileError::Empty { id: spec.id.to_owned() }) };
        let surveys: Vec<Survey> = layers.iter().map(|layer| layer.survey.clone()).collect();
        let zooms = survey::choose(&surveys, world, spec.min_zoom, spec.max_zoom);
        let [west, north] = grid.unproject(WorldPoint { x: world.west, y: world.north });
        let [east, south] = grid.unproject(WorldPoint { x: world.east, y: world.south });
        let [lon, lat] = grid.unproject(middle(records));
        let center = [lon, lat, f64::from(center_zoom(world).clamp(zooms.0, zooms.1))];
        let placeless = layers.iter().map(|layer| layer.placeless).sum();
        Ok(Self { zooms, bounds: [west, south, east, north], center, placeless })
    }

    /// What was made.
    pub(crate) fn summary(&self, zooms: Vec<ZoomSummary>, detail_zoom: u8, bytes: u64) -> TilesetSummary {
        let (min_zoom, max_zoom) = self.zooms;
        let tiles = zooms.iter().map(|zoom| zoom.tiles).sum();
        let (bounds, placeless) = (self.bounds, self.placeless);
        TilesetSummary { min_zoom, detail_zoom, max_zoom, bounds, tiles, bytes, placeless, zooms }
    }

    /// What the archive says about itself.
    pub(crate) fn info(
        &self,
        spec: &TilesetSpec<'_>,
        layers: &[LayerIntake],
        overview: Option<&Overview>,
        detail_zoom: u8,
    ) -> ArchiveInfo {
        let (min_zoom, max_zoom) = self.zooms;
        let described = describe(layers, overview, (min_zoom, detail_zoom, max_zoom));
        let mut metadata = metadata_of(spec, &described);
        if overview.is_some() {
            metadata.insert("detail_zoom".to_owned(), detail_zoom.into());
        }
        ArchiveInfo { min_zoom, max_zoom, bounds: self.bounds, center: self.center, metadata }
    }
}

/// Layers for the metadata, with the zooms at which they are drawn.
fn describe<'a>(
    layers: &'a [LayerIntake],
    overview: Option<&'a Overview>,
    (min_zoom, detail_zoom, max_zoom): (u8, u8, u8),
) -> Vec<DescribedLayer<'a>> {
    let own = layers.iter().enumerate().map(|(number, layer)| {
        let is_framed = overview.is_none_or(|overview| overview.has_layer(number));
        layer.described((if is_framed { min_zoom } else { detail_zoom }, max_zoom))
    });
    own.chain(overview.map(|overview| overview.described(min_zoom..=detail_zoom - 1))).collect()
}

/// Where the data are: the median of the features' middles, which an outlier cannot move far.
fn middle(records: impl Iterator<Item = Bounds> + Clone) -> WorldPoint {
    let median = |of: fn(Bounds) -> u32| {
        let mut middles: Vec<u32> = records.clone().map(of).collect();
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
