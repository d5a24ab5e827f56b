//! Totals of a layer's classes: of all of it, of what a filter leaves, of what a view touches.

use actix_web::web::{Data, Path, Query, block};
use actix_web::{HttpRequest, HttpResponse};
use layers::findings::{Condition, Total, Totals, TotalsError, TotalsQuery};
use serde::Deserialize;
use serde_json::{Value, json};

use super::openapi::{Missing, Refused};
use super::parcels::as_json;
use super::respond::Answer;
use crate::error::ApiError;
use crate::state::AppState;

/// `?by=&where=&bbox=`
#[derive(Debug, Deserialize)]
struct Asked {
    by: Option<String>,
    r#where: Option<String>,
    bbox: Option<String>,
}

/// Counts and hectares of a layer's classes, whole, filtered or of the features that touch a view
#[utoipa::path(
    get, path = "/totals/{layer}", tag = "tables",
    params(
        ("layer" = String, Path, description = "A layer of the findings", example = "parcels"),
        ("by" = Option<String>, Query, description = "The attribute whose values are the rows", example = "intensity"),
        ("where" = Option<String>, Query,
            description = "`attribute:value,value;attribute:value`: features with one of the values of each; an empty \
                value: those that have none", example = "conflict:mandatory,non_mandatory;zone:relocation"),
        ("bbox" = Option<String>, Query, description = "`west,south,east,north` in degrees, which features must touch",
            example = "116.0,43.9,116.1,44.0"),
    ),
    responses((status = 200, description = "The totals", body = Object), Refused, Missing)
)]
pub(super) async fn totals(
    request: HttpRequest,
    layer: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let lookup = generation.findings().ok_or(ApiError::NotAnalysed)?.lookup();
    let asked = Query::<Asked>::from_query(request.query_string());
    let asked = asked.map_err(|error| ApiError::BadQuery(format!("the query cannot be read: {error}")))?.into_inner();
    let query = TotalsQuery {
        layer: layer.into_inner(),
        by: asked.by,
        conditions: conditions(asked.r#where.as_deref().unwrap_or_default())?,
        bounds: asked.bbox.as_deref().map(bounds).transpose()?,
    };
    let wanted = query.clone();
    let look = move || lookup.open().map_err(TotalsError::from)?.totals(&wanted);
    let found = block(look).await.map_err(ApiError::internal)?.map_err(refused)?;
    let document = document(&query, &found, generation.id());
    Answer::json(&state, &generation).value(&request, &document).await
}

fn document(query: &TotalsQuery, found: &Totals, generation: &str) -> Value {
    let sum = |total: &Total| json!({ "count": total.count, "area_ha": total.area.map(|area| shown(area.hectares())) });
    let row = |(key, total): &(Option<layers::Value>, Total)| {
        let mut row = sum(total);
        row["key"] = key.clone().map_or(Value::Null, as_json);
        row
    };
    json!({
        "generation": generation,
        "layer": query.layer,
        "by": query.by,
        "rows": found.rows.iter().map(row).collect::<Vec<_>>(),
        "total": sum(&found.total),
    })
}

/// Hectares as all of the interface shows them: to four decimals, that is a square metre.
pub(super) fn shown(hectares: f64) -> f64 {
    (hectares * 1e4).round() / 1e4
}

fn refused(error: TotalsError) -> ApiError {
    match error {
        TotalsError::Layer(layer) => ApiError::UnknownLayer(layer),
        TotalsError::Attribute { .. } | TotalsError::Value { .. } | TotalsError::Rows { .. } => {
            ApiError::BadQuery(error.to_string())
        }
        TotalsError::Findings(cause) => ApiError::internal(cause),
    }
}

/// `attribute:value,value;attribute:value`. Keys of parks and the like are anything, so what has a
/// meaning here is percent-encoded twice where it stands in a value.
fn conditions(text: &str) -> Result<Vec<Condition>, ApiError> {
    let decoded = |text: &str| {
        let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
        decoded.map(std::borrow::Cow::into_owned).map_err(|_| bad_condition())
    };
    let condition = |text: &str| {
        let (attribute, values) = text.split_once(':').ok_or_else(bad_condition)?;
        let values = values.split(',').map(decoded).collect::<Result<_, _>>()?;
        Ok(Condition { attribute: decoded(attribute)?, values })
    };
    text.split(';').filter(|part| !part.is_empty()).map(condition).collect()
}

fn bad_condition() -> ApiError {
    ApiError::BadQuery("where is `attribute:value,value;attribute:value`".to_owned())
}

fn bounds(text: &str) -> Result<[f64; 4], ApiError> {
    let bad = || ApiError::BadQuery("bbox is `west,south,east,north` in degrees".to_owned());
    let numbers: Vec<f64> =
        text.split(',').map(|part| part.trim().parse::<f64>()).collect::<Result<_, _>>().map_err(|_| bad())?;
    let bounds: [f64; 4] = numbers.try_into().map_err(|_| bad())?;
    let [west, south, east, north] = bounds;
    let is_box = bounds.iter().all(|number| number.is_finite()) && west <= east && south <= north;
    if is_box { Ok(bounds) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_with_whatever_their_values_have_in_them() {
        let read = conditions("conflict:mandatory,none;park:A%2CB%3B;zone:").expect("they can be read");
        let condition = |attribute: &str, values: &[&str]| Condition {
            attribute: attribute.to_owned(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        let expected =
            [condition("conflict", &["mandatory", "none"]), condition("park", &["A,B;"]), condition("zone", &[""])];
        assert_eq!(read, expected);
        assert!(conditions("").expect("nothing is asked").is_empty());
        assert!(conditions("conflict").is_err());
    }

    #[test]
    fn a_box_that_is_none_is_refused() {
        assert_eq!(bounds("1,2,3,4").expect("a box"), [1.0, 2.0, 3.0, 4.0]);
        for text in ["", "1,2,3", "3,2,1,4", "1,2,3,x", "1,2,3,inf", "NaN,2,3,4"] {
            assert!(bounds(text).is_err(), "{text}");
        }
    }
}
