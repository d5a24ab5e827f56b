//! Tables as CSV (RFC 4180), UTF-8 without a byte order mark.

use super::round::two;
use super::{Report, lines};

const HEADER: [&str; 10] =
    ["table", "group", "group_zh", "group_en", "line", "key", "label_zh", "label_en", "count", "area_ha"];

/// The reports one after the other under one header; share, generation and version of
/// the rules come last.
pub fn csv(reports: &[Report<'_>]) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let mut record = |fields: &[&str]| writer.write_record(fields).expect("memory takes records of one length");
    record(&[&HEADER[..], &["share_percent", "generation", "rules"]].concat());
    for report in reports {
        for (group, rows) in report.blocks() {
            let (key, zh, en) = group.map_or(("", "", ""), |g| (&g.key, &g.label.zh, &g.label.en));
            for (line, row) in lines(rows) {
                record(&[
                    &report.table.table,
                    key,
                    zh,
                    en,
                    line.name(),
                    &row.key,
                    &row.label.zh,
                    &row.label.en,
                    &row.count.map(|count| count.to_string()).unwrap_or_default(),
                    &two(row.area_ha),
                    &row.share.map(|share| two(share * 100.0)).unwrap_or_default(),
                    report.generation,
                    report.rules,
                ]);
            }
        }
    }
    let bytes = writer.into_inner().expect("memory can be flushed");
    String::from_utf8(bytes).expect("UTF-8 fields make UTF-8 records")
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn every_line_says_what_it_is() {
        let table = example::table();
        let report = Report::new(&table, Some(layers::stats::By::Park), "g", "r").into_iter().collect::<Vec<_>>();
        insta::assert_snapshot!(csv(&report));
    }
}
