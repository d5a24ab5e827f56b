//! The code lists of the tile schema (DESIGN: tile schema), each in display order.
//!
//! Classes of numbers are called as the built-in rules call them; a project with rules of its own
//! has its own classes ([`of_rules`]).

use std::borrow::Cow;

use super::{Code, CodeList, Label};
use crate::rules::ruleset::Content;
use crate::stats::OwnedLabel;

macro_rules! code_list {
    ($(#[$doc:meta])* $name:ident = $id:literal ($zh:literal, $en:literal): $($code:literal $czh:literal $cen:literal;)+) => {
        $(#[$doc])*
        pub static $name: CodeList = CodeList {
            id: $id,
            label: Label::new($zh, $en),
            codes: Cow::Borrowed(&[$(Code { code: $code, label: Label::new($czh, $cen) }),+]),
        };
    };
}

code_list! {
    /// Floor area ratio classes, 表4.
    FAR_CLASS = "far_class" ("容积率", "Floor area ratio"):
    "1" "0" "0";
    "2" "0–0.3" "0–0.3";
    "3" "0.3–0.6" "0.3–0.6";
    "4" "0.6–1.0" "0.6–1.0";
    "5" "1.0以上" "1.0 and above";
}
code_list! {
    /// Building density classes, 表5.
    DENSITY_CLASS = "density_class" ("建筑密度", "Building density"):
    "1" "0" "0";
    "2" "0–20%" "0–20 %";
    "3" "20%–40%" "20–40 %";
    "4" "40%–60%" "40–60 %";
    "5" "60%以上" "60 % and above";
}
code_list! {
    /// Composite development intensity, 表6.
    INTENSITY = "intensity" ("综合开发强度", "Development intensity"):
    "1" "差" "Poor";
    "2" "较差" "Fairly poor";
    "3" "一般" "Average";
    "4" "较好" "Fairly good";
    "5" "好" "Good";
}
code_list! {
    /// Whether the plan wants something else here, and how strictly.
    CONFLICT = "conflict" ("控规符合性", "Conformity with the detailed plan"):
    "none" "符合" "No conflict";
    "non_mandatory" "非强条冲突" "Non-mandatory conflict";
    "mandatory" "强条冲突" "Mandatory conflict";
}
code_list! {
    /// What the plan wants instead of industry, 表3.
    CONFLICT_TYPE = "conflict_type" ("冲突类型", "Conflict type"):
    "education" "教育用地" "Education";
    "road" "道路用地" "Roads";
    "residential" "居住用地" "Residential";
    "commercial" "商业用地" "Commercial";
    "other" "其他多种地类" "Other uses";
}
code_list! {
    /// What becomes of industrial land under the plan, 表2.
    CHANGE = "change" ("规划前后变化", "Change under the plan"):
    "out" "现状工业变其他" "Industrial to other use";
    "new" "规划新增工业" "New industrial";
    "keep" "保持不变" "Stays industrial";
}
code_list! {
    /// Industrial zones, plan section 3.3.
    ZONE = "zone" ("产业分区", "Industrial zone"):
    "agglomeration" "工业聚集区" "Agglomeration zone";
    "transformation" "工业转型区" "Transformation zone";
    "relocation" "工业疏解区" "Relocation zone";
}
code_list! {
    /// Groups of plan uses, for the plan's own polygons.
    GROUP = "group" ("规划用地类别", "Planned use group"):
    "industrial" "工业用地" "Industrial";
    "education" "教育用地" "Education";
    "road" "道路用地" "Roads";
    "residential" "居住用地" "Residential";
    "commercial" "商业用地" "Commercial";
    "other" "其他多种地类" "Other uses";
}
code_list! {
    /// Whether the approval database has the land, plan section 2.3.3.
    APPROVAL = "approval" ("审批符合性", "Approval"):
    "approved" "已审批" "Approved";
    "partial" "部分审批" "Approved in part";
    "missing" "不在审批信息库" "Not in the approval database";
}
code_list! {
    /// Marginal land, 表7, in the order in which the kinds are asked.
    MARGINAL_KIND = "marginal_kind" ("零星、边角宗地", "Marginal land"):
    "enclosed" "夹心地" "Enclosed";
    "interlocked" "插花地" "Interlocked";
    "corner" "边角地" "Corner";
}
code_list! {
    /// What marginal land is good for, plan section 4.4.4.
    MARGINAL_USE = "marginal_use" ("利用建议", "Advised use"):
    "public" "口袋公园或停车场" "Pocket park or parking";
    "merge" "与邻宗一并开发" "Developed with a neighbour";
}
code_list! {
    /// Whether the five-year plan acts here, plan section 4.3.2.
    ACTION = "action" ("五年行动计划", "Five-year plan"):
    "planned" "列入计划" "Planned";
    "not_planned" "未列入计划" "Not planned";
}

/// Every list of the schema, in the order of the plan's chapters.
pub static ALL: [&CodeList; 12] = [
    &CHANGE,
    &CONFLICT,
    &CONFLICT_TYPE,
    &GROUP,
    &APPROVAL,
    &FAR_CLASS,
    &DENSITY_CLASS,
    &INTENSITY,
    &MARGINAL_KIND,
    &MARGINAL_USE,
    &ZONE,
    &ACTION,
];

/// Codes of classes in tiles and tables; there are at most five.
const CLASSES: [&str; 5] = ["1", "2", "3", "4", "5"];

/// Every list of the schema, with the classes that a rule file makes.
pub fn of_rules(rules: &Content) -> Vec<CodeList> {
    let far = || classes(rules.far.classes.iter().map(|class| &class.label));
    let density = || classes(rules.density.classes.iter().map(|class| &class.label));
    let intensity = || classes(rules.intensity.classes.iter());
    let list = |list: &&CodeList| match list.id {
        "far_class" => CodeList { codes: far(), ..(*list).clone() },
        "density_class" => CodeList { codes: density(), ..(*list).clone() },
        "intensity" => CodeList { codes: intensity(), ..(*list).clone() },
        _ => (*list).clone(),
    };
    ALL.iter().map(list).collect()
}

fn classes<'l>(labels: impl Iterator<Item = &'l OwnedLabel>) -> Cow<'static, [Code]> {
    let class = |(code, label): (&'static str, &OwnedLabel)| Code {
        code,
        label: Label { zh: label.zh.clone().into(), en: label.en.clone().into() },
    };
    CLASSES.into_iter().zip(labels).map(class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    #[test]
    fn classes_are_called_as_the_built_in_rules_call_them() {
        let lists = of_rules(&RuleSet::default());
        assert!(lists.iter().eq(ALL), "{lists:?}");
    }
}
