//! Tables as JSON, as the HTTP interface documents them.

use layers::stats::{OwnedLabel, Row, Rows};
use serde::Serialize;

use super::Report;
use super::round::rounded;

/// The decimals of hectares and of shares.
const DECIMALS: i32 = 4;

#[derive(Serialize)]
struct TableJson<'a> {
    table: &'a str,
    title: &'a OwnedLabel,
    counts: &'a OwnedLabel,
    generation: &'a str,
    rules: &'a str,
    rule: &'a str,
    unit: &'a str,
    #[serde(flatten)]
    content: Content<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Whole(RowsJson<'a>),
    BrokenDown { by: &'static str, groups: Vec<GroupJson<'a>> },
}

#[derive(Serialize)]
struct GroupJson<'a> {
    key: &'a str,
    label: &'a OwnedLabel,
    #[serde(flatten)]
    rows: RowsJson<'a>,
}

#[derive(Serialize)]
struct RowsJson<'a> {
    rows: Vec<RowJson<'a>>,
    total: RowJson<'a>,
    of_which: Vec<RowJson<'a>>,
    not_assessed: Option<RowJson<'a>>,
}

#[derive(Serialize)]
struct RowJson<'a> {
    key: &'a str,
    label: &'a OwnedLabel,
    count: Option<u64>,
    area_ha: f64,
    share: Option<f64>,
}

/// The report as JSON: areas to four decimals of a hectare, shares to four.
pub fn json(report: &Report<'_>) -> serde_json::Value {
    let table = report.table;
    let content = match report.groups {
        None => Content::Whole(RowsJson::from(&table.rows)),
        Some((by, groups)) => Content::BrokenDown { by: by.name(), groups: groups.iter().map(group_json).collect() },
    };
    let json = TableJson {
        table: &table.table,
        title: &table.title,
        counts: &table.counts,
        generation: report.generation,
        rules: report.rules,
        rule: &table.rule,
        unit: &table.unit,
        content,
    };
    serde_json::to_value(&json).expect("string keys and finite numbers are JSON")
}

fn group_json(group: &layers::stats::Group) -> GroupJson<'_> {
    GroupJson { key: &group.key, label: &group.label, rows: RowsJson::from(&group.rows) }
}

impl<'a> From<&'a Rows> for RowsJson<'a> {
    fn from(rows: &'a Rows) -> Self {
        Self {
            rows: rows.rows.iter().map(RowJson::from).collect(),
            total: RowJson::from(&rows.total),
            of_which: rows.of_which.iter().map(RowJson::from).collect(),
            not_assessed: rows.not_assessed.as_ref().map(RowJson::from),
        }
    }
}

impl<'a> From<&'a Row> for RowJson<'a> {
    fn from(row: &'a Row) -> Self {
        Self {
            key: &row.key,
            label: &row.label,
            count: row.count,
            area_ha: rounded(row.area_ha, DECIMALS),
            share: row.share.map(|share| rounded(share, DECIMALS)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use layers::stats::By;

    #[test]
    fn a_table_is_whole_or_broken_down() {
        let table = example::table();
        let report = |by| Report::new(&table, by, "0123456789ab", "r-1").map(|report| json(&report));
        insta::assert_json_snapshot!(report(None));
        insta::assert_json_snapshot!(report(Some(By::Park)));
        assert_eq!(report(Some(By::Zone)), None);
    }
}
