//! Floor area and footprint of parcels, summed from their buildings.

use std::collections::HashMap;

use geo::{BoundingRect, Geometry, InteriorPoint, Intersects, Point};

use crate::SquareMetres;
use crate::facts::Built;
use crate::feature::{Feature, Layer};
use crate::measure::ellipsoidal_area;
use crate::overlay::BoxIndex;
use crate::project::{Field, LayerSpec, NoBuilding};

use super::{Columns, IntakeError, Note, Notes, Parcel, polygons_of};

/// A parcel on which nothing stands.
const NONE: Built = Built { count: 0, floor: Some(SquareMetres(0.0)), footprint: Some(SquareMetres(0.0)) };

/// Sums floor area and footprint of buildings into parcels that record neither.
///
/// A building belongs to the parcel whose key it names; if it names none, to the one its interior
/// point is in, the first in their order where parcels overlap or share the border it is on.
pub(super) fn add_buildings(parcels: &mut [Parcel], spec: &LayerSpec, layer: &Layer) -> Result<Vec<Note>, IntakeError> {
    let columns = Columns::of(spec, layer)?;
    let mut notes = Notes::of(&spec.id);
    let owners = Owners::of(parcels);
    let mut sums: Vec<Option<Built>> = vec![None; parcels.len()];
    for feature in &layer.features {
        let Some(owner) = owners.owner(&columns, feature, &mut notes) else { continue };
        let footprint = footprint(&columns, feature, &mut notes);
        let floor = columns.area(feature, Field::FloorArea, &mut notes).or_else(|| {
            let storeys = columns.amount(feature, Field::Storeys, &mut notes)?;
            Some(storeys * footprint?)
        });
        let sum = sums[owner].get_or_insert(NONE);
        sum.count += 1;
        // One building that does not say makes the parcel's sum unknown.
        sum.floor = sum.floor.zip(floor).map(|(sum, floor)| SquareMetres(sum.0 + floor));
        sum.footprint = sum.footprint.zip(footprint).map(|(sum, footprint)| SquareMetres(sum.0 + footprint));
    }
    for (Parcel { inputs, .. }, built) in parcels.iter_mut().zip(sums) {
        let (built, far, density) = match (built, spec.no_building) {
            (Some(built), _) => (built, over(built.floor, inputs.site_area), over(built.footprint, inputs.build_land)),
            (None, NoBuilding::Zero) => (NONE, Some(0.0), Some(0.0)),
            (None, NoBuilding::Unknown) => continue,
        };
        inputs.built = (inputs.far.is_none() || inputs.density.is_none()).then_some(built);
        inputs.far = inputs.far.or(far);
        inputs.density = inputs.density.or(density);
    }
    Ok(notes.finish().collect())
}

/// Footprint as recorded, else as drawn; a building drawn without an area says nothing about it.
fn footprint(columns: &Columns<'_>, feature: &Feature, notes: &mut Notes) -> Option<f64> {
    let drawn = || Some(ellipsoidal_area(&polygons_of(&feature.geometry)).0).filter(|area| *area > 0.0);
    let footprint = columns.area(feature, Field::Footprint, notes).or_else(drawn);
    if footprint.is_none() {
        notes.add("drawn without an area and no footprint recorded: density not assessed", feature.row);
    }
    footprint
}

fn over(built: Option<SquareMetres>, ground: Option<SquareMetres>) -> Option<f64> {
    let ground = ground.filter(|ground| ground.0 > 0.0)?;
    Some(built?.0 / ground.0)
}

/// Parcels by key and by place.
struct Owners<'p> {
    parcels: &'p [Parcel],
    by_key: HashMap<&'p str, usize>,
    index: BoxIndex,
}

impl<'p> Owners<'p> {
    fn of(parcels: &'p [Parcel]) -> Self {
        let by_key = parcels.iter().enumerate().map(|(place, parcel)| (&*parcel.inputs.key, place)).collect();
        let index = BoxIndex::new(parcels.iter().map(|parcel| &parcel.boundary));
        Self { parcels, by_key, index }
    }

    fn owner(&self, columns: &Columns<'_>, feature: &Feature, notes: &mut Notes) -> Option<usize> {
        if let Some(key) = columns.text(feature, Field::Parcel) {
            let owner = self.by_key.get(&*key).copied();
            if owner.is_none() {
                notes.add("names a parcel that is no patch: not counted", feature.row);
            }
            return owner;
        }
        let owner = inside(&feature.geometry).and_then(|point| self.at(point));
        if owner.is_none() {
            notes.add("lies on no patch: not counted", feature.row);
        }
        owner
    }

    fn at(&self, point: Point<f64>) -> Option<usize> {
        let near = self.index.near(&point.bounding_rect().to_polygon().into());
        near.into_iter().find(|place| self.parcels[*place].boundary.intersects(&point))
    }
}

/// A point inside the area, or else of the line or point that is drawn.
fn inside(geometry: &Geometry<f64>) -> Option<Point<f64>> {
    polygons_of(geometry).interior_point().or_else(|| geometry.interior_point())
}
