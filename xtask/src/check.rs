//! `cargo xtask test`: all that must hold before a change lands.

use crate::e2e::{self, Lane, Table, Tally};
use crate::run::{cargo, say, succeed, watched};
use crate::tidy;
use std::time::Instant;

/// The steps in their order, with what each says of itself.
const STEPS: [&str; 6] = ["format", "clippy", "docs", "tidy", "tests", "end to end"];

pub(crate) fn test() -> Result<(), String> {
    let mut table = Table::default();
    for (n, step) in STEPS.into_iter().enumerate() {
        say(&format!("\n==> {step}"));
        let result = match step {
            "format" => succeed(&mut cargo(&["fmt", "--all", "--check"])),
            "clippy" => succeed(&mut cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--all-features",
                "--",
                "-D",
                "warnings",
            ])),
            "docs" => succeed(
                cargo(&["doc", "--workspace", "--no-deps", "--all-features"])
                    .env("RUSTDOCFLAGS", "-D warnings"),
            ),
            "tidy" => tidy::run(),
            "tests" => tests(&mut table),
            _ => e2e::other_lanes(&mut table),
        };
        if let Err(error) = result {
            table.print();
            let left = STEPS.get(n + 1..).unwrap_or_default().join(", ");
            let left = if left.is_empty() { String::new() } else { format!("; not run: {left}") };
            return Err(format!("step {step:?}: {error}{left}"));
        }
    }
    table.print();
    table.verdict(e2e::is_strict())
}

/// All tests of the workspace. The servers of its black-box tests are the embedded ones, so this
/// is the embedded lane too.
fn tests(table: &mut Table) -> Result<(), String> {
    let started = Instant::now();
    let mut command = cargo(&["test", "--workspace", "--all-features"]);
    e2e::without_servers(&mut command);
    let (success, lines) = watched(&mut command)?;
    let tally = Tally::of(&lines);
    table.ran(Lane::Embedded, "in the process", tally, started.elapsed());
    match (success, tally.failed) {
        (true, 0) => Ok(()),
        _ => Err(format!("{} tests failed", tally.failed)),
    }
}
