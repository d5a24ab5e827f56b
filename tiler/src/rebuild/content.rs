//! What a feature says, as a number: equal features have equal hashes, others hardly ever.

use geo::{Coord, Geometry, LineString, Polygon};
use layers::{ThematicFeature, Value};
use xxhash_rust::xxh3::xxh3_64;

use super::notes::RowMark;

/// Hashes features one after the other, in the same memory.
#[derive(Default)]
pub(crate) struct ContentHasher(Vec<u8>);

impl ContentHasher {
    /// How a feature is known and what is in it: its id, its geometry to the last bit, its values.
    pub(crate) fn mark(&mut self, feature: &ThematicFeature) -> RowMark {
        self.0.clear();
        self.number(feature.id);
        self.geometry(&feature.geometry);
        feature.values.iter().for_each(|value| self.value(value));
        // Ids end at 2⁵³ (`layers::ids::MAX_ID`).
        RowMark { key: feature.id as i64, hash: xxh3_64(&self.0) }
    }

    fn number(&mut self, number: u64) {
        self.0.extend(number.to_le_bytes());
    }

    fn tag(&mut self, tag: u8, count: usize) {
        self.0.push(tag);
        self.number(count as u64);
    }

    fn coords(&mut self, coords: &[Coord<f64>]) {
        self.tag(b'c', coords.len());
        for at in coords {
            self.number(at.x.to_bits());
            self.number(at.y.to_bits());
        }
    }

    fn lines<'g>(&mut self, tag: u8, lines: impl ExactSizeIterator<Item = &'g LineString<f64>>) {
        self.tag(tag, lines.len());
        lines.for_each(|line| self.coords(&line.0));
    }

    fn polygon(&mut self, polygon: &Polygon<f64>) {
        self.coords(&polygon.exterior().0);
        self.lines(b'h', polygon.interiors().iter());
    }

    fn geometry(&mut self, geometry: &Geometry<f64>) {
        match geometry {
            Geometry::Point(point) => self.coords(&[point.0]),
            Geometry::MultiPoint(points) => {
                self.tag(b'P', points.0.len());
                points.0.iter().for_each(|point| self.coords(&[point.0]));
            }
            Geometry::Line(line) => self.lines(b'l', [LineString(vec![line.start, line.end])].iter()),
            Geometry::LineString(line) => self.lines(b'l', [line].into_iter()),
            Geometry::MultiLineString(lines) => self.lines(b'L', lines.0.iter()),
            Geometry::Polygon(polygon) => {
                self.tag(b'a', 1);
                self.polygon(polygon);
            }
            Geometry::MultiPolygon(polygons) => {
                self.tag(b'A', polygons.0.len());
                polygons.0.iter().for_each(|polygon| self.polygon(polygon));
            }
            Geometry::Rect(rect) => self.geometry(&rect.to_polygon().into()),
            Geometry::Triangle(triangle) => self.geometry(&triangle.to_polygon().into()),
            Geometry::GeometryCollection(parts) => {
                self.tag(b'g', parts.0.len());
                parts.0.iter().for_each(|part| self.geometry(part));
            }
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.0.push(b'0'),
            Value::Bool(is) => self.tag(b'b', usize::from(*is)),
            Value::Int(number) => {
                self.0.push(b'i');
                self.number(*number as u64);
            }
            Value::Real(number) => {
                self.0.push(b'r');
                self.number(number.to_bits());
            }
            Value::Text(text) => {
                self.tag(b't', text.len());
                self.0.extend(text.as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use geo::{Point, line_string, polygon};

    use super::*;

    #[test]
    fn whatever_differs_shows() {
        let square = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.), (x: 0., y: 0.)];
        let holed = Polygon::new(square.exterior().clone(), vec![square.exterior().clone()]);
        let line = line_string![(x: 0., y: 0.), (x: 1., y: 0.)];
        let geometries: [Geometry<f64>; 6] = [
            Point::new(0., 0.).into(),
            Point::new(0., -0.).into(),
            line.into(),
            square.clone().into(),
            geo::MultiPolygon(vec![square.clone(), square]).into(),
            holed.into(),
        ];
        let values = [vec![], vec![Value::Null], vec![Value::Int(1)], vec![Value::Real(1.)], vec![Value::text("1")]];
        let mut hasher = ContentHasher::default();
        let mut hashes = Vec::new();
        for geometry in &geometries {
            for values in &values {
                let feature = ThematicFeature { id: 7, geometry: geometry.clone(), values: values.clone() };
                assert_eq!(hasher.mark(&feature), hasher.mark(&feature.clone()));
                hashes.push(hasher.mark(&feature).hash);
            }
        }
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), geometries.len() * values.len());
    }
}
