//! Land-use codes: the systems that layers may use, what each code is called, and what it means.
//!
//! The same code string means different uses in different standards (RULES 4.2: `1001` is railway in
//! GB/T 21010-2017 and industry in 用地用海 2023), so every layer with codes has a system. A system
//! reads a raw code into a [`UseCode`], which knows its 用地用海 equivalent; groups and mandatory
//! content are decided from that alone, by [`UseGroups`].

mod detect;
mod group;
mod mapping;
mod own;
mod table;
mod use_code;

pub use detect::{Detected, Doubt, Reading, detect};
pub use group::{UseClass, UseGroup, UseGroups};
pub use mapping::{MappingError, MappingProblem};
pub use own::{CustomCodes, Meaning, OwnCode};
pub use table::{CodeEntry, CodeTable};
pub use use_code::{CodeError, UseCode, UsePart};

use serde::Serialize;

use crate::codes::Label;

/// The system that a layer's use codes belong to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeSystem {
    /// 国土空间调查、规划、用途管制用地用海分类指南 (November 2023).
    YdyhV2023,
    /// GB/T 21010-2017 土地利用现状分类.
    Gbt21010,
    /// GB 50137-2011 城市用地分类与规划建设用地标准.
    Gb50137,
    /// A project's own codes, exactly as they stand in the column.
    Custom(CustomCodes),
}

impl CodeSystem {
    /// The three standards.
    pub const STANDARDS: [CodeSystem; 3] = [CodeSystem::YdyhV2023, CodeSystem::Gbt21010, CodeSystem::Gb50137];

    /// Reads a code as recorded.
    ///
    /// Parts of mixed uses are separated by `+`, `/`, `,` or `、`; every part must be known. A code
    /// that is deeper than the system's table is read by the longest prefix that the table has.
    /// A project's own code may have such signs in it: it is looked for as a whole first.
    ///
    /// # Errors
    /// [`CodeError`]: the system does not know the code or one of its parts.
    pub fn read(&self, raw: &str) -> Result<UseCode, CodeError> {
        self.read_parts(raw, false)
    }

    /// Reads a code of a column that was stored as numbers, so that `701` is `0701`.
    ///
    /// # Errors
    /// As [`CodeSystem::read`]. A zero is put before codes of the two numeric standards that have an
    /// odd number of digits, and only where the code is known with it.
    pub fn read_restoring_zero(&self, raw: &str) -> Result<UseCode, CodeError> {
        self.read_parts(raw, true)
    }

    /// What a code means to the analyses by the default [`UseGroups`]. `None` if the system does not
    /// know it.
    pub fn class_of(&self, code: &str) -> Option<UseClass> {
        self.read(code).ok().map(|code| UseGroups::default().class_of(&code))
    }

    /// The system's name in configuration and messages.
    pub fn name(&self) -> &str {
        match self {
            Self::YdyhV2023 => "ydyh2023",
            Self::Gbt21010 => "gbt21010",
            Self::Gb50137 => "gb50137",
            Self::Custom(codes) => &codes.name,
        }
    }

    /// What the system is called; `None` for a project's own.
    pub fn title(&self) -> Option<Label> {
        Some(match self {
            Self::YdyhV2023 => Label::new(
                "国土空间调查、规划、用途管制用地用海分类（2023）",
                "Land and sea use classification for territorial survey, planning and use control (2023)",
            ),
            Self::Gbt21010 => Label::new(
                "土地利用现状分类 GB/T 21010-2017（含三调工作分类）",
                "Current land use classification GB/T 21010-2017, with the working classes of the third survey",
            ),
            Self::Gb50137 => Label::new(
                "城市用地分类与规划建设用地标准 GB 50137-2011",
                "Classification of urban land use GB 50137-2011",
            ),
            Self::Custom(_) => return None,
        })
    }

    /// The standard's table; `None` for a project's own codes.
    pub fn table(&self) -> Option<&'static CodeTable> {
        match self {
            Self::YdyhV2023 => Some(&table::YDYH_V2023),
            Self::Gbt21010 => Some(&table::GBT_21010),
            Self::Gb50137 => Some(&table::GB_50137),
            Self::Custom(_) => None,
        }
    }

    fn read_parts(&self, raw: &str, restoring_zero: bool) -> Result<UseCode, CodeError> {
        let raw = raw.trim();
        if let Self::Custom(codes) = self
            && let Some(part) = codes.part(raw)
        {
            return Ok(UseCode { raw: raw.to_owned(), parts: vec![part] });
        }
        let parts = raw.split(is_separator).map(|part| self.read_part(part.trim(), raw, restoring_zero));
        Ok(UseCode { raw: raw.to_owned(), parts: parts.collect::<Result<_, _>>()? })
    }

    fn read_part(&self, code: &str, raw: &str, restoring_zero: bool) -> Result<UsePart, CodeError> {
        let of = |table: &CodeTable, code: &str| {
            table.longest(code).map(|entry| UsePart {
                code: code.to_owned(),
                known: entry.code.clone(),
                // In 用地用海 itself a deeper code stays as deep as it is.
                ydyh: if *self == Self::YdyhV2023 { Some(code.to_owned()) } else { entry.ydyh.clone() },
                class: None,
                label: entry.label.clone(),
            })
        };
        let part = match self {
            Self::Custom(codes) => codes.part(code),
            _ => self.table().filter(|_| self.is_well_formed(code)).and_then(|table| of(table, code)),
        };
        if let Some(part) = part {
            return Ok(part);
        }
        if let (Some(restored), Some(table)) = (self.with_zero(code), self.table()) {
            return match of(table, &restored.code).filter(|_| restoring_zero) {
                Some(part) => Ok(part),
                None => Err(CodeError::LostZero {
                    code: code.to_owned(),
                    raw: raw.to_owned(),
                    system: self.name().to_owned(),
                    restored: (restored.code.clone(), restored.label.clone()),
                }),
            };
        }
        let nearest = match self {
            Self::Custom(codes) => codes.nearest(code),
            _ => self.table().and_then(|t| t.nearest(code)).map(|entry| (entry.code.clone(), entry.label.clone())),
        };
        Err(CodeError::Unknown { code: code.to_owned(), raw: raw.to_owned(), system: self.name().to_owned(), nearest })
    }

    /// Whether a code has the shape of the standard's codes.
    fn is_well_formed(&self, code: &str) -> bool {
        let digits = code.bytes().take_while(u8::is_ascii_digit).count();
        let alphanumeric = code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match self {
            // Two digits a level: 101 is 0101 that was stored as a number, and no kind of 10.
            Self::YdyhV2023 => digits == code.len() && digits.is_multiple_of(2),
            // The survey's letters stand behind pairs of digits: 05H1, 0201K, 08H2A.
            Self::Gbt21010 => alphanumeric && digits.is_multiple_of(2),
            Self::Gb50137 => alphanumeric,
            Self::Custom(_) => true,
        }
    }

    /// The entry that a code is with a zero before it, if that is what it lacks.
    fn with_zero(&self, code: &str) -> Option<&'static CodeEntry> {
        let digits = code.bytes().take_while(u8::is_ascii_digit).count();
        self.table().filter(|_| !digits.is_multiple_of(2)).and_then(|table| table.get(&format!("0{code}")))
    }
}

/// What stands between the parts of a mixed use; the wide forms too, which Chinese input writes.
fn is_separator(c: char) -> bool {
    matches!(c, '+' | '/' | ',' | '、' | '＋' | '／' | '，')
}

#[cfg(test)]
mod tests {
    use super::UseGroup::{Education, Industrial, Other};
    use super::*;

    fn group(system: &CodeSystem, code: &str) -> Option<(UseGroup, bool)> {
        system.class_of(code).map(|class| (class.group, class.mandatory))
    }

    fn said(system: &CodeSystem, code: &str) -> String {
        system.read(code).map_or_else(|error| error.to_string(), |code| format!("{code:?} is known"))
    }

    #[test]
    fn the_same_code_means_what_its_system_says() {
        // The collisions of RULES 4.2.
        let expected = [
            ("1001", "铁路用地", "工业用地"),
            ("0804", "科研用地", "教育用地"),
            ("0807", "文化设施用地", "社会福利用地"),
            ("0901", "军事设施用地", "商业用地"),
            ("0803", "教育用地", "文化用地"),
            ("1201", "空闲地", "铁路用地"),
        ];
        for (code, gbt, ydyh) in expected {
            let label = |system: CodeSystem| system.read(code).expect(code).label().zh.into_owned();
            assert_eq!(label(CodeSystem::Gbt21010), gbt, "{code}");
            assert_eq!(label(CodeSystem::YdyhV2023), ydyh, "{code}");
        }
        assert_eq!(group(&CodeSystem::YdyhV2023, "1001"), Some((Industrial, false)));
        assert_eq!(group(&CodeSystem::Gbt21010, "1001"), Some((Other, false)));
        assert_eq!(group(&CodeSystem::YdyhV2023, "0804"), Some((Education, true)));
        assert_eq!(group(&CodeSystem::Gbt21010, "0804"), Some((Other, false)));
        assert_eq!(group(&CodeSystem::Gb50137, "M2"), Some((Industrial, false)));
    }

    #[test]
    fn the_longest_known_prefix_decides() {
        assert_eq!(group(&CodeSystem::YdyhV2023, "080403"), Some((Education, true)));
        assert_eq!(group(&CodeSystem::YdyhV2023, "0802"), Some((Other, false)));
        assert_eq!(group(&CodeSystem::Gb50137, "A35"), Some((Other, false)));
        assert_eq!(group(&CodeSystem::Gb50137, "A33"), Some((Education, true)));
        assert_eq!(group(&CodeSystem::Gb50137, "A332"), Some((Education, true)), "a city's own subdivision");
        let local = CodeSystem::YdyhV2023.read("10010201").expect("a city's own subdivision");
        assert!(!local.is_exact());
        assert_eq!((local.primary().known.as_str(), local.label().en.as_ref()), ("100102", "Industry class 2"));
        assert_eq!(local.primary().ydyh.as_deref(), Some("10010201"));
    }

    #[test]
    fn a_mixed_code_is_read_by_its_first_and_known_by_all_its_parts() {
        for mixed in ["1001+0902", "1001/0902", "1001、0902", "1001, 0902", "1001＋0902"] {
            let code = CodeSystem::YdyhV2023.read(mixed).expect(mixed);
            assert_eq!(code.parts.len(), 2, "{mixed}");
            assert_eq!(code.label().zh, "工业用地+商务金融用地");
            assert_eq!(group(&CodeSystem::YdyhV2023, mixed), Some((Industrial, false)));
        }
        assert_eq!(group(&CodeSystem::YdyhV2023, "1001+9902"), None);
        assert_eq!(group(&CodeSystem::YdyhV2023, "1001+"), None);
    }

    #[test]
    fn in_a_projects_own_codes_the_longest_entry_decides() {
        let groups = [(Industrial, vec!["4*".to_owned(), "316".into(), "IA/B".into()]), (Other, vec!["42*".into()])];
        let system = CodeSystem::Custom(CustomCodes::from_lists("own", &groups.into(), vec!["42*".into()]));
        assert_eq!(group(&system, "404"), Some((Industrial, false)));
        assert_eq!(group(&system, "424"), Some((Other, true)));
        assert_eq!(group(&system, "316"), Some((Industrial, false)));
        assert_eq!(group(&system, "IA/B"), Some((Industrial, false)), "a code of its own, not a mixed one");
        assert_eq!(group(&system, "316+42"), Some((Industrial, false)));
        assert_eq!(group(&system, "0316"), None);
    }

    #[test]
    fn a_code_that_lost_its_leading_zero_is_not_taken_for_another() {
        // 0101 paddy and 0701 housing, stored as numbers.
        for code in ["101", "1", "111", "12071"] {
            assert_eq!(CodeSystem::YdyhV2023.class_of(code), None, "{code}");
            assert_eq!(CodeSystem::Gbt21010.class_of(code), None, "{code}");
        }
        assert_eq!(group(&CodeSystem::Gbt21010, "0201K"), Some((Other, false)), "a working class of the third survey");
    }

    #[test]
    fn a_lost_zero_comes_back_where_the_layer_says_so() {
        let read = |system: CodeSystem, code: &str| system.read_restoring_zero(code).map(|c| c.primary().code.clone());
        assert_eq!(read(CodeSystem::YdyhV2023, "701").as_deref(), Ok("0701"));
        assert_eq!(read(CodeSystem::YdyhV2023, "70102").as_deref(), Ok("070102"));
        assert_eq!(read(CodeSystem::YdyhV2023, "1001").as_deref(), Ok("1001"), "nothing is lacking");
        assert_eq!(read(CodeSystem::Gbt21010, "201K").as_deref(), Ok("0201K"));
        assert_eq!(CodeSystem::YdyhV2023.read_restoring_zero("1001+902").map(|code| code.parts.len()), Ok(2));
        assert!(read(CodeSystem::YdyhV2023, "12071").is_err(), "012071 is no code");
        assert!(read(CodeSystem::Gb50137, "1").is_err());
    }

    #[test]
    fn what_cannot_be_read_is_named_with_what_it_may_have_been() {
        let ydyh = &CodeSystem::YdyhV2023;
        for code in ["", "M1", "10 01", "工业"] {
            assert_eq!(ydyh.class_of(code), None, "{code}");
        }
        let texts = [
            said(ydyh, "1O01"),
            said(ydyh, "工业"),
            said(ydyh, "701"),
            said(ydyh, "1001+9902"),
            said(&CodeSystem::Gbt21010, "201K"),
            said(&CodeSystem::Gb50137, "m2"),
        ];
        insta::assert_snapshot!(texts.join("\n"));
    }
}
