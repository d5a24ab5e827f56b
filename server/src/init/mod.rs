//! A first `tuban.toml` for GeoPackages that nobody described yet.
//!
//! Every guess is marked as one, with its reason. Where a guess would make the analyses refuse to
//! run, the layer stays plain and a remark says what is missing.

mod guess;
mod words;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use layers::gpkg::{FeatureTable, GeoPackage, ReadError};
use layers::project::{AreaUnit, Field, Role, ShareUnit, Subject};

use guess::{Guess, guess};

/// A starting configuration for these files, which stand in it as they are named here.
///
/// # Errors
/// [`ReadError`] if a file cannot be opened or holds nothing readable.
pub fn configuration(files: &[PathBuf]) -> Result<String, ReadError> {
    let names: Vec<_> = files.iter().map(|file| file.file_stem().unwrap_or_default().to_string_lossy()).collect();
    let mut out = format!(
        "# A first configuration, made by `tuban init`. Lines with `guess:` may be wrong: read them,\n\
         # correct them, then `tuban serve`. docs/config.md explains every key.\n\n\
         [project]\nname = {}\n",
        quoted(&names.join(", "))
    );
    let mut draft = Draft::default();
    for file in files {
        let gpkg = GeoPackage::open(file)?;
        for table in gpkg.tables() {
            match gpkg.read(&table.name) {
                Ok(layer) => {
                    let guess = guess(&layer, table.identifier.as_deref(), table.geometry);
                    draft.layer(file, table, guess);
                }
                Err(error) => draft.unreadable(file, table, &error),
            }
        }
    }
    out.push_str(&draft.finish());
    Ok(out)
}

/// Layers as they are written.
#[derive(Default)]
struct Draft {
    layers: Vec<(PathBuf, FeatureTable, Guess)>,
    refused: String,
}

impl Draft {
    fn layer(&mut self, file: &Path, table: &FeatureTable, guess: Guess) {
        self.layers.push((file.to_owned(), table.clone(), guess));
    }

    /// A table that cannot be read as it is stands there, but not in force.
    fn unreadable(&mut self, file: &Path, table: &FeatureTable, error: &ReadError) {
        let (file, id) = (quoted(&file.display().to_string()), quoted(&table.name));
        let reason = error.to_string().replace('\n', " ");
        let _ = write!(
            self.refused,
            "\n# {reason}\n# [[layers]]\n# id = {id}\n# file = {file}\n# table = {id}\n# crs = 4490\n"
        );
    }

    fn finish(mut self) -> String {
        self.one_of_each_role();
        let mut out = String::new();
        let mut ids = BTreeSet::new();
        for (file, table, guess) in &self.layers {
            write_layer(&mut out, &unique_id(&table.name, &mut ids), file, table, guess);
        }
        out + &self.refused
    }

    /// Of every role but roads and plain there can be one layer: the table with the most rows.
    fn one_of_each_role(&mut self) {
        for role in Role::ALL.into_iter().filter(|role| !matches!(role, Role::Roads | Role::Plain)) {
            let rows = |layer: &(PathBuf, FeatureTable, Guess)| (layer.2.role == role).then_some(layer.2.rows);
            let most = self.layers.iter().filter_map(rows).max();
            let mut kept = false;
            for (.., guess) in &mut self.layers {
                if guess.role == role && (kept || Some(guess.rows) != most) {
                    guess.role = Role::Plain;
                    guess.because = format!("another table seems to be the {}", role.name());
                    guess.fields.retain(|(field, ..)| *field == Field::Key);
                    guess.codes = None;
                }
                kept |= guess.role == role;
            }
        }
        // Without parcels nothing is analysed, and roles would only hide layers.
        let analysed = self.layers.iter().any(|(.., guess)| guess.role == Role::Parcels);
        if !analysed && let Some((.., first)) = self.layers.first_mut() {
            first.hints.push("no table has the role parcels, so everything is shown as it stands".to_owned());
        }
    }
}

fn write_layer(out: &mut String, id: &str, file: &Path, table: &FeatureTable, guess: &Guess) {
    let mut line = |text: String| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    line(String::new());
    for hint in &guess.hints {
        line(format!("# {}", hint.replace('\n', " ")));
    }
    line("[[layers]]".to_owned());
    line(format!("id = {}", quoted(id)));
    line(format!("role = {}  # guess: {}", quoted(guess.role.name()), guess.because));
    line(format!("file = {}", quoted(&file.display().to_string())));
    line(format!("table = {}", quoted(&table.name)));
    let has = |wanted: &[Field]| guess.fields.iter().any(|(field, ..)| wanted.contains(field));
    if let Some(codes) = &guess.codes {
        line(format!("codes = {}  # guess: {}", quoted(codes.system.name()), codes.because));
        if codes.leading_zero {
            line("leading_zero = true  # guess: its codes are numbers that lost a zero".to_owned());
        }
    }
    if guess.subject == Subject::All && guess.role == Role::Parcels {
        line("subject = \"all\"  # guess: there is no column of use codes".to_owned());
    }
    if let Some(unit) = guess.share_unit.filter(|_| has(&[Field::Density, Field::DensityMax, Field::GreenMin])) {
        let (name, why) = match unit {
            ShareUnit::Fraction => ("fraction", "no share is above 1"),
            ShareUnit::Percent => ("percent", "shares are above 1"),
        };
        line(format!("share_unit = {}  # guess: {why}", quoted(name)));
    }
    let areas = [Field::Area, Field::SiteArea, Field::FloorArea, Field::Footprint, Field::BuildLand];
    if let Some(unit) = guess.area_unit.filter(|_| has(&areas)) {
        let name = match unit {
            AreaUnit::M2 => "m2",
            AreaUnit::Ha => "ha",
            AreaUnit::Mu => "mu",
            AreaUnit::Sqft => "sqft",
        };
        line(format!("area_unit = {}  # guess: recorded against drawn areas", quoted(name)));
    }
    for (field, column, why) in &guess.fields {
        line(format!("fields.{} = {}  # guess: {why}", field.name(), quoted(column)));
    }
}

/// A layer id from a table's name: usable in lists, and no other layer's but for case.
fn unique_id(table: &str, taken: &mut BTreeSet<String>) -> String {
    let clean: String = table.chars().map(|c| if "/,".contains(c) { '-' } else { c }).collect();
    let numbered = (2..).map(|number| format!("{clean}-{number}"));
    let id = std::iter::once(clean.clone()).chain(numbered).find(|id| !taken.contains(&id.to_lowercase()));
    let id = id.expect("one of endlessly many numbers is free");
    taken.insert(id.to_lowercase());
    id
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
