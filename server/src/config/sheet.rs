//! `[sheet]`: what printed maps say beside their data.

use layers::crs::FromLonLat;

use super::file::SheetFile;
use super::{ConfigError, Source};

/// What printed maps say beside their data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetConfig {
    /// What the place is called in the title of a Chinese sheet; without it the project's name.
    pub title: Option<String>,
    /// The same in English; without it that of the Chinese one.
    pub title_en: Option<String>,
    /// Who made the map.
    pub maker: Option<String>,
    /// 审图号: under which a public map was reviewed.
    pub review_number: Option<String>,
    /// EPSG code of the plane of the kilometre grid; without it that of the parcels, where they have one.
    pub crs: Option<u16>,
}

impl SheetFile {
    pub(super) fn meant(self, source: &Source<'_>) -> Result<SheetConfig, ConfigError> {
        if let Some(crs) = &self.crs {
            FromLonLat::to_epsg(*crs.get_ref())
                .map_err(|cause| ConfigError::SheetCrs { at: source.place(crs.span().start, "sheet.crs"), cause })?;
        }
        let said = |words: Option<String>| words.map(|words| words.trim().to_owned()).filter(|words| !words.is_empty());
        Ok(SheetConfig {
            title: said(self.title),
            title_en: said(self.title_en),
            maker: said(self.maker),
            review_number: said(self.review_number),
            crs: self.crs.map(toml::Spanned::into_inner),
        })
    }
}
