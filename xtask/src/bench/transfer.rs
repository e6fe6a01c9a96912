//! `cargo xtask bench transfer`.

use super::peers::Language;
use super::{Options, Results, build, corpus, machine, publish};
use crate::run::{output, say, target};
use std::process::Command;

/// The crates of the table.
const CRATES: [&str; 6] =
    ["aws-sdk-dynamodb", "flate2", "libdeflater", "serde_json", "zlib-rs", "zstd"];

pub(crate) fn transfer(options: &Options) -> Result<(), String> {
    let program = build("transfer")?;
    let corpus = corpus()?.join("items.ndjson");
    let versions = machine::versions("transfer", &CRATES)?;
    let mut results = Results { versions, ..Results::default() };
    let mut boto3 = Vec::new();
    for language in &options.languages {
        match language.prepare("transfer") {
            Ok(program) if *language == Language::Python => boto3 = program,
            Ok(_) => {}
            Err(reason) => results.absent.push((*language, reason)),
        }
    }
    say(&format!("bench: {} rounds", options.rounds));
    let only = options.only.as_deref().unwrap_or_default();
    let rounds = options.rounds.to_string();
    let mut run = Command::new(&program);
    run.arg("run").arg(&corpus).arg(target().join("bench").join("transfer"));
    results.add(&output(run.args([&rounds, only]).args(&boto3))?)?;
    let mut gzip = Command::new(&program);
    results.add(&output(gzip.arg("gzip").arg(&corpus).arg(&rounds))?)?;
    if let [python, bench] = &boto3[..] {
        let mut gzip = Command::new(python);
        let script = bench.with_file_name("gzip_bench.py");
        results.add(&output(gzip.arg(script).arg(&corpus).arg(&rounds))?)?;
    }
    results.measurements.retain(|case| case.group.contains(only) || case.name.contains(only));
    publish("transfer", &results, options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_crates_of_the_table_are_locked() {
        let versions = machine::versions("transfer", &CRATES).unwrap();
        // Every crate of the table, next to the compiler.
        assert_eq!(versions.len(), 1 + CRATES.len());
    }
}
