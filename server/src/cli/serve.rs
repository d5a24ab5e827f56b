//! `tuban serve`

use std::path::{Path, PathBuf};
use std::time::Instant;

use actix_web::web::Data;
use clap::Args;

use super::flags::ServerFlags;
use super::target::{self, Folder};
use super::{CliError, flags};
use crate::build;
use crate::config::server::{Cache, Effective, Layer};
use crate::config::{FILE_NAME, nearest};
use crate::fonts::ServerFonts;
use crate::foreign::Foreign;
use crate::generation::{Generation, Tileset};
use crate::http::{CachePolicies, Front};
use crate::live::{self, LiveSettings, Order, Watched};
use crate::own_styles::OwnStyles;
use crate::state::AppState;
use crate::{serve, telemetry};

/// Serve a project, GeoPackages as they stand, or the built-in demo city; builds first if needed
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  tuban serve                       the project of this folder; if there is none, the demo city
  tuban serve city/tuban.toml       a project
  tuban serve a.gpkg b.gpkg         a tileset for each file, a tile layer for each table
  tuban serve --listen 0.0.0.0:80   for others to reach
  tuban serve --listen 127.0.0.1:0  at a free port, which the log names
  tuban serve --help                every setting; `tuban config` tells which hold, and why")]
pub(super) struct Serve {
    /// A tuban.toml or its folder, or GeoPackages
    #[arg(value_name = "PROJECT | FILE.gpkg")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    server: ServerFlags,
}

impl Serve {
    /// The project, where one is named or is here.
    pub(super) fn project(&self) -> Option<&Path> {
        match &self.paths[..] {
            [] => Some(Path::new(FILE_NAME)),
            [one] => Some(one),
            _ => None,
        }
    }

    pub(super) fn run(self, log: Layer) -> Result<(), CliError> {
        let project = target::anything(&self.paths)?;
        let settings = Effective::of([project.server.clone(), flags::environment(), self.server.layer().and(log)])?;
        serve::check(&settings.config)?;
        let store = self.folder.store(&project);
        let watched = Watched::of(&project);
        let order = Order::of(self.paths.clone(), &store, &settings);
        let started = Instant::now();
        let (id, built) = match build::present(&project, &store)? {
            Some(id) => (id, None),
            None => (live::build_first(&order)?, Some(started.elapsed())),
        };
        store.sweep_if_idle();
        let generation = Generation::open(&store, &id)?;
        tracing::info!(
            generation = generation.id(),
            tilesets = generation.tilesets.len(),
            analysed = generation.statistics.is_some(),
            "opened generation"
        );
        let fonts = ServerFonts::open(&settings.config.fonts.files, settings.config.fonts.system)?;
        // Nobody should have to wait until the fonts of a system are known.
        let early = fonts.clone();
        std::thread::spawn(move || _ = early.get());
        let (looking, keep) = (LiveSettings::of(&settings.config.watch), settings.config.watch.keep);
        let cache = settings.config.cache.clone();
        let front = Data::new(Front::new(settings.config));
        if let Some(time) = built {
            front.metrics.built(time);
        }
        let foreign = Foreign::open(&project.foreign)?;
        warn_of_unknown(&cache, &generation, &foreign);
        let own_styles = OwnStyles::open(project.styles.as_deref(), &generation, &foreign)?;
        let (room, policies) = (cache.memory.0, CachePolicies::of_settings(&cache));
        let state = AppState::new(generation).with_foreign(foreign).with_room(room).with_policies(policies);
        let state = state.with_basemaps(project.basemaps.clone()).with_own_styles(own_styles).with_fonts(fonts);
        let state = Data::new(state.keeping_earlier(keep));
        let paths = self.paths;
        let reread = move || target::anything(&paths).ok();
        let live = live::keep_up(state.clone().into_inner(), store, (order, watched), reread, looking);
        let _keeper = live.map_err(|cause| serve::ServeError::Served { cause })?;
        let ended = actix_web::rt::System::new().block_on(serve::run(front, state));
        telemetry::finish();
        Ok(ended?)
    }
}

/// Says which settings are of tilesets that are not there; they may come with another generation.
fn warn_of_unknown(cache: &Cache, generation: &Generation, foreign: &Foreign) {
    let known =
        || generation.tilesets.iter().map(Tileset::id).chain(foreign.tilesets().iter().map(|one| one.id.as_str()));
    for tileset in cache.tilesets.iter().map(|one| one.tileset.as_str()) {
        if !known().any(|id| id == tileset) {
            let nearest = nearest(tileset, known()).unwrap_or_default();
            tracing::warn!(tileset, nearest, "server.cache.tilesets names a tileset that is not there");
        }
    }
}
