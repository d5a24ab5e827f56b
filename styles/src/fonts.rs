//! Fonts: those that a configuration names, then those of the system.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use resvg::usvg::fontdb::{Database, Family, ID, Query, Source, Stretch, Style, Weight};
use ttf_parser::Face;

/// Families that have the characters of Chinese maps, best first: what stands in for a font that is
/// asked for and not there.
const FALLBACK: [&str; 8] = [
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "Noto Sans",
    "DejaVu Sans",
];

/// Words at the end of a font's name that say how it is cut.
const CUTS: [(&str, u16); 9] = [
    ("Thin", 100),
    ("Light", 300),
    ("Regular", 400),
    ("Normal", 400),
    ("Medium", 500),
    ("SemiBold", 600),
    ("DemiBold", 600),
    ("Bold", 700),
    ("Black", 900),
];

/// Fonts that glyphs can be drawn with.
pub struct Fonts {
    database: Database,
    /// Fonts that stand in for others before all those of the system.
    configured: Vec<ID>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fonts({} faces)", self.database.len())
    }
}

/// A file of fonts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// The file cannot be read.
    #[error("font {} cannot be read", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// There is no font in it.
    #[error("{} has no font that can be used; .ttf, .otf, .ttc and .otc can", file.display())]
    NoFont {
        /// The file or folder.
        file: PathBuf,
    },
}

impl Fonts {
    /// No font at all.
    pub fn none() -> Self {
        Self { database: Database::new(), configured: Vec::new() }
    }

    /// The fonts of those files and folders, and those of the system if wanted.
    ///
    /// # Errors
    /// [`FontError`] of the first file that is no font.
    pub fn open(files: &[PathBuf], with_system: bool) -> Result<Self, FontError> {
        let mut fonts = Self::none();
        for file in files {
            let before = fonts.database.len();
            if file.is_dir() {
                fonts.database.load_fonts_dir(file);
            } else {
                let read = |cause| FontError::Read { file: file.clone(), cause };
                fonts.database.load_font_file(file).map_err(read)?;
            }
            if fonts.database.len() == before {
                return Err(FontError::NoFont { file: file.clone() });
            }
        }
        fonts.configured = fonts.database.faces().map(|face| face.id).collect();
        if with_system {
            fonts.database.load_system_fonts();
        }
        Ok(fonts)
    }

    /// Adds a font from memory.
    pub fn add(&mut self, bytes: Vec<u8>) {
        self.configured.extend(self.database.load_font_source(Source::Binary(Arc::new(bytes))));
    }

    /// The names of all families, in their alphabet's order.
    pub fn families(&self) -> BTreeSet<&str> {
        let faces = self.database.faces();
        faces.filter_map(|face| face.families.first().map(|(name, _)| name.as_str())).collect()
    }

    /// The fonts of a stack as URLs write it, names joined by commas: those of them that there are, then
    /// those that stand in.
    pub fn stack(&self, names: &str) -> FontStack {
        let named = names.split(',').map(str::trim).filter_map(|name| self.named(name));
        let configured = self.configured.iter().copied();
        let fallback = FALLBACK.into_iter().filter_map(|name| self.named(name));
        let mut faces: Vec<ID> = Vec::new();
        for id in named.chain(configured).chain(fallback) {
            if !faces.contains(&id) {
                faces.push(id);
            }
        }
        FontStack(faces)
    }

    /// A font by its name, `Noto Sans CJK SC` or with its cut, `Noto Sans CJK SC Bold`.
    fn named(&self, name: &str) -> Option<ID> {
        let query = |family: &str, weight: u16, style: Style| {
            let families = [Family::Name(family)];
            let query = Query { families: &families, weight: Weight(weight), stretch: Stretch::Normal, style };
            self.database.query(&query)
        };
        if let Some(id) = query(name, 400, Style::Normal) {
            return Some(id);
        }
        let (rest, style) = match name.strip_suffix(" Italic") {
            Some(rest) => (rest, Style::Italic),
            None => (name, Style::Normal),
        };
        let cut = CUTS.iter().find_map(|(cut, weight)| Some((rest.strip_suffix(cut)?.strip_suffix(' ')?, *weight)));
        let (family, weight) = cut.unwrap_or((rest, 400));
        query(family, weight, style)
    }

    /// Calls `use_it` with a face, if it can be read.
    pub(crate) fn with_face(&self, id: ID, use_it: impl FnOnce(&Face<'_>)) {
        self.database.with_face_data(id, |bytes, index| {
            if let Ok(face) = Face::parse(bytes, index) {
                use_it(&face);
            }
        });
    }
}

/// Fonts to take characters from, first of all the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FontStack(Vec<ID>);

impl FontStack {
    pub(crate) fn faces(&self) -> impl Iterator<Item = ID> {
        self.0.iter().copied()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A table of a font file with its tag.
    type Table = (&'static [u8; 4], Vec<u8>);

    fn words(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// A font with one character, a square of so many units on the base line; 1000 units to the em,
    /// 800 of them above it. The tables are those that OpenType 1.9 requires, as short as they may be.
    pub(crate) fn square_font(family: &str, character: char, side: u16) -> Vec<u8> {
        let code = u16::try_from(u32::from(character)).expect("a character of the first plane");
        let mut head = vec![0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x5f, 0x0f, 0x3c, 0xf5];
        head.extend(words(&[0, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, side, side, 0, 8, 2, 0, 0]));
        let hhea = words(&[1, 0, 800, 0xff38, 0, 1000, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
        let maxp = [vec![0, 0, 0x50, 0], words(&[2])].concat();
        let hmtx = words(&[600, 0, 600, 0]);
        let glyph = [
            words(&[1, 0, 0, side, side, 3, 0]),
            vec![1, 1, 1, 1],
            words(&[0, side, 0, 0u16.wrapping_sub(side), 0, 0, side, 0]),
        ]
        .concat();
        let glyph = [glyph, vec![0; 2]].concat();
        let loca = words(&[0, 0, (glyph.len() / 2) as u16]);
        let cmap = words(&[0, 1, 3, 1, 0, 12, 4, 32, 0, 4, 4, 1, 0, code, 0xffff, 0, code, 0xffff]);
        let cmap = [cmap, words(&[1u16.wrapping_sub(code), 1, 0, 0])].concat();
        let text: Vec<u8> = family.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let records = [1u16, 4, 6].map(|id| words(&[3, 1, 0x409, id, text.len() as u16, 0])).concat();
        let name = [words(&[0, 3, 6 + 36]), records, text].concat();
        let os2 = [words(&[4, 600, 400, 5]), vec![0; 88]].concat();
        let post = [vec![0, 3, 0, 0], vec![0; 28]].concat();
        let tables: [Table; 10] = [
            (b"OS/2", os2),
            (b"cmap", cmap),
            (b"glyf", glyph),
            (b"head", head),
            (b"hhea", hhea),
            (b"hmtx", hmtx),
            (b"loca", loca),
            (b"maxp", maxp),
            (b"name", name),
            (b"post", post),
        ];
        let mut file = [vec![0, 1, 0, 0], words(&[tables.len() as u16, 128, 3, 32])].concat();
        let mut body = Vec::new();
        let start = file.len() + 16 * tables.len();
        for (tag, bytes) in &tables {
            file.extend_from_slice(*tag);
            for number in [0, (start + body.len()) as u32, bytes.len() as u32] {
                file.extend(number.to_be_bytes());
            }
            body.extend(bytes);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        [file, body].concat()
    }

    #[test]
    fn a_font_is_found_by_family_and_by_cut() {
        let mut fonts = Fonts::none();
        fonts.add(square_font("Square Sans", 'A', 500));
        let id = fonts.named("Square Sans").expect("the family");
        for name in ["Square Sans Regular", "Square Sans Bold", "Square Sans Bold Italic"] {
            assert_eq!(fonts.named(name), Some(id), "{name}: the nearest cut that there is");
        }
        assert_eq!(fonts.named("Square"), None);
        assert_eq!(fonts.families().into_iter().collect::<Vec<_>>(), ["Square Sans"]);
    }

    #[test]
    fn files_that_are_no_fonts_are_refused_by_name() {
        let nowhere = PathBuf::from("nowhere.ttf");
        assert!(matches!(Fonts::open(&[nowhere], false), Err(FontError::Read { .. })));
        let here = PathBuf::from(file!());
        let here = if here.exists() { here } else { PathBuf::from("src/fonts.rs") };
        assert!(matches!(Fonts::open(&[here], false), Err(FontError::NoFont { .. })));
    }
}
