//! How the findings GeoPackage looks in QGIS: words of the schema, colours of the maps, and the
//! provenance that the workbook has too.

use layers::codes::lists;
use layers::findings::{self, Dress};
use layers::rules::RuleSet;
use layers::stats::OwnedLabel;
use layers::{Analysis, ThematicLayer};

use super::Manifest;
use crate::report;

/// The dress of what the analyses found.
pub(super) fn of(manifest: &Manifest, (analysis, layers): (&Analysis, &[ThematicLayer]), rules: &RuleSet) -> Dress {
    let words = findings::words(layers, &lists::of_rules(rules));
    let styles = styles::qgis_styles(&words);
    let lines = report::Provenance::of(manifest, &analysis.statistics).lines.into_iter();
    let provenance = lines.map(|line| findings::Provenance {
        topic: OwnedLabel { zh: line.topic.0.to_owned(), en: line.topic.1.to_owned() },
        subject: line.subject,
        value: line.value,
    });
    Dress { words, styles, provenance: provenance.collect() }
}
