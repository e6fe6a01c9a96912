//! What a part of a process used.

use crate::Result;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::io::Write;

/// What one round of a case moved, and the CPU time that it took, in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Round {
    pub items: u64,
    /// Bytes of DynamoDB JSON.
    pub bytes: u64,
    pub cpu: i64,
}

/// The CPU time of this process until now, in microseconds: user and system, of all threads.
pub fn cpu() -> Result<i64> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    Ok((usage.user_time() + usage.system_time()).num_microseconds())
}

/// Prints what was moved, the CPU seconds and the peak memory of this process in KiB.
pub fn report(round: &Round) -> Result {
    let Round { items, bytes, cpu } = round;
    let (seconds, micros) = (cpu / 1_000_000, cpu % 1_000_000);
    let peak = peak_kib()?;
    writeln!(std::io::stdout(), "{items}\t{bytes}\t{seconds}.{micros:06}\t{peak}")?;
    Ok(())
}

/// The most that this process had in memory, in KiB.
pub fn peak_kib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    match number {
        Some(number) => Ok(number.parse()?),
        None => Ok(getrusage(UsageWho::RUSAGE_SELF)?.max_rss().try_into()?),
    }
}
