//! A cadastre to be tiled: blocks of parcels in districts, and a street a district with its blocks
//! as holes. Nothing between them is left over.
//!
//! Districts stand in a grid of uneven rows and columns; the border between two runs bent along the
//! middle of a street. A district is cut into rows of blocks, a row into blocks where it likes, and a
//! block is a small [`Fabric`] with a ragged border. A street has no vertex where a wall between
//! parcels meets it.
//!
//! ```text
//!  ╭┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄╮
//!  ┊ ╭──┬───┬──╮  ╭──┬────╮ ┊
//!  ┊ ├──┴─┬─┴──┤  ├──┴─┬──┤ ┊   ┄ border of a district, in the middle of a street
//!  ┊ ╰────┴────╯  ╰────┴──╯ ┊   ─ parcels
//!  ┊ ╭─┬───┬──╮ ╭──┬──────╮ ┊
//!  ┊ ╰─┴───┴──╯ ╰──┴──────╯ ┊
//!  ╰┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄╯
//! ```

use geo::{Coord, LineString, MapCoordsInPlace, Polygon, coord};
use rayon::prelude::*;

use crate::fabric::{Fabric, LINE_BENDS, PARCEL, WALL_BENDS, mix, share, swing};

/// The reference system of the polygons: longitude and latitude of CGCS2000.
pub const EPSG: u16 = 4490;

/// The middle of every cadastre, in degrees: Xilinhot.
const MIDDLE: Coord<f64> = Coord { x: 116.05, y: 43.93 };
/// Metres of a degree there, east and north (GRS 80). One affine map keeps a point of an edge on it.
const DEGREE: Coord<f64> = Coord { x: 80_295.0, y: 111_108.0 };

/// Metres from one border of districts to the next, on average.
const DISTRICT: f64 = 900.0;
/// Polygons of a district, on average.
const POLYGONS: f64 = 167.0;
/// Metres between blocks, before their borders swing.
const STREET: f64 = 18.0;
/// Metres that the border of a block may swing into the street.
const BLOCK_SWING: f64 = 5.0;
/// Metres that the border of a district may swing in its street.
const BORDER_SWING: f64 = 2.0;
/// Metres from the front of a parcel to its back, on average.
const DEPTH: f64 = 60.0;

/// How a cadastre looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cadastre {
    /// Another seed, another cadastre.
    pub seed: u64,
    /// Rows of districts, from south to north.
    pub rows: usize,
    /// Districts in a row, from west to east.
    pub columns: usize,
}

/// A polygon of a cadastre.
#[derive(Clone, Debug, PartialEq)]
pub struct Land {
    /// Degrees; exterior counter-clockwise, holes clockwise.
    pub polygon: Polygon<f64>,
    /// Square metres.
    pub area: f64,
    /// Whether it is a street.
    pub is_street: bool,
}

impl Cadastre {
    /// About `count` polygons, streets included.
    pub fn of(count: usize, seed: u64) -> Self {
        let districts = (count as f64 / POLYGONS).max(1.0);
        let rows = districts.sqrt().round().max(1.0);
        Self { seed, rows: rows as usize, columns: (districts / rows).round().max(1.0) as usize }
    }

    /// How many districts it has.
    pub fn districts(&self) -> usize {
        self.rows * self.columns
    }

    /// Square metres of all land.
    pub fn area(&self) -> f64 {
        self.rows as f64 * self.columns as f64 * DISTRICT * DISTRICT
    }

    /// The polygons of each district, from west to east and south to north: parcels, then the street.
    pub fn lands(&self) -> impl IndexedParallelIterator<Item = Vec<Land>> + '_ {
        (0..self.districts()).into_par_iter().map(|place| self.district(place / self.columns, place % self.columns))
    }

    /// The polygons of one district.
    pub fn district(&self, row: usize, column: usize) -> Vec<Land> {
        let blocks = self.blocks(row, column);
        let parcels = blocks.iter().flat_map(|block| {
            (0..block.rows).flat_map(move |row| (0..block.columns).map(move |column| block.polygon(row, column)))
        });
        let mut lands: Vec<Land> = parcels.map(|parcel| self.land(parcel, false)).collect();
        let holes = blocks.iter().map(|block| LineString(block.outline().0.into_iter().rev().collect()));
        lands.push(self.land(Polygon::new(self.border(row, column), holes.collect()), true));
        lands
    }

    fn land(&self, mut polygon: Polygon<f64>, is_street: bool) -> Land {
        use geo::Area;
        let area = polygon.unsigned_area();
        let middle = coord! { x: self.columns as f64, y: self.rows as f64 } * (0.5 * DISTRICT);
        polygon.map_coords_in_place(|at| {
            let off = at - middle;
            coord! { x: MIDDLE.x + off.x / DEGREE.x, y: MIDDLE.y + off.y / DEGREE.y }
        });
        Land { polygon, area, is_street }
    }

    /// Where the grid of districts has its lines, in metres.
    fn grid(&self, salt: u64, line: usize, count: usize) -> f64 {
        let inner = line > 0 && line < count;
        let off = if inner { 0.15 * swing(self.dice(salt, line, 0)) } else { 0.0 };
        (line as f64 + off) * DISTRICT
    }

    /// Where four districts meet.
    fn corner(&self, row: usize, column: usize) -> Coord<f64> {
        coord! { x: self.grid(11, column, self.columns), y: self.grid(12, row, self.rows) }
    }

    /// The border from one corner to the next, without that next one; straight where the land ends.
    fn side(&self, row: usize, column: usize, is_wall: bool) -> Vec<Coord<f64>> {
        let from = self.corner(row, column);
        let to = if is_wall { self.corner(row + 1, column) } else { self.corner(row, column + 1) };
        let ends = if is_wall { column == 0 || column == self.columns } else { row == 0 || row == self.rows };
        let salt = if is_wall { 13 } else { 14 };
        let bends = 4 + self.dice(salt, row, column) % 12;
        let vertex = |bend: u64| {
            let at = from + (to - from) * (bend as f64 / (bends + 1) as f64);
            let off = if ends { 0.0 } else { BORDER_SWING * swing(mix(self.dice(salt, row, column) ^ bend)) };
            at + if is_wall {
                coord! { x: off, y: 0.0 }
            } else {
                coord! { x: 0.0, y: off }
            }
        };
        std::iter::once(from).chain((1..=bends).map(vertex)).collect()
    }

    fn border(&self, row: usize, column: usize) -> LineString<f64> {
        let backwards = |row, column, is_wall, from: Coord<f64>| {
            let side: Vec<_> = self.side(row, column, is_wall);
            std::iter::once(from).chain(side.into_iter().skip(1).rev()).collect::<Vec<_>>()
        };
        let mut ring = self.side(row, column, false);
        ring.extend(self.side(row, column + 1, true));
        ring.extend(backwards(row + 1, column, false, self.corner(row + 1, column + 1)));
        ring.extend(backwards(row, column, true, self.corner(row + 1, column)));
        ring.push(ring[0]);
        LineString(ring)
    }

    /// The blocks of a district, each filled by its own parcels.
    fn blocks(&self, row: usize, column: usize) -> Vec<Fabric> {
        let (low, high) = (self.corner(row, column), self.corner(row + 1, column + 1));
        let seed = self.dice(15, row, column);
        let mut blocks = Vec::new();
        for (place, (south, north)) in cuts(mix(seed), low.y, high.y, 2.0 * DEPTH + STREET).into_iter().enumerate() {
            let seed = mix(seed ^ place as u64);
            let height = north - south;
            let rows = (height / DEPTH).round().max(1.0);
            for (place, (west, east)) in cuts(seed, low.x, high.x, 5.0 * PARCEL / DEPTH).into_iter().enumerate() {
                let width = east - west;
                blocks.push(Fabric {
                    seed: mix(seed ^ (place as u64) << 32),
                    rows: rows as usize,
                    columns: (width * height / rows / PARCEL).round().max(1.0) as usize,
                    origin: coord! { x: west, y: south },
                    width,
                    height,
                    line_bends: LINE_BENDS,
                    wall_bends: WALL_BENDS,
                    ragged: BLOCK_SWING,
                });
            }
        }
        blocks
    }

    fn dice(&self, salt: u64, row: usize, column: usize) -> u64 {
        mix(mix(mix(self.seed ^ salt) ^ row as u64) ^ column as u64)
    }
}

/// Uneven pieces of about `piece` metres between two borders, with a street before and after each.
fn cuts(seed: u64, low: f64, high: f64, piece: f64) -> Vec<(f64, f64)> {
    let count = ((high - low) / piece).round().max(1.0);
    let step = (high - low) / count;
    let at = |cut: u64| {
        let inner = cut > 0 && (cut as f64) < count;
        low + step * (cut as f64 + if inner { 0.3 * (share(mix(seed ^ cut)) - 0.5) } else { 0.0 })
    };
    (0..count as u64).map(|cut| (at(cut) + 0.5 * STREET, at(cut + 1) - 0.5 * STREET)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, Validation};
    use proptest::prelude::*;

    #[test]
    fn it_has_as_many_polygons_and_corners_as_asked_for() {
        for count in [2_000, 20_000, 200_000] {
            let lands: Vec<Land> = Cadastre::of(count, 1).lands().flatten_iter().collect();
            let off = lands.len() as f64 / count as f64 - 1.0;
            assert!(off.abs() < 0.05, "{} of {count}", lands.len());
            let parcels = || lands.iter().filter(|land| !land.is_street);
            let corners: usize = parcels().map(|land| land.polygon.exterior().0.len() - 1).sum();
            let average = corners as f64 / parcels().count() as f64;
            assert!((22.0..24.0).contains(&average), "{average}");
            assert!(lands.iter().filter(|land| land.is_street).all(|land| land.polygon.interiors().len() >= 4));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn polygons_are_valid_and_fill_the_land(seed: u64, count in 1usize..900) {
            let cadastre = Cadastre::of(count, seed);
            let lands: Vec<Land> = cadastre.lands().flatten_iter().collect();
            prop_assert!(lands.iter().all(|land| land.polygon.is_valid()));
            let sum: f64 = lands.iter().map(|land| land.area).sum();
            // Corners on a neighbour's edge are rounded to what a double holds there: a nanometre.
            prop_assert!((sum / cadastre.area() - 1.0).abs() < 1e-9, "{sum}");
            let degrees: f64 = lands.iter().map(|land| land.polygon.signed_area()).sum();
            prop_assert!((degrees * DEGREE.x * DEGREE.y / cadastre.area() - 1.0).abs() < 1e-8, "{degrees}");
        }
    }
}
