//! Live data: a server that shows what its sources say now.
//!
//! A thread looks at the files of the project. When they changed and have been quiet for a while, it
//! has a generation made of them (`builder`) and serves it; requests under way end on the generation
//! they began with. It looks at the store's pointer as well, so that a build or a rollback from
//! elsewhere is served at once.

pub(crate) mod builder;
mod events;
mod files;
mod status;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

pub(crate) use events::News;
pub use events::{Event, Events};
pub use status::LiveStatus;

use crate::build::{GenerationChanges, Store};
use crate::config::server::{Effective, Origin, Watch};
use crate::generation::Generation;
use crate::project::Project;
use crate::state::AppState;
pub use builder::Order;
use builder::{Build, Haste, Report, failed};
pub use files::Watched;
use files::{Look, Quiet};

/// How to keep up.
#[derive(Clone, Copy, Debug)]
pub struct LiveSettings {
    /// Time between two looks at the files.
    pub every: Duration,
    /// How long files have to be left alone before something is made of them.
    pub quiet: Duration,
    /// Whether a change of the sources has a generation made.
    pub builds: bool,
}

impl LiveSettings {
    /// As the settings of a server say.
    pub fn of(watch: &Watch) -> Self {
        /// However often someone wants to look, a look takes a moment.
        const SHORTEST: Duration = Duration::from_millis(20);
        Self { every: watch.every.max(SHORTEST), quiet: watch.quiet, builds: watch.sources }
    }
}

impl Order {
    /// What a server with these settings has built.
    pub fn of(paths: Vec<PathBuf>, store: &Store, settings: &Effective) -> Self {
        // Builds write to the log of the server, and as it does; its variables they have anyway.
        let is_told = |origin: &Origin| matches!(origin.kind(), "file" | "flag");
        let of_log = settings.entries().filter(|(set, _, origin)| set.key.starts_with("log.") && is_told(origin));
        let environment = of_log.map(|(setting, value, _)| (setting.variable(), in_variable(&value))).collect();
        let Watch { generations: keep, snapshots, .. } = settings.config.watch;
        Self { paths, generations: store.root().to_owned(), keep, snapshots, environment }
    }
}

/// Why there is nothing to serve yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// In one line.
    pub reason: String,
    /// The exit code that goes with it.
    pub exit: u8,
}

/// Builds what the server shows first, and tells its id. In a process of its own like all later builds,
/// so that the memory it took is not the server's.
///
/// # Errors
/// What was wrong.
pub fn build_first(order: &Order) -> Result<String, Failure> {
    let begun = Build::begin(order, Haste::Awaited);
    let report = begun.map_or_else(|error| failed(format!("a build cannot be started: {error}")), Build::wait);
    match report {
        Report::Built(id) => Ok(id),
        Report::Failed { reason, exit } => Err(Failure { reason, exit }),
        Report::Changed => {
            Err(Failure { reason: "a source changed while it was read".to_owned(), exit: builder::FAILED })
        }
    }
}

/// A value as a variable has it.
fn in_variable(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Someone who keeps a server up to date; stops when dropped.
#[derive(Debug)]
pub struct Keeper {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It has reported its own panic.
            let _ = thread.join();
        }
    }
}

/// Keeps a server up to date with what it was told to serve: `order` is what it has built, `watched` as its files were before the generation was made. `reread` finds the project again after
/// its settings changed.
pub fn keep_up(
    state: Arc<AppState>,
    store: Store,
    (order, watched): (Order, Watched),
    reread: impl Fn() -> Option<Project> + Send + 'static,
    settings: LiveSettings,
) -> std::io::Result<Keeper> {
    let Watched { files, look } = watched;
    let quiet = Quiet::new(look, settings.quiet, Instant::now());
    let status = if settings.builds { LiveStatus::UpToDate } else { LiveStatus::Still };
    state.set_live(status);
    let watcher = Watcher { state, store, files, order, quiet, build: None, refused: None, reread, settings };
    let (stop, stopped) = channel();
    let thread = std::thread::Builder::new().name("live".to_owned()).spawn(move || watcher.run(&stopped))?;
    Ok(Keeper { stop: Some(stop), thread: Some(thread) })
}

struct Watcher<R> {
    state: Arc<AppState>,
    store: Store,
    files: Vec<PathBuf>,
    order: Order,
    quiet: Quiet,
    /// The build under way, and when it began.
    build: Option<(Build, Instant)>,
    /// A generation that could not be opened; it is not tried again.
    refused: Option<String>,
    reread: R,
    settings: LiveSettings,
}

impl<R: Fn() -> Option<Project>> Watcher<R> {
    fn run(mut self, stopped: &Receiver<()>) {
        while stopped.recv_timeout(self.pause()) == Err(RecvTimeoutError::Timeout) {
            self.follow_store();
            self.follow_styles();
            if self.settings.builds {
                self.follow_sources();
            }
            self.state.forget_expired(Instant::now());
        }
        if let Some((build, _)) = self.build.take() {
            build.stop();
        }
    }

    /// Time until the next look: shorter where somebody waits for what comes of a change.
    fn pause(&self) -> Duration {
        const BRISK: Duration = Duration::from_millis(20);
        let is_awaited = self.build.is_some() || (self.settings.builds && self.quiet.is_disturbed());
        if is_awaited { self.settings.every.min(BRISK) } else { self.settings.every }
    }

    /// Serves the generation that the store names.
    fn follow_store(&mut self) {
        let Some(current) = self.store.current() else { return };
        if current == self.state.generation().id() || self.refused.as_ref() == Some(&current) {
            return;
        }
        match Generation::open(&self.store, &current) {
            Ok(generation) => {
                let changes = GenerationChanges::read(&self.store.folder(&current));
                tracing::info!(generation = current, "serving a new generation");
                self.state.publish(generation, changes);
                self.refused = None;
                // Someone else made of the sources what we could not.
                if matches!(self.state.live(), LiveStatus::Failed { .. }) && self.store.held().is_none() {
                    self.state.set_live(LiveStatus::UpToDate);
                }
            }
            Err(error) => {
                tracing::error!(generation = current, error = chain(&error), "generation cannot be opened");
                self.fail(&chain(&error));
                self.refused = Some(current);
            }
        }
    }

    /// Serves the project's own styles as they are now.
    fn follow_styles(&self) {
        match self.state.own_styles.follow(&self.state.generation(), &self.state.foreign) {
            Ok(true) => tracing::info!(styles = self.state.own_styles.styles().len(), "read the project's own styles"),
            Ok(false) => {}
            Err(error) => tracing::error!(error = chain(&error), "a style cannot be served; those before it stay"),
        }
    }

    /// Has a generation made when the sources changed.
    fn follow_sources(&mut self) {
        let now = Instant::now();
        let is_due = self.quiet.look(Look::at(&self.files), now);
        if let Some((build, began)) = &mut self.build {
            let Some(report) = build.poll() else { return };
            self.state.set_built(now.saturating_duration_since(*began));
            self.build = None;
            self.end(report);
        } else if is_due {
            let file = self.quiet.changed().unwrap_or_default();
            tracing::info!(file, "sources changed, building");
            self.quiet.taken();
            match Build::begin(&self.order, Haste::Beside) {
                Ok(build) => {
                    self.build = Some((build, now));
                    self.state.set_live(LiveStatus::Building);
                }
                Err(error) => self.fail(&format!("a build cannot be started: {error}")),
            }
        }
    }

    fn end(&mut self, report: Report) {
        match report {
            Report::Built(id) => {
                tracing::info!(generation = id, "built");
                self.state.set_live(LiveStatus::UpToDate);
                self.follow_store();
                self.refresh_files();
            }
            Report::Changed => {
                // The files look other than when the build began, so the next quiet moment begins another.
                tracing::info!("a source changed while it was read; it is built again once it is left alone");
                self.refresh_files();
            }
            Report::Failed { reason, .. } => {
                tracing::error!(reason, "nothing could be made of the sources as they are; the map stays as it was");
                // A build that was killed leaves its copies.
                self.store.sweep_if_idle();
                self.fail(&reason);
                self.refresh_files();
            }
        }
    }

    /// Settings may name other files now.
    fn refresh_files(&mut self) {
        let Some(project) = (self.reread)() else { return };
        let files = project.files();
        if files != self.files {
            self.files = files;
            self.quiet.of_others(Instant::now());
        }
    }

    fn fail(&self, reason: &str) {
        let mut reason = reason.to_owned();
        // Operators know their folders; whoever else reads this need not.
        let folders = self.files.iter().filter_map(|file| file.parent()).chain([self.store.root()]);
        for folder in folders.map(|folder| format!("{}/", folder.display())).filter(|folder| folder.len() > 1) {
            reason = reason.replace(&folder, "");
        }
        self.state.set_live(LiveStatus::Failed { reason, at: SystemTime::now() });
    }
}

/// An error and what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
