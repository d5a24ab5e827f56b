//! Tables as CSV (RFC 4180), UTF-8 with a byte order mark: without one Excel takes the Chinese for
//! text of the system's code page.

use super::round::two;
use super::{Report, lines};

/// U+FEFF (RFC 3629 §6).
const BYTE_ORDER_MARK: &str = "\u{feff}";

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
    let records = String::from_utf8(bytes).expect("UTF-8 fields make UTF-8 records");
    BYTE_ORDER_MARK.to_owned() + &records
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn every_line_says_what_it_is() {
        let table = example::table();
        let report = Report::new(&table, Some(layers::stats::By::Park), "g", "r").into_iter().collect::<Vec<_>>();
        let text = csv(&report);
        let (mark, records) = text.split_at(BYTE_ORDER_MARK.len());
        assert_eq!(mark.as_bytes(), [0xEF, 0xBB, 0xBF]);
        insta::assert_snapshot!(records);
    }
}
