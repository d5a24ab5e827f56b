//! What comes in: features of named layers, batch by batch, each turned into a record at once.
//!
//! Batches are prepared on any thread and added in order; only records stay.

use std::io;
use std::sync::Arc;

use geo::{Geometry, MultiPolygon};
use layers::measure::ellipsoidal_area;
use layers::schema::{Attribute, GeometryKind};
use layers::{ThematicFeature, Value, ValueKind};

use crate::attributes::encode_attributes;
use crate::attributes::stats::LayerStats;
use crate::cells::interior_point;
use crate::chains::{ChainEnd, Chains, ShapeKind, project};
use crate::grid::{QuadGrid, WebMercatorQuad};
use crate::metadata::DescribedLayer;
use crate::rebuild::{ContentHasher, Notes, RowMark};
use crate::record::{self, Head};
use crate::store::Store;
use crate::survey::Survey;
use crate::world::{Bounds, WorldPoint};

/// The column that has a feature's area in hectares.
const AREA: &str = "area_ha";
/// What label layers are described as.
const LABELS: &str = "a point inside each polygon";

/// Takes features in.
pub(crate) struct Intake {
    pub(crate) records: Store,
    pub(crate) layers: Vec<LayerIntake>,
}

/// What is known of a layer.
pub(crate) struct LayerIntake {
    pub(crate) id: String,
    pub(crate) description: String,
    pub(crate) columns: Arc<[Attribute]>,
    /// Its records.
    pub(crate) numbers: Vec<u32>,
    pub(crate) features: u64,
    pub(crate) placeless: u64,
    pub(crate) survey: Survey,
    pub(crate) stats: LayerStats,
    pub(crate) kinds: [bool; 3],
}

/// What turning features into records takes to know of their layer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LayerForm {
    pub(crate) number: u16,
    columns: Arc<[Attribute]>,
    /// The column that has the area in hectares.
    area: Option<usize>,
    /// The layer that gets a point for each polygon.
    pub(crate) labels: Option<u16>,
}

/// A batch of features, as records.
pub struct Batch {
    layer: u16,
    labels: Option<u16>,
    bytes: Vec<u8>,
    records: Vec<Made>,
    features: u64,
    placeless: u64,
    survey: Survey,
    stats: LayerStats,
    kinds: [bool; 3],
    /// Of each row, where an incremental rebuild is to follow.
    notes: Notes,
}

/// A record of a batch.
struct Made {
    length: u32,
    bounds: Bounds,
    is_label: bool,
    /// The place of its row among the notes.
    row: u32,
}

/// A record of a batch, by itself.
pub(crate) struct BatchRecord<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) bounds: Bounds,
    /// The place of its row in the batch.
    pub(crate) row: usize,
}

impl LayerForm {
    /// Its layer's place in the tileset; a layer of labels takes one of its own.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// Turns features into records. May run on any thread.
    pub fn batch(&self, features: &[ThematicFeature]) -> Batch {
        self.batch_on(features, &WebMercatorQuad)
    }

    /// The same of some consecutive rows of a source, those that gave no feature among them; what is
    /// needed for an incremental rebuild is noted.
    pub fn batch_of_rows(&self, rows: &[(RowMark, Option<ThematicFeature>)]) -> Batch {
        self.batch_of_rows_on(rows.iter().map(|(mark, feature)| (*mark, feature.as_ref())), &WebMercatorQuad)
    }

    /// The same of features that are known by their ids and their content.
    pub(crate) fn batch_of_features<'f>(&self, features: impl IntoIterator<Item = &'f ThematicFeature>) -> Batch {
        let mut hasher = ContentHasher::default();
        let rows = features.into_iter().map(|feature| (hasher.mark(feature), Some(feature)));
        self.batch_of_rows_on(rows, &WebMercatorQuad)
    }

    fn batch_of_rows_on<'f>(
        &self,
        rows: impl Iterator<Item = (RowMark, Option<&'f ThematicFeature>)>,
        grid: &impl QuadGrid,
    ) -> Batch {
        let mut notes = Notes::default();
        let mut batch = self.empty_batch(rows.size_hint().0);
        let mut attributes = Vec::new();
        for (mark, feature) in rows {
            notes.begin_row(mark, feature.is_some());
            if let Some(feature) = feature {
                self.add(feature, grid, &mut batch, &mut attributes, |chains, bounds, anchor| {
                    notes.push(chains, bounds, anchor);
                    notes.rows() as u32 - 1
                });
            }
        }
        batch.notes = notes;
        batch
    }

    pub(crate) fn batch_on(&self, features: &[ThematicFeature], grid: &impl QuadGrid) -> Batch {
        let mut batch = self.empty_batch(features.len());
        let mut attributes = Vec::new();
        for feature in features {
            self.add(feature, grid, &mut batch, &mut attributes, |_, _, _| 0);
        }
        batch
    }

    fn empty_batch(&self, rows: usize) -> Batch {
        Batch {
            layer: self.number,
            labels: self.labels,
            bytes: Vec::new(),
            records: Vec::with_capacity(rows),
            features: 0,
            placeless: 0,
            survey: Survey::default(),
            stats: LayerStats::new(&self.columns),
            kinds: [false; 3],
            notes: Notes::default(),
        }
    }

    /// Adds a feature to a batch; `note` hears of each record and says in which row it is.
    fn add(
        &self,
        feature: &ThematicFeature,
        grid: &impl QuadGrid,
        batch: &mut Batch,
        attributes: &mut Vec<u8>,
        mut note: impl FnMut(&Chains, Bounds, WorldPoint) -> u32,
    ) {
        let columns = &self.columns;
        attributes.clear();
        encode_attributes(columns, &feature.values, attributes);
        batch.features += 1;
        batch.stats.add(&feature.values);
        let mut is_placed = false;
        for chains in project(&feature.geometry, grid) {
            let Some(bounds) = chains.bounds() else { continue };
            is_placed = true;
            batch.kinds[chains.kind as usize] = true;
            batch.survey.add(&chains, bounds);
            let head = Head {
                layer: self.number,
                order: 0,
                id: feature.id,
                anchor: anchor(&chains),
                hectares: self.hectares(feature),
                attributes,
            };
            let row = note(&chains, bounds, head.anchor);
            batch.push(&head, &chains, bounds, (row, false));
            if let Some(labels) = self.labels.filter(|_| chains.kind == ShapeKind::Polygons) {
                let ends = vec![ChainEnd { end: 1, is_shell: false }];
                let point = Chains { kind: ShapeKind::Points, points: vec![head.anchor], ends };
                batch.push(&Head { layer: labels, ..head }, &point, Bounds::at(head.anchor), (row, true));
            }
        }
        batch.placeless += u64::from(!is_placed);
    }

    /// What the feature says of its area, or else what it measures on the ellipsoid.
    fn hectares(&self, feature: &ThematicFeature) -> f64 {
        let said = self.area.and_then(|column| feature.values.get(column)).and_then(Value::as_f64);
        said.unwrap_or_else(|| match &feature.geometry {
            Geometry::Polygon(polygon) => ellipsoidal_area(&MultiPolygon(vec![polygon.clone()])).hectares(),
            Geometry::MultiPolygon(polygons) => ellipsoidal_area(polygons).hectares(),
            _ => f64::NAN,
        })
    }
}

impl Batch {
    fn push(&mut self, head: &Head<'_>, chains: &Chains, bounds: Bounds, (row, is_label): (u32, bool)) {
        let from = self.bytes.len();
        record::write(head, chains, &mut self.bytes);
        self.records.push(Made { length: (self.bytes.len() - from) as u32, bounds, is_label, row });
    }

    /// What was noted of its rows.
    pub(crate) fn notes(&self) -> &Notes {
        &self.notes
    }

    /// What its columns hold.
    pub(crate) fn stats(&self) -> &LayerStats {
        &self.stats
    }

    /// Its layer, by number.
    pub(crate) fn layer(&self) -> u16 {
        self.layer
    }

    /// Its records one by one, labels among them.
    pub(crate) fn records(&self) -> impl Iterator<Item = BatchRecord<'_>> {
        let mut from = 0;
        self.records.iter().map(move |made| {
            let bytes = &self.bytes[from..from + made.length as usize];
            from += made.length as usize;
            BatchRecord { bytes, bounds: made.bounds, row: made.row as usize }
        })
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
        ShapeKind::Polygons => {
            let rings = chains.ends.iter().scan(0usize, |start, chain| {
                let ring = &chains.points[*start..chain.end as usize];
                *start = chain.end as usize;
                Some(ring)
            });
            interior_point(rings).unwrap_or(first)
        }
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

    /// Begins a layer, with a layer of label points beside it if `labels` names one.
    pub(crate) fn begin_layer(
        &mut self,
        id: &str,
        description: &str,
        columns: Vec<Attribute>,
        labels: Option<&str>,
    ) -> LayerForm {
        let area = columns.iter().position(|column| column.name == AREA && column.kind == ValueKind::Real);
        let shared: Arc<[Attribute]> = columns.into();
        let number = self.push_layer(id, description, &shared);
        let labels = labels.map(|labels| self.push_layer(labels, LABELS, &shared));
        LayerForm { number, columns: shared, area, labels }
    }

    fn push_layer(&mut self, id: &str, description: &str, columns: &Arc<[Attribute]>) -> u16 {
        self.layers.push(LayerIntake {
            id: id.to_owned(),
            description: description.to_owned(),
            columns: Arc::clone(columns),
            numbers: Vec::new(),
            features: 0,
            placeless: 0,
            survey: Survey::default(),
            stats: LayerStats::new(columns),
            kinds: [false; 3],
        });
        (self.layers.len() - 1) as u16
    }

    /// Adds a batch to its layer.
    pub(crate) fn add(&mut self, batch: Batch) -> io::Result<()> {
        let mut from = 0;
        let mut labels = 0;
        for made in batch.records {
            let layer = if made.is_label { batch.labels.unwrap_or(batch.layer) } else { batch.layer };
            self.layers[usize::from(layer)].numbers.push(self.records.len() as u32);
            self.records.push(&batch.bytes[from..from + made.length as usize], made.bounds)?;
            from += made.length as usize;
            labels += u64::from(made.is_label);
        }
        if let Some(layer) = batch.labels {
            let layer = &mut self.layers[usize::from(layer)];
            layer.features += labels;
            layer.kinds[ShapeKind::Points as usize] |= labels > 0;
            layer.stats.merge(batch.stats.clone());
        }
        let own = &mut self.layers[usize::from(batch.layer)];
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
