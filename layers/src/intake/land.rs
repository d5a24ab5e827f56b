//! Named areas: parks, control line, scope, transformation area.

use std::borrow::Cow;
use std::collections::BTreeMap;

use geo::{MultiPolygon, Polygon};

use crate::feature::Layer;
use crate::project::{Field, LayerSpec};

use super::{Columns, IntakeError, Note, Notes, polygons_of, united};

/// A named area.
#[derive(Clone, Debug)]
pub struct Land {
    /// Its key; the row id where the layer has no key column.
    pub key: String,
    /// Its name; the key where the layer has no name column.
    pub name: String,
    /// The row it came from.
    pub row: i64,
    /// Where it is, in lon/lat degrees.
    pub boundary: MultiPolygon<f64>,
}

/// The areas of a layer, in its order, and remarks.
///
/// Rows without an area are left out; rows with one key and one name are parts of one area.
pub fn lands(spec: &LayerSpec, layer: &Layer) -> Result<(Vec<Land>, Vec<Note>), IntakeError> {
    let columns = Columns::of(spec, layer)?;
    let mut notes = Notes::of(&spec.id);
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut lands: Vec<Land> = Vec::with_capacity(layer.features.len());
    let mut parts: Vec<Vec<Polygon<f64>>> = Vec::with_capacity(layer.features.len());
    for feature in &layer.features {
        let boundary = polygons_of(&feature.geometry);
        if boundary.0.is_empty() {
            notes.add("a row without an area (a line or a point) was left out", feature.row);
            continue;
        }
        let key = columns.text(feature, Field::Key).map_or_else(|| feature.row.to_string(), Cow::into_owned);
        let name = columns.text(feature, Field::Name).map_or_else(|| key.clone(), Cow::into_owned);
        if let Some(&place) = places.get(&(key.clone(), name.clone())) {
            notes.add("rows with one key and name, taken as parts of one area", feature.row);
            parts[place].extend(boundary.0);
            continue;
        }
        places.insert((key.clone(), name.clone()), lands.len());
        lands.push(Land { key, name, row: feature.row, boundary: MultiPolygon(vec![]) });
        parts.push(boundary.0);
    }
    for (land, polygons) in lands.iter_mut().zip(parts) {
        land.boundary = if polygons.len() > 1 { united(polygons) } else { MultiPolygon(polygons) };
    }
    spare(&mut lands, &mut notes);
    if lands.is_empty() {
        notes.add_layer("the layer holds no polygon: taken as missing", 1);
    }
    Ok((lands, notes.finish().collect()))
}

/// Keys of table rows and groups; no area can have one of them.
const WORDS_OF_TABLES: [&str; 4] = ["all", "none", "total", "not_assessed"];

/// Gives areas whose key is a word of the tables another one.
fn spare(lands: &mut [Land], notes: &mut Notes) {
    for place in 0..lands.len() {
        let mut key = lands[place].key.clone();
        if !WORDS_OF_TABLES.contains(&key.as_str()) {
            continue;
        }
        while WORDS_OF_TABLES.contains(&key.as_str()) || lands.iter().any(|land| land.key == key) {
            key.push('_');
        }
        notes.add(format!("key {:?} is a row of every table: called {key:?}", lands[place].key), lands[place].row);
        lands[place].key = key;
    }
}
