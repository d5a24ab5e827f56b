//! Which column holds which field: as configured, else by the standards' names.

use std::borrow::Cow;
use std::sync::Arc;

use crate::feature::{Column, Feature, Layer, Value};
use crate::project::{Field, LayerSpec};

use super::{IntakeError, Notes, named};

/// The columns of one layer by meaning.
pub struct Columns<'a> {
    spec: &'a LayerSpec,
    layer: &'a Layer,
    /// By field, in the order of [`Field::ALL`].
    places: [Option<usize>; Field::ALL.len()],
}

/// The column that carries a standard name of the field, if any: the best name wins.
pub fn guess_column(field: Field, columns: &[Column]) -> Option<usize> {
    let named = |alias: &&str| columns.iter().position(|column| column.name.eq_ignore_ascii_case(alias));
    field.aliases().iter().find_map(named)
}

impl<'a> Columns<'a> {
    /// Finds every field's column.
    ///
    /// # Errors
    /// [`IntakeError::NoColumn`] if the configuration names a column that is not there.
    pub fn of(spec: &'a LayerSpec, layer: &'a Layer) -> Result<Self, IntakeError> {
        let mut places = [None; Field::ALL.len()];
        for field in Field::ALL {
            places[field as usize] = match spec.fields.get(&field) {
                Some(name) => Some(layer.column(name).ok_or_else(|| no_column(field, name, layer))?),
                None => guess_column(field, &layer.columns),
            };
        }
        Ok(Self { spec, layer, places })
    }

    /// The place of a field's column.
    pub fn place(&self, field: Field) -> Option<usize> {
        self.places[field as usize]
    }

    /// The place of a field's column that the role cannot do without.
    pub fn need(&self, field: Field) -> Result<usize, IntakeError> {
        self.place(field).ok_or_else(|| {
            let names: Vec<&str> = self.layer.columns.iter().map(|column| column.name.as_str()).collect();
            IntakeError::FieldNeeded {
                at: Box::new(self.layer.source.clone()),
                field: named(field),
                columns: names.join(", "),
            }
        })
    }

    /// The column's own name.
    pub fn name(&self, place: usize) -> &str {
        &self.layer.columns[place].name
    }

    /// A field as text; numbers are written out, blank text is nothing.
    pub fn text<'f>(&self, feature: &'f Feature, field: Field) -> Option<Cow<'f, str>> {
        let text = match &feature.values[self.place(field)?] {
            Value::Null => return None,
            Value::Text(text) => Cow::Borrowed(text.trim()),
            other => Cow::Owned(other.to_string()),
        };
        (!text.is_empty()).then_some(text)
    }

    /// The same to be kept; the layer's own text where there is nothing to trim.
    pub fn shared(&self, feature: &Feature, field: Field) -> Option<Arc<str>> {
        match &feature.values[self.place(field)?] {
            Value::Text(text) if !text.is_empty() && text.trim().len() == text.len() => Some(Arc::clone(text)),
            _ => self.text(feature, field).map(Arc::from),
        }
    }

    /// A field as a number. Text that is a number counts; other text is noted and nothing.
    pub fn number(&self, feature: &Feature, field: Field, notes: &mut Notes) -> Option<f64> {
        let place = self.place(field)?;
        match &feature.values[place] {
            Value::Text(text) if !text.trim().is_empty() => {
                let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
                if number.is_none() {
                    notes.add(
                        format!("column {} ({}) holds text where a number belongs", self.name(place), named(field)),
                        feature.row,
                    );
                }
                number
            }
            value => value.as_f64(),
        }
    }

    /// A number that cannot be negative; a negative one is noted and nothing.
    pub fn amount(&self, feature: &Feature, field: Field, notes: &mut Notes) -> Option<f64> {
        let number = self.number(feature, field, notes)?;
        if number < 0.0 {
            let name = self.place(field).map_or("", |place| self.name(place));
            notes.add(format!("column {name} ({}) is below zero: not assessed", named(field)), feature.row);
            return None;
        }
        Some(number)
    }

    /// An area in square metres, by the layer's unit.
    pub fn area(&self, feature: &Feature, field: Field, notes: &mut Notes) -> Option<f64> {
        self.amount(feature, field, notes).map(|area| area * self.spec.area_unit.square_metres())
    }

    /// A share as a fraction, by the layer's unit.
    pub fn share(&self, feature: &Feature, field: Field, notes: &mut Notes) -> Option<f64> {
        // Divided, not multiplied by 0.01: that makes 0.35000000000000003 of 35 %.
        let whole = match self.spec.share_unit {
            crate::project::ShareUnit::Fraction => 1.0,
            crate::project::ShareUnit::Percent => 100.0,
        };
        self.amount(feature, field, notes).map(|share| share / whole)
    }

    /// A truth value: 是/否, yes/no, true/false, y/n, t/f, 1/0.
    pub fn truth(&self, feature: &Feature, field: Field, notes: &mut Notes) -> Option<bool> {
        let place = self.place(field)?;
        match &feature.values[place] {
            Value::Null => None,
            Value::Bool(truth) => Some(*truth),
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            other => {
                let text = other.to_string();
                match text.trim().to_lowercase().as_str() {
                    "" => None,
                    "是" | "yes" | "y" | "true" | "t" | "1" => Some(true),
                    "否" | "no" | "n" | "false" | "f" | "0" => Some(false),
                    _ => {
                        let message = format!(
                            "column {} ({}) holds {text:?} where yes or no belongs",
                            self.name(place),
                            named(field)
                        );
                        notes.add(message, feature.row);
                        None
                    }
                }
            }
        }
    }
}

fn no_column(field: Field, name: &str, layer: &Layer) -> IntakeError {
    let near = |column: &&Column| strsim::jaro_winkler(&column.name.to_lowercase(), &name.to_lowercase());
    let nearest = layer.columns.iter().max_by(|a, b| near(a).total_cmp(&near(b)));
    IntakeError::NoColumn {
        at: Box::new(layer.source.clone()),
        column: name.to_owned(),
        field: named(field),
        nearest: nearest.map(|column| column.name.clone()),
    }
}
