//! Which keys a `tuban.toml` may have, so that a misspelt one is named by its full path and line.
//!
//! serde's own refusal knows neither the path nor the nearest key; it stays behind this walk as a
//! backstop, so a key that is added there and forgotten here fails the test of the example file.

use layers::codes::land_use::UseGroup;
use layers::project::Field;
use layers::quality::{Check, Thresholds};
use toml::de::{DeTable, DeValue};

use super::{ConfigError, Source, nearest, server};

/// What may stand at one place of the document.
enum Shape {
    /// A value; its type is serde's business.
    Value,
    /// A table with these keys.
    Table(&'static [(&'static str, Shape)]),
    /// A table whose keys come from a list of the domain.
    Names(fn() -> Vec<&'static str>),
    /// A table with keys of the user's own choice, each of the same shape.
    Named(&'static Shape),
    /// A list of tables.
    List(&'static Shape),
    /// A table of settings of the server, whose list knows what may stand below this path.
    Settings(&'static str),
}

use Shape::{List, Named, Names, Settings, Table, Value};

const DOCUMENT: Shape = Table(&[
    ("project", Table(&[("name", Value), ("description", Value), ("attribution", Value), ("styles", Value)])),
    (
        "analysis",
        Table(&[("area_method", Value), ("agglomeration_parks", Value), ("reference_date", Value), ("rules", Value)]),
    ),
    ("layers", List(&LAYER)),
    ("codes", Named(&Names(code_lists))),
    ("quality", Table(&[("allow", Names(checks)), ("severity", Names(checks)), ("thresholds", Names(thresholds))])),
    (
        "tiles",
        Table(&[
            ("min_zoom", Value),
            ("max_zoom", Value),
            ("tile_bytes", Value),
            ("cells", Value),
            ("keep_all", Value),
        ]),
    ),
    (
        "sheet",
        Table(&[("title", Value), ("title_en", Value), ("maker", Value), ("review_number", Value), ("crs", Value)]),
    ),
    ("foreign", Named(&Table(&[("file", Value), ("description", Value), ("attribution", Value)]))),
    (
        "basemap",
        Named(&Table(&[
            ("url", Value),
            ("hosts", Value),
            ("label", Value),
            ("label_en", Value),
            ("attribution", Value),
            ("tile_size", Value),
            ("min_zoom", Value),
            ("max_zoom", Value),
        ])),
    ),
    ("server", Settings("server")),
    ("log", Settings("log")),
]);

const LAYER: Shape = Table(&[
    ("id", Value),
    ("role", Value),
    ("file", Value),
    ("table", Value),
    ("crs", Value),
    ("codes", Value),
    ("leading_zero", Value),
    ("share_unit", Value),
    ("area_unit", Value),
    ("subject", Value),
    ("no_building", Value),
    ("repeated_keys", Value),
    ("fields", Names(fields)),
]);

fn code_lists() -> Vec<&'static str> {
    UseGroup::ALL.into_iter().map(UseGroup::code).chain(["mandatory", "file"]).collect()
}

fn fields() -> Vec<&'static str> {
    Field::ALL.into_iter().map(Field::name).collect()
}

fn checks() -> Vec<&'static str> {
    Check::ALL.into_iter().map(Check::name).collect()
}

fn thresholds() -> Vec<&'static str> {
    Thresholds::ALL.iter().map(|threshold| threshold.name).collect()
}

/// Refuses the first key that means nothing.
pub(super) fn check(document: &DeTable<'_>, source: &Source<'_>) -> Result<(), ConfigError> {
    check_table(document, &DOCUMENT, "", source)
}

fn check_table(table: &DeTable<'_>, shape: &Shape, path: &str, source: &Source<'_>) -> Result<(), ConfigError> {
    for (key, value) in table.iter() {
        let name = key.get_ref().as_ref();
        let here = join(path, name);
        let settings;
        let (known, inner): (Vec<&str>, Option<&Shape>) = match shape {
            Settings(path) => {
                let below = server::below(path);
                let found = below.iter().find(|(known, _, _)| *known == name);
                settings = found.map(|(_, path, is_value)| if *is_value { Value } else { Settings(path) });
                (below.into_iter().map(|(known, _, _)| known).collect(), settings.as_ref())
            }
            Table(keys) => {
                (keys.iter().map(|(key, _)| *key).collect(), keys.iter().find(|(key, _)| *key == name).map(|(_, s)| s))
            }
            Names(names) => {
                let names = names();
                let inner = names.contains(&name).then_some(&Value);
                (names, inner)
            }
            Named(inner) => (vec![], Some(*inner)),
            Value | List(_) => return Ok(()),
        };
        let Some(inner) = inner else {
            let at = source.place(key.span().start, here);
            let nearest = nearest(name, known.iter().copied()).map(|key| join(path, key));
            return Err(ConfigError::UnknownKey { at, nearest, known: known.iter().map(|&k| k.to_owned()).collect() });
        };
        check_value(value.get_ref(), inner, &here, source)?;
    }
    Ok(())
}

fn check_value(value: &DeValue<'_>, shape: &Shape, path: &str, source: &Source<'_>) -> Result<(), ConfigError> {
    match (shape, value) {
        (List(inner), DeValue::Array(items)) => {
            for (number, item) in items.iter().enumerate() {
                check_value(item.get_ref(), inner, &format!("{path}[{number}]"), source)?;
            }
            Ok(())
        }
        (_, DeValue::Table(table)) => check_table(table, shape, path, source),
        _ => Ok(()),
    }
}

/// The path of the value that stands at a place of the text; empty if none does.
pub(super) fn path_at(document: &DeTable<'_>, offset: usize) -> String {
    let mut path = String::new();
    let mut tables = vec![(String::new(), document)];
    while let Some((above, table)) = tables.pop() {
        for (key, value) in table.iter() {
            let here = join(&above, key.get_ref());
            match value.get_ref() {
                DeValue::Table(inner) => tables.push((here.clone(), inner)),
                DeValue::Array(items) => {
                    let items = items
                        .iter()
                        .enumerate()
                        .filter_map(|(number, item)| Some((format!("{here}[{number}]"), item.get_ref().as_table()?)));
                    tables.extend(items);
                }
                _ => {}
            }
            // Tables come before what is in them, so the last match is the innermost.
            if value.span().contains(&offset) && here.len() >= path.len() {
                path = here;
            }
        }
    }
    path
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
