//! The list of all settings of the server.

use super::ServerConfig;
use super::written::Written;

/// One setting.
pub struct Setting {
    /// Its full path in `tuban.toml`.
    pub key: &'static str,
    /// Its default, as written.
    pub default: &'static str,
    /// What it means.
    pub means: &'static str,
    /// What its value is called.
    pub value_name: &'static str,
    /// Sets it from what is written.
    pub(super) set: fn(&mut ServerConfig, &str) -> Result<(), String>,
    /// What it is set to.
    pub(super) get: fn(&ServerConfig) -> toml::Value,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.key)
    }
}

impl Setting {
    /// Its environment variable: `TUBAN_LIMITS_IN_FLIGHT` of `server.limits.in_flight`.
    pub fn variable(&self) -> String {
        format!("TUBAN_{}", self.short().replace('.', "_").to_ascii_uppercase())
    }

    /// Its flag without the dashes before it: `limits-in-flight`.
    pub fn flag(&self) -> String {
        self.short().replace(['.', '_'], "-")
    }

    /// Whether it is true or false.
    pub fn is_switch(&self) -> bool {
        self.value_name == bool::NAME
    }

    fn short(&self) -> &'static str {
        self.key.strip_prefix("server.").unwrap_or(self.key)
    }
}

/// A line of the list: field, key, default, meaning.
macro_rules! setting {
    ($($field:ident).+, $key:literal, $default:literal, $means:literal) => {
        Setting {
            key: $key,
            default: $default,
            means: $means,
            value_name: value_name(|config| &config.$($field).+),
            set: |config, text| {
                config.$($field).+ = Written::read(text)?;
                Ok(())
            },
            get: |config| config.$($field).+.value(),
        }
    };
}

/// What a field's value is called; the function only tells its type.
const fn value_name<T: Written>(_field: fn(&ServerConfig) -> &T) -> &'static str {
    T::NAME
}

/// Every setting, in the order of documents.
pub static SETTINGS: &[Setting] = &[
    setting!(
        listen,
        "server.listen",
        "127.0.0.1:3000",
        "where to listen: `ADDRESS:PORT`, where port 0 takes a free one that the log names, or `unix:PATH`; several in a list"
    ),
    setting!(socket_mode, "server.socket_mode", "660", "who may use a Unix socket, as `chmod` writes it"),
    setting!(workers, "server.workers", "0", "threads that answer; 0: one for each core"),
    setting!(
        public_url,
        "server.public_url",
        "",
        "the address under which clients know this server, such as `https://map.example/planning`; every URL in answers begins with it, whatever a request says of itself"
    ),
    setting!(
        base_path,
        "server.base_path",
        "",
        "a path before all paths, such as `/planning`, where `public_url` is not set and the host is the one of the request"
    ),
    setting!(
        strip_base_path,
        "server.strip_base_path",
        "true",
        "take that path off incoming paths that begin with it; `false` where the proxy does so"
    ),
    setting!(
        trusted_proxies,
        "server.trusted_proxies",
        "",
        "networks of proxies whose word about client, host, scheme and path prefix is taken, such as `10.0.0.0/8`; `unix`: who uses the Unix socket"
    ),
    setting!(
        forwarding,
        "server.forwarding",
        "x-forwarded",
        "the headers in which they say it; the others are never looked at: `x-forwarded` or `forwarded` (RFC 7239)"
    ),
    setting!(
        allowed_hosts,
        "server.allowed_hosts",
        "",
        "hosts that are answered to, with or without port; `*.example` for all below it; empty: all"
    ),
    setting!(
        cors_origins,
        "server.cors_origins",
        "*",
        "origins whose pages may read answers, such as `https://portal.example` or `https://*.example`; `*`: all; empty: none"
    ),
    setting!(
        embed_origins,
        "server.embed_origins",
        "*",
        "origins whose pages may show `/embed` in a frame and speak with it; `*`: all; empty: none but this server's own"
    ),
    setting!(
        limits.connections,
        "server.limits.connections",
        "1000",
        "connections at a time; more wait to be accepted"
    ),
    setting!(limits.in_flight, "server.limits.in_flight", "128", "requests that are worked on at a time"),
    setting!(limits.queue, "server.limits.queue", "512", "requests that wait for that; more get 503 at once"),
    setting!(limits.queue_wait, "server.limits.queue_wait", "2s", "how long one of them waits before it gets 503"),
    setting!(
        limits.lag,
        "server.limits.lag",
        "250ms",
        "how long requests that arrived may lie unread because a worker is busy with others, before some get 503; a fiftieth of it where that lasts for a tenth of a second; who gets 503 is told at a pace, a second later at most; `0s`: as long as it takes"
    ),
    setting!(limits.url, "server.limits.url", "8KiB", "longest path with query; a longer one gets 414"),
    setting!(limits.headers, "server.limits.headers", "32KiB", "all headers of a request together; more get 431"),
    setting!(
        timeouts.head,
        "server.timeouts.head",
        "10s",
        "until the head of a connection's first request is there, then 408, or a handshake of TLS is done; later requests and bodies that do not end are cut off after this, `limits.queue_wait` and `timeouts.request` together"
    ),
    setting!(timeouts.request, "server.timeouts.request", "30s", "until a request is answered; then 503"),
    setting!(
        timeouts.write,
        "server.timeouts.write",
        "30s",
        "until a client takes some more of an answer; then its connection is cut; `0s`: for ever"
    ),
    setting!(
        timeouts.keep_alive,
        "server.timeouts.keep_alive",
        "75s",
        "between two requests of one connection; `0s`: one request a connection"
    ),
    setting!(timeouts.disconnect, "server.timeouts.disconnect", "5s", "until a connection that was closed is gone"),
    setting!(
        rate.per_second,
        "server.rate.per_second",
        "0",
        "requests a second of one client, that is one IPv4 address or one IPv6 network of 64 bits; more get 429; 0: any number"
    ),
    setting!(rate.burst, "server.rate.burst", "200", "requests that a client may send at once after a pause"),
    setting!(
        rate.clients,
        "server.rate.clients",
        "65536",
        "clients that are told apart; beyond that some share a rate, so that memory is bounded"
    ),
    setting!(
        cache.memory,
        "server.cache.memory",
        "64MiB",
        "room for what had to be computed: tiles in other codings, joined tilesets, documents; `0B`: none"
    ),
    setting!(
        cache.max_age,
        "server.cache.max_age",
        "1m",
        "how long clients may keep a tile whose URL names no version before they ask again"
    ),
    setting!(
        cache.stale_while_revalidate,
        "server.cache.stale_while_revalidate",
        "10m",
        "how much longer they may show the old one while they ask"
    ),
    setting!(
        cache.stale_if_error,
        "server.cache.stale_if_error",
        "24h",
        "how much longer they may show it while the server cannot be reached"
    ),
    setting!(
        cache.tilesets,
        "server.cache.tilesets",
        "",
        "another `max_age` for single tilesets, such as `basemap=24h`; several in a list"
    ),
    setting!(
        drain.delay,
        "server.drain.delay",
        "0s",
        "how long the server still listens after SIGTERM, with `/ready` saying 503, so that balancers can take it out"
    ),
    setting!(drain.time, "server.drain.time", "10s", "how long requests in flight then have"),
    setting!(
        tls.certificate,
        "server.tls.certificate",
        "",
        "PEM file with the certificate and those that signed it; with it the server speaks HTTPS and HTTP/2, and reads both files again when they change or on SIGHUP"
    ),
    setting!(tls.key, "server.tls.key", "", "PEM file with the private key"),
    setting!(
        fonts.files,
        "server.fonts.files",
        "",
        "files and folders of fonts (TrueType, OpenType, collections of them) that `/font` draws text with before it looks elsewhere"
    ),
    setting!(fonts.system, "server.fonts.system", "true", "draw text with fonts of the system, too"),
    setting!(
        watch.sources,
        "server.watch.sources",
        "true",
        "build and serve a new generation when sources, rules or configuration change; `false`: only follow builds and rollbacks from elsewhere"
    ),
    setting!(watch.every, "server.watch.every", "100ms", "time between two looks at the files"),
    setting!(
        watch.quiet,
        "server.watch.quiet",
        "300ms",
        "how long files have to be left alone before a generation is built of them"
    ),
    setting!(
        watch.snapshots,
        "server.watch.snapshots",
        "true",
        "build of copies of the sources, made in the folder of generations, so that they may be edited meanwhile; `false` takes no room for copies, and begins again after an edit"
    ),
    setting!(
        watch.generations,
        "server.watch.generations",
        "5",
        "generations that stay for a rollback when the server has built another, at least 2; older ones are removed"
    ),
    setting!(
        watch.keep,
        "server.watch.keep",
        "10m",
        "how long tile URLs with the version of the generation before go on giving its bytes"
    ),
    setting!(log.format, "log.format", "text", "how log lines look: `text` for people or `json` for machines"),
    setting!(
        log.level,
        "log.level",
        "info",
        "which lines there are: `error`, `warn`, `info`, `debug`, `trace`, or by part, such as `info,server=debug`; RUST_LOG is stronger than the file"
    ),
    setting!(log.access, "log.access", "false", "a line for every request"),
];

/// The number of the setting with that key.
pub(crate) fn named(key: &str) -> Option<usize> {
    SETTINGS.iter().position(|setting| setting.key == key)
}

/// The names that may stand below a path of `tuban.toml`, such as `server.limits`, each with its own
/// path and whether it is a setting rather than a table of them.
pub(crate) fn below(path: &str) -> Vec<(&'static str, &'static str, bool)> {
    let mut names = Vec::new();
    for setting in SETTINGS {
        let Some(rest) = setting.key.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')) else { continue };
        let name = rest.split('.').next().unwrap_or(rest);
        let whole = &setting.key[..setting.key.len() - rest.len() + name.len()];
        if !names.iter().any(|(known, _, _)| *known == name) {
            names.push((name, whole, whole == setting.key));
        }
    }
    names
}
