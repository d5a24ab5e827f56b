//! The extract for a terminal, aligned by what characters take there: a Han character takes two
//! columns (Unicode Standard Annex 11).

use layers::SquareMetres;
use layers::round::two;
use layers::rules::explain::{Part, Step, title};
use unicode_width::UnicodeWidthStr;

use super::figures::{self, NOTHING};
use super::{Extract, Language};

/// The extract as aligned text, ending with a line break.
pub fn text(extract: &Extract, language: Language) -> String {
    let say = |zh: &str, en: &str| language.words(zh, en);
    let mut out = String::new();
    line(&mut out, 0, &say("宗地体检单", "Parcel extract"));
    let rows = head(extract, language);
    aligned(&mut out, 2, &rows, &[]);
    out.push('\n');
    line(&mut out, 0, &say("结论", "Verdict"));
    let verdict = extract.verdict().map(|(attribute, finding)| match finding {
        Some(finding) => vec![language.line(&finding.title), language.line(&finding.label)],
        None => vec![language.line(&title(attribute)), say("未评价", "not assessed")],
    });
    aligned(&mut out, 2, &verdict.collect::<Vec<_>>(), &[]);
    for (number, step) in (1..).zip(&extract.explanation.steps) {
        out.push('\n');
        rule(&mut out, number, step, language);
    }
    out.push('\n');
    line(&mut out, 0, &say("数据来源", "Sources"));
    let sources = extract.sources.iter().map(|source| vec![source.file.clone(), format!("sha256 {}", source.sha256)]);
    aligned(&mut out, 2, &sources.collect::<Vec<_>>(), &[]);
    out
}

/// What the extract is of, and who says so.
fn head(extract: &Extract, language: Language) -> Vec<Vec<String>> {
    let explanation = &extract.explanation;
    let area = SquareMetres(explanation.area_m2);
    let (hectares, mu, metres) = (two(area.hectares()), two(area.mu()), two(area.0));
    let rules = format!("{} {}", language.line(&explanation.rules.title), explanation.rules.version);
    let nothing = || NOTHING.to_owned();
    [
        ("编号", "key", explanation.key.clone()),
        ("名称", "name", explanation.name.clone().unwrap_or_else(nothing)),
        ("面积", "area", format!("{hectares} ha = {mu} mu = {metres} m²")),
        ("项目", "project", extract.title.clone()),
        ("规则", "rules", rules),
        ("数据版本", "generation", format!("{} ({})", extract.generation, extract.tool)),
        ("数据截止日", "data date", explanation.reference_date.clone().unwrap_or_else(nothing)),
    ]
    .into_iter()
    .map(|(zh, en, value)| vec![language.words(zh, en), value])
    .collect()
}

fn rule(out: &mut String, number: usize, step: &Step, language: Language) {
    let say = |zh: &str, en: &str| language.words(zh, en);
    let section = say("规划章节", "plan section");
    line(out, 0, &format!("{number}. {}", language.line(&step.question)));
    line(out, 3, &format!("{} · {section} {}", step.rule, step.section));
    let inputs = step.inputs.iter().map(|input| {
        let source = input.source.as_ref().map(|cell| figures::source(cell, language)).unwrap_or_default();
        vec![language.line(&input.label), figures::value(input, language), figures::unit(input).to_owned(), source]
    });
    aligned(out, 3, &inputs.collect::<Vec<_>>(), &[1]);
    if let Some(threshold) = &step.threshold {
        for (place, words) in language.sentences(threshold).into_iter().enumerate() {
            let lead = if place == 0 { format!("{}: ", say("标准", "threshold")) } else { "  ".to_owned() };
            line(out, 3, &format!("{lead}{words}"));
        }
    }
    for finding in &step.results {
        line(out, 3, &format!("= {}: {}", language.line(&finding.title), language.line(&finding.label)));
    }
    for sentence in language.sentences(&step.sentence) {
        line(out, 3, sentence);
    }
    parts(out, &step.parts, language);
}

fn parts(out: &mut String, parts: &[Part], language: Language) {
    if parts.is_empty() {
        return;
    }
    let cells =
        |first: String, [metres, mu, percent]: [String; 3], source: String| vec![first, metres, mu, percent, source];
    let header = ["m²", "mu", "%"].map(str::to_owned);
    let mut rows = vec![cells(String::new(), header, String::new())];
    for part in parts {
        let mark = if part.adverse { "!" } else { " " };
        let source = part.source.as_ref().map(|cell| figures::source(cell, language)).unwrap_or_default();
        rows.push(cells(format!("{mark} {}", language.line(&part.label)), figures::part(part), source));
    }
    if parts.len() > 1 {
        let sum = language.words("合计", "together");
        rows.push(cells(format!("  {sum}"), figures::sum(parts), String::new()));
    }
    aligned(out, 3, &rows, &[1, 2, 3]);
}

fn line(out: &mut String, indent: usize, text: &str) {
    out.extend(std::iter::repeat_n(' ', indent));
    // A name from a table may hold anything; a terminal would obey it.
    out.extend(text.chars().map(|letter| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter }));
    out.push('\n');
}

/// Rows of cells in columns, numbers (`right`) to the right, the others to the left.
fn aligned(out: &mut String, indent: usize, rows: &[Vec<String>], right: &[usize]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    for row in rows {
        let mut text = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let padding = " ".repeat(width - cell.width());
            let between = if column == 0 { "" } else { "  " };
            match right.contains(&column) {
                true => text.extend([between, &padding, cell]),
                false => text.extend([between, cell, &padding]),
            }
        }
        line(out, indent, text.trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_under_han_characters() {
        let rows = [["面积 area", "12.50", "m²"], ["far", "1.2", ""]].map(|row| row.map(str::to_owned).to_vec());
        let mut out = String::new();
        aligned(&mut out, 2, &rows, &[1]);
        assert_eq!(out, "  面积 area  12.50  m²\n  far          1.2\n");
    }
}
