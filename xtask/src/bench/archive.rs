//! `cargo xtask bench archive`.

use super::{Options, Results, build, machine, publish};
use crate::run::{output, say};
use std::process::Command;

/// The crates of the table.
const CRATES: [&str; 3] = ["aws-sdk-dynamodbstreams", "zlib-rs", "zstd"];

pub(crate) fn archive(options: &Options) -> Result<(), String> {
    let program = build("archive")?;
    let versions = machine::versions("archive", &CRATES)?;
    let mut results = Results { versions, ..Results::default() };
    say(&format!("bench: {} rounds", options.rounds));
    let mut run = Command::new(&program);
    let only = options.only.as_deref().unwrap_or_default();
    results.add(&output(run.args(["run", &options.rounds.to_string(), only]))?)?;
    publish("archive", &results, options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_crates_of_the_table_are_locked() {
        let versions = machine::versions("archive", &CRATES).unwrap();
        // Every crate of the table, next to the compiler.
        assert_eq!(versions.len(), 1 + CRATES.len());
    }
}
