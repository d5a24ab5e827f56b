//! Writes a seeded fabric of parcels under a plan as a GeoPackage.

use std::path::PathBuf;

use anyhow::Result;
use bench::fabric::Fabric;
use bench::file;
use clap::Parser;

/// Writes a seeded fabric of parcels under a plan as a GeoPackage in EPSG:4548.
#[derive(Parser)]
struct Args {
    /// The file; one that is there is replaced.
    file: PathBuf,
    /// Parcels, about.
    #[arg(long, default_value_t = 200_000)]
    parcels: usize,
    /// Plan polygons, about.
    #[arg(long, default_value_t = 20_000)]
    plan: usize,
    /// Another seed, another fabric.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let parcels = Fabric::parcels(args.parcels, args.seed);
    file::write(&args.file, &parcels, &Fabric::plan(args.plan, &parcels))
}
