//! A block: one tile and all tiles below it down to some zoom, made from the records that touch it.
//!
//! What a block makes depends on these records alone. It knows nothing of other blocks, of threads, or
//! of how many zooms it was given.

mod check;
mod clip;
mod detour;
mod load;
mod pieces;
mod route;

use std::cell::RefCell;
use std::io;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use layers::schema::Attribute;
use rayon::prelude::*;

use crate::chains::ShapeKind;
use crate::counts::TileCounts;
use crate::mvt::{LayerEncoder, TileShape};
use crate::pixels::{BUFFER, HotPixels, unit_bits};
use crate::quadrants::Quadrant;
use crate::store::Store;
use crate::world::Bounds;
use load::Features;
use pieces::{Buffer, Draughtsman, Piece, PieceState};
use route::Terrain;

/// Features that one task draws.
const FEATURES_A_TASK: usize = 512;

/// A layer as tiles name it.
pub(crate) struct TileLayer {
    pub(crate) name: String,
    pub(crate) columns: Arc<[Attribute]>,
}

/// The tiles of one zoom of a block.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ZoomTiles {
    pub(crate) zoom: u8,
    /// Place on the curve and bytes, in the order of the curve.
    pub(crate) tiles: Vec<(u64, Vec<u8>)>,
    /// What each of them shows.
    pub(crate) counts: Vec<TileCounts>,
}

/// A block's records, ready to be drawn zoom by zoom.
pub(crate) struct Block<'a> {
    quadrant: Quadrant,
    layers: &'a [TileLayer],
    features: Features,
}

impl<'a> Block<'a> {
    /// The land that the tiles of a block show, their buffers included.
    pub(crate) fn reach(quadrant: Quadrant) -> Bounds {
        // One unit more, for what rounding brings in.
        quadrant.bounds().grown((BUFFER as u32 + 1) << unit_bits(quadrant.zoom))
    }

    /// Reads the block's records; `numbers` are at least those that meet its reach.
    pub(crate) fn load(
        store: &Store,
        numbers: &[u32],
        quadrant: Quadrant,
        zooms: &RangeInclusive<u8>,
        layers: &'a [TileLayer],
    ) -> io::Result<Self> {
        let features = Features::load(store, numbers, Self::reach(quadrant), *zooms.end())?;
        Ok(Self { quadrant, layers, features })
    }

    /// Draws one zoom; `finish` is what becomes of a tile's bytes.
    pub(crate) fn draw(&self, zoom: u8, finish: fn(Vec<u8>) -> Vec<u8>) -> ZoomTiles {
        let mut buffers: Vec<Buffer> = Vec::new();
        let mut from = 0;
        for layer in self.features.parts.chunk_by(|a, b| a.layer == b.layer) {
            let until = from + layer.len();
            self.draw_layer(from..until, zoom, &mut buffers);
            from = until;
        }
        let mut pieces: Vec<Piece> = Vec::with_capacity(buffers.iter().map(|buffer| buffer.pieces.len()).sum());
        buffers.iter_mut().for_each(|buffer| pieces.append(&mut buffer.pieces));
        // Parts stand in the order of layers, and within a layer as they shall be drawn.
        pieces.par_sort_unstable_by_key(|piece| (piece.tile, piece.part));
        let tiles: Vec<&[Piece]> = pieces.chunk_by(|a, b| a.tile == b.tile).collect();
        let encode = |tile: &&[Piece]| (tile[0].tile, finish(self.encode(tile, &buffers)));
        let counts = tiles.iter().map(|tile| counts_of(tile)).collect();
        let tiles = tiles.par_iter().with_max_len(1).map(encode).collect();
        ZoomTiles { zoom, tiles, counts }
    }

    fn draw_layer(&self, parts: Range<usize>, zoom: u8, buffers: &mut Vec<Buffer>) {
        let bits = unit_bits(zoom);
        let bounds = Self::reach(self.quadrant);
        let shapes = self.features.parts[parts.clone()].iter().filter(|part| part.kind != ShapeKind::Points);
        let vertices = shapes.flat_map(|part| part.chains.clone()).flat_map(|chain| self.features.chain(chain));
        let living = vertices.filter(|(point, weight)| weight.lives_at(zoom) && bounds.holds(*point));
        let hot = HotPixels::of(living.map(|(point, _)| point), bits);
        let first = buffers.len();
        let numbers: Vec<u32> = (parts.start as u32..parts.end as u32).collect();
        let drawn: Vec<Buffer> = numbers
            .par_chunks(FEATURES_A_TASK)
            .enumerate()
            .map(|(number, parts)| {
                let terrain = Terrain { zoom, bounds, hot: &hot };
                let mut draughtsman = Draughtsman::new(&self.features, self.quadrant, terrain, (first + number) as u32);
                parts.iter().for_each(|&part| draughtsman.draw(part));
                draughtsman.finish()
            })
            .collect();
        buffers.extend(drawn);
    }

    /// A tile's bytes from its pieces.
    fn encode(&self, tile: &[Piece], buffers: &[Buffer]) -> Vec<u8> {
        thread_local! {
            static ENCODER: RefCell<LayerEncoder> = RefCell::new(LayerEncoder::default());
        }
        let layer_of = |piece: &Piece| self.features.parts[piece.part as usize].layer;
        let mut bytes = Vec::new();
        ENCODER.with_borrow_mut(|encoder| {
            for layer in tile.chunk_by(|a, b| layer_of(a) == layer_of(b)) {
                encoder.start();
                for piece in layer {
                    let part = &self.features.parts[piece.part as usize];
                    let buffer = &buffers[piece.buffer as usize];
                    let shape = TileShape {
                        kind: piece.kind,
                        points: &buffer.points[piece.points.start as usize..piece.points.end as usize],
                        ends: &buffer.ends[piece.ends.start as usize..piece.ends.end as usize],
                    };
                    encoder.feature(part.id, &self.features.tags[part.tags.clone()], &shape);
                }
                let TileLayer { name, columns } = &self.layers[usize::from(layer_of(&layer[0]))];
                encoder.finish(name, columns, &self.features.values, &mut bytes);
            }
        });
        bytes
    }
}

/// What a tile shows, from its pieces.
fn counts_of(tile: &[Piece]) -> TileCounts {
    let with = |state: PieceState| tile.iter().filter(|piece| piece.state == state).count() as u64;
    TileCounts { features: tile.len() as u64, minimum: with(PieceState::Minimum), repaired: with(PieceState::Repaired) }
}
