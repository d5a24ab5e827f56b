//! The description of this interface as a page to read: one document, no script, no other address.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{RefOr, Required};

use super::openapi;
use super::respond::Answer;
use crate::error::ApiError;
use crate::state::AppState;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The page needs its own style and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

const STYLE: &str = "
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; }
h2 { margin-top: 2.5rem; text-transform: capitalize; border-bottom: 2px solid #d0d7de; }
h3 { margin-bottom: 0; font: 600 1rem ui-monospace, monospace; }
p { margin: .25rem 0; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; width: 100%; font-size: .9rem; }
td { border-top: 1px solid #d0d7de; padding: .25rem .75rem .25rem 0; vertical-align: top; }
td:first-child { white-space: nowrap; width: 12rem; font-family: ui-monospace, monospace; }
code { font-family: ui-monospace, monospace; }
";

/// The interface as a page to read
#[utoipa::path(get, path = "/docs", tag = "about", responses((status = 200, description = "A page", body = String, content_type = "text/html")))]
pub(super) async fn page(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let page = drawn().into_string();
    let mut response = Answer::document(&state, HTML).plain(&request, page.into()).await?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}

fn drawn() -> Markup {
    let document = openapi::document();
    let operations = || {
        let items = document.paths.paths.iter();
        items.filter_map(|(path, item)| Some((path, item.get.as_ref()?)))
    };
    let mut tags: Vec<&str> = Vec::new();
    for tag in operations().flat_map(|(_, operation)| operation.tags.iter().flatten()) {
        if !tags.contains(&tag.as_str()) {
            tags.push(tag);
        }
    }
    let with_tag = |tag: &str| {
        let has = |operation: &Operation| operation.tags.iter().flatten().any(|known| known == tag);
        operations().filter(move |(_, operation)| has(operation)).collect::<Vec<_>>()
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (document.info.title) " HTTP interface" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (document.info.title) " " (document.info.version) }
                @for paragraph in document.info.description.iter().flat_map(|text| text.split("\n\n")) {
                    p { (paragraph) }
                }
                p { "For programs: " a href="openapi.json" { "openapi.json" } }
                @for tag in &tags {
                    h2 { (tag) }
                    @for (path, operation) in with_tag(tag) { (section(path, operation)) }
                }
            }
        }
    }
}

fn section(path: &str, operation: &Operation) -> Markup {
    html! {
        h3 { "GET " (path) }
        p { (operation.summary.as_deref().unwrap_or_default()) }
        @if let Some(description) = &operation.description { p { (description) } }
        table {
            @for parameter in openapi::parameters(operation) {
                tr {
                    td { (parameter.name) }
                    td {
                        @match parameter.parameter_in {
                            ParameterIn::Path => "in the path",
                            ParameterIn::Query | ParameterIn::QueryString => "in the query",
                            ParameterIn::Header => "header",
                            ParameterIn::Cookie => "cookie",
                        }
                        @if matches!(parameter.required, Required::False) { ", may be left out" }
                        @if let Some(description) = &parameter.description { ": " (description) }
                    }
                }
            }
            @for (status, response) in &operation.responses.responses {
                @if let RefOr::T(response) = response {
                    tr {
                        td { (status) }
                        td {
                            (response.description)
                            @for media_type in response.content.keys() { " " code { (media_type) } }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_every_path_and_asks_nobody_for_anything() {
        let page = drawn().into_string();
        for path in openapi::document().paths.paths.keys() {
            assert!(page.contains(&format!("GET {path}<")), "{path}");
        }
        for foreign in ["http:", "https:", "//", "<script", "<link", "<img", "@import", "url("] {
            assert!(!page.contains(foreign), "{foreign}");
        }
    }
}
