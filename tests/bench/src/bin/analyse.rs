//! Every analysis of a fabric, measured: one line of JSON.

use std::io::Write;

use anyhow::Result;
use bench::cost::{Meter, now_mib, peak_mib};
use bench::digest;
use bench::fabric::Fabric;
use bench::town;
use clap::Parser;
use layers::analyse_taking;
use serde_json::json;

/// As the binary `tuban` has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs every analysis on a fabric made in memory, then makes the layers one by one.
#[derive(Parser)]
struct Args {
    /// Parcels, about.
    #[arg(long, default_value_t = 200_000)]
    parcels: usize,
    /// Plan polygons, about.
    #[arg(long, default_value_t = 20_000)]
    plan: usize,
    /// Tell digests of all that was found, too: two builds that find the same have the same.
    #[arg(long)]
    digest: bool,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let parcels = Fabric::parcels(args.parcels, 1);
    let mut inputs = town::layers(&parcels, &Fabric::plan(args.plan, &parcels))?;
    let settings = town::settings()?;
    let input_mib = now_mib()?;

    let meter = Meter::start()?;
    let analysis = analyse_taking(&mut inputs, &settings)?;
    let cost = meter.stop()?;
    let (analysed_mib, analysed_peak_mib) = (now_mib()?, peak_mib()?);
    let meter = Meter::start()?;
    let features: serde_json::Map<_, _> =
        analysis.layers().map(|layer| (layer.id.clone(), layer.features.len().into())).collect();
    let drawn = meter.stop()?;

    let digests = match args.digest {
        true => digest::of(&analysis)?,
        false => serde_json::Value::Null,
    };
    let overview = analysis.statistics.table("overview").map(|table| &table.rows.total);
    let result = json!({
        "parcels": parcels.count(),
        "area_ha": overview.map(|row| row.area_ha),
        "features": features,
        "input_mib": input_mib,
        "analyse": {
            "cpu_s": cost.cpu_s,
            "wall_s": cost.wall_s,
            "after_mib": analysed_mib,
            "peak_mib": analysed_peak_mib,
        },
        "layers": { "cpu_s": drawn.cpu_s, "wall_s": drawn.wall_s, "peak_mib": peak_mib()? },
        "digests": digests,
        "notes": analysis.notes.iter().map(|note| format!("{} ({})", note.message, note.count)).collect::<Vec<_>>(),
    });
    writeln!(std::io::stdout(), "{result}")?;
    Ok(())
}
