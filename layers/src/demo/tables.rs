//! The city as feature tables of three GeoPackages.

use std::path::Path;

use geo::{Coord, Geometry, LineString, MultiPolygon, Polygon};

use super::attributes::{self, REFERENCE_DATE};
use super::city::{City, Kind};
use super::ground::{EPSG, Ground, true_area};
use super::names;
use super::quad::{Ring, distance, signed_area};
use super::random::Random;
use super::weld::between;
use crate::feature::{Value, ValueKind};
use crate::gpkg::{TableSpec, WriteError, Writer};
use crate::schema::GeometryKind;

use ValueKind::{Bool, Real, Text};

pub(super) const CITY_FILE: &str = "xilinhot-demo.gpkg";
pub(super) const PLAN_FILE: &str = "plan.gpkg";
pub(super) const APPROVALS_FILE: &str = "approvals.gpkg";

/// What every table says about itself.
pub(super) const NOTE: &str = "演示数据：图形与名称均为虚构，仅总量与已公布的专项规划一致";

type Rows = Vec<(Geometry<f64>, Vec<Value>)>;

/// The city on the ground, about to be written.
pub(super) struct Tables<'a> {
    city: &'a City,
    ground: Ground,
}

/// A table's name, title, columns and rows.
struct Table<'a> {
    name: &'a str,
    title: &'a str,
    geometry: GeometryKind,
    columns: Vec<(&'a str, ValueKind)>,
    rows: Rows,
}

impl<'a> Tables<'a> {
    pub(super) fn new(city: &'a City) -> Result<Self, WriteError> {
        let ground = Ground::new().map_err(|_| WriteError::UnknownCrs { epsg: EPSG })?;
        Ok(Self { city, ground })
    }

    pub(super) fn write(&self, folder: &Path) -> Result<(), WriteError> {
        let mut writer = Writer::create(&folder.join(CITY_FILE))?;
        for table in [self.current()?, self.roads()?, self.water()?] {
            table.write(&mut writer)?;
        }
        let columns = [("ZDMC", Text), ("ZDSM", Text)];
        let meanings = attributes::COLUMNS.iter().map(|(name, _, meaning)| [Value::from(*name), (*meaning).into()]);
        let reference = [Value::from("（基准日）"), format!("数据截止 {REFERENCE_DATE}，闲置时间计算到该日").into()];
        let rows: Vec<[Value; 2]> = meanings.chain([reference]).collect();
        writer.attributes_table("字段说明", "现状图斑字段说明", &columns, rows.iter().map(|row| row.as_slice()))?;
        writer.finish()?;

        let mut writer = Writer::create(&folder.join(PLAN_FILE))?;
        for table in self.plan()? {
            table.write(&mut writer)?;
        }
        writer.finish()?;

        let mut writer = Writer::create(&folder.join(APPROVALS_FILE))?;
        self.approvals()?.write(&mut writer)?;
        writer.finish()
    }

    fn place(&self, flat: Coord<f64>) -> Result<Coord<f64>, WriteError> {
        self.ground.place(flat).map_err(|_| WriteError::UnknownCrs { epsg: EPSG })
    }

    /// A polygon on the ground: exterior counter-clockwise, holes clockwise.
    fn polygon(&self, rings: &[Ring]) -> Result<Polygon<f64>, WriteError> {
        let mut lines = Vec::new();
        for (number, ring) in rings.iter().enumerate() {
            let mut points = ring.iter().map(|&point| self.place(point)).collect::<Result<Vec<_>, _>>()?;
            points.dedup();
            if (signed_area(&points) > 0.0) != (number == 0) {
                points.reverse();
            }
            lines.push(LineString::new(points));
        }
        let exterior = lines.remove(0);
        Ok(Polygon::new(exterior, lines))
    }

    fn shape(&self, rings: &[Ring]) -> Result<Geometry<f64>, WriteError> {
        Ok(MultiPolygon::from(self.polygon(rings)?).into())
    }

    /// The name of the street nearest to a point of the flat city.
    fn street_near(&self, point: Coord<f64>) -> String {
        let along = |a: Coord<f64>, b: Coord<f64>| {
            let (ab, ap) = (b - a, point - a);
            let t = ((ap.x * ab.x + ap.y * ab.y) / (ab.x * ab.x + ab.y * ab.y)).clamp(0.0, 1.0);
            distance(point, a + ab * t)
        };
        let streets = self.city.streets.iter().enumerate().filter(|(_, street)| street.half_width > 8.0);
        let away = |line: &Ring| line.windows(2).map(|pair| along(pair[0], pair[1])).fold(f64::INFINITY, f64::min);
        let nearest = streets.min_by(|(_, a), (_, b)| away(&a.line).total_cmp(&away(&b.line)));
        nearest.map(|(number, _)| self.street_name(number)).unwrap_or_default()
    }

    fn street_name(&self, number: usize) -> String {
        let street = &self.city.streets[number];
        let (a, b) = (street.line[0], street.line[1]);
        names::street(number, street.half_width, (b.y - a.y).abs() > (b.x - a.x).abs())
    }

    fn current(&self) -> Result<Table<'a>, WriteError> {
        let mut columns =
            vec![("BSM", Text), ("TBBH", Text), ("DLBM", Text), ("DLMC", Text), ("TBMJ", Real), ("ZL", Text)];
        columns.extend(attributes::COLUMNS.iter().map(|(name, kind, _)| (*name, *kind)));
        let random = &mut Random::new(7);
        let mut rows = Rows::new();
        for (number, current) in (1..).zip(&self.city.current) {
            let shape = self.polygon(&current.rings)?;
            let site_area = signed_area(&shape.exterior().0);
            let code = match current.kind {
                Kind::Industrial(patch) => match self.city.patches[patch].cell.0 {
                    2 => "100103",
                    5 => "100101",
                    _ => "100102",
                },
                Kind::Other(code) => code,
            };
            let name = names::land_use(code);
            let area = square_metres(&current.rings);
            let place = match current.kind {
                Kind::Industrial(_) => format!("{}旁", self.street_near(current.rings[0][0])).into(),
                Kind::Other(_) => Value::Null,
            };
            let mut values = vec![
                format!("152502001{number:09}").into(),
                format!("{number:05}").into(),
                code.into(),
                name.into(),
                area,
                place,
            ];
            match current.kind {
                Kind::Industrial(patch) => {
                    values.extend(attributes::of(&self.city.patches[patch], site_area, random));
                }
                Kind::Other(_) => values.extend(attributes::COLUMNS.map(|_| Value::Null)),
            }
            rows.push((MultiPolygon::from(shape).into(), values));
        }
        Ok(Table {
            name: "现状图斑", title: "现状土地利用图斑", geometry: GeometryKind::Polygon, columns, rows
        })
    }

    fn roads(&self) -> Result<Table<'a>, WriteError> {
        let columns = vec![("BSM", Text), ("DLMC", Text), ("DLDJ", Text), ("HXKD", Real)];
        let mut rows = Rows::new();
        for (number, street) in self.city.streets.iter().enumerate() {
            let mut line = vec![self.place(street.line[0])?];
            for pair in street.line.windows(2) {
                for point in between(pair[0], pair[1]).into_iter().chain([pair[1]]) {
                    line.push(self.place(point)?);
                }
            }
            let rank = match street.half_width {
                w if w > 20.0 => "主干路",
                w if w > 10.0 => "次干路",
                _ => "支路",
            };
            let values = vec![
                format!("DL{:04}", number + 1).into(),
                self.street_name(number).into(),
                rank.into(),
                Value::Real(street.half_width * 2.0),
            ];
            rows.push((LineString::new(line).into(), values));
        }
        Ok(Table { name: "道路", title: "道路中心线", geometry: GeometryKind::Line, columns, rows })
    }

    fn water(&self) -> Result<Table<'a>, WriteError> {
        let columns = vec![("BSM", Text), ("MC", Text)];
        let mut rows = Rows::new();
        for (number, ring) in (1..).zip(&self.city.water) {
            let values = vec![format!("SX{number:03}").into(), "银练河".into()];
            rows.push((self.shape(std::slice::from_ref(ring))?, values));
        }
        Ok(Table { name: "水系", title: "河流水面", geometry: GeometryKind::Polygon, columns, rows })
    }

    fn plan(&self) -> Result<Vec<Table<'a>>, WriteError> {
        let city = self.city;
        let one = |ring: &Ring| self.shape(std::slice::from_ref(ring));
        let named = |name, title, rows| Table {
            name,
            title,
            geometry: GeometryKind::Polygon,
            columns: vec![("BSM", Text), ("MC", Text)],
            rows,
        };
        let row = |key: &str, name: &str, ring: &Ring| -> Result<_, WriteError> {
            Ok((one(ring)?, vec![key.into(), name.into()]))
        };
        let parks = [("SME", "中小企业园"), ("WOOL", "建材绒毛园")];
        let parks = parks.iter().zip(&city.parks).map(|((key, name), ring)| row(key, name, ring));
        let line = ["中小企业片区", "建材绒毛片区", "装备制造片区", "产业拓展片区"];
        let line = (1..).zip(line.iter().zip(&city.control_line));
        let line =
            line.map(|(number, (name, ring))| row(&format!("KZX{number}"), &format!("工业用地控制线（{name}）"), ring));
        let mut tables = vec![
            self.zoning()?,
            named("工业用地控制线", "工业用地控制线", line.collect::<Result<_, _>>()?),
            named("园区", "工业园区范围", parks.collect::<Result<_, _>>()?),
            named("转型区", "工业转型区", vec![row("ZXQ", "新区北部转型区", &city.transformation)?]),
            named("规划范围", "中心城区规划范围", vec![row("FW", "中心城区", &city.scope)?]),
        ];
        let mut renewal = Rows::new();
        for (number, ring) in (1..).zip(&city.renewal) {
            let values =
                [format!("GX{number:02}"), format!("第{number}更新片区"), "列入计划".into(), "2025-2029".into()];
            renewal.push((one(ring)?, values.map(Value::from).to_vec()));
        }
        tables.push(Table {
            columns: vec![("BSM", Text), ("MC", Text), ("JHZT", Text), ("SSND", Text)],
            ..named("五年行动计划", "城市更新五年行动计划", renewal)
        });
        Ok(tables)
    }

    fn zoning(&self) -> Result<Table<'a>, WriteError> {
        let columns = vec![
            ("DKBH", Text),
            ("YDXZDM", Text),
            ("YDXZMC", Text),
            ("YDMJ", Real),
            ("SFQZXNR", Bool),
            ("RJLSX", Real),
            ("JZMDSX", Real),
            ("LDLXX", Real),
            ("JZXG", Real),
        ];
        let mut rows = Rows::new();
        for (number, plot) in (1..).zip(&self.city.zoning) {
            let (far, density, green, height) = limits(plot.code);
            let values = vec![
                format!("XL-{number:04}").into(),
                plot.code.into(),
                names::land_use(plot.code).into(),
                square_metres(&plot.rings),
                plot.mandatory.into(),
                far.into(),
                density.into(),
                green.into(),
                height.into(),
            ];
            rows.push((self.shape(&plot.rings)?, values));
        }
        Ok(Table {
            name: "控规地块", title: "控制性详细规划地块", geometry: GeometryKind::Polygon, columns, rows
        })
    }

    fn approvals(&self) -> Result<Table<'a>, WriteError> {
        let columns = vec![("DZJGH", Text), ("BSM", Text), ("GDFS", Text), ("GDMJ", Real), ("PZRQ", Text)];
        let random = &mut Random::new(11);
        let mut rows = Rows::new();
        for (number, (patch, ring)) in (1..).zip(&self.city.approvals) {
            let granted = self.city.patches[*patch].granted;
            let year = 2000 + random.below(22);
            let date = format!("{year}-{:02}-{:02}", 1 + random.below(12), 1 + random.below(28));
            let values = vec![
                format!("1525022{year}B{number:05}").into(),
                format!("152502001{:09}", patch + 1).into(),
                if granted { "出让" } else { "划拨" }.into(),
                square_metres(std::slice::from_ref(ring)),
                date.into(),
            ];
            rows.push((self.shape(std::slice::from_ref(ring))?, values));
        }
        Ok(Table { name: "审批信息", title: "用地审批信息", geometry: GeometryKind::Polygon, columns, rows })
    }
}

impl Table<'_> {
    fn write(&self, writer: &mut Writer) -> Result<(), WriteError> {
        let spec = TableSpec {
            name: self.name,
            identifier: &format!("{}（演示，图形与名称虚构）", self.title),
            description: NOTE,
            geometry: self.geometry,
            epsg: EPSG,
            columns: &self.columns,
        };
        writer.table(&spec, self.rows.iter().map(|(geometry, values)| (geometry, values.as_slice())))
    }
}

/// The recorded area: on the ellipsoid, to a hundredth of a square metre.
fn square_metres(rings: &[Ring]) -> Value {
    Value::Real((true_area(rings) * 100.0).round() / 100.0)
}

/// Upper floor area ratio and density, lower green ratio, upper height (m) that the plan sets.
fn limits(code: &str) -> (Option<f64>, Option<f64>, Option<f64>, Option<f64>) {
    match &code[..2] {
        "07" => (Some(1.8), Some(0.28), Some(0.35), Some(54.0)),
        "08" => (Some(1.2), Some(0.3), Some(0.35), Some(24.0)),
        "09" => (Some(2.0), Some(0.45), Some(0.2), Some(60.0)),
        "10" => (Some(1.5), Some(0.6), Some(0.15), Some(24.0)),
        "11" | "13" => (Some(1.0), Some(0.5), Some(0.2), Some(18.0)),
        _ => (None, None, None, None),
    }
}
