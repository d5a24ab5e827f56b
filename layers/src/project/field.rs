//! What a column can mean, and by which names the standards call it.

use serde::{Deserialize, Serialize};

macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident = $name:literal: $aliases:expr;)+) => {
        /// What a column can mean.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Field {
            $($(#[$doc])* #[serde(rename = $name)] $field,)+
        }

        impl Field {
            /// Every field.
            pub const ALL: [Field; [$(Field::$field),+].len()] = [$(Field::$field),+];

            /// The field as written in `tuban.toml`.
            pub fn name(self) -> &'static str {
                match self { $(Field::$field => $name),+ }
            }

            /// Column names by which the Chinese national standards call this field, and their
            /// Chinese headings, best first (RULES 4.4). Compared without regard to ASCII case.
            pub fn aliases(self) -> &'static [&'static str] {
                match self { $(Field::$field => &$aliases),+ }
            }
        }
    };
}

fields! {
    /// The stable key of a row.
    Key = "key": ["BSM", "ZDDM", "BDCDYH", "TBBH", "DKBH", "DJH", "标识码", "宗地代码", "图斑编号", "地块编号"];
    /// What people call it.
    Name = "name": ["MC", "ZL", "名称", "坐落", "YQMC"];
    /// Current land-use code.
    Use = "use": ["DLBM", "YDYHFLDM", "TDYT", "SJYT", "地类编码", "用地用海分类代码"];
    /// Planned land-use code.
    PlanCode = "plan_code": ["YDXZDM", "GHDLBM", "CGYDDM", "YDYHFLDM", "规划用地代码", "用地性质代码"];
    /// Planned land use in words.
    PlanName = "plan_name": ["YDXZMC", "GHDLMC", "CGYDMC", "YDYHFLMC", "规划用地名称", "用地性质名称"];
    /// Whether the planned use is mandatory content (强制性内容).
    Mandatory = "mandatory": ["SFQZXNR", "是否强制性内容"];
    /// Floor area ratio as recorded.
    Far = "far": ["RJL", "容积率"];
    /// Building density as recorded.
    Density = "density": ["JZMD", "建筑密度"];
    /// Legal floor area.
    FloorArea = "floor_area": ["ZJZMJ", "SCJZMJ", "总建筑面积", "建筑面积"];
    /// Site area, the denominator of the floor area ratio.
    SiteArea = "site_area": ["ZDMJ", "宗地面积"];
    /// Building footprint area.
    Footprint = "footprint": ["JZZDMJ", "ZZDMJ", "建筑占地面积"];
    /// Planned construction land, the denominator of the density.
    BuildLand = "build_land": ["JSYDMJ", "建设用地面积"];
    /// Recorded area of the row itself.
    Area = "area": ["TBMJ", "YDMJ", "图斑面积", "用地面积"];
    /// Whether the land is granted (已出让).
    Granted = "granted": ["SFCR", "是否出让", "已出让"];
    /// Upper limit of the floor area ratio.
    FarMax = "far_max": ["RJLSX", "容积率上限"];
    /// Upper limit of the building density.
    DensityMax = "density_max": ["JZMDSX", "JZMDZ", "建筑密度上限"];
    /// Lower limit of the green space ratio.
    GreenMin = "green_min": ["LDLXX", "绿地率下限"];
    /// Building height limit.
    HeightMax = "height_max": ["JZXG", "JZGD", "建筑限高"];
    /// Key of the parcel a row belongs to.
    Parcel = "parcel": ["ZDDM", "BDCDYH", "宗地代码"];
    /// Number of storeys.
    Storeys = "storeys": ["ZCS", "总层数"];
    /// Whether the five-year plan acts on a row's land.
    Action = "action": ["JHZT", "计划状态"];
    /// Whether approved land was supplied, and if not, why.
    Supply = "supply": ["GYZT", "供应状态", "供地状态"];

    // What contract, tax office and survey say of a patch: crate::facts::Record.

    /// Floor area ratio agreed in the contract, lower limit.
    AgreedFar = "agreed_far": ["YDRJL", "YDRJLXX", "约定容积率", "约定容积率下限"];
    /// Agreed start of construction.
    AgreedStart = "agreed_start": ["YDKGRQ", "YDKGSJ", "YDDGRQ", "YDDGSJ", "约定开工日期", "约定开工时间", "约定动工日期"];
    /// Agreed completion.
    AgreedFinish = "agreed_finish": ["YDJGRQ", "YDJGSJ", "约定竣工日期", "约定竣工时间"];
    /// Whether construction started.
    Started = "started": ["SFDG", "SFKG", "是否动工", "是否开工"];
    /// Actual start of construction.
    ActualStart = "actual_start": ["SJKGRQ", "SJKGSJ", "SJDGRQ", "SJDGSJ", "实际开工日期", "实际开工时间", "实际动工日期"];
    /// Day since which construction is suspended; empty = not suspended.
    SuspendedSince = "suspended_since": ["ZTRQ", "ZZKFRQ", "TGRQ", "中止开发日期", "停工日期"];
    /// Area due to be developed.
    DueArea = "due_area": ["YDKFMJ", "YKFZMJ", "应动工开发面积", "应开发面积"];
    /// Area developed.
    DevelopedArea = "developed_area": ["YKFMJ", "已动工开发面积", "已开发面积"];
    /// Total investment.
    Investment = "investment": ["ZTZE", "总投资额"];
    /// Investment made.
    Invested = "invested": ["YTZE", "已投资额"];
    /// Why it is idle.
    Cause = "cause": ["XZYY", "闲置原因"];
    /// Whether the price of the land is paid.
    Paid = "paid": ["SFJQ", "价款是否缴清", "是否缴清价款"];
    /// Tax per mu of the year before last, 10 000 yuan. Year by year names cannot be recognised.
    TaxBefore = "tax_before": ["QNMJSS", "前年亩均税收"];
    /// Tax per mu of the last year, 10 000 yuan.
    TaxLast = "tax_last": ["SNMJSS", "上年亩均税收"];
    /// Tax on production of the last year.
    ProductionTax = "production_tax": ["SCXSS", "生产性税收"];
    /// Whether the enterprise is above scale (规上).
    AboveScale = "above_scale": ["SFGS", "是否规上", "是否规模以上"];
    /// State of production.
    Production = "production": ["SCZT", "生产状态", "生产状况"];
    /// Years without production.
    StoppedYears = "stopped_years": ["TCNX", "停产年限", "停产年数"];
    /// Found low by hand, or found not to be; empty = by the criteria.
    LowByHand = "low_by_hand": ["DXRD", "低强度认定"];
    /// Why it was found so.
    LowReason = "low_reason": ["DXRDYY", "低强度认定原因"];
    /// What the enterprise wants.
    Will = "will": ["QYYY", "企业意愿"];
    /// Whether its proposal conforms to the plan.
    Conforms = "conforms": ["FAFHKG", "方案是否符合控规"];
    /// End of the land-use right.
    TermEnd = "term_end": ["ZZRQ", "ZZSJ", "QLJSSJ", "终止日期", "使用权终止日期"];
    /// Use on the certificate.
    CertificateUse = "certificate_use": ["ZSYT", "PZYT", "证书用途", "批准用途"];
    /// Industry code (GB/T 4754).
    Industry = "industry": ["HYDM", "HYFLDM", "行业代码"];
    /// Annual rating.
    Rating = "rating": ["PJDJ", "评价等级"];
    /// Whether it is in bankruptcy.
    Bankrupt = "bankrupt": ["SFPC", "是否破产"];
    /// Production conditions: safety, environment, fire, energy.
    Conditions = "conditions": ["AQHB", "安全环保"];
    /// Whether it is left over from history.
    Legacy = "legacy": ["LSYL", "历史遗留", "是否历史遗留"];
    /// Forced clearance, decided by hand.
    ForceOut = "force_out": ["DBTC", "倒逼腾退"];
}

impl Field {
    /// Whether it is part of [`crate::facts::Record`].
    pub fn is_of_record(self) -> bool {
        self >= Field::AgreedFar
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_fields_of_a_patch_share_a_name() {
        let record = Field::ALL.into_iter().filter(|field| field.is_of_record());
        let others = Field::ALL.into_iter().filter(|field| !field.is_of_record());
        let taken: BTreeSet<&str> = others.flat_map(|field| field.aliases()).copied().collect();
        let mut seen = BTreeSet::new();
        for alias in record.flat_map(|field| field.aliases()) {
            assert!(seen.insert(*alias) && !taken.contains(alias), "{alias}");
        }
        assert_eq!(Field::ALL.into_iter().filter(|field| field.is_of_record()).count(), 30);
    }
}
