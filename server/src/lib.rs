//! The server of Tuban as a library: command line, configuration, builds, HTTP.
//!
//! It alone is async and alone knows HTTP, JSON for the wire, environment variables and the clock.

pub mod assets;
pub mod build;
pub mod cache;
pub mod cli;
pub mod config;
pub mod error;
pub mod extract;
mod figure;
mod folders;
pub mod fonts;
pub mod foreign;
pub mod generation;
mod glyphs_ahead;
pub mod http;
pub mod init;
pub mod inquiry;
pub mod live;
mod mapped;
pub mod metrics;
pub mod own_styles;
pub mod progress;
pub mod project;
pub mod report;
pub mod serve;
pub mod state;
mod tags;
pub mod telemetry;
mod turns;
