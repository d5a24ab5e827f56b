//! The last look at a generation before anyone may see it: does it read back?

use std::path::Path;

use layers::dossier::store::Dossiers;
use layers::findings::Findings;
use rayon::prelude::*;
use tiler::Archive;

use super::manifest::{LayerEntry, Manifest, Part, TilesetEntry};
use super::{BuildError, DOSSIERS, RULES, quality, sources};
use crate::project::FINDINGS;

/// Opens everything the manifest names and compares it with what the manifest says.
pub(super) fn verify(folder: &Path, manifest: &Manifest) -> Result<(), BuildError> {
    manifest.tilesets.par_iter().try_for_each(|tileset| verify_tileset(folder, tileset))?;
    manifest.parts.par_iter().try_for_each(|part| match Part::of(folder, &part.file)? == *part {
        true => Ok(()),
        false => Err(BuildError::Part { file: folder.join(&part.file), what: "its bytes" }),
    })?;
    if manifest.has(DOSSIERS) {
        verify_dossiers(folder, manifest)?;
    }
    let file = folder.join(RULES);
    if has_rules(folder, manifest) { Ok(()) } else { Err(BuildError::ChangedRules { file }) }
}

/// There is a dossier of every parcel on the map.
fn verify_dossiers(folder: &Path, manifest: &Manifest) -> Result<(), BuildError> {
    let file = folder.join(DOSSIERS);
    let dossiers = Dossiers::open(&file)?;
    let of_findings = manifest.tilesets.iter().filter(|tileset| tileset.id == FINDINGS);
    let parcels = of_findings.flat_map(|tileset| &tileset.layers).find(|layer| layer.id == "parcels");
    dossiers.case()?;
    if dossiers.keys()?.len() as u64 == parcels.map_or(0, |layer| layer.features) {
        Ok(())
    } else {
        Err(BuildError::Part { file, what: "the number of its dossiers" })
    }
}

/// Whether the rules that made the findings are there to explain them.
fn has_rules(folder: &Path, manifest: &Manifest) -> bool {
    let Some(expected) = &manifest.rules_sha256 else { return true };
    sources::hash_file(&folder.join(RULES)).is_ok_and(|hash| hash == *expected)
}

/// Whether the files of a generation that was published earlier are all there, by size.
pub(super) fn is_whole(folder: &Path, manifest: &Manifest) -> bool {
    let tilesets_are_whole = manifest.tilesets.iter().all(|tileset| {
        let archive = std::fs::metadata(folder.join(&tileset.archive));
        archive.is_ok_and(|file| file.len() == tileset.bytes) && folder.join(&tileset.lookup).is_file()
    });
    let is_there = |part: &Part| std::fs::metadata(folder.join(&part.file)).is_ok_and(|file| file.len() == part.bytes);
    let parts_are_whole = manifest.parts.iter().all(is_there) && folder.join(quality::FILE_NAME).is_file();
    has_rules(folder, manifest) && tilesets_are_whole && parts_are_whole
}

fn verify_tileset(folder: &Path, tileset: &TilesetEntry) -> Result<(), BuildError> {
    let (archive, lookup) = rayon::join(|| verify_archive(folder, tileset), || verify_lookup(folder, tileset));
    archive.and(lookup)
}

fn verify_archive(folder: &Path, tileset: &TilesetEntry) -> Result<(), BuildError> {
    let differs = |what| BuildError::Verify { tileset: tileset.id.clone(), what };
    let file = folder.join(&tileset.archive);
    let archive = Archive::open(&file)?;
    if archive.zooms() != (tileset.min_zoom, tileset.max_zoom) {
        return Err(differs("its zooms"));
    }
    // An archive keeps degrees as whole ten-millionths (PMTiles v3 §3.4).
    let near = |(a, b): (f64, &f64)| (a - b).abs() < 1e-6;
    if !archive.bounds().into_iter().zip(&tileset.bounds).all(near) {
        return Err(differs("its bounds"));
    }
    // Its hash is that of the file as it was read back.
    let bytes = std::fs::metadata(&file).map_err(|cause| BuildError::Incomplete { file, cause })?.len();
    if bytes == tileset.bytes { Ok(()) } else { Err(differs("its size")) }
}

fn verify_lookup(folder: &Path, tileset: &TilesetEntry) -> Result<(), BuildError> {
    let differs = |what| BuildError::Verify { tileset: tileset.id.clone(), what };
    let lookup = folder.join(&tileset.lookup);
    let failed = |cause| BuildError::Lookup { file: lookup.clone(), cause };
    let findings = Findings::open(&lookup).map_err(failed)?;
    if !findings.verify().map_err(failed)? {
        return Err(differs("its look-up table"));
    }
    let counts = findings.counts().map_err(failed)?;
    let counted = |layer: &LayerEntry| counts.iter().any(|(id, n)| *id == layer.id && *n == layer.features);
    if tileset.layers.iter().all(counted) { Ok(()) } else { Err(differs("the number of its features")) }
}
