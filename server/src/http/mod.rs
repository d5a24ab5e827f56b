//! What is answered over HTTP: a route a line, a handler a room.

mod address;
mod archive;
mod catalog;
mod classes;
mod codes;
mod coding;
mod cors;
mod docs;
mod embed;
mod events;
mod explain;
mod front;
mod glyphs;
mod health;
mod inside;
mod lag;
mod limits;
mod metrics;
mod openapi;
mod pages;
mod parcels;
mod policy;
mod proxy;
mod quality;
mod ranges;
mod rate;
mod recode;
mod request_id;
mod respond;
mod search;
mod security;
mod selection;
mod sprites;
mod static_maps;
mod stats;
mod styles;
mod tilejson;
mod tiles;
mod totals;

use actix_http::{Request, Response};
use actix_service::IntoServiceFactory;
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, ServiceFactory};
use actix_web::http::{Method, header};
use actix_web::{App, Error, FromRequest, Handler, HttpResponse, Resource, Responder, guard, web};

pub use coding::Coding;
pub use front::{Front, Passing};
pub use limits::{Gate, Permit, Shut};
pub(crate) use policy::Written;
pub use policy::{CachePolicies, CachePolicy};
pub(crate) use styles::{legend_of, styled};

use crate::assets;
use crate::config::server::ServerConfig;
use crate::error::{ALLOWED, ApiError};
use crate::state::AppState;

/// The whole application with the default settings of a server, as tests ask it.
pub fn app(
    state: web::Data<AppState>,
) -> impl ServiceFactory<
    Request,
    Config = AppConfig,
    Response = Response<impl MessageBody>,
    Error = Error,
    InitError = (),
    Service: 'static,
> {
    app_behind(web::Data::new(Front::new(ServerConfig::default())), state)
}

/// The whole application, as the server runs it.
pub fn app_behind(
    front: web::Data<Front>,
    state: web::Data<AppState>,
) -> impl ServiceFactory<
    Request,
    Config = AppConfig,
    Response = Response<impl MessageBody>,
    Error = Error,
    InitError = (),
    Service: 'static,
> {
    let application = App::new().app_data(state.clone()).app_data(front.clone()).configure(routes);
    Passing::to(application.into_factory(), front, state)
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
        answered("/_/metrics", metrics::metrics),
        answered("/events", events::events),
        answered("/catalog", catalog::catalog),
        answered("/style/{style}", styles::style),
        answered("/legend/{style}", styles::legend),
        answered("/static/{style}/{view}/{size}", static_maps::map),
        answered("/sprite/{sprite}", sprites::sprite),
        answered("/font/{fontstack}/{range}", glyphs::glyphs),
        answered("/stats", stats::tables),
        answered("/stats.{form:json|csv|xlsx}", stats::forms),
        answered("/stats/{table}", stats::table),
        answered("/totals/{layer}", totals::totals),
        answered("/search", search::search),
        answered("/inside", inside::inside),
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
        answered("/embed", embed::page),
        answered("/", pages::index),
    ];
    resources.extend(assets::paths().map(|path| answered(&format!("/{path}"), pages::file)));
    // What may be called anything comes last.
    resources.push(answered(tiles::ROUTE, tiles::tile));
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
