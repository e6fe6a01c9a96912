//! What a process used.

use crate::Result;
use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::io::Write;

/// What one round of a case moved.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moved {
    pub items: u64,
    /// Bytes of DynamoDB JSON, as lines.
    pub bytes: u64,
}

/// Prints what was moved, the CPU seconds of this process and its peak memory in KiB.
pub fn report(moved: Moved) -> Result {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let (items, bytes, cpu) = (moved.items, moved.bytes, seconds(&usage));
    writeln!(std::io::stdout(), "{items}\t{bytes}\t{cpu}\t{}", peak_kib(&usage))?;
    Ok(())
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
