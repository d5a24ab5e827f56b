//! Finding features by what they are called.

use geo::BoundingRect;

use super::{Findings, FindingsError, Found};
use crate::gpkg::quoted;

/// Layers whose features have a key and a name, in the order in which they are looked through.
const NAMED: [&str; 5] = ["parcels", "parks", "zones", "control_line", "scope"];

impl Findings {
    /// Features whose key or name has these words in it, at most `limit`: first those that are called
    /// exactly so, then those that begin so, each in the order of their layers and keys. Letters of the
    /// Latin alphabet are the same in either case.
    ///
    /// # Errors
    /// [`FindingsError`] if the file cannot be read.
    pub fn search(&self, words: &str, limit: usize) -> Result<Vec<Found>, FindingsError> {
        let words = words.trim();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let escaped: String =
            words.chars().flat_map(|c| if "%_\\".contains(c) { vec!['\\', c] } else { vec![c] }).collect();
        let mut all: Vec<Found> = Vec::new();
        for pattern in [escaped.clone(), format!("{escaped}%"), format!("%{escaped}%")] {
            for table in NAMED.iter().filter_map(|name| self.table(name)) {
                let has = |name: &&&str| table.columns.iter().any(|(known, _)| known == *name);
                let like = |name: &&str| format!("{} LIKE ?1 ESCAPE '\\'", quoted(name));
                let names: Vec<String> = ["key", "name"].iter().filter(has).map(like).collect();
                if names.is_empty() {
                    continue;
                }
                for found in self.select(table, &names.join(" OR "), &[&pattern], limit as i64)? {
                    if !all.iter().any(|known| known.layer == found.layer && known.id == found.id) {
                        all.push(found);
                    }
                }
            }
            if all.len() >= limit {
                break;
            }
        }
        all.truncate(limit);
        Ok(all)
    }
}

impl Found {
    /// `[west, south, east, north]` around it in degrees.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        let rect = self.geometry.bounding_rect()?;
        Some([rect.min().x, rect.min().y, rect.max().x, rect.max().y])
    }
}
