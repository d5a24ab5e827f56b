//! The thresholds of the rules, with the version that every result carries.

/// Thresholds and matrices of the analyses. The default is Xilinhot's plan.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RuleSet {
    /// Name and version.
    pub version: &'static str,
    /// Class breaks of the floor area ratio: class 1 is exactly zero, class 2 ends before the
    /// first break, and so on (plan 2.3.4(1), 表4; RULES 1.6).
    pub far_breaks: [f64; 3],
    /// Class breaks of the building density, as fractions (plan 2.3.4(2), 表5; RULES 1.7).
    pub density_breaks: [f64; 3],
    /// Composite intensity: row = class of the floor area ratio, column = class of the density.
    pub intensity: [[u8; 5]; 5],
    /// The rule behind `intensity`.
    pub intensity_method: &'static str,
}

impl Default for RuleSet {
    fn default() -> Self {
        Self {
            version: super::RULES_VERSION,
            far_breaks: [0.3, 0.6, 1.0],
            density_breaks: [0.2, 0.4, 0.6],
            // The plan does not publish its method; this matrix reproduces 表6 (RULES 3): the class
            // of the floor area ratio, one step lower where the density class is below it.
            intensity: [[1, 1, 1, 1, 1], [1, 2, 2, 2, 2], [2, 2, 3, 3, 3], [3, 3, 3, 4, 4], [4, 4, 4, 4, 5]],
            intensity_method: "R-INT-1 (reconstructed)",
        }
    }
}

/// The class, 1–5, of a value: zero is class 1, then half-open intervals `[low, high)`.
pub(super) fn class_of(value: f64, breaks: &[f64; 3]) -> u8 {
    if value == 0.0 {
        return 1;
    }
    2 + breaks.iter().filter(|limit| value >= **limit).count() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interval_ends_belong_to_the_upper_class() {
        let breaks = RuleSet::default().far_breaks;
        let classes =
            [0.0, f64::MIN_POSITIVE, 0.299_999_999, 0.3, 0.6, 0.999_999, 1.0, 77.5].map(|far| class_of(far, &breaks));
        assert_eq!(classes, [1, 2, 2, 3, 4, 4, 5, 5]);
    }
}
