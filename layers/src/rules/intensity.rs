//! R-INT: how intensively is the patch developed, all in all? (plan 2.3.4(3), 表6)

use super::ruleset::RuleSet;

/// Composite intensity, 1 (poor) to 5 (good), from the two classes; `None` if either is unknown.
///
/// What it cannot see: anything but floor area and footprint. The plan does not publish its
/// method; the matrix is a reconstruction that reproduces its table.
pub(super) fn intensity(far_class: Option<u8>, density_class: Option<u8>, rules: &RuleSet) -> Option<u8> {
    let row = rules.intensity.get(usize::from(far_class?).checked_sub(1)?)?;
    row.get(usize::from(density_class?).checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn low_density_takes_one_step_off_and_zero_floor_area_is_always_poor() {
        let class = |far, density| intensity(Some(far), Some(density), &RuleSet::default());
        assert_eq!(class(3, 2), Some(2), "density below the class of the floor area ratio");
        assert_eq!(class(3, 3), Some(3));
        assert_eq!(class(5, 4), Some(4));
        assert_eq!((1..=5).map(|density| class(1, density)).collect::<Vec<_>>(), vec![Some(1); 5]);
        assert_eq!(intensity(Some(3), None, &RuleSet::default()), None);
    }
}
