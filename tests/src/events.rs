//! Server-sent events as a client hears them.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, channel};

use serde_json::Value;

use crate::deadline::LONG;

/// A connection to `/events`.
#[derive(Debug)]
pub struct Events(Receiver<Event>);

/// An event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// What it says.
    pub data: Value,
}

impl Events {
    /// Listens; `last` is the id of the last event that this client heard.
    pub fn of(address: &str, last: Option<&str>) -> Self {
        let mut socket = TcpStream::connect(address).expect("the server listens");
        let last = last.map(|id| format!("last-event-id: {id}\r\n")).unwrap_or_default();
        write!(socket, "GET /events HTTP/1.1\r\nhost: {address}\r\n{last}\r\n").expect("the server listens");
        let (sender, events) = channel();
        std::thread::spawn(move || {
            let mut event = Event::default();
            for line in BufReader::new(socket).lines().map_while(Result::ok) {
                match line.split_once(": ") {
                    Some(("event", name)) => event.name = name.to_owned(),
                    Some(("id", id)) => event.id = id.to_owned(),
                    Some(("data", data)) => event.data = serde_json::from_str(data).expect("JSON"),
                    // Nobody may be left to hear it.
                    _ if line.is_empty() && !event.name.is_empty() => {
                        let _ = sender.send(std::mem::take(&mut event));
                    }
                    _ => {}
                }
            }
        });
        Self(events)
    }

    /// The next event.
    ///
    /// # Panics
    /// There is none for a long time, or the connection ended.
    pub fn next(&self) -> Event {
        self.0.recv_timeout(LONG).expect("an event")
    }

    /// Whether the connection ends without another event.
    pub fn ends(&self) -> bool {
        self.0.recv_timeout(LONG).is_err_and(|error| error == std::sync::mpsc::RecvTimeoutError::Disconnected)
    }
}
