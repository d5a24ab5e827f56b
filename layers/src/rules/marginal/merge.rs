//! What marginal land is good for (plan 4.4.4; RULES 1.9).
//!
//! Pocket parks and parking come first: where the plan wants greens, squares or parking, and where no
//! neighbour may take the land. Else it is developed with a neighbour, if it is not larger than 3 mu,
//! the plan keeps both industrial, and all that the neighbour takes is within 10 % of its area.
//! Whether the industry fits and the investment is enough nobody can tell from a map. [A]

use std::collections::BTreeMap;

use super::parts::{Blocks, Part};

/// Marginal land with its neighbours.
pub(super) struct Offer<'p, 'a> {
    pub part: &'p Part<'a>,
    /// Other parts along its border, with the shared length in millimetres.
    pub neighbours: Vec<(&'p Part<'a>, u64)>,
}

/// The patch that takes each offer, in their order; `None`: for the public.
///
/// The smallest land is given away first, then by key and number; each goes to the neighbour with
/// the longest shared border that still has room (of equal ones the first by key and number). [A]
pub(super) fn takers<'p, 'a>(
    offers: &[Offer<'p, 'a>],
    blocks: &Blocks<'_>,
    key: impl Fn(usize) -> &'p str,
) -> Vec<Option<usize>> {
    let rules = blocks.rules;
    let is_kept = |part: &Part<'_>| part.plan.is_some_and(|block| blocks.is_industrial(block));
    let is_public = |part: &Part<'_>| part.plan.is_some_and(|block| blocks.is_public(block));
    let place = |part: &Part<'_>| (part.patch, part.number);
    let offered: std::collections::BTreeSet<_> = offers.iter().map(|offer| place(offer.part)).collect();

    let may_merge = |offer: &Offer<'_, '_>| {
        is_kept(offer.part)
            && !is_public(offer.part)
            && hundredths(offer.part.area) <= hundredths(rules.merge_area_up_to_m2)
    };
    let mut order: Vec<usize> = (0..offers.len()).filter(|offer| may_merge(&offers[*offer])).collect();
    order.sort_by_key(|offer| {
        let part = offers[*offer].part;
        (hundredths(part.area), key(part.patch), part.number)
    });
    let mut taken: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let mut takers = vec![None; offers.len()];
    for offer in order {
        let Offer { part, neighbours } = &offers[offer];
        let mut wanted: Vec<_> = neighbours
            .iter()
            .filter(|(other, _)| is_kept(other) && !other.is_linear && !offered.contains(&place(other)))
            .collect();
        wanted.sort_by_key(|(other, length)| (std::cmp::Reverse(*length), key(other.patch), other.number));
        let has_room = |(other, _): &&&(&Part<'_>, u64)| {
            let whole = taken.get(&place(other)).copied().unwrap_or(0.0) + part.area;
            hundredths(whole) <= hundredths(rules.merge_share_up_to * other.area)
        };
        if let Some((other, _)) = wanted.iter().find(has_room) {
            *taken.entry(place(other)).or_insert(0.0) += part.area;
            takers[offer] = Some(other.patch);
        }
    }
    takers
}

/// Areas are compared to a hundredth of a square metre, as surveys record them: cutting is not exact
/// beyond that. [A]
pub(super) fn hundredths(area: f64) -> i64 {
    (area * 100.0).round() as i64
}
