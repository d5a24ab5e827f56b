//! What inputs and results are called and in which unit they are.

use crate::stats::OwnedLabel;

/// Name and unit of an input or result.
pub(super) struct Words {
    field: &'static str,
    zh: &'static str,
    en: &'static str,
    pub(super) unit: Option<&'static str>,
}

impl Words {
    pub(super) fn label(&self) -> OwnedLabel {
        OwnedLabel { zh: self.zh.to_owned(), en: self.en.to_owned() }
    }
}

const fn words(field: &'static str, zh: &'static str, en: &'static str, unit: Option<&'static str>) -> Words {
    Words { field, zh, en, unit }
}

const M2: Option<&str> = Some("m²");
const HA: Option<&str> = Some("ha");
const MONEY_PER_MU: Option<&str> = Some("10⁴ CNY/mu");

static WORDS: &[Words] = &[
    words("area", "面积", "area", M2),
    words("area_ha", "面积", "area", HA),
    words("use", "现状用地代码", "current use code", None),
    words("granted", "是否已出让", "granted", None),
    words("floor_area", "合法总建筑面积", "legal floor area", M2),
    words("site_area", "宗地面积", "site area", M2),
    words("far", "容积率", "floor area ratio", None),
    words("far_class", "容积率分级", "class of the floor area ratio", None),
    words("footprint", "建筑占地面积", "building footprint", M2),
    words("build_land", "规划建设用地面积", "planned construction land", M2),
    words("density", "建筑密度", "building density", None),
    words("density_class", "建筑密度分级", "class of the building density", None),
    words("intensity", "综合开发强度", "development intensity", None),
    words("agreed_far", "约定容积率下限", "agreed floor area ratio", None),
    words("agreed_start", "约定动工日期", "agreed start", None),
    words("agreed_finish", "约定竣工日期", "agreed completion", None),
    words("started", "是否已动工", "construction started", None),
    words("actual_start", "实际动工日期", "actual start", None),
    words("suspended_since", "中止建设日期", "suspended since", None),
    words("due_area", "应开发面积", "area due to be developed", M2),
    words("developed_area", "已开发面积", "area developed", M2),
    words("investment", "总投资额", "total investment", None),
    words("invested", "已投资额", "investment made", None),
    words("cause", "闲置原因", "cause of idleness", None),
    words("paid", "价款是否缴清", "price paid", None),
    words("tax_before", "前一年亩均税收", "tax per mu, year before", MONEY_PER_MU),
    words("tax_last", "上一年亩均税收", "tax per mu, last year", MONEY_PER_MU),
    words("tax_mean", "全市工业亩均税收均值", "city mean of tax per mu", MONEY_PER_MU),
    words("tax_mean_above_scale", "规上企业亩均税收均值", "mean tax per mu of above-scale enterprises", MONEY_PER_MU),
    words("production_tax", "生产性税收", "tax on production", None),
    words("above_scale", "是否规上企业", "above-scale enterprise", None),
    words("production", "生产状态", "state of production", None),
    words("stopped_years", "连续停产年数", "years without production", None),
    words("low_by_hand", "低强度人工认定", "found low by hand", None),
    words("low_reason", "人工认定理由", "reason given by hand", None),
    words("will", "企业意愿", "the enterprise's will", None),
    words("conforms", "改造方案是否符合控规", "proposal conforms to the plan", None),
    words("term_end", "土地使用权终止日期", "end of the land-use right", None),
    words("certificate_use", "证载用途", "use on the certificate", None),
    words("industry", "行业代码", "industry code", None),
    words("rating", "亩均效益评价等级", "annual rating", None),
    words("bankrupt", "是否进入破产程序", "in bankruptcy", None),
    words("conditions", "安全环保等生产条件", "production conditions", None),
    words("legacy", "是否历史遗留", "left over from history", None),
    words("force_out", "倒逼出清人工认定", "forced clearance by hand", None),
    words("reference_date", "数据截止日", "reference date", None),
    words("action", "五年行动计划", "five-year plan", None),
    words("plan", "控规地块数", "polygons of the detailed plan", None),
    words("approvals", "审批信息", "approvals", None),
    words("control_line", "工业用地控制线", "industrial control line", None),
    words("conflict", "控规冲突", "conflict with the plan", None),
    words("conflict_type", "冲突类型", "type of conflict", None),
    words("conflict_ha", "冲突面积", "conflicting area", HA),
    words("conflict_pct", "冲突面积占比", "share of conflicting area", Some("%")),
    words("approval", "审批符合性", "approval", None),
    words("in_control_line", "工业用地控制线", "industrial control line", None),
    words("idle", "闲置", "idle land", None),
    words("low", "低强度", "low intensity", None),
    words("low_reasons", "低强度认定指标", "criteria of low intensity", None),
    words("inefficient", "低效类别", "categories of inefficient land", None),
    words("disposal", "整治建议", "advised disposal", None),
    words("disposal_row", "决策表行号", "row of the decision table", None),
    words("mode", "整治模式", "mode of remediation", None),
    words("permit_new", "新建许可", "permit for new buildings", None),
    words("permit_ext", "扩建许可", "permit for extensions", None),
    words("permit_until", "许可截止日", "permits end", None),
    words("status", "利用状态", "state of use", None),
    words("zone", "产业分区", "industrial zone", None),
    words("park", "园区", "industrial park", None),
    words("scope", "规划范围", "study area", None),
];

/// The words for an input or result, if there are any.
pub(super) fn known(field: &str) -> Option<&'static Words> {
    WORDS.iter().find(|words| words.field == field)
}

/// The words for an input or result. One that has none is a mistake of ours, which a test finds.
pub(super) fn of(field: &str) -> &'static Words {
    known(field).expect("every input and result that a rule names has words")
}

/// What the answers that sources give are called, by field and code.
static ANSWERS: &[(&str, &str, &str, &str)] = &[
    ("status", "idle", "闲置", "idle"),
    ("status", "low", "低强度", "low intensity"),
    ("status", "normal", "正常", "normal"),
    ("will", "renew", "愿意续期改造", "wants to renew"),
    ("will", "none", "无意愿", "wants nothing"),
    ("will", "exit", "退出", "leaves"),
    ("will", "unknown", "意愿不明", "will unknown"),
    ("action", "planned", "列入五年计划", "in the five-year plan"),
    ("action", "not_planned", "未列入五年计划", "not in the five-year plan"),
    ("action", "unknown", "五年计划不明", "five-year plan unknown"),
    ("cause", "government", "政府原因", "the government's"),
    ("cause", "enterprise", "企业原因", "the enterprise's"),
    ("cause", "other", "其他原因", "other"),
    ("production", "running", "正常生产", "running"),
    ("production", "stopped", "停产", "stopped"),
    ("production", "building", "在建", "under construction"),
    ("production", "unbuilt", "未建", "never built"),
    ("conditions", "met", "达标", "met"),
    ("conditions", "mending", "整改中", "being mended"),
    ("conditions", "failed", "整改后仍不达标", "failed"),
    ("conflict", "none", "无冲突", "no conflict"),
    ("conflict", "non_mandatory", "非强条冲突", "non-mandatory conflict"),
    ("conflict", "mandatory", "强条冲突", "mandatory conflict"),
];

/// What an answer is called.
pub(super) fn said(field: &str, code: &str) -> Option<OwnedLabel> {
    let (_, _, zh, en) = ANSWERS.iter().find(|(of, known, ..)| *of == field && *known == code)?;
    Some(OwnedLabel { zh: (*zh).to_owned(), en: (*en).to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Action, Cause, Conditions, ConflictState, Production, Status, Will};

    #[test]
    fn every_answer_has_words() {
        fn codes<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> Vec<&'static str> {
            all.iter().copied().map(code).collect()
        }
        let asked = [
            ("status", codes(Status::ALL, Status::code)),
            ("will", codes(Will::ALL, Will::code)),
            ("action", codes(Action::ALL, Action::code)),
            ("cause", codes(Cause::ALL, Cause::code)),
            ("production", codes(Production::ALL, Production::code)),
            ("conditions", codes(Conditions::ALL, Conditions::code)),
            ("conflict", codes(ConflictState::ALL, ConflictState::code)),
        ];
        for (field, codes) in asked {
            for code in codes {
                assert!(known(field).is_some() && said(field, code).is_some(), "{field} {code}");
            }
        }
    }
}
