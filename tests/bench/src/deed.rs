//! What a cadastre records of a piece of land: fifteen columns of the kinds that real tables mix.

use layers::{Value, ValueKind};

use crate::cadastre::Land;
use crate::fabric::{mix, share};

use ValueKind::{Bool, Int, Real, Text};

/// The columns: key, name, use (code and word), district, areas, floor area ratio and density,
/// grade, state, storeys, dates, ownership.
pub const COLUMNS: [(&str, ValueKind); 15] = [
    ("BSM", Text),
    ("MC", Text),
    ("DLBM", Text),
    ("DLMC", Text),
    ("XZQDM", Text),
    ("ZDMJ", Real),
    ("JZMJ", Real),
    ("RJL", Real),
    ("JZMD", Real),
    ("QDDJ", Int),
    ("ZT", Int),
    ("CS", Int),
    ("PZRQ", Text),
    ("JGRQ", Text),
    ("SFGY", Bool),
];

/// Codes and words of TD/T 1055-2019 and the national land classification; the first is the street.
const USES: [(&str, &str); 10] = [
    ("1207", "城镇村道路用地"),
    ("070102", "二类城镇住宅用地"),
    ("070101", "一类城镇住宅用地"),
    ("100101", "一类工业用地"),
    ("100102", "二类工业用地"),
    ("110101", "一类物流仓储用地"),
    ("0901", "商业用地"),
    ("0801", "机关团体用地"),
    ("0804", "教育用地"),
    ("1401", "公园绿地"),
];
/// How often each use is met, in percent, in that order.
const SHARES: [u64; 9] = [34, 12, 16, 9, 6, 11, 4, 3, 5];

const FIRST: [&str; 12] =
    ["草原", "锡林", "华北", "蒙东", "鑫源", "宏达", "天和", "众诚", "北方", "金牧", "恒通", "阳光"];
const SECOND: [&str; 10] = ["建材", "绒毛", "食品", "机械", "物流", "化工", "能源", "置业", "商贸", "农牧"];
const THIRD: [&str; 4] = ["有限公司", "有限责任公司", "集团", "厂"];

/// The values of the `number`-th piece of land, in the order of the columns.
pub fn of(seed: u64, number: usize, district: usize, land: &Land) -> Vec<Value> {
    let dice = |salt: u64| mix(mix(seed ^ (0x6465_6564 << 8) ^ salt) ^ number as u64);
    let part = |salt: u64| share(dice(salt));
    let is = |salt: u64, often: f64| part(salt) < often;
    let date = |salt: u64, year: u64| {
        let dice = dice(salt);
        format!("{}-{:02}-{:02}", year + dice % 20, dice / 20 % 12 + 1, dice / 240 % 28 + 1)
    };
    let rounded = |number: f64, places: f64| (number * places).round() / places;

    let key = format!("150502{number:09}");
    let place = format!("150502{:03}", district / 16 % 1000);
    let area = rounded(land.area, 100.0);
    if land.is_street {
        let (code, word) = USES[0];
        let mut values = vec![key.into(), format!("{}号道路", district + 1).into(), code.into(), word.into()];
        values.extend([Value::from(place), area.into()]);
        values.extend(std::iter::repeat_n(Value::Null, 4));
        values.push(1.into());
        values.extend(std::iter::repeat_n(Value::Null, 3));
        values.push(true.into());
        return values;
    }

    let (code, word) = USES[1 + chosen(dice(1) % 100)];
    let word_of = |salt: u64, words: &[&'static str]| words[(dice(salt) % words.len() as u64) as usize];
    let named = is(2, 0.55);
    let name = format!("{}{}{}", word_of(3, &FIRST), word_of(4, &SECOND), word_of(5, &THIRD));
    let is_built = is(6, 0.85);
    let density = if is_built { rounded(0.1 + 0.6 * part(7), 1000.0) } else { 0.0 };
    let storeys = if is_built { 1 + (5.0 * part(8) * part(9)) as i64 } else { 0 };
    let far = rounded(density * storeys as f64, 100.0);
    let grade = 1 + (5.0 * part(10)) as i64;
    let state = [1, 1, 1, 1, 2, 2, 3, 4][(dice(11) % 8) as usize];
    vec![
        key.into(),
        named.then_some(name).into(),
        code.into(),
        word.into(),
        place.into(),
        area.into(),
        rounded(far * area, 100.0).into(),
        far.into(),
        density.into(),
        is_built.then_some(grade).into(),
        i64::from(state).into(),
        is_built.then_some(storeys).into(),
        date(12, 1998).into(),
        is(13, 0.7).then(|| date(14, 2003)).into(),
        is(15, 0.35).into(),
    ]
}

/// Which use a die of a hundred faces means.
fn chosen(face: u64) -> usize {
    let upto = SHARES.iter().scan(0, |sum, share| {
        *sum += share;
        Some(*sum)
    });
    upto.take_while(|upto| *upto <= face).count().min(SHARES.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cadastre::Cadastre;

    #[test]
    fn every_value_is_of_its_column_and_some_are_missing() {
        let lands = Cadastre::of(2_000, 1).district(0, 0);
        let rows: Vec<Vec<Value>> = lands.iter().enumerate().map(|(at, land)| of(1, at, 0, land)).collect();
        for (column, (name, kind)) in COLUMNS.iter().enumerate() {
            let is_kind = |value: &Value| {
                matches!(
                    (value, kind),
                    (Value::Null, _)
                        | (Value::Text(_), Text)
                        | (Value::Real(_), Real)
                        | (Value::Int(_), Int)
                        | (Value::Bool(_), Bool)
                )
            };
            assert!(rows.iter().all(|row| row.len() == COLUMNS.len() && is_kind(&row[column])), "{name}");
            assert!(rows.iter().any(|row| row[column] != Value::Null), "{name}");
        }
        let missing = rows.iter().flatten().filter(|value| **value == Value::Null).count();
        assert!(missing > rows.len() / 2, "{missing}");
    }

    #[test]
    fn shares_are_those_of_the_table() {
        assert_eq!(SHARES.iter().sum::<u64>(), 100);
        let met = |wanted: usize| (0..100).filter(|face| chosen(*face) == wanted).count() as u64;
        assert_eq!((0..SHARES.len()).map(met).collect::<Vec<_>>(), SHARES);
    }
}
