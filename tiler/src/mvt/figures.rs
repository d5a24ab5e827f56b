//! Time and size of realistic tiles, for docs/adr/0006-own-mvt-encoder.md. Run with
//! `cargo test --release -p tiler --lib mvt::figures -- --ignored --nocapture`.

use std::time::Instant;

use geozero::mvt::{Message, Tile, tile};
use layers::schema::Attribute;
use layers::{Value, ValueKind};
use libdeflater::{CompressionLvl, Compressor};

pub(crate) use super::reference::Source;
use super::reference::{ours, theirs};
use super::{LayerEncoder, ShapeKind, TileShape, Values};
use crate::attributes::encode_attributes;

/// Numbers that only look random (SplitMix64, Steele et al. 2014), of a seed and a place.
fn dice(seed: u64, place: u64) -> u64 {
    let mut z = (seed << 40 ^ place).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Fifteen columns as `parcels` has them.
pub(crate) fn columns() -> Vec<Attribute> {
    use ValueKind::{Bool, Int, Real, Text};
    let columns = [
        ("key", Text),
        ("name", Text),
        ("area_ha", Real),
        ("far", Real),
        ("density", Real),
        ("far_class", Int),
        ("density_class", Int),
        ("intensity", Int),
        ("conflict", Text),
        ("conflict_ha", Real),
        ("approval", Text),
        ("in_control_line", Bool),
        ("zone", Text),
        ("idle", Bool),
        ("disposal", Text),
    ];
    columns.map(|(name, kind)| Attribute { name: name.into(), kind }).into()
}

pub(crate) fn row(number: u64) -> Vec<Value> {
    let pick = |seed: u64, list: &[&str]| Value::text(list[(dice(seed, number) % list.len() as u64) as usize]);
    let below = |seed: u64, most: u64| dice(seed, number) % most;
    let conflict = below(8, 4);
    vec![
        Value::text(format!("152502{number:07}")),
        pick(1, &["锡林浩特市工业用地", "机械厂", "乳业有限公司", "煤化工", "建材厂", "物流园"]),
        Value::Real(0.1 + below(2, 1 << 40) as f64 / (1u64 << 40) as f64),
        Value::Real(below(3, 200) as f64 / 100.0),
        Value::Real(below(4, 100) as f64 / 100.0),
        Value::Int(1 + below(5, 5) as i64),
        Value::Int(1 + below(6, 5) as i64),
        Value::Int(1 + below(7, 5) as i64),
        Value::text(["none", "none", "non_mandatory", "mandatory"][conflict as usize]),
        if conflict < 2 { Value::Real(0.0) } else { Value::Real(below(9, 1 << 40) as f64 / 1e12) },
        pick(10, &["approved", "partial", "missing"]),
        Value::Bool(below(11, 2) == 0),
        if below(12, 9) == 0 { Value::Null } else { pick(13, &["agglomeration", "transformation", "relocation"]) },
        Value::Bool(below(14, 10) == 0),
        pick(15, &["KEEP", "UPGRADE", "NORMAL", "RECOVER", "FILE", "CONSULT"]),
    ]
}

/// Cells `across × across` that cover a tile of zoom 14, each of some 23 vertices, borders shared.
pub(crate) fn parcels(across: i32) -> Vec<Source> {
    let side = 4096 / across;
    let swing = |seed: u64, place: i32, reach: i32| (dice(seed, place as u64) % (2 * reach as u64 + 1)) as i32 - reach;
    let corner = |column: i32, row: i32| {
        let place = row * 1000 + column;
        [column * side + swing(1, place, side / 6), row * side + swing(2, place, side / 6)]
    };
    // The corner and the bends up to the next one.
    let way = |a: [i32; 2], b: [i32; 2], seed: u64, place: i32| -> Vec<[i32; 2]> {
        let bends = 5 + (dice(seed, place as u64) % 4).min(1) as i32;
        let bend = |n: i32| {
            let off = |axis: u64| if n == 0 { 0 } else { swing(seed + axis, place * 8 + n, side / 20) };
            [a[0] + (b[0] - a[0]) * n / bends + off(10), a[1] + (b[1] - a[1]) * n / bends + off(20)]
        };
        (0..=bends).map(bend).collect()
    };
    let parcel = |number: i32| {
        let (column, line) = (number % across, number / across);
        let (a, b) = (corner(column, line), corner(column + 1, line));
        let (c, d) = (corner(column + 1, line + 1), corner(column, line + 1));
        let level = |row: i32, a, b| way(a, b, 3, row * 1000 + column);
        let upright = |column: i32, a, b| way(a, b, 4, line * 1000 + column);
        let back = |mut way: Vec<[i32; 2]>| {
            way.reverse();
            way
        };
        let sides =
            [level(line, a, b), upright(column + 1, b, c), back(level(line + 1, d, c)), back(upright(column, a, d))];
        let mut ring: Vec<[i32; 2]> = sides.iter().flat_map(|side| side[..side.len() - 1].iter().copied()).collect();
        ring.dedup();
        let number = number as u64;
        Source { id: number + 1, row: row(number), kind: ShapeKind::Polygons, chains: vec![ring] }
    };
    (0..across * across).map(parcel).collect()
}

/// Squares of one unit, as tiny parcels are drawn at low zooms, row by row.
fn squares(count: u64) -> Vec<Source> {
    let across = (count as f64).sqrt() as u64 + 1;
    let square = |number: u64| {
        let off = |seed| (dice(seed, number) % 3) as i32;
        let (x, y) = ((number % across * 9) as i32 + off(1), (number / across * 9) as i32 + off(2));
        let ring = vec![[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]];
        Source { id: number + 1, row: row(number), kind: ShapeKind::Polygons, chains: vec![ring] }
    };
    (0..count).map(square).collect()
}

/// The fastest of some runs, nanoseconds.
pub(crate) fn fastest(runs: u32, mut work: impl FnMut()) -> f64 {
    let one = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_nanos() as f64
    };
    (0..runs).map(one).fold(f64::INFINITY, f64::min)
}

pub(crate) fn gzip(bytes: &[u8], level: i32) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::new(level).expect("a level"));
    let mut out = vec![0; compressor.gzip_compress_bound(bytes.len())];
    let length = compressor.gzip_compress(bytes, &mut out).expect("room enough");
    out.truncate(length);
    out
}

/// The same tile with another order of its dictionaries.
fn reordered(bytes: &[u8], mut rank: impl FnMut(&tile::Layer) -> (Vec<usize>, Vec<usize>)) -> Vec<u8> {
    let mut decoded = Tile::decode(bytes).expect("a tile");
    for layer in &mut decoded.layers {
        let (keys, values) = rank(layer);
        let place_of = |order: &[usize]| {
            let mut places = vec![0u32; order.len()];
            order.iter().zip(0..).for_each(|(old, new)| places[*old] = new);
            places
        };
        let (key_places, value_places) = (place_of(&keys), place_of(&values));
        for feature in &mut layer.features {
            for tag in feature.tags.chunks_mut(2) {
                tag[0] = key_places[tag[0] as usize];
                tag[1] = value_places[tag[1] as usize];
            }
        }
        layer.keys = keys.iter().map(|&old| layer.keys[old].clone()).collect();
        layer.values = values.iter().map(|&old| layer.values[old].clone()).collect();
    }
    decoded.encode_to_vec()
}

/// How often each value occurs, and the first key it occurs under.
fn uses(layer: &tile::Layer) -> Vec<(usize, u32)> {
    let mut uses = vec![(0, u32::MAX); layer.values.len()];
    for tag in layer.features.iter().flat_map(|feature| feature.tags.chunks(2)) {
        let value = &mut uses[tag[1] as usize];
        value.0 += 1;
        value.1 = value.1.min(tag[0]);
    }
    uses
}

fn sorted_by<K: Ord>(count: usize, key: impl Fn(usize) -> K) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&place| key(place));
    order
}

fn report(name: &str, features: &[Source], runs: u32) {
    let columns = columns();
    let mut values = Values::default();
    let prepared: Vec<_> = features
        .iter()
        .map(|feature| {
            let (mut attributes, mut tags) = (Vec::new(), Vec::new());
            encode_attributes(&columns, &feature.row, &mut attributes);
            values.add(&attributes, &mut tags);
            (feature.id, tags, feature.flat())
        })
        .collect();
    let count = features.len() as f64;
    let vertices: usize = prepared.iter().map(|(_, _, (points, _))| points.len()).sum();
    let mut encoder = LayerEncoder::default();
    let mut tile = Vec::new();
    let own = fastest(runs, || {
        tile.clear();
        encoder.start();
        for (id, tags, (points, ends)) in &prepared {
            encoder.feature(*id, tags, &TileShape { kind: ShapeKind::Polygons, points, ends });
        }
        encoder.finish("parcels", &columns, &values, &mut tile);
    });
    let bare = fastest(runs, || {
        encoder.start();
        for (id, _, (points, ends)) in &prepared {
            encoder.feature(*id, &[], &TileShape { kind: ShapeKind::Polygons, points, ends });
        }
    });
    let (mut attributes, mut tags) = (Vec::new(), Vec::new());
    let prepare = fastest(runs, || {
        let mut values = Values::default();
        for feature in features {
            attributes.clear();
            tags.clear();
            encode_attributes(&columns, &feature.row, &mut attributes);
            values.add(&attributes, &mut tags);
        }
    });
    let reference = fastest(runs.min(3), || assert_ne!(theirs("parcels", &columns, features).len(), 0));
    assert_eq!(ours(&mut encoder, "parcels", &columns, features), tile);
    eprintln!("\n{name}: {count} features of {:.1} vertices, {} bytes", vertices as f64 / count, tile.len());
    eprintln!(
        "  ns a feature: {:.0} (geometry and frame {:.0}), attributes once {:.0}; crate mvt {:.0}",
        own / count,
        bare / count,
        prepare / count,
        reference / count
    );
    for level in 1..=12 {
        let mut size = 0;
        let time = fastest(runs.min(5), || size = gzip(&tile, level).len());
        eprintln!(
            "  libdeflate {level:2}: {size:9} bytes, {:6.1} ns a byte, {:6.0} ns a feature",
            time / tile.len() as f64,
            time / count
        );
    }
    type Order = fn(&tile::Layer) -> (Vec<usize>, Vec<usize>);
    let orders: [(&str, Order); 4] = [
        ("first seen", |layer| ((0..layer.keys.len()).collect(), (0..layer.values.len()).collect())),
        ("most used first", |layer| {
            let uses = uses(layer);
            ((0..layer.keys.len()).collect(), sorted_by(uses.len(), |place| usize::MAX - uses[place].0))
        }),
        ("column by column", |layer| {
            let uses = uses(layer);
            ((0..layer.keys.len()).collect(), sorted_by(uses.len(), |place| uses[place].1))
        }),
        ("repeated ones first, then column by column", |layer| {
            let uses = uses(layer);
            ((0..layer.keys.len()).collect(), sorted_by(uses.len(), |place| (uses[place].0 < 3, uses[place].1)))
        }),
    ];
    for (order, rank) in orders {
        let other = reordered(&tile, rank);
        eprintln!("  {order}: {} bytes, {} at 6, {} at 9", other.len(), gzip(&other, 6).len(), gzip(&other, 9).len());
    }
}

#[test]
#[ignore = "prints figures; takes seconds in release and minutes without"]
fn figures() {
    report("parcels at zoom 14", &parcels(28), 50);
    report("squares at zoom 5", &squares(200_000), 3);
}
