//! The report as a page: complete in itself, in Chinese and English, ready to print.

use std::fmt::Write;

use layers::quality::{Answer, Flaw, Quality};
use layers::stats::OwnedLabel;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{amount, found};

/// So many flaws of a check are on the page; `quality.json` has more.
const FIRST: usize = 100;

/// What a page says beside the report.
pub struct Page<'p> {
    /// The project's title.
    pub title: &'p str,
    /// Address of the viewer, relative to the page; `None` where there is none to link to.
    pub map: Option<&'p str>,
    /// Whether it opens in Chinese; otherwise in English.
    pub chinese: bool,
}

const STYLE: &str = "
:root{font:14px/1.5 'Noto Sans SC','Source Han Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',system-ui,sans-serif;color:#22262b}
body{margin:0 auto;padding:24px;max-width:1080px;background:#fff}
h1{font-size:22px;margin:16px 0 4px}h2{font-size:16px;margin:32px 0 2px}
p{margin:4px 0}.quiet{color:#626a73}code{font-size:12px;color:#626a73}
table{border-collapse:collapse;width:100%;margin:8px 0}
th,td{text-align:left;vertical-align:top;padding:4px 8px;border-bottom:1px solid #e1e3e0}
th{font-weight:600;background:#f3f4f1}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.key{word-break:break-all}a{color:#2f4858}
.verdict{display:inline-block;margin:8px 0;padding:4px 12px;border-radius:4px;font-weight:600}
.good{background:#e4efe4;color:#1f5a2a}.worse{background:#f8e2e2;color:#a5161a}
tr.over td{background:#fdf3f3}.error{color:#a5161a}.warning{color:#8a4a00}.info{color:#2f4858}
tr.none td,tr.none td *{color:#8a9099}
input[name=language]{position:absolute;opacity:0}
label{cursor:pointer;padding:2px 8px;border:1px solid #c9cdc7;border-radius:4px}
#zh:checked~label[for=zh],#en:checked~label[for=en]{background:#2f4858;color:#fff}
#zh:focus-visible~label[for=zh],#en:focus-visible~label[for=en]{outline:2px solid #2f4858;outline-offset:2px}
#zh:checked~main .en,#en:checked~main .zh{display:none}
@media print{label{display:none}body{padding:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}a{color:inherit;text-decoration:none}}
";

/// The report as a page.
pub fn html(quality: &Quality, page: &Page<'_>) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_page(&mut out, quality, page);
    out
}

fn write_page(out: &mut String, quality: &Quality, page: &Page<'_>) -> std::fmt::Result {
    let (language, checked) = if page.chinese { ("zh-CN", ["checked", ""]) } else { ("en", ["", "checked"]) };
    let title = escaped(page.title);
    write!(
        out,
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <title>{title} — 数据质量 Data quality</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <input type=\"radio\" name=\"language\" id=\"zh\" {}><input type=\"radio\" name=\"language\" id=\"en\" {}>\n\
         <label for=\"zh\">中文</label> <label for=\"en\">English</label>\n<main>\n<h1>{title}</h1>\n",
        checked[0], checked[1]
    )?;
    writeln!(out, "<p class=\"quiet\">{}</p>", both("数据质量检查", "Data quality"))?;
    let worse = quality.worse().count();
    let (class, verdict) = match worse {
        0 => ("good", both("达到发布要求", "Good enough to publish")),
        _ => (
            "worse",
            both(&format!("{worse} 项超出允许"), &format!("{worse} of the checks found more than is allowed")),
        ),
    };
    writeln!(out, "<p class=\"verdict {class}\">{verdict}</p>")?;
    write_summary(out, quality)?;
    for answer in found(quality) {
        write_check(out, answer, page)?;
    }
    out.push_str("</main>\n</body>\n</html>\n");
    Ok(())
}

fn write_summary(out: &mut String, quality: &Quality) -> std::fmt::Result {
    let heads = [
        ("检查", "Check", ""),
        ("级别", "Severity", ""),
        ("发现", "Found", "n"),
        ("允许", "Allowed", "n"),
        ("合计", "Total", "n"),
    ];
    write_head(out, &heads)?;
    for answer in &quality.checks {
        let class = match (answer.is_worse(), answer.count) {
            (true, _) => "over",
            (_, None | Some(0)) => "none",
            _ => "",
        };
        let title = label(&answer.title);
        let title = match answer.count {
            Some(1..) => format!("<a href=\"#{0}\">{title}</a>", escaped(&answer.check)),
            _ => title,
        };
        let count = answer.count.map_or_else(|| both("未检查", "not asked"), |count| count.to_string());
        let allowed = answer.allowed.map_or_else(|| both("不限", "any"), |allowed| allowed.to_string());
        let total = answer.total.filter(|_| answer.count > Some(0));
        let total = total.map(|total| format!("{} m²", amount(total))).unwrap_or_default();
        writeln!(
            out,
            "<tr class=\"{class}\"><td>{title} <code>{}</code></td><td>{}</td><td class=\"n\">{count}</td><td class=\"n\">{allowed}</td><td class=\"n\">{total}</td></tr>",
            escaped(&answer.check),
            severity(answer)
        )?;
    }
    out.push_str("</tbody>\n</table>\n");
    Ok(())
}

fn write_check(out: &mut String, answer: &Answer, page: &Page<'_>) -> std::fmt::Result {
    let count = answer.count.unwrap_or_default();
    writeln!(out, "<h2 id=\"{}\">{} · {count}</h2>", escaped(&answer.check), label(&answer.title))?;
    writeln!(out, "<p>{} — {}</p>", severity(answer), label(&answer.hint))?;
    let heads = [
        ("图层", "Layer", ""),
        ("行", "Row", "n"),
        ("标识", "Key", ""),
        ("问题", "What is wrong", ""),
        ("位置", "Place", "n"),
    ];
    write_head(out, &heads)?;
    for flaw in answer.flaws.iter().take(FIRST) {
        writeln!(
            out,
            "<tr><td>{}<br><code>{} {}</code></td><td class=\"n\">{}</td><td class=\"key\">{}</td><td>{}</td><td class=\"n\">{}</td></tr>",
            escaped(&flaw.layer),
            escaped(&flaw.file),
            escaped(&flaw.table),
            flaw.row.map(|row| row.to_string()).unwrap_or_default(),
            flaw.key.as_deref().map(escaped).unwrap_or_default(),
            label(&flaw.message),
            place(flaw, page)
        )?;
    }
    out.push_str("</tbody>\n</table>\n");
    let more = count.saturating_sub(answer.flaws.len().min(FIRST) as u64);
    if more > 0 {
        writeln!(out, "<p class=\"quiet\">{}</p>", both(&format!("另有 {more} 处"), &format!("and {more} more")))?;
    }
    Ok(())
}

fn write_head(out: &mut String, heads: &[(&str, &str, &str)]) -> std::fmt::Result {
    out.push_str("<table>\n<thead><tr>");
    for (zh, en, class) in heads {
        write!(out, "<th class=\"{class}\">{}</th>", both(zh, en))?;
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    Ok(())
}

fn severity(answer: &Answer) -> String {
    let name = answer.severity.name();
    let zh = match name {
        "error" => "错误",
        "warning" => "警告",
        _ => "提示",
    };
    format!("<span class=\"{name}\">{}</span>", both(zh, name))
}

/// Where a flaw is, linked to the map there.
fn place(flaw: &Flaw, page: &Page<'_>) -> String {
    let Some([lon, lat]) = flaw.at else { return String::new() };
    let text = format!("{lon:.6} {lat:.6}");
    match page.map {
        Some(map) => {
            let parcel =
                flaw.key.as_deref().map(|key| format!("&amp;parcel={}", utf8_percent_encode(key, NON_ALPHANUMERIC)));
            let parcel = parcel.filter(|_| flaw.layer == "parcels").unwrap_or_default();
            format!("<a href=\"{}#map=18/{lat:.5}/{lon:.5}{parcel}\">{text}</a>", escaped(map))
        }
        None => text,
    }
}

fn label(label: &OwnedLabel) -> String {
    both(&label.zh, &label.en)
}

/// The same in both languages, of which the page shows one.
fn both(zh: &str, en: &str) -> String {
    format!(
        "<span class=\"zh\" lang=\"zh-CN\">{}</span><span class=\"en\" lang=\"en\">{}</span>",
        escaped(zh),
        escaped(en)
    )
}

/// Text that no browser takes for markup, in an element or in a quoted attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            // What has no sign of its own must not hide or turn what follows.
            c if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {
                out.push('\u{fffd}')
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use layers::quality::Severity;

    fn quality(key: &str) -> Quality {
        let words = |text: &str| OwnedLabel { zh: text.to_owned(), en: text.to_owned() };
        let flaw = Flaw {
            layer: "parcels".into(),
            file: "<f>".into(),
            table: "<t>".into(),
            row: Some(7),
            key: Some(key.into()),
            at: Some([116.08, 43.94]),
            severity: Severity::Error,
            amount: None,
            message: words("key \"<script>alert(1)</script>\" & 'more'"),
        };
        let answer = Answer {
            check: "duplicate_keys".into(),
            title: words("keys"),
            severity: Severity::Error,
            count: Some(1),
            allowed: Some(0),
            unit: None,
            total: None,
            hint: words("do"),
            flaws: vec![flaw],
        };
        Quality { checks: vec![answer] }
    }

    #[test]
    fn nothing_in_the_data_becomes_markup() {
        let page = Page { title: "</title><script>", map: Some("./"), chinese: true };
        let html = html(&quality("\"><img src=x onerror=alert(1)>"), &page);
        assert!(
            !html.contains("<script") && !html.contains("<img") && !html.contains("<t>") && !html.contains("<f>"),
            "{html}"
        );
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot; &amp; &#39;more&#39;"));
        assert!(html.contains("parcel=%22%3E%3Cimg"), "{html}");
    }

    #[test]
    fn places_lead_to_the_map_and_nothing_leads_away() {
        let linked = html(&quality("a"), &Page { title: "t", map: Some("./"), chinese: false });
        assert!(linked.contains("<a href=\"./#map=18/43.94000/116.08000&amp;parcel=a\">116.080000 43.940000</a>"));
        let alone = html(&quality("a"), &Page { title: "t", map: None, chinese: false });
        assert!(!alone.contains("#map="));
        for page in [linked, alone] {
            assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("src="), "{page}");
        }
    }
}
