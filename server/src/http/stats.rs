//! The plan's tables, as JSON, CSV or a workbook.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use layers::stats::{By, Statistics, Table};
use serde::Deserialize;
use serde_json::json;

use super::respond::{Answer, JSON};
use crate::error::ApiError;
use crate::generation::Generation;
use crate::report::{self, Report};
use crate::state::AppState;

const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `?by=`
#[derive(Debug, Deserialize)]
struct Breakdown {
    by: Option<String>,
}

/// `GET /stats`: every table, whole
pub(super) async fn tables(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let statistics = statistics(&generation)?;
    let whole = |table| Report::new(table, None, generation.id(), &statistics.rules);
    let tables: Vec<_> = statistics.tables.iter().filter_map(whole).map(|report| report::json(&report)).collect();
    let document = json!({
        "generation": generation.id(),
        "rules": statistics.rules,
        "area_method": statistics.area_method,
        "tables": tables,
    });
    Answer::json(generation.id()).value(&request, &document)
}

/// `GET /stats/{table}?by=`, with `.json`, `.csv` or `.xlsx`
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
    let (mime, bytes) = match form {
        "csv" => (CSV, report::csv(&[report]).into_bytes()),
        "xlsx" => (XLSX, report::xlsx(&[report]).map_err(ApiError::internal)?),
        _ => (JSON, serde_json::to_vec(&report::json(&report)).map_err(ApiError::internal)?),
    };
    Answer { mime, ..Answer::json(generation.id()) }.plain(&request, bytes.into())
}

fn statistics(generation: &Generation) -> Result<&Statistics, ApiError> {
    generation.statistics.as_ref().ok_or(ApiError::NotAnalysed)
}

fn breakdown(request: &HttpRequest, table: &Table) -> Result<Option<By>, ApiError> {
    let query = Query::<Breakdown>::from_query(request.query_string());
    let query = query.map_err(|error| ApiError::BadQuery(format!("the query cannot be read: {error}")))?;
    let Some(name) = query.into_inner().by else { return Ok(None) };
    let by = By::ALL.into_iter().find(|by| by.name() == name);
    by.map(Some).ok_or_else(|| no_such_breakdown(table, &name))
}

fn no_such_breakdown(table: &Table, by: &str) -> ApiError {
    let known: Vec<&str> = table.breakdowns.iter().map(|breakdown| breakdown.by.name()).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    ApiError::BadQuery(format!("table `{}` is not broken down by `{by}`; it can be by: {known}", table.table))
}
