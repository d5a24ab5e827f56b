//! Offers requests at a rate that does not ask how many are answered, as many people do at once.
//!
//! A client that waits for each answer before it asks again offers only what the server takes. Here request
//! number *k* is due at a time of its own, and whichever connection is free sends it; see `tests/bench/overload`.
//!
//! Who sends fifty thousand requests a second is late itself when an answer comes. How long answers take is told
//! by a few more clients, threads of a higher priority that do nothing between one request and the next.

use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use clap::Parser;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Offers requests and tells, a line of JSON for each second, what came of them.
#[derive(Parser)]
struct Args {
    /// Address and port.
    address: String,
    /// A file of paths, a line each, asked for in turn.
    paths: PathBuf,
    /// What is accepted, as `Accept-Encoding` says it.
    #[arg(long, default_value = "gzip")]
    encoding: String,
    /// Connections; a request that is due while none is free is sent late or not at all.
    #[arg(long, default_value_t = 256)]
    connections: usize,
    /// Clients that tell how long answers take, each asking a hundred times a second; without them the others do.
    #[arg(long, default_value_t = 4)]
    probes: usize,
    /// Phases, one after the other: RATE:SECONDS.
    #[arg(required = true, value_parser = phase)]
    phases: Vec<(f64, f64)>,
}

fn phase(text: &str) -> Result<(f64, f64)> {
    let (rate, seconds) = text.split_once(':').context("a phase is RATE:SECONDS")?;
    let (rate, seconds) = (rate.parse()?, seconds.parse()?);
    ensure!(rate > 0.0 && seconds > 0.0, "rate and time are more than nothing");
    Ok((rate, seconds))
}

/// What one request came to.
struct Outcome {
    due: Duration,
    late: Duration,
    time: Duration,
    status: u16,
}

/// What all connections share.
struct Offer {
    args: Args,
    paths: Vec<String>,
    began: Instant,
    next: Cell<usize>,
    outcomes: RefCell<Vec<Outcome>>,
    unsent: Cell<usize>,
    broken: Cell<usize>,
}

/// A request that could not be sent for so long is not sent any more: nobody asks for a map of long ago.
const LATEST: Duration = Duration::from_millis(100);

/// A request that takes so long is given up.
const LONGEST: Duration = Duration::from_secs(10);

/// How often a probe asks.
const PROBES_EVERY: Duration = Duration::from_millis(10);

/// How many requests a phase has.
fn requests(rate: f64, seconds: f64) -> usize {
    (rate * seconds).ceil() as usize
}

impl Offer {
    /// When request `number` is due; `None` behind the last phase.
    fn due(&self, number: usize) -> Option<Duration> {
        let (mut before, mut start) = (0, 0.0);
        for (rate, seconds) in &self.args.phases {
            let within = number - before;
            if within < requests(*rate, *seconds) {
                return Some(Duration::from_secs_f64(start + within as f64 / rate));
            }
            before += requests(*rate, *seconds);
            start += seconds;
        }
        None
    }

    /// How many requests are due before that time.
    fn due_before(&self, time: Duration) -> usize {
        let (mut before, mut left) = (0, time.as_secs_f64());
        for (rate, seconds) in &self.args.phases {
            if left < *seconds {
                return before + requests(*rate, left);
            }
            before += requests(*rate, *seconds);
            left -= seconds;
        }
        before
    }

    /// The number of the next request and when it is due, those that nobody waits for any more left out.
    fn next(&self) -> Option<(usize, Duration)> {
        let number = self.next.get();
        let latest = self.due_before(self.began.elapsed().saturating_sub(LATEST));
        self.unsent.set(self.unsent.get() + latest.saturating_sub(number));
        let number = number.max(latest);
        self.next.set(number + 1);
        Some((number, self.due(number)?))
    }

    /// Sends what is due, one request after the other, until nothing is.
    async fn send(self: Rc<Self>) {
        let mut socket = None;
        while let Some((number, due)) = self.next() {
            let due_at = self.began + due;
            // A clock that has struck already would still wait for the next stroke.
            if due_at > Instant::now() {
                sleep_until(due_at).await;
            }
            let sent = Instant::now();
            let path = &self.paths[number % self.paths.len()];
            let is_kept = socket.is_some();
            let mut asked = timeout_at(sent + LONGEST, self.ask(&mut socket, path)).await;
            if is_kept && matches!(asked, Ok(Err(_))) {
                // A server may end a connection that nobody used, in the very moment somebody does.
                socket = None;
                asked = timeout_at(sent + LONGEST, self.ask(&mut socket, path)).await;
            }
            match asked {
                Ok(Ok(status)) => {
                    let (late, time) = (sent.saturating_duration_since(due_at), sent.elapsed());
                    self.outcomes.borrow_mut().push(Outcome { due, late, time, status });
                }
                failed => {
                    if self.broken.get() == 0 {
                        let why = failed.unwrap_or_else(|_| Err(anyhow!("it takes too long")));
                        eprintln!("the first that broke, at {:.1} s: {why:?}", due.as_secs_f64());
                    }
                    socket = None;
                    self.broken.set(self.broken.get() + 1);
                }
            }
        }
    }

    /// Asks, reads the whole answer, and returns its status.
    async fn ask(&self, socket: &mut Option<TcpStream>, path: &str) -> Result<u16> {
        let open = match socket {
            Some(open) => open,
            None => socket.insert(TcpStream::connect(&self.args.address).await?),
        };
        let Args { address, encoding, .. } = &self.args;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept-Encoding: {encoding}\r\n\r\n");
        open.write_all(request.as_bytes()).await?;
        let mut bytes = vec![0; 32 << 10];
        let mut filled = 0;
        let end = loop {
            let read = open.read(&mut bytes[filled..]).await?;
            ensure!(read > 0, "the connection ended");
            filled += read;
            if let Some(end) = head_end(&bytes[..filled]) {
                break end;
            }
        };
        let (status, length) = told(&bytes[..end])?;
        let mut rest = length.saturating_sub(filled - end);
        while rest > 0 {
            let read = open.read(&mut bytes).await?;
            ensure!(read > 0, "the connection ended");
            rest -= read;
        }
        Ok(status)
    }
}

/// Asks now and then from `began` for so long, and returns what came of it.
fn probe(address: &str, encoding: &str, paths: &[String], began: std::time::Instant, all: Duration) -> Vec<Outcome> {
    // Before those that offer, where we may.
    let _ = rustix::process::nice(-10);
    let mut outcomes = Vec::new();
    let mut socket = None;
    let (mut due, mut path) = (Duration::ZERO, paths.iter().cycle());
    while due < all {
        std::thread::sleep(due.saturating_sub(began.elapsed()));
        let sent = std::time::Instant::now();
        let is_kept = socket.is_some();
        let path = path.next().map_or("/", String::as_str);
        let mut status = ask_and_wait(&mut socket, address, encoding, path);
        if is_kept && status.is_err() {
            status = ask_and_wait(&mut socket, address, encoding, path);
        }
        outcomes.push(Outcome { due, late: Duration::ZERO, time: sent.elapsed(), status: status.unwrap_or(0) });
        due = (due + PROBES_EVERY).max(began.elapsed());
    }
    outcomes
}

/// Asks, waits for the whole answer, and returns its status. The connection is kept unless it failed.
fn ask_and_wait(socket: &mut Option<std::net::TcpStream>, address: &str, encoding: &str, path: &str) -> Result<u16> {
    let mut open = match socket.take() {
        Some(open) => open,
        None => std::net::TcpStream::connect(address)?,
    };
    open.set_read_timeout(Some(LONGEST))?;
    open.set_nodelay(true)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept-Encoding: {encoding}\r\n\r\n");
    open.write_all(request.as_bytes())?;
    let mut bytes = vec![0; 32 << 10];
    let mut filled = 0;
    let end = loop {
        let read = open.read(&mut bytes[filled..])?;
        ensure!(read > 0, "the connection ended");
        filled += read;
        if let Some(end) = head_end(&bytes[..filled]) {
            break end;
        }
    };
    let (status, length) = told(&bytes[..end])?;
    let mut rest = length.saturating_sub(filled - end);
    while rest > 0 {
        let read = open.read(&mut bytes)?;
        ensure!(read > 0, "the connection ended");
        rest -= read;
    }
    *socket = Some(open);
    Ok(status)
}

/// Where the head of an answer ends.
fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|end| end + 4)
}

/// Status and length of an answer.
fn told(head: &[u8]) -> Result<(u16, usize)> {
    let head = std::str::from_utf8(head)?;
    let status = head.get(9..12).context("no status")?.parse()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    Ok((status, length.map_or(Ok(0), str::parse)?))
}

/// The value that so many of a hundred do not exceed, in milliseconds.
fn percentile(times: &mut [Duration], percent: usize) -> Option<f64> {
    times.sort_unstable();
    let last = times.len().checked_sub(1)?;
    Some(times[(times.len() * percent / 100).min(last)].as_secs_f64() * 1000.0)
}

/// What came of some requests, and how long those took that were answered: of the probes, if there are any.
fn came_of<'o>(
    outcomes: impl Iterator<Item = &'o Outcome>,
    probes: impl Iterator<Item = &'o Outcome>,
) -> serde_json::Value {
    let probes: Vec<&Outcome> = probes.collect();
    let all: Vec<&Outcome> = outcomes.chain(probes.iter().copied()).collect();
    let count = |status: u16| all.iter().filter(|outcome| outcome.status == status).count();
    let (accepted, refused) = (count(200), count(503));
    let timed = if probes.is_empty() { &all } else { &probes };
    let mut times: Vec<Duration> =
        timed.iter().filter(|outcome| outcome.status == 200).map(|outcome| outcome.time).collect();
    json!({
        "accepted": accepted,
        "refused": refused,
        "other": all.len() - accepted - refused,
        "p50_ms": percentile(&mut times, 50),
        "p99_ms": percentile(&mut times, 99),
    })
}

fn main() -> Result<()> {
    let args = Args::parse();
    let paths: Vec<String> = std::fs::read_to_string(&args.paths)?.lines().map(str::to_owned).collect();
    ensure!(!paths.is_empty(), "there are no paths");
    let all: f64 = args.phases.iter().map(|(_, seconds)| seconds).sum();
    let connections = args.connections;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let began = std::time::Instant::now();
    let probes: Vec<JoinHandle<Vec<Outcome>>> = (0..args.probes)
        .map(|number| {
            let (address, encoding, mut paths) = (args.address.clone(), args.encoding.clone(), paths.clone());
            // Each its own tiles.
            let turn = number * paths.len() / args.probes;
            paths.rotate_left(turn);
            std::thread::spawn(move || probe(&address, &encoding, &paths, began, Duration::from_secs_f64(all)))
        })
        .collect();
    let offer = LocalSet::new().block_on(&runtime, async move {
        let offer = Rc::new(Offer {
            args,
            paths,
            began: Instant::from_std(began),
            next: Cell::new(0),
            outcomes: RefCell::default(),
            unsent: Cell::new(0),
            broken: Cell::new(0),
        });
        let tasks: Vec<_> = (0..connections).map(|_| tokio::task::spawn_local(Rc::clone(&offer).send())).collect();
        for task in tasks {
            task.await?;
        }
        anyhow::Ok(offer)
    })?;
    let outcomes = offer.outcomes.take();
    let probes: Vec<Vec<Outcome>> = probes.into_iter().filter_map(|probe| probe.join().ok()).collect();
    ensure!(probes.len() == offer.args.probes, "a probe failed");
    let probes: Vec<Outcome> = probes.into_iter().flatten().collect();
    let mut out = std::io::stdout().lock();
    for second in 0..all.ceil() as u64 {
        let within = |outcome: &&Outcome| outcome.due.as_secs() == second;
        let mut late: Vec<Duration> = outcomes.iter().filter(within).map(|outcome| outcome.late).collect();
        let mut line = came_of(outcomes.iter().filter(within), probes.iter().filter(within));
        line["second"] = second.into();
        line["late_p99_ms"] = json!(percentile(&mut late, 99));
        writeln!(out, "{line}")?;
    }
    let mut start = 0.0;
    for (_, seconds) in &offer.args.phases {
        // The first second is that of the phase before as well.
        let within = |outcome: &&Outcome| (start + 1.0..start + seconds).contains(&outcome.due.as_secs_f64());
        let mut line = came_of(outcomes.iter().filter(within), probes.iter().filter(within));
        line["phase"] = start.into();
        writeln!(out, "{line}")?;
        start += seconds;
    }
    writeln!(out, "{}", json!({ "unsent": offer.unsent.get(), "broken": offer.broken.get() }))?;
    Ok(())
}
