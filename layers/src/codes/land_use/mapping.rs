//! A project's own mapping as a CSV file: what people keep beside their data.
//!
//! A header row, then a code a row, either with its 用地用海 equivalent (`code,ydyh,zh,en`) or with
//! its group (`code,group,mandatory,zh,en`); UTF-8 with or without a byte order mark, or GB18030, as
//! spreadsheets in China save it. `zh`, `en` and `mandatory` may be missing or empty.

use std::borrow::Cow;
use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::table::{YDYH_V2023, nearest_of};
use super::{CustomCodes, Meaning, OwnCode, UseClass, UseGroup};
use crate::codes::Label;

/// The columns that a mapping may have.
const COLUMNS: [&str; 6] = ["code", "ydyh", "group", "mandatory", "zh", "en"];

/// What is wrong with a mapping, and in which line.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct MappingError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong there.
    pub problem: MappingProblem,
}

/// What can be wrong in a line of a mapping.
#[derive(Debug, thiserror::Error)]
pub enum MappingProblem {
    /// The bytes are no text.
    #[error("the text is neither UTF-8 nor GB18030")]
    Encoding,
    /// It is no CSV.
    #[error("not a row of the table: {0}")]
    Csv(String),
    /// The header has a column that means nothing.
    #[error("unknown column {name:?}; a mapping has {}{}", COLUMNS.join(", "), meant(nearest.as_deref()))]
    Column {
        /// As written.
        name: String,
        /// The known column most like it.
        nearest: Option<String>,
    },
    /// The header names a column twice.
    #[error("column {0:?} stands twice")]
    ColumnTwice(String),
    /// The header lacks what a mapping must have.
    #[error("the header must name `code` and one of `ydyh` and `group`, such as code,ydyh,zh,en")]
    Header,
    /// `mandatory` goes with groups: 用地用海 codes have their own list of mandatory content.
    #[error("`mandatory` goes with `group`; what is mandatory of 用地用海 codes is decided for all systems alike")]
    MandatoryOfYdyh,
    /// A row without a code.
    #[error("there is no code")]
    NoCode,
    /// The 用地用海 code does not exist.
    #[error("code {code:?}: {ydyh:?} is not in ydyh2023{}", meant(nearest.as_deref()))]
    Ydyh {
        /// The code.
        code: String,
        /// What is written.
        ydyh: String,
        /// The nearest that exists.
        nearest: Option<String>,
    },
    /// The group does not exist.
    #[error("code {code:?}: {group:?} is not a group; there are {}{}", UseGroup::ALL.map(UseGroup::code).join(", "), meant(nearest.as_deref()))]
    Group {
        /// The code.
        code: String,
        /// What is written.
        group: String,
        /// The nearest that exists.
        nearest: Option<String>,
    },
    /// `mandatory` is neither yes nor no.
    #[error("code {code:?}: mandatory is {value:?}; write yes or no, 是 or 否, 1 or 0, or nothing")]
    Mandatory {
        /// The code.
        code: String,
        /// What is written.
        value: String,
    },
    /// The code stands in another line already.
    #[error("code {code:?} stands in line {first} already")]
    Repeated {
        /// The code.
        code: String,
        /// Where it stands first.
        first: u64,
    },
    /// There is nothing but a header.
    #[error("there is no code in the file")]
    Empty,
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; did you mean {nearest:?}?"))
}

impl CustomCodes {
    /// Reads a mapping from the bytes of a CSV file.
    ///
    /// # Errors
    /// [`MappingError`] with the line of the first thing that cannot be taken as it stands.
    pub fn from_csv(name: &str, bytes: &[u8]) -> Result<Self, MappingError> {
        let text = decoded(bytes).ok_or(MappingError { line: 1, problem: MappingProblem::Encoding })?;
        let mut reader =
            ReaderBuilder::new().has_headers(false).trim(Trim::All).flexible(false).from_reader(text.as_bytes());
        let wrong = |byte: u64, problem| MappingError { line: line_at(&text, byte), problem };
        let not_a_row = |error: csv::Error| {
            let byte = error.position().map_or(0, csv::Position::byte);
            let problem = match error.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    format!("{len} cells where the header has {expected_len}")
                }
                _ => error.to_string(),
            };
            wrong(byte, MappingProblem::Csv(problem))
        };
        let mut records = reader.records();
        let header = match records.next() {
            Some(header) => header.map_err(not_a_row)?,
            None => return Err(wrong(0, MappingProblem::Header)),
        };
        let columns = Columns::of(&header).map_err(|problem| wrong(start_of(&header), problem))?;
        let mut entries: Vec<OwnCode> = Vec::new();
        let mut starts: HashMap<String, u64> = HashMap::new();
        for record in records {
            let record = record.map_err(not_a_row)?;
            let start = start_of(&record);
            let entry = columns.entry(&record).map_err(|problem| wrong(start, problem))?;
            if let Some(first) = starts.insert(entry.code.clone(), start) {
                let first = line_at(&text, first);
                return Err(wrong(start, MappingProblem::Repeated { code: entry.code, first }));
            }
            entries.push(entry);
        }
        if entries.is_empty() {
            return Err(wrong(start_of(&header), MappingProblem::Empty));
        }
        Ok(Self { name: name.to_owned(), entries, mandatory: Vec::new() })
    }
}

/// The text of a file in one of the encodings that spreadsheets write.
fn decoded(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let utf8 = std::str::from_utf8(bytes).map(Cow::Borrowed).ok();
    utf8.or_else(|| encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes))
}

/// Where a record begins: the byte after the record before it, which may be an end of line.
fn start_of(record: &StringRecord) -> u64 {
    record.position().map_or(0, csv::Position::byte)
}

/// The line, from 1, of the record that begins at a byte. The reader's own count stops short of
/// blank lines, and of the second half of a CR LF.
fn line_at(text: &str, byte: u64) -> u64 {
    let start = usize::try_from(byte).unwrap_or(text.len()).min(text.len());
    let ends = text.as_bytes()[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let before = &text.as_bytes()[..start + ends];
    1 + before.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// Which column is which.
struct Columns {
    code: usize,
    ydyh: Option<usize>,
    group: Option<usize>,
    mandatory: Option<usize>,
    zh: Option<usize>,
    en: Option<usize>,
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self, MappingProblem> {
        let names: Vec<String> = header.iter().map(str::to_lowercase).collect();
        for (place, name) in names.iter().enumerate() {
            if !COLUMNS.contains(&name.as_str()) {
                let nearest = nearest_of(name, COLUMNS.map(|column| (column, column))).map(str::to_owned);
                return Err(MappingProblem::Column { name: name.clone(), nearest });
            }
            if names[..place].contains(name) {
                return Err(MappingProblem::ColumnTwice(name.clone()));
            }
        }
        let place = |wanted: &str| names.iter().position(|name| name == wanted);
        let columns = Self {
            code: place("code").ok_or(MappingProblem::Header)?,
            ydyh: place("ydyh"),
            group: place("group"),
            mandatory: place("mandatory"),
            zh: place("zh"),
            en: place("en"),
        };
        match (columns.ydyh, columns.group, columns.mandatory) {
            (Some(_), None, Some(_)) => Err(MappingProblem::MandatoryOfYdyh),
            (Some(_), None, None) | (None, Some(_), _) => Ok(columns),
            _ => Err(MappingProblem::Header),
        }
    }

    fn entry(&self, record: &StringRecord) -> Result<OwnCode, MappingProblem> {
        let cell = |place: Option<usize>| place.and_then(|place| record.get(place)).filter(|text| !text.is_empty());
        let code = cell(Some(self.code)).ok_or(MappingProblem::NoCode)?.to_owned();
        let (meaning, named) = if self.ydyh.is_some() {
            let ydyh = cell(self.ydyh).unwrap_or_default();
            let entry = YDYH_V2023.get(ydyh).ok_or_else(|| MappingProblem::Ydyh {
                code: code.clone(),
                ydyh: ydyh.to_owned(),
                nearest: YDYH_V2023.nearest(ydyh).map(|entry| entry.code.clone()),
            })?;
            (Meaning::Ydyh(ydyh.to_owned()), Some(entry.label.clone()))
        } else {
            let group = group(&code, cell(self.group).unwrap_or_default())?;
            let mandatory = mandatory(&code, cell(self.mandatory).unwrap_or_default())?;
            (Meaning::Class(UseClass { group, mandatory }), None)
        };
        let label = match (cell(self.zh), cell(self.en)) {
            (None, None) => named,
            (zh, en) => {
                // One language will do for both where nothing better is known.
                let other = |own: Option<&str>, standard: fn(&Label) -> &str, fallback: Option<&str>| {
                    let text = own.or_else(|| named.as_ref().map(standard)).or(fallback).unwrap_or_default();
                    Cow::Owned(text.to_owned())
                };
                Some(Label { zh: other(zh, |l| &l.zh, en), en: other(en, |l| &l.en, zh) })
            }
        };
        Ok(OwnCode { code, meaning, label })
    }
}

fn group(code: &str, written: &str) -> Result<UseGroup, MappingProblem> {
    let known = UseGroup::ALL.map(|group| (group.code(), group));
    let group = known.into_iter().find(|(name, _)| *name == written).map(|(_, group)| group);
    group.ok_or_else(|| MappingProblem::Group {
        code: code.to_owned(),
        group: written.to_owned(),
        nearest: nearest_of(written, known).map(|group| group.code().to_owned()),
    })
}

fn mandatory(code: &str, written: &str) -> Result<bool, MappingProblem> {
    match written.to_lowercase().as_str() {
        "是" | "yes" | "y" | "true" | "1" => Ok(true),
        "" | "否" | "no" | "n" | "false" | "0" => Ok(false),
        _ => Err(MappingProblem::Mandatory { code: code.to_owned(), value: written.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::CodeSystem;
    use super::*;

    fn mapping(text: &str) -> CodeSystem {
        CodeSystem::Custom(CustomCodes::from_csv("own", text.as_bytes()).expect(text))
    }

    #[test]
    fn a_mapping_to_ydyh_is_read_with_its_labels() {
        let system = mapping("code,ydyh,zh,en\n4*,1001,厂房,Works\n42*,080403,,School\n9,16,,\n");
        let read = |code: &str| system.read(code).map(|code| (code.primary().ydyh.clone(), code.label()));
        assert_eq!(read("404"), Ok((Some("1001".into()), Label::new("厂房", "Works"))));
        assert_eq!(read("421"), Ok((Some("080403".into()), Label::new("中小学用地", "School"))));
        assert_eq!(read("9"), Ok((Some("16".into()), Label::new("留白用地", "Reserved for later decision"))));
        assert_eq!(
            system.class_of("421").map(|class| (class.group, class.mandatory)),
            Some((UseGroup::Education, true))
        );
        assert!(read("5").is_err());
    }

    #[test]
    fn a_mapping_to_groups_says_itself_what_is_mandatory() {
        let system = mapping("CODE, group, mandatory, zh, en\nS-1,education,是,学校,\nI*,industrial,,,\n");
        let class = |code: &str| system.class_of(code).map(|class| (class.group, class.mandatory));
        assert_eq!(class("S-1"), Some((UseGroup::Education, true)));
        assert_eq!(class("IB"), Some((UseGroup::Industrial, false)));
        assert_eq!(system.read("S-1").map(|code| code.label()), Ok(Label::same("学校")));
        assert_eq!(system.read("IB").map(|code| code.label()), Ok(Label::same("IB")));
    }

    #[test]
    fn a_byte_order_mark_and_gb18030_are_what_spreadsheets_write() {
        let text = "code,ydyh,zh,en\r\n1,1001,厂房,Works\r\n";
        let plain = CustomCodes::from_csv("own", text.as_bytes()).expect("UTF-8");
        let marked = format!("\u{feff}{text}");
        assert_eq!(CustomCodes::from_csv("own", marked.as_bytes()).expect("UTF-8 with its mark"), plain);
        let (gb18030, _, _) = encoding_rs::GB18030.encode(text);
        assert_eq!(CustomCodes::from_csv("own", &gb18030).expect("GB18030"), plain);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_what_would_be_right() {
        let texts = [
            "",
            "code,ydyh,zh,en\n",
            "code;group\n1;industrial\n",
            "code,grup\n1,industrial\n",
            "code,zh,en\n1,a,b\n",
            "code,ydyh,group\n1,1001,industrial\n",
            "code,ydyh,mandatory\n1,1001,yes\n",
            "code,code,ydyh\n1,1,1001\n",
            "code,ydyh\n1,1001\n2,1O01\n",
            "code,group\n1,industry\n",
            "code,group,mandatory\n1,industrial,perhaps\n",
            "code,ydyh\n1,1001\n\n2,1002\n1,1003\n",
            "code,ydyh\n,1001\n",
            "code,ydyh\n1,1001,x\n",
            "code,ydyh\r\n1,1001\r\n2,1O01\r\n",
            "code,ydyh\r\n1,1001\r\n\r\n1,1002",
            "code,ydyh\r\n1,1001\r\n2\r\n",
        ];
        let refusal = |text: &str| CustomCodes::from_csv("own", text.as_bytes()).expect_err(text).to_string();
        let mut said: Vec<String> = texts.iter().map(|text| refusal(text)).collect();
        said.push(CustomCodes::from_csv("own", b"code,ydyh\n\xFF\xFF,1001\n").expect_err("no text").to_string());
        insta::assert_snapshot!(said.join("\n"));
    }
}
