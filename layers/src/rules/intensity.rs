//! R-INTENSITY: how intensively is the patch developed, all in all? (plan 2.3.4(3), 表6)

use super::ruleset::{Method, RuleSet};
use crate::facts::Inputs;

/// Composite intensity, 1 (poor) to 5 (good), by the method of the rules; `None` if the floor area
/// ratio or the density is not known.
///
/// What it cannot see: anything but floor area and footprint. The plan does not publish its
/// method; the built-in matrix is a reconstruction that reproduces its table.
pub(super) fn intensity(inputs: &Inputs, rules: &RuleSet) -> Option<u8> {
    let (far, density) = (inputs.far?, inputs.density?);
    let how = &rules.intensity;
    match how.method {
        Method::Matrix => {
            let place = |class: u8| usize::from(class - 1);
            let row = how.matrix.rows.get(place(rules.far.class_of(far)?))?;
            row.get(place(rules.density.class_of(density)?)).copied()
        }
        Method::Score => {
            let score = score(far, density, rules);
            let class = how.score.classes.iter().position(|interval| interval.contains(score))?;
            u8::try_from(class + 1).ok()
        }
        Method::Criteria => {
            let holds = how.criteria.any_of.iter().find(|criterion| {
                criterion.far.is_some_and(|interval| interval.contains(far))
                    || criterion.density.is_some_and(|interval| interval.contains(density))
            });
            Some(holds.map_or(how.criteria.otherwise, |criterion| criterion.class))
        }
    }
}

/// 100 × Σ weight × min(1, value / ideal), of [`Method::Score`].
pub(super) fn score(far: f64, density: f64, rules: &RuleSet) -> f64 {
    let parts = [(rules.intensity.score.far, far), (rules.intensity.score.density, density)];
    100.0 * parts.iter().map(|(part, value)| part.weight * (value / part.ideal).min(1.0)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ruleset::BUILT_IN;

    fn class(far: f64, density: f64, rules: &RuleSet) -> Option<u8> {
        intensity(&Inputs { far: Some(far), density: Some(density), ..Inputs::default() }, rules)
    }

    fn by(method: &str) -> RuleSet {
        RuleSet::parse(&BUILT_IN.replace("method = \"matrix\"", &format!("method = \"{method}\"")))
            .expect("sound rules")
    }

    #[test]
    fn low_density_takes_one_step_off_and_zero_floor_area_is_always_poor() {
        let rules = RuleSet::default();
        assert_eq!(class(0.3, 0.19, &rules), Some(2), "density below the class of the floor area ratio");
        assert_eq!(class(0.3, 0.2, &rules), Some(3));
        assert_eq!(class(1.0, 0.59, &rules), Some(4));
        assert_eq!([0.0, 0.1, 0.3, 0.5, 0.7].map(|density| class(0.0, density, &rules)), [Some(1); 5]);
        assert_eq!(intensity(&Inputs { far: Some(0.5), ..Inputs::default() }, &rules), None);
    }

    #[test]
    fn a_score_weighs_both_and_more_than_ideal_is_ideal() {
        let rules = by("score");
        assert_eq!(class(0.5, 0.3, &rules), Some(2), "50 points");
        assert_eq!(class(0.4, 0.239, &rules), Some(1), "39.9 points");
        assert_eq!(class(9.0, 0.6, &rules), Some(5), "100 points");
        assert_eq!(class(9.0, 0.0, &rules), Some(2), "50 points, however high");
    }

    #[test]
    fn the_first_criterion_that_holds_decides() {
        let rules = by("criteria");
        assert_eq!(class(0.0, 0.9, &rules), Some(1));
        assert_eq!(class(2.0, 0.1, &rules), Some(2), "by density alone");
        assert_eq!(class(2.0, 0.2, &rules), Some(5), "none holds");
    }
}
