//! The benchmark of reading and merging exports; `cargo xtask bench export` runs it and makes the
//! table of it.
//!
//! Each round of each case is a process of its own, so that CPU time and memory are its own.

mod cases;
mod exports;
mod merge;
mod read;
mod run;

use std::path::Path;

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T = ()> = std::result::Result<T, Error>;

const USAGE: &str = "\
usage: ddbkit-export-bench COMMAND

  run CORPUS FOLDER ROUNDS TEXT  measure; a line for each case with TEXT in its group or name
  case NAME FOLDER               one round of one case, on the exports in the folder";

fn main() -> Result {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["run", corpus, folder, rounds, text] => {
            run::all(Path::new(corpus), Path::new(folder), rounds.parse()?, text)
        }
        ["case", name, folder] => {
            let moved = cases::named(name)?.round(Path::new(folder))?;
            Ok(ddbkit_bench_rounds::report(moved)?)
        }
        _ => Err(USAGE.into()),
    }
}
