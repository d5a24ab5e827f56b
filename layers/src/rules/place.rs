//! R-PLACE: in which park, study area and industrial zone does a patch lie? (plan 2.3.1 and 3.3)

use geo::{BooleanOps, MultiPolygon, unary_union};

use crate::intake::Land;
use crate::measure::EqualAreaPlane;
use crate::overlay::{CoverLayer, EVEN, Shares};

/// Industrial zones, in the order in which they claim land (plan 3.3; RULES 1.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Zone {
    /// 工业聚集区: the agglomeration parks and the control line.
    Agglomeration,
    /// 工业转型区: the transformation area.
    Transformation,
    /// 工业疏解区: everything else in the study area.
    Relocation,
}

impl Zone {
    pub(super) const ALL: [Zone; 3] = [Zone::Agglomeration, Zone::Transformation, Zone::Relocation];

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Agglomeration => "agglomeration",
            Self::Transformation => "transformation",
            Self::Relocation => "relocation",
        }
    }
}

/// Where a patch lies; each by the largest share of it, land outside counted as a share too.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Place {
    /// Place of the park in its layer.
    pub park: Option<usize>,
    /// Place of the study area in its layer.
    pub scope: Option<usize>,
    /// The zone.
    pub zone: Option<Zone>,
}

/// The areas that decide where a patch lies, in the plane of the analysis.
pub(super) struct Places {
    parks: Covering,
    scopes: Option<Covering>,
    zones: Option<Covering>,
}

struct Covering {
    lands: Vec<MultiPolygon<f64>>,
    layer: CoverLayer,
}

impl Covering {
    fn new(lands: Vec<MultiPolygon<f64>>) -> Self {
        let layer = CoverLayer::new(&lands);
        Self { lands, layer }
    }

    /// Which land has the largest share of a patch; `None` if that is the land outside.
    fn largest(&self, patch: &MultiPolygon<f64>) -> Option<usize> {
        let Shares { parts, uncovered: outside } = self.layer.shares(patch);
        let even = EVEN * (outside + parts.iter().map(|(_, area)| area).sum::<f64>());
        let best = parts.into_iter().reduce(|best, next| if next.1 > best.1 + even { next } else { best })?;
        (best.1 + even >= outside).then_some(best.0)
    }
}

/// The layers that decide about places, as read.
#[derive(Default)]
pub(super) struct PlaceInputs<'a> {
    pub parks: &'a [Land],
    pub scopes: Option<&'a [Land]>,
    pub control_line: Option<&'a [Land]>,
    pub transformation: Option<&'a [Land]>,
    pub agglomeration_parks: &'a [String],
}

impl<'a> PlaceInputs<'a> {
    /// Everything that the borders of zones are made of, in lon/lat.
    pub(super) fn outlines(&self) -> impl Iterator<Item = &'a MultiPolygon<f64>> + Clone {
        let others = [self.scopes, self.control_line, self.transformation].into_iter().flatten();
        std::iter::once(self.parks).chain(others).flatten().map(|land| &land.boundary)
    }
}

impl Places {
    /// Lays the areas out in the plane and makes the zones from them.
    pub(super) fn new(inputs: &PlaceInputs<'_>, plane: &EqualAreaPlane) -> Self {
        let flat =
            |lands: &[Land]| -> Vec<_> { lands.iter().map(|land| plane.project_polygons(&land.boundary)).collect() };
        let parks = flat(inputs.parks);
        let scopes = inputs.scopes.map(flat);
        let control = inputs.control_line.map(flat);
        let transformation = inputs.transformation.map(flat);

        let gathers = |park: &Land| inputs.agglomeration_parks.contains(&park.key);
        let gathering: Vec<_> =
            inputs.parks.iter().zip(&parks).filter(|(park, _)| gathers(park)).map(|(_, land)| land.clone()).collect();
        // Without any of its inputs the partition is not known, and no patch has a zone.
        let known = control.is_some() || transformation.is_some() || !gathering.is_empty();
        let zones = known.then(|| {
            let agglomeration = unary_union(gathering.iter().chain(control.iter().flatten()));
            let transformation = unary_union(transformation.iter().flatten()).difference(&agglomeration);
            let mut zones = vec![agglomeration, transformation];
            if let Some(scopes) = &scopes {
                let study_area = unary_union(scopes);
                zones.push(study_area.difference(&zones[0]).difference(&zones[1]));
            }
            Covering::new(zones)
        });
        Self { parks: Covering::new(parks), scopes: scopes.map(Covering::new), zones }
    }

    /// Where a patch lies.
    pub(super) fn of(&self, patch: &MultiPolygon<f64>) -> Place {
        let zone = self.zones.as_ref().and_then(|zones| match zones.largest(patch) {
            Some(place) => Zone::ALL.get(place).copied(),
            // Without a study area, relocation is whatever the other two leave.
            None => self.scopes.is_none().then_some(Zone::Relocation),
        });
        let scope = self.scopes.as_ref().and_then(|scopes| scopes.largest(patch));
        Place { park: self.parks.largest(patch), scope, zone }
    }

    /// The zones that have land, with their outlines in the plane.
    pub(super) fn zones(&self) -> impl Iterator<Item = (Zone, &MultiPolygon<f64>)> {
        let lands = self.zones.iter().flat_map(|zones| &zones.lands);
        Zone::ALL.into_iter().zip(lands).filter(|(_, land)| !land.0.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Rect, coord};

    /// A square in degrees near the demo city; one unit is 0.001 degree.
    fn land(key: &str, x: f64, y: f64, width: f64, height: f64) -> Land {
        let at = |x: f64, y: f64| coord! { x: 116.0 + x * 0.001, y: 43.9 + y * 0.001 };
        let boundary = Rect::new(at(x, y), at(x + width, y + height)).to_polygon().into();
        Land { key: key.into(), name: key.into(), row: 1, boundary }
    }

    fn place(patch: &Land, inputs: &PlaceInputs<'_>) -> Place {
        let plane = EqualAreaPlane::around(coord! { x: 116.0, y: 43.9 });
        Places::new(inputs, &plane).of(&plane.project_polygons(&patch.boundary))
    }

    #[test]
    fn the_control_line_beats_the_transformation_area() {
        let (control, transformation, scope) =
            ([land("c", 0., 0., 10., 10.)], [land("t", 0., 0., 20., 10.)], [land("s", -50., -50., 100., 100.)]);
        let inputs = PlaceInputs {
            scopes: Some(&scope),
            control_line: Some(&control),
            transformation: Some(&transformation),
            ..PlaceInputs::default()
        };
        assert_eq!(place(&land("a", 2., 2., 2., 2.), &inputs).zone, Some(Zone::Agglomeration));
        assert_eq!(place(&land("b", 12., 2., 2., 2.), &inputs).zone, Some(Zone::Transformation));
        assert_eq!(place(&land("c", 30., 2., 2., 2.), &inputs).zone, Some(Zone::Relocation));
        assert_eq!(place(&land("d", 200., 2., 2., 2.), &inputs), Place::default(), "outside the study area");
    }

    #[test]
    fn without_any_zone_input_there_is_no_zone() {
        let scope = [land("s", -50., -50., 100., 100.)];
        let inputs = PlaceInputs { scopes: Some(&scope), ..PlaceInputs::default() };
        assert_eq!(place(&land("a", 0., 0., 2., 2.), &inputs), Place { scope: Some(0), ..Place::default() });
    }

    #[test]
    fn a_park_needs_the_largest_share_and_land_outside_is_a_share() {
        let parks = [land("p", 0., 0., 4., 10.), land("q", 4., 0., 3., 10.)];
        let inputs = PlaceInputs { parks: &parks, ..PlaceInputs::default() };
        assert_eq!(place(&land("a", 0., 0., 10., 10.), &inputs).park, Some(0));
        assert_eq!(place(&land("b", 6., 0., 10., 10.), &inputs).park, None);
    }
}
