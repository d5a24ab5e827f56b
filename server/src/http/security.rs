//! What the map page may ask for, and who may show it in a frame (Content Security Policy Level 3).
//!
//! Everything that it needs comes from this server, under the origin of the page or of `public_url`, and
//! from the base maps of the configuration. No script or style stands in the page itself.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;
use actix_web::web::Data;

use super::address;
use super::front::Front;
use crate::config::Basemap;
use crate::config::server::OriginPattern;
use crate::error::ApiError;

/// Who may show a page in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// Pages of this server.
    Own,
    /// Those, and pages of the origins that are configured.
    Configured,
}

/// The origins whose pages may embed the map.
pub(super) fn embedding(request: &HttpRequest) -> &[OriginPattern] {
    let front = request.app_data::<Data<Front>>().expect("the application has a front");
    &front.config.embed_origins
}

/// The policy of the map page.
pub(super) fn policy(request: &HttpRequest, basemaps: &[Basemap], framing: Framing) -> Result<HeaderValue, ApiError> {
    let base = address::base(request)?;
    let own = origin(&base);
    let mut elsewhere: Vec<&str> = basemaps.iter().flat_map(Basemap::origins).collect();
    elsewhere.sort_unstable();
    elsewhere.dedup();
    let elsewhere: String = elsewhere.iter().map(|origin| format!(" {origin}")).collect();
    let ancestors: String = match framing {
        Framing::Own => String::new(),
        // `null` is the origin of pages without one, which a policy cannot name.
        Framing::Configured => embedding(request)
            .iter()
            .map(OriginPattern::as_str)
            .filter(|origin| *origin != "null")
            .map(|origin| format!(" {origin}"))
            .collect(),
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; \
         img-src 'self' data: blob: {own}{elsewhere}; connect-src 'self' {own}{elsewhere}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'self'{ancestors}"
    );
    HeaderValue::from_str(&policy).map_err(ApiError::internal)
}

/// `scheme://host:port` of an address of this server.
fn origin(base: &str) -> &str {
    let host = base.find("://").map_or(0, |colon| colon + 3);
    base[host..].find('/').map_or(base, |slash| &base[..host + slash])
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(origin("https://map.example:8443/planning"), "https://map.example:8443");
        assert_eq!(origin("http://127.0.0.1:3000"), "http://127.0.0.1:3000");
    }
}
