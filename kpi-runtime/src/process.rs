//! Metrics of the process, from `/proc` on Linux and absent elsewhere. Names and meaning are those of the Prometheus
//! client libraries.

use std::fs;
use std::sync::OnceLock;

use crate::snapshot::{Family, Kind, Series, Value};

/// Clock ticks a second in `/proc`: `USER_HZ`, which is 100 on every architecture that Linux distributions build for.
const TICKS_PER_SECOND: f64 = 100.0;

/// What can be read of it.
pub(crate) fn families() -> Vec<Family> {
    let times = fs::read_to_string("/proc/self/stat").ok();
    let times = times.as_deref().and_then(Stat::parse);
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();

    let cpu = times.as_ref().map(|times| Value::Real(times.cpu_ticks / TICKS_PER_SECOND));
    let start =
        times.as_ref().zip(boot_time()).map(|(times, boot)| boot + times.start_ticks / TICKS_PER_SECOND);
    let families = [
        ("process_max_fds", "Maximum number of open file descriptors.", max_fds(&limits).map(Value::Whole)),
        ("process_open_fds", "Number of open file descriptors.", open_fds().map(Value::Whole)),
        (
            "process_resident_memory_bytes",
            "Resident memory size in bytes.",
            kibibytes(&status, "VmRSS:").map(Value::Whole),
        ),
        (
            "process_start_time_seconds",
            "Start time of the process since unix epoch in seconds.",
            start.map(Value::Real),
        ),
        (
            "process_virtual_memory_bytes",
            "Virtual memory size in bytes.",
            kibibytes(&status, "VmSize:").map(Value::Whole),
        ),
        ("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", cpu),
    ];
    let mut read = Vec::new();
    for (name, help, value) in families {
        read.push(family(name, help, value));
    }
    read
}

fn family(name: &'static str, help: &'static str, value: Option<Value>) -> Family {
    let (kind, base) = match name.strip_suffix("_total") {
        Some(base) => (Kind::Counter, base),
        None => (Kind::Gauge, name),
    };
    let unit = match base.rsplit_once('_') {
        Some((_, unit @ ("bytes" | "seconds"))) => unit,
        _ => "",
    };
    let mut series = Vec::new();
    if let Some(value) = value {
        series.push(Series::new(Vec::new(), value));
    }
    Family { name: name.into(), help: help.into(), unit: unit.into(), kind, series }
}

/// What is used of `/proc/self/stat`, in ticks.
#[derive(Debug, PartialEq)]
struct Stat {
    cpu_ticks: f64,
    /// Since the system booted.
    start_ticks: f64,
}

impl Stat {
    /// The command's name may hold spaces and parentheses: fields are counted from the last parenthesis, behind which the
    /// third field comes first.
    fn parse(text: &str) -> Option<Self> {
        let (_, fields) = text.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
        Some(Self { cpu_ticks: field(14)? + field(15)?, start_ticks: field(22)? })
    }
}

/// When the system booted, in seconds since the epoch. It is read once: the kernel counts all interrupts for that file, and a
/// start time must not move when somebody sets the clock.
fn boot_time() -> Option<f64> {
    static BOOT: OnceLock<Option<f64>> = OnceLock::new();
    *BOOT.get_or_init(|| booted(&fs::read_to_string("/proc/stat").ok()?))
}

fn booted(system: &str) -> Option<f64> {
    system.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

fn kibibytes(status: &str, field: &str) -> Option<u64> {
    let value = status.lines().find_map(|line| line.strip_prefix(field))?;
    value.split_ascii_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

/// `None` where there is no limit.
fn max_fds(limits: &str) -> Option<u64> {
    let value = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    value.split_ascii_whitespace().next()?.parse().ok()
}

/// Without the one that reads the list.
fn open_fds() -> Option<u64> {
    let entries = fs::read_dir("/proc/self/fd").ok()?.count();
    u64::try_from(entries.saturating_sub(1)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fields_behind_an_awkward_command() {
        let text = "7 (a) b (c) S 1 7 7 0 -1 4 0 0 0 0 250 50 0 0 20 0 1 0 4200 0 0";
        assert_eq!(Stat::parse(text), Some(Stat { cpu_ticks: 300.0, start_ticks: 4200.0 }));
        assert_eq!(Stat::parse("7 (a"), None);
    }

    #[test]
    fn reads_what_the_kernel_writes() {
        assert_eq!(kibibytes("VmPeak:\t9 kB\nVmRSS:\t  12 kB\n", "VmRSS:"), Some(12 * 1024));
        assert_eq!(
            max_fds("Max open files            1024                 4096                 files\n"),
            Some(1024)
        );
        assert_eq!(
            max_fds("Max open files            unlimited            unlimited            files\n"),
            None
        );
        assert_eq!(booted("cpu 1 2\nbtime 1700000000\n").map(f64::to_bits), Some(1.7e9f64.to_bits()));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn knows_this_process() {
        assert!(families().iter().all(|family| family.series.len() == 1), "{:?}", families());
    }
}
