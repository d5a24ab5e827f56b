//! The id of a generation: what it is made of, and nothing else.

use serde_json::json;

use super::sources::{Source, hex_digest};
use crate::project::Project;

/// Tool and version, as manifests and archives name it.
pub const TOOL: &str = concat!("tuban ", env!("CARGO_PKG_VERSION"));

/// Twelve hexadecimal digits of a SHA-256 over sources, settings, tool and rules. No clock, no
/// path, no order of threads: the same input has the same id anywhere.
pub(super) fn id_of(project: &Project, sources: &[Source]) -> String {
    let layers = project.layers.iter().map(|layer| {
        let mut spec = layer.spec.clone();
        // Which source it is has its place in `sources`; where that lies does not matter.
        spec.source.file = spec.source.file.file_name().unwrap_or_default().into();
        json!({ "spec": spec, "crs": layer.crs, "tileset": layer.tileset })
    });
    let made_of = json!({
        "tool": TOOL,
        "own_code": own_code(),
        "sources": sources,
        "title": project.title,
        "description": project.description,
        "attribution": project.attribution,
        "settings": project.settings,
        "quality": project.quality,
        "layers": layers.collect::<Vec<_>>(),
        "tiles": project.tiles,
    });
    hex_digest(made_of.to_string().as_bytes())[..12].to_owned()
}

/// Tool and version, and in a development build its own code as well: whoever finds this beside a
/// file knows whether it would be made the same again.
pub(crate) fn made_by() -> String {
    format!("{TOOL} {}", own_code().unwrap_or_default())
}

/// A development build counts its own code in, so that changed code never meets an old generation;
/// a release is known by its version.
fn own_code() -> Option<String> {
    if !cfg!(debug_assertions) {
        return None;
    }
    let bytes = std::env::current_exe().and_then(std::fs::read).ok()?;
    Some(format!("{:016x}", xxhash_rust::xxh3::xxh3_64(&bytes)))
}
