//! Time and size of larger fabrics. Run with
//! `cargo test --release -p tiler --test figures -- --ignored --nocapture`.

#![allow(clippy::print_stdout)]

mod common;

use std::time::Instant;

use common::{fabric, spec, write};

#[test]
#[ignore = "takes seconds in release and minutes without"]
fn twenty_thousand_parcels() {
    let folder = tempfile::tempdir().expect("a folder");
    for (across, bends) in [(18, 8), (58, 8)] {
        let layers = [fabric::fabric(across, 240.0, bends, 1).parcels];
        let vertices: usize = layers[0].features.iter().map(|f| geo::CoordsIter::coords_count(&f.geometry)).sum();
        for threads in [1, 2] {
            let file = folder.path().join(format!("{across}-{threads}.pmtiles"));
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            let start = Instant::now();
            let summary = pool.install(|| write(&spec(&layers, Some(10), Some(16)), &file));
            let seconds = start.elapsed().as_secs_f64();
            println!(
                "{} parcels of {} vertices, {threads} threads: {seconds:.2} s, {} tiles, {} bytes, {} pieces",
                layers[0].features.len(),
                vertices / layers[0].features.len(),
                summary.tiles,
                summary.bytes,
                summary.zooms.iter().map(|zoom| zoom.features).sum::<u64>(),
            );
        }
    }
}
