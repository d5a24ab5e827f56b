//! What settings of the server are made of: addresses, origins, hosts, networks.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;

use super::written::{Word, Written, written_word};

/// Where to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenAt {
    /// `ADDRESS:PORT`; whether it is one is found out by listening.
    Tcp(String),
    /// `unix:PATH`.
    Unix(PathBuf),
}

impl Written for ListenAt {
    const NAME: &'static str = "ADDRESS:PORT|unix:PATH";

    fn read(text: &str) -> Result<Self, String> {
        match text.strip_prefix("unix:") {
            Some("") => Err("`unix:` is followed by the path of a socket".to_owned()),
            Some(path) => Ok(Self::Unix(path.into())),
            None => Ok(Self::Tcp(text.to_owned())),
        }
    }

    fn write(&self) -> String {
        match self {
            Self::Tcp(address) => address.clone(),
            Self::Unix(path) => format!("unix:{}", path.display()),
        }
    }
}

/// Who may use a socket, as `chmod` writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mode(pub u32);

impl Written for Mode {
    const NAME: &'static str = "MODE";

    fn read(text: &str) -> Result<Self, String> {
        let mode = u32::from_str_radix(text.trim(), 8).ok().filter(|mode| *mode <= 0o777);
        mode.map(Self).ok_or_else(|| format!("{text:?} is no mode, such as \"660\""))
    }

    fn write(&self) -> String {
        format!("{:03o}", self.0)
    }
}

/// The address under which clients know this server: `https://map.example/planning`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
    path: usize,
}

impl PublicUrl {
    /// The whole of it, without a `/` at the end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its path, empty or with a `/` at the beginning and none at the end.
    pub fn path(&self) -> &str {
        &self.text[self.path..]
    }
}

impl Written for PublicUrl {
    const NAME: &'static str = "URL";

    fn read(text: &str) -> Result<Self, String> {
        let refused = || format!("{text:?} is no address of a server, such as \"https://map.example/planning\"");
        let trimmed = text.trim().trim_end_matches('/');
        let rest = trimmed.strip_prefix("https://").or(trimmed.strip_prefix("http://")).ok_or_else(refused)?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        BasePath::read(path).map_err(|_| refused())?;
        if !is_authority(host) {
            return Err(refused());
        }
        Ok(Self { path: trimmed.len() - path.len(), text: trimmed.to_owned() })
    }

    fn write(&self) -> String {
        self.text.clone()
    }
}

/// A path before all paths of this server; empty, or with a `/` at the beginning and none at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath(String);

impl BasePath {
    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Written for BasePath {
    const NAME: &'static str = "PATH";

    fn read(text: &str) -> Result<Self, String> {
        let path = text.trim().trim_end_matches('/');
        // What RFC 3986 §3.3 allows in a segment without a second thought; no empty ones, no `..`.
        let plain = |c: u8| c.is_ascii_alphanumeric() || b"-._~%".contains(&c);
        let is_segment = |part: &str| !part.is_empty() && part != "." && part != ".." && part.bytes().all(plain);
        match path.strip_prefix('/') {
            _ if path.is_empty() => Ok(Self::default()),
            Some(parts) if parts.split('/').all(is_segment) => Ok(Self(path.to_owned())),
            _ => Err(format!("{text:?} is no path, such as \"/planning\"")),
        }
    }

    fn write(&self) -> String {
        self.0.clone()
    }
}

/// Whose word about the client is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trusted {
    /// Peers of a network.
    Net(IpNet),
    /// Whoever may use the Unix socket.
    Unix,
}

impl Trusted {
    /// Whether a peer is meant; one on a Unix socket has no address.
    pub fn covers(&self, peer: Option<IpAddr>) -> bool {
        match (self, peer) {
            (Self::Unix, None) => true,
            (Self::Net(net), Some(peer)) => net.contains(&peer),
            _ => false,
        }
    }
}

impl Written for Trusted {
    const NAME: &'static str = "NETWORK";

    fn read(text: &str) -> Result<Self, String> {
        if text == "unix" {
            return Ok(Self::Unix);
        }
        let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        net.map(Self::Net).ok_or_else(|| format!("{text:?} is no network, such as \"10.0.0.0/8\", and not `unix`"))
    }

    fn write(&self) -> String {
        match self {
            Self::Net(net) => net.to_string(),
            Self::Unix => "unix".to_owned(),
        }
    }
}

/// Which headers a proxy speaks in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Forwarding {
    /// `X-Forwarded-For`, `-Host`, `-Proto`, `-Prefix`.
    #[default]
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl Word for Forwarding {
    const ALL: &'static [(&'static str, Self)] = &[("x-forwarded", Self::XForwarded), ("forwarded", Self::Forwarded)];
    const WORDS: &'static str = "x-forwarded|forwarded";
}
written_word!(Forwarding);

/// A host that is answered to: `map.example`, `map.example:8080` or `*.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern(String);

impl HostPattern {
    /// Whether `host`, with or without a port, is meant; case does not count.
    pub fn matches(&self, host: &str) -> bool {
        let name = without_port(host);
        match self.0.strip_prefix('*') {
            Some(suffix) => ends_with(name, suffix) && name.len() > suffix.len(),
            None => self.0.eq_ignore_ascii_case(host) || self.0.eq_ignore_ascii_case(name),
        }
    }
}

impl Written for HostPattern {
    const NAME: &'static str = "HOST";

    fn read(text: &str) -> Result<Self, String> {
        let host = text.strip_prefix("*.").unwrap_or(text);
        if is_authority(host) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(format!("{text:?} is no host, such as \"map.example\" or \"*.example\""))
        }
    }

    fn write(&self) -> String {
        self.0.clone()
    }
}

/// Pages of which origin may read answers: `*`, `https://portal.example` or `https://*.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginPattern(String);

impl OriginPattern {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether every origin is meant.
    pub fn is_any(&self) -> bool {
        self.0 == "*"
    }

    /// Whether `origin`, as browsers write it (RFC 6454 §6.2), is meant.
    pub fn matches(&self, origin: &str) -> bool {
        match self.0.split_once('*') {
            None => self.0.eq_ignore_ascii_case(origin),
            Some(("", "")) => true,
            Some((scheme, suffix)) => {
                let starts = origin.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
                let rest = origin.get(scheme.len()..).unwrap_or_default();
                starts && ends_with(rest, suffix) && rest.len() > suffix.len() && is_authority(rest)
            }
        }
    }
}

impl Written for OriginPattern {
    const NAME: &'static str = "ORIGIN";

    fn read(text: &str) -> Result<Self, String> {
        let host = text.strip_prefix("https://").or(text.strip_prefix("http://"));
        let host = host.map(|host| host.strip_prefix("*.").unwrap_or(host));
        if text == "*" || text == "null" || host.is_some_and(is_authority) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(format!(
                "{text:?} is no origin, such as \"https://portal.example\" or \"https://*.example\", and not `*`"
            ))
        }
    }

    fn write(&self) -> String {
        self.0.clone()
    }
}

/// Whether `text` can be a host with or without a port, and nothing that would mean more in a URL.
pub(crate) fn is_authority(text: &str) -> bool {
    let (name, port) = match text.rfind(':') {
        Some(colon) if !text.ends_with(']') => (&text[..colon], Some(&text[colon + 1..])),
        _ => (text, None),
    };
    let is_port =
        |port: &str| !port.is_empty() && port.parse::<u16>().is_ok() && port.bytes().all(|c| c.is_ascii_digit());
    let is_name = match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || b"-._".contains(&c)),
    };
    is_name && port.is_none_or(is_port) && text.len() <= 255
}

/// A host without its port.
fn without_port(host: &str) -> &str {
    match host.rfind(':') {
        Some(colon) if !host.ends_with(']') => &host[..colon],
        _ => host,
    }
}

fn ends_with(text: &str, suffix: &str) -> bool {
    let start = text.len().checked_sub(suffix.len());
    start.and_then(|start| text.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
}

/// The address in one item of `X-Forwarded-For` or of a `for=` of `Forwarded`, with or without port.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let socket = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    text.parse().ok().or_else(socket).or_else(bracketed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_a_host_and_nothing_more() {
        for good in ["map.example", "map.example:8080", "localhost", "10.0.0.1:80", "[::1]", "[2001:db8::1]:443", "a_b"]
        {
            assert!(is_authority(good), "{good}");
        }
        for bad in [
            "", ":", ":80", "a:", "a:b", "a:99999", "a:+1", "a@b", "a/b", "a b", "a\"b", "[::1", "::1", "[x]", "a?b",
            "a#b", "a\\b", "城市", "a,b",
        ] {
            assert!(!is_authority(bad), "{bad}");
        }
    }

    #[test]
    fn a_star_takes_what_comes_before_a_dot() -> Result<(), String> {
        let host = HostPattern::read("*.Example.org")?;
        assert!(host.matches("map.example.org") && host.matches("a.b.EXAMPLE.org:8080"));
        assert!(!host.matches("example.org") && !host.matches("evilexample.org") && !host.matches(".example.org.evil"));
        let plain = HostPattern::read("map.example")?;
        assert!(plain.matches("MAP.example:3000") && !plain.matches("map.example.evil"));
        assert!(!HostPattern::read("map.example:80")?.matches("map.example:81"));
        let origin = OriginPattern::read("https://*.example")?;
        assert!(origin.matches("https://a.example"));
        for other in ["http://a.example", "https://.example", "https://a.example.evil", "https://evil/.example", "null"]
        {
            assert!(!origin.matches(other), "{other}");
        }
        Ok(())
    }

    #[test]
    fn public_urls_know_their_path() -> Result<(), String> {
        let url = PublicUrl::read("https://map.example:8443/planning/tiles/")?;
        assert_eq!((url.as_str(), url.path()), ("https://map.example:8443/planning/tiles", "/planning/tiles"));
        assert_eq!(PublicUrl::read("http://map.example/")?.path(), "");
        for bad in ["map.example", "ftp://map.example", "https://", "https://a/b?c", "https://a/../b", "https://u@a"] {
            assert!(PublicUrl::read(bad).is_err(), "{bad}");
        }
        Ok(())
    }

    #[test]
    fn addresses_of_clients_come_in_several_forms() {
        for text in ["192.0.2.1", "192.0.2.1:4711", "\"192.0.2.1:4711\""] {
            assert_eq!(address(text), "192.0.2.1".parse().ok(), "{text}");
        }
        for text in ["2001:db8::1", "\"[2001:db8::1]\"", "[2001:db8::1]:80"] {
            assert_eq!(address(text), "2001:db8::1".parse().ok(), "{text}");
        }
        for text in ["", "unknown", "_hidden", "map.example"] {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
