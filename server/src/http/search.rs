//! Features by key or name.

use actix_web::web::{Data, Query, block};
use actix_web::{HttpRequest, HttpResponse};
use geo::{Centroid, InteriorPoint};
use layers::findings::Found;
use serde::Deserialize;
use serde_json::{Value, json};

use super::openapi::{Missing, Refused};
use super::respond::Answer;
use crate::error::ApiError;
use crate::state::AppState;

/// At most so many features are found.
const MOST: usize = 20;

/// Letters beyond which nothing is called anything.
const LONGEST: usize = 100;

/// `?q=`
#[derive(Debug, Deserialize)]
struct Asked {
    q: String,
}

/// Parcels, parks, zones and boundaries by key or name, best match first, at most 20
#[utoipa::path(
    get, path = "/search", tag = "parcels",
    params(("q" = String, Query, description = "A key or a name, or some of it; at most 100 letters",
        min_length = 1, max_length = 100, pattern = r"\S", example = "园")),
    responses((status = 200, description = "The features", body = Object), Refused, Missing)
)]
pub(super) async fn search(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let lookup = generation.findings().ok_or(ApiError::NotAnalysed)?.lookup();
    let asked = Query::<Asked>::from_query(request.query_string()).ok().map(|asked| asked.into_inner().q);
    let words = asked.filter(|words| !words.trim().is_empty() && words.chars().count() <= LONGEST);
    let words = words.ok_or_else(|| ApiError::BadQuery(format!("q is a key or a name of 1 to {LONGEST} letters")))?;
    let wanted = words.clone();
    let look = move || lookup.open()?.search(&wanted, MOST);
    let found = block(look).await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    let results: Vec<Value> = found.iter().map(result).collect();
    let document = json!({ "generation": generation.id(), "q": words, "results": results });
    Answer::json(&state, &generation).value(&request, &document).await
}

fn result(found: &Found) -> Value {
    let text =
        |name: &str| found.attributes.iter().find(|(known, _)| known == name).and_then(|(_, value)| value.as_str());
    let center = found.geometry.interior_point().or(found.geometry.centroid());
    json!({
        "layer": found.layer,
        "key": text("key"),
        "name": text("name"),
        "bounds": found.bounds(),
        "center": center.map(|point| [point.x(), point.y()]),
    })
}
