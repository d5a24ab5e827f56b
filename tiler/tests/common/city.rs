//! A seeded city, and edits of it.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use geo::{BooleanOps, Coord, Geometry, LineString, MultiPolygon, Point, Polygon, Validation};
use layers::schema::{Attribute, GeometryKind, ThematicFeature};
use layers::{ThematicLayer, Value};
use proptest::prelude::*;
use tiler::{LowZooms, RowMark};

use super::fabric;

/// A layer as its rows: `None` where a row has no geometry to be drawn.
#[derive(Clone)]
pub(crate) struct Rows {
    pub(crate) id: &'static str,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) labels: Option<&'static str>,
    pub(crate) rows: BTreeMap<i64, Option<ThematicFeature>>,
    /// By how many places the features of the layer are turned round.
    turned: usize,
}

impl Rows {
    fn of(id: &'static str, attributes: Vec<Attribute>, features: impl IntoIterator<Item = ThematicFeature>) -> Self {
        // Room between keys, for rows to come.
        let rows = (1..).zip(features).map(|(key, feature)| (key * 10, Some(feature))).collect();
        Self { id, attributes, labels: None, rows, turned: 0 }
    }

    pub(crate) fn marked(&self) -> Vec<(RowMark, Option<ThematicFeature>)> {
        let marked = |(&key, feature): (&i64, &Option<ThematicFeature>)| {
            let mut hasher = DefaultHasher::new();
            format!("{feature:?}").hash(&mut hasher);
            (RowMark { key, hash: hasher.finish() }, feature.clone())
        };
        self.rows.iter().map(marked).collect()
    }
}

impl Rows {
    /// The same as a layer, its features in an order that is not that of their ids.
    pub(crate) fn layer(&self) -> ThematicLayer {
        let mut features: Vec<ThematicFeature> = self.rows.values().flatten().cloned().collect();
        features.reverse();
        let turned = self.turned % features.len().max(1);
        features.rotate_left(turned);
        let (id, attributes) = (self.id.to_owned(), self.attributes.clone());
        ThematicLayer { id, description: String::new(), geometry: GeometryKind::Mixed, attributes, features }
    }
}

fn polygons(rows: &Rows) -> Vec<(i64, MultiPolygon<f64>)> {
    let polygon = |(&key, feature): (&i64, &Option<ThematicFeature>)| match &feature.as_ref()?.geometry {
        Geometry::Polygon(polygon) => Some((key, polygon.clone().into())),
        Geometry::MultiPolygon(polygons) => Some((key, polygons.clone())),
        _ => None,
    };
    rows.rows.iter().filter_map(polygon).collect()
}

/// A parcel fabric with labels, its outline, roads through it and points in it.
pub(crate) fn city(across: usize, seed: u64) -> Vec<Rows> {
    let fabric = fabric::fabric(across, 240.0, 3, seed);
    let corners: Vec<Coord<f64>> = fabric.outline.exterior().0.iter().step_by(7).copied().collect();
    let mut parcels = Rows::of("parcels", fabric.parcels.attributes.clone(), fabric.parcels.features);
    parcels.labels = Some("labels");
    let feature = |id, geometry| ThematicFeature { id, geometry, values: vec![] };
    let lines = corners.chunks(5).zip(1..).map(|(line, id)| feature(id, LineString(line.to_vec()).into()));
    let roads = Rows::of("roads", vec![], lines.collect::<Vec<_>>());
    let outline = Rows::of("district", vec![], [feature(1, fabric.outline.into())]);
    let points = corners.iter().zip(1..).map(|(&at, id)| feature(id, Point::from(at).into()));
    vec![outline, parcels, roads, Rows::of("trees", vec![], points.collect::<Vec<_>>())]
}

#[derive(Clone, Debug)]
pub(crate) enum Edit {
    /// One corner of all parcels that have it, in hundredths of a metre or so.
    MoveShared(usize, i32, i32),
    /// One corner of one parcel.
    MoveOwn(usize, i32, i32),
    Split(usize, usize),
    Merge(usize),
    Delete(usize),
    Add(usize, i32),
    Attribute(usize, i64),
    LoseGeometry(usize),
    MoveRoad(usize, i32),
    MoveOutline(i32),
    /// Another order of features, where they have one.
    Turn(usize),
}

pub(crate) fn edit() -> impl Strategy<Value = Edit> {
    let any = any::<usize>;
    let step = || prop_oneof![-3i32..4, -200i32..200, -3000i32..3000];
    prop_oneof![
        4 => (any(), step(), step()).prop_map(|(n, x, y)| Edit::MoveShared(n, x, y)),
        2 => (any(), step(), step()).prop_map(|(n, x, y)| Edit::MoveOwn(n, x, y)),
        3 => (any(), any()).prop_map(|(n, at)| Edit::Split(n, at)),
        3 => any().prop_map(Edit::Merge),
        2 => any().prop_map(Edit::Delete),
        2 => (any(), 1i32..4000).prop_map(|(n, size)| Edit::Add(n, size)),
        2 => (any(), 0i64..9).prop_map(|(n, value)| Edit::Attribute(n, value)),
        1 => any().prop_map(Edit::LoseGeometry),
        1 => (any(), step()).prop_map(|(n, x)| Edit::MoveRoad(n, x)),
        1 => step().prop_map(Edit::MoveOutline),
        1 => (0usize..5).prop_map(Edit::Turn),
    ]
}

fn moved(at: Coord<f64>, x: i32, y: i32) -> Coord<f64> {
    Coord { x: at.x + f64::from(x) * 1.25e-7, y: at.y + f64::from(y) * 0.9e-7 }
}

fn map_corner(polygons: &MultiPolygon<f64>, corner: Coord<f64>, to: Coord<f64>) -> Geometry<f64> {
    use geo::MapCoords;
    Geometry::MultiPolygon(polygons.map_coords(|at| if at == corner { to } else { at }))
}

/// Edits a city; what would make an invalid polygon is left out.
pub(crate) fn apply(city: &mut [Rows], edit: &Edit) {
    let parcels = &mut city[1];
    let all = polygons(parcels);
    let pick = |n: usize| all[n % all.len()].clone();
    let put = |parcels: &mut Rows, key: i64, geometry: Geometry<f64>| {
        if geometry.is_valid()
            && let Some(Some(feature)) = parcels.rows.get_mut(&key)
        {
            feature.geometry = geometry;
        }
    };
    // New rows take keys between those there are.
    let add = |parcels: &mut Rows, near: i64, geometry: Geometry<f64>| {
        let key = (near + 1..).find(|key| !parcels.rows.contains_key(key)).expect("a key");
        let values = vec![
            Value::text(format!("new {key}")),
            Value::Real(key as f64),
            Value::Int(3),
            Value::Null,
            Value::Bool(true),
        ];
        parcels.rows.insert(key, Some(ThematicFeature { id: 1_000_000 + key as u64, geometry, values }));
    };
    let corner_of = |polygons: &MultiPolygon<f64>, n: usize| {
        let ring = &polygons.0[0].exterior().0;
        ring[n / 1000 % ring.len()]
    };
    match *edit {
        Edit::MoveShared(n, x, y) => {
            let corner = corner_of(&pick(n).1, n);
            for (key, polygons) in &all {
                if polygons.iter().any(|polygon| polygon.exterior().0.contains(&corner)) {
                    put(parcels, *key, map_corner(polygons, corner, moved(corner, x, y)));
                }
            }
        }
        Edit::MoveOwn(n, x, y) => {
            let (key, polygons) = pick(n);
            let corner = corner_of(&polygons, n);
            put(parcels, key, map_corner(&polygons, corner, moved(corner, x, y)));
        }
        Edit::Split(n, at) => {
            let (key, polygons) = pick(n);
            let mut ring = polygons.0[0].exterior().0.clone();
            ring.pop();
            let across = 2 + at % (ring.len() - 3).max(1);
            let one: Vec<_> = ring[..=across].to_vec();
            let mut other = ring[across..].to_vec();
            other.push(ring[0]);
            let [one, other] = [one, other].map(|ring| Polygon::new(LineString(ring), vec![]));
            if one.is_valid() && other.is_valid() {
                put(parcels, key, one.into());
                add(parcels, key, other.into());
            }
        }
        Edit::Merge(n) => {
            let (key, polygons) = pick(n);
            let corner = corner_of(&polygons, n);
            let touches = |(other, shape): &&(i64, MultiPolygon<f64>)| {
                *other != key && shape.iter().any(|polygon| polygon.exterior().0.contains(&corner))
            };
            if let Some((other, shape)) = all.iter().find(touches) {
                put(parcels, key, polygons.union(shape).into());
                parcels.rows.remove(other);
            }
        }
        Edit::Delete(n) => _ = parcels.rows.remove(&pick(n).0),
        Edit::Add(n, size) => {
            let (key, polygons) = pick(n);
            let at = corner_of(&polygons, n);
            add(parcels, key, geo::Rect::new(at, moved(at, size, size)).to_polygon().into());
        }
        Edit::Attribute(n, value) => {
            let (key, _) = pick(n);
            if let Some(Some(feature)) = parcels.rows.get_mut(&key) {
                feature.values[value as usize % 2 + 1] = Value::Real(value as f64 * 1e4);
                feature.values[3] = Value::Int(value);
            }
        }
        Edit::Turn(places) => parcels.turned += places,
        Edit::LoseGeometry(n) => _ = parcels.rows.insert(pick(n).0, None),
        Edit::MoveRoad(n, x) => {
            let roads: Vec<i64> = city[2].rows.keys().copied().collect();
            let road = city[2].rows.get_mut(&roads[n % roads.len()]).expect("a road");
            if let Some(ThematicFeature { geometry: Geometry::LineString(line), .. }) = road {
                let place = n / 1000 % line.0.len();
                line.0[place] = moved(line.0[place], x, x / 2);
            }
        }
        Edit::MoveOutline(x) => {
            if let Some(Some(feature)) = city[0].rows.get_mut(&10)
                && let Geometry::Polygon(polygon) = &mut feature.geometry
            {
                polygon.exterior_mut(|ring| ring.0[3] = moved(ring.0[3], x, x));
            }
        }
    }
}

/// Low zooms, and the zooms asked for.
pub(crate) fn policies() -> [(LowZooms, Option<u8>, Option<u8>); 4] {
    let cells = |tile_bytes| LowZooms::Cells { tile_bytes, cells_a_side: 32 };
    [
        (LowZooms::KeepAll, Some(15), Some(17)),
        (LowZooms::KeepAll, Some(14), Some(14)),
        (cells(5_000), None, None),
        (cells(3_000), Some(8), Some(16)),
    ]
}
