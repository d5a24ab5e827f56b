//! A style document of QGIS (QML): how a layer is drawn, what its columns and codes are called.

use std::fmt::{self, Display, Write};

use ::layers::ValueKind;
use ::layers::findings::{ColumnWords, LayerWords};

use super::symbol::{Symbol, rgba};
use crate::palette;

/// How a layer is drawn.
#[derive(Debug)]
pub(super) enum Renderer<'a> {
    /// By the classes of an attribute.
    Categorised(&'a str, Vec<Category>),
    /// All features alike.
    Single(Symbol),
    /// Not at all; there may be labels.
    None,
}

/// One class.
#[derive(Clone, Debug)]
pub(super) struct Category {
    /// The value; empty = every value that has no category.
    pub(super) value: String,
    /// Its type.
    pub(super) kind: ValueKind,
    /// What people call it.
    pub(super) label: String,
    /// How it is drawn.
    pub(super) symbol: Symbol,
}

/// A style document, as text when it is displayed.
pub(super) struct Document<'a> {
    pub(super) words: &'a LayerWords,
    pub(super) renderer: &'a Renderer<'a>,
    /// Whether features carry their names.
    pub(super) labelled: bool,
}

impl Display for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        let categories = "Symbology|Labeling|Fields|Forms|AttributeTable";
        let labels = u8::from(self.labelled);
        writeln!(out, "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>")?;
        writeln!(out, r#"<qgis version="3.22.0" styleCategories="{categories}" labelsEnabled="{labels}">"#)?;
        self.renderer.write(&mut out)?;
        if self.labelled {
            write_labels(&mut out)?;
        }
        write_fields(&self.words.columns, &mut out)?;
        out.push_str("</qgis>\n");
        f.write_str(&out)
    }
}

impl Renderer<'_> {
    fn write(&self, out: &mut String) -> fmt::Result {
        match self {
            Self::Categorised(attribute, categories) => {
                let attribute = escaped(attribute);
                writeln!(
                    out,
                    r#"<renderer-v2 type="categorizedSymbol" attr="{attribute}" symbollevels="0" forceraster="0" enableorderby="0">"#
                )?;
                out.push_str("<categories>\n");
                for (symbol, category) in categories.iter().enumerate() {
                    let (value, label) = (escaped(&category.value), escaped(&category.label));
                    let kind = match category.kind {
                        ValueKind::Bool => "bool",
                        ValueKind::Int => "long",
                        ValueKind::Real => "double",
                        ValueKind::Text => "string",
                    };
                    writeln!(
                        out,
                        r#"<category value="{value}" type="{kind}" symbol="{symbol}" label="{label}" render="true"/>"#
                    )?;
                }
                out.push_str("</categories>\n<symbols>\n");
                for (name, category) in categories.iter().enumerate() {
                    category.symbol.write(&name.to_string(), out)?;
                }
                out.push_str("</symbols>\n</renderer-v2>\n");
            }
            Self::Single(symbol) => {
                out.push_str("<renderer-v2 type=\"singleSymbol\" symbollevels=\"0\" forceraster=\"0\">\n<symbols>\n");
                symbol.write("0", out)?;
                out.push_str("</symbols>\n</renderer-v2>\n");
            }
            Self::None => out.push_str("<renderer-v2 type=\"nullSymbol\"/>\n"),
        }
        Ok(())
    }
}

/// Names with a seam of light, from a scale at which there is room for them.
fn write_labels(out: &mut String) -> fmt::Result {
    let (ink, halo) = (rgba(palette::INK), rgba(palette::HALO));
    writeln!(
        out,
        r#"<labeling type="simple">
<settings calloutType="simple">
<text-style fieldName="name" isExpression="0" fontFamily="Noto Sans CJK SC" fontSize="8" fontSizeUnit="Point" textColor="{ink}" textOpacity="1">
<text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="{halo}" bufferOpacity="1"/>
</text-style>
<placement placement="1" dist="0" centroidInside="1"/>
<rendering drawLabels="1" scaleVisibility="1" scaleMin="15000" scaleMax="1" obstacle="1"/>
</settings>
</labeling>"#
    )
}

/// How values are shown in tables and forms, and what columns are called.
fn write_fields(columns: &[ColumnWords], out: &mut String) -> fmt::Result {
    out.push_str("<fieldConfiguration>\n");
    for column in columns {
        let values = values(column);
        if values.is_empty() {
            continue;
        }
        writeln!(out, r#"<field name="{}" configurationFlags="None">"#, escaped(&column.name))?;
        out.push_str("<editWidget type=\"ValueMap\">\n<config>\n<Option type=\"Map\">\n");
        out.push_str("<Option name=\"map\" type=\"List\">\n");
        for (value, label) in values {
            let (value, label) = (escaped(&value), escaped(&label));
            writeln!(out, r#"<Option type="Map"><Option name="{label}" type="QString" value="{value}"/></Option>"#)?;
        }
        out.push_str("</Option>\n</Option>\n</config>\n</editWidget>\n</field>\n");
    }
    out.push_str("</fieldConfiguration>\n<aliases>\n");
    let own = [("fid", "行号"), ("id", "要素编号")];
    let named = columns.iter().map(|column| (column.name.as_str(), column.title.zh.as_str()));
    for (index, (field, name)) in own.into_iter().chain(named).enumerate() {
        writeln!(out, r#"<alias index="{index}" field="{}" name="{}"/>"#, escaped(field), escaped(name))?;
    }
    out.push_str("</aliases>\n");
    let shown = ["name", "key", "parcel"].into_iter().find(|name| columns.iter().any(|column| column.name == *name));
    if let Some(name) = shown {
        writeln!(out, "<previewExpression>\"{name}\"</previewExpression>")?;
    }
    Ok(())
}

/// Codes and what they mean; empty where a column may hold anything.
fn values(column: &ColumnWords) -> Vec<(String, String)> {
    match (&column.codes, column.kind) {
        (Some(codes), _) => codes.codes.iter().map(|(code, label)| (code.clone(), label.zh.clone())).collect(),
        (None, ValueKind::Bool) => [("true", "是"), ("false", "否")].map(|(v, l)| (v.into(), l.into())).into(),
        (None, _) => Vec::new(),
    }
}

/// Text as it stands between quotes in XML 1.0 (§2.4).
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    // Other control characters are not allowed at all.
    text.chars().filter(|c| !c.is_control()).collect()
}
