//! A fabric as the layers of a project: industrial parcels with everything that the analyses ask of
//! them, under a plan and among approvals, parks, a control line and areas of a five-year plan.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::Result;
use geo::Geometry;
use layers::codes::land_use::CodeSystem;
use layers::crs::ToLonLat;
use layers::project::{LayerSpec, Role, Settings};
use layers::{Column, Feature, Layer, ReadReport, SourceTable, Value, ValueKind};
use rayon::prelude::*;

use crate::fabric::{EPSG, Fabric};
use crate::record;

/// What the plan wants; half of it industry.
const PLANNED: [&str; 10] = ["1001", "1001", "1001", "1001", "1001", "0701", "0901", "0804", "1207", "1401"];

/// Why approved land was not supplied; most of it was.
const SUPPLY: [&str; 8] = ["已供", "已供", "已供", "项目未落实", "已供", "绿化带", "已供", "未供先用"];

/// How many parts of a layer there are, and which of them are drawn.
struct Drawn<'a> {
    fabric: &'a Fabric,
    takes: fn(usize) -> bool,
}

/// The layers, as they would be read from GeoPackages.
///
/// # Errors
/// The fabric lies outside the area of its reference system.
pub fn layers(parcels: &Fabric, plan: &Fabric) -> Result<Vec<(LayerSpec, Layer)>> {
    let all = |fabric| Drawn { fabric, takes: |_| true };
    let some = |fabric, takes| Drawn { fabric, takes };
    // The same land in other divisions: each is a fabric of its own.
    let divided = |count: usize, seed: u64| Fabric { seed, ..Fabric::plan(count, parcels) };
    let whole = Fabric { rows: 1, columns: 1, ..*parcels };
    let approvals = divided(parcels.count().div_ceil(4), 2);
    let renewal = divided(plan.count().div_ceil(20), 3);
    let (parks, control, transformation) = (divided(36, 4), divided(16, 5), divided(16, 6));

    let lot = |place: usize| record::of(parcels.seed, place);
    let block = |place: usize| vec![format!("G{place}").into(), PLANNED[place * 31 % PLANNED.len()].into()];
    let approval = |place: usize| vec![format!("S{place}").into(), SUPPLY[place * 5 % SUPPLY.len()].into()];
    let action = |place: usize| vec![if place.is_multiple_of(2) { "列入计划" } else { "未列入计划" }.into()];
    let land = |place: usize| vec![format!("L{place}").into(), format!("L{place}").into()];
    let named = [("BSM", ValueKind::Text), ("MC", ValueKind::Text)];
    Ok(vec![
        layer(Role::Parcels, &record::COLUMNS, &all(parcels), lot)?,
        layer(Role::Zoning, &[("BSM", ValueKind::Text), ("YDXZDM", ValueKind::Text)], &all(plan), block)?,
        layer(
            Role::Approvals,
            &[("BSM", ValueKind::Text), ("GYZT", ValueKind::Text)],
            &some(&approvals, |place| !place.is_multiple_of(5)),
            approval,
        )?,
        layer(Role::Renewal, &[("JHZT", ValueKind::Text)], &some(&renewal, |place| place.is_multiple_of(3)), action)?,
        layer(Role::Parks, &named, &some(&parks, |place| place.is_multiple_of(4)), land)?,
        layer(Role::ControlLine, &named, &some(&control, |place| place.is_multiple_of(3)), land)?,
        layer(Role::TransformationArea, &named, &some(&transformation, |place| place % 3 == 1), land)?,
        layer(Role::Scope, &named, &all(&whole), land)?,
    ])
}

/// The plan's own rules, with the day on which the data were closed.
///
/// # Errors
/// None, unless the day is no day.
pub fn settings() -> Result<Settings> {
    Ok(Settings {
        agglomeration_parks: vec!["L0".to_owned()],
        reference_date: Some(record::REFERENCE_DATE.parse()?),
        ..Settings::default()
    })
}

/// Rows made at once.
const AT_ONCE: usize = 10_000;

/// As many texts of a column as the reader of GeoPackages remembers.
const MAX_SEEN: usize = 1024;

/// Stores repeated texts once, as the reader of GeoPackages does.
fn share(feature: &mut Feature, texts: &mut [HashSet<Arc<str>>]) {
    for (value, seen) in feature.values.iter_mut().zip(texts) {
        let Value::Text(text) = value else { continue };
        match seen.get(text) {
            Some(known) => *text = Arc::clone(known),
            None if seen.len() < MAX_SEEN => _ = seen.insert(Arc::clone(text)),
            None => {}
        }
    }
}

fn layer(
    role: Role,
    columns: &[(&str, ValueKind)],
    drawn: &Drawn<'_>,
    values: impl Fn(usize) -> Vec<Value> + Sync,
) -> Result<(LayerSpec, Layer)> {
    let to_lon_lat = ToLonLat::from_epsg(EPSG)?;
    let feature = |(place, polygon)| -> Result<Feature> {
        let mut geometry = Geometry::Polygon(polygon);
        to_lon_lat.geometry(&mut geometry)?;
        Ok(Feature { row: place as i64 + 1, geometry, values: values(place) })
    };
    let mut features = Vec::with_capacity(drawn.fabric.count());
    let mut texts = vec![HashSet::new(); columns.len()];
    for from in (0..drawn.fabric.count()).step_by(AT_ONCE) {
        let places = from..(from + AT_ONCE).min(drawn.fabric.count());
        let places = places.into_par_iter().filter(|place| (drawn.takes)(*place));
        let made = places.map(|place| feature((place, drawn.fabric.at(place)))).collect::<Result<Vec<_>>>()?;
        let new = features.len();
        features.extend(made);
        features[new..].iter_mut().for_each(|feature: &mut Feature| share(feature, &mut texts));
    }
    features.shrink_to_fit();
    let columns = columns.iter().map(|(name, kind)| Column { name: (*name).into(), kind: *kind }).collect();
    let source = SourceTable { file: "fabric.gpkg".into(), table: role.name().into() };
    let spec = LayerSpec { codes: Some(CodeSystem::YdyhV2023), ..LayerSpec::new(role, source.clone()) };
    Ok((spec, Layer { source, columns, features, report: ReadReport::default() }))
}
