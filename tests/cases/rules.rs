//! A planner's own rule file, from `tuban rules show` to the tables.

use serde_json::Value;
use tests::Tuban;

use crate::city::{self, folder};

#[test]
fn the_built_in_rules_are_printed_checked_and_changed() {
    let home = folder("rules");
    let shown = Tuban::at(&home).args(["rules", "show"]).run().good();
    let file = home.join("rules.toml");
    std::fs::write(&file, shown.text()).expect("the rules can be written");
    let good = Tuban::at(&home).args(["rules", "check", "rules.toml"]).run().good();
    assert!(good.text().starts_with("rules.toml: xilinhot-"), "{}", good.text());

    let broken =
        shown.text().replace("\"[0.6, 1.0)\", label", "\"(0.6, 1.0)\", label").replace("row = 12,", "row = 11,");
    std::fs::write(&file, &broken).expect("the rules can be written");
    let bad = Tuban::at(&home).args(["rules", "check", "rules.toml"]).run();
    assert_eq!(bad.code, Some(2), "{}", bad.err);
    assert!(bad.err.contains("2 errors"), "{}", bad.err);
    let lines: Vec<&str> = bad.text().lines().collect();
    assert_eq!(lines.len(), 2, "{}", bad.text());
    assert!(lines[0].starts_with("rules.toml:") && lines[0].contains("0.6 is in no class"), "{}", lines[0]);
    assert!(lines[1].contains("disposal.rows[11].row"), "{}", lines[1]);
    Tuban::at(&home).args(["rules", "check", "no-such.toml"]).run().refused(3, &["no-such.toml"]);

    let json: Value = Tuban::at(&home).args(["rules", "show", "--format", "json"]).run().good().json();
    assert_eq!(json["disposal"]["rows"].as_array().map(Vec::len), Some(13));
}

#[test]
fn a_moved_break_moves_tables_legend_and_style() {
    let home = folder("own-rules");
    let before = city::build(&home);
    let far = before.table("far");
    let rules = Tuban::at(&home).args(["rules", "show"]).run().good().text().to_owned();
    let moved =
        rules.replace("\"(0, 0.3)\", label = { zh = \"0–0.3\"", "\"(0, 0.4)\", label = { zh = \"0–0.4\"").replace(
            "{ is = \"[0.3, 0.6)\", label = { zh = \"0.3–0.6\"",
            "{ is = \"[0.4, 0.6)\", label = { zh = \"0.4–0.6\"",
        );
    std::fs::write(home.join("rules.toml"), moved).expect("the rules can be written");
    let config = home.join("tuban.toml");
    let text = std::fs::read_to_string(&config).expect("the demo has a configuration");
    assert_eq!(text.matches("[analysis]").count(), 1);
    std::fs::write(&config, text.replace("[analysis]", "[analysis]\nrules = \"rules.toml\""))
        .expect("it can be written");
    Tuban::at(&home).args(["build", "."]).run().good();
    assert_ne!(city::current(&home), before.generation);
    let now = Tuban::at(&home).args(["stats", ".", "far", "--format", "json"]).run().good().json();
    assert_ne!(now["rules"], far["rules"]);
    let count = |table: &Value, class: usize| table["rows"][class]["count"].as_u64();
    assert!(count(&now, 1) > count(&far, 1), "{now} {far}");
    assert_eq!(count(&now, 4), count(&far, 4));
    assert_eq!(now["total"]["count"], far["total"]["count"]);
    // Legend and style follow.
    let server = Tuban::at(&home).args(["serve", "."]).serve();
    let legend = server.json("/legend/far");
    let entries = legend["entries"].as_array().expect("classes");
    let entry = entries.iter().find(|entry| entry["label"]["zh"] == "0–0.4").expect("the class has its new name");
    assert_eq!(entry["count"].as_u64(), count(&now, 1), "{entry}");
    let style = server.json("/style/far").to_string();
    assert!(style.contains("0–0.4") && !style.contains("0–0.3"), "the words on the map are those of the rules");
    server.stop();
}
