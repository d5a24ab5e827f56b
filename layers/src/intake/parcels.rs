//! Industrial patches with everything the rules ask of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use geo::{Geometry, GeometryCollection, MultiPolygon};
use rayon::prelude::*;

use crate::codes::land_use::{UseGroup, UseGroups};
use crate::facts::Inputs;
use crate::feature::{Feature, Layer, Value};
use crate::measure::ellipsoidal_area;
use crate::project::{AreaMethod, Field, LayerSpec, RepeatedKeys, Settings, Subject};
use crate::units::SquareMetres;

use super::buildings::add_buildings;
use super::record::RecordReader;
use super::{Columns, IntakeError, LayerCodes, Note, Notes, into_polygons, polygons_of, united};

/// An industrial patch: what is recorded of it, and where it is.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// What is recorded and measured; it stays in its place while parcels pass from step to step.
    pub inputs: Box<Inputs>,
    /// Where it is, in lon/lat degrees.
    pub boundary: MultiPolygon<f64>,
}

/// The industrial patches of the parcels layer, in its order. The layer is left without geometries:
/// a city's parcels are not held twice.
///
/// # Errors
/// Missing or repeated keys, columns that are not there, a code column whose code
/// system is not declared and in doubt.
pub fn parcels(
    spec: &LayerSpec,
    layer: &mut Layer,
    buildings: Option<(&LayerSpec, &Layer)>,
    settings: &Settings,
) -> Result<(Vec<Parcel>, Vec<Note>), IntakeError> {
    let columns = Columns::of(spec, layer)?;
    let key = columns.need(Field::Key)?;
    let mut notes = Notes::of(&spec.id);
    let subjects = subjects(spec, layer, &columns, &settings.rules.land_use.groups(), &mut notes)?;
    check_filled(layer, &columns, key, &subjects)?;
    if spec.repeated_keys == RepeatedKeys::Merge {
        let merged = merge_parts(&columns, key, subjects, &mut notes);
        return made(spec, &columns, (&merged, boundaries(&merged)), buildings, settings, notes);
    }
    check_different(layer, &columns, key, &subjects)?;
    let mut wanted = subjects.into_iter().peekable();
    let is_subject = |feature: &Feature| wanted.next_if(|subject| std::ptr::eq(*subject, feature)).is_some();
    let is_subject: Vec<bool> = layer.features.iter().map(is_subject).collect();
    let take = |feature: &mut Feature| {
        into_polygons(std::mem::replace(
            &mut feature.geometry,
            Geometry::GeometryCollection(GeometryCollection::default()),
        ))
    };
    let boundaries = layer.features.iter_mut().zip(&is_subject).filter(|(_, is)| **is).map(|(f, _)| take(f)).collect();
    let subjects = layer.features.iter().zip(&is_subject).filter(|(_, is)| **is).map(|(f, _)| Cow::Borrowed(f));
    let subjects: Vec<_> = subjects.collect();
    made(spec, &Columns::of(spec, layer)?, (&subjects, boundaries), buildings, settings, notes)
}

fn boundaries(subjects: &[Cow<'_, Feature>]) -> Vec<MultiPolygon<f64>> {
    subjects.par_iter().map(|feature| polygons_of(&feature.geometry)).collect()
}

/// The industrial patches whatever their keys, for checks, which tell all that is wrong with keys
/// instead of ending at the first: a missing key is an empty one.
///
/// # Errors
/// Columns that are not there, a code column without a code system.
pub(crate) fn patches(
    spec: &LayerSpec,
    layer: &Layer,
    buildings: Option<(&LayerSpec, &Layer)>,
    settings: &Settings,
) -> Result<Vec<Parcel>, IntakeError> {
    let columns = Columns::of(spec, layer)?;
    let key = columns.need(Field::Key)?;
    let mut notes = Notes::of(&spec.id);
    let subjects = subjects(spec, layer, &columns, &settings.rules.land_use.groups(), &mut notes)?;
    let all_have_keys = subjects.iter().all(|feature| columns.text(feature, Field::Key).is_some());
    let subjects = match spec.repeated_keys {
        RepeatedKeys::Merge if all_have_keys => merge_parts(&columns, key, subjects, &mut notes),
        _ => subjects.into_iter().map(Cow::Borrowed).collect(),
    };
    Ok(made(spec, &columns, (&subjects, boundaries(&subjects)), buildings, settings, notes)?.0)
}

/// Rows read at once by one thread.
const AT_ONCE: usize = 4096;

/// What rows are read with.
struct Rows<'a> {
    spec: &'a LayerSpec,
    columns: &'a Columns<'a>,
    reader: Option<RecordReader<'a>>,
    method: AreaMethod,
}

impl Rows<'_> {
    /// What a row says of a patch whose boundary has that area; `None` if it has none.
    fn read(&self, feature: &Feature, mut area: SquareMetres, notes: &mut Notes) -> Option<Box<Inputs>> {
        let Self { spec, columns, reader, method } = self;
        if area.0 <= 0.0 {
            notes.add("a patch without an area was left out", feature.row);
            return None;
        }
        let mut area_recorded = false;
        if *method == AreaMethod::Field {
            match columns.area(feature, Field::Area, notes).filter(|recorded| *recorded > 0.0) {
                Some(recorded) => (area, area_recorded) = (SquareMetres(recorded), true),
                None => notes.add("no recorded area: the ellipsoidal area is used", feature.row),
            }
        }
        let ground = Ground::of(spec, columns, feature, area, notes);
        let floor = columns.amount(feature, Field::FloorArea, notes);
        let footprint = columns.amount(feature, Field::Footprint, notes);
        let metres = |amount: f64| SquareMetres(amount * spec.area_unit.square_metres());
        Some(Box::new(Inputs {
            key: columns.shared(feature, Field::Key).unwrap_or_default(),
            name: columns.shared(feature, Field::Name),
            row: feature.row,
            use_code: columns.shared(feature, Field::Use),
            site_area: ground.site.map(metres),
            floor_area: floor.map(metres),
            build_land: ground.build_land.map(metres),
            footprint: footprint.map(metres),
            far: far(columns, feature, floor, &ground, notes),
            density: density(columns, feature, footprint, &ground, notes),
            granted: columns.truth(feature, Field::Granted, notes),
            built: None,
            record: reader.as_ref().map(|reader| Box::new(reader.read(feature, notes))),
            area,
            area_recorded,
        }))
    }
}

fn made(
    spec: &LayerSpec,
    columns: &Columns<'_>,
    (subjects, boundaries): (&[Cow<'_, Feature>], Vec<MultiPolygon<f64>>),
    buildings: Option<(&LayerSpec, &Layer)>,
    settings: &Settings,
    mut notes: Notes,
) -> Result<(Vec<Parcel>, Vec<Note>), IntakeError> {
    let method = settings.area_method;
    let areas: Vec<SquareMetres> = boundaries.par_iter().map(|boundary| area_of(boundary, method)).collect();
    let reader = RecordReader::of(columns, &settings.rules.words);
    let rows = Rows { spec, columns, reader, method };
    let read: Vec<(Vec<Option<Box<Inputs>>>, Notes)> = subjects
        .par_chunks(AT_ONCE)
        .zip(areas.par_chunks(AT_ONCE))
        .map(|(features, areas)| {
            let mut notes = Notes::of(&spec.id);
            let inputs = features.iter().zip(areas).map(|(feature, area)| rows.read(feature, *area, &mut notes));
            (inputs.collect(), notes)
        })
        .collect();
    let mut parcels = Vec::with_capacity(subjects.len());
    let mut boundaries = boundaries.into_iter();
    for (inputs, remarks) in read {
        notes.append(remarks);
        let made = inputs.into_iter().zip(&mut boundaries);
        parcels.extend(made.filter_map(|(inputs, boundary)| Some(Parcel { inputs: inputs?, boundary })));
    }
    let of_buildings = match buildings {
        Some((spec, layer)) => add_buildings(&mut parcels, spec, layer)?,
        None => Vec::new(),
    };
    doubts(&parcels, &mut notes);
    Ok((parcels, notes.finish().chain(of_buildings).collect()))
}

/// Remarks about patches whose figures are counted as they are, but look wrong or incomplete.
fn doubts(parcels: &[Parcel], notes: &mut Notes) {
    for parcel in parcels.iter().filter(|parcel| parcel.inputs.density.is_some_and(|density| density > 1.0)) {
        let message = "density above 100 %: footprint and land do not fit, or shares have another share_unit";
        notes.add(message, parcel.inputs.row);
    }
    let recorded = parcels.iter().any(|parcel| parcel.inputs.granted.is_some());
    for parcel in parcels.iter().filter(|parcel| recorded && parcel.inputs.granted.is_none()) {
        notes.add("not recorded whether the land is granted: not counted as granted", parcel.inputs.row);
    }
}

fn area_of(boundary: &MultiPolygon<f64>, method: AreaMethod) -> SquareMetres {
    match method {
        AreaMethod::Planar => crate::measure::planar_area(boundary),
        AreaMethod::Ellipsoidal | AreaMethod::Field => ellipsoidal_area(boundary),
    }
}

/// The rows that are industrial patches.
pub(crate) fn subjects<'l>(
    spec: &LayerSpec,
    layer: &'l Layer,
    columns: &Columns<'_>,
    groups: &UseGroups,
    notes: &mut Notes,
) -> Result<Vec<&'l Feature>, IntakeError> {
    if spec.subject == Subject::All {
        return Ok(layer.features.iter().collect());
    }
    let codes = LayerCodes::of(spec, layer, columns, Field::Use, notes)?;
    let mut subjects = Vec::new();
    for feature in &layer.features {
        let Some(code) = columns.text(feature, Field::Use) else {
            notes.add("no use code: not taken as industrial", feature.row);
            continue;
        };
        match codes.read(&code, feature.row, notes) {
            Err(error) => notes.add(format!("{error}: not taken as industrial"), feature.row),
            Ok(code) if groups.class_of(code).group == UseGroup::Industrial => subjects.push(feature),
            Ok(_) => {}
        }
    }
    Ok(subjects)
}

fn check_filled(layer: &Layer, columns: &Columns<'_>, key: usize, subjects: &[&Feature]) -> Result<(), IntakeError> {
    let at = Box::new(layer.source.clone());
    let column = columns.name(key).to_owned();
    let mut missing = subjects.iter().filter(|feature| columns.text(feature, Field::Key).is_none());
    if let Some(first) = missing.next() {
        return Err(IntakeError::MissingKeys { at, column, count: 1 + missing.count(), row: first.row });
    }
    Ok(())
}

/// Rows with one key become one row: all their polygons, and the values on which they agree. The
/// key stays as the first row writes it: another may have blanks around it.
fn merge_parts<'l>(
    columns: &Columns<'_>,
    key_place: usize,
    subjects: Vec<&'l Feature>,
    notes: &mut Notes,
) -> Vec<Cow<'l, Feature>> {
    let mut places: BTreeMap<Cow<'l, str>, usize> = BTreeMap::new();
    let mut merged: Vec<Cow<'l, Feature>> = Vec::with_capacity(subjects.len());
    for part in subjects {
        let key = columns.text(part, Field::Key).unwrap_or_default();
        let Some(&place) = places.get(&key) else {
            places.insert(key, merged.len());
            merged.push(Cow::Borrowed(part));
            continue;
        };
        let whole = merged[place].to_mut();
        notes.add("rows with one key, taken as parts of one parcel", part.row);
        let mut polygons = polygons_of(&whole.geometry).0;
        polygons.extend(polygons_of(&part.geometry).0);
        whole.geometry = MultiPolygon(polygons).into();
        // What the parts say differently is not known of the whole.
        for (place, (value, other)) in whole.values.iter_mut().zip(&part.values).enumerate() {
            if place != key_place && value != other {
                *value = Value::Null;
            }
        }
    }
    merged.par_iter_mut().for_each(|feature| {
        if let Cow::Owned(whole) = feature {
            whole.geometry = united(polygons_of(&whole.geometry).0).into();
        }
    });
    merged
}

fn check_different(layer: &Layer, columns: &Columns<'_>, key: usize, subjects: &[&Feature]) -> Result<(), IntakeError> {
    let at = Box::new(layer.source.clone());
    let column = columns.name(key).to_owned();
    let keys = || subjects.iter().map(|feature| columns.text(feature, Field::Key).unwrap_or_default());
    let mut seen = HashSet::with_capacity(subjects.len());
    if keys().all(|key| seen.insert(key)) {
        return Ok(());
    }
    let mut rows: BTreeMap<Cow<'_, str>, Vec<i64>> = BTreeMap::new();
    for feature in subjects {
        rows.entry(columns.text(feature, Field::Key).unwrap_or_default()).or_default().push(feature.row);
    }
    rows.retain(|_, rows| rows.len() > 1);
    let Some((first, in_rows)) = rows.iter().min_by_key(|(_, rows)| rows[0]) else { return Ok(()) };
    let listed: Vec<String> = in_rows.iter().take(Notes::FIRST).map(i64::to_string).collect();
    Err(IntakeError::RepeatedKeys {
        at,
        column,
        count: rows.len(),
        key: first.to_string(),
        rows: listed.join(", "),
        unique: unique_columns(layer, subjects),
    })
}

/// Columns that could be keys: filled in and different in every patch.
pub(crate) fn unique_columns(layer: &Layer, subjects: &[&Feature]) -> Vec<String> {
    let is_unique = |place: &usize| {
        let mut seen = HashSet::new();
        subjects.iter().all(|feature| {
            let value = &feature.values[*place];
            !matches!(value, Value::Null | Value::Real(_)) && seen.insert(value.to_string())
        })
    };
    (0..layer.columns.len()).filter(is_unique).map(|place| layer.columns[place].name.clone()).collect()
}

/// What floor area and footprint are set against, in the layer's own unit of area: a quotient of
/// two numbers as recorded is exact where their square metres need not be (3.3 mu of 11 mu is 0.3).
struct Ground {
    site: Option<f64>,
    build_land: Option<f64>,
}

impl Ground {
    fn of(spec: &LayerSpec, columns: &Columns<'_>, feature: &Feature, area: SquareMetres, notes: &mut Notes) -> Self {
        let own = Some(area.0 / spec.area_unit.square_metres());
        let mut recorded = |field| columns.place(field).map(|_| columns.amount(feature, field, notes));
        let site = recorded(Field::SiteArea).unwrap_or(own);
        Self { site, build_land: recorded(Field::BuildLand).unwrap_or(site) }
    }
}

/// Floor area ratio: as recorded, else legal floor area over site area (plan 4.4.3).
fn far(
    columns: &Columns<'_>,
    feature: &Feature,
    floor: Option<f64>,
    ground: &Ground,
    notes: &mut Notes,
) -> Option<f64> {
    if let Some(recorded) = columns.amount(feature, Field::Far, notes) {
        return Some(recorded);
    }
    ratio(floor?, ground.site, "site area", feature, notes)
}

/// Building density: as recorded, else footprint over planned construction land (plan 4.4.3).
fn density(
    columns: &Columns<'_>,
    feature: &Feature,
    footprint: Option<f64>,
    ground: &Ground,
    notes: &mut Notes,
) -> Option<f64> {
    if let Some(recorded) = columns.share(feature, Field::Density, notes) {
        return Some(recorded);
    }
    ratio(footprint?, ground.build_land, "construction land", feature, notes)
}

fn ratio(over: f64, under: Option<f64>, what: &str, feature: &Feature, notes: &mut Notes) -> Option<f64> {
    let under = under?;
    if under <= 0.0 {
        notes.add(format!("{what} is zero: not assessed"), feature.row);
        return None;
    }
    Some(over / under)
}
