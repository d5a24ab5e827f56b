//! What contract, tax office and survey say of a patch: dates, answers and amounts from the columns
//! of the parcels layer.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::facts::{Cause, Conditions, Production, Record, Will};
use crate::feature::{Feature, Layer};
use crate::project::{Field, LayerSpec};
use crate::rules::ruleset::Words;
use crate::units::SquareMetres;

use super::words::answer;
use super::{Columns, IntakeError, Notes, named};

/// The fields of [`Record`] for which the layer has a column.
///
/// # Errors
/// [`IntakeError::NoColumn`] if the configuration names a column that is not there.
pub fn recorded_fields(spec: &LayerSpec, layer: &Layer) -> Result<BTreeSet<Field>, IntakeError> {
    let columns = Columns::of(spec, layer)?;
    Ok(recorded(&columns))
}

fn recorded(columns: &Columns<'_>) -> BTreeSet<Field> {
    Field::ALL.into_iter().filter(|field| field.is_of_record() && columns.place(*field).is_some()).collect()
}

/// Reads records row by row, if the layer has any column of them.
pub(super) struct RecordReader<'a> {
    columns: &'a Columns<'a>,
    words: &'a Words,
}

impl<'a> RecordReader<'a> {
    /// A reader; `None` where the layer records nothing.
    pub(super) fn of(columns: &'a Columns<'a>, words: &'a Words) -> Option<Self> {
        (!recorded(columns).is_empty()).then_some(Self { columns, words })
    }

    /// What one row says.
    pub(super) fn read(&self, feature: &Feature, notes: &mut Notes) -> Record {
        let (columns, words) = (self.columns, self.words);
        let mut amount = |field| columns.amount(feature, field, notes);
        let agreed_far = amount(Field::AgreedFar);
        let investment = amount(Field::Investment);
        let invested = amount(Field::Invested);
        let tax_before = amount(Field::TaxBefore);
        let tax_last = amount(Field::TaxLast);
        let production_tax = amount(Field::ProductionTax);
        let stopped_years = amount(Field::StoppedYears);
        let mut area = |field| columns.area(feature, field, notes).map(SquareMetres);
        let due_area = area(Field::DueArea);
        let developed_area = area(Field::DevelopedArea);
        let mut date = |field| columns.date(feature, field, notes);
        let agreed_start = date(Field::AgreedStart);
        let agreed_finish = date(Field::AgreedFinish);
        let actual_start = date(Field::ActualStart);
        let suspended_since = date(Field::SuspendedSince);
        let term_end = date(Field::TermEnd);
        let mut truth = |field| columns.truth(feature, field, notes);
        let started = truth(Field::Started);
        let paid = truth(Field::Paid);
        let above_scale = truth(Field::AboveScale);
        let low_by_hand = truth(Field::LowByHand);
        let conforms = truth(Field::Conforms);
        let bankrupt = truth(Field::Bankrupt);
        let legacy = truth(Field::Legacy);
        let force_out = truth(Field::ForceOut);
        let mut answer = |field, words| answer(columns, feature, field, words, notes);
        let cause = answer(Field::Cause, &words.cause).and_then(Cause::of_code);
        let production = answer(Field::Production, &words.production).and_then(Production::of_code);
        let will = answer(Field::Will, &words.will).and_then(Will::of_code);
        let conditions = answer(Field::Conditions, &words.conditions).and_then(Conditions::of_code);
        let text = |field| columns.shared(feature, field);
        if started == Some(false) && (actual_start.is_some() || suspended_since.is_some()) {
            notes.add("not started, as recorded, and yet with a day of start or suspension", feature.row);
        }
        Record {
            agreed_far,
            agreed_start,
            agreed_finish,
            started,
            actual_start,
            suspended: columns
                .place(Field::SuspendedSince)
                .map(|_| columns.text(feature, Field::SuspendedSince).is_some()),
            suspended_since,
            due_area,
            developed_area,
            investment,
            invested,
            cause,
            paid,
            tax_before,
            tax_last,
            production_tax,
            above_scale,
            production,
            // Half a year is no year.
            stopped_years: stopped_years.map(|years| years as i64),
            low_by_hand,
            low_reason: text(Field::LowReason),
            will,
            conforms,
            term_end,
            certificate_use: text(Field::CertificateUse),
            industry: text(Field::Industry),
            rating: text(Field::Rating),
            bankrupt,
            conditions,
            legacy,
            force_out,
        }
    }
}

impl Columns<'_> {
    /// A day: ISO 8601, `2024/12/31`, `2024.12.31`, `20241231`, `2024年12月31日`, a time of day after it
    /// left out. What is no day is noted and nothing.
    pub fn date(&self, feature: &Feature, field: Field, notes: &mut Notes) -> Option<Date> {
        let text = self.text(feature, field)?;
        let day = day(&text);
        if day.is_none() {
            let column = self.place(field).map_or("", |place| self.name(place));
            notes.add(format!("column {column} ({}) holds {text:?} where a day belongs", named(field)), feature.row);
        }
        day
    }
}

/// A day of the calendar from the ways in which tables write it.
fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    // The time of day of a DATETIME.
    let text = text.split(['T', ' ']).next()?;
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month, day) = if text.len() == 8 && all_digits(text) {
        (text.get(..4)?, text.get(4..6)?, text.get(6..)?)
    } else {
        let mut parts = text.trim_end_matches(['日', '号']).split(['-', '/', '.', '年', '月']);
        let parts = (parts.next()?, parts.next()?, parts.next()?, parts.next());
        let (year, month, day, None) = parts else { return None };
        (year, month, day)
    };
    let is_number = |text: &str, most: usize| all_digits(text) && text.len() <= most;
    if year.len() != 4 || !is_number(year, 4) || !is_number(month, 2) || !is_number(day, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feature::{Column, SourceTable, Value, ValueKind};
    use crate::project::{AreaUnit, Role};
    use crate::rules::RuleSet;
    use geo::{Geometry, Point};

    fn layer(columns: &[&str], rows: &[&[Value]]) -> (LayerSpec, Layer) {
        let source = SourceTable { file: "t.gpkg".into(), table: "t".into() };
        let spec = LayerSpec {
            id: "parcels".to_owned(),
            role: Role::Parcels,
            source: source.clone(),
            fields: Default::default(),
            codes: None,
            leading_zero: false,
            share_unit: Default::default(),
            area_unit: AreaUnit::M2,
            subject: Default::default(),
            no_building: Default::default(),
            repeated_keys: Default::default(),
        };
        let columns = columns.iter().map(|name| Column { name: (*name).to_owned(), kind: ValueKind::Text });
        let features = (1..).zip(rows).map(|(row, values)| Feature {
            row,
            geometry: Geometry::Point(Point::new(0.0, 0.0)),
            values: values.to_vec(),
        });
        (spec, Layer { source, columns: columns.collect(), features: features.collect(), report: Default::default() })
    }

    fn read(columns: &[&str], rows: &[&[Value]]) -> (Vec<Record>, Vec<String>) {
        let (spec, layer) = layer(columns, rows);
        let columns = Columns::of(&spec, &layer).expect("standard names");
        let rules = RuleSet::default();
        let reader = RecordReader::of(&columns, &rules.words).expect("columns of a record");
        let mut notes = Notes::of("parcels");
        let records = layer.features.iter().map(|feature| reader.read(feature, &mut notes)).collect();
        let notes = notes.finish().map(|note| format!("{} {:?}", note.message, note.rows)).collect();
        (records, notes)
    }

    #[test]
    fn days_are_written_in_many_ways() {
        let wanted = Date::new(2024, 12, 31).ok();
        for text in [
            "2024-12-31",
            " 2024/12/31 ",
            "20241231",
            "2024年12月31日",
            "2024.12.31",
            "2024-12-31T00:00:00Z",
            "2024-12-31 08:00:00",
        ] {
            assert_eq!(day(text), wanted, "{text}");
        }
        assert_eq!(day("2024年1月5日"), Date::new(2024, 1, 5).ok());
        for text in
            ["2024-02-30", "2024-13-01", "2024", "2024年", "31/12/2024", "45657", "长期", "+024-1-1", "2024-1-1-1"]
        {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_day_is_noted_with_its_row() {
        let (records, notes) = read(&["ZTRQ"], &[&["2023-01-01".into()], &["不详".into()], &[Value::Null]]);
        assert_eq!(records[0].suspended_since, Date::new(2023, 1, 1).ok());
        let suspended: Vec<_> = records.iter().map(|record| record.suspended).collect();
        assert_eq!(suspended, [Some(true), Some(true), Some(false)], "illegible is not the same as empty");
        assert_eq!(records[1].suspended_since, None);
        assert_eq!(notes, ["column ZTRQ (suspended_since) holds \"不详\" where a day belongs [2]"]);
    }

    #[test]
    fn answers_are_known_by_the_words_of_the_rules() {
        let rows: [&[Value]; 4] = [&["续 用".into()], &["RENEW".into()], &["退岀".into()], &["退岀".into()]];
        let (records, notes) = read(&["QYYY"], &rows);
        let wills: Vec<_> = records.iter().map(|record| record.will).collect();
        assert_eq!(wills, [Some(Will::Renew), Some(Will::Renew), None, None]);
        assert_eq!(
            notes,
            [
                "column QYYY (will) holds \"退岀\", which words.will of the rules does not list (nearest: \"退出\") [3, 4]"
            ]
        );
    }

    #[test]
    fn a_layer_without_any_such_column_has_no_record() {
        let (spec, layer) = layer(&["BSM", "DLBM"], &[]);
        let columns = Columns::of(&spec, &layer).expect("standard names");
        assert!(RecordReader::of(&columns, &RuleSet::default().words).is_none());
        assert_eq!(recorded_fields(&spec, &layer).expect("standard names"), BTreeSet::new());
    }

    #[test]
    fn areas_follow_the_unit_of_the_layer_and_years_are_whole() {
        let (mut spec, layer) = layer(&["YKFMJ", "TCNX", "MJ"], &[&[2.0.into(), 1.9.into(), Value::Null]]);
        spec.area_unit = AreaUnit::Ha;
        let columns = Columns::of(&spec, &layer).expect("standard names");
        let rules = RuleSet::default();
        let reader = RecordReader::of(&columns, &rules.words).expect("columns of a record");
        let record = reader.read(&layer.features[0], &mut Notes::of("parcels"));
        assert_eq!((record.developed_area, record.stopped_years), (Some(SquareMetres(20_000.0)), Some(1)));
        assert_eq!(record.suspended, None, "nobody records suspensions here");
    }
}
