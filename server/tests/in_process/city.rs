//! A city small enough to count by hand: four squares of land of a thousandth of a degree.

use std::fs;
use std::path::{Path, PathBuf};

use geo::{Geometry, Rect, coord, polygon};
use layers::gpkg::{TableSpec, WriteError, Writer};
use layers::{GeometryKind, Value, ValueKind};
use server::build::{Options, Store, Watch, build};
use server::config::Config;
use server::generation::Generation;
use server::project::Project;

use ValueKind::{Int, Real, Text};

/// The south-west corner of the city.
pub(crate) const WEST: f64 = 116.08;
/// See [`WEST`].
pub(crate) const SOUTH: f64 = 43.94;
const SIDE: f64 = 0.001;

/// A city in a temporary folder.
pub(crate) struct City {
    pub(crate) folder: tempfile::TempDir,
}

/// A build that nobody watches.
pub(crate) struct Unwatched;

impl Watch for Unwatched {
    fn stage(&self, _name: &str) {}
    fn tiles(&self, _done: u64, _expected: u64) {}
}

const CONFIG: &str = r#"
[project]
name = "小城"
attribution = "nobody"

[[layers]]
id = "parcels"
role = "parcels"
file = "land.gpkg"
table = "宗地"
codes = "ydyh2023"
fields = { key = "BSM", name = "MC", use = "DLBM", far = "RJL", density = "JZMD" }

[[layers]]
id = "plan"
role = "zoning"
file = "land.gpkg"
table = "控规"
codes = "ydyh2023"
fields = { plan_code = "YDXZDM" }

[[layers]]
id = "园区"
role = "parks"
file = "land.gpkg"
table = "园区"

[[layers]]
id = "树木"
file = "trees.gpkg"
"#;

impl City {
    /// Three industrial parcels and a house; the plan wants the second parcel for a school.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let city = Self { folder };
        city.write().expect("a city can be written");
        fs::write(city.path("tuban.toml"), CONFIG).expect("a configuration can be written");
        city
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn project(&self) -> Project {
        let config = Config::load(self.folder.path()).expect("the configuration is right");
        Project::from_config(&config).expect("its tables are there")
    }

    pub(crate) fn store(&self) -> Store {
        Store::at(self.path("generations"))
    }

    /// The city built and opened.
    pub(crate) fn opened(&self) -> Generation {
        let built =
            build(&self.project(), &self.store(), Options::default(), &Unwatched).expect("the city can be built");
        Generation::open(&self.store(), &built.id).expect("what was built can be opened")
    }

    /// Only the files, without configuration, built and opened.
    pub(crate) fn files_opened(&self, files: &[&str]) -> Generation {
        let files: Vec<PathBuf> = files.iter().map(|file| self.path(file)).collect();
        let project = Project::from_files(&files).expect("the files can be opened");
        let built = build(&project, &self.store(), Options::default(), &Unwatched).expect("the files can be built");
        Generation::open(&self.store(), &built.id).expect("what was built can be opened")
    }

    fn write(&self) -> Result<(), WriteError> {
        let mut land = Writer::create(&self.path("land.gpkg"))?;
        let columns = [("BSM", Text), ("MC", Text), ("DLBM", Text), ("RJL", Real), ("JZMD", Real)];
        let parcel = |key: &str, name: &str, code: &str, far: Option<f64>, density: Option<f64>| -> Vec<Value> {
            vec![key.into(), name.into(), code.into(), far.into(), density.into()]
        };
        table(
            &mut land,
            "宗地",
            GeometryKind::Polygon,
            &columns,
            &[
                (square(0, 0), parcel("ZD/01", "一号", "1001", Some(0.2), Some(0.1))),
                (square(1, 0), parcel("ZD02", "二号", "1001", Some(1.2), Some(0.5))),
                (square(2, 0), parcel("ZD03", "三号", "1001", None, None)),
                (square(3, 0), parcel("ZD04", "住宅", "0701", Some(2.0), Some(0.3))),
            ],
        )?;
        let plan = |code: &str| -> Vec<Value> { vec![code.into()] };
        let plan_rows = [(square(0, 0), plan("1001")), (square(1, 0), plan("0804")), (square(2, 0), plan("1001"))];
        table(&mut land, "控规", GeometryKind::Polygon, &[("YDXZDM", Text)], &plan_rows)?;
        let park = vec!["SME".into(), "中小企业园".into()];
        let parks = [(square(0, 0), park)];
        table(&mut land, "园区", GeometryKind::Polygon, &[("BSM", Text), ("MC", Text)], &parks)?;
        land.finish()?;

        let mut trees = Writer::create(&self.path("trees.gpkg"))?;
        let tree = |x: f64, id: i64, kind: &str| {
            (Geometry::Point(geo::Point::new(WEST + x, SOUTH + 0.0005)), vec![Value::Int(id), kind.into()])
        };
        // A column called `id` is common, and our own tables have one.
        let rows = [tree(0.0005, 700, "杨"), tree(0.0015, 701, "柳")];
        table(&mut trees, "树", GeometryKind::Point, &[("id", Int), ("种类", Text)], &rows)?;
        trees.finish()
    }
}

/// The square in that column and row of the city.
pub(crate) fn square(column: u32, row: u32) -> Geometry<f64> {
    let (x, y) = (WEST + f64::from(column) * SIDE, SOUTH + f64::from(row) * SIDE);
    Rect::new(coord! { x: x, y: y }, coord! { x: x + SIDE, y: y + SIDE }).to_polygon().into()
}

/// A square that nobody can draw: its ring crosses itself.
pub(crate) fn bow_tie() -> Geometry<f64> {
    polygon![(x: WEST, y: SOUTH), (x: WEST + SIDE, y: SOUTH + SIDE), (x: WEST + SIDE, y: SOUTH), (x: WEST, y: SOUTH + SIDE)]
        .into()
}

pub(crate) fn table(
    writer: &mut Writer,
    name: &str,
    geometry: GeometryKind,
    columns: &[(&str, ValueKind)],
    rows: &[(Geometry<f64>, Vec<Value>)],
) -> Result<(), WriteError> {
    let spec = TableSpec { name, identifier: name, description: "", geometry, epsg: 4326, columns };
    writer.table(&spec, rows.iter().map(|(geometry, values)| (geometry, values.as_slice())))
}

/// A GeoPackage with one table of polygons in that folder.
pub(crate) fn one_table(
    folder: &Path,
    file: &str,
    name: &str,
    columns: &[(&str, ValueKind)],
    rows: &[(Geometry<f64>, Vec<Value>)],
) -> PathBuf {
    let path = folder.join(file);
    let write = || {
        let mut writer = Writer::create(&path)?;
        table(&mut writer, name, GeometryKind::Polygon, columns, rows)?;
        writer.finish()
    };
    write().expect("a GeoPackage can be written");
    path
}
