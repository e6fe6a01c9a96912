//! `cargo xtask bench codec`.

use super::{Options, Results, build, corpus, machine, publish};
use crate::run::{self, output, program, say, succeed};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates of the table.
const CRATES: [&str; 7] =
    ["flate2", "ion-rs", "libdeflater", "serde_dynamo", "serde_json", "simd-json", "sonic-rs"];

pub(crate) fn codec(options: &Options) -> Result<(), String> {
    let program = build("codec")?;
    let folder = corpus()?;
    succeed(Command::new(&program).arg("transcode").arg(&folder))?;
    let only = options.only.as_deref().unwrap_or_default();

    say("bench: every case must give the items of the corpus");
    succeed(pinned(&program).arg("verify").arg(&folder).arg(only))?;
    say(&format!("bench: {} rounds", options.rounds));
    let versions = machine::versions("codec", &CRATES)?;
    let mut results = Results { versions, ..Results::default() };
    let rounds = options.rounds.to_string();
    let run = output(pinned(&program).arg("run").arg(&folder).args([only, &rounds]))?;
    results.add(&run)?;
    for language in &options.languages {
        say(&format!("bench: {language}"));
        match language.prepare("codec") {
            Ok(program) => {
                let mut command = pinned_line(&program);
                let printed = output(command.arg(&folder).arg(&rounds))?;
                results.add(&printed)?;
            }
            Err(reason) => results.absent.push((*language, reason)),
        }
    }

    let groups = only.split(':').next().unwrap_or_default();
    results.measurements.retain(|measurement| measurement.group.contains(groups));
    publish("codec", &results, options)
}

/// The program on the last processor alone, where the system can do that.
fn pinned(program: &Path) -> Command {
    pinned_line(&[program.to_owned()])
}

/// A program with its first arguments.
fn pinned_line(words: &[PathBuf]) -> Command {
    let last = std::thread::available_parallelism().map_or(0, |count| count.get() - 1);
    let mut words = words.iter();
    let mut command = if run::find("taskset").is_some() {
        program("taskset", &["-c", &last.to_string()])
    } else {
        let first = words.next().map(|word| word.to_string_lossy()).unwrap_or_default();
        program(&first, &[])
    };
    command.args(words);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_crates_of_the_table_are_locked() {
        let versions = machine::versions("codec", &CRATES).unwrap();
        // Every crate of the table, next to the compiler.
        assert_eq!(versions.len(), 1 + CRATES.len());
    }
}
