//! Fonts of the system, and how wide they make a text.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use resvg::usvg::fontdb::{Database, Family, ID, Query, Weight};

use super::wrap::is_wide;

/// Families with Chinese characters, best first: the free ones, then those that come with systems.
const CHINESE: [&str; 12] = [
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "思源黑体 CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Heiti SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "SimHei",
];

/// The fonts that words are drawn with.
#[derive(Clone, Debug)]
pub struct Fonts {
    database: Arc<Database>,
}

/// The words of a style for a font: families in order of preference, and a weight.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Face {
    /// Families, best first.
    pub families: Vec<String>,
    /// 400 is regular, 700 bold.
    pub weight: u16,
}

impl Fonts {
    /// The fonts that the system has, and those in a folder of their own.
    pub fn of_system(folder: Option<&Path>) -> Self {
        let mut database = Database::new();
        if let Some(folder) = folder {
            database.load_fonts_dir(folder);
        }
        database.load_system_fonts();
        Self::of(database)
    }

    fn of(mut database: Database) -> Self {
        let has = |family: &&&str| {
            let families = [Family::Name(family)];
            database.query(&Query { families: &families, ..Query::default() }).is_some()
        };
        let chinese = CHINESE.iter().find(has).map(|family| (*family).to_owned());
        let any = database.faces().next().and_then(|face| face.families.first()).map(|(family, _)| family.clone());
        if let Some(family) = chinese.or(any) {
            database.set_sans_serif_family(family.clone());
            database.set_serif_family(family);
        }
        Self { database: Arc::new(database) }
    }

    /// Whether there is any font at all; without one maps have no words.
    pub fn is_empty(&self) -> bool {
        self.database.is_empty()
    }

    /// For those who draw.
    pub(crate) fn database(&self) -> Arc<Database> {
        Arc::clone(&self.database)
    }

    /// Measures texts in one face.
    pub(crate) fn measure(&self, face: &Face) -> Measure<'_> {
        let names = face.families.iter().map(|family| Family::Name(family));
        let families: Vec<Family<'_>> = names.chain([Family::SansSerif]).collect();
        // Each character is drawn with the first family that has it.
        let ids = families.iter().filter_map(|family| {
            let families = [*family];
            self.database.query(&Query { families: &families, weight: Weight(face.weight), ..Query::default() })
        });
        let mut found: Vec<ID> = Vec::new();
        for id in ids {
            if !found.contains(&id) {
                found.push(id);
            }
        }
        Measure { database: &self.database, ids: found, advances: RefCell::default() }
    }
}

/// How wide one face makes a text.
#[derive(Debug)]
pub(crate) struct Measure<'f> {
    database: &'f Database,
    ids: Vec<ID>,
    /// Of each character met so far, in ems.
    advances: RefCell<HashMap<char, f64>>,
}

impl Measure<'_> {
    /// The width of a text in ems, without kerning.
    pub(crate) fn ems(&self, text: &str) -> f64 {
        text.chars().map(|c| self.advance(c)).sum()
    }

    fn advance(&self, c: char) -> f64 {
        if let Some(known) = self.advances.borrow().get(&c) {
            return *known;
        }
        let of_face = |id: &ID| {
            let advance = |data: &[u8], index: u32| {
                let face = ttf_parser::Face::parse(data, index).ok()?;
                let advance = face.glyph_hor_advance(face.glyph_index(c)?)?;
                Some(f64::from(advance) / f64::from(face.units_per_em()))
            };
            self.database.with_face_data(*id, advance).flatten()
        };
        // Some other font will have it, or a box is drawn.
        let usual = if is_wide(c) { 1.0 } else { 0.55 };
        let advance = self.ids.iter().find_map(of_face).unwrap_or(usual);
        self.advances.borrow_mut().insert(c, advance);
        advance
    }
}

impl Face {
    /// A face from the names of a style's `text-font`, which say weight and family in one
    /// (`Noto Sans Bold`).
    pub(crate) fn of_style(names: &[String]) -> Self {
        const WEIGHTS: [(&str, u16); 7] = [
            ("Regular", 400),
            ("Medium", 500),
            ("Semibold", 600),
            ("SemiBold", 600),
            ("Bold", 700),
            ("Light", 300),
            ("Black", 900),
        ];
        let mut weight = 400;
        let mut families = Vec::new();
        for (place, name) in names.iter().enumerate() {
            let name = name.trim_end_matches(" Italic");
            let named = WEIGHTS.iter().find_map(|(word, weight)| Some((name.strip_suffix(word)?.trim_end(), *weight)));
            let (family, said) = named.unwrap_or((name, 400));
            if place == 0 {
                weight = said;
            }
            families.push(family.to_owned());
        }
        Self { families, weight }
    }

    /// As SVG says it.
    pub(crate) fn attributes(&self) -> String {
        let quoted = self.families.iter().map(|family| format!("'{}'", family.replace('\'', "")));
        let families: Vec<String> = quoted.chain(["sans-serif".to_owned()]).collect();
        let weight = if self.weight == 400 { String::new() } else { format!(" font-weight=\"{}\"", self.weight) };
        format!(" font-family=\"{}\"{weight}", crate::svg::escaped(&families.join(",")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_says_family_and_weight_in_one() {
        let face = Face::of_style(&["Noto Sans Bold".to_owned(), "Microsoft YaHei".to_owned()]);
        assert_eq!(face, Face { families: vec!["Noto Sans".to_owned(), "Microsoft YaHei".to_owned()], weight: 700 });
        assert_eq!(face.attributes(), " font-family=\"'Noto Sans','Microsoft YaHei',sans-serif\" font-weight=\"700\"");
    }

    #[test]
    fn chinese_characters_are_as_wide_as_high() {
        let fonts = Fonts::of(Database::new());
        let face = Face { families: Vec::new(), weight: 400 };
        assert_eq!(fonts.measure(&face).ems("图斑"), 2.0);
    }
}
