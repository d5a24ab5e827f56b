//! What an area that somebody drew holds, and whether industry may be there by the plan.

use std::collections::BTreeMap;

use actix_web::web::{Data, Query, block};
use actix_web::{HttpRequest, HttpResponse};
use geo::{Coord, Geometry, LineString, MultiPolygon, Polygon};
use layers::SquareMetres;
use layers::findings::{Inside, InsideError, InsideLayer, InsidePart};
use layers::schema::LayerSchema;
use layers::valid;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::openapi::{Missing, Refused};
use super::parcels::as_json;
use super::respond::Answer;
use super::totals::shown;
use crate::error::ApiError;
use crate::state::AppState;

/// Corners that an area may have. It is drawn by hand; what is longer is no address any more.
const MOST_CORNERS: usize = 256;

/// Patches that are named one by one, the largest parts first; the sums are of all.
const MOST_NAMED: usize = 200;

/// `?ring=`
#[derive(Debug, Deserialize)]
struct Asked {
    ring: String,
}

/// What an area holds of each layer, cut exactly, and how it stands to the plan
#[utoipa::path(
    get, path = "/inside", tag = "parcels",
    params(("ring" = String, Query,
        description = "Corners of the area in degrees, `lon,lat;lon,lat;…`, 3 to 256 of them; the last is joined to the first",
        pattern = r"^-?[0-9]{1,3}(\.[0-9]+)?,-?[0-9]{1,2}(\.[0-9]+)?(;-?[0-9]{1,3}(\.[0-9]+)?,-?[0-9]{1,2}(\.[0-9]+)?){2,255}$",
        example = "116.05,43.92;116.10,43.92;116.10,43.96")),
    responses((status = 200, description = "What it holds", body = Object), Refused, Missing)
)]
pub(super) async fn inside(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let lookup = generation.findings().ok_or(ApiError::NotAnalysed)?.lookup();
    let asked = Query::<Asked>::from_query(request.query_string());
    let asked = asked.map_err(|_| bad_ring("ring is needed: `lon,lat;lon,lat;lon,lat`"))?;
    let land = area(&asked.ring)?;
    let look = move || lookup.open().map_err(InsideError::from)?.inside(&land);
    let found = block(look).await.map_err(ApiError::internal)?.map_err(|error| match error {
        InsideError::TooMuch { .. } => ApiError::AreaTooLarge(error.to_string()),
        InsideError::Findings(cause) => ApiError::internal(cause),
    })?;
    let document = json!({
        "generation": generation.id(),
        "rules": generation.manifest.rules,
        "area_ha": hectares(found.area),
        "conformity": conformity(&found),
        "layers": found.layers.iter().map(layer).collect::<Vec<_>>(),
    });
    Answer::json(&state, &generation).value(&request, &document).await
}

fn bad_ring(why: &str) -> ApiError {
    ApiError::BadQuery(why.to_owned())
}

/// The area within a ring of corners.
fn area(text: &str) -> Result<MultiPolygon<f64>, ApiError> {
    let bad = || bad_ring("ring is `lon,lat;lon,lat;lon,lat`, in degrees");
    let corner = |text: &str| {
        let (lon, lat) = text.split_once(',')?;
        let (x, y) = (lon.trim().parse::<f64>().ok()?, lat.trim().parse::<f64>().ok()?);
        ((-180.0..=180.0).contains(&x) && (-90.0..=90.0).contains(&y)).then_some(Coord { x, y })
    };
    let parts = text.split(';').filter(|part| !part.trim().is_empty());
    let corners: Option<Vec<Coord<f64>>> = parts.take(MOST_CORNERS + 2).map(corner).collect();
    let mut ring = LineString(corners.ok_or_else(bad)?);
    ring.close();
    let corners = ring.0.len().saturating_sub(1);
    if !(3..=MOST_CORNERS).contains(&corners) {
        return Err(bad_ring(&format!("ring has {corners} corners; it can have 3 to {MOST_CORNERS}")));
    }
    match valid::make_valid(Polygon::new(ring, Vec::new()).into()) {
        valid::Made::Valid(Geometry::Polygon(polygon)) => Ok(MultiPolygon(vec![polygon])),
        valid::Made::Valid(Geometry::MultiPolygon(polygons)) => Ok(polygons),
        valid::Made::Repaired { reason, .. } => Err(bad_ring(&format!("ring is no area: {reason}"))),
        valid::Made::Nothing { reason } => Err(bad_ring(&format!("ring is no area: {reason}"))),
        valid::Made::Valid(_) => Err(bad()),
    }
}

fn hectares(area: SquareMetres) -> f64 {
    shown(area.hectares())
}

/// How land here stands to the plan if it is used for industry: what the plan wants of it, the
/// stricter first, by the codes of the list `conflict`.
fn conformity(inside: &Inside) -> Option<Value> {
    let zoning = inside.layers.iter().find(|layer| layer.layer == "zoning")?;
    let text = |part: &InsidePart, name: &str| part.attributes.get(name).and_then(|v| v.as_str().map(str::to_owned));
    let (mut industrial, mut mandatory, mut other, mut unknown) = (0.0, 0.0, 0.0, zoning.uncovered.0);
    for part in &zoning.parts {
        let is_mandatory = part.attributes.get("mandatory") == Some(&layers::Value::Bool(true));
        *match text(part, "group").as_deref() {
            Some("industrial") => &mut industrial,
            Some(_) if is_mandatory => &mut mandatory,
            Some(_) => &mut other,
            None => &mut unknown,
        } += part.area.0;
    }
    let [industrial, mandatory, other, unknown] =
        [industrial, mandatory, other, unknown].map(|area| hectares(SquareMetres(area)));
    let conflict = match (mandatory > 0.0, other > 0.0, industrial > 0.0) {
        (true, _, _) => Some("mandatory"),
        (_, true, _) => Some("non_mandatory"),
        (_, _, true) => Some("none"),
        _ => None,
    };
    Some(json!({
        "conflict": conflict,
        "industrial_ha": industrial,
        "mandatory_ha": mandatory,
        "non_mandatory_ha": other,
        "not_assessed_ha": unknown,
    }))
}

/// A layer: its sum, its classes, its features where they have names.
fn layer(layer: &InsideLayer) -> Value {
    let total: f64 = layer.parts.iter().map(|part| part.area.0).sum();
    let classes: Map<String, Value> = attributes(&layer.layer)
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), classes(layer, name)?)))
        .collect();
    let mut named: Vec<&InsidePart> = layer.parts.iter().filter(|part| part.attributes.contains_key("key")).collect();
    named.sort_by(|a, b| b.area.0.total_cmp(&a.area.0));
    let feature = |part: &&InsidePart| {
        let text = |name: &str| part.attributes.get(name).cloned().map(as_json);
        json!({ "key": text("key"), "name": text("name"), "whole_ha": text("area_ha"), "area_ha": hectares(part.area) })
    };
    json!({
        "layer": layer.layer,
        "count": layer.parts.len(),
        "area_ha": hectares(SquareMetres(total)),
        "outside_ha": hectares(layer.uncovered),
        "classes": classes,
        "features": named.iter().take(MOST_NAMED).map(feature).collect::<Vec<_>>(),
    })
}

/// Attributes of a layer by which parts are summed: those that sort features into classes.
fn attributes(layer: &str) -> Vec<&'static str> {
    let themes = LayerSchema::of(layer).into_iter().flat_map(|schema| schema.themes());
    themes.map(|attribute| attribute.name).collect()
}

fn classes(layer: &InsideLayer, name: &str) -> Option<Value> {
    let mut sums: BTreeMap<String, (Value, u64, f64)> = BTreeMap::new();
    for part in &layer.parts {
        let Some(value) = part.attributes.get(name).cloned().map(as_json) else { continue };
        let sum = sums.entry(value.to_string()).or_insert((value, 0, 0.0));
        (sum.1, sum.2) = (sum.1 + 1, sum.2 + part.area.0);
    }
    let row = |(key, count, area): &(Value, u64, f64)| json!({ "key": key, "count": count, "area_ha": hectares(SquareMetres(*area)) });
    (!sums.is_empty()).then(|| sums.values().map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_is_a_ring_of_some_corners_that_does_not_cross_itself() {
        assert!(area("0,0;1,0;1,1").is_ok());
        assert!(area("0,0;1,0;1,1;0,0").is_ok());
        for text in ["", "0,0;1,1", "0,0;1,0;x,1", "0,0;1,1;1,0;0,1", "0,0;1,0;2,0", "0,0;200,0;1,1"] {
            assert!(area(text).is_err(), "{text}");
        }
        let long: Vec<String> =
            (0..=MOST_CORNERS).map(|corner| format!("{},{}", corner as f64 / 1e3, corner % 2)).collect();
        let refused = area(&long.join(";")).expect_err("too many corners");
        assert!(refused.to_string().contains("257 corners"), "{refused}");
    }
}
