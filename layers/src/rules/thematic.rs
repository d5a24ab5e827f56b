//! From assessed patches to thematic layers: what tiles, findings and API show.

use geo::{Geometry, InteriorPoint, MultiPolygon};

use crate::facts::Action;
use crate::feature::Value;
use crate::ids::IdSource;
use crate::intake::{Approval, Land, PlanPolygon};
use crate::overlay::VertexMemory;
use crate::schema::{LayerSchema, ThematicFeature, ThematicLayer};

use super::Assessed;
use super::approval::scenario;
use super::conformity::{Change, Piece};
use super::growth::NewLand;
use super::marginal::MarginalPiece;
use super::place::Places;
use super::ruleset::Scenarios;

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
        let (id, values) = (self.ids.id(key), self.schema.values(known));
        self.layer.features.push(ThematicFeature { id, geometry: geometry.into(), values });
    }

    fn done(self) -> Option<ThematicLayer> {
        (!self.layer.features.is_empty()).then_some(self.layer)
    }
}

/// `scope`, `parks` or `control_line`.
pub(super) fn lands(id: &str, lands: &[Land]) -> Option<ThematicLayer> {
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
pub(super) fn zoning(plan: &[PlanPolygon]) -> Option<ThematicLayer> {
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

fn plan_key(polygon: &PlanPolygon) -> String {
    polygon.key.clone().unwrap_or_else(|| polygon.row.to_string())
}

/// `zones`: the partition of the study area.
pub(super) fn zones(places: &Places, memory: &VertexMemory) -> Option<ThematicLayer> {
    let mut filling = Filling::of("zones");
    for (zone, land) in places.zones() {
        let name = crate::codes::lists::ZONE.label_of(zone.code()).map(|label| label.zh.clone().into_owned());
        filling.add(zone.code(), memory.unproject(land), [("key", zone.code().into()), ("name", name.into())]);
    }
    filling.done()
}

/// `parcels`: every industrial patch with what was found.
pub(super) fn parcels(patches: &[Assessed], parks: &[Land]) -> Option<ThematicLayer> {
    let mut filling = Filling::of("parcels");
    for patch in patches {
        let parcel = &patch.parcel;
        let known = [
            ("key", parcel.inputs.key.as_str().into()),
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
            (
                "conflict_pct",
                patch.plan.conflict.map(|_| 100.0 * patch.plan.conflict_area.0 / parcel.inputs.area.0).into(),
            ),
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
        filling.add(&parcel.inputs.key, parcel.boundary.clone(), known);
    }
    filling.done()
}

/// `labels`: one interior point a patch.
pub(super) fn labels(parcels: Option<&ThematicLayer>) -> Option<ThematicLayer> {
    let parcels = parcels?;
    let target = schema("labels");
    let mut layer = target.empty_layer();
    for parcel in &parcels.features {
        let Some(point) = parcel.geometry.interior_point() else { continue };
        let wanted = target.attributes.iter().map(|attribute| {
            let place = parcels.attributes.iter().position(|known| known.name == attribute.name);
            place.map_or(Value::Null, |place| parcel.values[place].clone())
        });
        layer.features.push(ThematicFeature { id: parcel.id, geometry: point.into(), values: wanted.collect() });
    }
    (!layer.features.is_empty()).then_some(layer)
}

/// `conflicts`: every piece that the plan wants for another use.
pub(super) fn conflicts(patches: &[Assessed], plan: &[PlanPolygon], memory: &VertexMemory) -> Option<ThematicLayer> {
    let mut filling = Filling::of("conflicts");
    for patch in patches {
        for piece in &patch.plan.pieces {
            let Some(use_class) = piece.conflict() else { continue };
            let polygon = &plan[piece.plan];
            let known = [
                ("parcel", patch.parcel.inputs.key.as_str().into()),
                ("type", use_class.group.code().into()),
                ("mandatory", use_class.mandatory.into()),
                ("plan_code", polygon.code.clone().into()),
                ("plan_name", polygon.name.clone().into()),
                ("area_ha", piece.area.hectares().into()),
            ];
            filling.add(&piece_key(patch, polygon), outline(patch, piece, memory), known);
        }
    }
    filling.done()
}

/// `approvals`: every patch by its approvals, on either side of the control line.
pub(super) fn approvals(
    patches: &[Assessed],
    approvals: &[Approval],
    scenarios: &Scenarios,
    memory: &VertexMemory,
) -> Option<ThematicLayer> {
    let mut filling = Filling::of("approvals");
    for patch in patches {
        let inputs = &patch.parcel.inputs;
        let whole = patch.standing.pieces.len() == 1;
        for piece in &patch.standing.pieces {
            let approval = piece.approval.map(|place| &approvals[place]);
            let key = approval.map_or_else(|| "missing".to_owned(), |a| a.key.clone().unwrap_or(a.row.to_string()));
            let scenario = approval.and_then(|approval| scenario(approval.supply, scenarios));
            let known = [
                ("parcel", inputs.key.as_str().into()),
                ("approval_key", approval.and_then(|approval| approval.key.clone()).into()),
                ("approved", approval.is_some().into()),
                ("granted", inputs.granted.into()),
                ("in_control_line", piece.in_line.into()),
                ("scenario", scenario.map(|row| scenarios.rows[row].code.as_str()).into()),
                ("area_ha", piece.area.hectares().into()),
            ];
            let side = if piece.counts { "" } else { "/outside" };
            let land = if whole { patch.parcel.boundary.clone() } else { memory.unproject(&piece.land) };
            filling.add(&format!("{}/{key}{side}", inputs.key), land, known);
        }
    }
    filling.done()
}

/// `marginal`: small parts that the plan cuts off.
pub(super) fn marginal(
    patches: &[Assessed],
    pieces: &[MarginalPiece],
    plan: &[PlanPolygon],
    memory: &VertexMemory,
) -> Option<ThematicLayer> {
    let mut filling = Filling::of("marginal");
    for piece in pieces {
        let key = |patch: usize| patches[patch].parcel.inputs.key.as_str();
        let known = [
            ("kind", piece.kind.code().into()),
            ("parcel", key(piece.patch).into()),
            ("area_ha", piece.area.hectares().into()),
            ("use", piece.advice().into()),
            ("merge_with", piece.merge_with.map(key).into()),
        ];
        let name = format!("{}/{}", piece_key(&patches[piece.patch], &plan[piece.plan]), piece.number);
        filling.add(&name, memory.unproject(&MultiPolygon::from(piece.land.clone())), known);
    }
    filling.done()
}

/// `changes`: out and keep pieces of patches, new pieces of plan polygons.
pub(super) fn changes(
    patches: &[Assessed],
    new: &[NewLand],
    plan: &[PlanPolygon],
    memory: &VertexMemory,
) -> Option<ThematicLayer> {
    let mut filling = Filling::of("changes");
    let mut add = |key: &str, land: MultiPolygon<f64>, change: Change, polygon: &PlanPolygon, hectares: f64| {
        let known = [
            ("change", change.code().into()),
            ("plan_code", polygon.code.clone().into()),
            ("area_ha", hectares.into()),
        ];
        filling.add(key, land, known);
    };
    for patch in patches {
        for piece in &patch.plan.pieces {
            let Some(change) = piece.change() else { continue };
            let polygon = &plan[piece.plan];
            add(&piece_key(patch, polygon), outline(patch, piece, memory), change, polygon, piece.area.hectares());
        }
    }
    for land in new {
        let polygon = &plan[land.plan];
        add(
            &format!("new/{}", plan_key(polygon)),
            memory.unproject(&land.land),
            Change::New,
            polygon,
            land.area.hectares(),
        );
    }
    filling.done()
}

fn piece_key(patch: &Assessed, polygon: &PlanPolygon) -> String {
    format!("{}/{}", patch.parcel.inputs.key, plan_key(polygon))
}

/// The piece in lon/lat; a piece that is the whole patch has the patch's own outline.
fn outline(patch: &Assessed, piece: &Piece, memory: &VertexMemory) -> MultiPolygon<f64> {
    let whole = patch.plan.pieces.len() == 1 && patch.plan.uncovered_area.0 == 0.0;
    if whole { patch.parcel.boundary.clone() } else { memory.unproject(&piece.land) }
}

fn class(class: Option<u8>) -> Value {
    class.map(i64::from).into()
}
