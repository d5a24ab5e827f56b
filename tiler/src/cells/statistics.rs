//! Cells against the statistics of the demo city: the same hectares, class by class, at every zoom.

use std::collections::BTreeMap;

use geozero::mvt::{Message, Tile};
use layers::analyse;
use layers::gpkg::GeoPackage;
use layers::round::rounded;
use layers::stats::{Row, Table};

use super::{CellGrid, CellSource, Theme, interior_point};
use crate::attributes::encode_attributes;
use crate::chains::project;
use crate::grid::WebMercatorQuad;

/// The table that adds up a theme by whole patches, and the row of one of its classes.
fn row_of<'t>(tables: &'t [Table], theme: &str, class: &str) -> Option<&'t Row> {
    let name = match theme {
        "far_class" => "far",
        "density_class" => "density",
        "conflict" => "conformity",
        "zone" => "zones",
        other => other,
    };
    let table = tables.iter().find(|table| table.table == name)?;
    match (theme, class) {
        // These tables sort what is idle or low by its conflict.
        ("idle" | "low", "true") => Some(&table.rows.total),
        ("idle" | "low", _) => None,
        // This one counts pieces of patches.
        ("approval", _) => None,
        _ => table.rows.rows.iter().find(|row| row.key == class),
    }
}

/// The sums of all columns of numbers over the cells of a zoom, as a client would add them up.
fn sums(tiles: impl Iterator<Item = Vec<u8>>) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for layer in tiles.flat_map(|bytes| Tile::decode(bytes.as_slice()).expect("a tile").layers) {
        for tag in layer.features.iter().flat_map(|feature| feature.tags.chunks(2)) {
            let value = &layer.values[tag[1] as usize];
            let number = value.double_value.or(value.sint_value.map(|count| count as f64));
            *sums.entry(layer.keys[tag[0] as usize].clone()).or_default() += number.unwrap_or_default();
        }
    }
    sums
}

#[test]
fn cells_add_up_to_the_statistics_at_every_zoom() {
    let folder = tempfile::tempdir().expect("a folder");
    let city = layers::demo::write(folder.path()).expect("the demo city is written");
    let read = |spec: layers::project::LayerSpec| {
        let file = GeoPackage::open(&spec.source.file).expect("a GeoPackage");
        let layer = file.read(&spec.source.table).expect("a table");
        (spec, layer)
    };
    let inputs: Vec<_> = city.layers.into_iter().map(read).collect();
    let analysis = analyse(&inputs, &city.settings).expect("the demo city is sound");
    let parcels = analysis.layer("parcels").expect("parcels");
    let themes = Theme::of_schema("parcels", &parcels.attributes);
    let area = parcels.attributes.iter().position(|attribute| attribute.name == "area_ha").expect("areas");
    let mut source = CellSource::new(CellGrid::new(12, 32).expect("a grid"), themes.clone());
    for feature in &parcels.features {
        let chains = project(&feature.geometry, &WebMercatorQuad).next().expect("polygons");
        let ends: Vec<usize> = std::iter::once(0).chain(chains.ends.iter().map(|chain| chain.end as usize)).collect();
        let point = interior_point(ends.windows(2).map(|ring| &chains.points[ring[0]..ring[1]])).expect("a point");
        let mut attributes = Vec::new();
        encode_attributes(&parcels.attributes, &feature.values, &mut attributes);
        source.add(point, feature.values[area].as_f64(), &attributes);
    }
    assert_eq!(source.left_out().count(), 0);
    let pyramid = source.pyramid();
    let tables = &analysis.statistics.tables;
    for zoom in 0..=12 {
        let names = pyramid.attributes().iter().map(|attribute| attribute.name.clone());
        let exact: BTreeMap<String, Option<f64>> =
            names.zip(pyramid.totals(zoom)).map(|(name, value)| (name, value.as_f64())).collect();
        let sums = sums(pyramid.tiles_at(zoom).map(|(_, bytes)| bytes));
        assert_eq!(sums["count"], parcels.features.len() as f64, "zoom {zoom}");
        let mut compared = 0;
        for theme in &themes {
            let of_theme = sums.iter().filter_map(|(name, sum)| Some((name.strip_prefix(&theme.name)?, sum)));
            for (class, sum) in of_theme.filter_map(|(rest, sum)| Some((rest.strip_prefix('_')?, sum))) {
                let Some(row) = row_of(tables, &theme.name, class) else { continue };
                let shown = |hectares| format!("{:.4}", rounded(hectares, 4));
                // To the last bit as it is added up here, to the digits shown as a client does it.
                assert_eq!(exact[&format!("{}_{class}", theme.name)], Some(row.area_ha), "{}_{class}", theme.name);
                assert_eq!(shown(*sum), shown(row.area_ha), "zoom {zoom}: {}_{class}", theme.name);
                compared += 1;
            }
        }
        assert!(compared >= 30, "zoom {zoom}: only {compared} classes were compared");
    }
}
