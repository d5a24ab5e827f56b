//! The spatial index of a table, built from all boxes at once.
//!
//! SQLite's R-tree takes rows one by one and splits nodes as they fill, which costs four times what
//! the table itself does. Where all boxes are known, nodes can be packed: boxes are sorted into
//! vertical slices, each slice from south to north, and every node takes the next ones. The nodes are
//! those of SQLite (`rtree.c`, "Database Format of R-Tree Tables"); it reads and changes them as its own.
//!
//! # References
//! Leutenegger, Lopez and Edgington, *STR: a simple and efficient algorithm for R-tree packing*, 1997.

use rusqlite::{Connection, params};

use super::write::quoted;

/// A row and its box: west, east, south, north.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) id: i64,
    pub(super) sides: [f64; 4],
}

/// A box as SQLite stores it: single precision, rounded outwards.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cell {
    /// A row in a leaf, a node above.
    id: i64,
    sides: [f32; 4],
}

/// Bytes of a cell.
const CELL: usize = 24;
/// Bytes before the cells of a node.
const HEAD: usize = 4;
/// The node at the top.
const ROOT: i64 = 1;

/// Fills the empty R-tree `index` with the boxes of rows, whose ids differ.
pub(super) fn fill(connection: &Connection, index: &str, mut entries: Vec<Entry>) -> rusqlite::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let shadow = |suffix: &str| quoted(&format!("{index}_{suffix}"));
    let size = format!("SELECT length(data) FROM {} WHERE nodeno = {ROOT}", shadow("node"));
    let size = connection.query_row(&size, [], |row| row.get::<_, u32>(0))? as usize;
    let capacity = ((size - HEAD) / CELL).max(2);
    pack(&mut entries, capacity);

    let mut node = connection.prepare(&format!("INSERT OR REPLACE INTO {} VALUES (?, ?)", shadow("node")))?;
    let mut parent = connection.prepare(&format!("INSERT INTO {} VALUES (?, ?)", shadow("parent")))?;
    let mut level: Vec<Cell> = entries.iter().map(Cell::of).collect();
    let mut rows: Vec<(i64, i64)> = Vec::with_capacity(level.len());
    let (mut depth, mut next) = (0u16, ROOT + 1);
    loop {
        let nodes = groups(&level, capacity);
        let is_root = nodes.len() == 1;
        let mut above = Vec::with_capacity(nodes.len());
        for cells in nodes {
            let number = if is_root { ROOT } else { next };
            next += i64::from(!is_root);
            node.execute(params![number, blob(cells, size, if is_root { depth } else { 0 })])?;
            for cell in cells {
                if depth == 0 {
                    rows.push((cell.id, number));
                } else {
                    parent.execute([cell.id, number])?;
                }
            }
            above.push(Cell::around(number, cells));
        }
        if is_root {
            break;
        }
        level = above;
        depth += 1;
    }
    // In the order of ids each insertion is at the end of its table.
    rows.sort_unstable();
    let mut rowid = connection.prepare(&format!("INSERT INTO {} VALUES (?, ?)", shadow("rowid")))?;
    rows.into_iter().try_for_each(|(id, node)| rowid.execute([id, node]).map(|_| ()))
}

/// Puts boxes into the order in which nodes take them.
fn pack(entries: &mut [Entry], capacity: usize) {
    let middle = |entry: &Entry, axis: usize| entry.sides[2 * axis] + entry.sides[2 * axis + 1];
    let by = |axis: usize| {
        move |a: &Entry, b: &Entry| middle(a, axis).total_cmp(&middle(b, axis)).then_with(|| a.id.cmp(&b.id))
    };
    let leaves = entries.len().div_ceil(capacity);
    let slices = (leaves as f64).sqrt().ceil() as usize;
    entries.sort_unstable_by(by(0));
    let slice = leaves.div_ceil(slices) * capacity;
    entries.chunks_mut(slice).for_each(|slice| slice.sort_unstable_by(by(1)));
}

/// Splits cells into as few nodes as will do, of nearly the same size.
fn groups(cells: &[Cell], capacity: usize) -> Vec<&[Cell]> {
    let count = cells.len().div_ceil(capacity);
    let (each, longer) = (cells.len() / count, cells.len() % count);
    let mut rest = cells;
    let mut groups = Vec::with_capacity(count);
    for group in 0..count {
        let (cells, behind) = rest.split_at(each + usize::from(group < longer));
        groups.push(cells);
        rest = behind;
    }
    groups
}

/// A node: depth of the tree (in the root), number of cells, cells; big-endian.
fn blob(cells: &[Cell], size: usize, depth: u16) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(size);
    bytes.extend(depth.to_be_bytes());
    bytes.extend((cells.len() as u16).to_be_bytes());
    for cell in cells {
        bytes.extend(cell.id.to_be_bytes());
        cell.sides.iter().for_each(|side| bytes.extend(side.to_be_bytes()));
    }
    bytes.resize(size, 0);
    bytes
}

impl Cell {
    fn of(entry: &Entry) -> Self {
        let [west, east, south, north] = entry.sides;
        Self { id: entry.id, sides: [down(west), up(east), down(south), up(north)] }
    }

    /// The node `id` with these cells.
    fn around(id: i64, cells: &[Self]) -> Self {
        let side = |place: usize, pick: fn(f32, f32) -> f32| {
            let worst = if place.is_multiple_of(2) { f32::INFINITY } else { f32::NEG_INFINITY };
            cells.iter().map(|cell| cell.sides[place]).fold(worst, pick)
        };
        Self { id, sides: [side(0, f32::min), side(1, f32::max), side(2, f32::min), side(3, f32::max)] }
    }
}

/// The largest single that is not greater.
fn down(value: f64) -> f32 {
    let single = value as f32;
    if f64::from(single) > value { single.next_down() } else { single }
}

/// The smallest single that is not less.
fn up(value: f64) -> f32 {
    let single = value as f32;
    if f64::from(single) < value { single.next_up() } else { single }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filled(entries: &[Entry]) -> rusqlite::Result<Connection> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch("CREATE VIRTUAL TABLE r USING rtree(id, minx, maxx, miny, maxy)")?;
        fill(&connection, "r", entries.to_vec())?;
        Ok(connection)
    }

    fn entries() -> impl Strategy<Value = Vec<Entry>> {
        let one = ((-180.0..180.0f64, 0.0..9.0f64), (-90.0..90.0f64, 0.0..9.0f64));
        // Some rows have no geometry, so no box.
        prop::collection::btree_map(1i64..100_000, one, 0..400).prop_map(|boxes| {
            let entry = |(id, ((west, width), (south, height)))| Entry {
                id,
                sides: [west, west + width, south, south + height],
            };
            boxes.into_iter().map(entry).collect()
        })
    }

    fn meets(a: &[f64; 4], b: &[f64; 4]) -> bool {
        a[0] <= b[1] && b[0] <= a[1] && a[2] <= b[3] && b[2] <= a[3]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// SQLite finds its own invariants kept, finds what lies in a window, and goes on with the tree.
        #[test]
        fn the_tree_is_one_of_sqlite(entries in entries(), window in prop::array::uniform4(-180.0..180.0f64)) {
            let connection = filled(&entries).expect("filled");
            let check: String = connection.query_row("SELECT rtreecheck('r')", [], |row| row.get(0)).expect("checked");
            prop_assert_eq!(check, "ok");
            let window = [window[0].min(window[1]), window[0].max(window[1]), window[2].min(window[3]), window[2].max(window[3])];
            let query = "SELECT id FROM r WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ? ORDER BY id";
            let mut query = connection.prepare(query).expect("prepared");
            let found: Vec<i64> = query.query_map(window, |row| row.get(0)).expect("asked").collect::<Result<_, _>>().expect("read");
            let expected: Vec<i64> = entries.iter().filter(|entry| meets(&entry.sides, &window)).map(|entry| entry.id).collect();
            // Boxes are rounded outwards: what meets is found, what is found nearly meets.
            prop_assert!(expected.iter().all(|id| found.binary_search(id).is_ok()));
            let grown = [window[0] - 1e-4, window[1] + 1e-4, window[2] - 1e-4, window[3] + 1e-4];
            prop_assert!(entries.iter().filter(|entry| found.binary_search(&entry.id).is_ok()).all(|entry| meets(&entry.sides, &grown)));
            connection.execute_batch("INSERT INTO r VALUES (200000, 1, 2, 1, 2); DELETE FROM r WHERE id % 3 = 0;").expect("changed");
            let check: String = connection.query_row("SELECT rtreecheck('r')", [], |row| row.get(0)).expect("checked");
            prop_assert_eq!(check, "ok");
        }
    }

    #[test]
    fn many_rows_make_more_than_two_levels() -> rusqlite::Result<()> {
        let entry = |n: i64| Entry {
            id: n,
            sides: [n as f64 % 97.0, n as f64 % 97.0 + 0.5, n as f64 / 97.0, n as f64 / 97.0 + 0.5],
        };
        let connection = filled(&(1..9_000).map(entry).collect::<Vec<_>>())?;
        let check: String = connection.query_row("SELECT rtreecheck('r')", [], |row| row.get(0))?;
        assert_eq!(check, "ok");
        let depth: Vec<u8> = connection.query_row("SELECT data FROM r_node WHERE nodeno = 1", [], |row| row.get(0))?;
        assert_eq!(depth[..2], [0, 2]);
        Ok(())
    }
}
