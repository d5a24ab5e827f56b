//! Shapes drawn in metres, so that areas and lengths are round.

use geo::{Geometry, MapCoords, Polygon, Rect, coord};
use layers::measure::EqualAreaPlane;
use layers::project::{LayerSpec, Role};
use layers::{Layer, Value, ValueKind};

use super::layer;

type Input = (LayerSpec, Layer);

pub(crate) fn rect(x: f64, y: f64, width: f64, height: f64) -> Polygon<f64> {
    Rect::new(coord! { x: x, y: y }, coord! { x: x + width, y: y + height }).to_polygon()
}

/// Metres east and north of 116° E 43.9° N in longitude and latitude; areas are true.
pub(crate) fn on_earth(shape: &Polygon<f64>) -> Geometry<f64> {
    let plane = EqualAreaPlane::around(coord! { x: 116.0, y: 43.9 });
    Geometry::Polygon(shape.map_coords(|point| plane.unproject(point)))
}

fn coded(role: Role, columns: [&str; 2], shapes: &[(&str, &str, Polygon<f64>)]) -> Input {
    let columns = columns.map(|name| (name, ValueKind::Text));
    let row = |(key, code, shape): &(&str, &str, Polygon<f64>)| {
        let code = Some(*code).filter(|code| !code.is_empty());
        (on_earth(shape), vec![Value::from(*key), code.map(str::to_owned).into()])
    };
    layer(role, &columns, shapes.iter().map(row).collect())
}

/// Industrial patches by key.
pub(crate) fn patches(shapes: &[(&str, Polygon<f64>)]) -> Input {
    let shapes: Vec<_> = shapes.iter().map(|(key, shape)| (*key, "1001", shape.clone())).collect();
    coded(Role::Parcels, ["BSM", "DLBM"], &shapes)
}

/// Blocks of the plan by code; where they overlap, the first has the land.
pub(crate) fn blocks(shapes: &[(&str, Polygon<f64>)]) -> Input {
    let keys: Vec<String> = (1..=shapes.len()).map(|number| format!("B{number}")).collect();
    let shapes: Vec<_> =
        shapes.iter().zip(&keys).map(|((code, shape), key)| (key.as_str(), *code, shape.clone())).collect();
    coded(Role::Zoning, ["DKBH", "YDXZDM"], &shapes)
}

/// Areas of any other role, with a key and one more column.
pub(crate) fn areas(role: Role, column: &str, shapes: &[(&str, &str, Polygon<f64>)]) -> Input {
    coded(role, ["BSM", column], shapes)
}
