//! Our overlay of parcels by plan polygons, measured: one line of JSON.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use bench::cost::{Meter, now_mib, peak_mib};
use bench::fabric::Fabric;
use bench::file;
use clap::{Parser, ValueEnum};
use geo::MultiPolygon;
use layers::measure::plane::plane_area;
use layers::overlay::{Cover, CoverLayer, Slivers};
use rayon::prelude::*;
use serde_json::json;

/// Overlays the tables `parcels` and `plan` of a GeoPackage, or a fabric made in memory.
#[derive(Parser)]
struct Args {
    /// The GeoPackage; without it a fabric is made.
    file: Option<PathBuf>,
    /// Parcels of the fabric, about.
    #[arg(long, default_value_t = 200_000)]
    parcels: usize,
    /// Plan polygons of the fabric, about.
    #[arg(long, default_value_t = 20_000)]
    plan: usize,
    /// What becomes of slivers.
    #[arg(long, value_enum, default_value_t = SliverChoice::Keep)]
    slivers: SliverChoice,
}

#[derive(Clone, Copy, ValueEnum)]
enum SliverChoice {
    /// They stay pieces of their own, as in other tools.
    Keep,
    /// They are folded into a neighbour, as in the analyses.
    Fold,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let (parcels, plan) = match &args.file {
        Some(file) => (file::read(file, "parcels")?, file::read(file, "plan")?),
        None => {
            let parcels = Fabric::parcels(args.parcels, 1);
            let plan = Fabric::plan(args.plan, &parcels);
            (parcels.polygons().map(MultiPolygon::from).collect(), plan.polygons().map(MultiPolygon::from).collect())
        }
    };
    let slivers = match args.slivers {
        SliverChoice::Keep => Slivers::Keep,
        SliverChoice::Fold => Slivers::Fold,
    };

    let before_mib = now_mib()?;
    let meter = Meter::start()?;
    let layer = CoverLayer::new(&plan);
    let covers: Vec<Cover> = parcels.par_iter().map(|parcel| layer.cut(parcel, slivers)).collect();
    let cost = meter.stop()?;

    let parts = || covers.iter().flat_map(|cover| &cover.parts);
    // From the geometries, as the others measure theirs.
    let area: f64 = parts().map(|part| plane_area(&part.land).0).sum();
    let result = json!({
        "tool": "tuban",
        "parcels": parcels.len(),
        "plan": plan.len(),
        "pieces": parts().count(),
        "area": area,
        "step_wall_s": cost.wall_s,
        "step_cpu_s": cost.cpu_s,
        "step_mib": now_mib()? - before_mib,
        "peak_mib": peak_mib()?,
        "uncovered": covers.iter().map(|cover| cover.uncovered_area).sum::<f64>(),
        "folded": covers.iter().map(|cover| cover.folded).sum::<usize>(),
        "fell_back": covers.iter().filter(|cover| cover.fell_back).count(),
        "largest_residual": covers.iter().map(|cover| cover.residual).fold(0.0, f64::max),
    });
    writeln!(std::io::stdout(), "{result}")?;
    Ok(())
}
