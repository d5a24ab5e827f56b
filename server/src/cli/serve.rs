//! `tuban serve`

use std::path::{Path, PathBuf};
use std::time::Instant;

use actix_web::web::Data;
use clap::Args;

use super::flags::ServerFlags;
use super::target::{self, Folder};
use super::{CliError, flags};
use crate::build;
use crate::config::FILE_NAME;
use crate::config::server::{Effective, Layer};
use crate::fonts::ServerFonts;
use crate::foreign::Foreign;
use crate::generation::Generation;
use crate::http::Front;
use crate::live::{self, LiveSettings, Watched};
use crate::own_styles::OwnStyles;
use crate::state::AppState;
use crate::{progress, serve, telemetry};

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
        let started = Instant::now();
        let built = build::ensure(&project, &store, progress::shown().as_ref())?;
        let generation = Generation::open(&store, &built.id)?;
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
        let (looking, keep) = (LiveSettings::of(&settings), settings.config.watch.keep);
        let front = Data::new(Front::new(settings.config));
        if !built.reused {
            front.metrics.built(started.elapsed());
        }
        let foreign = Foreign::open(&project.foreign)?;
        let own_styles = OwnStyles::open(project.styles.as_deref(), &generation, &foreign)?;
        let state = AppState::new(generation).with_foreign(foreign).with_own_styles(own_styles);
        let state = Data::new(state.with_fonts(fonts).keeping_earlier(keep));
        let paths = self.paths.clone();
        let reread = move || target::anything(&paths).ok();
        let live = live::keep_up(state.clone().into_inner(), store, (self.paths, watched), reread, looking);
        let _keeper = live.map_err(|cause| serve::ServeError::Served { cause })?;
        let ended = actix_web::rt::System::new().block_on(serve::run(front, state));
        telemetry::finish();
        Ok(ended?)
    }
}
