//! What is made again after edits equals what is made anew, to the byte.

mod common;

use std::fs;
use std::path::Path;

use common::city::{Edit, Rows, apply, city, edit, policies};
use common::spec;
use layers::ThematicLayer;
use layers::schema::Attribute;
use proptest::prelude::*;
use tiler::{
    Before, Changes, LayerForm, Outcome, Rebuild, RowMark, TileError, TilesetSpec, TilesetSummary, Tiling,
    update_tileset,
};

fn begin(layer: &Rows, mut begin: impl FnMut(&str, Vec<Attribute>, Option<&str>) -> LayerForm) -> LayerForm {
    begin(layer.id, layer.attributes.clone(), layer.labels)
}

fn tag() -> serde_json::Value {
    serde_json::json!("as tested")
}

fn full(city: &[Rows], spec: &TilesetSpec<'_>, file: &Path, keep: bool) -> TilesetSummary {
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
    tiling.write(spec, file, &|_, _| {}).expect("written")
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
    rebuild.write(spec, &tag(), file, &fetch, &|_, _| {}).expect("written")
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
        let mut remade = None;
        match again(&city, &spec, &again_file) {
            Outcome::Made { changes, summary, .. } => {
                made += 1;
                all.push(changes);
                remade = Some(summary);
            }
            Outcome::Unchanged { .. } => {}
            Outcome::NotPossible(reason) => {
                eprintln!("policy {policy}: {reason}");
                full(&city, &spec, &again_file, true);
            }
        }
        let summary = full(&city, &spec, &full_file, false);
        assert!(is_same(&again_file, &full_file), "policy {policy}: {edits:?}");
        assert!(remade.is_none_or(|remade| remade == summary), "policy {policy}: {edits:?}");
    }
    (made, all)
}

fn is_same(one: &Path, other: &Path) -> bool {
    fs::read(one).expect("read") == fs::read(other).expect("read")
}

/// The same of layers in memory, each update into another file, as generations are made.
fn compare_updates(across: usize, seed: u64, policy: usize, groups: &[Vec<Edit>]) -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    let [mut before, mut file, full_file] =
        ["a.pmtiles", "b.pmtiles", "full.pmtiles"].map(|name| folder.path().join(name));
    let mut city = city(across, seed);
    let (low_zooms, min_zoom, max_zoom) = policies()[policy];
    let spec = TilesetSpec { low_zooms, ..spec(&[], min_zoom, max_zoom).spec };
    let layers = |city: &[Rows]| -> Vec<ThematicLayer> { city.iter().map(Rows::layer).collect() };
    let first = update_tileset(&spec, &layers(&city), None, &before, &tag(), &|_, _| {}).expect("written");
    assert!(first.changes.everything.is_some());
    let mut made = 0;
    for edits in groups {
        edits.iter().for_each(|edit| apply(&mut city, edit));
        let state = before.with_extension("pmtiles.state");
        let old = Some(Before { archive: &before, state: &state });
        let updated = update_tileset(&spec, &layers(&city), old, &file, &tag(), &|_, _| {}).expect("written");
        let summary = tiler::write_tileset(&spec, &layers(&city), &full_file, &|_, _| {}).expect("written");
        assert!(is_same(&file, &full_file), "policy {policy}: {edits:?}");
        assert_eq!(updated.summary, summary);
        made += usize::from(updated.changes.everything.is_none());
        std::mem::swap(&mut before, &mut file);
    }
    made
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
        let made = compare_updates(16, 3, policy, &groups);
        assert!(made >= groups.len() - 1, "policy {policy}: only {made} updates of {} in parts", groups.len());
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
    assert!(matches!(again(&city, &spec, &file), Outcome::Unchanged { .. }));

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
        compare_updates(12, seed, policy, &groups);
    }
}
