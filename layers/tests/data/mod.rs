//! Where the real data lie, for tests that can do without them.

use std::path::{Path, PathBuf};

/// A file of the shared data folder beside the clone; `None`, said loudly, where it is missing.
pub(crate) fn file(name: &str) -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name);
    if !file.exists() {
        eprintln!("\n*** SKIPPED: {} is not here ***\n", file.display());
        return None;
    }
    Some(file)
}
