//! Rounds of benchmarks: each is a process of its own, so that CPU time and memory are its own.
//!
//! The process of a round ends with [`report`]; the one that started it reads that with [`Round::of`],
//! and [`print`]s all rounds of a case as `cargo xtask bench` reads them.

mod usage;

pub use usage::{cpu_seconds, report, report_part};

use std::error::Error;
use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

/// What one round of a case moved.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moved {
    pub items: u64,
    /// Bytes of DynamoDB JSON, as lines.
    pub bytes: u64,
}

/// What a process says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    pub items: u64,
    pub bytes: u64,
    pub cpu_seconds: f64,
    pub peak_kib: u64,
}

/// What the table says of a case.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    pub group: &'a str,
    pub name: &'a str,
    /// Whether it is ours, or one of those that we are measured against.
    pub is_ours: bool,
    /// To be so many times as fast as the case of that name.
    pub target: Option<(f64, &'a str)>,
}

impl Round {
    /// Runs the process of a round to its end.
    ///
    /// # Errors
    /// When it cannot be started, fails, or says something else than [`report`] does.
    pub fn of(name: &str, command: &mut Command) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let started = Instant::now();
        let output = command.stderr(Stdio::inherit()).output()?;
        let seconds = started.elapsed().as_secs_f64();
        if !output.status.success() {
            return Err(format!("{name}: {}", output.status).into());
        }
        let printed = String::from_utf8(output.stdout)?;
        let round = Self::parse(&printed).ok_or_else(|| format!("{name}: printed {printed:?}"))?;
        let (cpu, peak) = (round.cpu_seconds, round.peak_kib / 1024);
        writeln!(io::stderr(), "  {name}: {cpu:.2} s of CPU in {seconds:.2} s, {peak} MiB")?;
        Ok(round)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut fields = text.trim_end().split('\t');
        Some(Self {
            items: fields.next()?.parse().ok()?,
            bytes: fields.next()?.parse().ok()?,
            cpu_seconds: fields.next()?.parse().ok()?,
            peak_kib: fields.next()?.parse().ok()?,
        })
    }
}

/// Prints the line that `cargo xtask bench` reads: fields with tabs between.
///
/// # Errors
/// When nobody reads any more.
pub fn print(case: &Case, rounds: &[Round]) -> io::Result<()> {
    let Some(first) = rounds.first() else { return Ok(()) };
    let kind = if case.is_ours { "ours" } else { "peer" };
    let (times, peer) = case.target.map_or_else(Default::default, |(t, p)| (t.to_string(), p));
    let seconds: Vec<_> = rounds.iter().map(|round| round.cpu_seconds.to_string()).collect();
    let peak = rounds.iter().map(|round| round.peak_kib).max().unwrap_or_default() / 1024;
    let (group, name, seconds) = (case.group, case.name, seconds.join(","));
    let (bytes, items) = (first.bytes, first.items);
    writeln!(
        io::stdout(),
        "case\t{group}\t{kind}\t{name}\t{bytes}\t{items}\t{times}\t{peer}\t{seconds}\t{peak}"
    )
}
