//! One table on a sheet: title, column headings, the whole, notes, then each breakdown as a block.
//!
//! ```text
//!              表4 现状工业用地容积率统计表
//! | 序号 | 容积率 |  | 斑块数（宗） | 用地面积（公顷） | 占比（%） |
//! |  1   | 0      |  |     29       |      23.63       |   3.48    |
//! |      | 合计   |  |     571      |      679.23      |  100.00   |
//! 注：…
//! | 按园区                                                       |
//! | 中小企业园                                                   |
//! |  1   | 0      |  | …
//! ```

use layers::stats::{By, Group, OwnedLabel, Row, Rows, Table};
use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::super::round::rounded;
use super::super::{Line, Report, both, lines};
use super::heading::Heading;
use super::look::{Cells, Look, height_of, print_setup};

/// Serial number, class, class in English, then three numbers.
const COLUMNS: u16 = 6;
const WIDTHS: [f64; 6] = [6.0, 26.0, 26.0, 14.0, 14.0, 14.0];
/// The two rows of column headings.
const HEAD: u32 = 2;

/// A sheet that is filled from the top.
struct Filling<'a> {
    sheet: &'a mut Worksheet,
    look: &'a Look,
    at: u32,
    count_first: bool,
}

/// Fills an empty sheet with a report.
pub(super) fn fill(
    sheet: &mut Worksheet,
    heading: &Heading,
    report: &Report<'_>,
    look: &Look,
) -> Result<(), XlsxError> {
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    let table = report.table;
    let mut filling = Filling { sheet, look, at: 0, count_first: heading.count_first };
    filling.across(&heading.title, &look.title, 26.0)?;
    filling.across(&table.title.en, &look.subtitle, 14.0)?;
    filling.column_headings(heading)?;
    match extents(table).filter(|_| heading.by_extent) {
        Some(extents) => {
            filling.rows(&extents)?;
            filling.across("按类型 By class", &look.block, 18.0)?;
            filling.rows(&table.rows)?;
        }
        None => filling.rows(&table.rows)?,
    }
    filling.notes(report)?;
    for breakdown in &table.breakdowns {
        if report.groups.is_some_and(|(by, _)| by != breakdown.by) {
            continue;
        }
        filling.at += 1;
        filling.across(by_words(breakdown.by), &look.block, 18.0)?;
        for group in breakdown.groups.iter().filter(|group| !is_empty(&group.rows)) {
            filling.across(&both(&group.label), &look.group, 16.0)?;
            filling.rows(&group.rows)?;
        }
    }
    sheet.set_freeze_panes(HEAD + 2, 0)?;
    print_setup(sheet, (HEAD, HEAD + 1), &format!("{} · {}", heading.title, report.generation))
}

/// Whether nothing at all is in a group, such as land outside every study area.
fn is_empty(rows: &Rows) -> bool {
    let nothing = |row: &Row| row.area_ha == 0.0 && row.count.is_none_or(|count| count == 0);
    lines(rows).all(|(_, row)| nothing(row))
}

/// The whole and each park as rows, as 表1 and 表7 have them; `None` where nothing is known of parks.
fn extents(table: &Table) -> Option<Rows> {
    let whole = &table.rows.total;
    let all =
        Row { key: "all".to_owned(), label: OwnedLabel { zh: "全部".into(), en: "All".into() }, ..whole.clone() };
    let parks = table.by(By::Park)?.iter().filter(|group| !matches!(group.key.as_str(), "none" | "not_assessed"));
    let park = |group: &Group| Row {
        key: group.key.clone(),
        label: group.label.clone(),
        share: (whole.area_ha > 0.0).then(|| group.rows.total.area_ha / whole.area_ha),
        ..group.rows.total.clone()
    };
    let rows = std::iter::once(all).chain(parks.map(park)).collect();
    Some(Rows { rows, total: whole.clone(), of_which: Vec::new(), not_assessed: None })
}

fn by_words(by: By) -> &'static str {
    match by {
        By::Park => "按园区 By industrial park",
        By::Zone => "按产业分区 By industrial zone",
        By::Scope => "按规划范围 By study area",
        By::Conflict => "按控规符合性 By conflict with the plan",
    }
}

impl Filling<'_> {
    /// A text over the whole width.
    fn across(&mut self, text: &str, format: &Format, height: f64) -> Result<(), XlsxError> {
        self.sheet.merge_range(self.at, 0, self.at, COLUMNS - 1, text, format)?;
        self.sheet.set_row_height(self.at, height)?;
        self.at += 1;
        Ok(())
    }

    /// The columns of count, hectares and percent, as the plan orders them.
    fn columns(&self) -> [u16; 3] {
        if self.count_first { [3, 4, 5] } else { [5, 3, 4] }
    }

    fn column_headings(&mut self, heading: &Heading) -> Result<(), XlsxError> {
        let [count, area, share] = self.columns();
        let (class, class_en) = heading.class;
        let words = [
            (0, "序号", "No."),
            (1, class, class_en),
            (2, "英文", "English"),
            (count, "斑块数（宗）", "Patches"),
            (area, "用地面积（公顷）", "Area (ha)"),
            (share, "占比（%）", "Share (%)"),
        ];
        for (column, zh, en) in words {
            self.sheet.write_with_format(self.at, column, zh, &self.look.head)?;
            self.sheet.write_with_format(self.at + 1, column, en, &self.look.head_small)?;
        }
        self.sheet.set_row_height(self.at, 20)?;
        self.at += 2;
        Ok(())
    }

    fn rows(&mut self, rows: &Rows) -> Result<(), XlsxError> {
        // Where the first row is the whole and the others are parts of it, as in 表1, a total below
        // them would look like their sum.
        let whole_first = rows.rows.first().is_some_and(|row| row.key == "all");
        let look = self.look;
        for (serial, (line, row)) in (1u32..).zip(lines(rows)) {
            match line {
                Line::Class => self.row(Some(serial), &row.label.zh, row, &look.plain)?,
                Line::Total if whole_first => {}
                Line::Total => self.row(None, &row.label.zh, row, &look.total)?,
                Line::OfWhich => self.row(None, &format!("其中：{}", row.label.zh), row, &look.plain)?,
                Line::NotAssessed => self.row(None, "未评价", row, &look.aside)?,
            }
        }
        Ok(())
    }

    fn row(&mut self, serial: Option<u32>, label: &str, row: &Row, cells: &Cells) -> Result<(), XlsxError> {
        let columns = self.columns();
        let (sheet, at) = (&mut *self.sheet, self.at);
        match serial {
            Some(serial) => sheet.write_with_format(at, 0, serial, &cells.serial)?,
            None => sheet.write_blank(at, 0, &cells.serial)?,
        };
        sheet.write_with_format(at, 1, label, &cells.label)?;
        sheet.set_row_height(at, height_of(label, WIDTHS[1]))?;
        let english = if row.label.en == row.label.zh { "" } else { &row.label.en };
        sheet.write_with_format(at, 2, english, &cells.english)?;
        let [count, area, share] = columns;
        match row.count {
            Some(number) => sheet.write_with_format(at, count, number as f64, &cells.count)?,
            None => sheet.write_with_format(at, count, "—", &cells.serial)?,
        };
        sheet.write_with_format(at, area, rounded(row.area_ha, 2), &cells.number)?;
        match row.share {
            Some(part) => sheet.write_with_format(at, share, rounded(part * 100.0, 2), &cells.number)?,
            None => sheet.write_with_format(at, share, "—", &cells.serial)?,
        };
        self.at += 1;
        Ok(())
    }

    fn notes(&mut self, report: &Report<'_>) -> Result<(), XlsxError> {
        let table = report.table;
        let look = self.look;
        self.across(
            "注：面积按未取整值汇总后四舍五入至两位小数，占比按未取整值计算，末位可能与各行之和不同。\
             “—”为不计数或无占比；未评价者缺少输入数据，不计入合计。",
            &look.note,
            26.0,
        )?;
        let counted = format!("斑块数的计数单位：{}（{}）。", table.counts.zh, table.counts.en);
        let made = format!("规则：{}，{}；成果版本：{}。", table.rule, report.rules, report.generation);
        self.across(&format!("{counted}{made}"), &look.note, 26.0)
    }
}
