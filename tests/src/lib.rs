//! Harness for end-to-end tests: it knows the binary `tuban` by its command line, its HTTP answers
//! and its files, and nothing of its code.
//!
//! [`Tuban`] runs a command line to its end or starts a [`Server`]; [`http`] asks it exactly what a
//! test says, hostile paths included; [`tile`] reads tiles with another library than the one that
//! wrote them; [`gpkg`] makes GeoPackages, good and bad; [`node`] runs the scripts of `tests/node`,
//! which bring other people's decoders and validators and a browser.
#![allow(clippy::panic, reason = "a harness fails by panicking")]

mod binary;
mod command;
mod deadline;
pub mod events;
pub mod gpkg;
pub mod http;
pub mod node;
mod server;
pub mod tile;

pub use binary::tuban;
pub use command::{Answer, Tuban};
pub use deadline::{LONG, SHORT, within};
pub use server::Server;

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn repository() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("the package lies in the repository").to_owned()
}

/// The real data that lie beside the repository, if they do.
///
/// Says loudly what is left out where they are missing, so that nobody takes silence for success.
pub fn shared_data(path: &str) -> Option<PathBuf> {
    let file = repository().join("../shared/data").join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("\n!!! SKIPPED: {} is missing, so this case checks NOTHING !!!\n", file.display());
    None
}
