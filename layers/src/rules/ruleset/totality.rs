//! Tables in which the first row that fits decides: which states no row decides, and which rows
//! never get a state.

/// What a state is made of: each dimension with its values.
#[derive(Clone, Debug)]
pub(super) struct Space {
    dimensions: Vec<(&'static str, Vec<String>)>,
}

/// A set of states: of each dimension the values, one bit each.
pub(super) type Block = Vec<u32>;

/// What the rows of a table come to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decided {
    /// States that no row decides, in few blocks.
    pub(super) open: Vec<Block>,
    /// For each row the states that it decides.
    pub(super) by_row: Vec<Vec<Block>>,
    /// For each row the rows before it that take states which fit it.
    pub(super) taken_by: Vec<Vec<usize>>,
}

impl Space {
    /// At most 32 values a dimension.
    pub(super) fn new(dimensions: Vec<(&'static str, Vec<String>)>) -> Self {
        Self { dimensions }
    }

    /// All values of one dimension.
    pub(super) fn all(&self, dimension: usize) -> u32 {
        self.dimensions.get(dimension).map_or(0, |(_, values)| values.iter().fold(0, |all, _| (all << 1) | 1))
    }

    /// Every state, as single-state blocks.
    fn states(&self) -> Vec<Block> {
        let single = vec![Block::new()];
        self.dimensions.iter().fold(single, |states, (_, values)| {
            let longer = |state: &Block| {
                let state = state.clone();
                (0..values.len()).map(move |value| [state.as_slice(), &[1 << value]].concat()).collect::<Vec<_>>()
            };
            states.iter().flat_map(longer).collect()
        })
    }

    /// Which row decides which of the states that `occurs`. A row is the block of states that fit it.
    pub(super) fn decide(&self, rows: &[Block], occurs: impl Fn(&Block) -> bool) -> Decided {
        let mut open = Vec::new();
        let mut by_row = vec![Vec::new(); rows.len()];
        let mut taken_by = vec![Vec::new(); rows.len()];
        for state in self.states().into_iter().filter(occurs) {
            let mut fitting = (0..rows.len()).filter(|&row| holds(&rows[row], &state));
            let Some(first) = fitting.next() else {
                open.push(state);
                continue;
            };
            for row in fitting {
                if !taken_by[row].contains(&first) {
                    taken_by[row].push(first);
                }
            }
            by_row[first].push(state);
        }
        taken_by.iter_mut().for_each(|takers: &mut Vec<usize>| takers.sort_unstable());
        Decided { open: merged(open), by_row, taken_by }
    }

    /// A block in words: `status idle or low, conflict none`; what does not matter is left out.
    pub(super) fn shown(&self, block: &Block) -> String {
        let part = |(dimension, bits): (usize, &u32)| {
            let (name, values) = self.dimensions.get(dimension)?;
            let chosen = values.iter().enumerate().filter(|(value, _)| (bits >> value) & 1 == 1);
            let chosen: Vec<&str> = chosen.map(|(_, value)| value.as_str()).collect();
            (*bits != self.all(dimension)).then(|| format!("{name} {}", chosen.join(" or ")))
        };
        let parts: Vec<String> = block.iter().enumerate().filter_map(part).collect();
        if parts.is_empty() { "every state".to_owned() } else { parts.join(", ") }
    }
}

fn holds(block: &Block, state: &Block) -> bool {
    block.iter().zip(state).all(|(block, state)| block & state == *state)
}

/// Joins blocks that differ in one dimension alone until no two do.
fn merged(mut blocks: Vec<Block>) -> Vec<Block> {
    loop {
        let before = blocks.len();
        let dimensions = blocks.first().map_or(0, Vec::len);
        for dimension in 0..dimensions {
            let mut joined: Vec<Block> = Vec::new();
            for block in blocks {
                let alike = |other: &Block| {
                    other.iter().zip(&block).enumerate().all(|(at, (other, own))| at == dimension || other == own)
                };
                match joined.iter_mut().find(|other| alike(other)) {
                    Some(other) => other[dimension] |= block[dimension],
                    None => joined.push(block),
                }
            }
            blocks = joined;
        }
        if blocks.len() == before {
            return blocks;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn space() -> Space {
        let values = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect();
        Space::new(vec![("a", values(&["1", "2", "3"])), ("b", values(&["x", "y"]))])
    }

    #[test]
    fn open_states_are_said_in_few_words() {
        let space = space();
        let decided = space.decide(&[vec![0b001, 0b11], vec![0b011, 0b01], vec![0b001, 0b10]], |_| true);
        let open: Vec<String> = decided.open.iter().map(|block| space.shown(block)).collect();
        assert_eq!(open, ["a 2 or 3, b y", "a 3, b x"].map(str::to_owned));
        assert_eq!(decided.by_row.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1, 0]);
        assert_eq!(decided.taken_by, [vec![], vec![0], vec![0]]);
    }

    proptest! {
        #[test]
        fn every_state_is_open_or_decided_once(rows in prop::collection::vec((0u32..8, 0u32..4), 0..5)) {
            let rows: Vec<Block> = rows.into_iter().map(|(a, b)| vec![a, b]).collect();
            let decided = space().decide(&rows, |_| true);
            let states = |block: &Block| block.iter().map(|bits| bits.count_ones()).product::<u32>();
            let open: u32 = decided.open.iter().map(states).sum();
            prop_assert_eq!(open as usize + decided.by_row.iter().map(Vec::len).sum::<usize>(), 6);
            for block in &decided.open {
                prop_assert!(!rows.iter().any(|row| row.iter().zip(block).all(|(row, block)| row & block != 0)));
            }
        }
    }
}
