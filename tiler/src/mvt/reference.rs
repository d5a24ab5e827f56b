//! The encoder against the crate `mvt`, byte by byte, and against what an independent decoder
//! (`geozero`) reads.

use std::collections::BTreeMap;

use ::mvt::{Feature, GeomEncoder, GeomType, Tile};
use geozero::mvt::{Message, Tile as DecodedTile, tile};
use layers::schema::Attribute;
use layers::{Value, ValueKind};
use proptest::prelude::*;

use super::{LayerEncoder, ShapeKind, TileShape, Values};
use crate::attributes::encode_attributes;
use crate::attributes::tests::{columns, expected, value};

/// A feature as a test makes it.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) id: u64,
    pub(crate) row: Vec<Value>,
    pub(crate) kind: ShapeKind,
    pub(crate) chains: Vec<Vec<[i32; 2]>>,
}

impl Source {
    /// Its points in one row, and where each chain ends.
    pub(crate) fn flat(&self) -> (Vec<[i32; 2]>, Vec<u32>) {
        let mut end = 0;
        let end_of = |chain: &Vec<[i32; 2]>| {
            end += chain.len() as u32;
            end
        };
        (self.chains.concat(), self.chains.iter().map(end_of).collect())
    }
}

/// One layer by our encoder.
pub(super) fn ours(encoder: &mut LayerEncoder, name: &str, columns: &[Attribute], features: &[Source]) -> Vec<u8> {
    encoder.start();
    let mut values = Values::default();
    for feature in features {
        let (mut attributes, mut tags) = (Vec::new(), Vec::new());
        encode_attributes(columns, &feature.row, &mut attributes);
        values.add(&attributes, &mut tags);
        let (points, ends) = feature.flat();
        let shape = TileShape { kind: feature.kind, points: &points, ends: &ends };
        encoder.feature(feature.id, &tags, &shape);
    }
    let mut tile = Vec::new();
    encoder.finish(name, columns, &values, &mut tile);
    tile
}

/// The same layer by the crate `mvt`.
pub(super) fn theirs(name: &str, columns: &[Attribute], features: &[Source]) -> Vec<u8> {
    let mut tile = Tile::new(4096);
    let mut layer = tile.create_layer(name);
    for source in features {
        let kind = match source.kind {
            ShapeKind::Points => GeomType::Point,
            ShapeKind::Lines => GeomType::Linestring,
            ShapeKind::Polygons => GeomType::Polygon,
        };
        let mut geometry = GeomEncoder::<i32>::new(kind);
        for (place, chain) in source.chains.iter().enumerate() {
            if place > 0 {
                geometry.complete_geom().expect("complete");
            }
            chain.iter().try_for_each(|&[x, y]| geometry.add_point(x, y)).expect("points");
        }
        let mut feature = layer.into_feature(geometry.encode().expect("geometry"));
        feature.set_id(source.id);
        let row = columns.iter().zip(&source.row);
        row.for_each(|(column, value)| add_tag(&mut feature, column, value));
        layer = feature.into_layer();
    }
    if !features.is_empty() {
        tile.add_layer(layer).expect("one layer");
    }
    tile.to_bytes().expect("bytes")
}

fn add_tag(feature: &mut Feature, column: &Attribute, value: &Value) {
    match (column.kind, value) {
        (ValueKind::Bool, Value::Bool(truth)) => feature.add_tag_bool(&column.name, *truth),
        (ValueKind::Int, Value::Int(number)) => feature.add_tag_sint(&column.name, *number),
        (ValueKind::Real, Value::Int(number)) => feature.add_tag_double(&column.name, *number as f64),
        (ValueKind::Real, Value::Real(number)) if number.is_finite() => {
            feature.add_tag_double(&column.name, if *number == 0.0 { 0.0 } else { *number });
        }
        (ValueKind::Text, Value::Text(text)) => feature.add_tag_string(&column.name, text),
        _ => {}
    }
}

/// Shapes of every kind with points from a square of that half width, no point equal to the one before.
fn shape(half: i32) -> impl Strategy<Value = (ShapeKind, Vec<Vec<[i32; 2]>>)> {
    let points = move |least: usize| {
        let point = [-half..half, -half..half];
        prop::collection::vec(point, least..24).prop_map(|mut points| {
            points.dedup();
            while points.len() > 1 && points.first() == points.last() {
                points.pop();
            }
            points
        })
    };
    let chains = move |kind, least| {
        let chains = prop::collection::vec(points(least), 1..5);
        let long_enough = move |chains: &Vec<Vec<[i32; 2]>>| chains.iter().all(|chain| chain.len() >= least);
        chains.prop_filter("chains of some length", long_enough).prop_map(move |chains| (kind, chains))
    };
    prop_oneof![
        points(1).prop_map(|chain| (ShapeKind::Points, vec![chain])),
        chains(ShapeKind::Lines, 2),
        chains(ShapeKind::Polygons, 3),
    ]
}

fn layer(half: i32) -> impl Strategy<Value = (Vec<Attribute>, Vec<Source>)> {
    columns(20).prop_flat_map(move |columns| {
        let row = prop::collection::vec(value(), columns.len());
        let feature = (any::<u64>(), 0u32..64, row, shape(half));
        let source = |(id, shift, row, (kind, chains)): (u64, u32, _, _)| Source { id: id >> shift, row, kind, chains };
        (Just(columns), prop::collection::vec(feature.prop_map(source), 0..12))
    })
}

/// Whether the crate `mvt` writes a shape as it is: it leaves out points on a straight way along an
/// axis in a ring, and a MoveTo to where its cursor stands.
fn is_left_alone(feature: &Source) -> bool {
    let straight = |[a, b, c]: [[i32; 2]; 3]| (0..2).any(|axis| a[axis] == b[axis] && b[axis] == c[axis]);
    let has_straight = |chain: &Vec<[i32; 2]>| chain.windows(3).any(|w| straight([w[0], w[1], w[2]]));
    let follows = |pair: &[Vec<[i32; 2]>]| pair[0].last() == pair[1].first();
    match feature.kind {
        ShapeKind::Points => true,
        ShapeKind::Lines => !feature.chains.windows(2).any(follows),
        ShapeKind::Polygons => !feature.chains.windows(2).any(follows) && !feature.chains.iter().any(has_straight),
    }
}

/// The chains that an independent reading of the commands gives.
fn chains_of(feature: &tile::Feature) -> Vec<Vec<[i32; 2]>> {
    let mut numbers = feature.geometry.iter().copied();
    let (mut chains, mut cursor): (Vec<Vec<[i32; 2]>>, _) = (Vec::new(), [0i32; 2]);
    while let Some(command) = numbers.next() {
        let (command, count) = (command & 7, command >> 3);
        match command {
            1 => chains.push(Vec::new()),
            2 => {}
            7 => continue,
            other => unreachable!("command {other}"),
        }
        for _ in 0..count {
            for axis in &mut cursor {
                let step = numbers.next().expect("a step");
                *axis += (step >> 1) as i32 ^ -((step & 1) as i32);
            }
            chains.last_mut().expect("a chain").push(cursor);
        }
    }
    chains
}

/// Decodes a tile and compares it with what went in.
fn check(bytes: &[u8], name: &str, columns: &[Attribute], features: &[Source]) -> Result<(), TestCaseError> {
    let decoded = DecodedTile::decode(bytes).expect("a tile");
    prop_assert_eq!(decoded.layers.len(), usize::from(!features.is_empty()));
    let Some(layer) = decoded.layers.first() else { return Ok(()) };
    prop_assert_eq!((layer.name.as_str(), layer.version, layer.extent), (name, 2, Some(4096)));
    prop_assert_eq!(layer.features.len(), features.len());
    let (mut used_keys, mut used_values) = (vec![false; layer.keys.len()], vec![false; layer.values.len()]);
    for (read, source) in layer.features.iter().zip(features) {
        let kind = match source.kind {
            ShapeKind::Points => tile::GeomType::Point,
            ShapeKind::Lines => tile::GeomType::Linestring,
            ShapeKind::Polygons => tile::GeomType::Polygon,
        };
        prop_assert_eq!((read.id, read.r#type), (Some(source.id), Some(kind as i32)));
        prop_assert_eq!(chains_of(read), source.chains.clone());
        let mut tags = BTreeMap::new();
        for tag in read.tags.chunks(2) {
            let (key, value) = (tag[0] as usize, tag[1] as usize);
            (used_keys[key], used_values[value]) = (true, true);
            prop_assert!(tags.insert(layer.keys[key].clone(), layer.values[value].clone()).is_none());
        }
        let row = columns.iter().zip(&source.row);
        let known = row.filter_map(|(column, value)| Some((column.name.clone(), expected(column.kind, value)?)));
        prop_assert_eq!(tags, known.collect::<BTreeMap<_, _>>());
    }
    prop_assert!(used_keys.iter().chain(&used_values).all(|used| *used), "only what occurs is listed");
    Ok(())
}

proptest! {
    #[test]
    fn tiles_are_those_of_the_reference(layers in prop::collection::vec(layer(4200), 1..4)) {
        let mut encoder = LayerEncoder::default();
        for (columns, mut features) in layers {
            features.retain(is_left_alone);
            let bytes = ours(&mut encoder, "图斑", &columns, &features);
            prop_assert_eq!(&bytes, &theirs("图斑", &columns, &features));
            check(&bytes, "图斑", &columns, &features)?;
        }
    }

    /// Among them what the reference writes otherwise: straight ways, rings that begin at the cursor.
    #[test]
    fn shapes_on_few_points_are_written_as_they_are(layers in prop::collection::vec(layer(2), 1..3)) {
        let mut encoder = LayerEncoder::default();
        for (columns, features) in layers {
            check(&ours(&mut encoder, "a", &columns, &features), "a", &columns, &features)?;
        }
    }
}

#[test]
fn layers_are_appended_and_empty_ones_left_out() {
    let point = Source { id: 7, row: vec![], kind: ShapeKind::Points, chains: vec![vec![[1, 2]]] };
    let mut encoder = LayerEncoder::default();
    let mut tile = Vec::new();
    for (name, features) in [("a", 1), ("b", 0), ("c", 2)] {
        tile.extend(ours(&mut encoder, name, &[], &vec![point.clone(); features]));
    }
    let decoded = DecodedTile::decode(tile.as_slice()).expect("a tile");
    let read: Vec<_> = decoded.layers.iter().map(|layer| (layer.name.as_str(), layer.features.len())).collect();
    assert_eq!(read, [("a", 1), ("c", 2)]);
}
