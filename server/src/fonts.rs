//! The fonts of a server: those of its settings at once, those of the system when somebody asks for
//! text.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use styles::{FontError, Fonts};

/// Fonts that are looked for when they are needed: most clients have their own.
#[derive(Clone, Debug, Default)]
pub struct ServerFonts {
    files: Vec<PathBuf>,
    with_system: bool,
    fonts: Arc<OnceLock<Fonts>>,
}

impl ServerFonts {
    /// Fonts of files and folders, and those of the system if wanted.
    ///
    /// # Errors
    /// [`FontError`] of the first file that is no font.
    pub fn open(files: &[PathBuf], with_system: bool) -> Result<Self, FontError> {
        Fonts::open(files, false)?;
        Ok(Self { files: files.to_owned(), with_system, fonts: Arc::default() })
    }

    /// The fonts. The first call reads them, which takes a moment.
    pub fn get(&self) -> &Fonts {
        self.fonts.get_or_init(|| {
            // Files that went away since the server started leave those of the system.
            let all = Fonts::open(&self.files, self.with_system);
            all.or_else(|_| Fonts::open(&[], self.with_system)).unwrap_or_else(|_| Fonts::none())
        })
    }
}
