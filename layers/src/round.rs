//! Rounding for display: half up, as people expect of tables. Nothing is classified by what it
//! rounds to (RULES 1.0).

/// `value` at `decimals` decimals, half up.
pub fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    // 39.695 in binary is a little less than 39.695; what is within a billionth of half counts as half.
    const NUDGE: f64 = 1e-9;
    ((value * scale).abs() + 0.5 + NUDGE).floor().copysign(value) / scale
}

/// `value` at two decimals, as text.
pub fn two(value: f64) -> String {
    // What rounds to nothing has no sign.
    format!("{:.2}", rounded(value, 2) + 0.0)
}

/// A share, 0..=1, in percent at two decimals, without the sign.
pub fn percent(share: f64) -> String {
    two(share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_goes_up_even_where_binary_is_a_little_below() {
        assert_eq!(two(39.695), "39.70");
        assert_eq!(two(1.005), "1.01");
        assert_eq!(two(2.004_999), "2.00");
        assert_eq!(two(0.0), "0.00");
        assert_eq!(two(-0.001), "0.00");
        assert_eq!(two(-1.005), "-1.01");
        assert_eq!(rounded(0.134_95, 4), 0.135);
        assert_eq!(percent(0.123_45), "12.35");
    }
}
