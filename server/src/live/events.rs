//! News for clients: which generation is served, and what it changed.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use serde::Serialize;
use tiler::Changes;
use tokio::sync::broadcast;

use crate::build::GenerationChanges;

/// Events that a client may lag behind before it is told the latest only.
const KEPT: usize = 16;
/// Tiles and features that an event lists at most; beyond it, everything counts as changed.
const MOST_LISTED: usize = 20_000;

/// A generation that is served from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Its id.
    pub generation: String,
    /// What it changed of the one served before; absent where that is not known, and anything may
    /// have changed.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub changes: Option<GenerationChanges>,
}

impl Event {
    /// The news that `generation` follows on `before`.
    pub(crate) fn of(generation: &str, before: &str, changes: Option<GenerationChanges>) -> Self {
        let changes = changes.filter(|changes| changes.since.as_deref() == Some(before)).map(shortened);
        Self { generation: generation.to_owned(), changes }
    }
}

/// Lists that are too long say so instead.
fn shortened(mut changes: GenerationChanges) -> GenerationChanges {
    for changes in changes.tilesets.values_mut() {
        let tiles: usize = changes.tiles.values().map(Vec::len).sum();
        let rows: usize = changes.layers.iter().map(tiler::LayerChanges::rows).sum();
        if tiles + rows > MOST_LISTED {
            *changes = Changes { everything: Some("too much changed to be listed".to_owned()), ..Changes::default() };
        }
    }
    changes
}

/// What a listener is told.
#[derive(Clone, Debug)]
pub(crate) enum News {
    /// Another generation is served.
    Generation(Arc<Event>),
    /// There will be no more news.
    End,
}

/// Everyone who wants to hear of new generations.
#[derive(Debug)]
pub struct Events {
    sender: broadcast::Sender<News>,
    latest: ArcSwapOption<Event>,
}

impl Default for Events {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(KEPT), latest: ArcSwapOption::empty() }
    }
}

impl Events {
    /// Tells everyone. That nobody listens is no failure.
    pub(crate) fn tell(&self, event: Event) {
        let event = Arc::new(event);
        self.latest.store(Some(Arc::clone(&event)));
        let _ = self.sender.send(News::Generation(event));
    }

    /// Tells everyone that there will be no more news, so that their connections end.
    pub fn end(&self) {
        let _ = self.sender.send(News::End);
    }

    /// Listens from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<News> {
        self.sender.subscribe()
    }

    /// Those who listen now.
    pub(crate) fn listeners(&self) -> usize {
        self.sender.receiver_count()
    }

    /// The news for someone who heard of generation `known` last and not that `current` is served:
    /// what changed, if that is one step.
    pub(crate) fn since(&self, known: &str, current: &str) -> Event {
        let latest = self.latest.load();
        let step = latest.as_deref().filter(|event| {
            let since = event.changes.as_ref().and_then(|changes| changes.since.as_deref());
            event.generation == current && since == Some(known)
        });
        step.cloned().unwrap_or_else(|| Event { generation: current.to_owned(), changes: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(since: &str, tiles: usize) -> GenerationChanges {
        let tiles = [(14, (0..tiles).map(|x| format!("{x}/0")).collect())].into();
        let base = Changes { tiles, ..Changes::default() };
        GenerationChanges { since: Some(since.to_owned()), tilesets: [("base".to_owned(), base)].into() }
    }

    #[test]
    fn changes_since_another_generation_tell_nothing() {
        assert_eq!(Event::of("b", "a", Some(changes("a", 1))).changes, Some(changes("a", 1)));
        assert_eq!(Event::of("b", "x", Some(changes("a", 1))).changes, None);
        assert_eq!(Event::of("b", "a", None).changes, None);
    }

    #[test]
    fn who_missed_one_generation_hears_what_changed() {
        let events = Events::default();
        events.tell(Event::of("b", "a", Some(changes("a", 1))));
        assert_eq!(events.since("a", "b").changes, Some(changes("a", 1)));
        assert_eq!(events.since("0", "b"), Event { generation: "b".to_owned(), changes: None });
        assert_eq!(events.since("a", "c"), Event { generation: "c".to_owned(), changes: None });
    }

    #[test]
    fn long_lists_are_left_out() {
        let event = Event::of("b", "a", Some(changes("a", MOST_LISTED + 1)));
        let base = &event.changes.expect("known").tilesets["base"];
        assert!(base.everything.is_some() && base.tiles.is_empty());
    }
}
