//! Reading feature tables: whole, in batches, or only to see what changed.

use std::path::Path;

use super::contents::Contents;
use super::fingerprint::{Fingerprinter, RowFingerprint};
use super::rows::{Batch, Decoder};
use super::select::Select;
use super::source::Source;
use super::walk::Walk;
use super::{FeatureTable, ReadError};
use crate::crs::{CrsError, Declaration, ToLonLat};
use crate::feature::{Feature, Layer, Placing, ReadReport, SourceTable};

/// A GeoPackage, opened read-only: neither the file nor its folder ever changes.
#[derive(Debug)]
pub struct GeoPackage {
    source: Source,
    contents: Contents,
}

/// How a table is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The EPSG code that the user declares for the table. It overrules what the file says, which
    /// may be nothing (srs_id 0 or -1) or wrong.
    pub declared_epsg: Option<u16>,
}

impl GeoPackage {
    /// Opens a file without changing a byte of it, and reads what it says it contains.
    ///
    /// A file that somebody writes to (one with a `-wal` or `-journal` beside it) is copied to a
    /// temporary folder first and read there in its latest committed state.
    ///
    /// # Errors
    /// [`ReadError`]: the file is missing, empty, truncated, no GeoPackage, or has no features.
    pub fn open(file: &Path) -> Result<Self, ReadError> {
        Self::of(Source::new(file)?)
    }

    /// Opens a [copy] of a file; whatever is said of it is said of the file.
    ///
    /// # Errors
    /// As [`GeoPackage::open`].
    ///
    /// [copy]: super::copy()
    pub fn open_copy(file: &Path, copy: &Path) -> Result<Self, ReadError> {
        Self::of(Source::lying_at(file, copy)?)
    }

    fn of(source: Source) -> Result<Self, ReadError> {
        let contents = Contents::read(&source, &source.connect()?)?;
        Ok(Self { source, contents })
    }

    /// Its feature tables and views, in the order of `gpkg_contents`.
    pub fn tables(&self) -> &[FeatureTable] {
        &self.contents.tables
    }

    /// Reads a whole table, in parallel, reprojected and repaired.
    ///
    /// # Errors
    /// As [`GeoPackage::read_with`].
    pub fn read(&self, table: &str) -> Result<Layer, ReadError> {
        self.read_with(table, &ReadOptions::default())
    }

    /// Reads a whole table with options.
    ///
    /// A row that gives no feature stands in the report with its reason; `rows == read +
    /// skipped.len()` always holds. The result does not depend on the number of threads.
    ///
    /// # Errors
    /// [`ReadError::UnknownTable`], [`ReadError::NoGeometry`], [`ReadError::Crs`] if the reference
    /// system is undefined, unknown or needs a transform, and [`ReadError::Sqlite`] if the file is
    /// damaged.
    pub fn read_with(&self, table: &str, options: &ReadOptions) -> Result<Layer, ReadError> {
        let mut features = Vec::new();
        let report = self.read_batches(
            table,
            options,
            |batch| batch.features,
            |mut batch| {
                features.append(&mut batch);
                Ok::<_, ReadError>(())
            },
        )?;
        Ok(self.layer(self.table(table)?, features, report))
    }

    /// Reads a table in batches of a few thousand rows, so that it never lies in memory as a whole.
    ///
    /// `make` gets each batch on a rayon thread; `take` gets what it made, in row order, on the
    /// calling thread. Only a few batches are under way at a time. Which rows make up a batch follows
    /// from the table alone; the values in it are in the order of [`FeatureTable::columns`]. The
    /// report is that of [`GeoPackage::read_with`].
    ///
    /// # Errors
    /// As [`GeoPackage::read_with`], or the first error of `take`. Batches that were taken by then are
    /// worth nothing: a file that changed meanwhile is noticed only at the end.
    pub fn read_batches<T: Send, E: From<ReadError>>(
        &self,
        table: &str,
        options: &ReadOptions,
        make: impl Fn(Batch) -> T + Sync,
        mut take: impl FnMut(T) -> Result<(), E>,
    ) -> Result<ReadReport, E> {
        let walk = self.walk(table)?;
        let crs = self.crs_of(walk.table, options)?;
        let mut report = blank_report(&crs);
        walk.run(
            || Decoder::new(walk.table, &crs),
            |decoder| (make(decoder.batch), decoder.report),
            |(made, next)| {
                report.append(next);
                take(made)
            },
        )?;
        self.source.still_the_same()?;
        Ok(report)
    }

    /// What is stored in each row of a table, in row order, without decoding it: at a fraction of the
    /// cost of reading it tells which rows changed.
    ///
    /// # Errors
    /// [`ReadError::UnknownTable`], [`ReadError::NoGeometry`], and [`ReadError::Sqlite`] if the file
    /// is damaged.
    pub fn fingerprints(&self, table: &str) -> Result<Vec<RowFingerprint>, ReadError> {
        let walk = self.walk(table)?;
        let mut all = Vec::new();
        walk.run(
            || Fingerprinter::new(walk.table.columns.len()),
            |rows| rows.fingerprints,
            |mut next| {
                all.append(&mut next);
                Ok::<_, ReadError>(())
            },
        )?;
        self.source.still_the_same()?;
        Ok(all)
    }

    /// One table by its name.
    ///
    /// # Errors
    /// [`ReadError::UnknownTable`], [`ReadError::NoGeometry`].
    pub fn table(&self, name: &str) -> Result<&FeatureTable, ReadError> {
        Ok(&self.contents.tables[self.find(name)?])
    }

    /// The way through the rows of a table.
    pub(super) fn walk(&self, table: &str) -> Result<Walk<'_>, ReadError> {
        let place = self.find(table)?;
        let table = &self.contents.tables[place];
        Ok(Walk { source: &self.source, table, select: Select::new(table, &self.contents.keys[place]) })
    }

    pub(super) fn layer(&self, table: &FeatureTable, features: Vec<Feature>, report: ReadReport) -> Layer {
        let source = SourceTable { file: self.source.file().to_owned(), table: table.name.clone() };
        Layer { source, columns: table.columns.clone(), features, report }
    }

    /// The transformation from a table's reference system to lon/lat, as [`GeoPackage::read_with`]
    /// uses it.
    ///
    /// # Errors
    /// As [`GeoPackage::read_with`].
    pub fn crs(&self, table: &str, options: &ReadOptions) -> Result<ToLonLat, ReadError> {
        self.crs_of(self.table(table)?, options)
    }

    pub(super) fn crs_of(&self, table: &FeatureTable, options: &ReadOptions) -> Result<ToLonLat, ReadError> {
        let found = match (options.declared_epsg, self.contents.systems.get(&table.srs_id)) {
            (Some(code), _) => ToLonLat::from_epsg(code),
            (None, Some(declaration)) => declaration.to_lon_lat(),
            (None, None) => Declaration { srs_id: table.srs_id, ..Declaration::default() }.to_lon_lat(),
        };
        found.map_err(|cause: CrsError| ReadError::Crs {
            file: self.source.file().to_owned(),
            table: table.name.clone(),
            cause,
        })
    }

    /// The place of a table: by its exact name, else without regard to ASCII case.
    fn find(&self, table: &str) -> Result<usize, ReadError> {
        let tables = self.tables();
        let exact = tables.iter().position(|known| known.name == table);
        if let Some(place) = exact.or_else(|| tables.iter().position(|known| known.name.eq_ignore_ascii_case(table))) {
            return Ok(place);
        }
        let (file, table) = (self.source.file().to_owned(), table.to_owned());
        let names: Vec<String> = tables.iter().map(|known| known.name.clone()).collect();
        if self.contents.others.contains(&table) {
            return Err(ReadError::NoGeometry { file, table, tables: names });
        }
        let likeness = |name: &String| strsim::jaro_winkler(&name.to_lowercase(), &table.to_lowercase());
        let best = names.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        let nearest = best.filter(|name| likeness(name) > 0.7).cloned();
        Err(ReadError::UnknownTable { file, table, nearest, tables: names })
    }
}

/// A report on no rows yet.
pub(super) fn blank_report(crs: &ToLonLat) -> ReadReport {
    let placing = Placing { system: crs.name().to_owned(), area_of_use: crs.area_of_use(), ..Placing::default() };
    ReadReport { placing, ..ReadReport::default() }
}
