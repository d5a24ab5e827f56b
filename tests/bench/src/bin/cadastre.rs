//! Writes a seeded cadastre to be tiled as a GeoPackage.

use std::path::PathBuf;

use anyhow::Result;
use bench::cadastre::Cadastre;
use bench::file;
use clap::Parser;

/// Writes blocks of parcels and the streets around them as a GeoPackage in EPSG:4490.
#[derive(Parser)]
struct Args {
    /// The file; one that is there is replaced.
    file: PathBuf,
    /// Polygons, about; streets included.
    #[arg(long, default_value_t = 200_000)]
    polygons: usize,
    /// Another seed, another cadastre.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Without a spatial index.
    #[arg(long)]
    no_index: bool,
}

fn main() -> Result<()> {
    let args = Args::parse();
    file::write_cadastre(&args.file, &Cadastre::of(args.polygons, args.seed), !args.no_index)
}
