//! What comes in: features of named layers, batch by batch, each turned into a record at once.
//!
//! Batches are prepared on any thread and added in order; only records stay.

use std::io;

use layers::ThematicFeature;
use layers::schema::{Attribute, GeometryKind};

use crate::attributes::encode_attributes;
use crate::attributes::stats::LayerStats;
use crate::chains::{Chains, ShapeKind, project};
use crate::grid::QuadGrid;
use crate::metadata::DescribedLayer;
use crate::record::{self, Head};
use crate::store::Store;
use crate::survey::Survey;
use crate::world::{Bounds, WorldPoint};

/// Takes features in.
pub(crate) struct Intake {
    pub(crate) records: Store,
    pub(crate) layers: Vec<LayerIntake>,
}

/// What is known of a layer.
pub(crate) struct LayerIntake {
    pub(crate) id: String,
    pub(crate) description: String,
    pub(crate) columns: Vec<Attribute>,
    /// Its records.
    pub(crate) numbers: Vec<u32>,
    pub(crate) features: u64,
    pub(crate) placeless: u64,
    pub(crate) survey: Survey,
    pub(crate) stats: LayerStats,
    pub(crate) kinds: [bool; 3],
}

/// A batch of features, as records.
pub(crate) struct Batch {
    bytes: Vec<u8>,
    /// Length and bounds of each record.
    records: Vec<(u32, Bounds)>,
    features: u64,
    placeless: u64,
    survey: Survey,
    stats: LayerStats,
    kinds: [bool; 3],
}

impl Batch {
    /// Turns features of a layer into records.
    pub(crate) fn of(layer: u16, columns: &[Attribute], features: &[ThematicFeature], grid: &impl QuadGrid) -> Self {
        let mut batch = Self {
            bytes: Vec::new(),
            records: Vec::with_capacity(features.len()),
            features: features.len() as u64,
            placeless: 0,
            survey: Survey::default(),
            stats: LayerStats::new(columns),
            kinds: [false; 3],
        };
        let mut attributes = Vec::new();
        for feature in features {
            attributes.clear();
            encode_attributes(columns, &feature.values, &mut attributes);
            batch.stats.add(&feature.values);
            let mut is_placed = false;
            for chains in project(&feature.geometry, grid) {
                let Some(bounds) = chains.bounds() else { continue };
                is_placed = true;
                batch.kinds[chains.kind as usize] = true;
                batch.survey.add(&chains, bounds);
                let head = Head { layer, order: 0, id: feature.id, anchor: anchor(&chains), attributes: &attributes };
                let from = batch.bytes.len();
                record::write(&head, &chains, &mut batch.bytes);
                batch.records.push(((batch.bytes.len() - from) as u32, bounds));
            }
            batch.placeless += u64::from(!is_placed);
        }
        batch
    }
}

/// A point of the feature: inside, if it has an inside.
fn anchor(chains: &Chains) -> WorldPoint {
    let first = chains.points.first().copied().unwrap_or(WorldPoint { x: 0, y: 0 });
    match chains.kind {
        ShapeKind::Points => first,
        ShapeKind::Lines => {
            let line = &chains.points[..chains.ends.first().map_or(1, |chain| chain.end as usize)];
            line[line.len() / 2]
        }
        ShapeKind::Polygons => first,
    }
}

impl LayerIntake {
    /// As metadata has it.
    pub(crate) fn described(&self, zooms: (u8, u8)) -> DescribedLayer<'_> {
        let geometry = match self.kinds {
            [true, false, false] => GeometryKind::Point,
            [false, true, false] => GeometryKind::Line,
            [false, false, true] => GeometryKind::Polygon,
            _ => GeometryKind::Mixed,
        };
        let (id, description, attributes) = (&self.id, &self.description, &self.columns);
        DescribedLayer { id, description, geometry, attributes, zooms, stats: self.stats.clone() }
    }
}

impl Intake {
    /// Keeps about `memory` bytes of records in memory.
    pub(crate) fn new(memory: usize) -> Self {
        Self { records: Store::new(memory), layers: Vec::new() }
    }

    /// Begins a layer; its number is its place among the layers.
    pub(crate) fn begin_layer(&mut self, id: &str, description: &str, columns: Vec<Attribute>) -> u16 {
        let stats = LayerStats::new(&columns);
        self.layers.push(LayerIntake {
            id: id.to_owned(),
            description: description.to_owned(),
            columns,
            numbers: Vec::new(),
            features: 0,
            placeless: 0,
            survey: Survey::default(),
            stats,
            kinds: [false; 3],
        });
        (self.layers.len() - 1) as u16
    }

    /// Adds a batch to its layer.
    pub(crate) fn add(&mut self, layer: u16, batch: Batch) -> io::Result<()> {
        let own = &mut self.layers[usize::from(layer)];
        let mut from = 0;
        for (length, bounds) in batch.records {
            own.numbers.push(self.records.len() as u32);
            self.records.push(&batch.bytes[from..from + length as usize], bounds)?;
            from += length as usize;
        }
        own.features += batch.features;
        own.placeless += batch.placeless;
        own.survey.merge(&batch.survey);
        own.stats.merge(batch.stats);
        for (own, other) in own.kinds.iter_mut().zip(batch.kinds) {
            *own |= other;
        }
        Ok(())
    }
}
