//! Parcels gathered in the finest cells.

use std::collections::{HashMap, HashSet};

use layers::measure::HectareSum;

use super::pyramid::CellPyramid;
use super::theme::{Classes, MOST_CLASSES, Theme};
use crate::attributes;
use crate::varint;
use crate::world::WorldPoint;

/// How fine cells are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CellGrid {
    deepest: u8,
    side_bits: u8,
}

impl CellGrid {
    /// Zooms and cells together go no deeper: a cell's id stays below 2⁵³.
    const DEEPEST_CELL: u8 = 26;

    /// Cells for zooms down to `deepest`, `cells` a side of a tile: a power of two, at most 256.
    /// `None` otherwise, or if they would be finer than a tile of zoom 26.
    pub(crate) fn new(deepest: u8, cells: u32) -> Option<Self> {
        let side_bits = cells.trailing_zeros() as u8;
        let fits = cells.is_power_of_two() && cells <= 256 && deepest <= Self::DEEPEST_CELL.saturating_sub(side_bits);
        fits.then_some(Self { deepest, side_bits })
    }

    /// Deepest zoom that has cells.
    pub(crate) fn deepest(self) -> u8 {
        self.deepest
    }

    /// Cells are tiles of so many zooms further down.
    pub(super) fn side_bits(self) -> u8 {
        self.side_bits
    }

    /// The finest cell that holds a point: half-open, and in the order of a Z curve.
    fn cell(self, point: WorldPoint) -> u64 {
        let shift = 32 - u32::from(self.deepest + self.side_bits);
        let part = |units: u32| spread((u64::from(units) >> shift) as u32);
        part(point.x) | part(point.y) << 1
    }
}

/// Bits with room for another's between them.
fn spread(bits: u32) -> u64 {
    let steps = [(16, 0x0000_ffff_0000_ffff), (8, 0x00ff_00ff_00ff_00ff), (4, 0x0f0f_0f0f_0f0f_0f0f)];
    let steps = steps.into_iter().chain([(2, 0x3333_3333_3333_3333), (1, 0x5555_5555_5555_5555)]);
    steps.fold(u64::from(bits), |bits, (shift, mask)| (bits | bits << shift) & mask)
}

/// What lies in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cell {
    pub(super) count: u64,
    pub(super) area: HectareSum,
    /// Classes that occur, each once; then their areas in the same order.
    slots: Vec<u32>,
    areas: Vec<HectareSum>,
}

impl Cell {
    fn with_room(classes: usize) -> Self {
        Self { slots: Vec::with_capacity(classes), areas: Vec::with_capacity(classes), ..Self::default() }
    }

    fn add_class(&mut self, slot: u32, area: HectareSum) {
        match self.slots.iter().position(|&known| known == slot) {
            Some(place) => self.areas[place] += area,
            None => {
                self.slots.push(slot);
                self.areas.push(area);
            }
        }
    }

    /// Its classes with their areas, in no particular order.
    pub(super) fn classes(&self) -> impl Iterator<Item = (u32, HectareSum)> {
        self.slots.iter().copied().zip(self.areas.iter().copied())
    }

    /// Calls its classes otherwise; those called `None` are left out.
    fn rename(&mut self, name: impl Fn(u32) -> Option<u32>) {
        let mut kept = 0;
        for place in 0..self.slots.len() {
            if let Some(slot) = name(self.slots[place]) {
                (self.slots[kept], self.areas[kept]) = (slot, self.areas[place]);
                kept += 1;
            }
        }
        self.slots.truncate(kept);
        self.areas.truncate(kept);
    }

    /// Adds another whose classes are called otherwise; those called `None` are left out.
    pub(super) fn merge(&mut self, other: &Self, rename: impl Fn(u32) -> Option<u32>) {
        self.count += other.count;
        self.area += other.area;
        if self.slots.is_empty() {
            self.slots.reserve(other.slots.len());
            self.areas.reserve(other.slots.len());
        }
        other.classes().for_each(|(slot, area)| {
            if let Some(slot) = rename(slot) {
                self.add_class(slot, area);
            }
        });
    }
}

/// A class of a theme as a source numbers it: theme above, class below.
fn slot(theme: usize, class: u32) -> u32 {
    (theme as u32) << 8 | class
}

/// Parcels as they come, gathered in the finest cells. Sources of parts of a layer can be merged in any
/// order with the same result. Takes memory by occupied cells, not by parcels.
#[derive(Clone, Debug)]
pub(crate) struct CellSource {
    grid: CellGrid,
    themes: Vec<Theme>,
    /// Of each theme.
    classes: Vec<Classes>,
    /// The theme of a column, for the columns up to the last that is one.
    theme_of_column: Vec<Option<usize>>,
    cells: HashMap<u64, Cell>,
}

impl CellSource {
    /// Without parcels. `themes` are columns of the layer that the parcels will come from.
    pub(crate) fn new(grid: CellGrid, themes: Vec<Theme>) -> Self {
        let columns = themes.iter().map(|theme| theme.column + 1).max().unwrap_or(0);
        let theme_of = |column: usize| themes.iter().position(|theme| theme.column == column);
        let theme_of_column = (0..columns).map(theme_of).collect();
        Self { grid, classes: vec![Classes::default(); themes.len()], theme_of_column, themes, cells: HashMap::new() }
    }

    /// Adds a parcel: its interior point, its hectares if they are known, and its attributes as
    /// [`attributes::encode_attributes`] writes them.
    pub(crate) fn add(&mut self, point: WorldPoint, hectares: Option<f64>, attributes: &[u8]) {
        let cell = self.cells.entry(self.grid.cell(point)).or_insert_with(|| Cell::with_room(self.themes.len()));
        let area: HectareSum = hectares.into_iter().collect();
        cell.count += 1;
        cell.area += area;
        for (column, value) in attributes::values(attributes) {
            let Some(theme) = self.theme_of_column.get(column) else { break };
            let Some(theme) = *theme else { continue };
            if let Some(class) = self.classes[theme].number(value) {
                cell.add_class(slot(theme, class), area);
            }
        }
    }

    /// Adds what another has gathered of the same layer with the same grid and themes.
    pub(crate) fn merge(&mut self, other: Self) {
        let numbers: Vec<Vec<Option<u32>>> =
            self.classes.iter_mut().zip(&other.classes).map(|(classes, other)| classes.merge(other)).collect();
        let rename = |old: u32| {
            let (theme, class) = ((old >> 8) as usize, (old & 0xff) as usize);
            numbers.get(theme)?.get(class).copied()?.map(|class| slot(theme, class))
        };
        for (place, cell) in other.cells {
            self.cells.entry(place).or_default().merge(&cell, rename);
        }
    }

    /// The finest cell that a point lies in.
    pub(crate) fn cell(&self, point: WorldPoint) -> u64 {
        self.grid.cell(point)
    }

    /// Empties a cell, to be filled again.
    pub(crate) fn clear(&mut self, cell: u64) {
        self.cells.remove(&cell);
    }

    /// Forgets the classes that no cell has any more.
    pub(crate) fn forget_classes(&mut self) {
        let mut used: HashSet<u32> = HashSet::new();
        self.cells.values().for_each(|cell| used.extend(&cell.slots));
        let mut names: HashMap<u32, u32> = HashMap::new();
        for (theme, classes) in self.classes.iter_mut().enumerate() {
            let kept = classes.retain(|number| used.contains(&slot(theme, number)));
            names.extend((0..).zip(kept).map(|(new, old)| (slot(theme, old), slot(theme, new))));
        }
        self.cells.values_mut().for_each(|cell| cell.rename(|old| names.get(&old).copied()));
    }

    /// Appends everything but grid and themes, in an order that depends on the content alone. `None`
    /// if a theme has more classes than can be kept apart.
    pub(crate) fn to_bytes(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        for classes in &self.classes {
            classes.to_bytes(&mut out)?;
        }
        let mut cells: Vec<(&u64, &Cell)> = self.cells.iter().collect();
        cells.sort_unstable_by_key(|(place, _)| **place);
        varint::put(&mut out, cells.len() as u64);
        for (place, cell) in cells {
            [*place, cell.count, cell.slots.len() as u64].iter().for_each(|&number| varint::put(&mut out, number));
            out.extend(cell.area.to_bytes());
            for (slot, area) in cell.classes() {
                varint::put(&mut out, u64::from(slot));
                out.extend(area.to_bytes());
            }
        }
        Some(out)
    }

    /// Takes back into an empty source what [`CellSource::to_bytes`] gave; `None` for anything else.
    pub(crate) fn with_bytes(mut self, mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        for classes in &mut self.classes {
            *classes = Classes::from_bytes(bytes)?;
        }
        let area = |bytes: &mut &[u8]| {
            let (area, rest) = bytes.split_first_chunk::<16>()?;
            *bytes = rest;
            Some(HectareSum::from_bytes(*area))
        };
        for _ in 0..varint::take(bytes)? {
            let (place, count, classes) = (varint::take(bytes)?, varint::take(bytes)?, varint::take(bytes)?);
            let mut cell = Cell { count, area: area(bytes)?, ..Cell::default() };
            for _ in 0..classes {
                cell.slots.push(u32::try_from(varint::take(bytes)?).ok()?);
                cell.areas.push(area(bytes)?);
            }
            self.cells.insert(place, cell);
        }
        bytes.is_empty().then_some(self)
    }

    /// Themes whose columns have too many classes to be shown.
    pub(crate) fn left_out(&self) -> impl Iterator<Item = &Theme> {
        let is_overfull = |(_, classes): &(&Theme, &Classes)| classes.is_overfull();
        self.themes.iter().zip(&self.classes).filter(is_overfull).map(|(theme, _)| theme)
    }

    /// All zooms from the deepest up. Themes that are left out are logged.
    pub(crate) fn pyramid(self) -> CellPyramid {
        for theme in self.left_out() {
            tracing::warn!(attribute = theme.name, most = MOST_CLASSES, "too many classes for cells");
        }
        // Classes get their places by value, so that nothing depends on which was met first.
        let mut themes = Vec::new();
        let mut places: HashMap<u32, u32> = HashMap::new();
        for (number, (theme, classes)) in self.themes.into_iter().zip(&self.classes).enumerate() {
            let sorted = classes.sorted(&theme).into_iter();
            let placed = sorted.map(|(class, old)| {
                places.insert(slot(number, old), places.len() as u32);
                class
            });
            themes.push((theme, placed.collect()));
        }
        let mut cells: Vec<(u64, Cell)> = self.cells.into_iter().collect();
        cells.sort_unstable_by_key(|(place, _)| *place);
        cells.iter_mut().for_each(|(_, cell)| cell.rename(|slot| places.get(&slot).copied()));
        CellPyramid::new(self.grid, themes, cells)
    }
}
