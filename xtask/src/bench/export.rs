//! `cargo xtask bench export`.

use super::{Options, Results, build, corpus, machine, publish};
use crate::run::{output, say, target};
use std::process::Command;

/// The crates of the table.
const CRATES: [&str; 3] = ["flate2", "zlib-rs", "zstd"];

pub(crate) fn export(options: &Options) -> Result<(), String> {
    let program = build("export")?;
    let corpus = corpus()?.join("items.ndjson");
    let versions = machine::versions("export", &CRATES)?;
    let mut results = Results { versions, ..Results::default() };
    say(&format!("bench: {} rounds", options.rounds));
    let mut run = Command::new(&program);
    run.arg("run").arg(&corpus).arg(target().join("bench").join("export"));
    let only = options.only.as_deref().unwrap_or_default();
    results.add(&output(run.args([&options.rounds.to_string(), only]))?)?;
    publish("export", &results, options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_crates_of_the_table_are_locked() {
        let versions = machine::versions("export", &CRATES).unwrap();
        // Every crate of the table, next to the compiler.
        assert_eq!(versions.len(), 1 + CRATES.len());
    }
}
