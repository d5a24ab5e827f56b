//! Reading tiles: geozero's reader for the format, and rings taken from the drawing commands by the
//! letter of the specification, so that winding and closing are seen as written.

use std::collections::{BTreeMap, BTreeSet};

use geo::algorithm::Validation;
use geo::{LineString, MultiPolygon, Polygon, coord};
use geozero::mvt::tile::GeomType;
use geozero::mvt::{Message, Tile, tile};
use serde_json::{Number, Value};

/// A layer of a tile.
#[derive(Clone, Debug)]
pub struct TileLayer {
    /// Its name.
    pub name: String,
    /// The version of the specification that it follows.
    pub version: u32,
    /// Tile units along an edge.
    pub extent: u32,
    /// Its features.
    pub features: Vec<TileFeature>,
}

/// A feature of a tile.
#[derive(Clone, Debug)]
pub struct TileFeature {
    /// Its id.
    pub id: Option<u64>,
    /// Its attributes.
    pub attributes: BTreeMap<String, Value>,
    /// Its kind of geometry.
    pub kind: GeomType,
    /// Paths in tile units, y down: points, lines, or rings as drawn (the first point of a ring is
    /// not repeated).
    pub paths: Vec<Path>,
}

/// One path of a geometry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// Its points.
    pub points: Vec<(i64, i64)>,
    /// Whether it ended with `ClosePath`.
    pub is_closed: bool,
}

/// Column and row of the tile that holds a place, in the grid of Web Mercator.
pub fn at(lon: f64, lat: f64, zoom: u32) -> (u32, u32) {
    let side = f64::from(1u32 << zoom);
    let lat = lat.to_radians();
    let row = 0.5 - (lat.tan() + 1.0 / lat.cos()).ln() / std::f64::consts::TAU;
    ((side * (lon / 360.0 + 0.5)).floor() as u32, (side * row).floor() as u32)
}

/// Columns and rows of all tiles that meet the bounds of a TileJSON at a zoom.
pub fn covering(tilejson: &Value, zoom: u32) -> Vec<(u32, u32)> {
    let bounds: Vec<f64> = tilejson["bounds"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    let [west, south, east, north] = bounds.try_into().expect("a TileJSON has four bounds");
    let ((left, top), (right, bottom)) = (at(west, north, zoom), at(east, south, zoom));
    (left..=right).flat_map(|x| (top..=bottom).map(move |y| (x, y))).collect()
}

/// Column and row of the tile in the middle of a tileset.
pub fn middle(tilejson: &Value, zoom: u32) -> (u32, u32) {
    let center = |place: usize| tilejson["center"][place].as_f64().expect("a TileJSON has a centre");
    at(center(0), center(1), zoom)
}

/// The layers of a tile.
///
/// # Panics
/// If it is no tile: not the format, layers without a name of their own or of a version that does not
/// exist, features without geometry, or tags and commands that point nowhere.
pub fn decode(bytes: &[u8]) -> Vec<TileLayer> {
    let tile = Tile::decode(bytes).expect("a vector tile");
    let names: BTreeSet<&str> = tile.layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names.len(), tile.layers.len(), "a layer has a name of its own (MVT 2.1 §4.1)");
    tile.layers.iter().map(layer).collect()
}

fn layer(layer: &tile::Layer) -> TileLayer {
    assert!(!layer.name.is_empty(), "a layer has a name (MVT 2.1 §4.1)");
    assert!(matches!(layer.version, 1 | 2), "there is no version {}", layer.version);
    assert!(layer.features.iter().all(|feature| !feature.geometry.is_empty()), "a feature has a geometry (§4.2)");
    let features = layer.features.iter().map(|feature| TileFeature {
        id: feature.id,
        attributes: attributes(layer, feature),
        kind: feature.r#type(),
        paths: paths(&feature.geometry),
    });
    TileLayer { name: layer.name.clone(), version: layer.version, extent: layer.extent(), features: features.collect() }
}

fn attributes(layer: &tile::Layer, feature: &tile::Feature) -> BTreeMap<String, Value> {
    let (pairs, rest) = feature.tags.as_chunks::<2>();
    assert!(rest.is_empty(), "tags come in pairs (MVT 2.1 §4.4)");
    let pair = |[key, value]: &[u32; 2]| {
        let key = layer.keys.get(*key as usize).expect("a tag names a key of the layer");
        let value = layer.values.get(*value as usize).expect("a tag names a value of the layer");
        (key.clone(), plain(value))
    };
    let attributes: BTreeMap<String, Value> = pairs.iter().map(pair).collect();
    assert_eq!(attributes.len(), pairs.len(), "a feature has each key once (MVT 2.1 §4.4)");
    attributes
}

fn plain(value: &tile::Value) -> Value {
    let real = |number: f64| Number::from_f64(number).map(Value::Number).expect("a finite number");
    let whole = |number: Option<i64>| number.map(Value::from);
    None.or(value.string_value.clone().map(Value::String))
        .or(value.bool_value.map(Value::Bool))
        .or(value.double_value.map(real))
        .or(value.float_value.map(|number| real(f64::from(number))))
        .or(whole(value.int_value))
        .or(whole(value.sint_value))
        .or(value.uint_value.map(Value::from))
        .expect("a value has one of the seven types (MVT 2.1 §4.1)")
}

/// Follows the commands of §4.3.3.
fn paths(commands: &[u32]) -> Vec<Path> {
    const MOVE_TO: u32 = 1;
    const LINE_TO: u32 = 2;
    const CLOSE_PATH: u32 = 7;
    let mut integers = commands.iter().copied();
    let (mut x, mut y) = (0, 0);
    let mut paths: Vec<Path> = Vec::new();
    while let Some(command) = integers.next() {
        let (id, count) = (command & 7, command >> 3);
        assert!(count > 0, "a command is carried out at least once (§4.3.3)");
        if id == CLOSE_PATH {
            assert_eq!(count, 1, "a path is closed once (§4.3.3.3)");
            paths.last_mut().expect("there is a path to close").is_closed = true;
            continue;
        }
        for _ in 0..count {
            let mut step = || zigzag(integers.next().expect("a command has its parameters"));
            x += step();
            y += step();
            match id {
                MOVE_TO => paths.push(Path { points: vec![(x, y)], is_closed: false }),
                LINE_TO => paths.last_mut().expect("a line starts somewhere").points.push((x, y)),
                _ => panic!("there is no command {id}"),
            }
        }
    }
    paths
}

fn zigzag(parameter: u32) -> i64 {
    i64::from((parameter >> 1) as i32 ^ -((parameter & 1) as i32))
}

impl TileFeature {
    /// An attribute as text; numbers and booleans as they print. `None` where it is absent.
    pub fn text(&self, attribute: &str) -> Option<String> {
        self.attributes.get(attribute).map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }

    /// What is wrong with its polygons by MVT 2.1 §4.3.4.4 and the simple-feature model; points and
    /// lines have nothing to be checked here.
    pub fn flaw(&self) -> Option<String> {
        if self.kind != GeomType::Polygon {
            return None;
        }
        match self.polygons() {
            Err(flaw) => Some(flaw),
            Ok(polygons) => polygons.check_validation().err().map(|error| error.to_string()),
        }
    }

    /// Its polygons in tile units: rings of positive area begin one, those of negative area are
    /// holes of the one before.
    ///
    /// # Errors
    /// What is wrong with a ring.
    pub fn polygons(&self) -> Result<MultiPolygon<f64>, String> {
        let mut polygons: Vec<(LineString<f64>, Vec<LineString<f64>>)> = Vec::new();
        for (number, ring) in self.paths.iter().enumerate() {
            if !ring.is_closed {
                return Err(format!("ring {number} is not closed"));
            }
            if ring.points.len() < 3 || ring.points.first() == ring.points.last() {
                return Err(format!("ring {number} has the points {:?}", ring.points));
            }
            if ring.points.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(format!("ring {number} has a segment of no length"));
            }
            let closed = ring.points.iter().chain(ring.points.first());
            let line = closed.map(|&(x, y)| coord! { x: x as f64, y: y as f64 }).collect();
            match (ring.doubled_area(), polygons.last_mut()) {
                (1.., _) => polygons.push((line, Vec::new())),
                (..0, Some((_, holes))) => holes.push(line),
                (..0, None) => return Err("the first ring is a hole".to_owned()),
                (0, _) => return Err(format!("ring {number} has no area")),
            }
        }
        Ok(polygons.into_iter().map(|(shell, holes)| Polygon::new(shell, holes)).collect())
    }
}

impl Path {
    /// Twice the area by the surveyor's formula, positive for an exterior ring (y points down).
    fn doubled_area(&self) -> i64 {
        let next = self.points.iter().cycle().skip(1);
        self.points.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
    }
}
