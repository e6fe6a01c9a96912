//! What a process used.

use crate::Moved;
use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::io::{self, Write};

/// Prints what was moved, the CPU seconds of this process and its peak memory in KiB.
///
/// # Errors
/// When the system does not tell, or nobody reads.
pub fn report(moved: Moved) -> io::Result<()> {
    report_part(moved, cpu_seconds()?)
}

/// The same where the work was a part of what the process did, and took so many CPU seconds.
///
/// # Errors
/// As [`report`].
pub fn report_part(moved: Moved, cpu_seconds: f64) -> io::Result<()> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let (items, bytes, peak) = (moved.items, moved.bytes, peak_kib(&usage));
    writeln!(io::stdout(), "{items}\t{bytes}\t{cpu_seconds}\t{peak}")
}

/// What this process used so far, user and system.
///
/// # Errors
/// When the system does not tell.
pub fn cpu_seconds() -> io::Result<f64> {
    Ok(seconds(&getrusage(UsageWho::RUSAGE_SELF)?))
}

/// Of this program alone: what `getrusage` says may be that of the process that started it.
fn peak_kib(usage: &Usage) -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.map_or_else(|| usage.max_rss().to_string(), ToOwned::to_owned)
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of some minutes")]
fn seconds(usage: &Usage) -> f64 {
    let time = usage.user_time() + usage.system_time();
    time.num_microseconds() as f64 / 1e6
}
