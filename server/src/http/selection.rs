//! Which tilesets a URL asks for: one, or several joined by commas.

use std::collections::HashSet;

use crate::error::ApiError;
use crate::generation::{Generation, Tileset};

/// The tilesets of a list such as `findings,base`, in its order.
///
/// # Errors
/// [`ApiError::UnknownTileset`], [`ApiError::RepeatedTileset`]; [`ApiError::SharedLayer`] if they
/// cannot stand in one tile.
pub(super) fn selected<'g>(list: &str, generation: &'g Generation) -> Result<Vec<&'g Tileset>, ApiError> {
    let find = |id: &str| generation.tileset(id).ok_or_else(|| ApiError::UnknownTileset(id.to_owned()));
    if !list.contains(',') {
        return Ok(vec![find(list)?]);
    }
    let mut tilesets: Vec<&Tileset> = Vec::new();
    let mut layers = HashSet::new();
    for id in list.split(',') {
        if tilesets.iter().any(|earlier| earlier.id() == id) {
            return Err(ApiError::RepeatedTileset(id.to_owned()));
        }
        let tileset = find(id)?;
        for layer in tileset.layers() {
            if !layers.insert(layer.id.as_str()) {
                return Err(ApiError::SharedLayer(layer.id.clone()));
            }
        }
        tilesets.push(tileset);
    }
    Ok(tilesets)
}
