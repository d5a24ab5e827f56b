//! Tiles decoded by `geozero`, which is not the library that wrote them, and judged by brute force.

use std::collections::BTreeMap;
use std::path::Path;

use geo::{Geometry, LineString, Polygon};
use geozero::ToGeo;
use geozero::mvt::{Message, Tile, tile};
use tiler::{Archive, TileCoord, gunzip};

/// A decoded feature.
pub(crate) struct Decoded {
    pub(crate) layer: String,
    pub(crate) id: u64,
    pub(crate) kind: i32,
    /// The commands as they stand in the tile.
    pub(crate) commands: Vec<u32>,
    pub(crate) geometry: Geometry<f64>,
    pub(crate) values: BTreeMap<String, tile::Value>,
}

/// All tiles of an archive, decoded.
pub(crate) fn tiles(file: &Path) -> BTreeMap<TileCoord, Vec<Decoded>> {
    let archive = Archive::open(file).expect("opens");
    let coords: Vec<TileCoord> = archive.tile_coords().map(|coord| coord.expect("sound directories")).collect();
    assert_eq!(coords.len() as u64, archive.tile_count());
    let decode = |coord: TileCoord| {
        let bytes = archive.tile(coord).expect("sound").expect("present");
        (coord, features(&gunzip(bytes, 1 << 26).expect("gzip")))
    };
    coords.into_iter().map(decode).collect()
}

pub(crate) fn features(bytes: &[u8]) -> Vec<Decoded> {
    let tile = Tile::decode(bytes).expect("a vector tile");
    assert!(!tile.layers.is_empty(), "no tile is empty");
    let mut decoded = Vec::new();
    for layer in tile.layers {
        assert_eq!((layer.version, layer.extent()), (2, 4096));
        for feature in &layer.features {
            let pairs = feature.tags.chunks(2);
            let values = pairs.map(|tag| (layer.keys[tag[0] as usize].clone(), layer.values[tag[1] as usize].clone()));
            decoded.push(Decoded {
                layer: layer.name.clone(),
                id: feature.id.expect("an id"),
                kind: feature.r#type.expect("a type"),
                commands: feature.geometry.clone(),
                geometry: feature.to_geo().expect("a geometry"),
                values: values.collect(),
            });
        }
    }
    decoded
}

/// The polygons of a feature.
pub(crate) fn polygons(geometry: &Geometry<f64>) -> Vec<Polygon<f64>> {
    match geometry {
        Geometry::Polygon(polygon) => vec![polygon.clone()],
        Geometry::MultiPolygon(polygons) => polygons.0.clone(),
        _ => vec![],
    }
}

/// Commands of a polygon feature obey MVT 2.1 §4.3.4.4 in form: MoveTo 1, LineTo ≥ 2, ClosePath for
/// each ring, no step of zero length.
pub(crate) fn check_commands(commands: &[u32]) -> Result<(), String> {
    let mut at = 0;
    let mut take = || {
        at += 1;
        commands.get(at - 1).copied()
    };
    while let Some(move_to) = take() {
        if move_to != 9 {
            return Err(format!("MoveTo 1 expected, not {move_to}"));
        }
        let _ = (take(), take());
        let line_to = take().ok_or("cut off")?;
        if line_to & 7 != 2 || line_to >> 3 < 2 {
            return Err(format!("LineTo of two points or more expected, not {line_to}"));
        }
        for _ in 0..line_to >> 3 {
            if (take().ok_or("cut off")?, take().ok_or("cut off")?) == (0, 0) {
                return Err("a step of no length".into());
            }
        }
        if take() != Some(15) {
            return Err("ClosePath expected".into());
        }
    }
    Ok(())
}

/// Brute force: no edge of a polygon meets another except at common ends of neighbours in a ring, and
/// rings meet in single points only.
pub(crate) fn check_rings(polygon: &Polygon<f64>) -> Result<(), String> {
    let rings: Vec<&LineString<f64>> = std::iter::once(polygon.exterior()).chain(polygon.interiors()).collect();
    let mut edges = Vec::new();
    for (number, ring) in rings.iter().enumerate() {
        let doubled: f64 = ring.lines().map(|e| e.start.x * e.end.y - e.end.x * e.start.y).sum();
        if (doubled > 0.0) != (number == 0) || doubled == 0.0 {
            return Err(format!("ring {number} is wound the wrong way: {doubled}"));
        }
        let count = ring.0.len() - 1;
        if count < 3 {
            return Err(format!("ring {number} has {count} points"));
        }
        edges.extend(ring.lines().enumerate().map(|(place, edge)| (number, place, count, edge)));
    }
    let side = |a: geo::Coord<f64>, b: geo::Coord<f64>, p: geo::Coord<f64>| {
        ((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)).partial_cmp(&0.0).map_or(0, |o| o as i32)
    };
    for (first, (ring, place, count, e)) in edges.iter().enumerate() {
        for (other_ring, other_place, _, f) in &edges[first + 1..] {
            let (a, b) = (side(e.start, e.end, f.start), side(e.start, e.end, f.end));
            let (c, d) = (side(f.start, f.end, e.start), side(f.start, f.end, e.end));
            let overlap = |of: fn(geo::Coord<f64>) -> f64| {
                let (e_low, e_high) = (of(e.start).min(of(e.end)), of(e.start).max(of(e.end)));
                let (f_low, f_high) = (of(f.start).min(of(f.end)), of(f.start).max(of(f.end)));
                e_high.min(f_high) - e_low.max(f_low)
            };
            let (wide, high) = (overlap(|p| p.x), overlap(|p| p.y));
            if wide < 0.0 || high < 0.0 {
                continue;
            }
            if (a, b) == (0, 0) {
                if wide > 0.0 || high > 0.0 {
                    return Err(format!("{e:?} runs along {f:?}"));
                }
            } else if a * b < 0 && c * d < 0 {
                return Err(format!("{e:?} crosses {f:?}"));
            } else if a * b > 0 || c * d > 0 {
                continue;
            }
            let follow = (place + 1) % count == *other_place || (other_place + 1) % count == *place;
            if ring == other_ring && !follow {
                return Err(format!("ring {ring} touches itself at {e:?} {f:?}"));
            }
        }
    }
    Ok(())
}
