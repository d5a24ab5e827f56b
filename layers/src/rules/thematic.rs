//! From assessed patches to thematic layers: what tiles, findings and API show.

use geo::{Geometry, InteriorPoint, MultiPolygon};
use rayon::prelude::*;

use crate::feature::Value;
use crate::ids::IdSource;
use crate::intake::{Land, PlanPolygon};
use crate::measure::EqualAreaPlane;
use crate::overlay::restore;
use crate::schema::{LayerSchema, ThematicFeature, ThematicLayer};

use super::Assessed;
use super::conformity::{Change, Piece};
use super::growth::NewLand;
use super::place::Places;

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
pub(super) fn zones<'a>(
    places: &Places,
    plane: &EqualAreaPlane,
    outlines: impl Iterator<Item = &'a MultiPolygon<f64>> + Clone,
) -> Option<ThematicLayer> {
    let mut filling = Filling::of("zones");
    for (zone, land) in places.zones() {
        let name = crate::codes::lists::ZONE.label_of(zone.code()).map(|label| label.zh.clone().into_owned());
        filling.add(
            zone.code(),
            restore(plane, land, outlines.clone()),
            [("key", zone.code().into()), ("name", name.into())],
        );
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
            ("zone", patch.place.zone.map(|zone| zone.code()).into()),
            ("park", patch.place.park.map(|park| parks[park].key.as_str()).into()),
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
    let points: Vec<_> = parcels.features.par_iter().map(|parcel| parcel.geometry.interior_point()).collect();
    for (parcel, point) in parcels.features.iter().zip(points) {
        let Some(point) = point else { continue };
        let wanted = target.attributes.iter().map(|attribute| {
            let place = parcels.attributes.iter().position(|known| known.name == attribute.name);
            place.map_or(Value::Null, |place| parcel.values[place].clone())
        });
        layer.features.push(ThematicFeature { id: parcel.id, geometry: point.into(), values: wanted.collect() });
    }
    (!layer.features.is_empty()).then_some(layer)
}

/// `conflicts`: every piece that the plan wants for another use.
pub(super) fn conflicts(patches: &[Assessed], plan: &[PlanPolygon], plane: &EqualAreaPlane) -> Option<ThematicLayer> {
    let mut filling = Filling::of("conflicts");
    let conflicts = |piece: &Piece| piece.conflict().is_some();
    for (patch, piece, land) in outlines(patches, plan, plane, conflicts) {
        if let Some(use_class) = piece.conflict() {
            let polygon = &plan[piece.plan];
            let known = [
                ("parcel", patch.parcel.inputs.key.as_str().into()),
                ("type", use_class.group.code().into()),
                ("mandatory", use_class.mandatory.into()),
                ("plan_code", polygon.code.clone().into()),
                ("plan_name", polygon.name.clone().into()),
                ("area_ha", piece.area.hectares().into()),
            ];
            filling.add(&piece_key(patch, polygon), land, known);
        }
    }
    filling.done()
}

/// `changes`: out and keep pieces of patches, new pieces of plan polygons.
pub(super) fn changes(
    patches: &[Assessed],
    new: &[NewLand],
    plan: &[PlanPolygon],
    plane: &EqualAreaPlane,
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
    for (patch, piece, land) in outlines(patches, plan, plane, |piece| piece.change().is_some()) {
        if let Some(change) = piece.change() {
            let polygon = &plan[piece.plan];
            add(&piece_key(patch, polygon), land, change, polygon, piece.area.hectares());
        }
    }
    let outline = |land: &NewLand| {
        let beside = land.beside.iter().map(|patch| &patches[*patch].parcel.boundary);
        restore(plane, &land.land, std::iter::once(&plan[land.plan].boundary).chain(beside))
    };
    let outlines: Vec<MultiPolygon<f64>> = new.par_iter().map(outline).collect();
    for (land, outline) in new.iter().zip(outlines) {
        let polygon = &plan[land.plan];
        add(&format!("new/{}", plan_key(polygon)), outline, Change::New, polygon, land.area.hectares());
    }
    filling.done()
}

fn piece_key(patch: &Assessed, polygon: &PlanPolygon) -> String {
    format!("{}/{}", patch.parcel.inputs.key, plan_key(polygon))
}

/// The wanted pieces, with their patches and in lon/lat, in the order of the patches.
fn outlines<'a>(
    patches: &'a [Assessed],
    plan: &[PlanPolygon],
    plane: &EqualAreaPlane,
    wanted: impl Fn(&Piece) -> bool + Sync,
) -> Vec<(&'a Assessed, &'a Piece, MultiPolygon<f64>)> {
    let of_patch = |patch: &'a Assessed| {
        let pieces = patch.plan.pieces.iter().filter(|piece| wanted(piece));
        pieces.map(|piece| (patch, piece, outline(patch, piece, plan, plane))).collect::<Vec<_>>()
    };
    patches.par_iter().flat_map_iter(of_patch).collect()
}

/// The piece in lon/lat; a piece that is the whole patch has the patch's own outline.
fn outline(patch: &Assessed, piece: &Piece, plan: &[PlanPolygon], plane: &EqualAreaPlane) -> MultiPolygon<f64> {
    let boundary = &patch.parcel.boundary;
    match &piece.land {
        None => boundary.clone(),
        Some(land) => restore(plane, land, [boundary, &plan[piece.plan].boundary]),
    }
}

fn class(class: Option<u8>) -> Value {
    class.map(i64::from).into()
}
