//! What a printed map says of itself: date, reference system, where its numbers come from.

use layers::crs::{FromLonLat, name_of_epsg};
use styles::Language;

use crate::build::Manifest;
use crate::config::SheetConfig;

/// The plane in which the sources are, or which the configuration names.
pub(super) struct Plane {
    pub(super) to_plane: FromLonLat,
    name: String,
}

impl Plane {
    /// The plane of the configuration, else the first of the sources' own, parcels first.
    pub(super) fn of(config: &SheetConfig, manifest: &Manifest) -> Option<Self> {
        let reports = manifest.reports.as_array().map(Vec::as_slice).unwrap_or_default();
        let systems = reports.iter().filter_map(|report| report["read"]["placing"]["system"].as_str());
        let systems = systems.chain(reports.iter().filter_map(|report| report["placing"]["system"].as_str()));
        let of_sources = systems.filter_map(|system| system.strip_prefix("EPSG:")?.parse().ok());
        let mut codes: Vec<u16> = match config.crs {
            Some(code) => vec![code],
            None => of_sources.collect(),
        };
        codes.dedup();
        codes.into_iter().find_map(|code| {
            let to_plane = FromLonLat::to_epsg(code).ok().filter(|plane| !plane.is_in_degrees())?;
            let name =
                name_of_epsg(code).map_or_else(|| format!("EPSG:{code}"), |name| format!("{name} (EPSG:{code})"));
            Some(Self { to_plane, name })
        })
    }
}

/// The lines below the legend.
pub(super) fn notes(
    manifest: &Manifest,
    config: &SheetConfig,
    plane: Option<&Plane>,
    language: Language,
) -> Vec<(String, String)> {
    let is_zh = language == Language::Zh;
    let say = |zh: &str, en: &str| if is_zh { zh.to_owned() } else { en.to_owned() };
    let mut notes = Vec::new();
    let mut add = |zh: &str, en: &str, words: String| notes.push((say(zh, en), words));
    let unset = || say("未注明", "not stated");
    if manifest.rules.is_some() || manifest.reference_date.is_some() {
        add("数据截止", "Data as of", manifest.reference_date.clone().unwrap_or_else(unset));
    }
    let system = plane.map_or_else(
        || say("经纬度（CGCS2000/WGS 84）", "longitude and latitude (CGCS2000/WGS 84)"),
        |plane| plane.name.clone(),
    );
    add("坐标系", "Reference system", system);
    let projection = "Web Mercator (EPSG:3857)";
    add(
        "制图投影",
        "Map projection",
        say(&format!("{projection}，比例尺在图幅中心成立"), &format!("{projection}; the scale holds in the middle")),
    );
    if !manifest.attribution.is_empty() {
        add("数据来源", "Data", manifest.attribution.clone());
    }
    if let Some(maker) = &config.maker {
        add("制图单位", "Made by", maker.clone());
    }
    if let Some(number) = &config.review_number {
        add("审图号", "Review number", number.clone());
    }
    let rules = match (&manifest.rules, is_zh) {
        (Some(rules), true) => format!("；规则 {rules}"),
        (Some(rules), false) => format!("; rules {rules}"),
        (None, _) => String::new(),
    };
    add("成果版本", "Generation", format!("{}{rules}", manifest.id));
    add("制图软件", "Drawn with", manifest.tool.clone());
    notes
}
