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
