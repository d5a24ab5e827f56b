//! What is answered over HTTP: a route a line, a handler a room.

mod address;
mod archive;
mod catalog;
mod codes;
mod coding;
mod docs;
mod events;
mod explain;
mod health;
mod openapi;
mod pages;
mod parcels;
mod policy;
mod quality;
mod ranges;
mod recode;
mod respond;
mod selection;
mod stats;
mod styles;
mod tilejson;
mod tiles;

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::DefaultHeaders;
use actix_web::{App, Error, FromRequest, Handler, HttpResponse, Resource, Responder, guard, web};

pub use coding::Coding;
pub use policy::{CachePolicies, CachePolicy};

use crate::assets;
use crate::error::{ALLOWED, ApiError};
use crate::state::AppState;
use crate::telemetry;

/// The whole application, as tests and the server run it.
pub fn app(
    state: web::Data<AppState>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    // Tiles and findings are public to whoever reaches the server, so any page may read them; a
    // wildcard keeps answers the same for every origin, and caches simple.
    let cors = Cors::default()
        .allow_any_origin()
        .send_wildcard()
        .disable_vary_header()
        .allowed_methods(["GET", "HEAD"])
        .allow_any_header()
        .expose_headers(["ETag", "Content-Encoding", "X-Tuban-Generation"])
        .max_age(86_400);
    // `Cors` says it only to requests that name an origin. A cache that met another request first
    // would keep that answer for the pages of other origins too.
    let any_origin = DefaultHeaders::new().add((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    App::new().app_data(state).configure(routes).wrap(cors).wrap(any_origin).wrap(telemetry::requests())
}

/// Every route. The state ([`AppState`]) is the caller's to add.
pub fn routes(config: &mut web::ServiceConfig) {
    config.app_data(web::PathConfig::default().error_handler(|_, _| ApiError::BadPath.into()));
    for (_, resource) in resources() {
        config.service(resource);
    }
    config.default_service(web::to(nothing_here));
}

/// Every path with what answers there, in the order in which they are tried.
fn resources() -> Vec<(String, Resource)> {
    let mut resources = vec![
        answered("/health", health::health),
        answered("/ready", health::ready),
        answered("/events", events::events),
        answered("/catalog", catalog::catalog),
        answered("/style/{style}", styles::style),
        answered("/legend/{style}", styles::legend),
        answered("/stats", stats::tables),
        answered("/stats.{form:json|csv|xlsx}", stats::forms),
        answered("/stats/{table}", stats::table),
        answered("/parcels/{key}", parcels::parcel),
        answered("/parcels/{key}/explain", explain::document),
        answered("/parcels/{key}/explain.html", explain::page),
        answered("/identify", parcels::identify),
        answered("/codes", codes::codes),
        answered("/codes/{system}", codes::system),
        answered("/archive/{tileset}.pmtiles", archive::archive),
        answered("/quality", quality::page),
        answered("/quality.json", quality::json),
        answered("/openapi.json", openapi::openapi),
        answered("/docs", docs::page),
        answered("/", pages::index),
    ];
    resources.extend(assets::paths().map(|path| answered(&format!("/{path}"), pages::file)));
    // What may be called anything comes last.
    resources.push(answered("/{tilesets}/{z}/{x}/{y}", tiles::tile));
    resources.push(answered("/{tilesets}", tilejson::tilejson));
    resources
}

/// A resource that answers GET and HEAD, and says so to OPTIONS and other methods.
fn answered<F, Args>(path: &str, handler: F) -> (String, Resource)
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let reading = guard::Any(guard::Get()).or(guard::Head());
    let other_methods = web::to(async || -> Result<&'static str, ApiError> { Err(ApiError::Method) });
    let options = web::route().method(Method::OPTIONS).to(options);
    let resource = web::resource(path).route(web::route().guard(reading).to(handler)).route(options);
    (path.to_owned(), resource.default_service(other_methods))
}

/// What can be asked here; whether a page of another origin may ask is answered before.
async fn options() -> HttpResponse {
    HttpResponse::NoContent().insert_header((header::ALLOW, ALLOWED)).finish()
}

async fn nothing_here() -> Result<&'static str, ApiError> {
    Err(ApiError::NotFound)
}
