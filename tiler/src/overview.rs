//! Zooms too shallow for single features: cells that add them up, and the few features that stay.
//!
//! Cells count one layer: the parcels of the tile schema if the tileset has them, else the layer with
//! the most features. Layers of few features (parks, districts) are drawn at every zoom as they are.

use std::collections::HashMap;
use std::io;
use std::ops::RangeInclusive;

use rayon::prelude::*;

use crate::archive::gzip::gzip;
use crate::attributes::stats::LayerStats;
use crate::cells::{CellGrid, CellPyramid, CellSource, Theme};
use crate::intake::LayerIntake;
use crate::metadata::DescribedLayer;
use crate::pipeline::{Drawn, Work};
use crate::record::{Head, Reader};
use crate::store::Store;

/// The layer of the tile schema that cells count, where there is one.
const PARCELS: &str = "parcels";
/// What one feature of the layer is.
const DESCRIPTION: &str = "a square with the number and hectares of the features whose interior point lies in it";
/// Layers of at most so many features are drawn at every zoom.
const FEW: u64 = 1000;
/// Records that one task counts.
const RECORDS_A_TASK: usize = 8192;

/// What shallow zooms show.
pub(crate) struct Overview {
    pyramid: CellPyramid,
    stats: LayerStats,
    /// Whether each layer stays.
    stays: Vec<bool>,
}

impl Overview {
    /// Draws the zooms above those that were drawn. `source` counts the layer of [`counted`];
    /// `frames` are the records of the layers that [`stays`] names, in the records of `work`.
    pub(crate) fn draw(
        work: &Work<'_>,
        frames: &[u32],
        source: CellSource,
        stays: Vec<bool>,
        drawn: &mut Drawn,
    ) -> io::Result<Self> {
        let zooms = *work.zooms.start()..=drawn.from_zoom - 1;
        let pyramid = source.pyramid();
        let framed = Work { zooms: zooms.clone(), budget: None, journal: None, ..*work };
        let frames = framed.draw(frames, |bytes| bytes)?;
        for ((zoom, spool), summary) in zooms.clone().zip(frames.spools).zip(frames.summaries) {
            let mut tiles: HashMap<u64, Vec<u8>> = HashMap::new();
            spool.drain(|tile, bytes| {
                tiles.insert(tile.id().value(), bytes.to_vec());
                Ok(())
            })?;
            for (tile, cells) in pyramid.tiles_at(zoom) {
                // Cells lie below what is drawn over them.
                let frames = tiles.entry(tile.id().value()).or_default();
                let mut both = cells;
                both.append(frames);
                *frames = both;
            }
            let mut tiles: Vec<(u64, Vec<u8>)> = tiles.into_iter().collect();
            tiles.par_sort_unstable_by_key(|(id, _)| *id);
            tiles.par_iter_mut().for_each(|(_, bytes)| *bytes = gzip(bytes));
            let place = usize::from(zoom - work.zooms.start());
            drawn.summaries[place] = summary;
            drawn.summaries[place].tiles = tiles.len() as u64;
            for (id, bytes) in tiles {
                drawn.spools[place].push(id, &bytes)?;
            }
        }
        let stats = pyramid.stats(zooms);
        Ok(Self { pyramid, stats, stays })
    }

    /// Whether a layer is drawn at these zooms, too.
    pub(crate) fn has_layer(&self, number: usize) -> bool {
        self.stays[number]
    }

    /// The layer `cells`, as metadata has it.
    pub(crate) fn described(&self, zooms: RangeInclusive<u8>) -> DescribedLayer<'_> {
        DescribedLayer {
            id: crate::cells::CELLS,
            description: DESCRIPTION,
            geometry: layers::GeometryKind::Polygon,
            attributes: self.pyramid.attributes(),
            zooms: (*zooms.start(), *zooms.end()),
            stats: self.stats.clone(),
        }
    }
}

/// The layer that cells count.
pub(crate) fn counted(layers: &[LayerIntake]) -> usize {
    let counted = layers.iter().position(|layer| layer.id == PARCELS).or_else(|| {
        let most = layers.iter().map(|layer| layer.features).max();
        layers.iter().position(|layer| Some(layer.features) == most)
    });
    counted.unwrap_or(0)
}

/// Whether each layer is drawn at every zoom.
pub(crate) fn stays(layers: &[LayerIntake]) -> Vec<bool> {
    let counted = counted(layers);
    layers.iter().enumerate().map(|(number, layer)| number != counted && layer.features <= FEW).collect()
}

/// Cells for zooms down to `deepest`, without a record.
pub(crate) fn empty_source(layer: &LayerIntake, deepest: u8, cells_a_side: u32) -> io::Result<CellSource> {
    let grid = CellGrid::new(deepest, cells_a_side)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, format!("{cells_a_side} cells a side")))?;
    Ok(CellSource::new(grid, Theme::of_schema(&layer.id, &layer.columns)))
}

/// Adds up the records of a layer, in cells of `empty`.
pub(crate) fn count(records: &Store, layer: u16, empty: &CellSource) -> io::Result<CellSource> {
    count_with(records, layer, || empty.clone())
}

/// Adds a record to cells.
pub(crate) fn add(source: &mut CellSource, head: &Head<'_>) {
    source.add(head.anchor, Some(head.hectares).filter(|hectares| hectares.is_finite()), head.attributes);
}

fn count_with(records: &Store, layer: u16, source: impl Fn() -> CellSource + Sync) -> io::Result<CellSource> {
    let numbers: Vec<u32> = (0..records.len() as u32).collect();
    let count_some = |numbers: &[u32]| -> io::Result<CellSource> {
        let mut some = source();
        for &number in numbers {
            let record = records.get(number)?;
            let head = Reader::new(&record).head();
            if head.layer == layer {
                add(&mut some, &head);
            }
        }
        Ok(some)
    };
    numbers.par_chunks(RECORDS_A_TASK).map(count_some).try_reduce(&source, |mut one, other| {
        one.merge(other);
        Ok(one)
    })
}

/// The records of some layers.
pub(crate) fn numbers_of(records: &Store, wanted: impl Fn(u16) -> bool + Sync) -> io::Result<Vec<u32>> {
    let numbers = (0..records.len() as u32).into_par_iter();
    let kept = numbers.map(|number| Ok((number, wanted(Reader::new(&records.get(number)?).head().layer))));
    let kept: Vec<(u32, bool)> = kept.collect::<io::Result<_>>()?;
    Ok(kept.into_iter().filter(|(_, wanted)| *wanted).map(|(number, _)| number).collect())
}
