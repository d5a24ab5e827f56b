//! The use codes of a layer: which system they belong to, and what each of them is.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codes::Label;
use crate::codes::land_use::{CodeError, CodeSystem, UseCode, detect};
use crate::feature::Layer;
use crate::project::{Field, LayerSpec, Role, Subject};

use super::{Columns, IntakeError, Notes};

/// The codes of one layer, each read once.
pub struct LayerCodes<'s> {
    system: Cow<'s, CodeSystem>,
    codes: BTreeMap<String, (u64, Result<UseCode, CodeError>)>,
}

impl<'s> LayerCodes<'s> {
    /// Reads the codes in a field's column by the layer's declared system, or by the only one that
    /// fits them; which one that is becomes a remark.
    ///
    /// # Errors
    /// [`IntakeError::NoCodeSystem`] where no system is declared and several fit, or none.
    pub fn of(
        spec: &'s LayerSpec,
        layer: &Layer,
        columns: &Columns<'_>,
        field: Field,
        notes: &mut Notes,
    ) -> Result<Self, IntakeError> {
        let column = columns.need(field)?;
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for code in layer.features.iter().filter_map(|feature| columns.text(feature, field)) {
            match counts.get_mut(&*code) {
                Some(count) => *count += 1,
                None => _ = counts.insert(code.into_owned(), 1),
            }
        }
        let system = match &spec.codes {
            Some(declared) => Cow::Borrowed(declared),
            None => {
                let found = detect(&counts, spec.leading_zero).map_err(|doubt| IntakeError::NoCodeSystem {
                    layer: spec.id.clone(),
                    column: columns.name(column).to_owned(),
                    doubt: Box::new(doubt),
                })?;
                let name = found.system.name();
                let message = format!(
                    "no code system is declared; {name} is taken, because {}; codes = {name:?} would say so",
                    found.because
                );
                notes.add_layer(message, counts.values().sum());
                Cow::Owned(found.system)
            }
        };
        let read = |code: &str| {
            if spec.leading_zero { system.read_restoring_zero(code) } else { system.read(code) }
        };
        let codes = counts.into_iter().map(|(code, rows)| {
            let read = read(&code);
            (code, (rows, read))
        });
        let codes = codes.collect();
        Ok(Self { system, codes })
    }

    /// The system they belong to, declared or found.
    pub fn system(&self) -> &CodeSystem {
        &self.system
    }

    /// What a code of the layer is. A code that is known only by the class above it is one more
    /// remark.
    ///
    /// # Errors
    /// [`CodeError`] if the system does not know it.
    pub fn read(&self, code: &str, row: i64, notes: &mut Notes) -> Result<&UseCode, &CodeError> {
        let (_, read) = self.codes.get(code).expect("every code of the layer was read");
        if let Ok(known) = read
            && let Some(part) = known.parts.iter().find(|part| part.code != part.known)
            && self.system.table().is_some()
        {
            let message = format!(
                "code {:?} is not in the code system {} as it stands: read as {} {} ({})",
                part.code,
                self.system.name(),
                part.known,
                part.label.zh,
                part.label.en
            );
            notes.add(message, row);
        }
        read.as_ref()
    }
}

/// The codes that occur in a layer, and what they are called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsedCodes {
    /// Layer id.
    pub layer: String,
    /// Whether they are planned uses: the layer is the plan.
    #[serde(default)]
    pub planned: bool,
    /// The column that has them.
    pub column: String,
    /// The system's name.
    pub system: String,
    /// The codes, in their own order.
    pub codes: Vec<UsedCode>,
}

/// One code that occurs in a layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsedCode {
    /// The code as recorded.
    pub code: String,
    /// What it is called; `None` if the system does not know it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub label: Option<Label>,
    /// The 用地用海 2023 code that has all of it, where there is one; of its primary part.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ydyh: Option<String>,
    /// The rows that have it.
    pub rows: u64,
}

/// The codes that occur in a layer; `None` where it has no column of codes with a system.
///
/// # Errors
/// As [`LayerCodes::of`], and columns that are not there.
pub fn used_codes(spec: &LayerSpec, layer: &Layer) -> Result<Option<UsedCodes>, IntakeError> {
    let field = if spec.role == Role::Zoning { Field::PlanCode } else { Field::Use };
    let analysed = spec.role == Role::Zoning || (spec.role == Role::Parcels && spec.subject == Subject::ByCode);
    let columns = Columns::of(spec, layer)?;
    let Some(column) = columns.place(field).filter(|_| analysed || spec.codes.is_some()) else { return Ok(None) };
    let codes = LayerCodes::of(spec, layer, &columns, field, &mut Notes::of(&spec.id))?;
    let used = |(code, (rows, read)): (String, (u64, Result<UseCode, CodeError>))| UsedCode {
        code,
        label: read.as_ref().ok().map(UseCode::label),
        ydyh: read.ok().and_then(|read| read.primary().ydyh.clone()),
        rows,
    };
    Ok(Some(UsedCodes {
        layer: spec.id.clone(),
        planned: spec.role == Role::Zoning,
        column: columns.name(column).to_owned(),
        system: codes.system.name().to_owned(),
        codes: codes.codes.into_iter().map(used).collect(),
    }))
}
