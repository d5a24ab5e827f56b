//! Where everything lies on a sheet.

use super::paper::{Format, PX_PER_MM, Paper};

/// A rectangle of the page, CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Area {
    pub(super) fn right(self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(self) -> f64 {
        self.y + self.height
    }
}

/// Where everything lies. Landscape:
///
/// ```text
/// ┌───────── title ─────────┐
/// │ map            │ scale  │
/// │                │ key    │
/// │                │ notes  │
/// └────────────────┴────────┘
/// ```
/// Portrait has scale and key side by side with the notes below the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Layout {
    pub(super) page: Area,
    pub(super) title: Area,
    pub(super) map: Area,
    /// Scale, then legend.
    pub(super) key: Area,
    pub(super) notes: Area,
    /// How many columns the legend has.
    pub(super) columns: usize,
    /// What a millimetre of an A4 sheet is on this one: a larger sheet is read from further away.
    pub(super) unit: f64,
}

impl Layout {
    pub(super) fn of(paper: Paper) -> Self {
        let (width, height) = paper.millimetres();
        let unit = PX_PER_MM
            * match paper.format {
                Format::A4 => 1.0,
                Format::A3 => 1.25,
            };
        let page = Area { x: 0.0, y: 0.0, width: width * PX_PER_MM, height: height * PX_PER_MM };
        let margin = 9.0 * unit;
        // Between the frame of the map and its outer line stand the numbers of the grid.
        let gutter = 4.6 * unit;
        let title = Area { x: margin, y: 7.0 * unit, width: page.width - 2.0 * margin, height: 12.0 * unit };
        let top = title.bottom() + 1.5 * unit + gutter;
        let (map, key, notes, columns);
        if paper.is_portrait {
            let panel = 74.0 * unit;
            let inner = page.width - 2.0 * (margin + gutter);
            map = Area {
                x: margin + gutter,
                y: top,
                width: inner,
                height: page.height - margin - panel - 2.0 * unit - gutter - top,
            };
            let y = map.bottom() + gutter + 2.5 * unit;
            let height = page.height - margin - y;
            let notes_width = 56.0 * unit;
            let whole = page.width - 2.0 * margin;
            key = Area { x: margin, y, width: whole - notes_width - 5.0 * unit, height };
            notes = Area { x: key.right() + 5.0 * unit, y, width: notes_width, height };
            columns = 2;
        } else {
            let panel = 62.0 * unit;
            let x = page.width - margin - panel;
            map = Area {
                x: margin + gutter,
                y: top,
                width: x - 3.0 * unit - gutter - margin - gutter,
                height: page.height - margin - gutter - top,
            };
            let (y, bottom) = (map.y - gutter, map.bottom() + gutter);
            let notes_height = 50.0 * unit;
            key = Area { x, y, width: panel, height: bottom - y - notes_height - 2.0 * unit };
            notes = Area { x, y: bottom - notes_height, width: panel, height: notes_height };
            columns = 1;
        }
        Self { page, title, map, key, notes, columns, unit }
    }

    /// The outer line around map and grid numbers.
    pub(super) fn outer(&self) -> Area {
        let gutter = 4.6 * self.unit;
        Area {
            x: self.map.x - gutter,
            y: self.map.y - gutter,
            width: self.map.width + 2.0 * gutter,
            height: self.map.height + 2.0 * gutter,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(outer: Area, inner: Area) -> bool {
        inner.x >= outer.x && inner.y >= outer.y && inner.right() <= outer.right() && inner.bottom() <= outer.bottom()
    }

    fn overlap(a: Area, b: Area) -> bool {
        a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
    }

    #[test]
    fn nothing_on_a_sheet_lies_on_anything_else() {
        for format in [Format::A4, Format::A3] {
            for is_portrait in [false, true] {
                let layout = Layout::of(Paper { format, is_portrait });
                let parts = [layout.title, layout.outer(), layout.key, layout.notes];
                for (place, part) in parts.iter().enumerate() {
                    assert!(holds(layout.page, *part), "{format:?} {is_portrait} {place}");
                    assert!(
                        parts[..place].iter().all(|other| !overlap(*part, *other)),
                        "{format:?} {is_portrait} {place}"
                    );
                }
                let share = layout.map.width * layout.map.height / (layout.page.width * layout.page.height);
                assert!(share > 0.45, "{format:?} {is_portrait}: the map has {share} of the paper");
            }
        }
    }
}
