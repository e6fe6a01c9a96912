//! The benchmark of dump and load next to the same work through the typed SDK and boto3;
//! `cargo xtask bench transfer` runs it and makes the table of it.
//!
//! Three kinds of processes: one that runs the cases one after the other, the server, which answers
//! from memory, and one for each round of each case, so that CPU time and memory are its own.

mod cases;
mod client;
mod gzip;
mod ours;
mod run;
mod server;
mod typed;

use std::path::Path;

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T = ()> = std::result::Result<T, Error>;

const USAGE: &str = "\
usage: ddbkit-transfer-bench COMMAND

  run CORPUS FOLDER ROUNDS TEXT [PYTHON SCRIPT]
                                   measure; a line for each case with TEXT in its group or name
  gzip CORPUS ROUNDS               compress the corpus; a line for each library and level
  serve CORPUS                     answer from memory until standard input ends
  case NAME ENDPOINT MB FOLDER     one round of one case";

fn main() -> Result {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["run", corpus, folder, rounds, text, ref boto3 @ ..] => {
            run::all(corpus, Path::new(folder), rounds.parse()?, text, boto3)
        }
        ["gzip", corpus, rounds] => gzip::all(Path::new(corpus), rounds.parse()?),
        ["serve", corpus] => server::serve(Path::new(corpus)),
        ["case", name, endpoint, megabytes, folder] => {
            cases::round(name, endpoint, megabytes.parse()?, Path::new(folder))
        }
        _ => Err(USAGE.into()),
    }
}
