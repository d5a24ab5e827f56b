//! Where Tuban keeps what belongs to no project folder: the cache directory of the user.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::build::hex_digest;

/// The cache folder of a set of GeoPackages that were named without a project.
pub(crate) fn for_files(files: &[PathBuf]) -> PathBuf {
    let absolute = |file: &PathBuf| std::fs::canonicalize(file).unwrap_or_else(|_| file.clone());
    let names: Vec<String> = files.iter().map(|file| absolute(file).to_string_lossy().into_owned()).collect();
    let digest = hex_digest(names.join("\0").as_bytes());
    cache().join(format!("files-{}", &digest[..12]))
}

/// The folder of the built-in demo city of this version.
pub(crate) fn demo() -> PathBuf {
    cache().join(concat!("demo-", env!("CARGO_PKG_VERSION")))
}

/// The cache folder of Tuban (XDG Base Directory 0.8, `XDG_CACHE_HOME`); without a home, a
/// temporary one.
fn cache() -> PathBuf {
    cache_in(|name| std::env::var_os(name).filter(|value| !value.is_empty()))
}

fn cache_in(variable: impl Fn(&str) -> Option<OsString>) -> PathBuf {
    // The specification has relative paths ignored.
    let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("LOCALAPPDATA"))
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .filter(|base| can_be_made(base));
    base.unwrap_or_else(std::env::temp_dir).join("tuban")
}

fn can_be_made(folder: &Path) -> bool {
    std::fs::create_dir_all(folder).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_where_the_environment_says() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().to_owned();
        let xdg = cache_in(|name| (name == "XDG_CACHE_HOME").then(|| path.clone().into()));
        assert_eq!(xdg, path.join("tuban"));
        let home = cache_in(|name| (name == "HOME").then(|| path.clone().into()));
        assert_eq!(home, path.join(".cache/tuban"));
        assert_eq!(cache_in(|_| None), std::env::temp_dir().join("tuban"));
    }
}
