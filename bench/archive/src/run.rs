//! Runs every round of every case in a process of its own.

use crate::Result;
use crate::cases::{ALL, Case};
use ddbkit_bench_rounds::Round;
use std::process::Command;

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
            ddbkit_bench_rounds::print(&case.described(), done)?;
        }
    }
    Ok(())
}

fn round(case: &Case) -> Result<Round> {
    let mut command = Command::new(std::env::current_exe()?);
    Round::of(case.name, command.args(["case", case.name]))
}
