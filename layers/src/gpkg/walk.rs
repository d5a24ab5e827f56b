//! Going through the rows of a table in order, in pieces of bounded size, on all threads.
//!
//! A plan is a range of row keys. Pieces of it are cut off at the front, each beginning at a row
//! that is there, read on the rayon threads and handed over in order; only a few are under way at a
//! time. What a piece holds follows from the table alone, never from the number of threads.
//!
//! ```text
//!  keys   1 ─────────────┬──────────────┬── · · · ──┬─────────────────────────────── max
//!         handed over    │  being read  │  no rows  │  planned: the next piece begins
//!                        │ and waiting  │           │  at the first row behind the gap
//! ```

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, Rows};

use super::select::{ByKey, Select};
use super::source::Source;
use super::{FeatureTable, ReadError};

/// Keys that a piece spans to begin with; twice as many after each gap between pieces.
const FIRST_SPAN: i64 = 1024;
/// Rows in a piece at most.
const MOST_ROWS: usize = 2048;
/// Bytes of stored rows after which a piece ends.
const MOST_BYTES: usize = 4 << 20;
/// How long a rayon thread without work sleeps before it looks for some again.
const NAP: Duration = Duration::from_micros(50);

/// One table being gone through.
pub(super) struct Walk<'a> {
    pub(super) source: &'a Source,
    pub(super) table: &'a FeatureTable,
    pub(super) select: Select,
}

/// Takes in the rows of a piece, one by one.
pub(super) trait Visit {
    /// Takes a row; returns how many bytes were stored in it.
    fn row(&mut self, key: i64, row: &Row<'_>) -> rusqlite::Result<usize>;
}

/// Keys still to be read.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Plan {
    from: i64,
    to: i64,
    /// Keys in the next piece.
    span: i64,
}

/// A piece being read.
struct Running<T> {
    result: Receiver<Result<(T, Option<Plan>), ReadError>>,
    /// What comes after it and before the next one; the nearest last.
    after: Vec<Plan>,
}

/// What stopped the rows of a piece.
#[derive(Debug, PartialEq)]
enum Stop {
    /// There are no more.
    End,
    /// It has as many as it can hold, the last of this key.
    Full(i64),
}

impl Walk<'_> {
    /// Reads all rows: `empty` makes a visitor that takes the rows of a piece; `make` turns it into
    /// something, both on the rayon threads; `take` gets the results in row order on this thread.
    ///
    /// # Errors
    /// [`ReadError::Sqlite`], or the first error of `take`.
    pub(super) fn run<V: Visit, T: Send, E: From<ReadError>>(
        &self,
        empty: impl Fn() -> V + Sync,
        make: impl Fn(V) -> T + Sync,
        mut take: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(by_key) = &self.select.by_key else {
            return self.one_by_one(empty, |visitor| take(make(visitor)));
        };
        let own = self.source.connect()?;
        let idle: Mutex<Vec<Connection>> = Mutex::default();
        let read = |plan: Plan| {
            // A panic while the list was held cannot have left it half changed, so poison does not matter.
            let idle = || idle.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = idle().pop();
            let connection = kept.map_or_else(|| self.source.connect(), Ok)?;
            let mut visitor = empty();
            let rest = self.piece(&connection, plan, &mut visitor)?;
            idle().push(connection);
            Ok((make(visitor), rest))
        };
        let is_over = AtomicBool::new(false);
        let most_running = 2 * rayon::current_num_threads();
        let mut head = vec![Plan { from: i64::MIN, to: i64::MAX, span: FIRST_SPAN }];
        let mut queue: VecDeque<Running<T>> = VecDeque::new();
        rayon::in_place_scope_fifo(|scope| {
            let mut step = || -> Result<bool, E> {
                while queue.len() < most_running {
                    let waiting = queue.iter().position(|running| !running.after.is_empty());
                    let (place, stack) = match waiting {
                        _ if !head.is_empty() => (0, &mut head),
                        Some(place) => (place + 1, &mut queue[place].after),
                        None => break,
                    };
                    let Some((piece, after)) = stack.pop().map_or(Ok(None), |plan| self.cut(&own, by_key, plan))?
                    else {
                        continue;
                    };
                    stack.extend(after);
                    let after = std::mem::take(stack);
                    let (send, result) = channel();
                    queue.insert(place, Running { result, after });
                    let (read, is_over) = (&read, &is_over);
                    scope.spawn_fifo(move |_| {
                        if !is_over.load(Ordering::Relaxed) {
                            // After an error nobody listens any more, and that error is the answer.
                            let _ = send.send(read(piece));
                        }
                    });
                }
                let Some(running) = queue.pop_front() else { return Ok(false) };
                // Only a task that panicked sends nothing, and the scope passes its panic on.
                let Some(piece) = awaited(&running.result) else { return Ok(false) };
                let (made, rest) = piece?;
                head = running.after;
                head.extend(rest);
                take(made)?;
                Ok(true)
            };
            let result = loop {
                match step() {
                    Ok(true) => {}
                    Ok(false) => break Ok(()),
                    Err(error) => break Err(error),
                }
            };
            is_over.store(true, Ordering::Relaxed);
            result
        })
    }

    /// Cuts the next piece off a plan, and says what is left of it; `None` if it holds no more rows.
    fn cut(
        &self,
        connection: &Connection,
        by_key: &ByKey,
        plan: Plan,
    ) -> Result<Option<(Plan, Option<Plan>)>, ReadError> {
        let first = || {
            let mut first = connection.prepare_cached(&by_key.first)?;
            first.query_row([plan.from, plan.to], |row| row.get::<_, i64>(0)).optional()
        };
        let fail = |cause| self.fail(plan.from.checked_sub(1), cause);
        let Some(first) = first().map_err(fail)? else { return Ok(None) };
        if first < plan.from || first > plan.to {
            return Err(fail(out_of_order(first)));
        }
        // A gap says that keys lie less densely than was thought.
        let span = if first > plan.from && plan.from != i64::MIN { plan.span.saturating_mul(2) } else { plan.span };
        let last = first.saturating_add(span - 1).min(plan.to);
        let after = last.checked_add(1).filter(|from| *from <= plan.to).map(|from| Plan { from, span, ..plan });
        Ok(Some((Plan { from: first, to: last, span }, after)))
    }

    /// Reads a piece; returns what did not fit.
    fn piece(&self, connection: &Connection, plan: Plan, visitor: &mut impl Visit) -> Result<Option<Plan>, ReadError> {
        let mut last = plan.from.checked_sub(1);
        let mut read = || {
            let mut statement = connection.prepare_cached(&self.select.rows)?;
            fill(&mut statement.query([plan.from, plan.to])?, true, &mut last, visitor)
        };
        let stop = read();
        match stop.map_err(|cause| self.fail(last, cause))? {
            Stop::Full(last) if last < plan.to => {
                let span = last.saturating_sub(plan.from).saturating_add(1);
                Ok(Some(Plan { from: last + 1, to: plan.to, span }))
            }
            _ => Ok(None),
        }
    }

    /// Reads rows that cannot be told apart by their key: all on this thread, still in pieces.
    fn one_by_one<V: Visit, E: From<ReadError>>(
        &self,
        empty: impl Fn() -> V,
        mut take: impl FnMut(V) -> Result<(), E>,
    ) -> Result<(), E> {
        let connection = self.source.connect()?;
        let mut last = None;
        let prepared = connection.prepare(&self.select.rows);
        let mut statement = prepared.map_err(|cause| self.fail(last, cause))?;
        let mut rows = statement.query([i64::MIN, i64::MAX]).map_err(|cause| self.fail(last, cause))?;
        loop {
            let mut visitor = empty();
            let stop = fill(&mut rows, self.select.has_key, &mut last, &mut visitor);
            let stop = stop.map_err(|cause| self.fail(last, cause))?;
            take(visitor)?;
            if stop == Stop::End {
                return Ok(());
            }
        }
    }

    /// An error of SQLite with its place.
    pub(super) fn fail(&self, after_row: Option<i64>, cause: rusqlite::Error) -> ReadError {
        ReadError::Sqlite {
            file: self.source.file().to_owned(),
            table: Some(self.table.name.clone()),
            after_row,
            cause: Box::new(cause),
        }
    }
}

/// Lets a visitor take rows until the piece is full. `last` is the key before, and then the last key.
fn fill(
    rows: &mut Rows<'_>,
    has_key: bool,
    last: &mut Option<i64>,
    visitor: &mut impl Visit,
) -> rusqlite::Result<Stop> {
    let (mut count, mut bytes) = (0, 0);
    while let Some(row) = rows.next()? {
        let key = if has_key { row.get(0)? } else { last.map_or(1, |last| last + 1) };
        // Keys that do not ascend come from a damaged tree, which might never end.
        if last.is_some_and(|last| key <= last) {
            return Err(out_of_order(key));
        }
        *last = Some(key);
        bytes += visitor.row(key, row)?;
        count += 1;
        if count == MOST_ROWS || bytes >= MOST_BYTES {
            return Ok(Stop::Full(key));
        }
    }
    Ok(Stop::End)
}

fn out_of_order(key: i64) -> rusqlite::Error {
    let corrupt = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    rusqlite::Error::SqliteFailure(corrupt, Some(format!("row {key} comes out of order")))
}

/// Waits for a result; a rayon thread works on something else meanwhile, or a pool of one thread
/// would wait for itself. `None` if it will never come.
fn awaited<T>(result: &Receiver<T>) -> Option<T> {
    loop {
        let nap = match rayon::yield_now() {
            None => return result.recv().ok(),
            Some(rayon::Yield::Executed) => Duration::ZERO,
            Some(rayon::Yield::Idle) => NAP,
        };
        match result.recv_timeout(nap) {
            Ok(result) => return Some(result),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}
