//! `docs/schema.md` and `docs/quality.md` say what the code says. `BLESS=1 cargo test -p layers --test docs`
//! rewrites them.

use std::fmt::Write;
use std::path::Path;

use layers::codes::lists;
use layers::quality::{Check, Quality, Thresholds};
use layers::schema::{LAYERS, LayerSchema};

fn schema_page() -> Result<String, std::fmt::Error> {
    let mut page = String::from(
        "# Tile schema\n\n\
         The layers of a project's `findings` tileset, bottom layer first; `findings.gpkg` has a table for each, with the same attributes and numbers.\n\
         A layer without data is left out. An absent attribute means *not assessed*, never zero.\n\
         Feature ids are stable between builds: the key where it is a whole number up to 2⁵³ − 1, else a hash of it.\n\
         This page is generated from `layers/src/schema.rs`.\n",
    );
    for layer in LAYERS {
        write!(
            page,
            "\n## `{}` {}\n\nOne feature is {}. Geometry: {}.\n\n",
            layer.id,
            layer.title.zh,
            layer.description,
            format!("{:?}", layer.geometry).to_lowercase()
        )?;
        page.push_str("| attribute | zh | type | what it says | codes |\n|---|---|---|---|---|\n");
        for attribute in layer.attributes {
            let kind = format!("{:?}", attribute.kind).to_lowercase();
            let codes = attribute.codes.map(|list| format!("[{0}](#{0})", list.id)).unwrap_or_default();
            let (name, zh) = (attribute.name, &attribute.title().zh);
            writeln!(page, "| `{name}` | {zh} | {kind} | {} | {codes} |", attribute.description)?;
        }
    }
    page.push_str(&cells_section());
    page.push_str("\n# Code lists\n\nAlso at `/codes`. Labels are never in tiles.\n");
    for list in lists::ALL {
        write!(
            page,
            "\n## {}\n\n{} / {}\n\n| code | zh | en |\n|---|---|---|\n",
            list.id, list.label.zh, list.label.en
        )?;
        for code in list.codes.iter() {
            writeln!(page, "| `{}` | {} | {} |", code.code, code.label.zh, code.label.en)?;
        }
    }
    Ok(page)
}

/// The one layer that is no table: tiles have it where they would grow too large otherwise.
fn cells_section() -> String {
    let themes = LayerSchema::of("parcels").into_iter().flat_map(LayerSchema::themes);
    let themes: Vec<String> = themes.map(|theme| format!("`{}`", theme.name)).collect();
    format!(
        "\n## `cells`\n\n\
         One feature is a square of a tile, 32 along its side, with the sums of the patches whose interior point lies in it. Geometry: polygon.\n\
         It stands in place of single features at the zooms above `detail_zoom`, where a tile with them would take more than 500 kB \
         (`[tiles]` in [config.md](config.md) changes both numbers, or draws everything). \
         Each patch is counted once at every zoom, so the sums over all cells are those of the statistics.\n\n\
         | attribute | type | what it says |\n|---|---|---|\n\
         | `count` | int | patches |\n\
         | `area_ha` | real | their hectares |\n\
         | *theme* | as in `parcels` | the class with the most hectares, for one of {} |\n\
         | *theme*`_`*class* | real | hectares of one class, as `intensity_1`; absent where there are none |\n",
        themes.join(", ")
    )
}

fn quality_page() -> Result<String, std::fmt::Error> {
    let mut page = format!(
        "# Quality gate\n\n\
         `tuban check` asks these questions of the data and lists every flaw with layer, row, key and place.\n\
         `tuban build` asks them before it analyses anything and publishes nothing if a check found more than is allowed.\n\
         The answers are in `quality.json` of each generation, at `/quality.json`, and as a page at `/quality`.\n\
         A check whose inputs are missing is not asked: its `count` is `null`, not 0.\n\
         All flaws are counted; the first {} of each check are listed, the largest first where they have an amount.\n\
         This page is generated from `layers/src/quality`.\n\n\
         ## Severities\n\n\
         | severity | means | allowed unless `[quality]` says otherwise |\n|---|---|---|\n\
         | `error` | results would be wrong | none |\n\
         | `warning` | dirt that the analyses survive | any number |\n\
         | `info` | worth knowing | any number |\n\n\
         ```toml\n[quality]\nallow = {{ overlaps = 10 }}\nseverity = {{ gaps = \"error\" }}\nthresholds = {{ far_max = 15 }}\n```\n\n\
         ## Thresholds\n\n| name | default | unit | means |\n|---|---|---|---|\n",
        Quality::LISTED
    );
    for threshold in &Thresholds::ALL {
        writeln!(
            page,
            "| `{}` | {} | {} | {} |",
            threshold.name,
            threshold.default_value(),
            threshold.unit,
            threshold.means
        )?;
    }
    page.push_str("\n## Checks\n");
    for check in Check::ALL {
        let about = check.about();
        write!(page, "\n### `{}`\n\n{} / {}\n\n{}\n\n", check.name(), about.title.zh, about.title.en, about.question)?;
        writeln!(
            page,
            "- Severity: {}{}",
            about.severity.name(),
            if about.can_be_allowed { "" } else { "; cannot be allowed" }
        )?;
        if !about.thresholds.is_empty() {
            let names: Vec<String> = about.thresholds.iter().map(|name| format!("`{name}`")).collect();
            writeln!(page, "- Thresholds: {}", names.join(", "))?;
        }
        if let Some(unit) = about.unit {
            writeln!(page, "- Amount: {unit}")?;
        }
        writeln!(page, "- What to do: {}", about.hint.en)?;
        writeln!(page, "- 处理：{}", about.hint.zh)?;
    }
    Ok(page)
}

/// Compares a page in `docs/` with what the code says, or writes it.
fn compare(name: &str, page: &str) -> std::io::Result<()> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, page)?;
    }
    let written = std::fs::read_to_string(&file)?;
    assert!(written == page, "docs/{name} is out of date: BLESS=1 cargo test -p layers --test docs");
    Ok(())
}

#[test]
fn the_schema_page_is_what_the_code_says() -> Result<(), Box<dyn std::error::Error>> {
    Ok(compare("schema.md", &schema_page()?)?)
}

#[test]
fn the_quality_page_is_what_the_code_says() -> Result<(), Box<dyn std::error::Error>> {
    Ok(compare("quality.md", &quality_page()?)?)
}

#[test]
fn every_threshold_that_a_check_goes_by_exists() {
    for check in Check::ALL {
        for name in check.about().thresholds {
            assert!(Thresholds::default().set(name, 1.0), "{}: {name}", check.name());
        }
    }
}
