//! A layer under examination, and how a flaw in it is told.

use std::borrow::Cow;

use geo::{BoundingRect, Geometry, InteriorPoint, MultiPolygon, Point};

use super::catalogue::Severity;
use super::report::Flaw;
use crate::feature::{Feature, Layer};
use crate::intake::{Columns, IntakeError, Parcel};
use crate::project::{Field, LayerSpec};
use crate::stats::OwnedLabel;

/// What is wrong, in Chinese and English.
pub(super) fn words(zh: impl Into<String>, en: impl Into<String>) -> OwnedLabel {
    OwnedLabel { zh: zh.into(), en: en.into() }
}

/// A layer under examination.
pub(super) struct Table<'a> {
    pub(super) spec: &'a LayerSpec,
    pub(super) layer: &'a Layer,
    pub(super) columns: Columns<'a>,
}

impl<'a> Table<'a> {
    pub(super) fn of(spec: &'a LayerSpec, layer: &'a Layer) -> Result<Self, IntakeError> {
        Ok(Self { spec, layer, columns: Columns::of(spec, layer)? })
    }

    /// A flaw of the layer as a whole.
    pub(super) fn whole(&self, message: OwnedLabel) -> Flaw {
        Flaw {
            layer: self.spec.id.clone(),
            file: self.layer.source.file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            table: self.layer.source.table.clone(),
            row: None,
            key: None,
            at: None,
            severity: Severity::Info,
            amount: None,
            message,
        }
    }

    /// A flaw of a row that may not have become a feature.
    pub(super) fn row(&self, row: i64, message: OwnedLabel) -> Flaw {
        match self.layer.features.binary_search_by_key(&row, |feature| feature.row) {
            Ok(place) => self.feature(&self.layer.features[place], message),
            Err(_) => Flaw { row: Some(row), ..self.whole(message) },
        }
    }

    /// A flaw of a feature.
    pub(super) fn feature(&self, feature: &Feature, message: OwnedLabel) -> Flaw {
        let key = self.columns.text(feature, Field::Key).map(Cow::into_owned);
        Flaw { row: Some(feature.row), key, at: inside(&feature.geometry), ..self.whole(message) }
    }

    /// A flaw of a patch.
    pub(super) fn patch(&self, patch: &Parcel, amount: Option<f64>, message: OwnedLabel) -> Flaw {
        let key = (!patch.inputs.key.is_empty()).then(|| patch.inputs.key.to_string());
        Flaw { row: Some(patch.inputs.row), key, at: inside_area(&patch.boundary), amount, ..self.whole(message) }
    }

    /// Whether one row of it should be an area.
    pub(super) fn is_of_areas(&self) -> bool {
        use crate::project::Role;
        !matches!(self.spec.role, Role::Roads | Role::Plain | Role::Buildings)
    }

    /// `[west, south, east, north]` around its features, in degrees.
    pub(super) fn extent(&self) -> Option<[f64; 4]> {
        let boxes = self.layer.features.iter().filter_map(|feature| feature.geometry.bounding_rect());
        boxes
            .map(|b| [b.min().x, b.min().y, b.max().x, b.max().y])
            .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
    }
}

/// A point in a geometry.
pub(super) fn inside(geometry: &Geometry<f64>) -> Option<[f64; 2]> {
    geometry.interior_point().map(place)
}

/// A point in an area.
pub(super) fn inside_area(area: &MultiPolygon<f64>) -> Option<[f64; 2]> {
    area.interior_point().map(place)
}

/// Longitude and latitude to the centimetre: seven decimals.
pub(super) fn place(point: Point<f64>) -> [f64; 2] {
    [point.x(), point.y()].map(|degrees| (degrees * 1e7).round() / 1e7)
}
