//! Cells of all zooms, and the tiles that show them.

use layers::measure::HectareSum;
use layers::schema::Attribute;
use layers::{Value, ValueKind};

use super::source::{Cell, CellGrid};
use super::theme::{Class, Theme};
use crate::attributes::encode_attributes;
use crate::attributes::stats::LayerStats;
use crate::coord::TileCoord;
use crate::mvt::{LayerEncoder, ShapeKind, TileShape, Values};
use crate::pixels::EXTENT;

/// The tile layer's name.
pub(crate) const CELLS: &str = "cells";

/// The cells of every zoom from 0 to the deepest of the grid.
#[derive(Debug)]
pub(crate) struct CellPyramid {
    grid: CellGrid,
    /// `count`, `area_ha`, then of each theme a column for the class that prevails and one for the
    /// hectares of each class that occurs.
    attributes: Vec<Attribute>,
    themes: Vec<ThemeColumns>,
    /// Of each zoom the cells in the order of a Z curve, so those of a tile lie together.
    zooms: Vec<Vec<(u64, Cell)>>,
}

/// Where a theme stands in a row.
#[derive(Debug)]
struct ThemeColumns {
    /// Of the class that prevails; the hectares of the classes follow.
    column: usize,
    /// The slot of its first class in a cell; the others follow.
    slot: usize,
    /// Its classes.
    classes: Vec<Value>,
}

impl CellPyramid {
    /// `themes` with the classes that occur, which are the slots of the cells one after the other;
    /// `cells` are the finest, in the order of a Z curve.
    pub(super) fn new(grid: CellGrid, themes: Vec<(Theme, Vec<Class>)>, cells: Vec<(u64, Cell)>) -> Self {
        let mut attributes = Vec::new();
        let mut attribute = |mut name: String, kind: ValueKind| {
            // A theme `area` with a class `ha` must not take another's name.
            while attributes.iter().any(|known: &Attribute| known.name == name) {
                name.push('_');
            }
            attributes.push(Attribute { name, kind });
            attributes.len() - 1
        };
        attribute("count".into(), ValueKind::Int);
        attribute("area_ha".into(), ValueKind::Real);
        let mut slot = 0;
        let mut placed = Vec::new();
        for (theme, classes) in themes.into_iter().filter(|(_, classes)| !classes.is_empty()) {
            let column = attribute(theme.name.clone(), theme.kind);
            classes.iter().for_each(|class| _ = attribute(format!("{}_{}", theme.name, class.name()), ValueKind::Real));
            let next = slot + classes.len();
            placed.push(ThemeColumns { column, slot, classes: classes.iter().map(Class::value).collect() });
            slot = next;
        }
        let mut zooms = vec![cells];
        for _ in 0..grid.deepest() {
            let finer = zooms.last().map(Vec::as_slice).unwrap_or_default();
            let quads = finer.chunk_by(|(a, _), (b, _)| a >> 2 == b >> 2);
            let together = |quad: &[(u64, Cell)]| {
                let mut whole = Cell::default();
                quad.iter().for_each(|(_, cell)| whole.merge(cell, Some));
                (quad[0].0 >> 2, whole)
            };
            zooms.push(quads.map(together).collect());
        }
        zooms.reverse();
        Self { grid, attributes, themes: placed, zooms }
    }

    /// The columns of the layer.
    pub(crate) fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The tiles of a zoom with their `cells` layer, ready to stand in the tile alone or beside
    /// other layers; along the Hilbert curve. None beyond the deepest zoom.
    pub(crate) fn tiles_at(&self, zoom: u8) -> impl Iterator<Item = (TileCoord, Vec<u8>)> + '_ {
        let side_bits = self.grid.side_bits();
        let cells = self.cells(zoom);
        let tiles = cells.chunk_by(move |(a, _), (b, _)| a >> (2 * side_bits) == b >> (2 * side_bits));
        let placed = tiles.filter_map(|cells| {
            let (x, y) = columns_and_rows(cells[0].0 >> (2 * side_bits));
            Some((TileCoord::new(zoom, x, y)?, cells))
        });
        let mut placed: Vec<(TileCoord, &[(u64, Cell)])> = placed.collect();
        placed.sort_unstable_by_key(|(tile, _)| tile.id());
        let mut encoder = LayerEncoder::default();
        placed.into_iter().map(move |(tile, cells)| (tile, self.encode(zoom, cells, &mut encoder)))
    }

    /// What all cells of a zoom are together, in the order of the columns: at every zoom the same.
    #[cfg(test)]
    pub(super) fn totals(&self, zoom: u8) -> Vec<Value> {
        let mut whole = Cell::default();
        self.cells(zoom).iter().for_each(|(_, cell)| whole.merge(cell, Some));
        self.row(&whole)
    }

    /// What the columns hold at some zooms.
    pub(crate) fn stats(&self, zooms: std::ops::RangeInclusive<u8>) -> LayerStats {
        let mut stats = LayerStats::new(&self.attributes);
        zooms.flat_map(|zoom| self.cells(zoom)).for_each(|(_, cell)| stats.add(&self.row(cell)));
        stats
    }

    fn cells(&self, zoom: u8) -> &[(u64, Cell)] {
        self.zooms.get(usize::from(zoom)).map(Vec::as_slice).unwrap_or_default()
    }

    fn encode(&self, zoom: u8, cells: &[(u64, Cell)], encoder: &mut LayerEncoder) -> Vec<u8> {
        let side_bits = self.grid.side_bits();
        let (side, mask) = (EXTENT >> side_bits, (1u32 << side_bits) - 1);
        let (mut attributes, mut values, mut tags, mut tile) = (Vec::new(), Values::default(), Vec::new(), Vec::new());
        encoder.start();
        for (place, cell) in cells {
            let (column, row) = columns_and_rows(*place);
            // The id of the tile that the cell would be: stable, and unique over all zooms.
            let Some(as_tile) = TileCoord::new(zoom + side_bits, column, row) else { continue };
            attributes.clear();
            encode_attributes(&self.attributes, &self.row(cell), &mut attributes);
            tags.clear();
            values.add(&attributes, &mut tags);
            let (west, north) = ((column & mask) as i32 * side, (row & mask) as i32 * side);
            let (east, south) = (west + side, north + side);
            let square = [[west, north], [east, north], [east, south], [west, south]];
            let shape = TileShape { kind: ShapeKind::Polygons, points: &square, ends: &[4] };
            encoder.feature(as_tile.id().value(), &tags, &shape);
        }
        encoder.finish(CELLS, &self.attributes, &values, &mut tile);
        tile
    }

    /// A cell's values; what is zero is absent.
    fn row(&self, cell: &Cell) -> Vec<Value> {
        let hectares = |area: HectareSum| {
            let hectares = area.hectares();
            if hectares == 0.0 { Value::Null } else { Value::Real(hectares) }
        };
        let mut row = vec![Value::Null; self.attributes.len()];
        row[0] = Value::Int(i64::try_from(cell.count).unwrap_or(i64::MAX));
        row[1] = hectares(cell.area);
        let slots = self.themes.iter().map(|theme| theme.classes.len()).sum();
        let mut areas = vec![HectareSum::default(); slots];
        cell.classes().for_each(|(slot, area)| areas[slot as usize] = area);
        for theme in &self.themes {
            let areas = &areas[theme.slot..theme.slot + theme.classes.len()];
            row[theme.column] = theme.prevailing(cell.area, areas);
            row[theme.column + 1..].iter_mut().zip(areas).for_each(|(value, area)| *value = hectares(*area));
        }
        row
    }
}

impl ThemeColumns {
    /// The class with the most hectares, of equal ones the first; null if more has no class.
    fn prevailing(&self, whole: HectareSum, areas: &[HectareSum]) -> Value {
        let mut rest = whole;
        areas.iter().for_each(|area| rest -= *area);
        let classes = self.classes.iter().zip(areas.iter().copied());
        let most = classes.reduce(|best, next| if next.1 > best.1 { next } else { best });
        let most = most.filter(|(_, area)| *area > HectareSum::default() && *area >= rest);
        most.map_or(Value::Null, |(class, _)| class.clone())
    }
}

/// Column and row of a place on the Z curve.
fn columns_and_rows(place: u64) -> (u32, u32) {
    (gather(place), gather(place >> 1))
}

/// Every second bit.
fn gather(bits: u64) -> u32 {
    let steps = [(1, 0x3333_3333_3333_3333), (2, 0x0f0f_0f0f_0f0f_0f0f), (4, 0x00ff_00ff_00ff_00ff)];
    let steps = steps.into_iter().chain([(8, 0x0000_ffff_0000_ffff), (16, 0x0000_0000_ffff_ffff)]);
    steps.fold(bits & 0x5555_5555_5555_5555, |bits, (shift, mask): (u32, u64)| (bits | bits >> shift) & mask) as u32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use geozero::mvt::{Message, Tile, tile};
    use proptest::prelude::*;

    use super::super::CellSource;
    use super::*;
    use crate::world::WorldPoint;

    fn columns() -> Vec<Attribute> {
        let columns = [("key", ValueKind::Text), ("class", ValueKind::Int), ("idle", ValueKind::Bool)];
        columns.map(|(name, kind)| Attribute { name: name.into(), kind }).into()
    }

    #[derive(Clone, Debug)]
    struct Parcel {
        point: WorldPoint,
        hectares: Option<f64>,
        class: Option<i64>,
        idle: Option<bool>,
    }

    fn parcel() -> impl Strategy<Value = Parcel> {
        // Many near each other, and some on the lines between cells.
        let axis = prop_oneof![any::<u32>(), (0u32..1 << 14).prop_map(|n| n << 18), 0u32..1 << 12];
        let classes = (prop::option::of(0..4i64), prop::option::of(any::<bool>()));
        ([axis.clone(), axis], prop::option::of(0.0..1e4f64), classes)
            .prop_map(|([x, y], hectares, (class, idle))| Parcel { point: WorldPoint { x, y }, hectares, class, idle })
    }

    fn source(grid: CellGrid, parcels: &[Parcel]) -> CellSource {
        let columns = columns();
        let themes = ["class", "idle"].iter().filter_map(|name| Theme::named(name, &columns)).collect();
        let mut source = CellSource::new(grid, themes);
        for parcel in parcels {
            let row = [Value::text("a"), parcel.class.into(), parcel.idle.into()];
            let mut attributes = Vec::new();
            encode_attributes(&columns, &row, &mut attributes);
            source.add(parcel.point, parcel.hectares, &attributes);
        }
        source
    }

    /// Numbers, truth among them as one.
    fn values(layer: &tile::Layer, feature: &tile::Feature) -> BTreeMap<String, f64> {
        let pair = |tag: &[u32]| {
            let value = &layer.values[tag[1] as usize];
            let whole = value.sint_value.map(|count| count as f64).or(value.bool_value.map(f64::from));
            (layer.keys[tag[0] as usize].clone(), value.double_value.or(whole).expect("a number"))
        };
        feature.tags.chunks(2).map(pair).collect()
    }

    #[test]
    fn a_cell_is_a_square_of_its_tile_with_what_lies_in_it() {
        let grid = CellGrid::new(3, 32).expect("a grid");
        // A cell of zoom 3 is 2²⁴ units wide. Its west and north sides are its own, the others are not.
        let at = |x: u32, y: u32, class, idle| Parcel { point: WorldPoint { x, y }, hectares: Some(0.5), class, idle };
        let parcels = [
            at(33 << 24, 2 << 24, Some(3), Some(true)),
            at((34 << 24) - 1, (3 << 24) - 1, Some(3), None),
            at(34 << 24, 2 << 24, None, None),
        ];
        let pyramid = source(grid, &parcels).pyramid();
        let names: Vec<&str> = pyramid.attributes().iter().map(|attribute| attribute.name.as_str()).collect();
        assert_eq!(names, ["count", "area_ha", "class", "class_3", "idle", "idle_true"]);
        let tiles: Vec<_> = pyramid.tiles_at(3).collect();
        assert_eq!(tiles.iter().map(|(tile, _)| tile.to_string()).collect::<Vec<_>>(), ["3/1/0"]);
        let decoded = Tile::decode(tiles[0].1.as_slice()).expect("a tile");
        let layer = &decoded.layers[0];
        assert_eq!(layer.features.len(), 2);
        let said: Vec<Vec<(String, f64)>> =
            layer.features.iter().map(|feature| values(layer, feature).into_iter().collect()).collect();
        let pairs = |pairs: &[(&str, f64)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), *v)).collect::<Vec<_>>();
        let first =
            [("area_ha", 1.0), ("class", 3.0), ("class_3", 1.0), ("count", 2.0), ("idle", 1.0), ("idle_true", 0.5)];
        assert_eq!(said[0], pairs(&first));
        assert_eq!(said[1], pairs(&[("area_ha", 0.5), ("count", 1.0)]));
        // Second column, third row: 128 units a side, from (128, 256).
        let square = [9, 256, 512, 26, 256, 0, 0, 256, 255, 0, 15];
        assert_eq!(layer.features[0].geometry, square);
        assert_eq!(layer.features[0].id, TileCoord::new(8, 33, 2).map(|tile| tile.id().value()));
        assert_eq!(pyramid.tiles_at(4).count(), 0);
    }

    #[test]
    fn names_of_classes_keep_out_of_each_others_way() {
        let attributes = [Attribute { name: "area".into(), kind: ValueKind::Text }];
        let theme = Theme::named("area", &attributes).expect("the column");
        let mut source = CellSource::new(CellGrid::new(0, 1).expect("a grid"), vec![theme]);
        let mut row = Vec::new();
        encode_attributes(&attributes, &[Value::text("ha")], &mut row);
        source.add(WorldPoint { x: 0, y: 0 }, Some(2.0), &row);
        let pyramid = source.pyramid();
        let names: Vec<&str> = pyramid.attributes().iter().map(|attribute| attribute.name.as_str()).collect();
        assert_eq!(names, ["count", "area_ha", "area", "area_ha_"]);
    }

    #[test]
    fn the_class_with_the_most_hectares_prevails() {
        let prevails = |parcels: &[(f64, Option<i64>)]| {
            let point = WorldPoint { x: 9, y: 9 };
            let parcel = |&(hectares, class)| Parcel { point, hectares: Some(hectares), class, idle: None };
            let parcels: Vec<Parcel> = parcels.iter().map(parcel).collect();
            source(CellGrid::new(0, 32).expect("a grid"), &parcels).pyramid().totals(0).get(2).cloned()
        };
        assert_eq!(prevails(&[(1.0, Some(1)), (0.7, Some(2)), (0.7, Some(2))]), Some(Value::Int(2)));
        assert_eq!(prevails(&[(1.0, Some(3)), (1.0, Some(1)), (1.0, None)]), Some(Value::Int(1)));
        // More of it was not assessed than is in any class.
        assert_eq!(prevails(&[(1.0, Some(3)), (1.0, Some(1)), (1.1, None)]), Some(Value::Null));
        assert_eq!(prevails(&[(1.0, None)]), None);
    }

    #[test]
    fn a_grid_is_of_powers_of_two_and_not_too_fine() {
        assert!(CellGrid::new(21, 32).is_some() && CellGrid::new(18, 256).is_some() && CellGrid::new(0, 1).is_some());
        assert!([(22, 32), (0, 0), (0, 24), (0, 512), (255, 1)].iter().all(|&(z, n)| CellGrid::new(z, n).is_none()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_zoom_adds_up_to_the_same(
            parcels in prop::collection::vec(parcel(), 1..60),
            deepest in 0u8..12,
            side_bits in 0u8..6,
        ) {
            let grid = CellGrid::new(deepest, 1 << side_bits).expect("a grid");
            let pyramid = source(grid, &parcels).pyramid();
            let area = |of: &dyn Fn(&Parcel) -> bool| -> HectareSum {
                parcels.iter().filter(|parcel| of(parcel)).filter_map(|parcel| parcel.hectares).collect()
            };
            for zoom in 0..=deepest {
                let (mut count, mut sums) = (0.0, BTreeMap::<String, f64>::new());
                let mut last = None;
                let mut ids = std::collections::BTreeSet::new();
                for (tile, bytes) in pyramid.tiles_at(zoom) {
                    prop_assert!(last < Some(tile.id()), "along the curve");
                    last = Some(tile.id());
                    for layer in Tile::decode(bytes.as_slice()).expect("a tile").layers {
                        for feature in &layer.features {
                            prop_assert!(ids.insert(feature.id), "an id comes twice");
                            for (name, value) in values(&layer, feature) {
                                let is_area = name.contains('_');
                                prop_assert!(value != 0.0 || !is_area, "no hectares are absent");
                                if name == "count" { count += value } else { *sums.entry(name).or_default() += value }
                            }
                        }
                    }
                }
                prop_assert_eq!(count, parcels.len() as f64);
                // As integers to the last digit; as a client adds up doubles, to a few.
                let mut whole = Cell::default();
                pyramid.cells(zoom).iter().for_each(|(_, cell)| whole.merge(cell, Some));
                prop_assert_eq!(whole.area, area(&|_| true));
                let near = |name: &str, area: HectareSum| {
                    let (sum, area) = (sums.get(name).copied().unwrap_or_default(), area.hectares());
                    (sum - area).abs() <= area * 1e-13
                };
                prop_assert!(near("area_ha", whole.area));
                for class in 0..4 {
                    let name = format!("class_{class}");
                    prop_assert!(near(&name, area(&|parcel| parcel.class == Some(class))));
                }
                for idle in [false, true] {
                    let name = format!("idle_{idle}");
                    prop_assert!(near(&name, area(&|parcel| parcel.idle == Some(idle))));
                }
            }
        }

        #[test]
        fn batches_in_any_order_give_the_same_tiles(
            parcels in prop::collection::vec(parcel(), 0..40),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        ) {
            let grid = CellGrid::new(6, 32).expect("a grid");
            let tiles = |source: CellSource| {
                let pyramid = source.pyramid();
                let tiles: Vec<_> = (0..=6).flat_map(|zoom| pyramid.tiles_at(zoom).collect::<Vec<_>>()).collect();
                (pyramid.stats(0..=6).to_json(pyramid.attributes()), tiles)
            };
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(parcels.len() + 1)).collect();
            cuts.extend([0, parcels.len()]);
            cuts.sort_unstable();
            let mut merged = source(grid, &[]);
            for cut in cuts.windows(2).rev() {
                merged.merge(source(grid, &parcels[cut[0]..cut[1]]));
            }
            prop_assert_eq!(tiles(merged), tiles(source(grid, &parcels)));
        }

        #[test]
        fn places_on_the_curve_are_columns_and_rows(x: u32, y: u32) {
            let grid = CellGrid::new(21, 32).expect("a grid");
            let pyramid_place = {
                let mut source = source(grid, &[]);
                source.add(WorldPoint { x, y }, None, &[]);
                source.pyramid().cells(21)[0].0
            };
            prop_assert_eq!(columns_and_rows(pyramid_place), (x >> 6, y >> 6));
        }
    }
}
