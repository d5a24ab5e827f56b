//! Breaking words into lines.

/// Breaks a text into lines of about equal length, none wider than `most` if that can be had, and no
/// more of them than that needs.
///
/// Lines break at spaces and on either side of a Chinese character, but not before a closing mark nor
/// after an opening one. `width` measures a text.
pub(crate) fn wrapped(text: &str, most: f64, width: impl Fn(&str) -> f64) -> Vec<String> {
    let paragraphs = text.split('\n').map(str::trim).filter(|paragraph| !paragraph.is_empty());
    paragraphs.flat_map(|paragraph| lines(paragraph, most, &width)).map(str::to_owned).collect()
}

/// The best way to fill lines with the pieces up to one: how many lines, the sum of their squared widths
/// (least where they are equal), and where the last of them begins.
#[derive(Clone, Copy)]
struct Filled {
    lines: usize,
    raggedness: f64,
    last: usize,
}

fn lines<'t>(paragraph: &'t str, most: f64, width: &impl Fn(&str) -> f64) -> Vec<&'t str> {
    let mut ends = vec![0];
    for piece in pieces(paragraph) {
        ends.push(ends[ends.len() - 1] + piece.len());
    }
    let line = |from: usize, to: usize| paragraph[ends[from]..ends[to]].trim();
    let mut best = vec![Filled { lines: 0, raggedness: 0.0, last: 0 }];
    for end in 1..ends.len() {
        let mut found: Option<Filled> = None;
        for begin in (0..end).rev() {
            let wide = width(line(begin, end));
            // A piece that is wider than all there is room for has a line to itself.
            if wide > most && begin + 1 < end {
                break;
            }
            let before = best[begin];
            let new = Filled { lines: before.lines + 1, raggedness: before.raggedness + wide * wide, last: begin };
            // Of equal ones the longer last line.
            let is_better = |known: Filled| (new.lines, new.raggedness) <= (known.lines, known.raggedness);
            if found.is_none_or(is_better) {
                found = Some(new);
            }
        }
        best.extend(found);
    }
    let mut lines = Vec::new();
    let mut end = ends.len() - 1;
    while end > 0 {
        lines.push(line(best[end].last, end));
        end = best[end].last;
    }
    lines.reverse();
    lines.retain(|line| !line.is_empty());
    lines
}

/// The parts that stay together, spaces at their ends.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut begin = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((_, c)) = chars.next() {
        let Some(&(next_at, next)) = chars.peek() else { break };
        let can_break = (c == ' ' && next != ' ')
            || ((is_wide(c) || is_wide(next)) && next != ' ' && !is_closing(next) && !is_opening(c));
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

fn is_opening(c: char) -> bool {
    "（《「『【〈“‘(".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> f64 {
        text.chars().count() as f64
    }

    #[test]
    fn lines_are_of_about_equal_length() {
        assert_eq!(wrapped("锡林浩特经济技术开发区一号地块", 8.0, chars), ["锡林浩特经济技", "术开发区一号地块"]);
        assert_eq!(wrapped("North Quay Works No 12", 12.0, chars), ["North Quay", "Works No 12"]);
        assert_eq!(wrapped("厂房（二期）", 5.0, chars), ["厂房", "（二期）"]);
    }

    #[test]
    fn no_character_is_left_alone_on_a_line() {
        let note = "Web Mercator (EPSG:3857)，比例尺在图幅中心成立";
        for most in 8..40 {
            let lines = wrapped(note, f64::from(most), chars);
            let last = lines.last().expect("a line");
            assert!(lines.len() == 1 || last.chars().count() > 2, "{most}: {lines:?}");
        }
    }

    #[test]
    fn what_fits_stays_on_one_line_and_what_cannot_break_does_not() {
        assert_eq!(wrapped("ZD-0012", 3.0, chars), ["ZD-0012"]);
        assert_eq!(wrapped("一 二", 8.0, chars), ["一 二"]);
        assert!(wrapped(" \n ", 8.0, chars).is_empty());
    }
}
