//! `tuban.toml` as written: everything optional, nothing checked beyond its type.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ConfigFile {
    pub(super) project: ProjectFile,
    pub(super) analysis: AnalysisFile,
    pub(super) layers: Vec<LayerFile>,
    pub(super) codes: BTreeMap<String, CodesFile>,
    pub(super) quality: QualityFile,
    pub(super) tiles: TilesFile,
    pub(super) sheet: SheetFile,
    pub(super) foreign: BTreeMap<String, ForeignFile>,
    pub(super) basemap: BTreeMap<String, BasemapFile>,
    /// Read by [`super::server`], which knows the list of settings.
    pub(super) server: IgnoredAny,
    /// As `server`.
    pub(super) log: IgnoredAny,
}

/// `[project]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ProjectFile {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) attribution: Option<String>,
    pub(super) styles: Option<String>,
}

/// `[analysis]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AnalysisFile {
    pub(super) area_method: Option<Spanned<String>>,
    pub(super) agglomeration_parks: Vec<String>,
    pub(super) reference_date: Option<Spanned<String>>,
    pub(super) rules: Option<Spanned<String>>,
}

/// One of `[[layers]]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LayerFile {
    pub(super) id: Option<Spanned<String>>,
    pub(super) role: Option<Spanned<String>>,
    pub(super) file: Option<Spanned<String>>,
    pub(super) table: Option<Spanned<String>>,
    pub(super) crs: Option<u16>,
    pub(super) codes: Option<Spanned<String>>,
    pub(super) leading_zero: Option<Spanned<bool>>,
    pub(super) share_unit: Option<Spanned<String>>,
    pub(super) area_unit: Option<Spanned<String>>,
    pub(super) subject: Option<Spanned<String>>,
    pub(super) no_building: Option<Spanned<String>>,
    pub(super) repeated_keys: Option<Spanned<String>>,
    pub(super) fields: BTreeMap<String, Spanned<String>>,
}

/// One of `[codes.NAME]`: a file, or lists.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CodesFile {
    pub(super) file: Option<Spanned<String>>,
    pub(super) industrial: Vec<String>,
    pub(super) education: Vec<String>,
    pub(super) road: Vec<String>,
    pub(super) residential: Vec<String>,
    pub(super) commercial: Vec<String>,
    pub(super) other: Vec<String>,
    pub(super) mandatory: Vec<String>,
}

/// `[quality]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct QualityFile {
    pub(super) allow: BTreeMap<String, Spanned<u64>>,
    pub(super) severity: BTreeMap<String, Spanned<String>>,
    pub(super) thresholds: BTreeMap<String, Spanned<f64>>,
}

/// `[tiles]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TilesFile {
    pub(super) min_zoom: Option<u8>,
    pub(super) max_zoom: Option<u8>,
    pub(super) tile_bytes: Option<u64>,
    pub(super) cells: Option<u32>,
    pub(super) keep_all: bool,
}

/// `[sheet]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SheetFile {
    pub(super) title: Option<String>,
    pub(super) title_en: Option<String>,
    pub(super) maker: Option<String>,
    pub(super) review_number: Option<String>,
    pub(super) crs: Option<Spanned<u16>>,
}

/// One of `[foreign.ID]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ForeignFile {
    pub(super) file: Option<Spanned<String>>,
    pub(super) description: Option<String>,
    pub(super) attribution: Option<String>,
}

/// One of `[basemap.ID]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct BasemapFile {
    pub(super) url: Option<Spanned<String>>,
    pub(super) hosts: Vec<String>,
    pub(super) label: Option<String>,
    pub(super) label_en: Option<String>,
    pub(super) attribution: Option<String>,
    pub(super) tile_size: Option<u16>,
    pub(super) min_zoom: Option<u8>,
    pub(super) max_zoom: Option<u8>,
}
