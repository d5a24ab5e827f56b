//! R-PLACE: in which park, study area and industrial zone does a patch lie? (plan 2.3.1 and 3.3)
//!
//! The zones are a partition that is asked in order, so a zone is certain only where nothing that is
//! asked before it is missing:
//!
//! | zone | certain where these inputs are there |
//! |---|---|
//! | agglomeration | the control line, or an agglomeration park, that holds the land |
//! | transformation | the transformation area, the control line and every agglomeration park |
//! | relocation | all of these and the study area |
//!
//! A patch most of whose land lies in no certain zone is not assessed; outside the study area, with
//! all inputs there, it is in none.

use geo::{BooleanOps, MultiPolygon, unary_union};

use crate::intake::Land;
use crate::overlay::{Cover, CoverLayer, EVEN, Patch, Shares, VertexMemory};

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
    /// Whether no zone means that it lies in none; otherwise an input is missing that may tell.
    pub zone_is_known: bool,
}

/// The areas that decide where a patch lies, in the plane of the analysis.
pub(super) struct Places {
    parks: Covering,
    scopes: Option<Covering>,
    zones: Covering,
    outlines: Vec<MultiPolygon<f64>>,
    /// Whether land outside the zones lies in none of them.
    is_complete: bool,
}

/// Areas that patches are laid over.
pub(super) struct Covering {
    layer: CoverLayer,
}

impl Covering {
    pub(super) fn new(lands: &[MultiPolygon<f64>]) -> Self {
        Self { layer: CoverLayer::new(lands) }
    }

    /// The parts of a patch in the areas, without the land of one that is not cut.
    pub(super) fn parts_of(&self, patch: &Patch<'_>) -> Cover {
        self.layer.parts_of(patch)
    }

    /// How the areas cover a patch.
    pub(super) fn cover(&self, patch: &Patch<'_>) -> Cover {
        self.layer.cover_patch(patch)
    }

    /// The areas of [`Covering::cover`] alone.
    pub(super) fn shares(&self, patch: &Patch<'_>) -> Shares {
        self.layer.shares(patch)
    }

    /// Which land has the largest share of a patch; `None` if that is the land outside. `residual`
    /// grows to what cutting lost, square metres.
    fn largest(&self, patch: &Patch<'_>, residual: &mut f64) -> Option<usize> {
        let Shares { parts, uncovered: outside, residual: lost } = self.layer.shares(patch);
        *residual = residual.max(lost);
        let even = EVEN * (outside + parts.iter().map(|(_, area)| area).sum::<f64>());
        let best = parts.into_iter().reduce(|best, next| if next.1 > best.1 + even { next } else { best })?;
        (best.1 + even >= outside).then_some(best.0)
    }
}

/// The layers that decide about places, as read.
#[derive(Clone, Copy, Default)]
pub(super) struct PlaceInputs<'a> {
    pub parks: &'a [Land],
    pub scopes: Option<&'a [Land]>,
    pub control_line: Option<&'a [Land]>,
    pub transformation: Option<&'a [Land]>,
    pub agglomeration_parks: &'a [String],
}

impl Places {
    /// Lays the areas out in the plane and makes the zones from them.
    pub(super) fn new(inputs: &PlaceInputs<'_>, memory: &mut VertexMemory) -> Self {
        let mut flat = |lands: &[Land]| -> Vec<_> { lands.iter().map(|land| memory.project(&land.boundary)).collect() };
        let parks = flat(inputs.parks);
        let scopes = inputs.scopes.map(&mut flat);
        let control = inputs.control_line.map(&mut flat);
        let transformation = inputs.transformation.map(&mut flat);

        let gathers = |park: &Land| inputs.agglomeration_parks.contains(&park.key);
        let gathering: Vec<_> =
            inputs.parks.iter().zip(&parks).filter(|(park, _)| gathers(park)).map(|(_, land)| land.clone()).collect();
        let has_park = |key: &String| inputs.parks.iter().any(|park| park.key == *key);
        let agglomeration = unary_union(gathering.iter().chain(control.iter().flatten()));
        let mut is_complete = control.is_some() && inputs.agglomeration_parks.iter().all(has_park);
        let mut zones = vec![agglomeration];
        if let Some(transformation) = transformation.filter(|_| is_complete) {
            zones.push(unary_union(&transformation).difference(&zones[0]));
        }
        is_complete &= zones.len() == 2;
        match &scopes {
            Some(scopes) if is_complete => {
                zones.push(unary_union(scopes).difference(&zones[0]).difference(&zones[1]));
            }
            _ => is_complete = false,
        }
        Self {
            parks: Covering::new(&parks),
            scopes: scopes.map(|scopes| Covering::new(&scopes)),
            zones: Covering::new(&zones),
            outlines: zones,
            is_complete,
        }
    }

    /// Where a patch lies, and the most that cutting it lost, square metres.
    pub(super) fn of(&self, patch: &Patch<'_>) -> (Place, f64) {
        let mut residual = 0.0;
        let zone = self.zones.largest(patch, &mut residual).map(|place| Zone::ALL[place]);
        let scope = self.scopes.as_ref().and_then(|scopes| scopes.largest(patch, &mut residual));
        let park = self.parks.largest(patch, &mut residual);
        (Place { park, scope, zone, zone_is_known: zone.is_some() || self.is_complete }, residual)
    }

    /// The zones that have land, with their outlines in the plane.
    pub(super) fn zones(&self) -> impl Iterator<Item = (Zone, &MultiPolygon<f64>)> {
        Zone::ALL.into_iter().zip(&self.outlines).filter(|(_, land)| !land.0.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::EqualAreaPlane;
    use geo::{Rect, coord};

    /// A square in degrees near the demo city; one unit is 0.001 degree.
    fn land(key: &str, x: f64, y: f64, width: f64, height: f64) -> Land {
        let at = |x: f64, y: f64| coord! { x: 116.0 + x * 0.001, y: 43.9 + y * 0.001 };
        let boundary = Rect::new(at(x, y), at(x + width, y + height)).to_polygon().into();
        Land { key: key.into(), name: key.into(), row: 1, boundary }
    }

    fn place(patch: &Land, inputs: &PlaceInputs<'_>) -> Place {
        let mut memory = VertexMemory::of(EqualAreaPlane::around(coord! { x: 116.0, y: 43.9 }));
        let places = Places::new(inputs, &mut memory);
        places.of(&Patch::of(&memory.project(&patch.boundary))).0
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
        let outside = place(&land("d", 200., 2., 2., 2.), &inputs);
        assert_eq!(outside, Place { zone_is_known: true, ..Place::default() }, "outside the study area");
    }

    #[test]
    fn a_zone_is_assessed_only_where_no_missing_input_could_tell_otherwise() {
        let (park, control) = ([land("p", 0., 0., 10., 10.)], [land("c", 10., 0., 10., 10.)]);
        let (transformation, scope) = ([land("t", 20., 0., 10., 10.)], [land("s", -50., -50., 100., 100.)]);
        let gathering = ["p".to_owned()];
        let all = PlaceInputs {
            parks: &park,
            scopes: Some(&scope),
            control_line: Some(&control),
            transformation: Some(&transformation),
            agglomeration_parks: &gathering,
        };
        // In the park, inside the control line, in the transformation area, elsewhere.
        let zones = |inputs: &PlaceInputs<'_>| -> String {
            let at = |x: f64| match place(&land("a", x, 2., 2., 2.), inputs) {
                Place { zone: Some(zone), .. } => zone.code()[..1].to_owned(),
                Place { zone_is_known: true, .. } => "-".to_owned(),
                _ => "?".to_owned(),
            };
            [2., 12., 22., 32., 200.].map(at).concat()
        };
        assert_eq!(zones(&all), "aatr-");
        assert_eq!(zones(&PlaceInputs { scopes: None, ..all }), "aat??");
        assert_eq!(zones(&PlaceInputs { transformation: None, ..all }), "aa???");
        assert_eq!(zones(&PlaceInputs { control_line: None, ..all }), "a????");
        assert_eq!(zones(&PlaceInputs { parks: &[], ..all }), "?a???");
        assert_eq!(zones(&PlaceInputs { scopes: Some(&scope), ..PlaceInputs::default() }), "?????");
    }

    #[test]
    fn a_park_needs_the_largest_share_and_land_outside_is_a_share() {
        let parks = [land("p", 0., 0., 4., 10.), land("q", 4., 0., 3., 10.)];
        let inputs = PlaceInputs { parks: &parks, ..PlaceInputs::default() };
        assert_eq!(place(&land("a", 0., 0., 10., 10.), &inputs).park, Some(0));
        assert_eq!(place(&land("b", 6., 0., 10., 10.), &inputs).park, None);
    }
}
