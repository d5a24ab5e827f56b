//! Fabrics as GeoPackages in their own plane, for us and for others.

use std::path::Path;

use anyhow::{Context, Result};
use geo::{Geometry, MultiPolygon};
use geozero::ToGeo;
use geozero::wkb::GpkgWkb;
use layers::gpkg::{TableSpec, Writer};
use layers::{GeometryKind, Value, ValueKind};
use rayon::prelude::*;
use rusqlite::{Connection, OpenFlags};

use crate::cadastre::{self, Cadastre};
use crate::deed;
use crate::fabric::{EPSG, Fabric};

/// Writes parcels and plan as tables `parcels` and `plan` with a column `id`.
///
/// # Errors
/// The file cannot be written.
pub fn write(file: &Path, parcels: &Fabric, plan: &Fabric) -> Result<()> {
    let mut writer = Writer::create(file)?;
    for (name, fabric) in [("parcels", parcels), ("plan", plan)] {
        let spec = TableSpec {
            name,
            identifier: name,
            description: "",
            geometry: GeometryKind::Polygon,
            epsg: EPSG,
            columns: &[("id", ValueKind::Int)],
        };
        let geometries: Vec<Geometry<f64>> = fabric.polygons().map(Geometry::Polygon).collect();
        let ids: Vec<[Value; 1]> = (0..geometries.len() as i64).map(|id| [Value::Int(id)]).collect();
        writer.table(&spec, geometries.iter().zip(ids.iter().map(<[Value; 1]>::as_slice)))?;
    }
    Ok(writer.finish()?)
}

/// Writes a cadastre as table `parcels`, streets among the parcels, district by district.
///
/// # Errors
/// The file cannot be written.
pub fn write_cadastre(file: &Path, cadastre: &Cadastre, has_index: bool) -> Result<()> {
    let districts: Vec<Vec<cadastre::Land>> = cadastre.lands().collect();
    let lands: Vec<(usize, cadastre::Land)> = districts
        .into_iter()
        .enumerate()
        .flat_map(|(district, lands)| lands.into_iter().map(move |land| (district, land)))
        .collect();
    let deed = |(number, (district, land)): (usize, &(usize, cadastre::Land))| {
        deed::of(cadastre.seed, number, *district, land)
    };
    let deeds: Vec<Vec<Value>> = lands.par_iter().enumerate().map(deed).collect();
    let geometries: Vec<Geometry<f64>> = lands.into_par_iter().map(|(_, land)| Geometry::from(land.polygon)).collect();
    let spec = TableSpec {
        name: "parcels",
        identifier: "parcels",
        description: "",
        geometry: GeometryKind::Polygon,
        epsg: cadastre::EPSG,
        columns: &deed::COLUMNS,
    };
    let mut writer = Writer::create(file)?;
    writer.table(&spec, geometries.iter().zip(deeds.iter().map(Vec::as_slice)))?;
    writer.finish()?;
    if !has_index {
        drop_index(file, spec.name)?;
    }
    Ok(())
}

/// Takes the spatial index off a table, and its pages out of the file.
fn drop_index(file: &Path, table: &str) -> Result<()> {
    let connection = Connection::open(file)?;
    let triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?";
    let names: Vec<String> =
        connection.prepare(triggers)?.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for name in names {
        connection.execute_batch(&format!("DROP TRIGGER \"{name}\""))?;
    }
    connection.execute("DELETE FROM gpkg_extensions WHERE table_name = ?", [table])?;
    connection.execute_batch(&format!("DROP TABLE \"rtree_{table}_geom\"; VACUUM;"))?;
    Ok(())
}

/// Reads the polygons of a table as they stand, by row.
///
/// # Errors
/// The file cannot be read, or a row holds something else than polygons.
pub fn read(file: &Path, table: &str) -> Result<Vec<MultiPolygon<f64>>> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let sql = format!("SELECT geom FROM \"{}\" ORDER BY fid", table.replace('"', "\"\""));
    let mut rows = connection.prepare(&sql)?;
    let blobs: Vec<Vec<u8>> = rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let polygons = |(row, blob): (usize, Vec<u8>)| -> Result<MultiPolygon<f64>> {
        match GpkgWkb(blob).to_geo().with_context(|| format!("{table}, row {}", row + 1))? {
            Geometry::MultiPolygon(polygons) => Ok(polygons),
            Geometry::Polygon(polygon) => Ok(polygon.into()),
            _ => anyhow::bail!("{table}, row {}: no polygon", row + 1),
        }
    };
    blobs.into_par_iter().enumerate().map(polygons).collect()
}
