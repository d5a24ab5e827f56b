//! Attribution that strangers wrote, made harmless. Maps put it into their page as HTML, and a
//! script in it would run there (MapLibre GL JS, CVE-2026-85061).

/// The text of `html` with its `http` and `https` links and nothing else, as HTML.
///
/// Every other tag is dropped, what stands between tags stays as text; a character reference such as
/// `&copy;` stays one. Links are opened, closed and never nested.
pub fn harmless(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    let mut is_in_link = false;
    while let Some(at) = rest.find('<') {
        text(&mut out, &rest[..at]);
        // What is opened and never closed is no tag, and no text that anybody misses.
        let Some(tag) = rest[at + 1..].split_inclusive('>').next().and_then(|tag| tag.strip_suffix('>')) else {
            rest = "";
            break;
        };
        rest = &rest[at + tag.len() + 2..];
        let name_end = tag.find(|c: char| c.is_ascii_whitespace()).unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(name_end);
        match name.to_ascii_lowercase().as_str() {
            "a" if !is_in_link => {
                if let Some(address) = address(attributes) {
                    out += &format!("<a href=\"{address}\" target=\"_blank\" rel=\"noopener noreferrer\">");
                    is_in_link = true;
                }
            }
            "/a" if is_in_link => {
                out += "</a>";
                is_in_link = false;
            }
            _ => {}
        }
    }
    text(&mut out, rest);
    if is_in_link {
        out += "</a>";
    }
    out
}

/// The `href` among the attributes of a link, if it leads to a web page and has nothing in it that
/// could end it early.
fn address(attributes: &str) -> Option<&str> {
    const NAME: &str = "href";
    let at = attributes.to_ascii_lowercase().find(NAME)?;
    let value = attributes[at + NAME.len()..].trim_start().strip_prefix('=')?.trim_start();
    let address = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split(|c: char| c.is_ascii_whitespace()).next()?,
    };
    let address = address.trim();
    let is_web = ["http://", "https://"]
        .iter()
        .any(|scheme| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    // RFC 3986 §2: the characters of an address; of those, a quote would end the attribute.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&()*+,;=%".contains(c) || !c.is_ascii();
    (is_web && address.chars().all(|c| is_plain(c) && !c.is_control())).then_some(address)
}

/// Appends text, in which only character references keep their meaning.
fn text(out: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        match c {
            '&' if is_reference(&text[at + 1..]) => out.push('&'),
            '&' => out.push_str("&amp;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
}

/// Whether what follows `&` is the rest of a character reference.
fn is_reference(rest: &str) -> bool {
    const LONGEST: usize = 32;
    let name = rest.split_once(';').map_or("", |(name, _)| name);
    let digits = name.trim_start_matches('#');
    !digits.is_empty() && name.len() <= LONGEST && digits.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "target=\"_blank\" rel=\"noopener noreferrer\"";

    #[test]
    fn text_and_links_stay() {
        let osm =
            "&copy; <a href=\"https://www.openstreetmap.org/copyright\" target='_blank'>OpenStreetMap</a> & 自然资源局";
        let kept = format!(
            "&copy; <a href=\"https://www.openstreetmap.org/copyright\" {LINK}>OpenStreetMap</a> &amp; 自然资源局"
        );
        assert_eq!(harmless(osm), kept);
        assert_eq!(harmless(&kept.replace("&amp;", "&")), kept, "once harmless, it stays as it is");
        assert_eq!(
            harmless("<A HREF=http://a.example/?b=c&d>x"),
            format!("<a href=\"http://a.example/?b=c&d\" {LINK}>x</a>")
        );
        assert_eq!(harmless("plain"), "plain");
    }

    #[test]
    fn nothing_that_runs_is_left() {
        let attacks = [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\"JaVaScRiPt:alert(1)\">x</a>",
            "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
            "<a href=\"java\nscript:alert(1)\">x</a>",
            "<a href='https://a.example/\" onmouseover=\"alert(1)'>x</a>",
            "<a onclick=alert(1) href=\"https://a.example\">x</a>",
            "<a href=\"https://a.example\"onclick=\"alert(1)\">x</a>",
            "<a xhref=\"//evil\" href=\"https://a.example\" style=\"position:fixed\">x</a>",
            "<<script>script>alert(1)<</script>/script>",
            "<svg/onload=alert(1)>",
            "<iframe srcdoc='<script>alert(1)</script>'>",
            "<a href=\"https://a.example",
            "<style>*{display:none}</style>",
            "<a href=\"https://a.example/<script>\">x</a>",
            "<!--><script>alert(1)</script>-->",
            "&lt;script&gt; <scr<b>ipt>",
        ];
        for attack in attacks {
            let kept = harmless(attack);
            let mut tags = kept.split('<').skip(1);
            let is_safe = |tag: &str| {
                tag.starts_with("/a>")
                    || tag.strip_prefix("a href=\"http").is_some_and(|tag| {
                        let (address, after) = tag.split_once('"').expect("an address ends");
                        !address.contains(['<', '>', ' ', '\'']) && after.starts_with(&format!(" {LINK}>"))
                    })
            };
            assert!(tags.all(is_safe), "{attack} became {kept}");
            assert_eq!(kept.matches("<a ").count(), kept.matches("</a>").count(), "{kept}");
        }
    }
}
