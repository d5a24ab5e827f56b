//! Irregular polygons that cover a rectangle without gap or overlap.
//!
//! Bent lines run from west to east, walls stand between them. Every row sets its walls where it
//! likes, so the neighbour across a line has no vertex there (T-junctions, rounded as in surveyed
//! data). Every bend follows from the seed and its own place alone: a polygon is made without its
//! neighbours, in any order and on any thread, and agrees with them to the last bit.
//!
//! ```text
//!  ──╮     ╭──────┬────╮      ╭───
//!    ╰──┬──╯      │    ╰──┬───╯      a wall ends anywhere on a line
//!      ╭╯         ╰╮      │
//!  ──┬─┴────╮  ╭───┴──────┴──┬────
//! ```

use geo::{Coord, LineString, Polygon};
use rayon::prelude::*;

/// How a fabric looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fabric {
    /// Another seed, another fabric.
    pub seed: u64,
    /// Rows of polygons, from south to north.
    pub rows: usize,
    /// Polygons in a row, from west to east.
    pub columns: usize,
    /// South-west corner in metres.
    pub origin: Coord<f64>,
    /// Metres from west to east.
    pub width: f64,
    /// Metres from south to north.
    pub height: f64,
    /// Bends of a line along one polygon, on average.
    pub line_bends: f64,
    /// Bends of a wall, on average.
    pub wall_bends: f64,
    /// Metres that the outer border may leave the rectangle; none, and it is straight.
    pub ragged: f64,
}

/// Somewhere in Xilinhot, in metres of the 3-degree Gauss-Krüger zone EPSG:4548.
pub const ORIGIN: Coord<f64> = Coord { x: 426_000.0, y: 4_867_000.0 };

/// The reference system of [`ORIGIN`].
pub const EPSG: u16 = 4548;

/// Square metres of a parcel, on average.
pub(crate) const PARCEL: f64 = 4_000.0;

/// Bends that give a parcel 23 vertices on average: of a line along one parcel.
pub(crate) const LINE_BENDS: f64 = 6.5;
/// And of a wall.
pub(crate) const WALL_BENDS: f64 = 3.0;

impl Fabric {
    /// About `count` parcels with 23 vertices each on average, from 5 to 60, 60 m wide.
    pub fn parcels(count: usize, seed: u64) -> Self {
        let side = (count as f64 * PARCEL).sqrt();
        let rows = ((count as f64).sqrt().round() as usize).max(1);
        let columns = count.div_ceil(rows).max(1);
        let (width, height) = (side, side);
        Self {
            seed,
            rows,
            columns,
            origin: ORIGIN,
            width,
            height,
            line_bends: LINE_BENDS,
            wall_bends: WALL_BENDS,
            ragged: 0.0,
        }
    }

    /// About `count` plan polygons with 59 vertices each on average, over the land of some parcels.
    pub fn plan(count: usize, parcels: &Fabric) -> Self {
        let rows = ((count as f64).sqrt().round() as usize).max(1);
        let columns = count.div_ceil(rows).max(1);
        let seed = mix(parcels.seed ^ 0x7061_6c6e);
        Self { seed, rows, columns, line_bends: 20.0, wall_bends: 7.5, ..*parcels }
    }

    /// How many polygons it has.
    pub fn count(&self) -> usize {
        self.rows * self.columns
    }

    /// All polygons, row by row.
    pub fn polygons(&self) -> impl IndexedParallelIterator<Item = Polygon<f64>> + '_ {
        (0..self.count()).into_par_iter().map(|place| self.at(place))
    }

    /// The polygon at a place, row by row.
    pub fn at(&self, place: usize) -> Polygon<f64> {
        self.polygon(place / self.columns, place % self.columns)
    }

    /// One polygon, counter-clockwise.
    pub fn polygon(&self, row: usize, column: usize) -> Polygon<f64> {
        let (west, east) = (self.wall(row, column), self.wall(row, column + 1));
        let mut ring = self.along(row, west[0], east[0]);
        ring.extend_from_slice(&east);
        let roof = self.along(row + 1, west[west.len() - 1], east[east.len() - 1]);
        ring.extend(roof.into_iter().rev());
        ring.extend(west.into_iter().rev());
        ring.push(ring[0]);
        ring.dedup();
        Polygon::new(LineString(ring), vec![])
    }

    /// What all polygons fill, counter-clockwise. Where a wall meets the border it has no vertex.
    pub fn outline(&self) -> LineString<f64> {
        let side = |column: usize| (0..self.rows).flat_map(move |row| self.wall(row, column));
        let (west, east): (Vec<_>, Vec<_>) = (side(0).collect(), side(self.columns).collect());
        let mut ring = self.along(0, west[0], east[0]);
        ring.extend_from_slice(&east);
        let roof = self.along(self.rows, west[west.len() - 1], east[east.len() - 1]);
        ring.extend(roof.into_iter().rev());
        ring.extend(west.into_iter().rev());
        ring.push(ring[0]);
        ring.dedup();
        LineString(ring)
    }

    /// Steps of a line per polygon: from none to several times the average, by the line.
    fn line_steps(&self, line: usize) -> usize {
        let dice = self.dice(1, line, 0);
        (self.columns as f64 * self.line_bends * skewed(dice)).round().max(1.0) as usize
    }

    /// A vertex of a line; the first and the last lie on the border of the rectangle.
    fn line_vertex(&self, line: usize, steps: usize, place: usize) -> Coord<f64> {
        let step = self.width / steps as f64;
        let inner = place > 0 && place < steps;
        let x = place as f64 * step + if inner { swing(self.dice(2, line, place)) * 0.3 * step } else { 0.0 };
        // Never steeper than one to one nor far from its own height, so lines do not cross.
        let inner = line > 0 && line < self.rows;
        let reach = (0.15 * step).min(0.1 * self.row_height()).min(if inner { f64::INFINITY } else { self.ragged });
        let y = line as f64 * self.row_height() + swing(self.dice(3, line, place)) * reach;
        self.origin + Coord { x, y }
    }

    fn row_height(&self) -> f64 {
        self.height / self.rows as f64
    }

    /// The point of a line at some x.
    fn on_line(&self, line: usize, x: f64) -> Coord<f64> {
        let steps = self.line_steps(line);
        let place = self.place_before(line, steps, x);
        let (a, b) = (self.line_vertex(line, steps, place), self.line_vertex(line, steps, place + 1));
        Coord { x, y: a.y + (b.y - a.y) * ((x - a.x) / (b.x - a.x)) }
    }

    /// The last vertex of a line that is not east of x, nor the end of the line.
    fn place_before(&self, line: usize, steps: usize, x: f64) -> usize {
        let guess = (x - self.origin.x) / self.width * steps as f64;
        let mut place = (guess.max(0.0) as usize + 1).min(steps - 1);
        while place > 0 && self.line_vertex(line, steps, place).x > x {
            place -= 1;
        }
        place
    }

    /// The vertices of a line strictly between two of its points.
    fn along(&self, line: usize, from: Coord<f64>, to: Coord<f64>) -> Vec<Coord<f64>> {
        let steps = self.line_steps(line);
        let first = self.place_before(line, steps, from.x) + 1;
        let vertices = (first..=steps).map(|place| self.line_vertex(line, steps, place));
        vertices.skip_while(|at| at.x <= from.x).take_while(|at| at.x < to.x).collect()
    }

    /// A wall from the line below to the line above, both ends included.
    fn wall(&self, row: usize, column: usize) -> Vec<Coord<f64>> {
        let step = self.width / self.columns as f64;
        let inner = column > 0 && column < self.columns;
        let moved = |salt: u64| if inner { swing(self.dice(salt, row, column)) * step } else { 0.0 };
        let x = self.origin.x + column as f64 * step + 0.28 * moved(4);
        let foot = self.on_line(row, x);
        let roof = self.on_line(row + 1, x + 0.08 * moved(5));
        let bends = (self.wall_bends * skewed(self.dice(6, row, column))).round() as usize;
        let mut wall = vec![foot];
        for bend in 1..=bends {
            let part = bend as f64 / (bends + 1) as f64;
            // Close to a line a wall may not swing farther than the line may be met.
            let reach = (0.1 * step).min(0.3 * part.min(1.0 - part) * self.row_height());
            let reach = reach.min(if inner { f64::INFINITY } else { self.ragged });
            let off = swing(self.dice(7 + bend as u64, row, column)) * reach;
            wall.push(foot + (roof - foot) * part + Coord { x: off, y: 0.0 });
        }
        wall.push(roof);
        wall
    }

    fn dice(&self, salt: u64, row: usize, column: usize) -> u64 {
        mix(mix(mix(self.seed ^ salt) ^ row as u64) ^ column as u64)
    }
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number
/// generators, 2014).
pub(crate) fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// From 0 to 1.
pub(crate) fn share(dice: u64) -> f64 {
    (dice >> 11) as f64 / (1u64 << 53) as f64
}

/// From −1 to 1.
pub(crate) fn swing(dice: u64) -> f64 {
    2.0 * share(dice) - 1.0
}

/// Mostly little and sometimes much: from 0.4 to 2.2, 1 on average.
fn skewed(dice: u64) -> f64 {
    0.4 + 1.8 * share(dice).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, Validation};
    use proptest::prelude::*;

    fn figures(fabric: &Fabric) -> (usize, f64, usize) {
        let corners: Vec<usize> = fabric.polygons().map(|polygon| polygon.exterior().0.len() - 1).collect();
        let sum: usize = corners.iter().sum();
        let (least, most) = (corners.iter().min().copied(), corners.iter().max().copied());
        (least.unwrap_or(0), sum as f64 / corners.len() as f64, most.unwrap_or(0))
    }

    #[test]
    fn polygons_have_as_many_corners_as_surveyed_ones() {
        let parcels = Fabric::parcels(20_000, 1);
        let (least, average, most) = figures(&parcels);
        assert!(
            (5..=12).contains(&least) && (22.0..24.0).contains(&average) && (40..=60).contains(&most),
            "{least} {average} {most}"
        );
        let (_, average, _) = figures(&Fabric::plan(10_000, &parcels));
        assert!((56.0..62.0).contains(&average), "{average}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn polygons_are_valid_and_fill_the_rectangle(seed: u64, count in 1usize..900) {
            let parcels = Fabric::parcels(count, seed);
            for fabric in [parcels, Fabric::plan(count.div_ceil(10), &parcels)] {
                let polygons: Vec<_> = fabric.polygons().collect();
                prop_assert!(polygons.iter().all(Validation::is_valid));
                let sum: f64 = polygons.iter().map(Area::signed_area).sum();
                // Corners on a neighbour's edge are rounded to what a double holds there: a nanometre.
                prop_assert!((sum / (fabric.width * fabric.height) - 1.0).abs() < 1e-9, "{sum}");
            }
        }
    }
}
