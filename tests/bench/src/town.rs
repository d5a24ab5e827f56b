//! A fabric as the layers of a project: industrial parcels with ratios and densities under a plan.

use anyhow::Result;
use geo::Geometry;
use layers::codes::land_use::CodeSystem;
use layers::crs::ToLonLat;
use layers::project::{LayerSpec, Role};
use layers::{Column, Feature, Layer, ReadReport, SourceTable, Value, ValueKind};
use rayon::prelude::*;

use crate::fabric::{EPSG, Fabric};

/// What the plan wants; half of it industry.
const PLANNED: [&str; 10] = ["1001", "1001", "1001", "1001", "1001", "0701", "0901", "0804", "1207", "1401"];

/// Parcels, plan and study area, as they would be read from GeoPackages.
///
/// # Errors
/// The fabric lies outside the area of its reference system.
pub fn layers(parcels: &Fabric, plan: &Fabric) -> Result<Vec<(LayerSpec, Layer)>> {
    let far = |place: usize| (place * 7 % 13) as f64 / 10.0;
    let density = |place: usize| (place * 5 % 11) as f64 / 14.0;
    let lot =
        |place: usize| vec![format!("P{place:07}").into(), "1001".into(), far(place).into(), density(place).into()];
    let columns =
        [("BSM", ValueKind::Text), ("DLBM", ValueKind::Text), ("RJL", ValueKind::Real), ("JZMD", ValueKind::Real)];
    let code = |place: usize| vec![format!("G{place}").into(), PLANNED[place * 31 % PLANNED.len()].into()];
    let whole = Fabric { rows: 1, columns: 1, ..*parcels };
    let city = |_| vec!["city".into(), "city".into()];
    Ok(vec![
        layer(Role::Parcels, &columns, parcels, lot)?,
        layer(Role::Zoning, &[("BSM", ValueKind::Text), ("YDXZDM", ValueKind::Text)], plan, code)?,
        layer(Role::Scope, &[("BSM", ValueKind::Text), ("MC", ValueKind::Text)], &whole, city)?,
    ])
}

fn layer(
    role: Role,
    columns: &[(&str, ValueKind)],
    fabric: &Fabric,
    values: impl Fn(usize) -> Vec<Value> + Sync,
) -> Result<(LayerSpec, Layer)> {
    let to_lon_lat = ToLonLat::from_epsg(EPSG)?;
    let feature = |(place, polygon)| -> Result<Feature> {
        let mut geometry = Geometry::Polygon(polygon);
        to_lon_lat.geometry(&mut geometry)?;
        Ok(Feature { row: place as i64 + 1, geometry, values: values(place) })
    };
    let features = fabric.polygons().enumerate().map(feature).collect::<Result<Vec<_>>>()?;
    let columns = columns.iter().map(|(name, kind)| Column { name: (*name).into(), kind: *kind }).collect();
    let source = SourceTable { file: "fabric.gpkg".into(), table: role.name().into() };
    let spec = LayerSpec { codes: Some(CodeSystem::YdyhV2023), ..LayerSpec::new(role, source.clone()) };
    Ok((spec, Layer { source, columns, features, report: ReadReport::default() }))
}
