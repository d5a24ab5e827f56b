//! Well-known text of reference systems as a tree, both WKT 1 (OGC 01-009, ESRI's dialect) and
//! WKT 2 (OGC 18-010): keyword, then values and nested nodes in brackets.

pub(super) mod projection;

/// One node: `KEYWORD["text", 1.0, OTHER[...]]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Node {
    /// The keyword, upper case.
    pub keyword: String,
    /// Quoted texts and bare words, in order.
    pub texts: Vec<String>,
    /// Numbers, in order.
    pub numbers: Vec<f64>,
    /// Nested nodes, in order.
    pub nodes: Vec<Node>,
}

/// Deeper nesting than any real definition has.
const MAX_DEPTH: usize = 32;

impl Node {
    /// Parses a whole definition.
    ///
    /// # Errors
    /// What is wrong and where, in words.
    pub(super) fn parse(text: &str) -> Result<Node, String> {
        let mut parser = Parser { text, at: 0 };
        let node = parser.node(0)?;
        parser.skip_space();
        if parser.at < text.len() { Err(parser.problem("text after the end")) } else { Ok(node) }
    }

    /// The first direct child with one of these keywords.
    pub(super) fn child(&self, keywords: &[&str]) -> Option<&Node> {
        self.nodes.iter().find(|node| keywords.contains(&node.keyword.as_str()))
    }

    /// The horizontal part of a compound CRS, or the CRS itself.
    pub(super) fn horizontal(mut self) -> Node {
        let is_compound = ["COMPD_CS", "COMPOUNDCRS"].contains(&self.keyword.as_str());
        if is_compound && !self.nodes.is_empty() { self.nodes.swap_remove(0) } else { self }
    }

    /// The first text: the name of what the node describes.
    pub(super) fn name(&self) -> &str {
        self.texts.first().map_or("", String::as_str)
    }

    /// The EPSG code in a direct `AUTHORITY["EPSG","4548"]` or `ID["EPSG",4548]`.
    pub(super) fn epsg(&self) -> Option<u16> {
        let authority = self.child(&["AUTHORITY", "ID"])?;
        if !authority.name().eq_ignore_ascii_case("EPSG") {
            return None;
        }
        let number = authority.numbers.first().map(|&code| code as u16);
        authority.texts.get(1).and_then(|code| code.trim().parse().ok()).or(number)
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn problem(&self, what: &str) -> String {
        format!("{what} at byte {}", self.at)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn word(&mut self) -> &str {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_+-.".contains(&byte)) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    /// A quoted text; a doubled quote stands for one.
    fn quoted(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(end) = rest.find('"') else { return Err(self.problem("a text without closing quote")) };
            out.push_str(&rest[..end]);
            self.at += end + 1;
            if self.peek() != Some(b'"') {
                return Ok(out);
            }
            out.push('"');
            self.at += 1;
        }
    }

    fn node(&mut self, depth: usize) -> Result<Node, String> {
        if depth > MAX_DEPTH {
            return Err(self.problem("too deeply nested"));
        }
        self.skip_space();
        let mut node = Node { keyword: self.word().to_ascii_uppercase(), ..Node::default() };
        if node.keyword.is_empty() {
            return Err(self.problem("a keyword is missing"));
        }
        self.skip_space();
        if !matches!(self.peek(), Some(b'[' | b'(')) {
            return Err(self.problem("an opening bracket is missing"));
        }
        self.at += 1;
        loop {
            self.skip_space();
            match self.peek() {
                Some(b'"') => {
                    let text = self.quoted()?;
                    node.texts.push(text);
                }
                Some(b']' | b')') => {}
                Some(_) => self.value(&mut node, depth)?,
                None => return Err(self.problem("a closing bracket is missing")),
            }
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']' | b')') => {
                    self.at += 1;
                    return Ok(node);
                }
                _ => return Err(self.problem("a comma or closing bracket is missing")),
            }
        }
    }

    /// A number, a bare word such as `east`, or a nested node.
    fn value(&mut self, node: &mut Node, depth: usize) -> Result<(), String> {
        let start = self.at;
        let word = self.word().to_owned();
        self.skip_space();
        if matches!(self.peek(), Some(b'[' | b'(')) {
            self.at = start;
            let child = self.node(depth + 1)?;
            node.nodes.push(child);
        } else if let Ok(number) = word.parse() {
            node.numbers.push(number);
        } else if word.is_empty() {
            return Err(self.problem("an unexpected character"));
        } else {
            node.texts.push(word);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_definition_becomes_a_tree() {
        let text = r#"PROJCS["a ""b""", UNIT["metre",1.0E+0], AXIS["x",EAST], AUTHORITY["EPSG","4548"]]"#;
        let node = Node::parse(text).expect("well-formed");
        assert_eq!((node.keyword.as_str(), node.name(), node.epsg()), ("PROJCS", "a \"b\"", Some(4548)));
        assert_eq!(node.child(&["UNIT"]).expect("a unit").numbers, [1.0]);
        assert_eq!(node.child(&["AXIS"]).expect("an axis").texts, ["x", "EAST"]);
    }

    #[test]
    fn broken_definitions_say_where() {
        assert_eq!(Node::parse(r#"PROJCS["a"#).unwrap_err(), "a text without closing quote at byte 8");
        assert_eq!(Node::parse("undefined").unwrap_err(), "an opening bracket is missing at byte 9");
        assert_eq!(Node::parse(&"A[".repeat(100)).unwrap_err(), "too deeply nested at byte 66");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in r#"[A-C\[\]",.0-9 é]{0,40}"#) {
            let _ = Node::parse(&text);
        }
    }
}
