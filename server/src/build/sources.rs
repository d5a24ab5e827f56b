//! What a build is made of: the bytes of its sources, and whether they stayed still meanwhile.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::BuildError;
use super::hashes::{Hashes, Looks, look, looks};
use super::snapshots::Snapshots;
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
    files: Vec<PathBuf>,
    looks: Vec<Looks>,
}

impl Sources {
    /// The hash of every file of a project, in the order in which its layers name them. What is known
    /// of files in this folder of generations need not be read again.
    pub(super) fn of(project: &Project, generations: &Path) -> Result<Self, BuildError> {
        Self::lying_at(project, generations, None)
    }

    /// The same of files that are copied.
    pub(super) fn of_copies(project: &Project, generations: &Path, copies: &Snapshots) -> Result<Self, BuildError> {
        Self::lying_at(project, generations, Some(copies))
    }

    /// The hashes if all of them are known.
    pub(super) fn known(project: &Project, generations: &Path) -> Option<Self> {
        let known = Hashes::read(generations);
        let files = files(project);
        let looks: Vec<Looks> = files.iter().map(|file| looks(file, &write_ahead_log(file))).collect();
        let hashed = files.iter().zip(&looks).map(|(file, looks)| known.of(file, looks)).collect::<Option<Vec<_>>>()?;
        Some(Self::hashed(project, files, looks, hashed))
    }

    fn lying_at(project: &Project, generations: &Path, copies: Option<&Snapshots>) -> Result<Self, BuildError> {
        let files = files(project);
        let began = SystemTime::now();
        let mut known = Hashes::read(generations);
        let copy = |file: &Path| copies.and_then(|copies| copies.of(file));
        let looks: Vec<Looks> = files
            .iter()
            .map(|file| copy(file).map_or_else(|| looks(file, &write_ahead_log(file)), |(_, looks)| looks.clone()))
            .collect();
        let hashed = |(file, looks): (&PathBuf, &Looks)| match known.of(file, looks) {
            Some(known) => Ok((false, known)),
            None => {
                let place = copy(file).map_or(file.as_path(), |(copy, _)| copy);
                let hash = hash(place).map_err(|cause| BuildError::Source { file: file.clone(), cause });
                Ok((true, hash?))
            }
        };
        // Copies are read at the same time, by all threads of the pool.
        let hashed: Vec<(bool, (String, u64))> = match copies {
            Some(_) => files.iter().zip(&looks).map(hashed).collect::<Result<_, BuildError>>()?,
            None => files.par_iter().zip(&looks).map(hashed).collect::<Result<_, BuildError>>()?,
        };
        let is_news = hashed.iter().any(|(is_new, _)| *is_new);
        for ((file, looks), (_, hash)) in files.iter().zip(&looks).zip(&hashed).filter(|(_, (is_new, _))| *is_new) {
            known.add(file, looks, began, hash.clone());
        }
        if is_news {
            known.retain(&files);
            known.keep(generations);
        }
        Ok(Self::hashed(project, files, looks, hashed.into_iter().map(|(_, hash)| hash).collect()))
    }

    fn hashed(project: &Project, files: Vec<PathBuf>, looks: Vec<Looks>, hashes: Vec<(String, u64)>) -> Self {
        let source = |(file, (sha256, bytes)): (&PathBuf, (String, u64))| Source {
            file: file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned(),
            sha256,
            bytes,
            layers: project
                .layers
                .iter()
                .filter(|layer| layer.spec.source.file == *file)
                .map(|layer| layer.spec.id.clone())
                .collect(),
        };
        let sources = files.iter().zip(hashes).map(source).collect();
        Self { sources, files, looks }
    }

    /// Refuses sources that were written to since they were hashed.
    pub(super) fn check_unchanged(&self) -> Result<(), BuildError> {
        for (file, (main, log)) in self.files.iter().zip(&self.looks) {
            for (file, before) in [(file.clone(), main), (write_ahead_log(file), log)] {
                if look(&file) != *before {
                    return Err(BuildError::Changed { file });
                }
            }
        }
        Ok(())
    }
}

/// The files of a project's layers, each once, in their order.
pub(super) fn files(project: &Project) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    for layer in &project.layers {
        if !files.contains(&layer.spec.source.file) {
            files.push(layer.spec.source.file.clone());
        }
    }
    files
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
    // Rows that are committed but not yet folded into the main file live in the log; a journal has what has
    // to be put back into it.
    for beside in [write_ahead_log(file), with_suffix(file, "-journal")] {
        match File::open(beside) {
            Ok(mut beside) => {
                feed(&mut hasher, &mut beside)?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
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

pub(super) fn write_ahead_log(file: &Path) -> PathBuf {
    with_suffix(file, "-wal")
}

/// The file that SQLite keeps beside a database, beside the one that a link leads to.
fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.canonicalize().unwrap_or_else(|_| file.to_owned()).into_os_string();
    name.push(suffix);
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
