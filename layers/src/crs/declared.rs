//! From a row of `gpkg_spatial_ref_sys` to a transformation: by EPSG code, else by its WKT.

use super::wkt::{Node, projection};
use super::{CrsError, ToLonLat};

/// What a GeoPackage says about one of its reference systems (OGC 12-128r19, table 3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declaration {
    /// The id within the file; only by habit the EPSG code.
    pub srs_id: i64,
    /// Its name.
    pub name: String,
    /// Who defined it: `EPSG`, `ESRI`, `NONE` …
    pub organization: String,
    /// The number that organisation gave it.
    pub organization_coordsys_id: i64,
    /// Well-known text, version 1 as a rule, or `undefined`.
    pub definition: String,
    /// Well-known text, version 2, of the CRS extension (`definition_12_063`), where present.
    pub definition_wkt2: Option<String>,
}

impl Declaration {
    /// The transformation to lon/lat.
    ///
    /// The EPSG code counts if the organisation is EPSG and the registry has it; else the code that
    /// stands at the root of the WKT; else the projection and parameters in the WKT. `srs_id` itself
    /// is not taken for a code.
    ///
    /// # Errors
    /// Why the CRS cannot be used, see [`CrsError`].
    pub fn to_lon_lat(&self) -> Result<ToLonLat, CrsError> {
        let by_epsg = self.organization.trim().eq_ignore_ascii_case("EPSG");
        if let (true, Ok(code)) = (by_epsg, u16::try_from(self.organization_coordsys_id)) {
            match ToLonLat::from_epsg(code) {
                Err(CrsError::Unknown { .. }) => {}
                resolved => return resolved,
            }
        }
        if matches!(self.srs_id, 0 | -1) {
            return Err(CrsError::Undefined { srs_id: self.srs_id });
        }
        let mut problem = CrsError::Unknown { name: self.title() };
        for text in [Some(&self.definition), self.definition_wkt2.as_ref()].into_iter().flatten() {
            if text.trim().is_empty() || text.trim().eq_ignore_ascii_case("undefined") {
                continue;
            }
            match self.by_wkt(text) {
                Ok(found) => return Ok(found),
                Err(error) => problem = error,
            }
        }
        Err(problem)
    }

    fn by_wkt(&self, text: &str) -> Result<ToLonLat, CrsError> {
        let root =
            Node::parse(text).map_err(|problem| CrsError::Definition { name: self.title(), problem })?.horizontal();
        if let Some(code) = root.epsg() {
            match ToLonLat::from_epsg(code) {
                Err(CrsError::Unknown { .. }) => {}
                resolved => return resolved,
            }
        }
        projection::to_lon_lat(&root)
    }

    fn title(&self) -> String {
        let Self { srs_id, organization, organization_coordsys_id: code, name, .. } = self;
        let id = match organization.to_ascii_uppercase().as_str() {
            "" | "NONE" => format!("srs_id {srs_id}"),
            authority => format!("{authority}:{code}"),
        };
        if name.is_empty() { id } else { format!("{id} ({name})") }
    }
}

/// Degrees in one unit of a geographic CRS of the registry; 1 for everything else.
pub(super) fn degrees_per_unit(proj4: &str, wkt: &str) -> f64 {
    if !proj4.starts_with("+proj=longlat") {
        return 1.0;
    }
    Node::parse(wkt).map_or(1.0, |root| projection::angular_unit(&root))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(organization: &str, code: i64, definition: &str) -> Declaration {
        Declaration {
            srs_id: 900_001,
            name: "a name".into(),
            organization: organization.into(),
            organization_coordsys_id: code,
            definition: definition.into(),
            definition_wkt2: None,
        }
    }

    fn refusal(declaration: Declaration) -> String {
        declaration.to_lon_lat().map(|crs| crs.name().to_owned()).unwrap_err().to_string()
    }

    #[test]
    fn the_organisations_code_counts_not_the_srs_id() {
        let crs = declared("epsg", 4548, "undefined").to_lon_lat().expect("known");
        assert_eq!(crs.name(), "EPSG:4548");
        let crs = Declaration { srs_id: 4548, ..declared("NONE", 4548, "undefined") };
        assert_eq!(
            refusal(crs),
            "srs_id 4548 (a name) is not in the registry of reference systems; \
             declare the EPSG code of a system that is"
        );
    }

    #[test]
    fn a_system_that_the_file_does_not_list_is_named_by_its_number() {
        let missing = Declaration { srs_id: 77_777, ..Declaration::default() };
        assert!(refusal(missing).starts_with("srs_id 77777 is not in the registry"));
    }

    #[test]
    fn the_code_at_the_root_of_the_wkt_counts_next() {
        let text = r#"PROJCS["x",GEOGCS["y",AUTHORITY["EPSG","4490"]],AUTHORITY["EPSG","4527"]]"#;
        assert_eq!(declared("NONE", 0, text).to_lon_lat().expect("known").name(), "EPSG:4527");
        let text = r#"COMPD_CS["x + height",PROJCS["x",AUTHORITY["EPSG","4548"]],VERT_CS["h"]]"#;
        assert_eq!(declared("NONE", 0, text).to_lon_lat().expect("known").name(), "EPSG:4548");
        let wkt2 = r#"PROJCRS["x",BASEGEOGCRS["y"],ID["EPSG",4549]]"#.to_owned();
        let both = Declaration { definition_wkt2: Some(wkt2), ..declared("NONE", 0, "undefined") };
        assert_eq!(both.to_lon_lat().expect("known").name(), "EPSG:4549");
    }

    #[test]
    fn undefined_systems_say_what_to_do() {
        for srs_id in [0, -1] {
            let undefined = Declaration { srs_id, ..declared("NONE", srs_id, "undefined") };
            let expected = format!(
                "the reference system is undefined (srs_id {srs_id}); declare the EPSG code that the data have"
            );
            assert_eq!(refusal(undefined), expected);
        }
        assert_eq!(
            refusal(declared("NONE", 1, "PROJCS[")),
            "the definition of srs_id 900001 (a name) cannot be read: a closing bracket is missing at byte 7"
        );
    }

    #[test]
    fn geographic_systems_may_count_in_grads() {
        // EPSG:4902 and relatives count in grads from Paris; those that only differ in the unit are scaled.
        let text = r#"GEOGCS["g",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["grad",0.01570796326794897]]"#;
        let crs = declared("NONE", 1, text).to_lon_lat().expect("simple");
        let point = crs.point(geo::coord! { x: 100.0, y: 50.0 }).expect("on Earth");
        assert!((point.x - 90.0).abs() < 1e-12 && (point.y - 45.0).abs() < 1e-12, "{point:?}");
    }
}
