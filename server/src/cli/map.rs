//! `tuban map`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use maps::{Format, Paper};
use styles::Variant;

use super::CliError;
use super::target::{self, Folder};
use crate::build;
use crate::figure::{self, FigureError, Request};
use crate::foreign::Foreign;
use crate::generation::Generation;
use crate::own_styles::OwnStyles;
use crate::progress;

/// Draw one of the project's maps on a sheet of paper; builds first if needed
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  tuban map intensity -o fig8.pdf               a figure of this folder's project, A4 landscape
  tuban map conflicts city -o fig5.png          of another project, as a picture of 300 dpi
  tuban map far -o far.svg --size A3 --portrait to be edited in a drawing program
  tuban map zones -o zones.pdf --lang en --bounds 116.02,43.90,116.14,43.98
  tuban map auto -o all.pdf                     every layer by its geometry alone
  tuban map wall -o wall.pdf                    styles/wall.json, a style of the project's own

The map is drawn from the findings themselves, not from tiles, at a round scale, with title, legend
(counts and hectares of the tables), grids, date, reference system and the generation that it shows.
`[sheet]` in tuban.toml adds who made it and the review number (审图号).")]
pub(super) struct Map {
    /// The style, such as `intensity`; a wrong name is answered with all of them
    #[arg(value_name = "STYLE")]
    style: String,
    /// A tuban.toml or its folder [default: this folder]
    #[arg(value_name = "PROJECT")]
    project: Option<PathBuf>,
    /// The file to write: .pdf, .svg or .png
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The paper
    #[arg(long, value_enum, ignore_case = true, default_value_t)]
    size: PaperSize,
    /// Upright instead of lying
    #[arg(long)]
    portrait: bool,
    /// What the map must show, in degrees [default: everything]
    #[arg(long, value_name = "WEST,SOUTH,EAST,NORTH", value_parser = bounds, allow_hyphen_values = true)]
    bounds: Option<[f64; 4]>,
    /// For paper (`print`), or in the colours of a screen
    #[arg(long, value_enum, default_value_t)]
    variant: MapVariant,
    /// The language of its words
    #[arg(long, value_enum, default_value_t)]
    lang: MapLanguage,
    /// Dots an inch of a .png
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u16).range(50..=600))]
    dpi: u16,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum PaperSize {
    #[default]
    #[value(name = "A4")]
    A4,
    #[value(name = "A3")]
    A3,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum MapVariant {
    #[default]
    Print,
    Light,
    Dark,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum MapLanguage {
    #[default]
    Zh,
    En,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Svg,
    Png,
    Pdf,
}

impl Map {
    pub(super) fn run(self) -> Result<(), CliError> {
        let written = written(&self.output)?;
        let project = target::project(self.project.as_deref())?;
        let store = self.folder.store(&project);
        let built = build::ensure(&project, &store, progress::shown().as_ref())?;
        let generation = Generation::open(&store, &built.id)?;
        let paper = match self.size {
            PaperSize::A4 => Format::A4,
            PaperSize::A3 => Format::A3,
        };
        let variant = match self.variant {
            MapVariant::Print => Variant::Print,
            MapVariant::Light => Variant::Light,
            MapVariant::Dark => Variant::Dark,
        };
        let own = OwnStyles::open(project.styles.as_deref(), &generation, &Foreign::open(&project.foreign)?)?.styles();
        // A style of the project's own is as it is, unless there is one for this variant, too.
        let is_own = |id: &str| own.iter().any(|own| own.id == id);
        let of_variant = variant.style_id(&self.style);
        let style = if is_own(&self.style) && !is_own(&of_variant) { self.style.clone() } else { of_variant };
        let request = Request {
            style: &style,
            own: &own,
            paper: Paper { format: paper, is_portrait: self.portrait },
            language: match self.lang {
                MapLanguage::Zh => styles::Language::Zh,
                MapLanguage::En => styles::Language::En,
            },
            bounds: self.bounds,
            config: &project.sheet,
        };
        let sheet = figure::draw_sheet(&generation, &request).map_err(|error| match error {
            FigureError::UnknownStyle { .. } => CliError::Usage(error.to_string()),
            other => CliError::Figure(other),
        })?;
        let failed = |cause| CliError::Figure(FigureError::Picture(cause));
        let bytes = match written {
            Written::Svg => sheet.svg.into_bytes(),
            Written::Png => maps::png(&sheet.svg, f64::from(self.dpi) / 96.0, figure::fonts()).map_err(failed)?,
            Written::Pdf => maps::pdf(&sheet.svg, figure::fonts()).map_err(failed)?,
        };
        let (file, size) = (&self.output, bytes.len());
        std::fs::write(file, bytes).map_err(|cause| CliError::Write { file: file.clone(), cause })?;
        tracing::info!(file = %file.display(), scale = sheet.scale, features = sheet.features, bytes = size, "drew map");
        Ok(())
    }
}

/// What to write, by the end of the file's name.
fn written(file: &Path) -> Result<Written, CliError> {
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        Some("svg") => Ok(Written::Svg),
        Some("png") => Ok(Written::Png),
        Some("pdf") => Ok(Written::Pdf),
        _ => Err(CliError::Usage("the output must end in .pdf, .svg or .png".to_owned())),
    }
}

/// `west,south,east,north` in degrees.
fn bounds(text: &str) -> Result<[f64; 4], String> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    let bounds = numbers.and_then(|numbers| <[f64; 4]>::try_from(numbers).ok());
    let [west, south, east, north] = bounds.ok_or("four numbers are needed: west,south,east,north")?;
    let on_map = -180.0 <= west && west < east && east <= 180.0 && -85.0 <= south && south < north && north <= 85.0;
    if on_map {
        Ok([west, south, east, north])
    } else {
        Err("west lies below east and south below north, within ±180 and ±85 degrees".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_four_numbers_in_order() {
        assert_eq!(bounds("116.02, 43.9,116.14,43.98"), Ok([116.02, 43.9, 116.14, 43.98]));
        assert_eq!(bounds("-71.2,42.3,-71,42.4"), Ok([-71.2, 42.3, -71.0, 42.4]));
        for wrong in ["", "1,2,3", "3,2,1,4", "1,4,3,2", "a,b,c,d", "NaN,1,2,3", "-190,1,2,3"] {
            assert!(bounds(wrong).is_err(), "{wrong}");
        }
    }
}
