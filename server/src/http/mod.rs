//! What is answered over HTTP: a route a line, a handler a room.

mod address;
mod catalog;
mod codes;
mod coding;
mod cors;
mod explain;
mod front;
mod health;
mod lag;
mod limits;
mod metrics;
mod pages;
mod parcels;
mod proxy;
mod quality;
mod rate;
mod request_id;
mod respond;
mod selection;
mod stats;
mod styles;
mod tilejson;
mod tiles;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::{App, Error, FromRequest, Handler, Resource, Responder, guard, web};

pub use coding::Coding;
pub use front::{Front, Passing};
pub use limits::{Gate, Permit, Shut};

use crate::assets;
use crate::config::server::ServerConfig;
use crate::error::ApiError;
use crate::state::AppState;

/// The whole application with the default settings of a server, as tests ask it.
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
    app_behind(web::Data::new(Front::new(ServerConfig::default())), state)
}

/// The whole application, as the server runs it.
pub fn app_behind(
    front: web::Data<Front>,
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
    App::new().app_data(state).app_data(front.clone()).configure(routes).wrap(Passing::new(front))
}

/// Every route. The state ([`AppState`]) is the caller's to add.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(answered("/health", health::health))
        .service(answered("/ready", health::ready))
        .service(answered("/_/metrics", metrics::metrics))
        .service(answered("/catalog", catalog::catalog))
        .service(answered("/style/{style}", styles::style))
        .service(answered("/legend/{style}", styles::legend))
        .service(answered("/stats", stats::tables))
        .service(answered("/stats.{form:json|csv|xlsx}", stats::tables))
        .service(answered("/stats/{table}", stats::table))
        .service(answered("/parcels/{key}", parcels::parcel))
        .service(answered("/parcels/{key}/explain", explain::document))
        .service(answered("/parcels/{key}/explain.html", explain::page))
        .service(answered("/identify", parcels::identify))
        .service(answered("/codes", codes::codes))
        .service(answered("/codes/{system}", codes::system))
        .service(answered("/quality", quality::page))
        .service(answered("/quality.json", quality::json))
        .service(answered("/", pages::index));
    for path in assets::paths() {
        config.service(answered(&format!("/{path}"), pages::file));
    }
    config
        .service(answered("/{tilesets}/{z}/{x}/{y}", tiles::tile))
        .service(answered("/{tilesets}", tilejson::tilejson))
        .default_service(web::to(nothing_here));
}

/// A resource that answers GET and HEAD, and says so to other methods.
fn answered<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let reading = guard::Any(guard::Get()).or(guard::Head());
    let other_methods = web::to(async || -> Result<&'static str, ApiError> { Err(ApiError::Method) });
    web::resource(path).route(web::route().guard(reading).to(handler)).default_service(other_methods)
}

async fn nothing_here() -> Result<&'static str, ApiError> {
    Err(ApiError::NotFound)
}
