//! What is recorded about an industrial patch: the inputs of every analysis of the plan, chosen so
//! that a patch is of the class it was drawn for and of no other.
//!
//! Dates are told against the reference date of the demo city, 2024-12-31 ([`REFERENCE_DATE`]).

use super::patches::Patch;
use super::random::Random;
use super::targets::{Conflict, is_low};
use crate::feature::{Value, ValueKind};

/// The day on which the demo city's data were closed: idle time is counted up to it.
pub(super) const REFERENCE_DATE: &str = "2024-12-31";

/// Columns of an industrial patch: name, type, meaning.
pub(super) const COLUMNS: [(&str, ValueKind, &str); 34] = [
    ("SFCR", ValueKind::Bool, "是否已出让"),
    ("ZDMJ", ValueKind::Real, "宗地面积，平方米，高斯-克吕格 3 度带平面面积"),
    ("ZJZMJ", ValueKind::Real, "合法总建筑面积，平方米；容积率 = ZJZMJ / ZDMJ"),
    ("JZZDMJ", ValueKind::Real, "建筑占地面积，平方米；建筑密度 = JZZDMJ / JSYDMJ"),
    ("JSYDMJ", ValueKind::Real, "规划建设用地面积，平方米"),
    ("YDRJL", ValueKind::Real, "出让合同约定容积率下限"),
    ("YDKGRQ", ValueKind::Text, "约定动工日期"),
    ("YDJGRQ", ValueKind::Text, "约定竣工日期"),
    ("SFDG", ValueKind::Bool, "是否已动工开发"),
    ("SJKGRQ", ValueKind::Text, "实际动工日期"),
    ("ZTRQ", ValueKind::Text, "中止开发建设日期，至今未复工"),
    ("YDKFMJ", ValueKind::Real, "应动工开发建设用地面积，平方米"),
    ("YKFMJ", ValueKind::Real, "已动工开发建设用地面积，平方米"),
    ("ZTZE", ValueKind::Real, "总投资额，万元"),
    ("YTZE", ValueKind::Real, "已投资额，万元"),
    ("XZYY", ValueKind::Text, "未动工或中止开发的原因：政府原因、企业原因、其他"),
    ("MJSS2023", ValueKind::Real, "2023 年亩均税收，万元/亩"),
    ("MJSS2024", ValueKind::Real, "2024 年亩均税收，万元/亩"),
    ("SCSS2024", ValueKind::Real, "2024 年生产性税收，万元"),
    ("SFGS", ValueKind::Bool, "是否规模以上工业企业"),
    ("SCZT", ValueKind::Text, "生产状态：正常、转产、自营并出租、出租、停产、在建、未建"),
    ("TCNX", ValueKind::Int, "连续停产年数"),
    ("DXRD", ValueKind::Bool, "低强度人工认定，优先于指标判定；空 = 按指标"),
    ("DXRDYY", ValueKind::Text, "低强度人工认定的理由"),
    ("QYYY", ValueKind::Text, "企业意愿：续用、无意愿、退出、未知"),
    ("FAFHKG", ValueKind::Bool, "改造方案是否符合控规"),
    ("ZZRQ", ValueKind::Text, "土地使用权终止日期"),
    ("ZSYT", ValueKind::Text, "不动产权证书登记用途代码（用地用海分类）"),
    ("HYDM", ValueKind::Text, "国民经济行业代码（GB/T 4754-2017）"),
    ("HYMC", ValueKind::Text, "国民经济行业名称"),
    ("PJDJ", ValueKind::Text, "亩均效益评价等级 A–D"),
    ("SFPC", ValueKind::Bool, "是否进入破产程序"),
    ("AQHB", ValueKind::Text, "安全、环保、消防、节能状况：达标、整改中、整改不达标"),
    ("LSYL", ValueKind::Bool, "是否历史遗留用地"),
];

/// Floor area ratio and density inside the intervals of the patch's cell, never near their ends,
/// and the ratio no smaller than the density unless nothing there is legal.
fn ratios(patch: &Patch, random: &mut Random) -> (f64, f64) {
    let (low, high): (f64, f64) = match patch.cell.1 {
        1 => return (0.0, 0.0),
        2 => (0.035, 0.182),
        3 => (0.215, 0.385),
        4 => (0.415, 0.585),
        _ => (0.615, 0.79),
    };
    let (far_low, far_high): (f64, f64) = match patch.cell.0 {
        1 => return (0.0, random.between(low, high)),
        2 => (0.05, 0.285),
        3 => (0.315, 0.585),
        4 => (0.62, 0.97),
        _ => (1.04, 1.9),
    };
    let density = random.between(low, high.min(far_high - 0.02));
    (random.between(far_low.max(density + 0.005), far_high), density)
}

const INDUSTRIES: [(&str, &str); 12] = [
    ("1352", "禽畜肉制品加工"),
    ("1353", "肉制品及副产品加工"),
    ("1440", "乳制品制造"),
    ("1711", "棉、毛纺织及绒毛加工"),
    ("3021", "水泥制品制造"),
    ("3024", "轻质建筑材料制造"),
    ("3032", "建筑用石加工"),
    ("3312", "金属门窗制造"),
    ("3311", "金属结构制造"),
    ("1329", "其他饲料加工"),
    ("3099", "其他非金属矿物制品制造"),
    ("3572", "机械化农业及园艺机具制造"),
];

fn date(year: usize, random: &mut Random) -> Value {
    format!("{year}-{:02}-{:02}", 1 + random.below(12), 1 + random.below(28)).into()
}

/// The values of [`COLUMNS`] for a patch, given its planar registered area in square metres.
pub(super) fn of(patch: &Patch, site_area: f64, random: &mut Random) -> Vec<Value> {
    let cents = |value: f64| Value::Real((value * 100.0).round() / 100.0);
    let (far, density) = ratios(patch, random);
    let build_land = site_area * random.between(0.9, 1.0);
    let low = is_low(patch.cell) && !patch.not_low;
    let empty = patch.cell == (1, 1);
    // A plot that is empty and yet not idle is still within its time to start.
    let waiting = empty && !patch.idle;
    let suspended = patch.idle && !empty;

    let agreed = if waiting {
        2025
    } else if empty {
        2019 + random.below(5)
    } else {
        2003 + random.below(15)
    };
    let invested = random.between(800.0, 9_000.0) * site_area / 10_000.0;
    let developed = if suspended { random.between(0.08, 0.3) } else { random.between(0.7, 1.0) };
    let spent = if suspended { random.between(0.05, 0.22) } else { random.between(0.8, 1.0) };
    let cause = random.weighted(&[("企业原因", 5.0), ("政府原因", 4.0), ("其他", 1.0)]);

    let poor = low && random.chance(0.45);
    let tax = |poor: bool, random: &mut Random| {
        if poor { random.between(0.2, 3.0) } else { random.between(8.0, 14.0) }
    };
    let (tax_2023, tax_2024) = (tax(poor, random), tax(poor, random));
    let state = if empty {
        "未建"
    } else if suspended {
        "在建"
    } else if low {
        random.weighted(&[("正常", 40.0), ("出租", 25.0), ("停产", 20.0), ("自营并出租", 10.0), ("转产", 5.0)])
    } else {
        random.weighted(&[("正常", 70.0), ("出租", 12.0), ("自营并出租", 12.0), ("转产", 6.0)])
    };
    let idle_years = if state == "停产" { 2 + random.below(4) as i64 } else { 0 };
    let stopped = empty || suspended || state == "停产";
    let taxed = |value: f64| if stopped { Value::Real(0.0) } else { cents(value) };
    let will = match patch.fate.conflict() {
        Conflict::None => random.weighted(&[("续用", 70.0), ("退出", 6.0), ("无意愿", 8.0), ("未知", 16.0)]),
        _ => random.weighted(&[("续用", 40.0), ("退出", 22.0), ("无意愿", 16.0), ("未知", 22.0)]),
    };
    let industry = random.pick(&INDUSTRIES);
    let started = !(empty && (patch.idle || waiting));
    vec![
        patch.granted.into(),
        cents(site_area),
        cents(far * site_area),
        cents(density * build_land),
        cents(build_land),
        // Agreed intensity is met by all who are not low for another reason already.
        Value::Real(if low { 0.6 } else { (far * 0.8 * 10.0).floor() / 10.0 }),
        date(agreed, random),
        date(agreed + 2, random),
        started.into(),
        if started { date(agreed, random) } else { Value::Null },
        if suspended { date(2021 + random.below(2), random) } else { Value::Null },
        cents(build_land),
        if started { cents(build_land * developed) } else { Value::Real(0.0) },
        cents(invested),
        if started { cents(invested * spent) } else { Value::Real(0.0) },
        if patch.idle { cause.into() } else { Value::Null },
        taxed(tax_2023),
        taxed(tax_2024),
        taxed(tax_2024 * site_area * 0.0015),
        (!stopped && random.chance(0.12)).into(),
        state.into(),
        Value::Int(idle_years),
        if patch.not_low { false.into() } else { Value::Null },
        if patch.not_low {
            "已列入在建项目库，2025 年动工，不计入低强度用地".into()
        } else {
            Value::Null
        },
        will.into(),
        if will == "续用" { random.chance(0.6).into() } else { Value::Null },
        date(2035 + random.below(30), random),
        random.pick(&["100102", "100102", "100101", "100103"]).into(),
        industry.0.into(),
        industry.1.into(),
        if low { random.pick(&["B", "C", "C", "D"]) } else { random.pick(&["A", "B", "B", "C"]) }.into(),
        (low && random.chance(0.04)).into(),
        random.weighted(&[("达标", 90.0), ("整改中", 7.0), ("整改不达标", 3.0)]).into(),
        random.chance(0.05).into(),
    ]
}
