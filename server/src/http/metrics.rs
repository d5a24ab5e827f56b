//! `GET /_/metrics`: what the server counts about itself.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;

use super::front::Front;
use crate::metrics::MEDIA_TYPE;
use crate::state::AppState;

/// What the server counts about itself, for Prometheus
#[utoipa::path(
    get, path = "/_/metrics", tag = "about",
    responses((status = 200, description = "The text format of Prometheus", body = String, content_type = "text/plain"))
)]
pub(super) async fn metrics(state: Data<AppState>, front: Data<Front>) -> HttpResponse {
    let text = front.metrics.text(&state, front.gate.running(), front.gate.waiting());
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type(MEDIA_TYPE).body(text)
}
