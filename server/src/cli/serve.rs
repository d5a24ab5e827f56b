//! `tuban serve`

use std::io;
use std::net::TcpListener;
use std::path::PathBuf;

use actix_web::HttpServer;
use actix_web::web::Data;
use clap::Args;

use super::CliError;
use super::target::{self, Folder};
use crate::build;
use crate::foreign::Foreign;
use crate::generation::Generation;
use crate::live::{self, LiveSettings};
use crate::state::AppState;
use crate::{http, progress};

/// Seconds that requests in flight have to end after SIGTERM.
const DRAIN_S: u64 = 10;

/// Serve a project, GeoPackages as they stand, or the built-in demo city; builds first if needed
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  tuban serve                       the project of this folder; if there is none, the demo city
  tuban serve city/tuban.toml       a project
  tuban serve a.gpkg b.gpkg         a tileset for each file, a tile layer for each table
  tuban serve --listen 0.0.0.0:80   for others to reach
  tuban serve --listen 127.0.0.1:0  at a free port, which the log names")]
pub(super) struct Serve {
    /// A tuban.toml or its folder, or GeoPackages
    #[arg(value_name = "PROJECT | FILE.gpkg")]
    paths: Vec<PathBuf>,
    /// Address and port to listen at [default: 127.0.0.1:3000]
    #[arg(long, value_name = "ADDRESS:PORT", env = "TUBAN_LISTEN")]
    listen: Option<String>,
    #[command(flatten)]
    folder: Folder,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), CliError> {
        let project = target::anything(&self.paths)?;
        let listen = self.listen.unwrap_or_else(|| project.listen.clone());
        // A port that is taken is better found before a long build than after it.
        drop(bound(&listen)?);
        let store = self.folder.store(&project);
        let built = build::ensure(&project, &store, progress::shown().as_ref())?;
        let generation = Generation::open(&store, &built.id)?;
        tracing::info!(
            generation = generation.id(),
            tilesets = generation.tilesets.len(),
            analysed = generation.statistics.is_some(),
            "opened generation"
        );
        let foreign = Foreign::open(&project.foreign)?;
        let state = Data::new(AppState::new(generation).with_foreign(foreign));
        let paths = self.paths.clone();
        let reread = move || target::anything(&paths).ok();
        let live =
            live::keep_up(state.clone().into_inner(), store, (self.paths, &project), reread, LiveSettings::default());
        let _keeper = live.map_err(|cause| CliError::Served { cause })?;
        actix_web::rt::System::new().block_on(serve(state, &listen))
    }
}

fn bound(listen: &str) -> Result<TcpListener, CliError> {
    TcpListener::bind(listen).map_err(|cause| refused(listen, cause))
}

/// Why an address cannot be listened at: it is none, or it is not free.
fn refused(listen: &str, cause: io::Error) -> CliError {
    let address = listen.to_owned();
    match cause.kind() {
        io::ErrorKind::InvalidInput => CliError::Address { address, cause },
        _ => CliError::Listen { address, cause },
    }
}

async fn serve(state: Data<AppState>, listen: &str) -> Result<(), CliError> {
    let ending = state.clone();
    let server = HttpServer::new(move || http::app(state.clone()))
        .disable_signals()
        .shutdown_timeout(DRAIN_S)
        .bind(listen)
        .map_err(|cause| refused(listen, cause))?;
    for address in server.addrs() {
        tracing::info!(address = format!("http://{address}"), "listening");
    }
    let running = server.run();
    let handle = running.handle();
    actix_web::rt::spawn(async move {
        stop_signal().await;
        tracing::info!("stopping, requests in flight are answered first");
        // Those who listen for news would keep their connections as long as they are allowed to.
        ending.events.end();
        handle.stop(true).await;
    });
    running.await.map_err(|cause| CliError::Served { cause })
}

/// Waits for SIGINT or SIGTERM.
#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "cannot listen for SIGTERM");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn stop_signal() {
    let _ = tokio::signal::ctrl_c().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_told_from_one_that_is_taken() {
        for nonsense in ["abc", "3000", "127.0.0.1:99999", ""] {
            assert!(matches!(bound(nonsense), Err(CliError::Address { .. })), "{nonsense}");
        }
        let taken = bound("127.0.0.1:0").and_then(|listener| {
            let address = listener.local_addr().expect("a listener has an address");
            bound(&address.to_string())
        });
        assert!(matches!(taken, Err(CliError::Listen { .. })), "{taken:?}");
    }
}
