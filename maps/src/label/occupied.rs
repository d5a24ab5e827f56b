//! Where there are words already.

use std::collections::HashMap;

/// A box on the page: left, top, right, bottom.
pub(crate) type LabelBox = [f64; 4];

/// Boxes are looked for in squares of this size.
const CELL_PX: f64 = 64.0;

/// The places that are taken on a page.
#[derive(Debug)]
pub(crate) struct Occupied {
    width: f64,
    height: f64,
    cells: HashMap<(i64, i64), Vec<LabelBox>>,
}

impl Occupied {
    /// A page without words.
    pub(crate) fn of(width: f64, height: f64) -> Self {
        Self { width, height, cells: HashMap::new() }
    }

    /// Whether all these boxes lie on the page and on nothing else.
    pub(crate) fn is_free(&self, boxes: &[LabelBox]) -> bool {
        boxes.iter().all(|new| self.is_on_page(*new) && !self.meets(*new))
    }

    /// Whether a box lies wholly on the page: half a word says nothing.
    pub(crate) fn is_on_page(&self, [left, top, right, bottom]: LabelBox) -> bool {
        left >= 0.0 && top >= 0.0 && right <= self.width && bottom <= self.height
    }

    fn meets(&self, new: LabelBox) -> bool {
        let taken = cells(new).filter_map(|cell| self.cells.get(&cell));
        taken.flatten().any(|old| new[0] < old[2] && old[0] < new[2] && new[1] < old[3] && old[1] < new[3])
    }

    /// Takes these places.
    pub(crate) fn take(&mut self, boxes: &[LabelBox]) {
        for new in boxes {
            for cell in cells(*new) {
                self.cells.entry(cell).or_default().push(*new);
            }
        }
    }
}

fn cells([left, top, right, bottom]: LabelBox) -> impl Iterator<Item = (i64, i64)> {
    let cell = |at: f64| (at / CELL_PX).floor() as i64;
    (cell(left)..=cell(right)).flat_map(move |x| (cell(top)..=cell(bottom)).map(move |y| (x, y)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_placed_never_overlaps(boxes in proptest::collection::vec((0.0..400.0, 0.0..400.0, 1.0..90.0, 1.0..30.0), 1..60)) {
            let mut occupied = Occupied::of(400.0, 400.0);
            let mut placed: Vec<LabelBox> = Vec::new();
            for (x, y, width, height) in boxes {
                let new = [x, y, x + width, y + height];
                let overlaps = |old: &LabelBox| new[0] < old[2] && old[0] < new[2] && new[1] < old[3] && old[1] < new[3];
                let fits = new[2] <= 400.0 && new[3] <= 400.0 && !placed.iter().any(overlaps);
                prop_assert_eq!(occupied.is_free(&[new]), fits);
                if fits {
                    occupied.take(&[new]);
                    placed.push(new);
                }
            }
        }
    }
}
