//! How cells look: 黑体 for headings and 宋体 for the rest, as plans are printed.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};
use unicode_width::UnicodeWidthStr;

/// The formats of a workbook.
pub(super) struct Look {
    pub(super) title: Format,
    pub(super) subtitle: Format,
    pub(super) head: Format,
    pub(super) head_small: Format,
    pub(super) block: Format,
    pub(super) group: Format,
    pub(super) note: Format,
    pub(super) wrapped: Format,
    pub(super) plain: Cells,
    pub(super) total: Cells,
    pub(super) aside: Cells,
}

/// The formats of the cells of a row.
pub(super) struct Cells {
    pub(super) serial: Format,
    pub(super) label: Format,
    pub(super) english: Format,
    pub(super) count: Format,
    pub(super) number: Format,
}

const GREY: Color = Color::RGB(0x0066_6666);
const HEAD_FILL: Color = Color::RGB(0x00E7_ECF1);
const GROUP_FILL: Color = Color::RGB(0x00F5_F5F2);

impl Look {
    pub(super) fn new() -> Self {
        let heading = || Format::new().set_font_name("黑体").set_align(FormatAlign::VerticalCenter);
        let text = || Format::new().set_font_name("宋体").set_font_size(10.5).set_align(FormatAlign::VerticalCenter);
        let boxed = |format: Format| format.set_border(FormatBorder::Thin);
        let centred = |format: Format| format.set_align(FormatAlign::Center);
        let filled = |format: Format| format.set_background_color(HEAD_FILL);
        Self {
            title: centred(heading().set_font_size(14)),
            subtitle: centred(text().set_font_size(9).set_font_color(GREY)),
            head: filled(centred(boxed(heading().set_font_size(10.5)))).set_text_wrap(),
            head_small: filled(centred(boxed(text().set_font_size(8).set_font_color(GREY)))).set_text_wrap(),
            block: filled(boxed(heading().set_font_size(10.5))),
            group: boxed(heading().set_font_size(10)).set_background_color(GROUP_FILL),
            note: text().set_font_size(9).set_text_wrap().set_align(FormatAlign::Top),
            wrapped: boxed(text()).set_text_wrap(),
            plain: Cells::from(&|| boxed(text())),
            total: Cells::from(&|| boxed(text()).set_bold()),
            aside: Cells::from(&|| boxed(text()).set_font_color(GREY)),
        }
    }
}

impl Cells {
    fn from(base: &dyn Fn() -> Format) -> Self {
        Self {
            serial: base().set_align(FormatAlign::Center),
            label: base().set_text_wrap(),
            english: base().set_font_size(8).set_font_color(GREY).set_text_wrap(),
            count: base().set_num_format("0").set_align(FormatAlign::Right),
            number: base().set_num_format("0.00").set_align(FormatAlign::Right),
        }
    }
}

/// The height of a row, in points, that shows a wrapped text in a column of that width. Not every
/// program fits rows to their text by itself.
pub(super) fn height_of(text: &str, column_width: f64) -> f64 {
    /// A line of 10.5 points with its leading.
    const LINE: f64 = 15.0;
    // A column's width counts digits of the default font; ours is a little wider than that.
    let fits = (column_width * 0.85).max(1.0);
    LINE * (text.width() as f64 / fits).ceil().max(1.0)
}

/// Paper, margins and footer; `repeated` are the first and last row that head every page.
pub(super) fn print_setup(sheet: &mut Worksheet, repeated: (u32, u32), footer: &str) -> Result<(), XlsxError> {
    /// A4 (ECMA-376 part 1, §18.3.1.63).
    const A4: u8 = 9;
    sheet.set_paper_size(A4).set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
    sheet.set_margins(0.7, 0.7, 0.75, 0.75, 0.3, 0.3);
    // An ampersand begins a code in headers and footers (§18.3.1.46).
    sheet.set_footer(format!("&L{}&R&P / &N", footer.replace('&', "&&")));
    sheet.set_repeat_rows(repeated.0, repeated.1)?;
    Ok(())
}
