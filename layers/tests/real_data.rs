//! Real files.
use layers::gpkg::{GeoPackage, ReadOptions};
use std::path::Path;
#[test]
fn look() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    for sub in ["gpkg_odd", "cambridge", "sanroman"] {
        let mut files: Vec<_> = std::fs::read_dir(folder.join(sub)).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        for file in files {
            match GeoPackage::open(&file) {
                Err(e) => eprintln!("{e}"),
                Ok(g) => {
                    for t in g.tables() {
                        let begin = std::time::Instant::now();
                        let o = ReadOptions { declared_epsg: None };
                        match g.read_with(&t.name, &o) {
                            Err(e) => eprintln!("  {e}"),
                            Ok(l) => eprintln!(
                                "  {} {} {:?} rows {} read {} rep {} skip {:?} mist {} {:?} first {:.150}",
                                t.name,
                                t.rows,
                                begin.elapsed(),
                                l.report.rows,
                                l.report.read,
                                l.report.repaired.len(),
                                l.report.skipped.iter().take(3).collect::<Vec<_>>(),
                                l.report.mistyped_total,
                                l.report.repaired.first(),
                                l.features.first().map(|f| format!("{:?}", f.geometry)).unwrap_or_default()
                            ),
                        }
                    }
                }
            }
        }
    }
}
