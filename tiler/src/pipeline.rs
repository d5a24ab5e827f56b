//! The way of a feature through the tiler, room by room.
//!
//! Once for all zooms: project to the world grid, node T-junctions, weigh vertices. Then zoom by
//! zoom: filter and snap a whole layer, settle what collapsed or broke, slice into tiles, encode and
//! compress each tile, write them in the archive's order. Every step runs on all threads, and none
//! of them sees how many there are.

use std::io;

use rayon::prelude::*;

use crate::archive::gzip::gzip;
use crate::archive::{TileOrder, WriteArchive};
use crate::clip::slice;
use crate::coord::TileCoord;
use crate::encode::{TileFeature, TileLayer, TilePoint, encode};
use crate::node::node;
use crate::repair::{Care, minimum, settle};
use crate::simplify::{WeighedFeature, weigh};
use crate::snap::{EXTENT, GridFeature, GridPoint, snap};
use crate::tileset::{Progress, TilesetSpec, ZoomSummary};
use crate::world::{Shape, WorldFeature};

/// Tiles encoded before they are written: enough for all threads, little enough to hold.
const BATCH: usize = 1024;

/// A feature's part in one tile, with what decides where it goes.
struct Piece {
    tile: TileCoord,
    /// The tile's place in the archive.
    place: u64,
    /// The feature's place in its layer.
    order: usize,
    feature: TileFeature,
    care: Care,
}

/// Tiles all zooms of a tileset into an archive.
pub(crate) fn run(
    spec: &TilesetSpec<'_>,
    mut projected: Vec<Vec<WorldFeature>>,
    (min_zoom, max_zoom): (u8, u8),
    archive: &mut dyn WriteArchive,
    progress: Progress<'_>,
) -> io::Result<Vec<ZoomSummary>> {
    projected.iter_mut().for_each(|layer| node(layer));
    let weighed: Vec<_> = projected.iter().map(|layer| weigh(layer, min_zoom..=max_zoom)).collect();
    drop(projected);
    let tile_layers: Vec<TileLayer<'_>> = spec.layers.iter().map(TileLayer::new).collect();
    let mut done = 0;
    let mut summaries = Vec::new();
    for zoom in min_zoom..=max_zoom {
        let mut pieces = pieces(&weighed, zoom, archive.order());
        pieces.par_sort_unstable_by_key(|piece| (piece.place, piece.feature.layer, piece.order));
        let tiles: Vec<&[Piece]> = pieces.chunk_by(|a, b| a.place == b.place).collect();
        // Each zoom to come has up to four times the tiles of the one before.
        let expected = done + tiles.len() as u64 * ((1 << (2 * (max_zoom - zoom + 1))) - 1) / 3;
        for batch in tiles.chunks(BATCH) {
            let encode_one = |tile: &&[Piece]| gzip(&encode(&tile_layers, tile.iter().map(|piece| &piece.feature)));
            let encoded: Vec<Vec<u8>> = batch.par_iter().map(encode_one).collect();
            for (tile, bytes) in batch.iter().zip(&encoded) {
                archive.put(tile[0].tile, bytes)?;
            }
            done += batch.len() as u64;
            progress(done, expected);
        }
        summaries.push(summary(zoom, tiles.len(), &pieces));
        tracing::debug!(zoom, tiles = tiles.len(), features = pieces.len(), "tiled zoom");
    }
    Ok(summaries)
}

/// All pieces of all layers at a zoom.
fn pieces(layers: &[Vec<WeighedFeature>], zoom: u8, order: TileOrder) -> Vec<Piece> {
    let of_layer = |(layer, features): (usize, &Vec<WeighedFeature>)| {
        let snapped = snap(features, zoom);
        let of_feature =
            move |(place, feature): (usize, GridFeature)| pieces_of(feature, layer, place, zoom, order).into_iter();
        snapped.into_par_iter().enumerate().flat_map_iter(of_feature).collect::<Vec<_>>()
    };
    layers.iter().enumerate().flat_map(of_layer).collect()
}

/// One feature's pieces; at least one.
fn pieces_of(mut feature: GridFeature, layer: usize, order: usize, zoom: u8, tile_order: TileOrder) -> Vec<Piece> {
    let mut care = settle(&mut feature.shape, zoom);
    let mut parts = slices(&feature.shape, zoom);
    if parts.is_empty() {
        // So long and thin that both its sides were cut in the same point in every tile.
        parts = slices(&minimum(&feature.shape, zoom), zoom);
        care = Care { repaired: false, minimum: true };
    }
    let piece = |(tile, shape): (TileCoord, Shape<GridPoint>)| {
        let place = match tile_order {
            TileOrder::Curve => tile.id().value(),
            TileOrder::Column => (u64::from(tile.x()) << 32) | u64::from(tile.y()),
        };
        let origin = GridPoint { x: i64::from(tile.x()) * EXTENT, y: i64::from(tile.y()) * EXTENT };
        let shape = localised(&shape, origin);
        Piece { tile, place, order, care, feature: TileFeature { layer, source: feature.source, shape } }
    };
    parts.into_iter().map(piece).collect()
}

fn slices(shape: &Shape<GridPoint>, zoom: u8) -> Vec<(TileCoord, Shape<GridPoint>)> {
    let mut slices = Vec::with_capacity(1);
    slice(shape, zoom, &mut |column, row, part| {
        slices.push((TileCoord::new(zoom, column, row).expect("clipping stays inside the grid"), part));
    });
    slices
}

/// The shape in the units of its tile.
fn localised(shape: &Shape<GridPoint>, origin: GridPoint) -> Shape<TilePoint> {
    let local = |p: &GridPoint| TilePoint { x: (p.x - origin.x) as i32, y: (p.y - origin.y) as i32 };
    shape.map(|chain| chain.iter().map(local).collect())
}

fn summary(zoom: u8, tiles: usize, pieces: &[Piece]) -> ZoomSummary {
    let count = |of: fn(&Care) -> bool| pieces.iter().filter(|piece| of(&piece.care)).count() as u64;
    ZoomSummary {
        zoom,
        tiles: tiles as u64,
        features: pieces.len() as u64,
        minimum: count(|care| care.minimum),
        repaired: count(|care| care.repaired),
    }
}
