//! Runs every round of every case in a process of its own.

use crate::Result;
use crate::cases::{ALL, Case};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What a process says of itself.
struct Round {
    items: u64,
    bytes: u64,
    cpu_seconds: f64,
    peak_kib: u64,
}

/// Measures the cases and prints a line for each.
pub fn all(rounds: u32, text: &str) -> Result {
    let chosen = ALL.iter().filter(|case| case.name.contains(text) || case.group.contains(text));
    let mut runs: Vec<(&Case, Vec<Round>)> = chosen.map(|case| (case, Vec::new())).collect();
    // The cases of a group take turns, so that what disturbs the machine disturbs all of them.
    for group in runs.chunk_by_mut(|(one, _), (other, _)| one.group == other.group) {
        for _ in 0..rounds {
            for (case, done) in &mut *group {
                done.push(round(case)?);
            }
        }
        for (case, done) in group {
            print(case, done)?;
        }
    }
    Ok(())
}

fn round(case: &Case) -> Result<Round> {
    let mut command = Command::new(std::env::current_exe()?);
    let started = Instant::now();
    let output = command.args(["case", case.name]).stderr(Stdio::inherit()).output()?;
    let seconds = started.elapsed().as_secs_f64();
    if !output.status.success() {
        return Err(format!("{}: {}", case.name, output.status).into());
    }
    let printed = String::from_utf8(output.stdout)?;
    let round = Round::parse(&printed).ok_or_else(|| format!("no result: {printed:?}"))?;
    let (name, cpu, peak) = (case.name, round.cpu_seconds, round.peak_kib / 1024);
    writeln!(std::io::stderr(), "  {name}: {cpu:.2} s of CPU in {seconds:.2} s, {peak} MiB")?;
    Ok(round)
}

impl Round {
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

/// The line that `cargo xtask bench` reads: fields with tabs between.
fn print(case: &Case, rounds: &[Round]) -> Result {
    let Some(first) = rounds.first() else { return Ok(()) };
    let seconds: Vec<_> = rounds.iter().map(|round| round.cpu_seconds.to_string()).collect();
    let peak = rounds.iter().map(|round| round.peak_kib).max().unwrap_or_default() / 1024;
    let (group, name, seconds) = (case.group, case.name, seconds.join(","));
    let (bytes, items) = (first.bytes, first.items);
    Ok(writeln!(
        std::io::stdout(),
        "case\t{group}\tours\t{name}\t{bytes}\t{items}\t\t\t{seconds}\t{peak}"
    )?)
}
