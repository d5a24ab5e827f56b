//! Who asks and under which address, where a proxy stands in front.
//!
//! What a proxy says of itself can be said by anyone, and would end in the answers of others. So it is
//! taken from peers of configured networks alone, and only in the headers that these are configured to
//! write: a proxy that writes `X-Forwarded-…` hands on the client's own `Forwarded` unread.

use std::net::IpAddr;

use actix_http::RequestHead;
use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::http::{Uri, uri};

use crate::config::server::{BasePath, Forwarding, ServerConfig, Trusted, Written, address, is_authority};
use crate::error::ApiError;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

/// What is known of a request's way here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Way<'r> {
    /// The client; `None` on a Unix socket without a word of it.
    pub(super) client: Option<IpAddr>,
    /// The host that the client named, where a trusted proxy says so.
    pub(super) host: Option<&'r str>,
    /// The scheme that the client used, where a trusted proxy says so.
    pub(super) scheme: Option<&'r str>,
    /// The path that a trusted proxy took off.
    pub(super) prefix: Option<&'r str>,
}

/// The way of a request from `peer`.
pub(super) fn way<'r>(config: &ServerConfig, peer: Option<IpAddr>, headers: &'r HeaderMap) -> Way<'r> {
    // An IPv4 client of a socket that listens for both comes as `::ffff:192.0.2.1`.
    let peer = peer.map(|peer| peer.to_canonical());
    let trusted = |peer: Option<IpAddr>| config.trusted_proxies.iter().any(|known: &Trusted| known.covers(peer));
    if config.trusted_proxies.is_empty() || !trusted(peer) {
        return Way { client: peer, ..Way::default() };
    }
    match config.forwarding {
        Forwarding::XForwarded => {
            let hops = items(headers, &X_FORWARDED_FOR);
            let (client, depth) = first_stranger(peer, hops.iter().rev().map(|hop| address(hop)), trusted);
            // A proxy appends to each list or replaces it, so what the outermost trusted one wrote stands
            // as far from the end as the client, or alone.
            let at_depth = |name| {
                let said = items(headers, name);
                said.get(said.len().saturating_sub(depth.max(1))).copied()
            };
            Way {
                client,
                host: at_depth(&X_FORWARDED_HOST),
                scheme: at_depth(&X_FORWARDED_PROTO),
                prefix: at_depth(&X_FORWARDED_PREFIX),
            }
        }
        Forwarding::Forwarded => {
            let hops = items(headers, &header::FORWARDED);
            let (client, depth) =
                first_stranger(peer, hops.iter().rev().map(|hop| parameter(hop, "for").and_then(address)), trusted);
            let hop = hops.len().checked_sub(depth.max(1)).and_then(|place| hops.get(place));
            let said = |name| hop.and_then(|hop| parameter(hop, name));
            Way { client, host: said("host"), scheme: said("proto"), prefix: None }
        }
    }
}

/// The items of a list header, over all its lines.
fn items<'r>(headers: &'r HeaderMap, name: &HeaderName) -> Vec<&'r str> {
    let lines = headers.get_all(name).filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|item| !item.is_empty()).collect()
}

/// A parameter of one hop of `Forwarded` (RFC 7239 §4): `for=192.0.2.1;proto=https;host="map.example"`.
fn parameter<'r>(hop: &'r str, name: &str) -> Option<&'r str> {
    let mut pairs = hop.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(known, _)| known.trim().eq_ignore_ascii_case(name))?;
    Some(value.trim().trim_matches('"'))
}

/// The client and how many hops from the end its proxy wrote: from the nearest hop outwards, the first
/// address that is no trusted proxy's. What lies behind that, the client may have made up.
fn first_stranger(
    peer: Option<IpAddr>,
    hops: impl Iterator<Item = Option<IpAddr>>,
    trusted: impl Fn(Option<IpAddr>) -> bool,
) -> (Option<IpAddr>, usize) {
    let (mut client, mut depth) = (peer, 0);
    for hop in hops {
        // A trusted proxy that hides its client (`unknown`, `_name`) ends what can be known.
        depth += 1;
        let Some(hop) = hop else { return (client, depth) };
        client = Some(hop.to_canonical());
        if !trusted(client) {
            break;
        }
    }
    (client, depth)
}

/// `scheme://host[:port][/path]` as the client knows this server.
///
/// # Errors
/// [`ApiError::BadHost`] where that is not known and the request does not tell.
pub(super) fn public_base(config: &ServerConfig, request: &HttpRequest) -> Result<String, ApiError> {
    if let Some(url) = &config.public_url {
        return Ok(url.as_str().to_owned());
    }
    let way = way(config, request.peer_addr().map(|peer| peer.ip()), request.headers());
    let host = match way.host {
        Some(host) => Some(host),
        // HTTP/1.0 need not name one.
        None => own_host(request.headers(), request.uri())?.or(Some("localhost")),
    };
    let host = host.filter(|host| is_authority(host)).ok_or(ApiError::BadHost)?;
    // All of TCP is encrypted or none; a Unix socket, whose peers have no address, never is.
    let is_encrypted = config.tls.certificate.is_some() && request.peer_addr().is_some();
    let own_scheme = if is_encrypted { "https" } else { "http" };
    let scheme = way.scheme.filter(|scheme| ["http", "https"].contains(scheme)).unwrap_or(own_scheme);
    let prefix = way.prefix.and_then(|prefix| BasePath::read(prefix).ok()).unwrap_or_default();
    let base = config.base_path.as_str();
    let base = if base.is_empty() { prefix.as_str() } else { base };
    Ok(format!("{scheme}://{host}{base}"))
}

/// The host that the request itself names (RFC 9112 §3.2).
fn own_host<'r>(headers: &'r HeaderMap, uri: &'r Uri) -> Result<Option<&'r str>, ApiError> {
    let mut named = headers.get_all(header::HOST);
    match (named.next(), named.next()) {
        (Some(_), Some(_)) => Err(ApiError::BadHost),
        (Some(host), None) => host.to_str().map(Some).map_err(|_| ApiError::BadHost),
        (None, _) => Ok(uri.authority().map(uri::Authority::as_str)),
    }
}

/// Refuses hosts that are not in the list, where there is a list.
///
/// # Errors
/// [`ApiError::BadHost`] for what is no host, [`ApiError::OtherHost`] for one that is not answered to.
pub(super) fn check_host(config: &ServerConfig, head: &RequestHead) -> Result<(), ApiError> {
    if config.allowed_hosts.is_empty() {
        return Ok(());
    }
    let own = own_host(head.headers(), &head.uri)?;
    let forwarded = way(config, head.peer_addr.map(|peer| peer.ip()), head.headers()).host;
    let host = forwarded.or(own).filter(|host| is_authority(host)).ok_or(ApiError::BadHost)?;
    if config.allowed_hosts.iter().any(|known| known.matches(host)) { Ok(()) } else { Err(ApiError::OtherHost) }
}

/// Takes the base path off the path of a request that begins with it.
///
/// A request for the base path itself is answered with where to go instead, with a `/` at the end: the
/// viewer's page names its files relative to that.
pub(super) fn strip_base(config: &ServerConfig, head: &mut RequestHead) -> Option<String> {
    let base = config.base();
    if base.is_empty() || !config.strip_base_path {
        return None;
    }
    let rest = head.uri.path_and_query()?.as_str().strip_prefix(base)?;
    match rest.as_bytes().first() {
        Some(b'/') => {}
        None | Some(b'?') => return Some(format!("{base}/{rest}")),
        // `/planning-2` does not begin with `/planning`.
        Some(_) => return None,
    }
    let mut parts = head.uri.clone().into_parts();
    // The rest of what was a path with its query is one.
    parts.path_and_query = rest.parse().ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        head.uri = uri;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    fn config(forwarding: Forwarding, trusted: &str) -> ServerConfig {
        let trusted_proxies = Vec::read(trusted).expect("networks");
        ServerConfig { trusted_proxies, forwarding, ..ServerConfig::default() }
    }

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    fn ip(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }

    const ALL: &[(&str, &str)] = &[
        ("x-forwarded-for", "203.0.113.9, 192.0.2.7"),
        ("x-forwarded-for", "10.0.0.2"),
        ("x-forwarded-host", "evil.example, map.example, inner"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-prefix", "/planning"),
        ("forwarded", "for=203.0.113.1;host=evil.example, for=\"[2001:db8::9]:80\";proto=https;host=map.example"),
    ];

    #[test]
    fn strangers_are_not_believed() {
        let (config, headers) = (config(Forwarding::XForwarded, "10.0.0.0/8"), headers(ALL));
        let told = way(&config, ip("198.51.100.1"), &headers);
        assert_eq!(told, Way { client: ip("198.51.100.1"), ..Way::default() });
        assert_eq!(way(&config, None, &headers), Way::default());
        assert_eq!(way(&ServerConfig::default(), ip("10.0.0.1"), &headers).host, None);
    }

    #[test]
    fn the_client_is_the_nearest_that_is_no_proxy() {
        let (config, headers) = (config(Forwarding::XForwarded, "10.0.0.0/8"), headers(ALL));
        let told = way(&config, ip("::ffff:10.0.0.1"), &headers);
        // 203.0.113.9 is what the client wrote itself.
        assert_eq!(told.client, ip("192.0.2.7"));
        assert_eq!((told.host, told.scheme, told.prefix), (Some("map.example"), Some("https"), Some("/planning")));
    }

    #[test]
    fn forwarded_is_read_where_proxies_write_it() {
        let (config, headers) = (config(Forwarding::Forwarded, "unix"), headers(ALL));
        let told = way(&config, None, &headers);
        assert_eq!(told.client, ip("2001:db8::9"));
        assert_eq!((told.host, told.scheme, told.prefix), (Some("map.example"), Some("https"), None));
    }

    #[test]
    fn nonsense_from_a_proxy_is_no_client() {
        let config = config(Forwarding::XForwarded, "10.0.0.1");
        for nonsense in ["unknown", "_hidden", "' OR 1=1", ",,,"] {
            let lines = [("x-forwarded-for", nonsense)];
            assert_eq!(way(&config, ip("10.0.0.1"), &headers(&lines)).client, ip("10.0.0.1"), "{nonsense}");
        }
    }

    proptest! {
        #[test]
        fn no_header_breaks_anything_or_gets_into_a_url(
            values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 6),
            standard in any::<bool>(),
            peer in any::<Option<IpAddr>>(),
        ) {
            let forwarding = if standard { Forwarding::Forwarded } else { Forwarding::XForwarded };
            let config = config(forwarding, "0.0.0.0/0,::/0,unix");
            let names = [X_FORWARDED_FOR, X_FORWARDED_HOST, X_FORWARDED_PROTO, X_FORWARDED_PREFIX, header::FORWARDED, header::HOST];
            let mut request = TestRequest::default();
            for (name, value) in names.into_iter().zip(&values) {
                if let Ok(value) = HeaderValue::from_bytes(value) {
                    request = request.append_header((name, value));
                }
            }
            if let Some(peer) = peer {
                request = request.peer_addr((peer, 1).into());
            }
            if let Ok(base) = public_base(&config, &request.to_http_request()) {
                let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%:[]/".contains(c);
                prop_assert!(base.starts_with("http") && base.chars().all(plain), "{base}");
            }
        }

        #[test]
        fn a_host_in_a_url_stays_the_host(
            host in prop_oneof!["[a-z0-9][a-z0-9.-]{0,10}(:[1-9][0-9]{0,3})?", "[ -~]{0,20}"]
        ) {
            if !is_authority(&host) {
                return Ok(());
            }
            let uri: Uri = format!("https://{host}/catalog").parse().expect("an authority makes a URL");
            prop_assert_eq!(uri.authority().map(uri::Authority::as_str), Some(host.as_str()));
            prop_assert_eq!(uri.path(), "/catalog");
        }
    }
}
