//! Addresses in a style that somebody wrote: those of this server get the address under which the
//! client knows it.

use serde_json::Value;

/// How a style may name this server without knowing its address.
const SCHEME: &str = "tuban://";
/// Hosts that nobody but the writer of a style can have meant.
const AT_HOME: [&str; 4] = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"];

/// The path of an address on this server, without the `/` at its beginning: `findings` of `findings`,
/// `/findings`, `tuban://findings` and `http://localhost:3000/findings`. `None`: it is elsewhere.
pub(super) fn local(address: &str) -> Option<&str> {
    if let Some(path) = address.strip_prefix(SCHEME) {
        return Some(path.trim_start_matches('/'));
    }
    let Some((scheme, rest)) = address.split_once("://") else {
        // `//host/path` is another host, `data:` no address of a server.
        let is_path = !address.starts_with("//") && !address.starts_with("data:");
        return is_path.then(|| address.trim_start_matches("./").trim_start_matches('/'));
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    (matches!(scheme, "http" | "https") && AT_HOME.contains(&host)).then_some(path)
}

/// The style with addresses of this server below `base`; where it names no sprite or glyphs, it gets
/// those that there are.
pub(crate) fn with_base(style: &Value, base: &str, sprite: &str, glyphs: &str) -> Value {
    let mut style = style.clone();
    let rewrite = |address: &mut Value| {
        if let Some(path) = address.as_str().and_then(local) {
            *address = format!("{base}/{path}").into();
        }
    };
    for source in style.get_mut("sources").and_then(Value::as_object_mut).into_iter().flat_map(|all| all.values_mut()) {
        source.get_mut("url").into_iter().for_each(rewrite);
        source.get_mut("tiles").and_then(Value::as_array_mut).into_iter().flatten().for_each(rewrite);
        if let Some(data) = source.get_mut("data").filter(|data| data.is_string()) {
            rewrite(data);
        }
    }
    match style.get_mut("sprite") {
        Some(Value::Array(sheets)) => sheets.iter_mut().filter_map(|sheet| sheet.get_mut("url")).for_each(rewrite),
        Some(sheet) => rewrite(sheet),
        None => style["sprite"] = sprite.into(),
    }
    match style.get_mut("glyphs") {
        Some(template) => rewrite(template),
        None => style["glyphs"] = glyphs.into(),
    }
    style
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_is_this_servers_or_anothers() {
        for address in [
            "findings",
            "/findings",
            "./findings",
            "tuban://findings",
            "http://localhost:3000/findings",
            "https://127.0.0.1/findings",
            "http://[::1]:80/findings",
        ] {
            assert_eq!(local(address), Some("findings"), "{address}");
        }
        for address in
            ["https://tiles.example/findings", "//tiles.example/findings", "data:text/css,", "ftp://localhost/a"]
        {
            assert_eq!(local(address), None, "{address}");
        }
    }

    #[test]
    fn addresses_get_the_base_and_others_stay() {
        let style = json!({
            "sources": {
                "a": { "type": "vector", "url": "tuban://findings" },
                "b": { "type": "raster", "tiles": ["/base/{z}/{x}/{y}", "https://other.example/{z}/{x}/{y}"] },
                "c": { "type": "geojson", "data": { "type": "FeatureCollection", "features": [] } },
            },
            "sprite": [{ "id": "own", "url": "/sprite/tuban" }, { "id": "far", "url": "https://other.example/s" }],
        });
        let base = "https://map.example/planning";
        let served = with_base(&style, base, "SPRITE", "GLYPHS");
        assert_eq!(served["sources"]["a"]["url"], format!("{base}/findings"));
        let tiles = &served["sources"]["b"]["tiles"];
        assert_eq!(*tiles, json!([format!("{base}/base/{{z}}/{{x}}/{{y}}"), "https://other.example/{z}/{x}/{y}"]));
        assert_eq!(served["sources"]["c"], style["sources"]["c"]);
        assert_eq!(served["sprite"][0]["url"], format!("{base}/sprite/tuban"));
        assert_eq!(served["sprite"][1]["url"], "https://other.example/s");
        assert_eq!(served["glyphs"], "GLYPHS");
        assert_eq!(with_base(&json!({}), base, "SPRITE", "GLYPHS")["sprite"], "SPRITE");
    }
}
