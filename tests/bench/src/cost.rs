//! What a step costs: time on the clock, time of all processors, memory at its peak.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Started before a step, read after it.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    begun: Instant,
    cpu: Duration,
}

/// The cost of a step.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Seconds on the clock.
    pub wall_s: f64,
    /// Seconds of all processors, in user and kernel mode, to a hundredth.
    pub cpu_s: f64,
}

impl Meter {
    /// Begins a step.
    ///
    /// # Errors
    /// The system has no readable `/proc`.
    pub fn start() -> Result<Self> {
        Ok(Self { begun: Instant::now(), cpu: cpu()? })
    }

    /// Ends it.
    ///
    /// # Errors
    /// The system has no readable `/proc`.
    pub fn stop(self) -> Result<Cost> {
        let cpu_s = (cpu()? - self.cpu).as_secs_f64();
        Ok(Cost { wall_s: self.begun.elapsed().as_secs_f64(), cpu_s })
    }
}

/// Time of all processors so far (proc_pid_stat(5): fields 14 and 15, in hundredths of a second).
fn cpu() -> Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("cannot read /proc/self/stat")?;
    let after_name = stat.rsplit(')').next().context("/proc/self/stat has no name")?;
    let ticks = after_name.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>();
    Ok(Duration::from_millis(10 * ticks.context("/proc/self/stat has no times")?))
}

/// Most memory the process ever held, in MiB.
///
/// # Errors
/// The system has no readable `/proc`.
pub fn peak_mib() -> Result<f64> {
    status("VmHWM:")
}

/// Memory the process holds now, in MiB.
///
/// # Errors
/// The system has no readable `/proc`.
pub fn now_mib() -> Result<f64> {
    status("VmRSS:")
}

fn status(field: &str) -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status").context("cannot read /proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).context("/proc/self/status lacks memory")?;
    let kib: f64 = line.split_whitespace().next().unwrap_or_default().parse()?;
    Ok(kib / 1024.0)
}
