//! Guesses about one table, each from what its rows really hold.

use std::collections::{BTreeMap, BTreeSet};

use geo::ChamberlainDuquetteArea;
use layers::codes::land_use::{CodeSystem, Doubt, UseClass, UseGroup, UseGroups, detect};
use layers::intake::guess_column;
use layers::project::{AreaUnit, Field, Role, ShareUnit, Subject};
use layers::{GeometryKind, Layer, Value};

use super::words;

/// What a table seems to be.
#[derive(Debug)]
pub(super) struct Guess {
    pub(super) role: Role,
    /// Rows of the table.
    pub(super) rows: u64,
    /// Why this role, in a phrase.
    pub(super) because: String,
    /// Field, column and why.
    pub(super) fields: Vec<(Field, String, &'static str)>,
    pub(super) codes: Option<CodesGuess>,
    pub(super) share_unit: Option<ShareUnit>,
    pub(super) area_unit: Option<AreaUnit>,
    pub(super) subject: Subject,
    /// Remarks that help to make more of it.
    pub(super) hints: Vec<String>,
}

/// Guesses what `layer` is. `title` is the table's own title.
pub(super) fn guess(layer: &Layer, title: Option<&str>, geometry: GeometryKind) -> Guess {
    let mut fields = columns(layer);
    let key = key(layer);
    let mut hints = Vec::new();
    match key {
        Some((column, why)) => fields.insert(0, (Field::Key, column, why)),
        None => hints.push("no column is unique and never empty, so there is no key; features go by row id".to_owned()),
    }
    let mut doubts = Vec::new();
    let codes = codes(layer, &fields, &mut doubts);
    let (role, because, subject) = role(layer, title, geometry, &fields, codes.as_ref(), &mut hints);
    fields.retain(|(field, ..)| belongs(role, *field));
    let has = |field| fields.iter().any(|(known, ..)| *known == field);
    let codes = codes.filter(|_| has(Field::Use) || has(Field::PlanCode));
    if codes.is_some() {
        hints.append(&mut doubts);
    }
    Guess {
        rows: layer.report.rows,
        codes,
        share_unit: share_unit(layer, &fields),
        area_unit: area_unit(layer, &fields),
        role,
        because,
        fields,
        subject,
        hints,
    }
}

/// Columns by their standard names, then by other names that speak for a field.
fn columns(layer: &Layer) -> Vec<(Field, String, &'static str)> {
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for field in Field::ALL.into_iter().filter(|field| *field != Field::Key) {
        let standard = guess_column(field, &layer.columns).map(|place| (place, "a standard name"));
        let spoken = || layer.columns.iter().position(|column| words::speaks_for(field, &column.name));
        let place = standard.or_else(|| spoken().map(|place| (place, "by its name")));
        if let Some((place, why)) = place
            && taken.insert(place)
        {
            found.push((field, layer.columns[place].name.clone(), why));
        }
    }
    for (field, place) in yearly(layer) {
        if taken.insert(place) {
            found.push((field, layer.columns[place].name.clone(), "the latest year, or the one before it"));
        }
    }
    found
}

/// Columns that carry a year in their name, `MJSS2024`: the latest year and the one before it.
fn yearly(layer: &Layer) -> Vec<(Field, usize)> {
    let years = |stem: &str| {
        let year = |name: &str| -> Option<u16> {
            let name = name.to_uppercase();
            let year = name.strip_prefix(stem).or_else(|| name.strip_suffix(stem))?;
            (year.len() == 4).then(|| year.parse().ok()).flatten()
        };
        let columns = layer.columns.iter().enumerate();
        let mut years: Vec<(u16, usize)> = columns.filter_map(|(place, c)| Some((year(&c.name)?, place))).collect();
        years.sort_by(|a, b| b.cmp(a));
        years
    };
    let mut found = Vec::new();
    for (stems, fields) in words::YEARLY {
        let Some(years) = stems.iter().map(|stem| years(stem)).find(|years| !years.is_empty()) else { continue };
        let (latest, _) = years[0];
        for (field, back) in (0..).zip(*fields).map(|(back, field)| (*field, back)) {
            found.extend(years.iter().find(|(year, _)| year + back == latest).map(|(_, place)| (field, *place)));
        }
    }
    found
}

/// A column whose values are unique and never empty: one with a key's name if there is one.
fn key(layer: &Layer) -> Option<(String, &'static str)> {
    let name = |place: usize| layer.columns[place].name.clone();
    let standard = Field::Key.aliases().iter();
    let standard = standard.filter_map(|alias| layer.columns.iter().position(|c| c.name.eq_ignore_ascii_case(alias)));
    if let Some(place) = standard.into_iter().find(|place| is_unique(layer, *place)) {
        return Some((name(place), "a standard name, and its values are unique"));
    }
    let spoken = |place: &usize| words::speaks_for(Field::Key, &layer.columns[*place].name);
    let like_a_key = |place: &usize| {
        let name = layer.columns[*place].name.to_lowercase();
        let words = ["id", "code", "ref", "reference", "编号", "代码", "编码"];
        words.iter().any(|word| name.ends_with(word) || name.starts_with(word))
    };
    let places = || (0..layer.columns.len()).filter(|place| is_unique(layer, *place));
    let place = places().find(spoken).or_else(|| places().find(like_a_key))?;
    Some((name(place), "by its name, and its values are unique"))
}

fn is_unique(layer: &Layer, place: usize) -> bool {
    let mut seen = BTreeSet::new();
    let values = layer.features.iter().map(|feature| &feature.values[place]);
    let known = |value: &Value| matches!(value, Value::Int(_)) || value.as_str().is_some_and(|t| !t.trim().is_empty());
    !layer.features.is_empty() && values.into_iter().all(|value| known(value) && seen.insert(value.to_string()))
}

/// A standard that a table's use codes seem to be of.
#[derive(Debug)]
pub(super) struct CodesGuess {
    pub(super) system: CodeSystem,
    /// Whether they lost their leading zero.
    pub(super) leading_zero: bool,
    /// Why this one, in a phrase.
    pub(super) because: String,
}

impl CodesGuess {
    fn class_of(&self, code: &str) -> Option<UseClass> {
        let read = if self.leading_zero { self.system.read_restoring_zero(code) } else { self.system.read(code) };
        read.ok().map(|code| UseGroups::default().class_of(&code))
    }
}

/// The standard that nearly all of a table's use codes belong to. Where several read them
/// differently, that is a remark, because the choice between them is a guess.
fn codes(layer: &Layer, fields: &[(Field, String, &'static str)], hints: &mut Vec<String>) -> Option<CodesGuess> {
    let counts = counts(layer, fields, &[Field::Use, Field::PlanCode]);
    let guess = |system: CodeSystem, leading_zero: bool, because: String| CodesGuess { system, leading_zero, because };
    match detect(&counts, false) {
        Ok(found) => Some(guess(found.system, false, found.because)),
        Err(Doubt::NoneFits { with_zeros: Some(_), .. }) => {
            let found = detect(&counts, true).ok()?;
            Some(guess(found.system, true, format!("with leading zeros put back {}", found.because)))
        }
        Err(doubt @ Doubt::SeveralFit { .. }) => {
            hints.push(doubt.to_string());
            let (system, industrial) = most_likely(&counts)?;
            let why = if industrial { "the standard in which some of its codes are industry" } else { "one that fits" };
            Some(guess(system, false, why.to_owned()))
        }
        Err(Doubt::NoneFits { .. }) => {
            let (system, _) = most_likely(&counts)?;
            Some(guess(system, false, "the standard that most of its codes fit".to_owned()))
        }
    }
}

/// The standard that knows nearly all of these codes, and whether some of them are industry in it.
fn most_likely(counts: &BTreeMap<String, u64>) -> Option<(CodeSystem, bool)> {
    let share = |system: &CodeSystem| {
        let known = counts.keys().filter(|code| system.read(code).is_ok_and(|code| code.is_exact()));
        known.count() as f64 / counts.len().max(1) as f64
    };
    let industrial = |system: &CodeSystem| {
        let is_industrial = |code: &String| system.class_of(code).is_some_and(|c| c.group == UseGroup::Industrial);
        counts.keys().any(is_industrial)
    };
    /// A few codes may be slips; more mean another standard.
    const NEARLY_ALL: f64 = 0.9;
    let fitting = CodeSystem::STANDARDS.into_iter().filter(|system| share(system) >= NEARLY_ALL);
    // Of several, the one in which some of them are industry; of those, the newest.
    fitting
        .map(|system| (industrial(&system), system))
        .rev()
        .max_by_key(|(industrial, _)| *industrial)
        .map(|(i, s)| (s, i))
}

/// Texts of the first of these fields that has a column, with the number of rows that have them.
fn counts(layer: &Layer, fields: &[(Field, String, &'static str)], wanted: &[Field]) -> BTreeMap<String, u64> {
    let column = wanted.iter().find_map(|field| fields.iter().find(|(known, ..)| known == field));
    let place = column.and_then(|(_, column, _)| layer.column(column));
    let values = place.into_iter().flat_map(|place| layer.features.iter().map(move |f| f.values[place].to_string()));
    let mut counts = BTreeMap::new();
    for value in values.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()) {
        *counts.entry(value).or_default() += 1;
    }
    counts
}

/// Distinct texts of the first of these fields that has a column.
fn distinct(layer: &Layer, fields: &[(Field, String, &'static str)], wanted: &[Field]) -> BTreeSet<String> {
    counts(layer, fields, wanted).into_keys().collect()
}

fn role(
    layer: &Layer,
    title: Option<&str>,
    geometry: GeometryKind,
    fields: &[(Field, String, &'static str)],
    codes: Option<&CodesGuess>,
    hints: &mut Vec<String>,
) -> (Role, String, Subject) {
    let has = |field| fields.iter().any(|(known, ..)| *known == field);
    let plain = |because: &str| (Role::Plain, because.to_owned(), Subject::default());
    let polygons = matches!(geometry, GeometryKind::Polygon | GeometryKind::Mixed);
    let Some(named) = words::role_of(&layer.source.table, title) else {
        return plain("its name says nothing");
    };
    if named == Role::Roads {
        return (named, "by its name".to_owned(), Subject::default());
    }
    if !polygons {
        return plain("it has no polygons");
    }
    match named {
        Role::Parcels => {
            let industrial = |code: &String| {
                codes.and_then(|codes| codes.class_of(code)).is_some_and(|class| class.group == UseGroup::Industrial)
            };
            if !has(Field::Key) {
                hints.push("named like parcels; role = \"parcels\" needs fields.key".to_owned());
                hints.extend(nearly_a_key(layer));
                plain("parcels need a key")
            } else if has(Field::Use) && distinct(layer, fields, &[Field::Use]).iter().any(industrial) {
                (named, "by its name and its industrial use codes".to_owned(), Subject::ByCode)
            } else if !has(Field::Use) && (has(Field::Far) || has(Field::Density) || has(Field::FloorArea)) {
                (named, "by its name and its building figures".to_owned(), Subject::All)
            } else {
                hints.push(unknown_codes(layer, fields, Field::Use, "parcels"));
                plain("no use codes of a known standard")
            }
        }
        Role::Zoning if codes.is_none() => {
            hints.push(unknown_codes(layer, fields, Field::PlanCode, "zoning"));
            plain("no planned use codes of a known standard")
        }
        other => (other, "by its name".to_owned(), Subject::default()),
    }
}

/// What to do about codes that no standard knows.
fn unknown_codes(layer: &Layer, fields: &[(Field, String, &'static str)], field: Field, role: &str) -> String {
    /// Enough to see what kind of codes they are.
    const SHOWN: usize = 12;
    let values = distinct(layer, fields, &[field]);
    let some: Vec<&str> = values.iter().take(SHOWN).map(String::as_str).collect();
    let name = field.name();
    let Some((_, column, _)) = fields.iter().find(|(known, ..)| *known == field).filter(|_| !some.is_empty()) else {
        return format!(
            "named like {role}; for role = \"{role}\" set fields.{name} and codes. no column for fields.{name} was \
             recognised"
        );
    };
    let more = if values.len() > SHOWN { ", …" } else { "" };
    format!(
        "named like {role}; for role = \"{role}\" set fields.{name} = {column:?} and codes, the name of a [codes.NAME] \
         table. its {} codes are of no known standard: {}{more}",
        values.len(),
        some.join(", ")
    )
}

/// The column that would be the key if parts of one parcel were not rows of their own.
fn nearly_a_key(layer: &Layer) -> Option<String> {
    /// More repeated values than this are no slips and no parts.
    const MOST_REPEATED: usize = 20;
    let repeated = |place: usize| {
        let values = layer.features.iter().map(|feature| &feature.values[place]);
        let known = values.clone().all(|value| match value {
            Value::Int(_) => true,
            value => value.as_str().is_some_and(|text| !text.trim().is_empty()),
        });
        let distinct = values.map(ToString::to_string).collect::<BTreeSet<_>>().len();
        known.then(|| layer.features.len() - distinct)
    };
    let few = |repeated: usize| repeated > 0 && repeated * MOST_REPEATED <= layer.features.len();
    let candidates = (0..layer.columns.len()).filter_map(|place| Some((repeated(place)?, place)));
    let (repeated, place) = candidates.filter(|(repeated, _)| few(*repeated)).min()?;
    let column = &layer.columns[place].name;
    Some(format!(
        "{repeated} of its {} rows repeat a value of {column:?}: if they are parts of one parcel, set fields.key = \
         {column:?} and repeated_keys = \"merge\"",
        layer.features.len()
    ))
}

/// Fields that mean something in a role. Others would only be noise.
fn belongs(role: Role, field: Field) -> bool {
    use Field::{
        Action, Area, BuildLand, Density, DensityMax, Far, FarMax, FloorArea, Footprint, Granted, GreenMin, HeightMax,
        Key, Mandatory, Name, Parcel, PlanCode, PlanName, SiteArea, Storeys, Supply, Use,
    };
    match role {
        Role::Parcels => {
            let own = matches!(
                field,
                Key | Name | Use | Far | Density | FloorArea | SiteArea | Footprint | BuildLand | Area | Granted
            );
            own || field.is_of_record()
        }
        Role::Zoning => {
            matches!(field, Key | PlanCode | PlanName | Mandatory | FarMax | DensityMax | GreenMin | HeightMax)
        }
        Role::Approvals => matches!(field, Key | Name | Area | Granted | Parcel | Supply),
        Role::Renewal => matches!(field, Key | Name | Action),
        Role::Buildings => matches!(field, Key | Parcel | FloorArea | Footprint | Storeys),
        Role::Plain => matches!(field, Key),
        _ => matches!(field, Key | Name),
    }
}

/// Percent if a density is above what a fraction can be.
fn share_unit(layer: &Layer, fields: &[(Field, String, &'static str)]) -> Option<ShareUnit> {
    let shares = [Field::Density, Field::DensityMax, Field::GreenMin];
    let mut largest = numbers(layer, fields, &shares).into_iter().reduce(f64::max).into_iter();
    largest.next().map(|largest| if largest > 1.5 { ShareUnit::Percent } else { ShareUnit::Fraction })
}

/// The unit in which recorded areas come nearest to what the polygons measure.
fn area_unit(layer: &Layer, fields: &[(Field, String, &'static str)]) -> Option<AreaUnit> {
    let wanted = [Field::Area, Field::SiteArea];
    let column = wanted.iter().find_map(|field| fields.iter().find(|(known, ..)| known == field));
    let place = column.and_then(|(_, column, _)| layer.column(column))?;
    let unit = |feature: &layers::Feature| {
        let recorded = feature.values[place].as_f64().filter(|area| *area > 0.0)?;
        let drawn = feature.geometry.chamberlain_duquette_unsigned_area();
        (drawn > 0.0).then_some(drawn / recorded)
    };
    let mut units: Vec<f64> = layer.features.iter().filter_map(unit).collect();
    units.sort_by(f64::total_cmp);
    let median = *units.get(units.len() / 2)?;
    let all = [AreaUnit::M2, AreaUnit::Ha, AreaUnit::Mu, AreaUnit::Sqft];
    let distance = |unit: &AreaUnit| (median / unit.square_metres()).ln().abs();
    all.into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

fn numbers(layer: &Layer, fields: &[(Field, String, &'static str)], wanted: &[Field]) -> Vec<f64> {
    let columns = fields.iter().filter(|(field, ..)| wanted.contains(field));
    let places: Vec<usize> = columns.filter_map(|(_, column, _)| layer.column(column)).collect();
    layer.features.iter().flat_map(|f| places.iter().filter_map(|&place| f.values[place].as_f64())).collect()
}
