//! Reading only some rows of a table: those of given keys, or those near a place.

use rayon::prelude::*;
use rusqlite::Row;

use super::ReadError;
use super::read::{GeoPackage, ReadOptions, blank_report};
use super::rows::Decoder;
use super::select::ByKey;
use super::walk::{Visit, Walk};
use super::write::{quoted, rtree_name};
use crate::crs::ToLonLat;
use crate::feature::Layer;

/// Rows looked up at a time on one thread.
const ROWS_A_PIECE: usize = 1024;

impl GeoPackage {
    /// Reads the rows of these keys ([`Feature::row`](crate::Feature::row)), in ascending order,
    /// whatever their order here. Keys that the table lacks are left out; the report tells of the
    /// rows that are there.
    ///
    /// A table costs what its rows cost; a view, whose rows cannot be looked up, is gone through.
    ///
    /// # Errors
    /// As [`GeoPackage::read_with`].
    pub fn read_rows(&self, table: &str, options: &ReadOptions, rows: &[i64]) -> Result<Layer, ReadError> {
        let mut keys = rows.to_vec();
        keys.sort_unstable();
        keys.dedup();
        let walk = self.walk(table)?;
        let crs = self.crs_of(walk.table, options)?;
        let (mut features, mut report) = (Vec::new(), blank_report(&crs));
        let mut take = |mut decoder: Decoder<'_>| {
            features.append(&mut decoder.batch.features);
            report.append(decoder.report);
        };
        match &walk.select.by_key {
            Some(by_key) => {
                let pieces = keys.par_chunks(ROWS_A_PIECE).map(|keys| looked_up(&walk, by_key, keys, &crs));
                pieces.collect::<Result<Vec<_>, _>>()?.into_iter().for_each(take);
            }
            None => walk.run(
                || Picked { keys: &keys, decoder: Decoder::new(walk.table, &crs) },
                |picked| picked.decoder,
                |decoder| {
                    take(decoder);
                    Ok::<_, ReadError>(())
                },
            )?,
        }
        walk.source.still_the_same()?;
        Ok(self.layer(walk.table, features, report))
    }

    /// The keys of the rows whose box meets `[min x, min y, max x, max y]`, in ascending order; from
    /// the table's R-tree, so a few others nearby may be among them (it rounds boxes outwards to
    /// single precision). `None` if the table has no R-tree.
    ///
    /// # Units
    /// - `bounds`: those of the table's reference system
    ///
    /// # Errors
    /// As [`GeoPackage::fingerprints`].
    ///
    /// # References
    /// OGC 12-128r19, annex F.3 (RTree Spatial Indexes).
    pub fn rows_within(&self, table: &str, bounds: [f64; 4]) -> Result<Option<Vec<i64>>, ReadError> {
        let walk = self.walk(table)?;
        let connection = walk.source.connect()?;
        let index = rtree_name(&walk.table.name, &walk.table.geometry_column);
        let rows = || -> rusqlite::Result<Option<Vec<i64>>> {
            if !connection.table_exists(None, index.as_str())? {
                return Ok(None);
            }
            let [min_x, min_y, max_x, max_y] = bounds;
            let sql =
                format!("SELECT id FROM {} WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?", quoted(&index));
            let mut statement = connection.prepare(&sql)?;
            let mut rows = statement
                .query_map([min_x, max_x, min_y, max_y], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<i64>>>()?;
            rows.sort_unstable();
            Ok(Some(rows))
        };
        rows().map_err(|cause| walk.fail(None, cause))
    }
}

fn looked_up<'a>(walk: &Walk<'a>, by_key: &ByKey, keys: &[i64], crs: &'a ToLonLat) -> Result<Decoder<'a>, ReadError> {
    let connection = walk.source.connect()?;
    let mut decoder = Decoder::new(walk.table, crs);
    let mut last = None;
    let mut read = || -> rusqlite::Result<()> {
        let mut statement = connection.prepare(&by_key.one)?;
        for &key in keys {
            if let Some(row) = statement.query([key])?.next()? {
                decoder.row(key, row)?;
                last = Some(key);
            }
        }
        Ok(())
    };
    let done = read();
    done.map_err(|cause| walk.fail(last, cause))?;
    Ok(decoder)
}

/// Takes only some rows.
struct Picked<'a> {
    /// In ascending order.
    keys: &'a [i64],
    decoder: Decoder<'a>,
}

impl Visit for Picked<'_> {
    fn row(&mut self, key: i64, row: &Row<'_>) -> rusqlite::Result<usize> {
        if self.keys.binary_search(&key).is_ok() { self.decoder.row(key, row) } else { Ok(0) }
    }
}
