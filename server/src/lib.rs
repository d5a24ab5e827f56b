//! The server of Tuban as a library: command line, configuration, builds, HTTP.
//!
//! It alone is async and alone knows HTTP, JSON for the wire, environment variables and the clock.

pub mod build;
pub mod config;
mod folders;
pub mod generation;
pub mod project;
