//! What ran and what did not.

use super::Lane;
use crate::run::say;
use std::time::Duration;

/// Tests that passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// Adds up the result lines of test binaries.
    pub(crate) fn of(lines: &[String]) -> Self {
        let results = lines.iter().filter(|line| line.starts_with("test result:"));
        let mut tally = Self::default();
        for line in results {
            let number = |what: &str| {
                let before = line.split(what).next().unwrap_or_default();
                before.rsplit([' ', '.']).find(|word| !word.is_empty())?.parse::<u64>().ok()
            };
            tally.passed += number(" passed").unwrap_or_default();
            tally.failed += number(" failed").unwrap_or_default();
        }
        tally
    }
}

/// The lanes of a run.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

struct Row {
    lane: Lane,
    text: String,
    tally: Option<Tally>,
}

impl Table {
    pub(crate) fn ran(&mut self, lane: Lane, server: &str, tally: Tally, time: Duration) {
        let Tally { passed, failed } = tally;
        let seconds = time.as_secs();
        let text = format!("{server:<24} {passed:>5} passed {failed:>4} failed {seconds:>5} s");
        self.0.push(Row { lane, text, tally: Some(tally) });
    }

    pub(crate) fn not_run(&mut self, lane: Lane, install: &str) {
        let text = format!("not run: install {install}");
        self.0.push(Row { lane, text, tally: None });
    }

    /// The table, and the sum on a line of its own.
    pub(crate) fn print(&self) {
        if self.0.is_empty() {
            return;
        }
        say("\nlane       server");
        for row in &self.0 {
            say(&format!("{:<10} {}", row.lane.name(), row.text));
        }
        let sum = |of: fn(Tally) -> u64| -> u64 {
            self.0.iter().filter_map(|row| row.tally).map(of).sum()
        };
        let (passed, failed) = (sum(|tally| tally.passed), sum(|tally| tally.failed));
        say(&format!("\n{passed} passed, {failed} failed"));
    }

    /// Whether the lanes that must have run did.
    pub(crate) fn verdict(&self, strict: bool) -> Result<(), String> {
        if !strict {
            return Ok(());
        }
        let ran = |lane: &Lane| self.0.iter().any(|row| row.lane == *lane && row.tally.is_some());
        let must = [Lane::Embedded, Lane::Ddl, Lane::S3];
        let missing: Vec<_> =
            must.iter().filter(|lane| !ran(lane)).map(|lane| lane.name()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(format!("these lanes must run and did not: {}", missing.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_are_added_up() {
        let lines = [
            "running 3 tests",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out",
            "test result: FAILED. 30 passed; 2 failed; 0 ignored; 0 measured; 4 filtered out",
        ];
        let tally = Tally::of(&lines.map(ToOwned::to_owned));
        assert_eq!(tally, Tally { passed: 42, failed: 2 });
    }

    #[test]
    fn a_lane_that_must_run_is_missed() {
        let mut table = Table::default();
        for lane in [Lane::Embedded, Lane::S3] {
            table.ran(lane, "server", Tally { passed: 1, failed: 0 }, Duration::ZERO);
        }
        table.not_run(Lane::Ddl, "Java");
        assert!(table.verdict(false).is_ok());
        assert!(table.verdict(true).unwrap_err().ends_with(": ddl"));
    }
}
