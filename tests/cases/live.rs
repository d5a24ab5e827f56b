//! A server whose sources change under it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tests::events::Events;
use tests::gpkg::{self, Table, text};
use tests::{LONG, Server, Tuban, node, tile, within};

use crate::city::folder;
use crate::squares;

/// The generation that the server serves.
fn generation(server: &Server) -> String {
    server.json("/ready")["generation"].as_str().expect("an id").to_owned()
}

/// What a parcel's column `n` says in a tile.
fn n_of(tile: &[u8], key: &str) -> i64 {
    let layers = tile::decode(tile);
    let features = layers.iter().filter(|layer| layer.name == "parcels").flat_map(|layer| &layer.features);
    let feature = features.into_iter().find(|feature| feature.attributes.get("BSM") == Some(&json!(key)));
    feature.and_then(|feature| feature.attributes["n"].as_i64()).expect("a parcel in the tile")
}

/// The tile of zoom 16 in which the parcel stands that is the `place`-th from the west.
fn tile_of(place: usize) -> (u32, u32) {
    tile::at(116.0 + (place as f64 + 0.5) * 0.001, 43.9005, 16)
}

/// How keeping up goes, once it is no longer under way.
fn settled(server: &Server, state: &str) -> Value {
    let live = || Some(server.json("/ready")["live"].clone()).filter(|live| live["state"] == state);
    within(LONG, live).unwrap_or_else(|| panic!("never {state}:\n{}", server.log().join("\n")))
}

#[test]
fn an_edit_is_served_without_a_restart() {
    let folder = folder("live");
    squares::write(&folder);
    let server = Tuban::at(&folder).arg("serve").serve();
    let events = Events::of(&server.address, None);
    let first = events.next();
    assert_eq!((first.name.as_str(), &first.data), ("generation", &json!({ "generation": first.id })));
    assert_eq!(first.id, generation(&server));
    let (x, y) = tile_of(3);
    let path = format!("/base/16/{x}/{y}");
    let old = server.get(&format!("{path}?v={}", first.id));
    assert_eq!(n_of(&old.bytes(), "P3"), 3);

    squares::edit(&folder, "UPDATE t SET n = 70 WHERE fid = 4");
    let second = events.next();
    assert_eq!(second.id, generation(&server));
    assert_eq!(second.data["since"], json!(first.id));
    let base = &second.data["tilesets"]["base"];
    assert_eq!(base["layers"][0]["changed"].as_array().map(Vec::len), Some(1), "{base}");
    let changed: Vec<&str> = base["tiles"]["16"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(changed.contains(&format!("{x}/{y}").as_str()), "{base}");
    let (far_x, far_y) = tile_of(300);
    assert!(!changed.contains(&format!("{far_x}/{far_y}").as_str()), "{base}");
    let new = server.get(&path);
    assert_eq!(new.header("x-tuban-generation"), Some(second.id.as_str()));
    assert_eq!(n_of(&new.bytes(), "P3"), 70);
    settled(&server, "up_to_date");

    // A map that has not heard of it yet goes on with what it has.
    let still = server.get(&format!("{path}?v={}", first.id));
    assert_eq!((still.header("x-tuban-generation"), &still.body), (Some(first.id.as_str()), &old.body));
    // Who was away hears what was missed.
    let back = Events::of(&server.address, Some(&first.id)).next();
    assert_eq!(back, second);
    let stranger = Events::of(&server.address, Some("0123456789ab")).next();
    assert_eq!(stranger.data, json!({ "generation": second.id }));

    // Someone goes back from another terminal.
    Tuban::at(&folder).arg("rollback").run().good();
    let third = events.next();
    assert_eq!((third.id.as_str(), generation(&server)), (first.id.as_str(), first.id.clone()));
    assert_eq!(third.data["tilesets"], Value::Null, "what a step back changes is not known");
    assert_eq!(n_of(&server.get(&path).bytes(), "P3"), 3);
    server.stop();
    assert!(events.ends());
}

#[test]
fn sources_that_nothing_can_be_made_of_change_nothing() {
    let folder = folder("live-broken");
    squares::write(&folder);
    let server = Tuban::at(&folder).arg("serve").serve();
    let events = Events::of(&server.address, None);
    let first = events.next().id;
    let good = fs::read(folder.join("in.gpkg")).expect("read");
    fs::write(folder.join("in.gpkg"), &good[..good.len() / 2]).expect("written");
    let live = settled(&server, "failed");
    let reason = live["reason"].as_str().expect("a reason");
    assert!(reason.contains("in.gpkg"), "{reason}");
    assert!(!reason.contains(&*folder.to_string_lossy()), "{reason}");
    assert_eq!(generation(&server), first);
    assert_eq!(server.get("/base/16/0/0").status, 204);

    // As it was: there is nothing to be done but to say so.
    fs::write(folder.join("in.gpkg"), &good).expect("written");
    settled(&server, "up_to_date");
    assert_eq!(generation(&server), first);
    // Settings count as well, and so does the file that they name from then on.
    gpkg::write(
        &folder.join("other.gpkg"),
        &[Table::new("t", &[("BSM", "TEXT"), ("n", "INTEGER")]).square(3, [text("P3"), 9.into()])],
    );
    fs::write(folder.join("tuban.toml"), squares::PROJECT.replace("in.gpkg", "other.gpkg")).expect("written");
    events.next();
    let (x, y) = tile_of(3);
    assert_eq!(n_of(&server.get(&format!("/base/16/{x}/{y}")).bytes(), "P3"), 9);
    settled(&server, "up_to_date");
    let other = rusqlite::Connection::open(folder.join("other.gpkg")).expect("opens");
    other.execute_batch("UPDATE t SET n = 10").expect("edited");
    other.close().expect("closed");
    events.next();
    assert_eq!(n_of(&server.get(&format!("/base/16/{x}/{y}")).bytes(), "P3"), 10);
    server.stop_after(&["nothing could be made of the sources"]);
}

#[test]
fn no_request_fails_or_mixes_generations_while_they_change() {
    let folder = folder("live-load");
    squares::write(&folder);
    let settings = format!("{}\n[server.watch]\ngenerations = 3\n", squares::PROJECT);
    fs::write(folder.join("tuban.toml"), settings).expect("written");
    let server = Tuban::at(&folder).arg("serve").serve();
    let events = Events::of(&server.address, None);
    events.next();
    let paths: Vec<String> = [3, 3, 9].map(tile_of).iter().map(|(x, y)| format!("/base/16/{x}/{y}")).collect();
    let stop = AtomicBool::new(false);
    let answer_of = |path: &str| {
        let answer = server.get(path);
        assert_eq!(answer.status, 200);
        let generation = answer.header("x-tuban-generation").expect("named").to_owned();
        (path.to_owned(), generation, answer.bytes())
    };
    let answered: Vec<(String, String, Vec<u8>)> = std::thread::scope(|scope| {
        let ask = |path: &String| {
            let mut answers = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                answers.push(answer_of(path));
            }
            answers
        };
        let askers: Vec<_> = paths.iter().map(|path| scope.spawn(move || ask(path))).collect();
        // Others may be too busy to meet each generation.
        let mut met: Vec<_> = paths.iter().map(|path| answer_of(path)).collect();
        for n in 80..84 {
            squares::edit(&folder, &format!("UPDATE t SET n = {n} WHERE fid IN (4, 10)"));
            events.next();
            met.extend(paths.iter().map(|path| answer_of(path)));
        }
        stop.store(true, Ordering::Relaxed);
        met.extend(askers.into_iter().flat_map(|asker| asker.join().expect("no asker panics")));
        met
    });
    let mut seen: BTreeMap<(&str, &str), &[u8]> = BTreeMap::new();
    for (path, generation, body) in &answered {
        let one = *seen.entry((path, generation)).or_insert(body);
        assert!(one == body, "{path} of {generation} is not always the same");
    }
    let generations: BTreeSet<&str> = seen.keys().map(|(_, generation)| *generation).collect();
    assert_eq!(generations.len(), 5, "of {} answers", answered.len());
    let kept = || Tuban::at(&folder).arg("generations").run().good().text().lines().count();
    assert!(within(LONG, || (kept() == 3).then_some(())).is_some(), "{} generations stay", kept());
    server.stop();
}

/// In a browser: only what changed is asked for again.
#[test]
fn an_open_map_shows_an_edit_and_asks_for_nothing_else() {
    let folder = folder("live-viewer");
    squares::write(&folder);
    let server = Tuban::at(&folder).arg("serve").serve();
    let events = Events::of(&server.address, None);
    events.next();
    let mark = folder.join("drawn");
    let page = server.url("/#map=16/43.9005/116.0035");
    let arguments = [page.as_str(), "P3", "n", "70", mark.to_str().expect("a path")];
    let (seen, event) = std::thread::scope(|scope| {
        let looking = scope.spawn(|| node::run("live.mjs", arguments, &Value::Null));
        let is_drawn = within(LONG, || (mark.exists() || looking.is_finished()).then_some(()));
        assert!(is_drawn.is_some() && !looking.is_finished(), "the map was never drawn");
        squares::edit(&folder, "UPDATE t SET n = 70 WHERE fid = 4");
        let event = events.next();
        (looking.join().expect("the page shows the edit"), event)
    });
    let tiles = |what: &str| -> BTreeSet<String> {
        seen[what].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let changes = event.data["tilesets"]["base"]["tiles"].as_object().expect("tiles by zoom");
    let of_zoom = |(zoom, tiles): (&String, &Value)| -> Vec<String> {
        tiles.as_array().into_iter().flatten().filter_map(Value::as_str).map(|tile| format!("{zoom}/{tile}")).collect()
    };
    let changed: BTreeSet<String> = changes.iter().flat_map(of_zoom).collect();
    let (before, after) = (tiles("before"), tiles("after"));
    assert!(!after.is_empty() && after.is_subset(&changed), "{after:?} of {changed:?}");
    assert!(before.len() > after.len(), "{before:?} {after:?}");
    assert_eq!((&seen["was"], &seen["is"]), (&json!(3), &json!(70)), "{seen}");
    assert!(seen["note"].as_str().is_some_and(|note| note.contains(&event.id)), "{seen}");
    assert_eq!(seen["console"], json!([]));
    server.stop();
}
