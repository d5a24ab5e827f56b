//! Glyphs before anybody asks: a range of Chinese characters takes a tenth of a second to draw, and a map
//! needs a dozen at once. Those with the characters of a generation's names and of the words on its maps
//! are drawn after the start, one after the other, with pauses in which the machine is everybody else's.

use std::collections::BTreeSet;
use std::time::Instant;

use actix_web::web::{Data, block};
use layers::findings::FindingsError;
use layers::{Value, codes::lists};
use styles::{GlyphRange, TEXT_FONTS, glyph_range};

use crate::cache::Key;
use crate::generation::Generation;
use crate::state::AppState;

/// The part of the room for what is computed that glyphs may take before somebody asks for them.
const MOST_OF_THE_ROOM: f64 = 0.5;

/// A pause is so many times as long as drawing took.
const PAUSE: u32 = 4;

/// Layers whose points carry the names on maps, and the attributes that are written there.
const NAMED: [(&str, &[&str]); 2] = [("labels", &["name", "key"]), ("park_labels", &["name"])];

/// Draws the ranges of the generation that is served, as the styles ask for them.
pub(crate) async fn prepare(state: Data<AppState>) {
    let generation = state.generation();
    let wanted = match block(move || ranges(&generation)).await {
        Ok(Ok(wanted)) => wanted,
        Ok(Err(error)) => return tracing::warn!(%error, "the characters of the names cannot be read"),
        // The server ends.
        Err(_) => return,
    };
    let stack = TEXT_FONTS.join(",");
    let began = Instant::now();
    let mut drawn = 0;
    for range in &wanted {
        if state.computed.fullness() > MOST_OF_THE_ROOM {
            break;
        }
        let (fonts, names, range) = (state.fonts.clone(), stack.clone(), *range);
        let begun = Instant::now();
        let key = Key::Glyphs { stack: stack.clone(), range };
        if state.computed.ahead(key, move || Ok(glyph_range(fonts.get(), &names, range).into())).await.is_err() {
            return;
        }
        drawn += 1;
        actix_web::rt::time::sleep(begun.elapsed() * PAUSE).await;
    }
    tracing::debug!(ranges = drawn, of = wanted.len(), seconds = began.elapsed().as_secs_f64(), "drew glyphs ahead");
}

/// The ranges with the characters of all names and of the words of all classes.
fn ranges(generation: &Generation) -> Result<BTreeSet<GlyphRange>, FindingsError> {
    let mut ranges: BTreeSet<GlyphRange> = "0".chars().map(GlyphRange::with).collect();
    let Some(findings) = generation.findings() else { return Ok(ranges) };
    for list in generation.codes.iter().chain(lists::ALL) {
        ranges.extend(list.codes.iter().flat_map(|code| code.label.zh.chars()).map(GlyphRange::with));
    }
    let findings = findings.lookup().open()?;
    for (layer, attributes) in NAMED {
        findings.each_within(layer, [-180.0, -90.0, 180.0, 90.0], attributes, |_, _, values| {
            let words = values.iter().filter_map(Value::as_str);
            ranges.extend(words.flat_map(str::chars).map(GlyphRange::with));
        })?;
    }
    Ok(ranges)
}
