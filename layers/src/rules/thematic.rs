//! From assessed patches to thematic layers: what tiles, findings and API show.

use std::borrow::Cow;
use std::sync::Arc;

use geo::{Geometry, MultiPolygon};
use rayon::prelude::*;

use crate::dossier::Named;
use crate::facts::Action;
use crate::feature::Value;
use crate::ids::IdSource;
use crate::intake::{Land, PlanPolygon};
use crate::schema::{LAYERS, LayerSchema, ThematicFeature, ThematicLayer};

use super::Analysis;
use super::approval::scenario;
use super::assess::Assessed;
use super::conformity::Change;
use super::growth::NewLand;
use super::label::label_point;
use super::marginal::MarginalLand;
use super::outlines::Outlines;
use super::place::Zone;

/// The land that is drawn beside the patches, in lon/lat.
#[derive(Clone, Debug)]
pub(super) struct Drawing {
    pub(super) scopes: Option<Vec<Land>>,
    pub(super) parks: Option<Vec<Land>>,
    pub(super) control_line: Option<Vec<Land>>,
    pub(super) zones: Vec<(Zone, MultiPolygon<f64>)>,
    /// The pieces of the patches, in their order.
    pub(super) outlines: Vec<Outlines>,
    /// Land that becomes industrial.
    pub(super) new: Vec<NewLand>,
}

impl Analysis {
    /// The tile layers of [`LAYERS`] that have data, bottom first. Each is made when it is asked
    /// for: a city's layers together take several times the memory of what they are made of.
    pub fn layers(&self) -> impl Iterator<Item = ThematicLayer> + '_ {
        LAYERS.iter().filter_map(|schema| self.layer(schema.id))
    }

    /// One layer of [`LAYERS`]; `None` if it has no data.
    pub fn layer(&self, id: &str) -> Option<ThematicLayer> {
        let Drawing { scopes, parks, control_line, zones, .. } = &self.drawing;
        match id {
            "scope" => lands(id, scopes.as_deref()?),
            "zoning" => zoning(&self.files.plan),
            "zones" => partition(zones),
            "changes" => self.changes(),
            "parcels" => self.parcels(),
            "approvals" => self.approvals(),
            "conflicts" => self.conflicts(),
            "marginal" => self.marginal(),
            "parks" => lands(id, parks.as_deref()?),
            "control_line" => lands(id, control_line.as_deref()?),
            "park_labels" => park_labels(parks.as_deref()?),
            "labels" => self.labels(),
            _ => None,
        }
    }
}

fn schema(id: &str) -> &'static LayerSchema {
    LayerSchema::of(id).expect("a layer of the tile schema")
}

/// Fills a layer of the schema, feature by feature.
struct Filling {
    schema: &'static LayerSchema,
    layer: ThematicLayer,
    ids: IdSource,
}

impl Filling {
    fn of(id: &str) -> Self {
        let schema = schema(id);
        Self { schema, layer: schema.empty_layer(), ids: IdSource::default() }
    }

    fn add<const N: usize>(&mut self, key: &str, geometry: impl Into<Geometry<f64>>, known: [(&str, Value); N]) {
        let values = self.schema.values(known);
        self.push(key, geometry, values);
    }

    fn push(&mut self, key: &str, geometry: impl Into<Geometry<f64>>, values: Vec<Value>) {
        let id = self.ids.id(key);
        self.layer.features.push(ThematicFeature { id, geometry: geometry.into(), values });
    }

    fn done(self) -> Option<ThematicLayer> {
        (!self.layer.features.is_empty()).then_some(self.layer)
    }
}

/// `park_labels`: one point inside each park, under its id.
fn park_labels(parks: &[Land]) -> Option<ThematicLayer> {
    let mut filling = Filling::of("park_labels");
    for park in parks {
        let id = filling.ids.id(&park.key);
        let Some(point) = label_point(&park.boundary) else { continue };
        let values = filling.schema.values([("key", park.key.as_str().into()), ("name", park.name.as_str().into())]);
        filling.layer.features.push(ThematicFeature { id, geometry: point.into(), values });
    }
    filling.done()
}

/// `scope`, `parks` or `control_line`.
fn lands(id: &str, lands: &[Land]) -> Option<ThematicLayer> {
    let mut filling = Filling::of(id);
    for land in lands {
        filling.add(
            &land.key,
            land.boundary.clone(),
            [("key", land.key.as_str().into()), ("name", land.name.as_str().into())],
        );
    }
    filling.done()
}

/// `zoning`: every plan polygon.
fn zoning(plan: &[PlanPolygon]) -> Option<ThematicLayer> {
    let mut filling = Filling::of("zoning");
    for polygon in plan {
        let known = [
            ("plan_code", polygon.code.clone().into()),
            ("plan_name", polygon.name.clone().into()),
            ("group", polygon.group().map(|group| group.code()).into()),
            ("mandatory", polygon.class.map(|class| class.mandatory).into()),
            ("far_max", polygon.far_max.into()),
            ("density_max", polygon.density_max.into()),
            ("green_min", polygon.green_min.into()),
            ("height_max", polygon.height_max.into()),
        ];
        filling.add(&plan_key(polygon), polygon.boundary.clone(), known);
    }
    filling.done()
}

fn plan_key(polygon: &PlanPolygon) -> Arc<str> {
    polygon.key.clone().unwrap_or_else(|| polygon.row.to_string().into())
}

/// `zones`: the partition of the study area.
fn partition(zones: &[(Zone, MultiPolygon<f64>)]) -> Option<ThematicLayer> {
    let mut filling = Filling::of("zones");
    for (zone, land) in zones {
        let name = crate::codes::lists::ZONE.label_of(zone.code()).map(|label| label.zh.clone().into_owned());
        filling.add(zone.code(), land.clone(), [("key", zone.code().into()), ("name", name.into())]);
    }
    filling.done()
}

/// What was found of a patch, as `parcels` says it.
fn found(patch: &Assessed, parks: &[Named], schema: &LayerSchema) -> Vec<Value> {
    let parcel = &patch.parcel;
    let known = [
        ("key", Arc::clone(&parcel.inputs.key).into()),
        ("name", parcel.inputs.name.clone().into()),
        ("area_ha", parcel.inputs.area.hectares().into()),
        ("far", parcel.inputs.far.into()),
        ("density", parcel.inputs.density.into()),
        ("far_class", class(patch.far_class)),
        ("density_class", class(patch.density_class)),
        ("intensity", class(patch.intensity)),
        ("conflict", patch.plan.conflict.map(|conflict| conflict.code()).into()),
        ("conflict_type", patch.plan.conflict_type.map(|group| group.code()).into()),
        ("conflict_ha", patch.plan.conflict.map(|_| patch.plan.conflict_area.hectares()).into()),
        ("conflict_pct", patch.plan.conflict.map(|_| 100.0 * patch.plan.conflict_area.0 / parcel.inputs.area.0).into()),
        ("approval", patch.standing.approved.map(|approved| approved.code()).into()),
        ("in_control_line", patch.standing.in_line.into()),
        ("action", Some(patch.action).filter(|action| *action != Action::Unknown).map(Action::code).into()),
        ("zone", patch.place.zone.map(|zone| zone.code()).into()),
        ("park", patch.place.park.map(|park| parks[park].key.as_str()).into()),
        ("idle", patch.idle.idle.into()),
        ("low", patch.low.low.into()),
        ("low_reasons", class(patch.low.reasons())),
        ("inefficient", class(patch.inefficient.bits())),
        ("disposal", patch.disposal.outcome().into()),
        ("disposal_row", class(patch.disposal.row)),
        ("mode", class(patch.disposal.mode)),
        ("permit_new", patch.disposal.permit_new().map(|permit| permit.code()).into()),
        ("permit_ext", patch.disposal.permit_extend().map(|permit| permit.code()).into()),
        ("permit_until", patch.disposal.permit_until.map(|day| day.to_string()).into()),
    ];
    schema.values(known)
}

impl Analysis {
    /// `parcels`: every industrial patch with what was found.
    fn parcels(&self) -> Option<ThematicLayer> {
        let mut filling = Filling::of("parcels");
        for patch in &self.files.assessed {
            let values = found(patch, &self.files.parks, filling.schema);
            filling.push(&patch.parcel.inputs.key, patch.parcel.boundary.clone(), values);
        }
        filling.done()
    }

    /// `labels`: one point inside a patch each, with some of what `parcels` says, under its id.
    fn labels(&self) -> Option<ThematicLayer> {
        let mut filling = Filling::of("labels");
        let parcels = schema("parcels");
        let wanted: Vec<Option<usize>> = filling.schema.attributes.iter().map(|a| parcels.index(a.name)).collect();
        let points: Vec<_> = self.files.assessed.par_iter().map(|patch| label_point(&patch.parcel.boundary)).collect();
        for (patch, point) in self.files.assessed.iter().zip(points) {
            let id = filling.ids.id(&patch.parcel.inputs.key);
            let Some(point) = point else { continue };
            let mut found = found(patch, &self.files.parks, parcels);
            let values =
                wanted.iter().map(|place| place.map_or(Value::Null, |place| std::mem::take(&mut found[place])));
            filling.layer.features.push(ThematicFeature { id, geometry: point.into(), values: values.collect() });
        }
        filling.done()
    }

    /// `conflicts`: every piece that the plan wants for another use.
    fn conflicts(&self) -> Option<ThematicLayer> {
        let mut filling = Filling::of("conflicts");
        for (patch, outlines) in self.files.assessed.iter().zip(&self.drawing.outlines) {
            let lands = outlines.plan(&patch.parcel.boundary);
            for (place, piece) in patch.plan.pieces.iter().enumerate() {
                let Some(use_class) = piece.conflict() else { continue };
                let polygon = &self.files.plan[piece.plan];
                let known = [
                    ("parcel", Arc::clone(&patch.parcel.inputs.key).into()),
                    ("type", use_class.group.code().into()),
                    ("mandatory", use_class.mandatory.into()),
                    ("plan_code", polygon.code.clone().into()),
                    ("plan_name", polygon.name.clone().into()),
                    ("area_ha", piece.area.hectares().into()),
                ];
                filling.add(&piece_key(patch, polygon), land_of(patch, &lands, place), known);
            }
        }
        filling.done()
    }

    /// `approvals`: every patch by its approvals, on either side of the control line.
    fn approvals(&self) -> Option<ThematicLayer> {
        let (approvals, scenarios) = (self.files.approvals.as_deref()?, &self.files.scenarios);
        let mut filling = Filling::of("approvals");
        for (patch, outlines) in self.files.assessed.iter().zip(&self.drawing.outlines) {
            let inputs = &patch.parcel.inputs;
            let lands = outlines.approvals(&patch.parcel.boundary);
            for (place, piece) in patch.standing.pieces.iter().enumerate() {
                let approval = piece.approval.map(|place| &approvals[place]);
                let key = approval.map_or_else(
                    || Cow::Borrowed("missing"),
                    |a| a.key.as_deref().map_or_else(|| a.row.to_string().into(), Cow::Borrowed),
                );
                let scenario = approval.and_then(|approval| scenario(approval.supply, scenarios));
                let known = [
                    ("parcel", Arc::clone(&inputs.key).into()),
                    ("approval_key", approval.and_then(|approval| approval.key.clone()).into()),
                    ("approved", approval.is_some().into()),
                    ("granted", inputs.granted.into()),
                    ("in_control_line", piece.in_line.into()),
                    ("scenario", scenario.map(|row| scenarios.rows[row].code.as_str()).into()),
                    ("area_ha", piece.area.hectares().into()),
                ];
                let side = if piece.counts { "" } else { "/outside" };
                let land = land_of(patch, &lands, place);
                filling.add(&format!("{}/{key}{side}", inputs.key), land, known);
            }
        }
        filling.done()
    }

    /// `marginal`: small parts that the plan cuts off.
    fn marginal(&self) -> Option<ThematicLayer> {
        let mut filling = Filling::of("marginal");
        let patches = &self.files.assessed;
        // The pieces of one patch follow each other.
        let mut drawn = (usize::MAX, Vec::new());
        for piece in &self.files.marginal {
            if drawn.0 != piece.patch {
                let outlines = &self.drawing.outlines[piece.patch];
                drawn = (piece.patch, outlines.plan(&patches[piece.patch].parcel.boundary));
            }
            let land = match &piece.land {
                MarginalLand::Own(land) => land.as_ref(),
                MarginalLand::OfPiece(place) => &drawn.1[place.piece as usize].0[place.polygon as usize],
            };
            let key = |patch: usize| Arc::clone(&patches[patch].parcel.inputs.key);
            let known = [
                ("kind", piece.kind.code().into()),
                ("parcel", key(piece.patch).into()),
                ("area_ha", piece.area.hectares().into()),
                ("use", piece.advice().into()),
                ("merge_with", piece.merge_with.map(key).into()),
            ];
            let whole = piece_key(&patches[piece.patch], &self.files.plan[piece.plan]);
            filling.add(&format!("{whole}/{}", piece.number), MultiPolygon::from(land.clone()), known);
        }
        filling.done()
    }

    /// `changes`: out and keep pieces of patches, new pieces of plan polygons.
    fn changes(&self) -> Option<ThematicLayer> {
        let mut filling = Filling::of("changes");
        let mut add = |key: &str, land: MultiPolygon<f64>, change: Change, polygon: &PlanPolygon, hectares: f64| {
            let known = [
                ("change", change.code().into()),
                ("plan_code", polygon.code.clone().into()),
                ("area_ha", hectares.into()),
            ];
            filling.add(key, land, known);
        };
        for (patch, outlines) in self.files.assessed.iter().zip(&self.drawing.outlines) {
            let lands = outlines.plan(&patch.parcel.boundary);
            for (place, piece) in patch.plan.pieces.iter().enumerate() {
                let Some(change) = piece.change() else { continue };
                let (polygon, land) = (&self.files.plan[piece.plan], land_of(patch, &lands, place));
                add(&piece_key(patch, polygon), land, change, polygon, piece.area.hectares());
            }
        }
        for land in &self.drawing.new {
            let polygon = &self.files.plan[land.plan];
            let key = format!("new/{}", plan_key(polygon));
            add(&key, land.land.clone(), Change::New, polygon, land.area.hectares());
        }
        filling.done()
    }
}

fn piece_key(patch: &Assessed, polygon: &PlanPolygon) -> String {
    format!("{}/{}", patch.parcel.inputs.key, plan_key(polygon))
}

/// The land of a piece; one that is the whole patch has the patch's own outline.
fn land_of(patch: &Assessed, lands: &[MultiPolygon<f64>], piece: usize) -> MultiPolygon<f64> {
    lands.get(piece).unwrap_or(&patch.parcel.boundary).clone()
}

fn class(class: Option<u8>) -> Value {
    class.map(i64::from).into()
}
