//! A patch against the polygons of a layer.

use geo::{BoundingRect, MultiPolygon, Rect};

use super::arrange::Arrangement;
use super::cover::{Cover, Part, Shares, close, noise, tolerance};
use super::index::BoxIndex;
use super::label::Labels;
use super::meeting::Meeting;
use super::pairwise;
use super::prepared::Prepared;
use super::scratch::{self, Scratch};
use super::sliver::fold_slivers;
use super::trace::{OUTSIDE, Region, Tracing, regions, square_metres};
use crate::measure::plane::plane_area;

/// What becomes of slivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slivers {
    /// They are added to the neighbour with the longest border (RULES 1.3).
    Fold,
    /// They are parts like others.
    Keep,
}

/// The polygons of a layer, made ready to cover patches.
pub struct CoverLayer {
    polygons: Prepared,
    index: BoxIndex,
}

impl CoverLayer {
    /// Makes polygons ready, in metres of one equal-area plane.
    pub fn new(polygons: &[MultiPolygon<f64>]) -> Self {
        Self { polygons: Prepared::new(polygons), index: BoxIndex::new(polygons) }
    }

    /// Cuts `patch`, in metres of the same plane, by the polygons.
    pub fn cover(&self, patch: &MultiPolygon<f64>) -> Cover {
        self.cut(patch, Slivers::Fold)
    }

    /// Cuts `patch` by the polygons, with a choice about slivers.
    pub fn cut(&self, patch: &MultiPolygon<f64>, slivers: Slivers) -> Cover {
        let patch = Patch::of(patch);
        cut(&patch, &self.polygons, &self.near(&patch), Wish { slivers, land: Land::Wanted })
    }

    /// [`CoverLayer::cover`] of a patch that several layers cut.
    pub fn cover_patch(&self, patch: &Patch<'_>) -> Cover {
        cut(patch, &self.polygons, &self.near(patch), Wish { slivers: Slivers::Fold, land: Land::Wanted })
    }

    /// [`CoverLayer::cover_patch`] without the land of a patch that is not cut: its one part, or what
    /// no polygon covers of it, is all of it.
    pub fn parts_of(&self, patch: &Patch<'_>) -> Cover {
        cut(patch, &self.polygons, &self.near(patch), Wish { slivers: Slivers::Fold, land: Land::OfCuts })
    }

    /// How large the parts of [`CoverLayer::cover`] are, at less cost than the parts themselves.
    pub fn shares(&self, patch: &Patch<'_>) -> Shares {
        let wish = Wish { slivers: Slivers::Fold, land: Land::Spared };
        let cover = cut(patch, &self.polygons, &self.near(patch), wish);
        let parts = cover.parts.iter().map(|part| (part.by, part.area)).collect();
        Shares { parts, uncovered: cover.uncovered_area, residual: cover.residual }
    }

    fn near(&self, patch: &Patch<'_>) -> Vec<(usize, usize)> {
        let near = patch.bounds.map(|bounds| self.index.near_box(bounds)).unwrap_or_default();
        near.into_iter().map(|place| (place, place)).collect()
    }
}

/// A patch made ready to be cut by several layers.
pub struct Patch<'a> {
    land: &'a MultiPolygon<f64>,
    on_grid: Prepared,
    bounds: Option<Rect<f64>>,
    area: f64,
}

impl<'a> Patch<'a> {
    /// Makes a patch ready, in metres of an equal-area plane.
    pub fn of(land: &'a MultiPolygon<f64>) -> Self {
        Self { land, on_grid: Prepared::new([land]), bounds: land.bounding_rect(), area: plane_area(land).0 }
    }

    /// Its land.
    pub fn land(&self) -> &'a MultiPolygon<f64> {
        self.land
    }

    /// Its square metres in the plane.
    pub fn area(&self) -> f64 {
        self.area
    }
}

/// Cuts `patch` by the polygons of a layer that is not worth a [`CoverLayer`].
///
/// # Units
/// All geometries in metres of one equal-area plane.
pub fn cover(patch: &MultiPolygon<f64>, layer: &[MultiPolygon<f64>], index: &BoxIndex) -> Cover {
    let near = index.near(patch);
    let polygons = Prepared::new(near.iter().map(|place| &layer[*place]));
    let near: Vec<(usize, usize)> = near.into_iter().enumerate().collect();
    cut(&Patch::of(patch), &polygons, &near, Wish { slivers: Slivers::Fold, land: Land::Wanted })
}

/// What a caller wants of a cut.
#[derive(Clone, Copy)]
struct Wish {
    slivers: Slivers,
    land: Land,
}

/// Whether the geometries of the parts are worth making.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Land {
    Wanted,
    /// Unless the patch is not cut.
    OfCuts,
    Spared,
}

/// No land.
fn nothing() -> MultiPolygon<f64> {
    MultiPolygon(Vec::new())
}

/// Cuts `patch` by those of the `polygons` that are `near`: place among the polygons, place in the layer.
fn cut(patch: &Patch<'_>, polygons: &Prepared, near: &[(usize, usize)], wish: Wish) -> Cover {
    scratch::with(|scratch| cut_on(scratch, patch, polygons, near, wish))
}

fn cut_on(scratch: &mut Scratch, patch: &Patch<'_>, polygons: &Prepared, near: &[(usize, usize)], wish: Wish) -> Cover {
    let Patch { land: patch, on_grid: own, area, .. } = patch;
    let area = *area;
    let Some(met) = Meeting::of(own, polygons, near, scratch) else { return uncut(patch, area, None, wish.land) };
    if met.covering == 0 {
        let whole = &scratch.whole;
        let contested = area * (whole.len().max(1) - 1) as f64;
        let first = whole.first().map(|source| near[*source as usize - 1].1);
        return Cover { contested, ..uncut(patch, area, first, wish.land) };
    }
    if patch.0.len() == 1 && met.is_clear(own, scratch) {
        let mut holders = met.holders(own, polygons, near, scratch);
        if let (first, None) = (holders.next(), holders.next()) {
            let residual = (area - square_metres(own.double_area(0))).abs();
            if residual <= tolerance(area) {
                return Cover { residual, ..uncut(patch, area, first, wish.land) };
            }
        }
    }
    let by = |owner: u32| near[owner as usize].1;
    let found =
        met.arrange(own, polygons, near, scratch).and_then(|cutting| cutting.cover(patch, area, near.len(), by, wish));
    found.filter(|cover| cover.residual <= tolerance(area)).unwrap_or_else(|| {
        let near: Vec<_> = near.iter().map(|(place, by)| (*by, polygons.rings_of(*place))).collect();
        pairwise::cover(patch, &near)
    })
}

/// A patch that is all in one polygon, or in none.
fn uncut(patch: &MultiPolygon<f64>, area: f64, by: Option<usize>, land: Land) -> Cover {
    let land = if land == Land::Wanted { patch.clone() } else { nothing() };
    match by {
        Some(by) => Cover { parts: vec![Part { by, land, area }], ..Cover::default() },
        None => Cover { uncovered: land, uncovered_area: area, ..Cover::default() },
    }
}

/// A patch cut by all borders near it.
pub(super) struct Cutting<'s> {
    /// Square metres of the patch on the grid.
    pub exact_area: f64,
    pub arrangement: &'s Arrangement,
    pub labels: &'s Labels,
    /// Lists to work on.
    pub owners: &'s mut Vec<u32>,
    pub tracing: &'s mut Tracing,
}

impl Cutting<'_> {
    /// Gives all land to the first polygon that holds it; owner `uncovered` has what none holds.
    fn cover(
        self,
        patch: &MultiPolygon<f64>,
        area: f64,
        uncovered: usize,
        by: impl Fn(u32) -> usize,
        wish: Wish,
    ) -> Option<Cover> {
        let uncovered = uncovered as u32;
        let contested = self.contested();
        let Self { arrangement, labels, owners, tracing, .. } = self;
        let owner = |half: u32| match labels.left_of(half) {
            [0, first, ..] => first - 1,
            [0] => uncovered,
            _ => OUTSIDE,
        };
        owners.clear();
        owners.extend((0..arrangement.edges.len() as u32 * 2).map(owner));

        let mut regions = regions(arrangement, owners, tracing)?;
        let mut folded = 0;
        if wish.slivers == Slivers::Fold {
            folded = fold_slivers(arrangement, &mut regions, owners, tracing)?;
        }
        let total: i128 = regions.iter().map(|region| region.double_area).sum();
        let residual = (area - square_metres(total)).abs();

        let one_owner =
            regions.first().map(|region| region.owner).filter(|first| regions.iter().all(|r| r.owner == *first));
        if let Some(only) = one_owner {
            let only = (only != uncovered).then(|| by(only));
            return Some(Cover { contested, folded, residual, ..uncut(patch, area, only, wish.land) });
        }
        let mut cover = Cover { contested, folded, residual, ..Cover::default() };
        regions.sort_by_key(|region| region.owner);
        for same in regions.chunk_by(|a, b| a.owner == b.owner) {
            let land = match wish.land {
                Land::Spared => nothing(),
                Land::Wanted | Land::OfCuts => same.iter().map(|region| region.polygon(arrangement)).collect(),
            };
            let land_area = same.iter().map(Region::area).sum();
            if same[0].owner == uncovered {
                (cover.uncovered, cover.uncovered_area) = (land, land_area);
            } else {
                cover.parts.push(Part { by: by(same[0].owner), land, area: land_area });
            }
        }
        if wish.slivers == Slivers::Fold && cover.uncovered_area <= noise(area) {
            cover.residual += cover.uncovered_area;
            (cover.uncovered, cover.uncovered_area) = (nothing(), 0.0);
        }
        close(&mut cover, area);
        Some(cover)
    }

    /// Square metres claimed by more than one polygon, once for each beyond the first.
    fn contested(&self) -> f64 {
        if self.labels.most() < 3 {
            return 0.0;
        }
        let surplus = |half: u32| match self.labels.left_of(half) {
            [0, _, others @ ..] => others.len() as i128,
            _ => 0,
        };
        let origin = self.arrangement.nodes[0];
        let double_area = |half: u32| {
            let (a, b) = self.arrangement.ends(half);
            super::node::turn(origin, a, b)
        };
        let halves = 0..self.arrangement.edges.len() as u32 * 2;
        let total: i128 =
            halves.map(|half| (half, surplus(half))).filter(|(_, n)| *n > 0).map(|(h, n)| n * double_area(h)).sum();
        let contested = square_metres(total);
        if contested > noise(self.exact_area) { contested } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Rect, coord};
    use proptest::prelude::*;

    fn square(x: f64, y: f64, width: f64, height: f64) -> MultiPolygon<f64> {
        Rect::new(coord! { x: x, y: y }, coord! { x: x + width, y: y + height }).to_polygon().into()
    }

    fn covered(patch: &MultiPolygon<f64>, layer: &[MultiPolygon<f64>]) -> Cover {
        cover(patch, layer, &BoxIndex::new(layer))
    }

    #[test]
    fn parts_and_uncovered_land_make_the_patch() {
        let layer = [square(-50., -50., 100., 200.), square(50., -50., 30., 200.)];
        let result = covered(&square(0., 0., 100., 100.), &layer);
        let areas: Vec<f64> = result.parts.iter().map(|part| part.area.round()).collect();
        assert_eq!(areas, [5000.0, 3000.0]);
        assert!((result.uncovered_area - 2000.0).abs() < 1e-3);
    }

    #[test]
    fn overlapping_polygons_do_not_count_land_twice() {
        let layer = [square(0., 0., 60., 100.), square(40., 0., 60., 100.)];
        let result = covered(&square(0., 0., 100., 100.), &layer);
        assert!((result.parts[0].area - 6000.0).abs() < 1e-3 && (result.parts[1].area - 4000.0).abs() < 1e-3);
        assert!((result.contested - 2000.0).abs() < 1e-2);
    }

    #[test]
    fn a_polygon_drawn_twice_over_half_a_patch_covers_half() {
        let layer = [square(0., 0., 50., 100.), square(0., 0., 50., 100.)];
        let result = covered(&square(0., 0., 100., 100.), &layer);
        assert!((result.uncovered_area - 5000.0).abs() < 1e-3);
        assert_eq!(result.parts.len(), 1);
    }

    #[test]
    fn the_smallest_patch_is_uncovered_where_nothing_covers_it() {
        let patch = square(0., 0., 0.05, 0.05);
        let half = [square(0.025, 0., 1., 1.)];
        assert!((covered(&patch, &[]).uncovered_area - 0.0025).abs() < 1e-9);
        let result = covered(&patch, &half);
        let parts: f64 = result.parts.iter().map(|part| part.area).sum();
        assert!((parts - 0.00125).abs() < 1e-6, "{parts}");
        assert!((parts + result.uncovered_area - 0.0025).abs() < 1e-9);
    }

    #[test]
    fn a_patch_under_a_sliver_alone_is_uncovered_to_the_last_bit() {
        let patch = square(0.1, 0.2, 30.3, 40.7);
        let result = covered(&patch, &[square(12.3, 40.87, 9.1, 5.)]);
        assert_eq!((result.parts.len(), result.folded), (0, 1));
        assert_eq!(result.uncovered_area, plane_area(&patch).0);
    }

    #[test]
    fn a_border_around_a_patch_that_meets_it_nowhere_leaves_it_whole() {
        // A bend that reaches into the box around the patch, beside its notch.
        let patch: MultiPolygon<f64> =
            geo::wkt!(POLYGON((0. 0., 100. 0., 100. 100., 60. 100., 60. 40., 40. 40., 40. 100., 0. 100., 0. 0.)))
                .into();
        let around: MultiPolygon<f64> =
            geo::wkt!(POLYGON((-9. -9., 109. -9., 109. 109., 50. 109., 50. 50., 45. 109., -9. 109., -9. -9.))).into();
        let result = covered(&patch, std::slice::from_ref(&around));
        assert_eq!((result.parts.len(), result.uncovered_area, result.folded), (1, 0.0, 0));
        assert_eq!(result.parts[0].land, patch);
        let twice = covered(&patch, &[around.clone(), around]);
        assert_eq!((twice.parts[0].area, twice.contested.round()), (plane_area(&patch).0, plane_area(&patch).0));
    }

    #[test]
    fn a_polygon_inside_a_patch_divides_it_though_their_borders_do_not_meet() {
        let result = covered(&square(0., 0., 100., 100.), &[square(40., 40., 10., 10.)]);
        assert_eq!((result.parts.len(), result.parts[0].area, result.uncovered_area), (1, 100.0, 9900.0));
        let hole = covered(&square(0., 0., 100., 100.), &[square(-9., -9., 200., 200.), square(40., 40., 10., 10.)]);
        assert_eq!((hole.parts.len(), hole.parts[0].area, hole.contested), (1, 10_000.0, 100.0));
    }

    #[test]
    fn a_polygon_that_only_touches_covers_nothing() {
        let result = covered(&square(0., 0., 100., 100.), &[square(100., 0., 50., 100.)]);
        assert!(result.parts.is_empty());
        assert!((result.uncovered_area - 10_000.0).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn area_is_conserved(boxes in prop::collection::vec((-80.0..120.0f64, -80.0..120.0f64, 1.0..150.0f64, 1.0..150.0f64), 0..8)) {
            let layer: Vec<_> = boxes.iter().map(|&(x, y, w, h)| square(x, y, w, h)).collect();
            let result = covered(&square(0., 0., 100., 100.), &layer);
            let parts: f64 = result.parts.iter().map(|part| part.area).sum();
            prop_assert!((parts + result.uncovered_area - 10_000.0).abs() < 1e-6);
            prop_assert!(result.residual <= 0.01 + 1e-5, "{}", result.residual);
        }
    }
}
