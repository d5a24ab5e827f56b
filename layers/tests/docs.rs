//! `docs/schema.md` says what the code says. `BLESS=1 cargo test -p layers --test docs` rewrites it.

use std::fmt::Write;

use layers::codes::lists;
use layers::schema::LAYERS;

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
    page.push_str("\n# Code lists\n\nAlso at `/codes`. Labels are never in tiles.\n");
    for list in lists::ALL {
        write!(
            page,
            "\n## {}\n\n{} / {}\n\n| code | zh | en |\n|---|---|---|\n",
            list.id, list.label.zh, list.label.en
        )?;
        for code in list.codes {
            writeln!(page, "| `{}` | {} | {} |", code.code, code.label.zh, code.label.en)?;
        }
    }
    Ok(page)
}

#[test]
fn the_schema_page_is_what_the_code_says() -> Result<(), Box<dyn std::error::Error>> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/schema.md");
    let page = schema_page()?;
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(file, &page)?;
    }
    assert!(
        std::fs::read_to_string(file)? == page,
        "docs/schema.md is out of date: BLESS=1 cargo test -p layers --test docs"
    );
    Ok(())
}
