//! One layer of one tile, feature by feature, in wire form.
//!
//! The order of members is that of their field numbers, and keys and values stand in the order in
//! which they were first seen: as the crate `mvt` writes them, so that the two can be compared byte by
//! byte. Only the lengths in front of messages have to be known before what they count, so every
//! feature's tags and geometry are written aside first and copied behind their lengths.

use layers::schema::Attribute;

use super::geometry::{self, TileShape};
use super::values::{Tag, Values};
use crate::pixels::EXTENT;
use crate::varint;

/// Tags of members: field number and wire type (2 = length-delimited, 0 = varint).
mod tag {
    pub(super) const TILE_LAYERS: u8 = 3 << 3 | 2;
    pub(super) const LAYER_NAME: u8 = 1 << 3 | 2;
    pub(super) const LAYER_FEATURES: u8 = 2 << 3 | 2;
    pub(super) const LAYER_KEYS: u8 = 3 << 3 | 2;
    pub(super) const LAYER_EXTENT: u8 = 5 << 3;
    pub(super) const LAYER_VERSION: u8 = 15 << 3;
    pub(super) const FEATURE_ID: u8 = 1 << 3;
    pub(super) const FEATURE_TAGS: u8 = 2 << 3 | 2;
    pub(super) const FEATURE_TYPE: u8 = 3 << 3;
    pub(super) const FEATURE_GEOMETRY: u8 = 4 << 3 | 2;
}

/// Version of the specification that layers follow.
const VERSION: u64 = 2;

/// Writes the layers of tiles, one after the other: [`start`](Self::start), then every
/// [`feature`](Self::feature), then [`finish`](Self::finish). Keeps its memory from tile to tile.
#[derive(Debug, Default)]
pub(crate) struct LayerEncoder {
    /// `Layer.features` as they stand in the tile.
    features: Vec<u8>,
    /// The place in `values` of every value of [`Values`], plus one; 0 = it does not occur.
    place_of_value: Vec<u32>,
    /// Values that occur, in the order in which they were first seen.
    values: Vec<u32>,
    /// The place in `keys` of every column that occurs, plus one; 0 = none yet.
    key_of_column: Vec<u32>,
    /// Columns that occur, in the order of their first value.
    keys: Vec<usize>,
    /// Tags of the feature at hand.
    tags: Vec<u8>,
    /// Its geometry, at the front.
    geometry: Vec<u8>,
}

impl LayerEncoder {
    /// Begins a layer.
    pub(crate) fn start(&mut self) {
        self.features.clear();
        self.values.drain(..).for_each(|value| self.place_of_value[value as usize] = 0);
        self.key_of_column.clear();
        self.keys.clear();
    }

    /// Adds a feature. All features of a layer have their tags from the same [`Values`]; what `shape`
    /// has to be is said there.
    pub(crate) fn feature(&mut self, id: u64, tags: &[Tag], shape: &TileShape<'_>) {
        self.tags.clear();
        for tag in tags {
            let (key, value) = (self.key(tag.column as usize), self.value(tag.value));
            varint::put(&mut self.tags, u64::from(key));
            varint::put(&mut self.tags, u64::from(value));
        }
        let geometry = geometry::put(shape, &mut self.geometry);
        let has_tags = !self.tags.is_empty();
        let tags_length = if has_tags { delimited(self.tags.len()) } else { 0 };
        // Two bytes for the type: its tag and a number below 4.
        let length = 1 + varint::length(id) + tags_length + 2 + delimited(geometry);
        self.features.reserve(delimited(length));
        put_length(&mut self.features, tag::LAYER_FEATURES, length);
        self.features.push(tag::FEATURE_ID);
        varint::put(&mut self.features, id);
        if has_tags {
            put_bytes(&mut self.features, tag::FEATURE_TAGS, &self.tags);
        }
        self.features.extend([tag::FEATURE_TYPE, shape.kind.code()]);
        put_bytes(&mut self.features, tag::FEATURE_GEOMETRY, &self.geometry[..geometry]);
    }

    /// Ends the layer: appends it to `tile`, or nothing if it has no features.
    ///
    /// `columns` name the columns of the features' tags, `values` are what they are of.
    pub(crate) fn finish(&mut self, name: &str, columns: &[Attribute], values: &Values, tile: &mut Vec<u8>) {
        if self.features.is_empty() {
            return;
        }
        let key_name = |column: &usize| columns.get(*column).map_or("", |column| &column.name);
        let keys: usize = self.keys.iter().map(|column| delimited(key_name(column).len())).sum();
        let members = || self.values.iter().map(|value| values.member(*value));
        let values: usize = members().map(<[u8]>::len).sum();
        let numbers = 1 + varint::length(EXTENT as u64) + 1 + varint::length(VERSION);
        let length = delimited(name.len()) + self.features.len() + keys + values + numbers;
        tile.reserve(delimited(length));
        put_length(tile, tag::TILE_LAYERS, length);
        put_bytes(tile, tag::LAYER_NAME, name.as_bytes());
        tile.extend_from_slice(&self.features);
        self.keys.iter().for_each(|column| put_bytes(tile, tag::LAYER_KEYS, key_name(column).as_bytes()));
        members().for_each(|member| tile.extend_from_slice(member));
        tile.push(tag::LAYER_EXTENT);
        varint::put(tile, EXTENT as u64);
        tile.push(tag::LAYER_VERSION);
        varint::put(tile, VERSION);
    }

    /// The place of a column's name among the layer's keys.
    #[inline]
    fn key(&mut self, column: usize) -> u32 {
        match self.key_of_column.get(column) {
            Some(&key) if key > 0 => key - 1,
            _ => self.new_key(column),
        }
    }

    /// The place of a value among the layer's.
    #[inline]
    fn value(&mut self, value: u32) -> u32 {
        match self.place_of_value.get(value as usize) {
            Some(&place) if place > 0 => place - 1,
            _ => self.new_value(value),
        }
    }

    fn new_value(&mut self, value: u32) -> u32 {
        let at = value as usize;
        if self.place_of_value.len() <= at {
            self.place_of_value.resize((at + 1).next_power_of_two(), 0);
        }
        self.values.push(value);
        self.place_of_value[at] = self.values.len() as u32;
        self.values.len() as u32 - 1
    }

    #[cold]
    fn new_key(&mut self, column: usize) -> u32 {
        if self.key_of_column.len() <= column {
            self.key_of_column.resize(column + 1, 0);
        }
        self.keys.push(column);
        self.key_of_column[column] = self.keys.len() as u32;
        self.keys.len() as u32 - 1
    }
}

/// Bytes of a length-delimited member with so many bytes: tag, length, bytes.
fn delimited(bytes: usize) -> usize {
    1 + varint::length(bytes as u64) + bytes
}

fn put_length(out: &mut Vec<u8>, tag: u8, length: usize) {
    out.push(tag);
    varint::put(out, length as u64);
}

fn put_bytes(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    put_length(out, tag, bytes.len());
    out.extend_from_slice(bytes);
}
