//! Which datums are WGS 84 for our purpose, which can be shifted to it, and which are refused.

use super::CrsError;

/// How coordinates on the datum of a CRS become WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// Not at all: the datum agrees with WGS 84 within about a metre.
    None,
    /// By the three or seven parameters that the registry states: good to a few metres, no better
    /// (EPSG:27700 without its grid: about 2 m). No heights are needed or kept.
    Parameters,
}

/// GRS 80 and WGS 84, by name in PROJ strings.
const MODERN_ELLIPSOIDS: [&str; 2] = ["GRS80", "WGS84"];

/// Judges the datum of a PROJ string.
///
/// # Errors
/// [`CrsError::Geocentric`], or [`CrsError::NeedsTransform`] where PROJ.4's rules would take
/// coordinates on another ellipsoid for WGS 84 in silence (Xi'an 80 has no shift in the registry),
/// need a grid file (NAD27), or use parameters known to disagree with PROJ's own choice (Beijing
/// 54: the registry's three numbers are those of one region, 100 m off in others).
pub(super) fn shift(name: &str, definition: &str) -> Result<Shift, CrsError> {
    let value = |key: &str| {
        definition.split_whitespace().find_map(|token| token.strip_prefix('+')?.strip_prefix(key)?.strip_prefix('='))
    };
    let refuse = |datum: &str| Err(CrsError::NeedsTransform { name: name.to_owned(), datum: datum.to_owned() });

    if value("proj") == Some("geocent") {
        return Err(CrsError::Geocentric { name: name.to_owned() });
    }
    if let Some(grids) = value("nadgrids") {
        return if grids == "@null" { Ok(Shift::None) } else { refuse(&format!("grid {grids}")) };
    }
    if let Some(parameters) = value("towgs84") {
        let zero = parameters.split(',').all(|number| number.trim().parse() == Ok(0.0));
        return match (zero, value("ellps")) {
            (true, Some(ellipsoid)) if MODERN_ELLIPSOIDS.contains(&ellipsoid) => Ok(Shift::None),
            (false, _) if parameters.starts_with("15.8,-154.4,-82.3") => refuse("Beijing 1954"),
            _ => Ok(Shift::Parameters),
        };
    }
    match (value("datum"), value("ellps"), value("a"), value("R")) {
        (Some("WGS84" | "NAD83"), ..) => Ok(Shift::None),
        (Some("NAD27"), ..) => refuse("NAD27, which needs a grid file"),
        (Some(_), ..) => Ok(Shift::Parameters),
        (None, Some(ellipsoid), ..) if MODERN_ELLIPSOIDS.contains(&ellipsoid) => Ok(Shift::None),
        (None, Some("krass"), ..) => refuse("on the Krassowsky ellipsoid"),
        (None, Some(ellipsoid), ..) => refuse(&format!("on the ellipsoid {ellipsoid}")),
        (None, None, Some("6378140"), _) => refuse("Xian 1980, ellipsoid IAG 1975"),
        (None, None, Some(axis), _) => refuse(&format!("on an ellipsoid of semi-major axis {axis} m")),
        (None, None, None, Some(radius)) => refuse(&format!("on a sphere of {radius} m")),
        (None, None, None, None) => Ok(Shift::None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::ToLonLat;

    #[test]
    fn legacy_chinese_datums_need_a_declared_transform() {
        // 4214 and 21413: Beijing 54; 4610 and 2334: Xi'an 80; 4555: New Beijing.
        for code in [4214, 21413, 21420, 2401, 2422, 2434, 4610, 2327, 2334, 2363, 2379, 4555, 4568] {
            let refusal = ToLonLat::from_epsg(code).map(|crs| crs.name().to_owned());
            assert!(matches!(refusal, Err(CrsError::NeedsTransform { .. })), "EPSG:{code}: {refusal:?}");
            assert!(refusal.unwrap_err().to_string().contains("needs a declared transform"));
        }
        let geocentric = ToLonLat::from_epsg(4479).map(|_| ()).unwrap_err();
        assert_eq!(geocentric.to_string(), "EPSG:4479 is geocentric (X, Y, Z) and needs a declared transform");
    }

    #[test]
    fn modern_datums_are_taken_as_wgs_84() {
        for code in [4326, 4490, 4548, 4258, 25830, 26986, 2249, 3826, 3857, 2154, 4327] {
            assert_eq!(ToLonLat::from_epsg(code).map(|crs| crs.shift()), Ok(Shift::None), "EPSG:{code}");
        }
        assert_eq!(ToLonLat::from_epsg(27700).map(|crs| crs.shift()), Ok(Shift::Parameters));
    }
}
