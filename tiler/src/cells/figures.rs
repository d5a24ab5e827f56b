//! Time and size of cells. Run with
//! `cargo test --release -p tiler --lib cells::figures -- --ignored --nocapture`.

use std::hint::black_box;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use layers::schema::LayerSchema;
use layers::{Value, ValueKind};

use super::{CellGrid, CellSource, Theme, interior_point};
use crate::attributes::encode_attributes;
use crate::grid::{QuadGrid, WebMercatorQuad};
use crate::mvt::figures::{fastest, gzip, parcels};
use crate::world::WorldPoint;

#[test]
#[ignore = "prints figures; takes seconds in release and minutes without"]
fn figures() {
    // Parcels of some 60 m: a fabric of zoom 14, four world units to one of the tile's.
    let place = WebMercatorQuad.project(116.08, 43.94).expect("a place");
    let ring = |source: &crate::mvt::figures::Source| -> Vec<WorldPoint> {
        let world = |p: &[i32; 2]| WorldPoint {
            x: place.x.wrapping_add_signed(p[0] * 64),
            y: place.y.wrapping_add_signed(p[1] * 64),
        };
        source.chains[0].iter().map(world).collect()
    };
    let rings: Vec<Vec<WorldPoint>> = parcels(28).iter().map(ring).collect();
    let count = rings.len() as f64;
    let time = fastest(50, || {
        rings.iter().for_each(|ring| _ = black_box(interior_point(std::iter::once(ring.as_slice()))));
    });
    eprintln!("interior point: {:.0} ns a parcel", time / count);

    let lon_lat = |ring: &Vec<WorldPoint>| {
        let degrees = |p: &WorldPoint| Coord::from(WebMercatorQuad.unproject(*p));
        MultiPolygon::from(Polygon::new(LineString(ring.iter().map(degrees).collect()), vec![]))
    };
    let polygons: Vec<MultiPolygon<f64>> = rings.iter().map(lon_lat).collect();
    let time = fastest(50, || {
        polygons.iter().for_each(|polygon| _ = black_box(layers::measure::ellipsoidal_area(polygon)));
    });
    eprintln!("ellipsoidal area: {:.0} ns a parcel", time / count);

    // A city: 250 000 parcels in a square of 32 km, every theme of the schema with its classes.
    let schema = LayerSchema::of("parcels").expect("a layer");
    let columns = schema.empty_layer().attributes;
    let themes = Theme::of_schema("parcels", &columns);
    let rows: Vec<Vec<u8>> = (0..997usize)
        .map(|number| {
            let value = |(place, attribute): (usize, &layers::schema::AttributeSchema)| {
                // Neighbours are alike in most things.
                let pick = number / (3 + 7 * place) + number % 2 * (place % 2);
                let code = attribute.codes.map(|list| &*list.codes[pick % list.codes.len()].code);
                match (attribute.kind, code) {
                    (ValueKind::Int, Some(code)) => code.parse::<i64>().map_or(Value::Null, Value::Int),
                    (ValueKind::Text, Some(code)) => Value::text(code),
                    (ValueKind::Bool, _) => Value::Bool(pick % 3 == 0),
                    (ValueKind::Real, _) => Value::Real(number as f64 / 7.0),
                    _ => Value::text("a"),
                }
            };
            let row: Vec<Value> = schema.attributes.iter().enumerate().map(value).collect();
            let mut attributes = Vec::new();
            encode_attributes(&columns, &row, &mut attributes);
            attributes
        })
        .collect();
    let grid = CellGrid::new(12, 32).expect("a grid");
    let across = 500u32;
    let step = 9_500u32;
    let mut source = CellSource::new(grid, themes.clone());
    let time = fastest(1, || {
        for number in 0..across * across {
            let point = WorldPoint { x: place.x + number % across * step, y: place.y + number / across * step };
            let hectares = 0.2 + f64::from(number % 1_000) / 1_700.0;
            source.add(
                point,
                Some(hectares),
                &rows[(number / across / 9 * 57 + number % across / 9) as usize % rows.len()],
            );
        }
    });
    eprintln!("gathering: {:.0} ns a parcel, {} themes", time / f64::from(across * across), themes.len());
    let mut pyramid = None;
    let time = fastest(1, || pyramid = Some(source.clone().pyramid()));
    eprintln!("pyramid of 13 zooms: {:.1} ms", time / 1e6);
    let pyramid = pyramid.expect("made");
    for zoom in 5..=12 {
        let mut tiles = Vec::new();
        let time = fastest(1, || tiles = pyramid.tiles_at(zoom).collect());
        let raw: usize = tiles.iter().map(|(_, bytes)| bytes.len()).sum();
        let sizes: Vec<usize> = tiles.iter().map(|(_, bytes)| gzip(bytes, 6).len()).collect();
        eprintln!(
            "zoom {zoom:2}: {:4} tiles in {:.2} ms, {raw} bytes, {} compressed, the largest {}",
            tiles.len(),
            time / 1e6,
            sizes.iter().sum::<usize>(),
            sizes.iter().max().unwrap_or(&0)
        );
    }
}
