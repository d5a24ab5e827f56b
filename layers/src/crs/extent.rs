//! Where a reference system is meant to be used, so that data far from there can be suspected.
//!
//! The registry that we carry has definitions but no extents. Those of zoned systems follow from
//! the zone; those of the geographic systems that planning data come in stand in a table.

/// A box in degrees: `[west, south, east, north]`.
pub type Extent = [f64; 4];

/// Latitudes of China, land and sea (EPSG area 1067).
const CHINA: Extent = [73.62, 16.7, 134.77, 53.56];

/// Geographic systems by EPSG code with their area of use in the EPSG registry, version 12.
/// Systems that are used all over the world are not here: nothing lies outside them.
const GEOGRAPHIC: [(u16, Extent); 9] = [
    (4480, CHINA),
    (4490, CHINA),
    (4258, [-16.1, 33.26, 38.01, 84.73]),
    (4283, [93.41, -60.55, 173.34, -8.47]),
    (7844, [93.41, -60.55, 173.34, -8.47]),
    (6668, [122.38, 17.09, 157.65, 46.05]),
    (4737, [122.71, 28.6, 134.28, 40.27]),
    (3824, [114.32, 17.36, 123.61, 26.96]),
    (4674, [-122.19, -59.87, -25.28, 32.72]),
];

/// The area of use of an EPSG code, where it is known.
///
/// CGCS2000 Gauss-Krüger: 6-degree zones 13 to 23 are 4491 to 4501 with the zone in the eastings and
/// 4502 to 4512 without; 3-degree zones 25 to 45 are 4513 to 4533 and 4534 to 4554 (GB/T 17798-2007,
/// annex on zones; EPSG registry).
pub(super) fn of_code(code: u16) -> Option<Extent> {
    let zone = |from: u16, step: f64| {
        let middle = 75.0 + step * f64::from(code - from);
        Some([middle - step / 2.0, CHINA[1], middle + step / 2.0, CHINA[3]])
    };
    match code {
        4491..=4501 => zone(4491, 6.0),
        4502..=4512 => zone(4502, 6.0),
        4513..=4533 => zone(4513, 3.0),
        4534..=4554 => zone(4534, 3.0),
        _ => GEOGRAPHIC.iter().find(|(known, _)| *known == code).map(|(_, extent)| *extent),
    }
}

/// The area of use that a PROJ string itself tells: that of a UTM zone, or the width of a 6-degree
/// zone around the central meridian of a Gauss-Krüger projection (transverse Mercator of scale 1
/// with 500 km in its false easting).
pub(super) fn of_definition(definition: &str) -> Option<Extent> {
    let value = |key: &str| {
        definition.split_whitespace().find_map(|token| token.strip_prefix('+')?.strip_prefix(key)?.strip_prefix('='))
    };
    let number = |key: &str| value(key)?.parse::<f64>().ok();
    match value("proj")? {
        "utm" => {
            let middle = 6.0 * number("zone").filter(|zone| (1.0..=60.0).contains(zone))? - 183.0;
            let south = definition.split_whitespace().any(|token| token == "+south");
            let (south, north) = if south { (-80.0, 0.0) } else { (0.0, 84.0) };
            Some([middle - 3.0, south, middle + 3.0, north])
        }
        "tmerc" => {
            let scale = number("k").or(number("k_0")).unwrap_or(1.0);
            let half_a_zone = number("x_0")? % 1_000_000.0 == 500_000.0;
            let from_the_equator = number("lat_0").unwrap_or(0.0) == 0.0;
            let middle = number("lon_0")?;
            (scale == 1.0 && half_a_zone && from_the_equator).then_some([middle - 3.0, -90.0, middle + 3.0, 90.0])
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::crs::{Declaration, ToLonLat};

    fn extent(code: u16) -> Option<[f64; 4]> {
        ToLonLat::from_epsg(code).expect("a known code").area_of_use()
    }

    #[test]
    fn zones_lie_around_their_meridian() {
        // West and east as the EPSG registry has them.
        for (code, west, east) in [
            (4548, 115.5, 118.5),
            (4527, 115.5, 118.5),
            (4547, 112.5, 115.5),
            (4513, 73.5, 76.5),
            (4554, 133.5, 136.5),
            (4509, 114.0, 120.0),
            (4491, 72.0, 78.0),
            (4501, 132.0, 138.0),
            (25830, -6.0, 0.0),
            (32650, 114.0, 120.0),
            (26918, -78.0, -72.0),
        ] {
            let [w, _, e, _] = extent(code).expect("a zone");
            assert_eq!((w, e), (west, east), "EPSG:{code}");
        }
        assert_eq!(extent(32750).map(|extent| (extent[1], extent[3])), Some((-80.0, 0.0)));
        assert_eq!(extent(4490), Some([73.62, 16.7, 134.77, 53.56]));
    }

    #[test]
    fn systems_for_all_the_world_and_unknown_ones_have_none() {
        for code in [4326, 3857, 26986, 2154] {
            assert_eq!(extent(code), None, "EPSG:{code}");
        }
    }

    #[test]
    fn a_zone_described_only_in_words_has_one_too() {
        let text = r#"PROJCS["local",GEOGCS["CGCS2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],
            PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],
            PARAMETER["False_Easting",500000],PARAMETER["False_Northing",0],PARAMETER["Central_Meridian",117],
            PARAMETER["Scale_Factor",1],PARAMETER["Latitude_Of_Origin",0],UNIT["Meter",1]]"#;
        let declared = Declaration { srs_id: 9, definition: text.into(), ..Declaration::default() };
        let crs = declared.to_lon_lat().expect("a known projection");
        assert_eq!(crs.area_of_use(), Some([114.0, -90.0, 120.0, 90.0]));
    }
}
