//! Floor area and footprint of parcels, summed from their buildings.

use std::collections::BTreeMap;

use geo::{Contains, InteriorPoint, MultiPolygon, Point};

use crate::feature::Layer;
use crate::measure::ellipsoidal_area;
use crate::overlay::BoxIndex;
use crate::project::{Field, LayerSpec, NoBuilding};

use super::{Columns, IntakeError, Note, Notes, Parcel, polygons_of};

/// Sums floor area and footprint of buildings into parcels that record neither.
///
/// A building belongs to the parcel whose key it names, or else to the one its interior point is in.
pub(super) fn add_buildings(parcels: &mut [Parcel], spec: &LayerSpec, layer: &Layer) -> Result<Vec<Note>, IntakeError> {
    let columns = Columns::of(spec, layer)?;
    let mut notes = Notes::of(&spec.id);
    let by_key: BTreeMap<String, usize> =
        parcels.iter().enumerate().map(|(i, parcel)| (parcel.key.clone(), i)).collect();
    let boundaries: Vec<MultiPolygon<f64>> = parcels.iter().map(|parcel| parcel.boundary.clone()).collect();
    let index = BoxIndex::new(&boundaries);
    let at = |point: Point<f64>| {
        let here: MultiPolygon<f64> = geo::Rect::new(point.0, point.0).to_polygon().into();
        index.near(&here).into_iter().find(|place| boundaries[*place].contains(&point))
    };

    let mut sums: Vec<Option<(Option<f64>, f64)>> = vec![None; parcels.len()];
    for feature in &layer.features {
        let footprint = polygons_of(&feature.geometry);
        let owner = match columns.place(Field::Parcel) {
            Some(_) => columns.text(feature, Field::Parcel).and_then(|key| by_key.get(&key).copied()),
            None => footprint.interior_point().and_then(at),
        };
        let Some(owner) = owner else {
            notes.add("lies on no patch: not counted", feature.row);
            continue;
        };
        let covered =
            columns.area(feature, Field::Footprint, &mut notes).unwrap_or_else(|| ellipsoidal_area(&footprint).0);
        let floor = columns.area(feature, Field::FloorArea, &mut notes).or_else(|| {
            let storeys = columns.amount(feature, Field::Storeys, &mut notes)?;
            Some(storeys * covered)
        });
        let sum = sums[owner].get_or_insert((Some(0.0), 0.0));
        // One building of unknown floor area makes the parcel's floor area unknown.
        sum.0 = sum.0.zip(floor).map(|(sum, floor)| sum + floor);
        sum.1 += covered;
    }
    for (parcel, sum) in parcels.iter_mut().zip(sums) {
        let (floor, footprint) = match (sum, spec.no_building) {
            (Some((floor, footprint)), _) => (floor, Some(footprint)),
            (None, NoBuilding::Zero) => (Some(0.0), Some(0.0)),
            (None, NoBuilding::Unknown) => (None, None),
        };
        if parcel.area.0 <= 0.0 {
            continue;
        }
        parcel.far = parcel.far.or(floor.map(|floor| floor / parcel.area.0));
        parcel.density = parcel.density.or(footprint.map(|footprint| footprint / parcel.area.0));
    }
    Ok(notes.finish().collect())
}
