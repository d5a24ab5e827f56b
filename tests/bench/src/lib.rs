//! What benchmarks have in common: a seeded fabric of parcels under a plan, and the cost of a step.
//!
//! Fabrics are of any size and the same on every machine; [`fabric`] makes them, [`cadastre`] puts
//! streets between them, [`mod@file`] writes and reads them as GeoPackages, [`cost`] measures.

pub mod cadastre;
pub mod cost;
pub mod deed;
pub mod digest;
pub mod fabric;
pub mod file;
pub mod record;
pub mod town;
