//! The viewer's files, inside the binary. `build.rs` makes them.

use std::borrow::Cow;

/// One file of the viewer.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
    /// The same compressed with gzip, ready to send to whom accepts it.
    pub gzip: Option<Cow<'static, [u8]>>,
    /// Its media type, with the character set where it is text.
    pub mime: &'static str,
    /// SHA-256 of `bytes`, for an entity tag.
    pub sha256: [u8; 32],
}

/// The file at a path below `/_/`, such as `index.html` or `main.js`.
///
/// The compressed twins (`main.js.gz`) are no files of their own here.
pub fn get(path: &str) -> Option<Asset> {
    if path.ends_with(COMPRESSED) {
        return None;
    }
    let file = <Files as rust_embed::RustEmbed>::get(path)?;
    let gzip = <Files as rust_embed::RustEmbed>::get(&format!("{path}{COMPRESSED}"));
    Some(Asset {
        mime: media_type(path),
        sha256: file.metadata.sha256_hash(),
        bytes: file.data,
        gzip: gzip.map(|twin| twin.data),
    })
}

/// Every path that [`get`] answers to.
pub fn paths() -> impl Iterator<Item = Cow<'static, str>> {
    <Files as rust_embed::RustEmbed>::iter().filter(|path| !path.ends_with(COMPRESSED))
}

const COMPRESSED: &str = ".gz";

#[derive(rust_embed::RustEmbed)]
#[folder = "$OUT_DIR/viewer"]
struct Files;

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_and_all_it_names_are_inside() {
        let page = get("index.html").expect("the bundle has a page");
        assert_eq!(page.mime, "text/html; charset=utf-8");
        let text = String::from_utf8(page.bytes.into_owned()).expect("the page is UTF-8");
        for name in ["main.js", "main.css"] {
            assert!(text.contains(name) && get(name).is_some(), "{name}");
        }
        assert!(get("maplibre-gl-worker.js").is_some());
    }

    #[test]
    fn a_compressed_twin_is_smaller_and_no_path_of_its_own() {
        let script = get("main.js").expect("the bundle has a script");
        let twin = script.gzip.expect("scripts are compressed");
        assert!(twin.starts_with(&[0x1f, 0x8b]) && twin.len() * 2 < script.bytes.len());
        assert!(get("main.js.gz").is_none());
    }

    #[test]
    fn nothing_outside_the_bundle_is_found() {
        for path in ["", "..", "../build.rs", "/index.html", "nothing.js"] {
            assert!(get(path).is_none(), "{path}");
        }
    }

    #[test]
    fn the_page_asks_no_other_host_for_anything() {
        for path in ["index.html", "main.css"] {
            let asset = get(path).expect("the bundle has it");
            let text = String::from_utf8(asset.bytes.into_owned()).expect("it is UTF-8");
            let hosts = text.match_indices("http").map(|(at, _)| text[at..].chars().take(30).collect::<String>());
            let foreign: Vec<String> = hosts.filter(|host| !host.contains("www.w3.org")).collect();
            assert!(foreign.is_empty(), "{path}: {foreign:?}");
        }
    }
}
