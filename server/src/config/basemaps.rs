//! `[basemap.ID]`: maps of others that the viewer can lay under its own, such as an operator's own
//! orthophotos or Tianditu with the operator's key. Without any the viewer asks no other host for anything.

use std::collections::BTreeMap;

use layers::codes::Label;
use serde::Serialize;

use super::file::BasemapFile;
use super::{ConfigError, Source};

/// Images of another server, as the viewer asks for them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Basemap {
    /// Its name for programs.
    pub id: String,
    /// Its name for people.
    pub label: Label,
    /// Addresses of its tiles with `{z}`, `{x}` and `{y}` in them, one a host.
    pub tiles: Vec<String>,
    /// Who made it.
    pub attribution: String,
    /// Pixels along the side of a tile.
    pub tile_size: u16,
    /// The lowest zoom that it has.
    pub min_zoom: u8,
    /// The highest.
    pub max_zoom: u8,
}

impl Basemap {
    /// The origins that its tiles come from, as a content-security policy names them.
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        self.tiles.iter().filter_map(|url| origin(url))
    }
}

/// The tables as meant, in the order of their ids.
pub(super) fn meant(written: BTreeMap<String, BasemapFile>, source: &Source<'_>) -> Result<Vec<Basemap>, ConfigError> {
    let basemap = |(id, written): (String, BasemapFile)| {
        let path = |key: &str| format!("basemap.{id}.{key}");
        let missing = || ConfigError::MissingKey { file: source.file.to_owned(), path: path("url") };
        let url = written.url.ok_or_else(missing)?;
        let at = source.place(url.span().start, path("url"));
        let text = url.into_inner();
        let has_place = ["{z}", "{x}", "{y}"].iter().all(|part| text.contains(part));
        let hosts: Vec<&str> = written.hosts.iter().map(String::as_str).collect();
        let tiles: Vec<String> = match hosts.as_slice() {
            [] => vec![text.clone()],
            hosts => hosts.iter().map(|host| text.replace("{s}", host)).collect(),
        };
        if !has_place || tiles.iter().any(|url| origin(url).is_none()) {
            return Err(ConfigError::BasemapUrl { at, url: text });
        }
        let zh = written.label.unwrap_or_else(|| id.clone());
        let en = written.label_en.unwrap_or_else(|| zh.clone());
        Ok(Basemap {
            label: Label { zh: zh.into(), en: en.into() },
            tiles,
            attribution: written.attribution.unwrap_or_default(),
            tile_size: written.tile_size.unwrap_or(256),
            min_zoom: written.min_zoom.unwrap_or(0),
            max_zoom: written.max_zoom.unwrap_or(18),
            id,
        })
    };
    written.into_iter().map(basemap).collect()
}

/// `https://host:port` of an address without anything in it that would mean more in a policy.
fn origin(url: &str) -> Option<&str> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| url.starts_with(scheme))?;
    let end = url[scheme.len()..].find('/').map_or(url.len(), |slash| scheme.len() + slash);
    super::server::is_authority(&url[scheme.len()..end]).then_some(&url[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port_and_nothing_else() {
        assert_eq!(origin("https://t0.map.example:8443/{z}/{x}/{y}"), Some("https://t0.map.example:8443"));
        for url in ["/{z}/{x}/{y}", "ftp://a/{z}", "https://a b/{z}", "https://a;img-src *", "https://{s}.a/{z}"] {
            assert_eq!(origin(url), None, "{url}");
        }
    }
}
