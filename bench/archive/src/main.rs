//! The benchmark of the archive; `cargo xtask bench archive` runs it and makes the table of it.
//!
//! Each round of each case is a process of its own, so that its memory is its own.

mod cases;
mod discovery;
mod records;
mod run;
mod sink;
mod slow;

use ddbkit_bench_rounds::report_part;

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T = ()> = std::result::Result<T, Error>;

const USAGE: &str = "\
usage: ddbkit-archive-bench COMMAND

  run ROUNDS TEXT   measure; a line for each case with TEXT in its group or name
  case NAME         one round of one case";

fn main() -> Result {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["run", rounds, text] => run::all(rounds.parse()?, text),
        ["case", name] => {
            let (moved, cpu_seconds) = cases::named(name)?.round()?;
            Ok(report_part(moved, cpu_seconds)?)
        }
        _ => Err(USAGE.into()),
    }
}
