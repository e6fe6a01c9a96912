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
    pub(crate) fn of<S: AsRef<str>>(lines: &[S]) -> Self {
        let mut tally = Self::default();
        for line in lines.iter().map(AsRef::as_ref) {
            let Some(result) = line.strip_prefix("test result: ") else { continue };
            tally.passed += number_before(result, " passed");
            tally.failed += number_before(result, " failed");
        }
        tally
    }

    /// These and others.
    pub(crate) fn and(self, others: Self) -> Self {
        Self { passed: self.passed + others.passed, failed: self.failed + others.failed }
    }
}

/// How long test binaries ran, without their building: the sum of what their result lines say.
pub(crate) fn time_of<S: AsRef<str>>(lines: &[S]) -> Duration {
    let seconds = lines.iter().filter_map(|line| {
        let (_, time) = line.as_ref().strip_prefix("test result: ")?.split_once("finished in ")?;
        time.strip_suffix('s')?.parse::<f64>().ok()
    });
    Duration::try_from_secs_f64(seconds.sum()).unwrap_or_default()
}

/// The number in `ok. 12 passed; 0 failed` that stands before a word.
fn number_before(result: &str, word: &str) -> u64 {
    let before = result.split_once(word).map(|(before, _)| before);
    before.and_then(|text| text.rsplit(' ').next()?.parse().ok()).unwrap_or_default()
}

/// The lanes of a run.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

struct Row {
    /// `None` for the tests that need no server.
    lane: Option<Lane>,
    outcome: Outcome,
}

enum Outcome {
    Ran {
        server: String,
        tally: Tally,
        time: Duration,
    },
    /// Left out, with what to do about it.
    NotRun(String),
    /// Asked for, or its tests could not be run to their end.
    Broken(String),
}

impl Row {
    fn name(&self) -> &'static str {
        self.lane.map_or("unit, doc", Lane::name)
    }

    /// What is wrong with this row, if anything.
    fn fault(&self) -> Option<String> {
        let name = self.name();
        match &self.outcome {
            Outcome::Ran { tally: Tally { passed: 0, failed: 0 }, .. } => {
                Some(format!("{name}: no test ran"))
            }
            Outcome::Ran { tally: Tally { failed: 1.., .. }, .. } => {
                Some(format!("{name}: tests failed"))
            }
            Outcome::Ran { .. } | Outcome::NotRun(_) => None,
            Outcome::Broken(reason) => Some(format!("{name}: {reason}")),
        }
    }
}

impl Table {
    pub(crate) fn ran(&mut self, lane: Option<Lane>, server: &str, tally: Tally, time: Duration) {
        let outcome = Outcome::Ran { server: server.to_owned(), tally, time };
        self.0.push(Row { lane, outcome });
    }

    pub(crate) fn not_run(&mut self, lane: Lane, reason: String) {
        self.0.push(Row { lane: Some(lane), outcome: Outcome::NotRun(reason) });
    }

    pub(crate) fn broken(&mut self, lane: Lane, reason: String) {
        self.0.push(Row { lane: Some(lane), outcome: Outcome::Broken(reason) });
    }

    /// The table, and the sum on a line of its own.
    pub(crate) fn print(&self) {
        if self.0.is_empty() {
            return;
        }
        say(&format!(
            "\n{:<10} {:<28} {:>7} {:>7} {:>8}",
            "lane", "server", "passed", "failed", "seconds"
        ));
        let mut sum = Tally::default();
        for row in &self.0 {
            let text = match &row.outcome {
                Outcome::Ran { server, tally: Tally { passed, failed }, time } => {
                    sum.passed += passed;
                    sum.failed += failed;
                    format!("{server:<28} {passed:>7} {failed:>7} {:>8.1}", time.as_secs_f64())
                }
                Outcome::NotRun(reason) => format!("not run: {reason}"),
                Outcome::Broken(reason) => format!("failed: {reason}"),
            };
            say(&format!("{:<10} {text}", row.name()));
        }
        say(&format!("\n{} passed, {} failed", sum.passed, sum.failed));
    }

    /// Whether every lane that ran is well, and with `strict` those that must run did.
    pub(crate) fn verdict(&self, strict: bool) -> Result<(), String> {
        let mut faults: Vec<String> = self.0.iter().filter_map(Row::fault).collect();
        for lane in [Lane::Embedded, Lane::Ddl, Lane::S3] {
            let ran =
                |row: &Row| row.lane == Some(lane) && !matches!(row.outcome, Outcome::NotRun(_));
            if strict && !self.0.iter().any(ran) {
                faults.push(format!("{}: must run and did not", lane.name()));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(lanes: &[Lane], passed: u64, failed: u64) -> Table {
        let mut table = Table::default();
        for lane in lanes {
            table.ran(Some(*lane), "server", Tally { passed, failed }, Duration::ZERO);
        }
        table
    }

    #[test]
    fn result_lines_are_added_up() {
        let lines = [
            "running 3 tests",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out",
            "test result: FAILED. 30 passed; 2 failed; 0 ignored; 0 measured; 4 filtered out",
        ];
        assert_eq!(Tally::of(&lines), Tally { passed: 42, failed: 2 });
    }

    #[test]
    fn times_are_added_up() {
        let lines = [
            "finished in 9.00s",
            "test result: ok. 1 passed; 0 failed; 0 ignored; finished in 0.25s",
            "test result: ok. 2 passed; 0 failed; 0 ignored; finished in 2.00s",
        ];
        assert_eq!(time_of(&lines), Duration::from_millis(2250));
    }

    #[test]
    fn a_lane_that_must_run_is_missed() {
        let mut table = table(&[Lane::Embedded, Lane::S3], 1, 0);
        table.not_run(Lane::Ddl, "install Java".to_owned());
        assert_eq!(table.verdict(false), Ok(()));
        assert_eq!(table.verdict(true), Err("ddl: must run and did not".to_owned()));
    }

    #[test]
    fn a_lane_fails_by_its_tests_and_without_any() {
        assert_eq!(table(&[Lane::S3], 1, 0).verdict(false), Ok(()));
        assert_eq!(table(&[Lane::S3], 9, 1).verdict(false), Err("s3: tests failed".to_owned()));
        assert_eq!(table(&[Lane::S3], 0, 0).verdict(false), Err("s3: no test ran".to_owned()));
    }

    #[test]
    fn a_lane_that_could_not_start_fails_with_its_reason() {
        let mut table = table(&[], 0, 0);
        table.broken(Lane::Moto, "install Python".to_owned());
        assert_eq!(table.verdict(false), Err("moto: install Python".to_owned()));
    }
}
