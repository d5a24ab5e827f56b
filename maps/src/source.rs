//! Where the features of a map come from.

use geo::Geometry;
use layers::Value;
use layers::findings::{Findings, FindingsError};

/// A feature of a source: no more of it than a style asks for.
#[derive(Debug)]
pub struct SourceFeature {
    /// Its id, as in tiles.
    pub id: u64,
    /// In degrees.
    pub geometry: Geometry<f64>,
    /// The attributes that were asked for, in that order; nothing where it has none.
    pub values: Vec<Value>,
}

/// What gives the features of a style's sources.
pub trait FeatureSource {
    /// Why it cannot.
    type Error;

    /// Gives every feature of a layer whose box touches `[west, south, east, north]`, always in the same
    /// order, with these attributes. A source or layer that it does not have gives none.
    ///
    /// # Errors
    /// What the disk says.
    fn each(
        &self,
        layer: SourceLayer<'_>,
        bounds: [f64; 4],
        attributes: &[String],
        take: &mut dyn FnMut(SourceFeature),
    ) -> Result<(), Self::Error>;
}

/// A layer of a source, as styles name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceLayer<'a> {
    /// The source: a tileset.
    pub source: &'a str,
    /// Its layer.
    pub layer: &'a str,
}

/// The GeoPackages of a generation, each under the name of its tileset.
impl FeatureSource for Vec<(String, Findings)> {
    type Error = FindingsError;

    fn each(
        &self,
        layer: SourceLayer<'_>,
        bounds: [f64; 4],
        attributes: &[String],
        take: &mut dyn FnMut(SourceFeature),
    ) -> Result<(), FindingsError> {
        let Some((_, findings)) = self.iter().find(|(source, _)| source == layer.source) else { return Ok(()) };
        let names: Vec<&str> = attributes.iter().map(String::as_str).collect();
        findings.each_within(layer.layer, bounds, &names, |id, geometry, values| {
            take(SourceFeature { id, geometry, values });
        })
    }
}
