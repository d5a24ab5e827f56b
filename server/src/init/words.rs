//! Words by which tables and columns are recognised beyond the standards' own names: what drawing
//! offices and exports call them, in Chinese, pinyin initials and English.

use layers::project::{Field, Role};

/// Parts of a table's name or title that speak for a role, the more telling words first: the extent
/// of a park (园区范围) is a park.
pub(super) const TABLES: &[(Role, &[&str])] = &[
    (Role::ControlLine, &["控制线", "kzx", "control_line", "control line"]),
    (Role::TransformationArea, &["转型", "transformation"]),
    (Role::Renewal, &["更新", "五年", "renewal"]),
    (Role::Approvals, &["审批", "批地", "供地", "出让", "approval"]),
    (Role::Scope, &["研究范围", "规划范围", "scope", "study_area", "city_boundary"]),
    (Role::Parks, &["园区", "工业园", "industrial_park", "yq", "parks"]),
    (Role::Scope, &["范围", "boundary"]),
    (Role::Zoning, &["控规", "规划用地", "用地规划", "规划", "ghyt", "ghdl", "zoning"]),
    (Role::Roads, &["道路", "road", "street"]),
    (Role::Buildings, &["房屋", "建筑物", "建筑", "building"]),
    (Role::Parcels, &["宗地", "地块", "图斑", "现状", "dltb", "zdjbxx", "parcel", "patch"]),
];

/// Whole column names that speak for a field, besides its name and its standard names.
pub(super) const COLUMNS: &[(Field, &[&str])] = &[
    (Field::Key, &["id", "parcel_id", "parcelid", "obj_id", "objectid", "gml_id", "localid", "编号", "bh", "dkbm"]),
    (Field::Name, &["title", "label", "address", "mingcheng", "qymc", "企业名称", "项目名称"]),
    (Field::Use, &["use_code", "usecode", "land_use", "landuse", "yddm", "用地代码", "地类代码"]),
    (Field::PlanCode, &["zone_type", "zone_code", "zoning", "plan_use", "ghyddm", "ydxz", "规划用地性质"]),
    (Field::PlanName, &["district_name", "zone_name", "plan_name", "ydmc"]),
    (Field::Mandatory, &["sfqz", "强制性", "强制性内容"]),
    (Field::Far, &["floor_area_ratio", "fsi", "rongjilv"]),
    (Field::Density, &["building_density", "coverage", "lot_coverage", "jianzhumidu", "midu"]),
    (Field::FloorArea, &["gross_area", "gross_floor_area", "gross_area_sqft", "jzmj"]),
    (Field::SiteArea, &["land_area", "lot_area", "land_area_sqft", "用地面积"]),
    (Field::Storeys, &["floors", "stories", "cs", "层数"]),
];

/// What columns with a year in their name are called besides it, and the fields of the latest year
/// and of the years before it.
pub(super) const YEARLY: &[(&[&str], &[Field])] = &[
    (&["MJSS", "年亩均税收", "亩均税收"], &[Field::TaxLast, Field::TaxBefore]),
    (&["SCSS", "年生产性税收", "生产性税收"], &[Field::ProductionTax]),
];

/// Whether a column of this name speaks for a field.
pub(super) fn speaks_for(field: Field, column: &str) -> bool {
    let others = COLUMNS.iter().filter(|(known, _)| *known == field).flat_map(|(_, names)| *names);
    std::iter::once(&field.name()).chain(others).any(|name| name.eq_ignore_ascii_case(column))
}

/// The role that a table's name speaks for, or its title where the name says nothing.
pub(super) fn role_of(name: &str, title: Option<&str>) -> Option<Role> {
    let [name, title] = [name, title.unwrap_or_default()].map(str::to_lowercase);
    // A car park is neither an industrial park nor a parcel.
    if name.contains("parking") || title.contains("parking") {
        return None;
    }
    let spoken = |text: &str| TABLES.iter().find(|(_, words)| words.iter().any(|word| text.contains(word)));
    spoken(&name).or_else(|| spoken(&title)).map(|(role, _)| *role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_known_by_their_names_in_either_language() {
        assert_eq!(role_of("现状工业用地图斑", None), Some(Role::Parcels));
        assert_eq!(role_of("t1", Some("控规用地规划")), Some(Role::Zoning));
        assert_eq!(role_of("zoning_districts_2013", None), Some(Role::Zoning));
        assert_eq!(role_of("工业用地控制线", None), Some(Role::ControlLine));
        assert_eq!(role_of("园区", Some("工业园区范围")), Some(Role::Parks));
        assert_eq!(role_of("工业园区范围", None), Some(Role::Parks));
        assert_eq!(role_of("t1", Some("城区范围")), Some(Role::Scope));
        assert_eq!(role_of("宗地", Some("控规范围内的宗地")), Some(Role::Parcels), "the name speaks before the title");
        assert_eq!(role_of("parking_lots", None), None);
        assert_eq!(role_of("open_space", None), None);
    }

    #[test]
    fn columns_are_known_by_more_than_their_standard_names() {
        assert!(speaks_for(Field::Far, "FAR"));
        assert!(speaks_for(Field::Use, "Use_Code"));
        assert!(!speaks_for(Field::Far, "afar"));
    }
}
