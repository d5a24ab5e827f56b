//! EPSG codes for which our means lead elsewhere than PROJ.
//!
//! Made by comparison: for each code of `crs-definitions` 0.6 that PROJ 9.5.1 knows and that is not
//! refused for its datum anyway, the middle of its area of use was taken back to lon/lat by PROJ
//! (pyproj 3.7.2, its default choice, no grids) and by `proj4rs` 0.3. Of 5 238, 3 835 agree to
//! 0.1 mm, 1 230 within 10 m (datum shifts by parameters), and these lie farther apart: because the
//! registry's one set of shift parameters is not the one for the region, because it has none where
//! one is needed (6989 to 6991), or because a projection differs (Krovak, polar LAEA, axis to the west).

/// In ascending order.
const FARTHER_THAN_10_M: [u16; 173] = [
    2006, 2040, 2042, 2044, 2045, 2061, 2065, 2082, 2137, 2155, 2164, 2170, 2194, 2317, 2492, 2493, 2550, 2736, 2737,
    2979, 2983, 2984, 3146, 3147, 3148, 3176, 3200, 3303, 3314, 3315, 3330, 3787, 3833, 3837, 3838, 3844, 3910, 3973,
    3974, 3985, 3986, 3987, 3988, 3989, 4125, 4127, 4132, 4142, 4144, 4147, 4161, 4208, 4220, 4224, 4233, 4240, 4248,
    4260, 4264, 4281, 4287, 4291, 4294, 4297, 4309, 4317, 4415, 4606, 4620, 4631, 4635, 4645, 4675, 4688, 4695, 4718,
    4731, 4805, 4806, 5463, 5513, 5520, 5631, 5670, 5671, 5680, 6200, 6204, 6989, 6990, 6991, 6996, 6997, 7142, 7400,
    8679, 20248, 20348, 20357, 20358, 20822, 20823, 20934, 20936, 22032, 22033, 22092, 22235, 22275, 23036, 23037,
    23946, 24047, 24048, 24305, 24306, 24375, 24817, 24820, 24821, 24879, 24880, 24881, 24882, 26193, 26194, 26195,
    26331, 26332, 26432, 26591, 26592, 27037, 27038, 28191, 28192, 28402, 28403, 28462, 28463, 29100, 29122, 29168,
    29181, 29182, 29183, 29184, 29185, 29220, 29700, 29702, 29738, 29739, 30729, 31265, 31266, 31267, 31268, 31275,
    31276, 31277, 31278, 31279, 31281, 31282, 31283, 31288, 31289, 31290, 31291, 31292, 31293, 31700,
];

/// Whether a code is one of them.
pub(super) fn lies_elsewhere(code: u16) -> bool {
    FARTHER_THAN_10_M.binary_search(&code).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::{CrsError, ToLonLat};

    #[test]
    fn codes_that_lead_astray_are_refused() {
        assert!(FARTHER_THAN_10_M.is_sorted());
        for code in [5513, 2065, 6991, 31700] {
            let refusal = ToLonLat::from_epsg(code).map(|_| ());
            assert!(matches!(refusal, Err(CrsError::NeedsTransform { .. })), "EPSG:{code}: {refusal:?}");
        }
    }
}
