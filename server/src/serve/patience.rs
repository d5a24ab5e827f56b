//! A connection whose client may be slow, but not for ever.
//!
//! The HTTP library limits the time to the first head of a connection and the time between requests. It
//! waits without end for the rest of a later head, for a body that was announced, and for a client that takes
//! nothing of its answer. Here the bytes themselves are watched: each of these is a connection on which
//! nothing goes on.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_http::Protocol;
use prometheus::IntGauge;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::http::Front;

/// A connection that ends with an error when its client is too slow.
pub(super) struct Patient<T> {
    stream: T,
    patience: Patience,
    /// When the first byte came that nothing was written after.
    asked: Option<Instant>,
    /// Since when the client takes nothing.
    stuck: Option<Instant>,
    /// When a byte came, or it was found that one had gone.
    moved: Instant,
    /// Whether one has gone since; the clock is read when it matters.
    gone: bool,
    /// Whether nobody has asked for more bytes since the last came.
    fresh: bool,
    timer: Pin<Box<Sleep>>,
    _open: Open,
}

/// How long is waited; `None`: for ever.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// From the first byte of a request to the first of its answer, however many bytes come in between.
    answer: Option<Duration>,
    /// Until the client takes some more.
    write: Option<Duration>,
    /// Until a byte goes either way.
    idle: Duration,
}

/// An open connection, counted until it is dropped.
struct Open(IntGauge);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Further than any server runs.
const FAR: Duration = Duration::from_secs(10 * 365 * 86_400);

impl Patience {
    fn of(front: &Front, protocol: Protocol) -> Self {
        let (timeouts, limits) = (&front.config.timeouts, &front.config.limits);
        let answer = timeouts.head.saturating_add(limits.queue_wait).saturating_add(timeouts.request);
        Self {
            // Frames of HTTP/2 that ask for nothing are no requests without an answer.
            answer: (protocol != Protocol::Http2).then_some(answer),
            write: Some(timeouts.write).filter(|time| !time.is_zero()),
            // The library ends idle connections itself, so these are later than its own.
            idle: timeouts.keep_alive.max(timeouts.request).saturating_add(timeouts.head),
        }
    }
}

impl<T> Patient<T> {
    /// Watches a connection from now on.
    pub(super) fn new(stream: T, protocol: Protocol, front: &Front) -> Self {
        let open = front.metrics.connections.clone();
        open.inc();
        front.metrics.accepted.inc();
        Self::with(stream, Patience::of(front, protocol), Open(open))
    }

    fn with(stream: T, patience: Patience, open: Open) -> Self {
        let moved = Instant::now();
        let timer = Box::pin(sleep_until(after(moved, patience.idle)));
        Self { stream, patience, asked: None, stuck: None, moved, gone: false, fresh: false, timer, _open: open }
    }

    /// When patience ends as things are.
    fn deadline(&self) -> Instant {
        // Most requests come whole and are answered in the same turn: their clock need not be set, and one
        // that rings for nothing would have the library begin its own for idle connections again.
        let asked = self.asked.filter(|_| !self.fresh);
        let answer = asked.zip(self.patience.answer).map(|(asked, time)| after(asked, time));
        let write = self.stuck.zip(self.patience.write).map(|(stuck, time)| after(stuck, time));
        let idle = after(self.moved, self.patience.idle);
        [answer, write].into_iter().flatten().fold(idle, Instant::min)
    }

    /// Has the task woken when patience ends.
    ///
    /// The timer is set only where it would ring too late: one that rings too early looks again, which
    /// costs less than setting it at every request.
    fn wait(&mut self, context: &mut Context<'_>) -> Result<(), io::Error> {
        let deadline = self.deadline();
        if deadline < self.timer.deadline() {
            self.timer.as_mut().reset(deadline);
        }
        while self.timer.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            if std::mem::take(&mut self.gone) {
                self.moved = now;
            }
            let deadline = self.deadline();
            if deadline <= now {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.timer.as_mut().reset(deadline);
        }
        Ok(())
    }

    /// Takes note of what became of writing.
    fn wrote(&mut self, written: Poll<io::Result<usize>>, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(_) => {
                self.gone = true;
                self.asked = None;
                self.stuck = None;
                written
            }
            Poll::Pending => self.take_nothing(context),
        }
    }

    /// Waits for a client that takes nothing.
    fn take_nothing<R>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<R>> {
        self.stuck.get_or_insert_with(Instant::now);
        match self.wait(context) {
            Ok(()) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

/// A moment after another.
fn after(moment: Instant, time: Duration) -> Instant {
    moment + time.min(FAR)
}

impl<T: AsyncRead + Unpin> AsyncRead for Patient<T> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        match Pin::new(&mut this.stream).poll_read(context, buffer) {
            Poll::Ready(read) => {
                if buffer.filled().len() > before {
                    this.moved = Instant::now();
                    this.fresh = this.asked.is_none();
                    this.asked.get_or_insert(this.moved);
                }
                Poll::Ready(read)
            }
            Poll::Pending => {
                let waited = this.wait(context);
                this.fresh = false;
                waited.map_or_else(|error| Poll::Ready(Err(error)), |()| Poll::Pending)
            }
        }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Patient<T> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.wrote(written, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.wrote(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(context);
        if flushed.is_pending() {
            // Encryption keeps what the client does not take.
            return this.take_nothing(context);
        }
        this.stuck = None;
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        /// Reads of what will not be answered; who sends more is cut off.
        const READS: usize = 64;
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
        // A socket that is closed with something unread is reset, and the client loses what it has not
        // taken of the answers before.
        let mut room = [0; 4096];
        for _ in 0..READS {
            let mut unread = ReadBuf::new(&mut room);
            let read = Pin::new(&mut this.stream).poll_read(context, &mut unread);
            if !matches!(read, Poll::Ready(Ok(()))) || unread.filled().is_empty() {
                break;
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::poll;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    const SECOND: Duration = Duration::from_secs(1);

    /// A connection over a pipe of four bytes.
    fn connection(patience: Patience) -> (Patient<DuplexStream>, DuplexStream, IntGauge) {
        let (ours, theirs) = duplex(4);
        let open = IntGauge::new("open", "connections").expect("a name");
        open.inc();
        (Patient::with(ours, patience, Open(open.clone())), theirs, open)
    }

    const HOURS: Duration = Duration::from_secs(36_000);
    const PATIENT: Patience = Patience { answer: Some(HOURS), write: Some(HOURS), idle: HOURS };
    const SHORT: Duration = Duration::from_millis(1);

    fn is_over<R>(result: io::Result<R>) -> bool {
        result.is_err_and(|error| error.kind() == io::ErrorKind::TimedOut)
    }

    #[actix_web::test]
    async fn what_is_not_answered_is_read_all_the_same_at_the_end() -> io::Result<()> {
        let (mut ours, mut theirs, _) = connection(PATIENT);
        theirs.write_all(b"GET").await?;
        ours.shutdown().await?;
        // The pipe has room again for all four bytes.
        theirs.write_all(b"HEAD").await
    }

    #[actix_web::test]
    async fn a_request_that_drips_in_has_one_clock_until_its_answer() {
        let (mut ours, mut theirs, _) = connection(Patience { answer: Some(SECOND), ..PATIENT });
        theirs.write_all(b"a").await.expect("there is room");
        ours.read_u8().await.expect("it is there");
        assert!(poll!(std::pin::pin!(ours.read_u8())).is_pending());
        let deadline = ours.deadline();
        assert_eq!(Some(deadline), ours.asked.map(|asked| asked + SECOND));
        theirs.write_all(b"b").await.expect("there is room");
        ours.read_u8().await.expect("it is there");
        assert_eq!(ours.deadline(), deadline, "another byte is no excuse");
        ours.write_all(b"c").await.expect("there is room");
        assert!(ours.deadline() > deadline + SECOND, "an answer is");
    }

    #[actix_web::test]
    async fn who_does_not_end_its_request_is_left() {
        let (mut ours, mut theirs, _) = connection(Patience { answer: Some(SHORT), ..PATIENT });
        theirs.write_all(b"a").await.expect("there is room");
        ours.read_u8().await.expect("it is there");
        assert!(poll!(std::pin::pin!(ours.read_u8())).is_pending());
        assert!(is_over(ours.read_u8().await));
    }

    #[actix_web::test]
    async fn who_takes_nothing_is_left_and_no_longer_counted() {
        let (mut ours, theirs, open) = connection(Patience { write: Some(SHORT), ..PATIENT });
        assert!(is_over(ours.write_all(b"more than fits").await));
        drop((ours, theirs));
        assert_eq!(open.get(), 0);
    }

    #[actix_web::test]
    async fn who_does_nothing_is_left() {
        let (mut ours, _theirs, _) = connection(Patience { idle: SHORT, ..PATIENT });
        assert!(is_over(ours.read_u8().await));
    }

    #[actix_web::test]
    async fn who_takes_a_little_now_and_then_is_waited_for() {
        let (mut ours, mut theirs, _) = connection(PATIENT);
        ours.write_all(b"full").await.expect("there is room");
        let begun;
        {
            let mut writing = std::pin::pin!(ours.write_all(b"1234"));
            assert!(poll!(writing.as_mut()).is_pending());
            begun = Instant::now();
            theirs.read_exact(&mut [0; 2]).await.expect("it is there");
            assert!(poll!(writing.as_mut()).is_pending());
        }
        // Two bytes went, the other two still do not.
        let stuck = ours.stuck.expect("it is stuck again");
        assert!(stuck > begun, "the clock began anew with the last byte that went");
        theirs.read_exact(&mut [0; 4]).await.expect("it is there");
        ours.write_all(b"5").await.expect("there is room");
        assert!(ours.stuck.is_none());
    }
}
