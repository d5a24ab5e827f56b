//! Where a table's numbers come from, in words: the workbook's last sheet and the table
//! `provenance` of the findings GeoPackage say the same.

use layers::quality::Check;
use layers::stats::{OwnedLabel, Statistics};
use serde_json::Value;

use super::round::two;
use crate::build::Manifest;

/// What a generation's numbers rest on, line by line.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// The lines, in reading order.
    pub lines: Vec<ProvenanceLine>,
}

/// One thing to know about a generation's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenanceLine {
    /// What it is about; Chinese, English; lines of one topic stand together.
    pub topic: (&'static str, &'static str),
    /// Which of several: a layer, a table; empty where there is one.
    pub subject: String,
    /// What is to be known.
    pub value: String,
}

/// A topic: Chinese, English.
type Topic = (&'static str, &'static str);

const ROUNDING: &str = "面积按未取整值汇总，仅在显示时四舍五入一次：公顷、百分比各两位小数；各行之和与合计的末位可能不同。\
                        Summed unrounded, rounded half up once for display; rows may differ from totals in the last digit.";
const CRS: &str = "分析在各图层声明的坐标系下读入，成果为经纬度（EPSG:4326；CGCS2000 与 WGS 84 视为一致，相差小于 1 米）；\
                   面积不由瓦片或 Web 墨卡托投影量算。\
                   Results are longitude and latitude; areas are never measured on tiles or in Web Mercator.";

impl Provenance {
    /// What the manifest and the statistics of a generation say.
    pub fn of(manifest: &Manifest, statistics: &Statistics) -> Self {
        let mut lines = Lines::default();
        lines.add(("项目", "Project"), "", &manifest.title);
        lines.add(("说明", "Description"), "", &manifest.description);
        lines.add(("数据提供", "Attribution"), "", &manifest.attribution);
        lines.add(("成果版本", "Generation"), "", &manifest.id);
        lines.add(("规则版本", "Rules"), "", &statistics.rules);
        lines.add(("规则文件", "Rule file"), "rules.toml", &sha(manifest.rules_sha256.as_deref()));
        for table in &statistics.tables {
            lines.add(("各表规则", "Rule of each table"), &table.title.zh, &table.rule);
        }
        lines.add(("面积口径", "Area method"), "", &area_method(&statistics.area_method));
        let day = manifest.reference_date.as_deref().unwrap_or("未设定 not set");
        lines.add(("基准日期", "Reference date"), "", day);
        lines.add(("取整", "Rounding"), "", ROUNDING);
        lines.add(("坐标系", "Reference system"), "", CRS);
        lines.sources(manifest);
        lines.quality(manifest);
        lines.not_assessed(statistics);
        for note in manifest.notes.as_array().into_iter().flatten() {
            let count = note["count"].as_u64().unwrap_or_default();
            let message = note["message"].as_str().unwrap_or_default();
            lines.add(
                ("分析备注", "Notes"),
                note["layer"].as_str().unwrap_or_default(),
                &format!("{message} ({count})"),
            );
        }
        lines.add(("工具", "Tool"), "", &manifest.tool);
        Self { lines: lines.lines }
    }
}

#[derive(Default)]
struct Lines {
    lines: Vec<ProvenanceLine>,
}

impl Lines {
    /// Adds a line; one that says nothing is left out.
    fn add(&mut self, topic: Topic, subject: &str, value: &str) {
        if !value.is_empty() {
            self.lines.push(ProvenanceLine { topic, subject: subject.to_owned(), value: value.to_owned() });
        }
    }

    /// One line a layer, with the file it was read from.
    fn sources(&mut self, manifest: &Manifest) {
        for source in &manifest.sources {
            for layer in &source.layers {
                let of_layer = |report: &&Value| report["layer"].as_str() == Some(layer);
                let report = manifest.reports.as_array().into_iter().flatten().find(of_layer);
                let table = report.and_then(|report| report["table"].as_str()).unwrap_or_default();
                let rows = report.and_then(|report| report["read"].as_u64()).unwrap_or_default();
                let value = format!("{} · {table} · {rows} 行 rows · SHA-256 {}", source.file, source.sha256);
                self.add(("数据来源", "Sources"), layer, &value);
            }
        }
    }

    /// What the quality gate found, check by check; those that found nothing are counted.
    fn quality(&mut self, manifest: &Manifest) {
        let mut clean = 0;
        for check in Check::ALL {
            match manifest.quality[check.name()].as_u64() {
                Some(0) => clean += 1,
                Some(count) => {
                    let title = check.about().title;
                    self.add(QUALITY, check.name(), &format!("{} {}: {count}", title.zh, title.en));
                }
                None => {}
            }
        }
        if clean > 0 {
            self.add(QUALITY, "", &format!("{clean} 项检查未发现问题 checks found nothing"));
        }
    }

    /// What each table could not assess.
    fn not_assessed(&mut self, statistics: &Statistics) {
        for table in &statistics.tables {
            let Some(row) = &table.rows.not_assessed else { continue };
            let OwnedLabel { zh, en } = &table.counts;
            let count = row.count.map(|count| format!("{count} {zh} {en}, ")).unwrap_or_default();
            let value = format!("{count}{} 公顷 ha", two(row.area_ha));
            self.add(("未评价（缺少输入，不计入合计）", "Not assessed"), &table.title.zh, &value);
        }
    }
}

const QUALITY: Topic = ("质量检查", "Quality gate");

fn sha(hash: Option<&str>) -> String {
    hash.map(|hash| format!("SHA-256 {hash}")).unwrap_or_default()
}

fn area_method(name: &str) -> String {
    let words = match name {
        "ellipsoidal" => "椭球面积 on the ellipsoid",
        "planar" => "高斯-克吕格 3 度带平面面积 in the plane of the 3-degree Gauss-Krüger zone",
        "field" => "登记面积字段 as recorded in the layer, else on the ellipsoid",
        other => return other.to_owned(),
    };
    format!("{words} ({name})")
}
