//! What a build is made of: the bytes of its sources, and whether they stayed still meanwhile.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::BuildError;
use super::hashes::{Hashes, Look, look};
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
    seen: Vec<(PathBuf, Look)>,
}

impl Sources {
    /// The hash of every file of a project, in the order in which its layers name them. What is known
    /// of files in this folder of generations need not be read again.
    pub(super) fn of(project: &Project, generations: &Path) -> Result<Self, BuildError> {
        let mut layers: BTreeMap<&Path, Vec<String>> = BTreeMap::new();
        let mut files: Vec<&Path> = Vec::new();
        for layer in &project.layers {
            let file = layer.spec.source.file.as_path();
            if !layers.contains_key(file) {
                files.push(file);
            }
            layers.entry(file).or_default().push(layer.spec.id.clone());
        }
        let began = SystemTime::now();
        let mut known = Hashes::read(generations);
        let looks: Vec<(Look, Look)> = files.iter().map(|file| (look(file), look(&write_ahead_log(file)))).collect();
        let hashed: Vec<(bool, (String, u64))> = files
            .par_iter()
            .zip(&looks)
            .map(|(file, looks)| match known.of(file, looks) {
                Some(known) => Ok((false, known)),
                None => Ok((true, hash(file).map_err(|cause| BuildError::Source { file: (*file).to_owned(), cause })?)),
            })
            .collect::<Result<_, BuildError>>()?;
        let mut sources = Vec::new();
        let is_news = hashed.iter().any(|(is_new, _)| *is_new);
        for ((file, looks), (is_new, (sha256, bytes))) in files.iter().zip(&looks).zip(hashed) {
            let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
            let layers = layers.get(file).cloned().unwrap_or_default();
            sources.push(Source { file: name, sha256: sha256.clone(), bytes, layers });
            if is_new {
                known.add(file, looks, began, (sha256, bytes));
            }
        }
        if is_news {
            known.retain(&files);
            known.keep(generations);
        }
        let seen = files
            .iter()
            .zip(looks)
            .flat_map(|(file, (look, log))| [((*file).to_owned(), look), (write_ahead_log(file), log)]);
        Ok(Self { sources, seen: seen.collect() })
    }

    /// Refuses sources that were written to since they were hashed.
    pub(super) fn check_unchanged(&self) -> Result<(), BuildError> {
        match self.seen.iter().find(|(file, before)| look(file) != *before) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_standard() {
        // FIPS 180-4, the example of one block.
        assert_eq!(hex_digest(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
