//! Every analysis of a fabric, measured: one line of JSON.

use std::io::Write;

use anyhow::Result;
use bench::cost::{Meter, now_mib, peak_mib};
use bench::fabric::Fabric;
use bench::town;
use clap::Parser;
use layers::analyse;
use layers::project::Settings;
use serde_json::json;

/// Runs every analysis on a fabric made in memory.
#[derive(Parser)]
struct Args {
    /// Parcels, about.
    #[arg(long, default_value_t = 200_000)]
    parcels: usize,
    /// Plan polygons, about.
    #[arg(long, default_value_t = 20_000)]
    plan: usize,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let parcels = Fabric::parcels(args.parcels, 1);
    let layers = town::layers(&parcels, &Fabric::plan(args.plan, &parcels))?;

    let before_mib = now_mib()?;
    let meter = Meter::start()?;
    let analysis = analyse(&layers, &Settings::default())?;
    let cost = meter.stop()?;

    let overview = analysis.statistics.table("overview").map(|table| &table.rows.total);
    let features: serde_json::Map<_, _> =
        analysis.layers.iter().map(|layer| (layer.id.clone(), layer.features.len().into())).collect();
    let result = json!({
        "parcels": parcels.count(),
        "area_ha": overview.map(|row| row.area_ha),
        "features": features,
        "step_wall_s": cost.wall_s,
        "step_cpu_s": cost.cpu_s,
        "input_mib": before_mib,
        "after_mib": now_mib()?,
        "peak_mib": peak_mib()?,
        "notes": analysis.notes.iter().map(|note| format!("{} ({})", note.message, note.count)).collect::<Vec<_>>(),
    });
    writeln!(std::io::stdout(), "{result}")?;
    Ok(())
}
