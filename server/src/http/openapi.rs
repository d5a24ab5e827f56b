//! The description of this interface (OpenAPI 3.1): collected from the handlers, each of which says
//! beside its code what it takes and gives; what is true of all of them is added here.

use std::sync::LazyLock;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, Parameter, PathItem};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder, Server};
use utoipa::{IntoResponses, OpenApi, PartialSchema, ToSchema};

use super::respond::{Answer, JSON};
use super::{
    address, archive, catalog, codes, docs, embed, events, explain, glyphs, health, inside, metrics, pages, parcels,
    quality, search, sprites, static_maps, stats, styles, tilejson, tiles, totals,
};
use crate::assets;
use crate::error::{ApiError, Problem};
use crate::state::AppState;

const PROBLEM: &str = "application/problem+json";

/// Bytes that are no text.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(super) struct Binary(#[expect(dead_code, reason = "it only describes")] Vec<u8>);

/// The request cannot be meant: the `code` of the problem says why.
#[derive(IntoResponses)]
#[response(status = 400, content_type = "application/problem+json")]
pub(super) struct Refused(#[expect(dead_code, reason = "it only describes")] Problem<'static>);

/// There is no such thing here: the `code` of the problem says which.
#[derive(IntoResponses)]
#[response(status = 404, content_type = "application/problem+json")]
pub(super) struct Missing(#[expect(dead_code, reason = "it only describes")] Problem<'static>);

/// A language of pages.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "it only describes")]
pub(super) enum PageLanguage {
    Zh,
    En,
}

/// A language of extracts.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "it only describes")]
pub(super) enum ExtractLanguage {
    Both,
    Zh,
    En,
}

/// What tables are broken down by.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "it only describes")]
pub(super) enum Grouping {
    Park,
    Zone,
    Scope,
    Conflict,
}

/// The forms of tables.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "it only describes")]
pub(super) enum Form {
    Json,
    Csv,
    Xlsx,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tuban",
        description = "Vector tiles, styles, tables and parcels of a planning project.\n\n\
            Every path answers GET, HEAD (the same without a body) and OPTIONS (204 with `Allow`).\n\n\
            Every representation has a strong `ETag`; `If-None-Match` is answered with 304. Documents and vector tiles \
            are sent in `br`, `zstd`, `gzip` or as they are, as `Accept-Encoding` weighs them.\n\n\
            A request that cannot be answered gets a problem (RFC 9457).",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        health::health,
        health::ready,
        metrics::metrics,
        events::events,
        catalog::catalog,
        styles::style,
        styles::legend,
        static_maps::map,
        sprites::sprite,
        glyphs::glyphs,
        stats::tables,
        stats::forms,
        stats::table,
        totals::totals,
        search::search,
        inside::inside,
        parcels::parcel,
        explain::document,
        explain::page,
        parcels::identify,
        codes::codes,
        codes::system,
        archive::archive,
        quality::page,
        quality::json,
        docs::page,
        openapi,
        embed::page,
        pages::index,
        tiles::tile,
        tilejson::tilejson,
    ),
    components(schemas(Problem))
)]
struct Described;

/// The description, but for the address of the server.
pub(super) fn document() -> &'static utoipa::openapi::OpenApi {
    static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(|| {
        let mut document = Described::openapi();
        for path in assets::paths() {
            let item = PathItem::new(HttpMethod::Get, asset(&path));
            document.paths.paths.insert(format!("/{path}"), item);
        }
        for (path, item) in &mut document.paths.paths {
            if let Some(operation) = &mut item.get {
                operation.operation_id = Some(operation_id(path));
                add_what_all_answer(operation, ["/health", "/ready", "/events", "/_/metrics"].contains(&path.as_str()));
            }
        }
        document
    });
    &DOCUMENT
}

/// A name for programs that call this: `/parcels/{key}/explain` is `parcels_key_explain`.
fn operation_id(path: &str) -> String {
    let words: Vec<&str> = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "viewer".to_owned() } else { words.join("_") }
}

/// The parameters of an operation.
pub(super) fn parameters(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    })
}

fn asset(path: &str) -> Operation {
    let mime = assets::get(path).map_or("application/octet-stream", |asset| asset.mime);
    let content = ContentBuilder::new().schema(Some(Binary::schema())).build();
    let found = ResponseBuilder::new().description("The file").content(mime, content).build();
    OperationBuilder::new().tag("viewer").summary(Some("A file of the viewer")).response("200", found).build()
}

/// What any request can be answered with.
fn add_what_all_answer(operation: &mut Operation, is_always_fresh: bool) {
    let mut add = |status: &str, response: Response| {
        operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(response));
    };
    if !is_always_fresh {
        add("304", Response::new("The client has it already"));
        add("406", problem("None of the codings that are accepted can be sent"));
    }
    add("400", problem("The request cannot be meant"));
    add("405", problem("Another method than GET, HEAD or OPTIONS; `Allow` lists them"));
    add("414", problem("The address is too long"));
    add("421", problem("The server does not answer to that host"));
    add("429", problem("The client asks too often"));
    add("431", problem("The headers are too large"));
    add("500", problem("The server failed; its log says why"));
    add("503", problem("The server is busy or not ready; `Retry-After` says when to ask again"));
}

fn problem(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content(PROBLEM, content).build()
}

/// This description
#[utoipa::path(get, path = "/openapi.json", tag = "about", responses((status = 200, description = "OpenAPI 3.1", body = Object)))]
pub(super) async fn openapi(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let mut document = document().clone();
    document.servers = Some(vec![Server::new(address::base(&request)?)]);
    Answer::document(&state, JSON).value(&request, &document).await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use utoipa::openapi::path::ParameterIn;

    use super::*;
    use crate::http::resources;

    /// A path without the expressions that its parts must match.
    fn plain(path: &str) -> String {
        let mut parts = path.split('{');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |plain, part| {
            let (name, rest) = part.split_once('}').unwrap_or((part, ""));
            format!("{plain}{{{}}}{rest}", name.split(':').next().unwrap_or_default())
        })
    }

    #[test]
    fn every_route_is_described_and_nothing_else_is() {
        let described: BTreeSet<String> = document().paths.paths.keys().cloned().collect();
        let routes: BTreeSet<String> = resources().iter().map(|(path, _)| plain(path)).collect();
        assert_eq!(described, routes);
    }

    #[test]
    fn every_part_of_a_path_is_a_parameter_and_every_operation_is_said_in_words() {
        let mut ids = BTreeSet::new();
        for (path, item) in &document().paths.paths {
            let operation = item.get.as_ref().expect("everything is read with GET");
            assert!(ids.insert(operation.operation_id.as_ref()), "{path}: another operation has its id");
            assert!(operation.summary.as_ref().is_some_and(|summary| !summary.is_empty()), "{path}");
            assert!(operation.tags.as_ref().is_some_and(|tags| tags.len() == 1), "{path}");
            let parts: BTreeSet<&str> =
                path.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect();
            let in_path = parameters(operation).filter(|parameter| parameter.parameter_in == ParameterIn::Path);
            assert_eq!(parts, in_path.map(|parameter| parameter.name.as_str()).collect(), "{path}");
        }
    }

    #[test]
    fn every_status_of_a_problem_is_described() {
        let described: BTreeSet<&str> = document()
            .paths
            .paths
            .values()
            .filter_map(|item| item.get.as_ref())
            .flat_map(|operation| operation.responses.responses.keys().map(String::as_str))
            .collect();
        for status in ["200", "204", "206", "304", "400", "404", "405", "406", "414", "416", "500", "503"] {
            assert!(described.contains(status), "{status}");
        }
    }
}
