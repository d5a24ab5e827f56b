//! How the server is run: `[server]` and `[log]` of `tuban.toml`, the environment, flags.
//!
//! [`SETTINGS`] is the one list of all settings; reading, checking, printing, the flags of the command
//! line and the tables of `docs/config.md` follow from it. A new setting is a field here and a line there.

mod ages;
mod kinds;
mod layer;
mod settings;
mod written;

use std::path::PathBuf;
use std::time::Duration;

pub use ages::TilesetAge;
pub use kinds::{BasePath, Forwarding, HostPattern, ListenAt, Mode, OriginPattern, PublicUrl, Trusted};
pub use layer::{Effective, Layer, Origin, unknown_variables};
pub use settings::{SETTINGS, Setting};
pub use written::Size;

pub(crate) use kinds::{address, is_authority};
pub(in crate::config) use layer::of_document;
pub(crate) use settings::below;
pub(crate) use written::{Word, Written, written_word};

/// How the server is run. [`Default`] is what holds where nobody says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    /// Where to listen.
    pub listen: Vec<ListenAt>,
    /// Who may use Unix sockets.
    pub socket_mode: Mode,
    /// Threads that answer; 0 is one for each core.
    pub workers: usize,
    /// The address under which clients know the server.
    pub public_url: Option<PublicUrl>,
    /// The path before all paths, where there is no public address.
    pub base_path: BasePath,
    /// Whether that path, or the one of the public address, is taken off incoming paths.
    pub strip_base_path: bool,
    /// Whose word about the client is taken.
    pub trusted_proxies: Vec<Trusted>,
    /// Which headers they speak in.
    pub forwarding: Forwarding,
    /// Hosts that are answered to; all where none is named.
    pub allowed_hosts: Vec<HostPattern>,
    /// Pages of which origins may read answers.
    pub cors_origins: Vec<OriginPattern>,
    /// Pages of which origins may show the map in a frame and speak with it.
    pub embed_origins: Vec<OriginPattern>,
    /// What is too much.
    pub limits: Limits,
    /// What takes too long.
    pub timeouts: Timeouts,
    /// How often one client may ask.
    pub rate: Rate,
    /// What is kept, here and by clients.
    pub cache: Cache,
    /// How the server ends.
    pub drain: Drain,
    /// Encryption.
    pub tls: Tls,
    /// Fonts that text is drawn with.
    pub fonts: FontFiles,
    /// Keeping up with the sources.
    pub watch: Watch,
    /// The log.
    pub log: Log,
}

/// What is too much.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time.
    pub connections: usize,
    /// Requests that are worked on at a time.
    pub in_flight: usize,
    /// Requests that wait for that.
    pub queue: usize,
    /// How long one of them waits.
    pub queue_wait: Duration,
    /// How far behind a worker may fall before it refuses; zero: as far as it comes.
    pub lag: Duration,
    /// Bytes of a path with its query.
    pub url: Size,
    /// Bytes of all headers.
    pub headers: Size,
}

/// What takes too long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a request's head is there.
    pub head: Duration,
    /// Until it is answered.
    pub request: Duration,
    /// Until the client takes some more of an answer.
    pub write: Duration,
    /// Between requests of one connection.
    pub keep_alive: Duration,
    /// Until a closed connection is gone.
    pub disconnect: Duration,
}

/// How often one client may ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second; 0: as often as it likes.
    pub per_second: usize,
    /// Requests at once.
    pub burst: usize,
    /// Clients that are told apart.
    pub clients: usize,
}

/// What is kept, here and by clients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cache {
    /// Bytes of what had to be computed.
    pub memory: Size,
    /// How long clients may keep tiles whose URLs name no version without asking again.
    pub max_age: Duration,
    /// How much longer they may show the old one while they ask.
    pub stale_while_revalidate: Duration,
    /// How much longer they may show it while the server fails.
    pub stale_if_error: Duration,
    /// Another time than `max_age` for single tilesets.
    pub tilesets: Vec<TilesetAge>,
}

/// How the server ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drain {
    /// How long it still listens after it stopped being ready.
    pub delay: Duration,
    /// How long requests in flight have.
    pub time: Duration,
}

/// Encryption.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// Certificates in PEM, the server's own first.
    pub certificate: Option<PathBuf>,
    /// Its private key in PEM.
    pub key: Option<PathBuf>,
}

/// Fonts that text is drawn with for clients that do not draw it with fonts of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FontFiles {
    /// Files and folders of fonts.
    pub files: Vec<PathBuf>,
    /// Whether those of the system are used, too.
    pub system: bool,
}

/// Keeping up with the sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// Whether a change of the sources has a generation built.
    pub sources: bool,
    /// Time between two looks.
    pub every: Duration,
    /// How long files have to be left alone before something is made of them.
    pub quiet: Duration,
    /// Whether builds beside the server read copies of the sources.
    pub snapshots: bool,
    /// Generations that builds beside the server leave in the store.
    pub generations: usize,
    /// How long URLs of the generation before go on giving its bytes.
    pub keep: Duration,
}

/// The log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// How lines look.
    pub format: crate::telemetry::LogFormat,
    /// Which lines there are.
    pub level: crate::telemetry::Filter,
    /// Whether every request is one.
    pub access: bool,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Effective::default().config
    }
}

impl ServerConfig {
    /// Every setting empty, before the defaults of the list are filled in.
    fn blank() -> Self {
        Self {
            listen: Vec::new(),
            socket_mode: Mode::default(),
            workers: 0,
            public_url: None,
            base_path: BasePath::default(),
            strip_base_path: false,
            trusted_proxies: Vec::new(),
            forwarding: Forwarding::default(),
            allowed_hosts: Vec::new(),
            cors_origins: Vec::new(),
            embed_origins: Vec::new(),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            rate: Rate::default(),
            cache: Cache::default(),
            drain: Drain::default(),
            tls: Tls::default(),
            fonts: FontFiles::default(),
            watch: Watch::default(),
            log: Log::default(),
        }
    }

    /// The path before all paths; empty, or with a `/` at the beginning and none at the end.
    pub fn base(&self) -> &str {
        self.public_url.as_ref().map_or(self.base_path.as_str(), PublicUrl::path)
    }

    /// What does not go together, if anything.
    fn contradiction(&self) -> Option<&'static str> {
        match () {
            () if self.listen.is_empty() => Some("server.listen names no address"),
            () if self.public_url.is_some() && !self.base_path.as_str().is_empty() => {
                Some("server.public_url has a path of its own, so server.base_path has no part in it")
            }
            () if self.tls.certificate.is_some() != self.tls.key.is_some() => {
                Some("server.tls.certificate and server.tls.key go together")
            }
            () if self.limits.in_flight == 0 || self.limits.connections == 0 => {
                Some("server.limits.in_flight and server.limits.connections must be at least 1")
            }
            // The HTTP library's clock for these ticks twice a second.
            () if self.timeouts.head < Duration::from_secs(1) => Some("server.timeouts.head must be at least 1s"),
            () if self.rate.per_second > 0 && (self.rate.burst == 0 || self.rate.clients == 0) => {
                Some("server.rate.burst and server.rate.clients must be at least 1")
            }
            () => None,
        }
    }
}
