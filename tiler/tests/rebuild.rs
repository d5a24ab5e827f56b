//! What is made again after edits equals what is made anew, to the byte.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use common::{fabric, spec};
use geo::{BooleanOps, Coord, Geometry, LineString, MultiPolygon, Point, Polygon, Validation};
use layers::Value;
use layers::schema::{Attribute, ThematicFeature};
use proptest::prelude::*;
use tiler::{Changes, LayerForm, LowZooms, Outcome, Rebuild, RowMark, TileError, TilesetSpec, Tiling};

/// A layer as its rows: `None` where a row has no geometry to be drawn.
#[derive(Clone)]
struct Rows {
    id: &'static str,
    attributes: Vec<Attribute>,
    labels: Option<&'static str>,
    rows: BTreeMap<i64, Option<ThematicFeature>>,
}

impl Rows {
    fn of(id: &'static str, attributes: Vec<Attribute>, features: impl IntoIterator<Item = ThematicFeature>) -> Self {
        // Room between keys, for rows to come.
        let rows = (1..).zip(features).map(|(key, feature)| (key * 10, Some(feature))).collect();
        Self { id, attributes, labels: None, rows }
    }

    fn marked(&self) -> Vec<(RowMark, Option<ThematicFeature>)> {
        let marked = |(&key, feature): (&i64, &Option<ThematicFeature>)| {
            let mut hasher = DefaultHasher::new();
            format!("{feature:?}").hash(&mut hasher);
            (RowMark { key, hash: hasher.finish() }, feature.clone())
        };
        self.rows.iter().map(marked).collect()
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
fn city(across: usize, seed: u64) -> Vec<Rows> {
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

fn begin(layer: &Rows, mut begin: impl FnMut(&str, Vec<Attribute>, Option<&str>) -> LayerForm) -> LayerForm {
    begin(layer.id, layer.attributes.clone(), layer.labels)
}

fn tag() -> serde_json::Value {
    serde_json::json!("as tested")
}

fn full(city: &[Rows], spec: &TilesetSpec<'_>, file: &Path, keep: bool) {
    let mut tiling = Tiling::new(spec.memory);
    if keep {
        tiling.keep_state(file, tag()).expect("kept");
    }
    for layer in city {
        let form = begin(layer, |id, attributes, labels| tiling.begin_layer(id, "", attributes, labels));
        for rows in layer.marked().chunks(100) {
            tiling.add(form.batch_of_rows(rows)).expect("added");
        }
    }
    tiling.write(spec, file, &|_, _| {}).expect("written");
}

fn again(city: &[Rows], spec: &TilesetSpec<'_>, file: &Path) -> Outcome {
    let mut rebuild = match Rebuild::open(file, spec.memory) {
        Ok(rebuild) => rebuild,
        Err(reason) => return Outcome::NotPossible(reason),
    };
    let mut forms = Vec::new();
    for layer in city {
        let form = begin(layer, |id, attributes, labels| rebuild.begin_layer(id, "", attributes, labels));
        let marked = layer.marked();
        let mut stats = None;
        // Probes see parts of the rows each, in no order.
        for part in marked.chunks(70).rev() {
            let mut probe = rebuild.probe(&form).expect("a layer");
            for (mark, feature) in part {
                if probe.row(*mark) {
                    let values = feature.iter().flat_map(|feature| feature.values.iter().enumerate());
                    values.for_each(|(column, value)| probe.value(column, value));
                }
            }
            match &mut stats {
                None => stats = Some(probe.into_stats()),
                Some(stats) => stats.merge(probe.into_stats()),
            }
        }
        let stats = stats.unwrap_or_else(|| rebuild.probe(&form).expect("a layer").into_stats());
        rebuild.set_rows(&form, marked.iter().map(|(mark, _)| *mark).collect(), stats);
        forms.push((form.number(), layer));
    }
    let fetch = |form: &LayerForm, keys: &[i64]| {
        let (_, layer) = forms.iter().find(|(known, _)| *known == form.number()).expect("a layer");
        let wanted = |(mark, _): &(RowMark, _)| keys.contains(&mark.key);
        let rows: Vec<_> = layer.marked().into_iter().filter(wanted).collect();
        Ok::<_, TileError>(rows.chunks(30).map(|rows| form.batch_of_rows(rows)).collect())
    };
    rebuild.write(spec, &tag(), &fetch, &|_, _| {}).expect("written")
}

#[derive(Clone, Debug)]
enum Edit {
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
}

fn edit() -> impl Strategy<Value = Edit> {
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
fn apply(city: &mut [Rows], edit: &Edit) {
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
fn policies() -> [(LowZooms, Option<u8>, Option<u8>); 4] {
    let cells = |tile_bytes| LowZooms::Cells { tile_bytes, cells_a_side: 32 };
    [
        (LowZooms::KeepAll, Some(15), Some(17)),
        (LowZooms::KeepAll, Some(14), Some(14)),
        (cells(5_000), None, None),
        (cells(3_000), Some(8), Some(16)),
    ]
}

/// Makes a city anew and again after each group of edits; tells how often not all of it was made.
fn compare(across: usize, seed: u64, policy: usize, groups: &[Vec<Edit>]) -> (usize, Vec<Changes>) {
    let folder = tempfile::tempdir().expect("a folder");
    let [again_file, full_file] = ["again.pmtiles", "full.pmtiles"].map(|name| folder.path().join(name));
    let mut city = city(across, seed);
    let (low_zooms, min_zoom, max_zoom) = policies()[policy];
    let spec = TilesetSpec { low_zooms, ..spec(&[], min_zoom, max_zoom).spec };
    full(&city, &spec, &again_file, true);
    let (mut made, mut all) = (0, Vec::new());
    for edits in groups {
        edits.iter().for_each(|edit| apply(&mut city, edit));
        match again(&city, &spec, &again_file) {
            Outcome::Made { changes, .. } => {
                made += 1;
                all.push(changes);
            }
            Outcome::Unchanged => {}
            Outcome::NotPossible(reason) => {
                eprintln!("policy {policy}: {reason}");
                full(&city, &spec, &again_file, true);
            }
        }
        full(&city, &spec, &full_file, false);
        assert!(
            fs::read(&again_file).expect("read") == fs::read(&full_file).expect("read"),
            "policy {policy}: {edits:?}"
        );
    }
    (made, all)
}

#[test]
fn an_edit_of_each_kind_changes_only_some_tiles() {
    let edits = [
        Edit::MoveShared(5_700, 400, -300),
        Edit::MoveOwn(2_040, -500, 100),
        Edit::Split(30, 3),
        Edit::Merge(1_444),
        Edit::Delete(77),
        Edit::Add(3_333, 900),
        Edit::Attribute(500, 7),
        Edit::LoseGeometry(640),
        Edit::MoveRoad(2_003, 900),
    ];
    let groups: Vec<Vec<Edit>> = edits.into_iter().map(|edit| vec![edit]).collect();
    for policy in 0..policies().len() {
        let (made, changes) = compare(16, 3, policy, &groups);
        assert!(made >= groups.len() - 1, "policy {policy}: only {made} of {} in parts", groups.len());
        assert!(changes.iter().all(|changes| changes.layers.iter().map(|layer| layer.rows()).sum::<usize>() > 0));
    }
}

#[test]
fn what_does_not_belong_together_is_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let [file, other] = ["a.pmtiles", "b.pmtiles"].map(|name| folder.path().join(name));
    let [state, other_state] = ["a.pmtiles.state", "b.pmtiles.state"].map(|name| folder.path().join(name));
    let mut city = city(12, 5);
    let spec = spec(&[], Some(15), Some(16)).spec;
    let refusal = |city: &[Rows], spec: &TilesetSpec<'_>| match again(city, spec, &file) {
        Outcome::NotPossible(reason) => reason.to_string(),
        outcome => panic!("{outcome:?}"),
    };
    assert!(refusal(&city, &spec).starts_with("there is no "));
    full(&city, &spec, &file, true);
    let before = (fs::read(&file).expect("read"), fs::read(&state).expect("read"));
    assert!(matches!(again(&city, &spec, &file), Outcome::Unchanged));

    // Other options, other columns, another program.
    assert_eq!(refusal(&city, &TilesetSpec { max_zoom: Some(17), ..spec.clone() }), "the options changed");
    assert_eq!(refusal(&city, &TilesetSpec { generator: "newer", ..spec.clone() }), "the program changed");
    assert_eq!(refusal(&city[..3], &spec), "the layers or their columns changed");

    // A state of another archive, a damaged one, none.
    apply(&mut city, &Edit::Delete(9));
    full(&city, &spec, &other, true);
    fs::copy(&other_state, &state).expect("copied");
    assert!(refusal(&city, &spec).ends_with("is not the one its state was kept of"));
    for at in (0..before.1.len()).step_by(before.1.len() / 41) {
        let mut damaged = before.1.clone();
        damaged[at] ^= 0x10;
        fs::write(&state, &damaged).expect("written");
        let reason = refusal(&city, &spec);
        assert!(reason.ends_with("is damaged") || reason.ends_with("is not of this version"), "{at}: {reason}");
        fs::write(&state, &before.1[..at]).expect("written");
        refusal(&city, &spec);
    }
    assert!(fs::read(&file).expect("read") == before.0, "a refusal changes nothing");
    fs::write(&state, &before.1).expect("written");
    assert!(matches!(again(&city, &spec, &file), Outcome::Made { .. }));
    assert!(fs::read(&file).expect("read") == fs::read(&other).expect("read"));
}

/// A ring that leaves a tile on one side and comes back round its corner: what it does out there may
/// not show, whether the tile is drawn among others or alone.
#[test]
fn a_tile_drawn_alone_is_the_one_drawn_among_others() {
    compare(12, 2_328_260_094_677_938_364, 0, &[vec![Edit::MoveRoad(10_196_930_432_752_818_768, -1)]]);
    let merged = vec![Edit::Split(808_019_827_017_270_626, 221_742), Edit::LoseGeometry(0), Edit::Merge(1)];
    compare(12, 14_841_470_301_473_877_457, 0, &[merged, vec![Edit::Delete(11_138_732_348_949_428_372)]]);
}

proptest! {
    #![proptest_config(common::tried(16))]
    #[test]
    fn any_edits_give_what_a_full_run_gives(
        seed: u64,
        policy in 0..4usize,
        groups in prop::collection::vec(prop::collection::vec(edit(), 1..5), 1..4),
    ) {
        compare(12, seed, policy, &groups);
    }
}
