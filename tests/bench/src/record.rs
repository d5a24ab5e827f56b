//! What a parcel of the fabric records: the inputs of every analysis, from the seed and its place.

use layers::{Value, ValueKind};

use crate::fabric::{mix, share};

/// The day on which the data were closed.
pub const REFERENCE_DATE: &str = "2024-12-31";

use ValueKind::{Bool, Int, Real, Text};

/// The columns, by their standard names.
pub const COLUMNS: [(&str, ValueKind); 27] = [
    ("BSM", Text),
    ("DLBM", Text),
    ("SFCR", Bool),
    ("ZDMJ", Real),
    ("ZJZMJ", Real),
    ("JZZDMJ", Real),
    ("YDRJL", Real),
    ("YDKGRQ", Text),
    ("YDJGRQ", Text),
    ("SFDG", Bool),
    ("SJKGRQ", Text),
    ("ZTRQ", Text),
    ("YDKFMJ", Real),
    ("YKFMJ", Real),
    ("ZTZE", Real),
    ("YTZE", Real),
    ("XZYY", Text),
    ("QNMJSS", Real),
    ("SNMJSS", Real),
    ("SFGS", Bool),
    ("SCZT", Text),
    ("TCNX", Int),
    ("QYYY", Text),
    ("FAFHKG", Bool),
    ("ZZRQ", Text),
    ("ZSYT", Text),
    ("AQHB", Text),
];

/// The values of the parcel at a place, in the order of the columns.
pub fn of(seed: u64, place: usize) -> Vec<Value> {
    let dice = |salt: u64| mix(mix(seed ^ (0x7265_636f << 8) ^ salt) ^ place as u64);
    let part = |salt: u64| share(dice(salt));
    let is = |salt: u64, often: f64| part(salt) < often;
    let one_of = |salt: u64, words: &'static [&'static str]| words[(dice(salt) % words.len() as u64) as usize];
    let day = |salt: u64, year: u64| {
        let dice = dice(salt);
        format!("{}-{:02}-{:02}", year + dice % 7, dice / 7 % 12 + 1, dice / 84 % 28 + 1)
    };

    let site = 1000.0 + 6000.0 * part(1);
    let is_bare = is(2, 0.1);
    let density = if is_bare { 0.0 } else { 0.8 * part(3) };
    let far = density * (1.0 + 1.5 * part(4));
    let started = is(5, 0.85);
    let developed = if started { site * part(6) } else { 0.0 };
    let suspended = started && is(7, 0.1);
    let (tax, investment) = (20.0 * part(8), 500.0 + 3000.0 * part(9));
    let production: &[&str] =
        if is_bare { &["在建", "未建"] } else { &["正常", "正常", "转产", "出租", "停产"] };
    let production = one_of(10, production);
    vec![
        format!("P{place:07}").into(),
        "1001".into(),
        is(11, 0.8).into(),
        site.into(),
        (far * site).into(),
        (density * site).into(),
        (0.3 + part(12)).into(),
        day(13, 2010).into(),
        day(14, 2017).into(),
        started.into(),
        started.then(|| day(15, 2011)).into(),
        suspended.then(|| day(16, 2018)).into(),
        site.into(),
        developed.into(),
        investment.into(),
        (investment * part(17)).into(),
        (suspended || !started).then(|| one_of(18, &["政府原因", "企业原因", "其他"])).into(),
        tax.into(),
        (tax * (0.5 + part(19))).into(),
        is(20, 0.2).into(),
        production.into(),
        i64::from(production == "停产").into(),
        one_of(21, &["续用", "续用", "无意愿", "退出", "未知"]).into(),
        is(22, 0.5).into(),
        day(23, 2028).into(),
        "1001".into(),
        one_of(24, &["达标", "达标", "达标", "整改中", "整改不达标"]).into(),
    ]
}
