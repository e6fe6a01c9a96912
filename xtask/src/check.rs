//! `cargo xtask test`: all that must hold before a change lands.

use crate::e2e::{self, Lane, Table, Tally, time_of};
use crate::run::{cargo, say, succeed, watched};
use crate::{features, tidy};

/// A step with its name.
type Step = (&'static str, fn(&mut Table) -> Result<(), String>);

/// The steps in their order: what is quick to check and to mend comes first.
const STEPS: [Step; 7] = [
    ("fmt", |_| succeed(&mut cargo(&["fmt", "--all", "--check"]))),
    ("clippy", |_| {
        let everything = ["clippy", "--workspace", "--all-targets", "--all-features"];
        succeed(cargo(&everything).args(["--", "-D", "warnings"]))
    }),
    ("doc", |_| {
        let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
        succeed(doc.env("RUSTDOCFLAGS", "-D warnings"))
    }),
    ("tidy", |_| tidy::run()),
    ("features", |_| features::run()),
    ("test", tests),
    ("e2e", e2e::run_others),
];

pub(crate) fn test() -> Result<(), String> {
    let mut table = Table::default();
    let result = run(&STEPS, &mut table);
    table.print();
    result
}

/// Runs the steps up to the first that fails.
fn run(steps: &[Step], table: &mut Table) -> Result<(), String> {
    let mut left = steps.iter();
    while let Some((name, step)) = left.next() {
        say(&format!("\n==> {name}"));
        if let Err(error) = step(table) {
            let left: Vec<_> = left.map(|(name, _)| *name).collect();
            let not_run = if left.is_empty() { "nothing".to_owned() } else { left.join(", ") };
            return Err(format!("{name} failed: {error}\nnot run after it: {not_run}"));
        }
    }
    Ok(())
}

/// All tests of the workspace. The servers of its black-box tests are the embedded ones, so these
/// are the embedded lane.
fn tests(table: &mut Table) -> Result<(), String> {
    let mut command = cargo(&["test", "--workspace", "--all-features", "--no-fail-fast"]);
    e2e::without_servers(&mut command);
    let (success, lines) = watched(&mut command)?;
    let (black_box, others) = by_kind(&lines);
    table.ran(None, "none", Tally::of(&others), time_of(&others));
    table.ran(Some(Lane::Embedded), e2e::EMBEDDED, Tally::of(&black_box), time_of(&black_box));
    table.verdict(false)?;
    if success { Ok(()) } else { Err("cargo test failed".to_owned()) }
}

/// What the black-box binaries print, and what all others do.
fn by_kind(lines: &[String]) -> (Vec<&str>, Vec<&str>) {
    let (mut black_box, mut others) = (Vec::new(), Vec::new());
    let mut in_black_box = false;
    for line in lines {
        // As cargo announces a binary: `     Running tests/it/main.rs (target/debug/deps/it-1a2b)`.
        let announced = line.trim_start();
        if announced.starts_with("Running ") || announced.starts_with("Doc-tests ") {
            in_black_box = announced.replace('\\', "/").starts_with("Running tests/it/");
        }
        let kind = if in_black_box { &mut black_box } else { &mut others };
        kind.push(line.as_str());
    }
    (black_box, others)
}

#[cfg(test)]
mod step_tests {
    use super::*;

    #[test]
    fn the_first_failure_names_itself_and_what_it_kept_from_running() {
        let steps: [Step; 4] = [
            ("one", |_| Ok(())),
            ("two", |_| Err("reason".to_owned())),
            ("three", |_| panic!("must not run")),
            ("four", |_| panic!("must not run")),
        ];
        let error = run(&steps, &mut Table::default()).unwrap_err();
        assert_eq!(error, "two failed: reason\nnot run after it: three, four");
    }

    #[test]
    fn black_box_tests_are_counted_apart() {
        let lines = [
            "     Running unittests src/lib.rs (target/debug/deps/a-1)",
            "test result: ok. 5 passed; 0 failed; 0 ignored",
            "     Running tests/it/main.rs (target/debug/deps/it-1)",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored",
            "   Doc-tests a",
            "test result: ok. 7 passed; 0 failed; 0 ignored",
        ];
        let lines = lines.map(ToOwned::to_owned);
        let (black_box, others) = by_kind(&lines);
        assert_eq!(Tally::of(&black_box), Tally { passed: 2, failed: 1 });
        assert_eq!(Tally::of(&others), Tally { passed: 12, failed: 0 });
    }
}
