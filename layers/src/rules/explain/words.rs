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
    words("production_tax", "生产性税收", "tax on production", None),
    words("above_scale", "是否规上企业", "above-scale enterprise", None),
    words("production", "生产状态", "state of production", None),
    words("stopped_years", "连续停产年数", "years without production", Some("a")),
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
