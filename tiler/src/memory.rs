//! How much memory tiling may take.

/// How memory is divided.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    /// Bytes that records may take, once before and once after topology: together a third, as much again
    /// goes to what is known of each of them, and the rest to blocks and tiles under way.
    pub(crate) records: usize,
    /// Bytes of the records of one block of shallow zooms.
    pub(crate) shallow: usize,
}

impl Memory {
    /// Without a number a quarter of the machine's.
    pub(crate) fn of(bytes: Option<u64>) -> Self {
        let bytes = bytes.unwrap_or_else(|| machine_memory() / 4);
        let part = |part: u64| usize::try_from(bytes / part).unwrap_or(usize::MAX);
        Self { records: part(6), shallow: part(32).max(1 << 20) }
    }
}

/// Bytes of memory of this machine; 4 GiB where it does not tell.
fn machine_memory() -> u64 {
    let told = std::fs::read_to_string("/proc/meminfo").ok();
    let total = told.as_deref().and_then(|text| text.lines().find_map(|line| line.strip_prefix("MemTotal:")));
    let kib = total.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.map_or(4 << 30, |kib| kib << 10)
}
