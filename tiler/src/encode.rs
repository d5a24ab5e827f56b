//! From the pieces of a tile to its bytes: Mapbox Vector Tile 2.1.
//!
//! The encoder is the crate `mvt`. It joins a ring to the one before when they share the point where
//! its cursor stands, so rings start elsewhere and lines are joined here, where that is right.

use layers::{ThematicLayer, Value, ValueKind};
use mvt::{Feature, GeomData, GeomEncoder, GeomType, Tile};

use crate::snap::EXTENT;
use crate::world::Shape;

/// A point of a tile: 0..=4096 plus buffer, y down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TilePoint {
    /// Units from the west side.
    pub(crate) x: i32,
    /// Units from the north side.
    pub(crate) y: i32,
}

/// What one feature shows in one tile.
#[derive(Clone, Debug)]
pub(crate) struct TileFeature {
    /// Its layer's place in the tileset.
    pub(crate) layer: usize,
    /// Its place in `ThematicLayer::features`.
    pub(crate) source: usize,
    pub(crate) shape: Shape<TilePoint>,
}

/// How the values of a column are written: one type for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Bool,
    /// Whole numbers, none below zero.
    Uint,
    Sint,
    Double,
    Text,
}

/// A layer and how its columns are written.
pub(crate) struct TileLayer<'a> {
    layer: &'a ThematicLayer,
    encodings: Vec<Encoding>,
}

impl<'a> TileLayer<'a> {
    pub(crate) fn new(layer: &'a ThematicLayer) -> Self {
        let is_negative = |place: usize| {
            layer.features.iter().any(|feature| matches!(feature.values.get(place), Some(Value::Int(..0))))
        };
        let encoding = |(place, attribute): (usize, &layers::schema::Attribute)| match attribute.kind {
            ValueKind::Bool => Encoding::Bool,
            ValueKind::Int if is_negative(place) => Encoding::Sint,
            ValueKind::Int => Encoding::Uint,
            ValueKind::Real => Encoding::Double,
            ValueKind::Text => Encoding::Text,
        };
        Self { layer, encodings: layer.attributes.iter().enumerate().map(encoding).collect() }
    }

    fn add_tags(&self, feature: &mut Feature, values: &[Value]) {
        for ((attribute, encoding), value) in self.layer.attributes.iter().zip(&self.encodings).zip(values) {
            let name = &attribute.name;
            // A value of another type than its column's has no place in a typed tile; the schema rules
            // it out, except that whole numbers may stand among fractions.
            match (encoding, value) {
                (Encoding::Bool, Value::Bool(truth)) => feature.add_tag_bool(name, *truth),
                (Encoding::Uint, Value::Int(number)) => feature.add_tag_uint(name, number.unsigned_abs()),
                (Encoding::Sint, Value::Int(number)) => feature.add_tag_sint(name, *number),
                (Encoding::Double, Value::Real(number)) => feature.add_tag_double(name, *number),
                (Encoding::Double, Value::Int(number)) => feature.add_tag_double(name, *number as f64),
                (Encoding::Text, Value::Text(text)) => feature.add_tag_string(name, text),
                _ => {}
            }
        }
    }
}

/// Encodes a tile. `features` come in the order of layers, and within a layer as they shall be drawn.
pub(crate) fn encode<'a>(layers: &[TileLayer<'_>], features: impl Iterator<Item = &'a TileFeature>) -> Vec<u8> {
    const FITS: &str = "integers inside the tile and distinct layer names are all that the encoder asks for";
    let mut features = features.peekable();
    let mut tile = Tile::new(EXTENT as u32);
    while let Some(number) = features.peek().map(|feature| feature.layer) {
        let layer = &layers[number];
        let mut tile_layer = tile.create_layer(&layer.layer.id);
        while let Some(piece) = features.next_if(|feature| feature.layer == number) {
            let source = &layer.layer.features[piece.source];
            let mut feature = tile_layer.into_feature(geometry(&piece.shape).expect(FITS));
            feature.set_id(source.id);
            layer.add_tags(&mut feature, &source.values);
            tile_layer = feature.into_layer();
        }
        tile.add_layer(tile_layer).expect(FITS);
    }
    tile.to_bytes().expect(FITS)
}

fn geometry(shape: &Shape<TilePoint>) -> Result<GeomData, mvt::Error> {
    match shape {
        Shape::Points(points) => {
            let mut encoder = GeomEncoder::new(GeomType::Point);
            points.iter().try_for_each(|p| encoder.add_point(p.x, p.y))?;
            encoder.encode()
        }
        Shape::Lines(lines) => {
            let mut encoder = GeomEncoder::new(GeomType::Linestring);
            let mut end = None;
            for line in lines {
                // A line that begins where the last one ended continues it.
                let continues = end.is_some() && end == line.first();
                if end.is_some() && !continues {
                    encoder.complete_geom()?;
                }
                line.iter().skip(usize::from(continues)).try_for_each(|p| encoder.add_point(p.x, p.y))?;
                end = line.last();
            }
            encoder.encode()
        }
        Shape::Polygons(polygons) => {
            let mut encoder = GeomEncoder::new(GeomType::Polygon);
            let mut cursor = None;
            for ring in polygons.iter().flatten() {
                if cursor.is_some() {
                    encoder.complete_geom()?;
                }
                // A MoveTo to where the cursor stands would be left out, so the ring starts one later.
                let start = usize::from(cursor.is_some() && cursor == ring.first());
                ring[start..].iter().chain(&ring[..start]).try_for_each(|p| encoder.add_point(p.x, p.y))?;
                cursor = if start == 0 { ring.last() } else { ring.first() };
            }
            encoder.encode()
        }
    }
}
