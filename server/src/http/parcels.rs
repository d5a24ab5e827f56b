//! One parcel, and what lies at a point.

use actix_web::web::{Data, Path, Query, block};
use actix_web::{HttpRequest, HttpResponse};
use geo::{BoundingRect, Centroid, InteriorPoint};
use layers::findings::{FindingsError, Found};
use layers::stats::By;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::openapi::{Missing, Refused};
use super::respond::Answer;
use crate::error::ApiError;
use crate::generation::{Generation, Lookup};
use crate::state::AppState;

/// At most so many features are named at one point.
const MOST: usize = 50;

/// How near a line or a point must be, in degrees: about five metres, a finger's breadth on a map
/// of a street.
const NEAR: f64 = 5e-5;

/// `?lon=&lat=`
#[derive(Debug, Deserialize)]
struct Point {
    lon: f64,
    lat: f64,
}

/// One parcel: its attributes, and the pieces that the plan wants for another use
#[utoipa::path(
    get, path = "/parcels/{key}", tag = "parcels",
    params(("key" = String, Path, description = "The key of the parcel")),
    responses((status = 200, description = "The parcel", body = Object), Missing)
)]
pub(super) async fn parcel(
    request: HttpRequest,
    key: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let key = key.into_inner();
    let lookup = generation.findings().ok_or(ApiError::NotAnalysed)?.lookup();
    let asked = key.clone();
    let look = move || -> Result<Option<(Found, Vec<Found>)>, FindingsError> {
        let findings = lookup.open()?;
        let Some(parcel) = findings.parcel(&asked)? else { return Ok(None) };
        Ok(Some((parcel, findings.pieces(&asked)?)))
    };
    let found = block(look).await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    let (parcel, pieces) = found.ok_or_else(|| ApiError::UnknownParcel(key.clone()))?;
    let card = card(&key, parcel, pieces, &generation);
    Answer::json(&state, &generation).value(&request, &card).await
}

/// The features at a point, top layer first, at most 50
#[utoipa::path(
    get, path = "/identify", tag = "parcels",
    params(
        ("lon" = f64, Query, description = "Degrees east", minimum = -180, maximum = 180, example = 116.08),
        ("lat" = f64, Query, description = "Degrees north", minimum = -90, maximum = 90, example = 43.94),
    ),
    responses((status = 200, description = "The features", body = Object), Refused)
)]
pub(super) async fn identify(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let Point { lon, lat } = point(&request)?;
    // What is drawn on top comes first, as in the list of tilesets from its end.
    let lookups: Vec<(String, Lookup)> =
        generation.tilesets.iter().rev().map(|tileset| (tileset.id().to_owned(), tileset.lookup())).collect();
    let look = move || -> Result<Vec<(String, Found)>, FindingsError> {
        let mut all = Vec::new();
        for (tileset, lookup) in lookups {
            let found = lookup.open()?.at(lon, lat, NEAR, MOST - all.len())?;
            all.extend(found.into_iter().map(|found| (tileset.clone(), found)));
            if all.len() >= MOST {
                break;
            }
        }
        Ok(all)
    };
    let found = block(look).await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    let feature = |(tileset, found): (String, Found)| {
        let attributes = attributes(found.attributes);
        json!({ "tileset": tileset, "layer": found.layer, "id": found.id, "attributes": attributes })
    };
    let features: Vec<Value> = found.into_iter().map(feature).collect();
    let document = json!({ "generation": generation.id(), "lon": lon, "lat": lat, "features": features });
    Answer::json(&state, &generation).value(&request, &document).await
}

fn point(request: &HttpRequest) -> Result<Point, ApiError> {
    let bad = || ApiError::BadQuery("lon and lat are needed, in degrees: ?lon=116.08&lat=43.94".to_owned());
    let query = Query::<Point>::from_query(request.query_string()).map_err(|_| bad())?;
    let point = query.into_inner();
    // Neither range holds a value that is not a number.
    let on_earth = (-180.0..=180.0).contains(&point.lon) && (-90.0..=90.0).contains(&point.lat);
    if on_earth { Ok(point) } else { Err(bad()) }
}

/// A parcel with everything that was found about it.
fn card(key: &str, parcel: Found, pieces: Vec<Found>, generation: &Generation) -> Value {
    let bounds = parcel.geometry.bounding_rect();
    let bounds = bounds.map(|rect| [rect.min().x, rect.min().y, rect.max().x, rect.max().y]);
    let center = parcel.geometry.interior_point().or(parcel.geometry.centroid());
    let pieces = pieces.into_iter().map(|piece| {
        let mut attributes = attributes(piece.attributes);
        // Whose piece it is, the answer says already.
        attributes.remove("parcel");
        attributes
    });
    let attributes = attributes(parcel.attributes);
    let mut card = json!({
        "key": key,
        "generation": generation.id(),
        "rules": generation.manifest.rules,
        "bounds": bounds,
        "center": center.map(|point| [point.x(), point.y()]),
        "labels": labels(&attributes, generation),
    });
    // Without a plan nobody asked what it wants here, and no pieces would say "none".
    if attributes.contains_key("conflict") {
        card["pieces"] = pieces.collect::<Vec<_>>().into();
    }
    card["attributes"] = attributes.into();
    card
}

/// What the values that no code list has are called: the park, by the statistics' own label. Where
/// there are parks and the parcel is in none, the label of what is elsewhere.
fn labels(attributes: &Map<String, Value>, generation: &Generation) -> Map<String, Value> {
    let park = attributes.get("park").and_then(Value::as_str).unwrap_or("none");
    let tables = generation.statistics.iter().flat_map(|statistics| &statistics.tables);
    let mut groups = tables.flat_map(|table| &table.breakdowns).filter(|b| b.by == By::Park).flat_map(|b| &b.groups);
    groups.find(|group| group.key == park).map(|group| ("park".to_owned(), json!(group.label))).into_iter().collect()
}

fn attributes(named: Vec<(String, layers::Value)>) -> Map<String, Value> {
    named.into_iter().map(|(name, value)| (name, as_json(value))).collect()
}

/// An attribute's value as JSON.
pub(super) fn as_json(value: layers::Value) -> Value {
    match value {
        layers::Value::Null => Value::Null,
        layers::Value::Bool(truth) => truth.into(),
        layers::Value::Int(number) => number.into(),
        layers::Value::Real(number) => number.into(),
        layers::Value::Text(text) => Value::from(&*text),
    }
}
