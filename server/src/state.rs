//! What every request shares: the generation that is served, those served just before, the cache that
//! belongs to them, and how keeping up is going.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use tokio::sync::Semaphore;

use crate::build::GenerationChanges;
use crate::cache::Computed;
use crate::config::Basemap;
use crate::fonts::ServerFonts;
use crate::foreign::Foreign;
use crate::generation::Generation;
use crate::http::{CachePolicies, Written};
use crate::live::{Event, Events, LiveStatus};
use crate::own_styles::OwnStyles;

/// How long the URLs of an earlier generation stay good unless someone says otherwise.
pub const KEEP_EARLIER: Duration = Duration::from_secs(600);
/// Earlier generations that stay open.
const EARLIER: usize = 1;

/// What every request shares.
pub struct AppState {
    served: ArcSwap<Served>,
    /// What had to be computed: tiles decompressed, compressed otherwise or joined, documents compressed.
    pub computed: Computed,
    /// The right to draw a map, for as many at a time as there are cores: a picture takes tens of MiB
    /// while it is drawn.
    pub(crate) drawing: Semaphore,
    /// Tilesets that somebody else made.
    pub foreign: Foreign,
    /// Maps of others that the viewer can lay under its own.
    pub basemaps: Vec<Basemap>,
    /// Styles of the project's own.
    pub own_styles: OwnStyles,
    /// Fonts that text is drawn with for clients that ask for it.
    pub fonts: ServerFonts,
    /// How long answers may be kept.
    pub policies: CachePolicies,
    /// The same as answers say it.
    pub(crate) cache_control: Written,
    /// News of generations.
    pub events: Events,
    live: RwLock<LiveStatus>,
    /// How long the last build beside the server took.
    built: RwLock<Option<Duration>>,
    keep_earlier: Duration,
}

/// The generation that is served, and those whose URLs are still good.
struct Served {
    current: Arc<Generation>,
    /// Latest first, with the time at which they were replaced.
    earlier: Vec<(Arc<Generation>, Instant)>,
}

impl AppState {
    /// The state that serves one generation.
    pub fn new(generation: Generation) -> Self {
        let served = Served { current: Arc::new(generation), earlier: Vec::new() };
        Self {
            served: ArcSwap::from_pointee(served),
            computed: Computed::new(crate::cache::DEFAULT_BYTES),
            drawing: Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)),
            foreign: Foreign::default(),
            basemaps: Vec::new(),
            own_styles: OwnStyles::default(),
            fonts: ServerFonts::default(),
            cache_control: Written::of(&CachePolicies::default()),
            policies: CachePolicies::default(),
            events: Events::default(),
            live: RwLock::default(),
            built: RwLock::default(),
            keep_earlier: KEEP_EARLIER,
        }
    }

    /// The same, with tilesets that somebody else made.
    #[must_use]
    pub fn with_foreign(self, foreign: Foreign) -> Self {
        Self { foreign, ..self }
    }

    /// The same, with another room for what had to be computed, in bytes.
    #[must_use]
    pub fn with_room(self, bytes: usize) -> Self {
        Self { computed: Computed::new(bytes), ..self }
    }

    /// The same, with maps of others to lay under its own.
    #[must_use]
    pub fn with_basemaps(self, basemaps: Vec<Basemap>) -> Self {
        Self { basemaps, ..self }
    }

    /// The same, with styles of the project's own.
    #[must_use]
    pub fn with_own_styles(self, own_styles: OwnStyles) -> Self {
        Self { own_styles, ..self }
    }

    /// The same, with fonts.
    #[must_use]
    pub fn with_fonts(self, fonts: ServerFonts) -> Self {
        Self { fonts, ..self }
    }

    /// The same, with other policies of caching.
    #[must_use]
    pub fn with_policies(self, policies: CachePolicies) -> Self {
        Self { cache_control: Written::of(&policies), policies, ..self }
    }

    /// The same, with another time for which URLs of an earlier generation stay good.
    pub fn keeping_earlier(self, keep_earlier: Duration) -> Self {
        Self { keep_earlier, ..self }
    }

    /// The generation to answer from. A request asks once and stays with the answer.
    pub fn generation(&self) -> Arc<Generation> {
        Arc::clone(&self.served.load().current)
    }

    /// The generation that a URL names, while it is served or was just before.
    pub fn generation_named(&self, id: &str) -> Option<Arc<Generation>> {
        let served = self.served.load();
        let all = [&served.current].into_iter().chain(served.earlier.iter().map(|(generation, _)| generation));
        all.into_iter().find(|generation| generation.id() == id).cloned()
    }

    /// Serves another generation from now on, and tells everyone.
    pub(crate) fn publish(&self, generation: Generation, changes: Option<GenerationChanges>) {
        let (current, before) = (Arc::new(generation), self.generation());
        let event = Event::of(current.id(), before.id(), changes);
        self.served.rcu(|served| {
            let replaced = (Arc::clone(&served.current), Instant::now());
            let earlier = [replaced].into_iter().chain(served.earlier.iter().cloned());
            let earlier = earlier.filter(|(earlier, _)| earlier.id() != current.id()).take(EARLIER).collect();
            Served { current: Arc::clone(&current), earlier }
        });
        self.events.tell(event);
    }

    /// Lets go of earlier generations whose time is over.
    pub(crate) fn forget_expired(&self, now: Instant) {
        let is_good = |since: Instant| now.saturating_duration_since(since) < self.keep_earlier;
        if self.served.load().earlier.iter().all(|(_, since)| is_good(*since)) {
            return;
        }
        self.served.rcu(|served| Served {
            current: Arc::clone(&served.current),
            earlier: served.earlier.iter().filter(|(_, since)| is_good(*since)).cloned().collect(),
        });
    }

    /// How keeping up with the sources is going.
    pub fn live(&self) -> LiveStatus {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How long the last build beside the server took, whatever came of it.
    pub fn built(&self) -> Option<Duration> {
        *self.built.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_built(&self, time: Duration) {
        *self.built.write().unwrap_or_else(PoisonError::into_inner) = Some(time);
    }

    pub(crate) fn set_live(&self, status: LiveStatus) {
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = status;
    }
}
