//! The `metadata` table: names and texts, to and from what PMTiles keep in header and JSON.

use serde_json::{Map, Value};

use crate::archive::pmtiles::TYPE_MVT;
use crate::archive::{ArchiveInfo, Compression, TileEncoding};

/// `format` by PMTiles tile type (PMTiles v3 §3.4; MBTiles 1.3, "Content").
const FORMATS: [(u8, &str); 6] = [(TYPE_MVT, "pbf"), (2, "png"), (3, "jpg"), (4, "webp"), (5, "avif"), (6, "mlt")];
/// The `format` of tiles of no known type.
const UNKNOWN_FORMAT: &str = "application/octet-stream";

/// `compression`, which planetiler writes too; without it tiles tell by their first bytes.
const COMPRESSIONS: [(Compression, &str); 4] = [
    (Compression::None, "none"),
    (Compression::Gzip, "gzip"),
    (Compression::Brotli, "brotli"),
    (Compression::Zstd, "zstd"),
];

/// Rows that are no members of the JSON metadata of PMTiles. The last four belong to this one file.
const RESERVED: [&str; 11] = [
    "format",
    "compression",
    "minzoom",
    "maxzoom",
    "bounds",
    "center",
    "json",
    "agg_tiles_hash",
    "agg_tiles_hash_before_apply",
    "agg_tiles_hash_after_apply",
    "hash_algorithm",
];

/// All of Web Mercator, for archives that do not say.
const WORLD: [f64; 4] = [-180.0, -85.051_128_779_806_59, 180.0, 85.051_128_779_806_59];

/// The rows that say what an archive is; the hash of its tiles comes on top.
pub(super) fn rows(info: &ArchiveInfo, encoding: TileEncoding) -> Vec<(String, String)> {
    let list = |numbers: &[f64]| numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
    let format = FORMATS.iter().find(|(tile_type, _)| *tile_type == encoding.tile_type);
    let mut rows = vec![
        ("format", format.map_or(UNKNOWN_FORMAT, |(_, name)| name).to_owned()),
        ("minzoom", info.min_zoom.to_string()),
        ("maxzoom", info.max_zoom.to_string()),
        ("bounds", list(&info.bounds)),
        ("center", list(&info.center)),
    ];
    // Vector tiles in gzip are what everyone expects.
    if encoding != TileEncoding::default()
        && let Some((_, name)) = COMPRESSIONS.iter().find(|(known, _)| *known == encoding.compression)
    {
        rows.push(("compression", (*name).to_owned()));
    }
    // Members that MBTiles keep as rows of their own are texts; the rest goes into `json`.
    let mut json = Map::new();
    for (name, value) in &info.metadata {
        match value {
            Value::String(text) if !RESERVED.contains(&name.as_str()) => rows.push((name, text.clone())),
            _ => _ = json.insert(name.clone(), value.clone()),
        }
    }
    rows.push(("json", Value::Object(json).to_string()));
    rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What the rows say; `zooms` are those that the tiles really have, `first` is the first tile.
///
/// # Errors
/// What is wrong with them.
pub(super) fn read(
    rows: Vec<(String, String)>,
    zooms: (u8, u8),
    first: Option<&[u8]>,
) -> Result<(ArchiveInfo, TileEncoding), &'static str> {
    let row = |name: &str| rows.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let numbers = |name: &str| -> Option<Vec<f64>> {
        let parsed =
            row(name)?.split(',').map(|part| part.trim().parse().ok().filter(|number: &f64| number.is_finite()));
        parsed.collect()
    };
    let zoom = |name: &str| row(name).and_then(|text| text.trim().parse().ok());
    let bounds = numbers("bounds").and_then(|four| <[f64; 4]>::try_from(four).ok()).unwrap_or(WORLD);
    let (min_zoom, max_zoom) = match (zoom("minzoom"), zoom("maxzoom")) {
        // An archive may promise less than it has, never the other way round than its tiles.
        (Some(min), Some(max)) if min <= max && max <= crate::coord::DEEPEST_ZOOM => (min, max),
        _ => zooms,
    };
    let middle = [(bounds[0] + bounds[2]) / 2.0, (bounds[1] + bounds[3]) / 2.0, f64::from(min_zoom)];
    let center = numbers("center").and_then(|three| <[f64; 3]>::try_from(three).ok()).unwrap_or(middle);

    let mut metadata = Map::new();
    let mut json = match row("json").map(serde_json::from_str) {
        None => Map::new(),
        Some(Ok(Value::Object(json))) => json,
        Some(_) => return Err("has a row `json` in its metadata that is not a JSON object"),
    };
    for (name, value) in &rows {
        if !RESERVED.contains(&name.as_str()) {
            metadata.insert(name.clone(), value.as_str().into());
        }
    }
    json.retain(|name, _| !metadata.contains_key(name));
    metadata.append(&mut json);

    let format = row("format").unwrap_or("pbf");
    let tile_type = FORMATS.iter().find(|(_, name)| *name == format).map_or(0, |(tile_type, _)| *tile_type);
    let declared = row("compression").and_then(|name| COMPRESSIONS.iter().find(|(_, known)| *known == name));
    let compression = declared.map_or_else(|| Compression::by_magic(first.unwrap_or_default()), |(known, _)| *known);
    let info = ArchiveInfo { min_zoom, max_zoom, bounds, center, metadata };
    Ok((info, TileEncoding { tile_type, compression }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn info(metadata: Value) -> ArchiveInfo {
        let Value::Object(metadata) = metadata else { unreachable!("an object is asked for") };
        ArchiveInfo { min_zoom: 3, max_zoom: 9, bounds: [1.5, -2.0, 3.0, 4.0], center: [2.0, 1.0, 5.0], metadata }
    }

    #[test]
    fn what_has_no_row_of_its_own_goes_into_json() {
        let info = info(json!({
            "name": "a", "version": "2", "vector_layers": [{"id": "p"}], "bounds": "mine", "count": 7, "hash_algorithm": "x",
        }));
        let rows = rows(&info, TileEncoding::default());
        let names: Vec<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["format", "minzoom", "maxzoom", "bounds", "center", "name", "version", "json"]);
        assert_eq!(read(rows, (0, 0), None).map(|read| read.0), Ok(info));
    }

    #[test]
    fn what_is_missing_follows_from_the_tiles() {
        let (info, encoding) = read(vec![], (2, 5), Some(&[0x1f, 0x8b, 8])).expect("reads");
        assert_eq!((info.min_zoom, info.max_zoom, info.bounds, info.center), (2, 5, WORLD, [0.0, 0.0, 2.0]));
        assert_eq!(encoding, TileEncoding::default());
        let wrong = [("minzoom", "9"), ("maxzoom", "3"), ("bounds", "1,2,nan,4"), ("format", "png"), ("json", "{}")];
        let rows = wrong.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let (info, encoding) = read(rows, (2, 5), Some(b"\x89PNG")).expect("reads");
        assert_eq!(
            (info.min_zoom, info.bounds, encoding.tile_type, encoding.compression),
            (2, WORLD, 2, Compression::None)
        );
        assert!(read(vec![("json".to_owned(), "[1]".to_owned())], (0, 0), None).is_err());
    }

    proptest! {
        #[test]
        fn there_and_back(
            tile_type in 0u8..7, which in 0usize..4, name: String, text: String, number: i64,
            bounds in prop::array::uniform4(-180.0..180.0f64), center in prop::array::uniform3(-180.0..180.0f64),
        ) {
            let mut info = info(json!({ "generator": text, "numbers": [number], "json": text }));
            info.metadata.insert(name.clone(), name.into());
            (info.bounds, info.center) = (bounds, center);
            let encoding = TileEncoding { tile_type, compression: COMPRESSIONS[which].0 };
            let first = if encoding == TileEncoding::default() { [0x1f, 0x8b] } else { [0, 0] };
            prop_assert_eq!(read(rows(&info, encoding), (0, 0), Some(&first)), Ok((info, encoding)));
        }
    }
}
