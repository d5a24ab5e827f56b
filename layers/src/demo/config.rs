//! The demo city's `tuban.toml`, and the same as [`LayerSpec`]s.

use std::path::Path;

use super::attributes::REFERENCE_DATE;
use super::tables::{APPROVALS_FILE, CITY_FILE, PLAN_FILE};
use crate::codes::land_use::CodeSystem;
use crate::feature::SourceTable;
use crate::project::{
    AreaMethod, AreaUnit, Field, LayerSpec, NoBuilding, RepeatedKeys, Role, Settings, ShareUnit, Subject,
};
use crate::rules::RuleSet;

/// The name of the project file.
pub(super) const FILE: &str = "tuban.toml";

/// One layer as the project file states it.
struct Entry {
    remark: &'static str,
    id: &'static str,
    role: Role,
    file: &'static str,
    table: &'static str,
    has_codes: bool,
    fields: &'static [(Field, &'static str)],
}

const NAMED: &[(Field, &str)] = &[(Field::Key, "BSM"), (Field::Name, "MC")];

const LAYERS: [Entry; 10] = [
    Entry {
        remark: "现状图斑：DLBM 为 1001* 的是工业图斑，其余为周边用地",
        id: "parcels",
        role: Role::Parcels,
        file: CITY_FILE,
        table: "现状图斑",
        has_codes: true,
        fields: &[
            (Field::Key, "BSM"),
            (Field::Name, "ZL"),
            (Field::Use, "DLBM"),
            (Field::Area, "TBMJ"),
            (Field::SiteArea, "ZDMJ"),
            (Field::FloorArea, "ZJZMJ"),
            (Field::Footprint, "JZZDMJ"),
            (Field::BuildLand, "JSYDMJ"),
            (Field::Granted, "SFCR"),
            (Field::AgreedFar, "YDRJL"),
            (Field::AgreedStart, "YDKGRQ"),
            (Field::AgreedFinish, "YDJGRQ"),
            (Field::Started, "SFDG"),
            (Field::ActualStart, "SJKGRQ"),
            (Field::SuspendedSince, "ZTRQ"),
            (Field::DueArea, "YDKFMJ"),
            (Field::DevelopedArea, "YKFMJ"),
            (Field::Investment, "ZTZE"),
            (Field::Invested, "YTZE"),
            (Field::Cause, "XZYY"),
            (Field::TaxBefore, "MJSS2023"),
            (Field::TaxLast, "MJSS2024"),
            (Field::ProductionTax, "SCSS2024"),
            (Field::AboveScale, "SFGS"),
            (Field::Production, "SCZT"),
            (Field::StoppedYears, "TCNX"),
            (Field::LowByHand, "DXRD"),
            (Field::LowReason, "DXRDYY"),
            (Field::Will, "QYYY"),
            (Field::Conforms, "FAFHKG"),
            (Field::TermEnd, "ZZRQ"),
            (Field::CertificateUse, "ZSYT"),
            (Field::Industry, "HYDM"),
            (Field::Rating, "PJDJ"),
            (Field::Bankrupt, "SFPC"),
            (Field::Conditions, "AQHB"),
            (Field::Legacy, "LSYL"),
        ],
    },
    Entry {
        remark: "控规地块：SFQZXNR 为空时按用地代码判定是否强制性内容",
        id: "zoning",
        role: Role::Zoning,
        file: PLAN_FILE,
        table: "控规地块",
        has_codes: true,
        fields: &[
            (Field::Key, "DKBH"),
            (Field::PlanCode, "YDXZDM"),
            (Field::PlanName, "YDXZMC"),
            (Field::Mandatory, "SFQZXNR"),
            (Field::Area, "YDMJ"),
            (Field::FarMax, "RJLSX"),
            (Field::DensityMax, "JZMDSX"),
            (Field::GreenMin, "LDLXX"),
            (Field::HeightMax, "JZXG"),
        ],
    },
    Entry {
        remark: "审批信息：一个图斑可有多块",
        id: "approvals",
        role: Role::Approvals,
        file: APPROVALS_FILE,
        table: "审批信息",
        has_codes: false,
        fields: &[(Field::Key, "DZJGH"), (Field::Parcel, "BSM")],
    },
    Entry {
        remark: "工业用地控制线",
        id: "control_line",
        role: Role::ControlLine,
        file: PLAN_FILE,
        table: "工业用地控制线",
        has_codes: false,
        fields: NAMED,
    },
    Entry {
        remark: "园区",
        id: "parks",
        role: Role::Parks,
        file: PLAN_FILE,
        table: "园区",
        has_codes: false,
        fields: NAMED,
    },
    Entry {
        remark: "城市更新五年行动计划",
        id: "renewal",
        role: Role::Renewal,
        file: PLAN_FILE,
        table: "五年行动计划",
        has_codes: false,
        fields: &[(Field::Key, "BSM"), (Field::Name, "MC"), (Field::Action, "JHZT")],
    },
    Entry {
        remark: "工业转型区",
        id: "transformation_area",
        role: Role::TransformationArea,
        file: PLAN_FILE,
        table: "转型区",
        has_codes: false,
        fields: NAMED,
    },
    Entry {
        remark: "道路中心线",
        id: "roads",
        role: Role::Roads,
        file: CITY_FILE,
        table: "道路",
        has_codes: false,
        fields: &[(Field::Key, "BSM"), (Field::Name, "DLMC")],
    },
    Entry {
        remark: "规划范围，62.32 平方千米",
        id: "scope",
        role: Role::Scope,
        file: PLAN_FILE,
        table: "规划范围",
        has_codes: false,
        fields: NAMED,
    },
    Entry {
        remark: "水系，仅显示",
        id: "water",
        role: Role::Plain,
        file: CITY_FILE,
        table: "水系",
        has_codes: false,
        fields: NAMED,
    },
];

/// The demo city's layers, with their files in `folder`.
pub(super) fn layers(folder: &Path) -> Vec<LayerSpec> {
    let spec = |entry: &Entry| LayerSpec {
        id: entry.id.to_owned(),
        role: entry.role,
        source: SourceTable { file: folder.join(entry.file), table: entry.table.to_owned() },
        fields: entry.fields.iter().map(|(field, column)| (*field, (*column).to_owned())).collect(),
        codes: entry.has_codes.then_some(CodeSystem::YdyhV2023),
        leading_zero: false,
        share_unit: ShareUnit::Fraction,
        area_unit: AreaUnit::M2,
        subject: Subject::ByCode,
        no_building: NoBuilding::Unknown,
        repeated_keys: RepeatedKeys::default(),
    };
    LAYERS.iter().map(spec).collect()
}

/// How the demo city is analysed.
pub(super) fn settings() -> Settings {
    Settings {
        area_method: AreaMethod::Ellipsoidal,
        agglomeration_parks: vec!["SME".to_owned()],
        reference_date: REFERENCE_DATE.parse().ok(),
        rules: RuleSet::default(),
    }
}

/// The text of the project file.
pub(super) fn text() -> String {
    let mut text = String::from(
        "# 图斑演示城市。图形与名称均为虚构，不含权利人信息；各项总量与已公布的
# 《锡林浩特市工业用地整治专项规划（2024-2035）》一致。
# Shapes and names are invented and nobody owns anything here; the totals follow the published plan.

[project]
name = \"锡林浩特（虚构演示） Demo city, invented\"
description = \"虚构的图形与名称，总量与已公布的工业用地整治专项规划一致；坐标系 EPSG:4548\"
attribution = \"Tuban 演示数据（虚构）\"

[analysis]
area_method = \"ellipsoidal\"         # 椭球面积 ellipsoidal | planar | field
agglomeration_parks = [\"SME\"]       # 与工业用地控制线一起构成工业聚集区的园区（规划 3.3.1）
reference_date = \"2024-12-31\"       # 数据截止日，闲置时间计算到该日

# 打印图幅（tuban map）标题中的地名
[sheet]
title = \"锡林浩特（虚构演示）\"
title_en = \"Demo city, invented\"
",
    );
    for entry in &LAYERS {
        text += &format!(
            "\n# {}\n[[layers]]\nid = \"{}\"\nrole = \"{}\"\nfile = \"{}\"\ntable = \"{}\"\n",
            entry.remark,
            entry.id,
            entry.role.name(),
            entry.file,
            entry.table
        );
        if entry.has_codes {
            text += "codes = \"ydyh2023\"                # 用地用海分类（2023 年 11 月）\n";
        }
        if entry.role == Role::Zoning {
            text += "share_unit = \"fraction\"            # 0.35 = 35 %\n";
        }
        if entry.fields.iter().any(|(field, _)| *field == Field::Area) {
            text += "area_unit = \"m2\"\n";
        }
        let fields = entry.fields.iter().map(|(field, column)| format!("{} = \"{column}\"", field.name()));
        if entry.role == Role::Parcels {
            let lines: Vec<String> = fields.map(|field| format!("fields.{field}\n")).collect();
            text += &lines.concat();
        } else {
            text += &format!("fields = {{ {} }}\n", fields.collect::<Vec<_>>().join(", "));
        }
    }
    text
}
