//! From the WKT of a projected or geographic CRS to a PROJ string, for the projections that
//! occur in cadastral and planning data.

use super::Node;
use crate::crs::{CrsError, ToLonLat};

/// Radians in a degree, as WKT writes it: `0.0174532925199433`.
const DEGREE: f64 = std::f64::consts::PI / 180.0;

/// Reads a `PROJCS`, `GEOGCS` or one of their WKT 2 counterparts.
///
/// # Errors
/// [`CrsError::Unsupported`] with the projection or parameter that is not known,
/// [`CrsError::NeedsTransform`] for a datum off WGS 84 without `TOWGS84`.
pub(in crate::crs) fn to_lon_lat(root: &Node) -> Result<ToLonLat, CrsError> {
    let name = root.name().to_owned();
    let unsupported = |what: &str| CrsError::Unsupported { name: name.clone(), what: what.to_owned() };
    match root.keyword.as_str() {
        "GEOGCS" | "GEOGCRS" | "GEODCRS" => {
            let definition = format!("+proj=longlat{}", datum(root, &name)?);
            ToLonLat::from_proj(name, &definition, angular_unit(root))
        }
        "GEOCCS" => Err(CrsError::Geocentric { name }),
        "PROJCS" | "PROJCRS" => {
            let base = root.child(&["GEOGCS", "BASEGEOGCRS", "BASEGEODCRS"]);
            let base = base.ok_or_else(|| unsupported("no geographic base"))?;
            if root.nodes.iter().any(points_west_or_south) {
                return Err(unsupported("axes to the west or south"));
            }
            let definition = projected(root, base, &name)?;
            ToLonLat::from_proj(name, &definition, 1.0)
        }
        other => Err(unsupported(&format!("a {other} definition"))),
    }
}

/// Degrees in the angular unit of a geographic CRS.
pub(in crate::crs) fn angular_unit(root: &Node) -> f64 {
    let unit = root.child(&["UNIT", "ANGLEUNIT"]).and_then(|unit| unit.numbers.first());
    let degrees = unit.map_or(1.0, |radians| radians / DEGREE);
    // WKT rounds the degree to 15 digits; that is still a degree.
    if (degrees - 1.0).abs() < 1e-9 { 1.0 } else { degrees }
}

fn points_west_or_south(node: &Node) -> bool {
    let direction = node.texts.get(1).map(|text| text.to_ascii_uppercase());
    node.keyword == "AXIS" && matches!(direction.as_deref(), Some("WEST" | "SOUTH"))
}

/// Letters and digits in lower case: `D_China_2000` and `China 2000` are one name.
fn plain(name: &str) -> String {
    let lower: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if name.starts_with("D_") { lower[1..].to_owned() } else { lower }
}

/// Datum, ellipsoid and prime meridian of a geographic CRS as PROJ parameters.
fn datum(geographic: &Node, name: &str) -> Result<String, CrsError> {
    let datum = geographic.child(&["DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE"]);
    let ellipsoid = datum.and_then(|datum| datum.child(&["SPHEROID", "ELLIPSOID"]));
    let (Some(datum), Some(&[axis, inverse_flattening, ..])) =
        (datum, ellipsoid.map(|ellipsoid| ellipsoid.numbers.as_slice()))
    else {
        return Err(CrsError::Unsupported { name: name.to_owned(), what: "no datum and ellipsoid".into() });
    };
    let meridian = geographic.child(&["PRIMEM", "PRIMEMERIDIAN"]).and_then(|node| node.numbers.first());
    let meridian = match meridian {
        Some(&degrees) if degrees != 0.0 => format!(" +pm={}", degrees * angular_unit(geographic)),
        _ => String::new(),
    };
    // GRS 80 (which CGCS2000 took over) and WGS 84 differ in the ninth digit.
    let is_modern = axis == 6_378_137.0 && (inverse_flattening - 298.257_222).abs() < 1e-5;
    let modern = if inverse_flattening > 298.257_223 { " +ellps=WGS84" } else { " +ellps=GRS80" };
    let shift = datum.child(&["TOWGS84"]).map(|node| {
        let numbers: Vec<String> = node.numbers.iter().map(f64::to_string).collect();
        format!(" +towgs84={}", numbers.join(","))
    });
    let ellipsoid = match (is_modern, plain(datum.name()).as_str(), shift) {
        (true, ..) => modern.to_owned(),
        (false, "osgb1936" | "ordnancesurveyofgreatbritain1936", _) => " +datum=OSGB36".to_owned(),
        (false, _, Some(shift)) => format!(" +a={axis} +rf={inverse_flattening}{shift}"),
        (false, ..) => {
            return Err(CrsError::NeedsTransform { name: name.to_owned(), datum: datum.name().to_owned() });
        }
    };
    Ok(ellipsoid + &meridian)
}

/// What a projection parameter is called in PROJ; WKT 1, ESRI and WKT 2 (EPSG) names.
fn proj_parameter(name: &str) -> Option<&'static str> {
    Some(match plain(name).as_str() {
        "latitudeoforigin" | "latitudeofcenter" | "latitudeofnaturalorigin" | "latitudeoffalseorigin" => "lat_0",
        "centralmeridian"
        | "longitudeofcenter"
        | "longitudeoforigin"
        | "longitudeofnaturalorigin"
        | "longitudeoffalseorigin" => "lon_0",
        "scalefactor" | "scalefactoratnaturalorigin" => "k",
        "falseeasting" | "eastingatfalseorigin" => "x_0",
        "falsenorthing" | "northingatfalseorigin" => "y_0",
        "standardparallel1" | "latitudeof1ststandardparallel" => "lat_1",
        "standardparallel2" | "latitudeof2ndstandardparallel" => "lat_2",
        _ => return None,
    })
}

/// The PROJ string of a projected CRS.
fn projected(root: &Node, base: &Node, name: &str) -> Result<String, CrsError> {
    let unsupported = |what: String| CrsError::Unsupported { name: name.to_owned(), what };
    let conversion = root.child(&["CONVERSION"]).unwrap_or(root);
    let method = conversion.child(&["PROJECTION", "METHOD"]).map_or("no projection", Node::name);
    let has = |parameter: &str| conversion.nodes.iter().any(|node| proj_parameter(node.name()) == Some(parameter));

    let mut out = match plain(method).as_str() {
        "transversemercator" | "gausskruger" => "+proj=tmerc".to_owned(),
        "lambertconformalconic" | "lambertconformalconic1sp" | "lambertconformalconic2sp" => "+proj=lcc".to_owned(),
        "lambertconicconformal1sp" | "lambertconicconformal2sp" => "+proj=lcc".to_owned(),
        "mercator" | "mercator1sp" | "mercator2sp" | "mercatorvarianta" | "mercatorvariantb" => "+proj=merc".to_owned(),
        "albers" | "albersconicequalarea" | "albersequalarea" => "+proj=aea".to_owned(),
        "mercatorauxiliarysphere" | "popularvisualisationpseudomercator" => {
            return Ok(crs_definitions::EPSG_3857.proj4.to_owned());
        }
        _ => return Err(unsupported(format!("the projection {method}"))),
    };
    let is_mercator = out.ends_with("merc") && !out.ends_with("tmerc");

    let linear = linear_unit(root);
    let angular = angular_unit(base);
    for node in conversion.nodes.iter().filter(|node| node.keyword == "PARAMETER") {
        let Some(&value) = node.numbers.first() else { continue };
        let Some(key) = proj_parameter(node.name()) else {
            if value == 0.0 {
                continue;
            }
            return Err(unsupported(format!("the parameter {}", node.name())));
        };
        let own_length = node.child(&["LENGTHUNIT"]).and_then(|unit| unit.numbers.first().copied());
        let value = match key {
            "k" => value,
            "x_0" | "y_0" => value * own_length.unwrap_or(linear),
            _ if node.child(&["ANGLEUNIT"]).is_some() => value * angular_unit(node),
            _ => value * angular,
        };
        // PROJ calls Mercator's standard parallel the latitude of true scale.
        let key = if is_mercator && key == "lat_1" { "lat_ts" } else { key };
        out.push_str(&format!(" +{key}={value}"));
    }
    // With one standard parallel the latitude of origin is that parallel (Snyder 1987, eq. 15-1).
    if out.starts_with("+proj=lcc") && !has("lat_1") {
        let origin = out.split_whitespace().find_map(|token| token.strip_prefix("+lat_0=")).unwrap_or("0").to_owned();
        out.push_str(&format!(" +lat_1={origin}"));
    }
    if linear != 1.0 {
        out.push_str(&format!(" +to_meter={linear}"));
    }
    Ok(out + &datum(base, name)?)
}

/// Metres in the unit of a projected CRS.
fn linear_unit(root: &Node) -> f64 {
    let own = root.child(&["UNIT", "LENGTHUNIT"]);
    let of_axis = || root.child(&["AXIS"]).and_then(|axis| axis.child(&["LENGTHUNIT", "UNIT"]));
    own.or_else(of_axis).and_then(|unit| unit.numbers.first().copied()).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Coord;

    /// Reads `text` and compares it, where the point lies, with the CRS of that code.
    fn same_as_epsg(text: &str, code: u16, x: f64, y: f64) {
        let ours = to_lon_lat(&Node::parse(text).expect("well-formed")).expect("supported");
        let theirs = ToLonLat::from_epsg(code).expect("known");
        let point = Coord { x, y };
        let (ours, theirs) = (ours.point(point).expect("inside"), theirs.point(point).expect("inside"));
        let far = (ours.x - theirs.x).abs().max((ours.y - theirs.y).abs());
        assert!(far < 1e-11, "EPSG:{code}: {ours:?} against {theirs:?}");
    }

    const ESRI_4490: &str = r#"GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;

    #[test]
    fn esri_gauss_kruger_zones_are_those_of_epsg() {
        for projection in ["Gauss_Kruger", "Transverse_Mercator"] {
            let zone = |name: &str, easting: f64, meridian: f64| {
                format!(
                    r#"PROJCS["{name}",{ESRI_4490},PROJECTION["{projection}"],PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#
                )
            };
            same_as_epsg(&zone("CGCS2000_3_Degree_GK_CM_117E", 5e5, 117.0), 4548, 426_135.858, 4_867_567.187);
            same_as_epsg(&zone("CGCS2000_3_Degree_GK_Zone_39", 39.5e6, 117.0), 4527, 39_426_135.858, 4_867_567.187);
        }
    }

    #[test]
    fn geographic_and_web_mercator_definitions_are_read() {
        same_as_epsg(ESRI_4490, 4490, 116.08, 43.94);
        let web = r#"PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["Standard_Parallel_1",0.0],UNIT["Meter",1.0]]"#;
        same_as_epsg(web, 3857, 12_921_966.49, 5_456_161.74);
    }

    #[test]
    fn the_registrys_own_wkt_gives_what_its_proj_strings_give() {
        // LCC 2SP in US feet, LCC 1SP (NAD83 / Maryland has 2SP; 3034 has 2SP), Albers, Mercator 2SP, UTM.
        for (code, x, y) in [
            (2249, 760_000.0, 2_960_000.0),
            (26986, 236_000.0, 902_000.0),
            (2154, 652_000.0, 6_862_000.0),
            (3826, 300_000.0, 2_770_000.0),
            (25830, 380_000.0, 4_430_000.0),
            (5070, 1_900_000.0, 2_400_000.0),
            (3395, 1_000_000.0, 5_000_000.0),
            (27700, 530_000.0, 180_000.0),
            (4548, 426_135.0, 4_867_567.0),
        ] {
            let wkt = crs_definitions::from_code(code).expect("known").wkt;
            same_as_epsg(wkt, code, x, y);
        }
    }

    #[test]
    fn wkt_2_is_read_too() {
        let text = r#"PROJCRS["a plane",BASEGEOGCRS["CGCS2000",DATUM["China 2000",ELLIPSOID["CGCS2000",6378137,298.257222101,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]]],CONVERSION["c",METHOD["Transverse Mercator",ID["EPSG",9807]],PARAMETER["Latitude of natural origin",0,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Longitude of natural origin",117,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Scale factor at natural origin",1,SCALEUNIT["unity",1]],PARAMETER["False easting",500000,LENGTHUNIT["metre",1]],PARAMETER["False northing",0,LENGTHUNIT["metre",1]]],CS[Cartesian,2],AXIS["northing (X)",north,ORDER[1],LENGTHUNIT["metre",1]],AXIS["easting (Y)",east,ORDER[2],LENGTHUNIT["metre",1]]]"#;
        same_as_epsg(text, 4548, 426_135.858, 4_867_567.187);
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_name() {
        let refusal = |text: &str| {
            to_lon_lat(&Node::parse(text).expect("well-formed"))
                .map(|crs| crs.name().to_owned())
                .unwrap_err()
                .to_string()
        };
        let xian = r#"PROJCS["Xian_1980_3_Degree_GK_CM_117E",GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],UNIT["Meter",1.0]]"#;
        assert_eq!(
            refusal(xian),
            "Xian_1980_3_Degree_GK_CM_117E needs a declared transform: its way to WGS 84 is not known (D_Xian_1980)"
        );
        let krovak = format!(r#"PROJCS["k",{ESRI_4490},PROJECTION["Krovak"],UNIT["Meter",1.0]]"#);
        assert_eq!(refusal(&krovak), "k uses the projection Krovak, which is not supported; reproject the data first");
        let local = r#"LOCAL_CS["city grid",UNIT["Meter",1.0]]"#;
        assert!(refusal(local).contains("a LOCAL_CS definition"));
    }
}
