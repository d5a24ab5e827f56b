//! The national colours of land uses: 市级国土空间总体规划制图规范 (试行, 2021), appendix B, by the codes of
//! 用地用海分类 (2023). A finer class has the colour of the one above it.

use ::layers::codes::Label;

use super::Colour;

/// A class of land use that has a colour of its own.
#[derive(Debug)]
pub struct LandUse {
    /// What its codes begin with; the first is its key.
    pub codes: &'static [&'static str],
    /// What the standard calls it.
    pub label: Label,
    /// Its colour.
    pub colour: Colour,
}

const fn class(codes: &'static [&'static str], zh: &'static str, en: &'static str, colour: Colour) -> LandUse {
    LandUse { codes, label: Label::new(zh, en), colour }
}

static LAND_USES: [LandUse; 39] = [
    class(&["01"], "耕地", "Arable land", "#f5f8dc"),
    class(&["02"], "园地", "Orchards", "#bfe9aa"),
    class(&["03"], "林地", "Forest", "#68b167"),
    class(&["04"], "草地", "Grassland", "#cdf57a"),
    class(&["05"], "湿地", "Wetland", "#65cdaa"),
    class(&["06"], "农业设施建设用地", "Farm facilities", "#d8d79f"),
    class(&["07"], "城镇住宅用地", "Urban housing", "#ffff2d"),
    class(&["0703", "0704"], "农村宅基地", "Rural homesteads", "#ffd380"),
    class(&["0801"], "机关团体用地", "Government and organisations", "#ff00ff"),
    class(&["0803"], "文化用地", "Culture", "#ff7f00"),
    class(&["0804"], "教育用地", "Education", "#ff85c9"),
    class(&["0802"], "科研用地", "Research", "#e6005c"),
    class(&["0805"], "体育用地", "Sports", "#00a57c"),
    class(&["0806"], "医疗卫生用地", "Health care", "#ff7f7e"),
    class(&["0807"], "社会福利用地", "Social welfare", "#ff9f7f"),
    class(&["09"], "商业服务业用地", "Commerce and services", "#ff0000"),
    class(&["10", "1001"], "工业用地", "Industry", "#bb9674"),
    class(&["1002"], "采矿用地", "Mining", "#9e6c54"),
    class(&["1003"], "盐田", "Salt pans", "#0000ff"),
    class(&["11", "1101"], "仓储用地", "Warehousing", "#8761d3"),
    class(&["1102"], "储备库用地", "Strategic reserves", "#9999ff"),
    class(&["12"], "交通运输用地", "Transport", "#b7b7b7"),
    class(&["1202"], "公路用地", "Highways", "#adadad"),
    class(&["1207"], "城镇道路用地", "Urban roads", "#a3a3a3"),
    class(&["1205"], "管道运输用地", "Pipelines", "#999999"),
    class(&["13"], "公用设施用地", "Utilities", "#006380"),
    class(&["14", "1401"], "公园绿地", "Parks", "#00ff00"),
    class(&["1402"], "防护绿地", "Protective green belts", "#148d4a"),
    class(&["1403"], "广场用地", "Squares", "#acffcf"),
    class(&["15"], "特殊用地", "Special uses", "#859156"),
    class(&["16"], "留白用地", "Reserved, use open", "#ffffff"),
    class(&["17"], "陆地水域", "Inland water", "#338ec0"),
    class(&["18"], "渔业用海", "Fishery waters", "#94d5eb"),
    class(&["19"], "工矿通信用海", "Industry and communication at sea", "#56a6d3"),
    class(&["20"], "交通运输用海", "Transport at sea", "#6c8bd1"),
    class(&["21"], "游憩用海", "Recreation at sea", "#1aaae6"),
    class(&["22"], "特殊用海", "Special uses of the sea", "#83bcd6"),
    class(&["23"], "其他土地", "Other land", "#eeeeee"),
    class(&["24"], "其他海域", "Other sea", "#d6eaf3"),
];

/// A control line of the plan, drawn around land of some uses.
#[derive(Debug)]
pub struct PlanLine {
    /// Its name in styles and legends.
    pub key: &'static str,
    /// What planners call it.
    pub label: Label,
    /// Its colour, which is also its Chinese name.
    pub colour: Colour,
    /// What the codes of such land begin with.
    pub codes: &'static [&'static str],
}

/// The lines of the plan that are drawn around land: 四线 of 城市规划编制办法 (2006) and the red line of
/// roads, by the uses that they hold.
pub static PLAN_LINES: [PlanLine; 5] = [
    PlanLine { key: "green", label: Label::new("绿线", "Green line"), colour: "#1a9641", codes: &["1401", "1402"] },
    PlanLine { key: "blue", label: Label::new("蓝线", "Blue line"), colour: "#0050d0", codes: &["17"] },
    PlanLine { key: "purple", label: Label::new("紫线", "Purple line"), colour: "#8000c0", codes: &["1504"] },
    PlanLine {
        key: "yellow",
        label: Label::new("黄线", "Yellow line"),
        colour: "#f0a800",
        codes: &["13", "1201", "1203", "1206", "1208"],
    },
    PlanLine {
        key: "red", label: Label::new("道路红线", "Red line of roads"), colour: "#e8112d", codes: &["1207"]
    },
];

/// Every class in the order of the standard.
pub fn land_uses() -> &'static [LandUse] {
    &LAND_USES
}

/// The class of a code of 用地用海分类 (2023): the one whose code is the longest that it begins with.
pub fn land_use(code: &str) -> Option<&'static LandUse> {
    let longest = |class: &&LandUse| {
        let known = class.codes.iter().filter(|known| code.starts_with(**known));
        known.map(|known| known.len()).max()
    };
    LAND_USES.iter().filter(|class| longest(class).is_some()).max_by_key(longest)
}

#[cfg(test)]
mod tests {
    use ::layers::codes::land_use::CodeSystem;

    use super::*;

    #[test]
    fn a_code_has_the_colour_of_the_nearest_class_above_it() {
        let colour = |code: &str| land_use(code).map(|class| class.colour);
        assert_eq!(colour("100102"), Some("#bb9674"));
        assert_eq!(colour("1002"), Some("#9e6c54"));
        assert_eq!(colour("070102"), Some("#ffff2d"));
        assert_eq!(colour("070301"), Some("#ffd380"));
        assert_eq!(colour("120803"), Some("#b7b7b7"));
        assert_eq!(colour("1207"), Some("#a3a3a3"));
        assert_eq!(colour("0804"), Some("#ff85c9"));
        assert_eq!(colour("9901"), None);
    }

    #[test]
    fn every_code_of_the_standard_but_the_bare_head_of_public_services_has_a_colour() {
        let standard = CodeSystem::STANDARDS.iter().find(|system| system.name() == "ydyh2023");
        let table = standard.and_then(CodeSystem::table).expect("the standard is built in");
        let without: Vec<&str> = table.entries().iter().map(|entry| entry.code.as_ref()).collect();
        let without: Vec<&str> = without.into_iter().filter(|code| land_use(code).is_none()).collect();
        assert_eq!(without, ["08"]);
    }

    #[test]
    fn classes_are_told_apart_by_key() {
        let mut keys: Vec<&str> = LAND_USES.iter().map(|class| class.codes[0]).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), LAND_USES.len());
    }
}
