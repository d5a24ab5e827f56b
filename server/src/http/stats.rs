//! The plan's tables, as JSON, CSV or a workbook.

use actix_web::http::header::HeaderValue;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use layers::stats::{By, Statistics, Table};
use serde::Deserialize;
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_128;

use super::coding::Coding;
use super::openapi::{Binary, Form, Grouping, Missing, Refused};
use super::respond::{Answer, tagged};
use crate::error::ApiError;
use crate::generation::Generation;
use crate::report::{self, Provenance, Report};
use crate::state::AppState;

const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8");
const XLSX: HeaderValue = HeaderValue::from_static("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");

/// `?by=`
#[derive(Debug, Deserialize)]
struct Breakdown {
    by: Option<String>,
}

/// Every table in one of three forms
#[utoipa::path(
    get, path = "/stats.{form}", tag = "tables",
    params(
        ("form" = inline(Form), Path, description = "JSON, CSV with a byte order mark, or a workbook"),
        ("by" = inline(Option<Grouping>), Query, description = "What to break them down by"),
    ),
    responses(
        (status = 200, description = "The tables", content(
            (Object = "application/json"),
            (String = "text/csv"),
            (Binary = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        Refused, Missing
    )
)]
pub(super) async fn forms(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    tables(request, state).await
}

/// Every table
#[utoipa::path(
    get, path = "/stats", tag = "tables",
    params(("by" = inline(Option<Grouping>), Query, description = "What to break them down by")),
    responses((status = 200, description = "The tables", body = Object), Refused, Missing)
)]
pub(super) async fn tables(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let statistics = statistics(&generation)?;
    let by = asked_by(&request)?.map(|name| {
        By::ALL.into_iter().find(|by| by.name() == name).ok_or_else(|| {
            let known = By::ALL.map(By::name).join(", ");
            ApiError::BadQuery(format!("no table is broken down by `{name}`; they can be by: {known}"))
        })
    });
    let by = by.transpose()?;
    let report = |table| Report::new(table, by, generation.id(), &statistics.rules);
    let reports: Vec<Report<'_>> = statistics.tables.iter().filter_map(report).collect();
    let form = match request.path().rsplit_once('.') {
        Some((_, form)) => form,
        None => "json",
    };
    let document = || {
        json!({
            "generation": generation.id(),
            "rules": statistics.rules,
            "area_method": statistics.area_method,
            "tables": reports.iter().map(report::json).collect::<Vec<_>>(),
        })
    };
    answer(&request, &state, &generation, &reports, form, document).await
}

/// One table; `.json`, `.csv` or `.xlsx` may follow its name
#[utoipa::path(
    get, path = "/stats/{table}", tag = "tables",
    params(
        ("table" = String, Path, description = "As the catalog lists them", example = "overview"),
        ("by" = inline(Option<Grouping>), Query, description = "What to break it down by"),
    ),
    responses(
        (status = 200, description = "The table", content(
            (Object = "application/json"),
            (String = "text/csv"),
            (Binary = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        Refused, Missing
    )
)]
pub(super) async fn table(
    request: HttpRequest,
    name: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let statistics = statistics(&generation)?;
    let (name, form) = match name.rsplit_once('.') {
        Some((name, form @ ("json" | "csv" | "xlsx"))) => (name, form),
        _ => (name.as_str(), "json"),
    };
    let table = statistics.table(name).ok_or_else(|| ApiError::UnknownTable(name.to_owned()))?;
    let by = breakdown(&request, table)?;
    let report = Report::new(table, by, generation.id(), &statistics.rules);
    let report = report.ok_or_else(|| no_such_breakdown(table, by.map_or("", By::name)))?;
    answer(&request, &state, &generation, &[report], form, || report::json(&report)).await
}

/// The reports in the form asked for; `document` is what they are as JSON.
async fn answer(
    request: &HttpRequest,
    state: &AppState,
    generation: &Generation,
    reports: &[Report<'_>],
    form: &str,
    document: impl Fn() -> Value,
) -> Result<HttpResponse, ApiError> {
    let answer = Answer::json(state, generation);
    match form {
        "csv" => Answer { mime: CSV, ..answer }.plain(request, report::csv(reports).into_bytes().into()).await,
        "xlsx" => {
            let provenance = Provenance::of(&generation.manifest, statistics(generation)?);
            let book = report::xlsx(reports, &provenance).map_err(ApiError::internal)?;
            // A workbook is compressed already.
            let etag = tagged(xxh3_128(&book), Coding::Identity);
            Ok(Answer { mime: XLSX, ..answer }.uncoded(request.headers(), book.into(), &etag))
        }
        _ => answer.value(request, &document()).await,
    }
}

fn statistics(generation: &Generation) -> Result<&Statistics, ApiError> {
    generation.statistics.as_ref().ok_or(ApiError::NotAnalysed)
}

fn breakdown(request: &HttpRequest, table: &Table) -> Result<Option<By>, ApiError> {
    let Some(name) = asked_by(request)? else { return Ok(None) };
    let by = By::ALL.into_iter().find(|by| by.name() == name);
    by.map(Some).ok_or_else(|| no_such_breakdown(table, &name))
}

fn asked_by(request: &HttpRequest) -> Result<Option<String>, ApiError> {
    let query = Query::<Breakdown>::from_query(request.query_string());
    let query = query.map_err(|error| ApiError::BadQuery(format!("the query cannot be read: {error}")))?;
    Ok(query.into_inner().by)
}

fn no_such_breakdown(table: &Table, by: &str) -> ApiError {
    let known: Vec<&str> = table.breakdowns.iter().map(|breakdown| breakdown.by.name()).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    ApiError::BadQuery(format!("table `{}` is not broken down by `{by}`; it can be by: {known}", table.table))
}
