//! The code lists of the tile schema (DESIGN: tile schema), each in display order.
//!
//! Classes of numbers are called as the built-in rules call them; a project with rules of its own
//! has its own classes ([`of_rules`]).

use std::borrow::Cow;

use super::{Code, CodeList, Label};
use crate::rules::ruleset::{Content, ScenarioKind};
use crate::stats::OwnedLabel;

macro_rules! code_list {
    ($(#[$doc:meta])* $name:ident = $id:literal ($zh:literal, $en:literal): $($code:literal $czh:literal $cen:literal;)+) => {
        $(#[$doc])*
        pub static $name: CodeList = CodeList {
            id: $id,
            label: Label::new($zh, $en),
            codes: Cow::Borrowed(&[$(Code { code: Cow::Borrowed($code), label: Label::new($czh, $cen) }),+]),
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

code_list! {
    /// Criteria of low-intensity land (plan 4.4.3): numbers to be added up.
    LOW_REASONS = "low_reasons" ("低强度认定指标", "Criteria of low intensity"):
    "1" "建筑密度或容积率低" "Low density or floor area ratio";
    "2" "低于合同约定强度" "Built below the contract";
    "4" "亩均税收低" "Low tax per mu";
    "8" "停产或无生产性税收" "Production stopped or untaxed";
    "16" "其他政策认定" "By other policy";
}
code_list! {
    /// Categories of inefficient land (plan 5.2.1): numbers to be added up.
    INEFFICIENT = "inefficient" ("低效工业用地", "Inefficient industrial land"):
    "1" "产业准入不符" "Industry not admitted";
    "2" "生产条件不达标" "Production conditions below standard";
    "4" "容积率不达标" "Floor area ratio below standard";
    "8" "按规划应搬迁" "To be relocated by plan";
    "16" "生产效率不足" "Production too inefficient";
    "32" "评价不达标" "Failed the annual rating";
    "64" "进入破产程序" "In bankruptcy";
    "128" "历史遗留" "Left over from history";
}
code_list! {
    /// What is advised (plan 4.3.2, 4.4), and the scenarios of table 9 for idle land (4.2.1), by the
    /// built-in rules.
    DISPOSAL = "disposal" ("整治建议", "Advised disposal"):
    "SWAP" "协议置换" "Swap by agreement";
    "RECERT" "按规划用途换证" "New certificate by the plan";
    "DEADLINE" "限期开发建设" "Development by a deadline";
    "PARTIAL" "分步调整用途" "Change of use in parts";
    "RECOVER" "收回收购" "Recovery or purchase";
    "FILE" "备案办理" "Permit by filing";
    "KEEP" "保留现状使用" "Existing use goes on";
    "CONSULT" "征求意见" "Opinion to be asked";
    "UPGRADE" "挖潜提升" "Upgrade on the spot";
    "NORMAL" "正常办理" "Normal permit";
    "FORCE_OUT" "倒逼腾退出清" "Forced clearance";
    "I1c" "政府原因：有偿收回" "Government's cause: paid recovery";
    "I1e" "政府原因：等价置换" "Government's cause: swap of equal value";
    "I1d" "政府原因：重新办理手续" "Government's cause: procedure anew";
    "I1b" "政府原因：安排临时使用" "Government's cause: temporary use";
    "I1a" "政府原因：延长动工期限" "Government's cause: extension";
    "I2b" "企业原因：无偿收回" "Enterprise's cause: recovery without payment";
    "I2a" "企业原因：征缴闲置费" "Enterprise's cause: idle-land fee";
    "I3" "其他原因：待解除查封" "Other cause: wait for release";
}
code_list! {
    /// Modes of remediation (plan 5.2.2).
    MODE = "mode" ("整治模式", "Mode of remediation"):
    "1" "收回收购储备" "Recovery and reserve";
    "2" "置换整合入园" "Swap into a park";
    "3" "企业整合重组" "Merger of enterprises";
    "4" "“退二优二”提升" "Upgrade within industry";
    "5" "限期开发建设" "Development by a deadline";
    "6" "倒逼腾退出清" "Forced clearance";
}
code_list! {
    /// Whether a permit can be had (plan 4.3.2).
    PERMIT = "permit" ("许可办理", "Permit"):
    "allow" "可办理" "Allowed";
    "file" "备案办理" "By filing";
    "hold" "暂缓" "On hold";
    "deny" "不予办理" "Denied";
}

/// Every list of the schema, in the order of the plan's chapters.
pub static ALL: [&CodeList; 17] = [
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
    &LOW_REASONS,
    &INEFFICIENT,
    &DISPOSAL,
    &MODE,
    &PERMIT,
];

/// Every list of the schema, with the classes, modes and advice of a rule file.
pub fn of_rules(rules: &Content) -> Vec<CodeList> {
    let codes = |list: &CodeList| match list.id {
        "far_class" => numbered(rules.far.classes.iter().map(|class| &class.label)),
        "density_class" => numbered(rules.density.classes.iter().map(|class| &class.label)),
        "intensity" => numbered(&rules.intensity.classes),
        "mode" => numbered(&rules.disposal.modes.labels),
        "inefficient" => {
            let bits = rules.inefficient.classes.iter().enumerate();
            bits.map(|(bit, class)| code(&(1u32 << bit).to_string(), &class.label)).collect()
        }
        "disposal" => {
            let outcomes = rules.disposal.outcomes.iter().map(|outcome| code(&outcome.code, &outcome.label));
            let idle = rules.scenarios.rows.iter().filter(|row| row.kind == ScenarioKind::Idle);
            outcomes.chain(idle.map(|row| code(&row.code, &row.label))).collect()
        }
        _ => list.codes.clone(),
    };
    ALL.iter().map(|list| CodeList { codes: codes(list), ..(*list).clone() }).collect()
}

/// Labels by their number from 1.
fn numbered<'l>(labels: impl IntoIterator<Item = &'l OwnedLabel>) -> Cow<'static, [Code]> {
    (1..).zip(labels).map(|(number, label)| code(&number.to_string(), label)).collect()
}

fn code(code: &str, label: &OwnedLabel) -> Code {
    let label = Label { zh: label.zh.clone().into(), en: label.en.clone().into() };
    Code { code: code.to_owned().into(), label }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;
    use crate::rules::ruleset::{LowCriterion, Permit};

    #[test]
    fn classes_are_called_as_the_built_in_rules_call_them() {
        let lists = of_rules(&RuleSet::default());
        assert!(lists.iter().eq(ALL), "{lists:?}");
    }

    #[test]
    fn closed_lists_have_every_code() {
        let codes = |list: &CodeList| -> Vec<String> { list.codes.iter().map(|code| code.code.to_string()).collect() };
        assert_eq!(codes(&LOW_REASONS), LowCriterion::ALL.map(|criterion| criterion.bit().to_string()));
        let permits = [Permit::Allow, Permit::File, Permit::Hold, Permit::Deny];
        assert_eq!(codes(&PERMIT), permits.map(Permit::code));
    }
}
