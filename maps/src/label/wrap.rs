//! Breaking words into lines.

/// Breaks a text into lines of about equal length, none wider than `most` if that can be had.
///
/// Lines break at spaces and on either side of a Chinese character, but not before a closing mark.
/// `width` measures a text.
pub(crate) fn wrapped(text: &str, most: f64, width: impl Fn(&str) -> f64) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n').map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        let whole = width(paragraph);
        let parts = (whole / most).ceil().max(1.0);
        // A little longer than an even share, so that one character more does not make another line.
        let aim = if parts > 1.0 { (whole / parts * 1.1).min(most) } else { f64::INFINITY };
        let mut line = String::new();
        for piece in pieces(paragraph) {
            if !line.is_empty() && width(&format!("{line}{}", piece.trim_end())) > aim {
                lines.push(line.trim().to_owned());
                line.clear();
            }
            line.push_str(piece);
        }
        if !line.trim().is_empty() {
            lines.push(line.trim().to_owned());
        }
    }
    lines
}

/// The parts that stay together, spaces at their ends.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut begin = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((_, c)) = chars.next() {
        let Some(&(next_at, next)) = chars.peek() else { break };
        let can_break =
            (c == ' ' && next != ' ') || ((is_wide(c) || is_wide(next)) && next != ' ' && !is_closing(next));
        if can_break {
            pieces.push(&text[begin..next_at]);
            begin = next_at;
        }
    }
    pieces.push(&text[begin..]);
    pieces
}

/// Characters as wide as they are high: Han, kana, hangul, full-width forms.
pub(crate) fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}')
}

fn is_closing(c: char) -> bool {
    "，。、；：？！）》」』】〉”’,.;:?!)".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> f64 {
        text.chars().count() as f64
    }

    #[test]
    fn lines_are_of_about_equal_length() {
        assert_eq!(wrapped("锡林浩特经济技术开发区一号地块", 8.0, chars), ["锡林浩特经济技术", "开发区一号地块"]);
        assert_eq!(wrapped("North Quay Works No 12", 12.0, chars), ["North Quay", "Works No 12"]);
        assert_eq!(wrapped("厂房（二期）", 5.0, chars), ["厂房（", "二期）"]);
    }

    #[test]
    fn what_fits_stays_on_one_line_and_what_cannot_break_does_not() {
        assert_eq!(wrapped("ZD-0012", 3.0, chars), ["ZD-0012"]);
        assert_eq!(wrapped("一 二", 8.0, chars), ["一 二"]);
        assert!(wrapped(" \n ", 8.0, chars).is_empty());
    }
}
