//! What a build is made of: the bytes of its sources, and whether they stayed still meanwhile.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::BuildError;
use crate::project::Project;

/// A source file as the manifest names it: by file name, not by path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// File name.
    pub file: String,
    /// SHA-256 of its bytes, and of its write-ahead log where it has one, in hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// The layers read from it.
    pub layers: Vec<String>,
}

/// The sources of a project with their hashes, and what they looked like when they were hashed.
#[derive(Debug)]
pub(super) struct Sources {
    pub(super) sources: Vec<Source>,
    seen: Vec<(PathBuf, Option<Stamp>)>,
}

/// Size and time of change: enough to see that someone wrote to a file.
type Stamp = (u64, std::time::SystemTime);

impl Sources {
    /// Hashes every file of a project, in the order in which its layers name them.
    pub(super) fn of(project: &Project) -> Result<Self, BuildError> {
        let mut layers: BTreeMap<&Path, Vec<String>> = BTreeMap::new();
        let mut files: Vec<&Path> = Vec::new();
        for layer in &project.layers {
            let file = layer.spec.source.file.as_path();
            if !layers.contains_key(file) {
                files.push(file);
            }
            layers.entry(file).or_default().push(layer.spec.id.clone());
        }
        let seen = files.iter().flat_map(|file| [(*file).to_owned(), write_ahead_log(file)]);
        let seen = seen.map(|file| (file.clone(), stamp(&file))).collect();
        let hashed = files.par_iter().map(|file| {
            let (sha256, bytes) = hash(file).map_err(|cause| BuildError::Source { file: (*file).to_owned(), cause })?;
            let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
            Ok(Source { file: name, sha256, bytes, layers: layers.get(file).cloned().unwrap_or_default() })
        });
        Ok(Self { sources: hashed.collect::<Result<_, BuildError>>()?, seen })
    }

    /// Refuses sources that were written to since they were hashed.
    pub(super) fn check_unchanged(&self) -> Result<(), BuildError> {
        match self.seen.iter().find(|(file, before)| stamp(file) != *before) {
            Some((file, _)) => Err(BuildError::Changed { file: file.clone() }),
            None => Ok(()),
        }
    }
}

/// SHA-256 of bytes in memory, in hexadecimal.
pub fn hex_digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 of a file in hexadecimal.
pub(super) fn hash_file(file: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    feed(&mut hasher, &mut File::open(file)?)?;
    Ok(hex(&hasher.finalize()))
}

fn hash(file: &Path) -> io::Result<(String, u64)> {
    let mut hasher = Sha256::new();
    let bytes = feed(&mut hasher, &mut File::open(file)?)?;
    // Rows that are committed but not yet folded into the main file live in the log.
    match File::open(write_ahead_log(file)) {
        Ok(mut log) => {
            feed(&mut hasher, &mut log)?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok((hex(&hasher.finalize()), bytes))
}

fn feed(hasher: &mut Sha256, file: &mut File) -> io::Result<u64> {
    let mut buffer = vec![0; 1 << 16];
    let mut total = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(total);
        }
        hasher.update(&buffer[..read]);
        total += read as u64;
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn write_ahead_log(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

fn stamp(file: &Path) -> Option<Stamp> {
    let of = |metadata: Metadata| Some((metadata.len(), metadata.modified().ok()?));
    std::fs::metadata(file).ok().and_then(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_standard() {
        // FIPS 180-4, the example of one block.
        assert_eq!(hex_digest(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
