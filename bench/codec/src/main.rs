//! The benchmark of `ddbkit-codec` next to its peers; `cargo xtask bench codec` runs it and makes
//! the table of it.
//!
//! Every case is one function that decodes or encodes the whole corpus. `verify` runs it with the
//! items that must come out, `run` without: what is measured is what was checked.

mod case;
mod corpus;
mod groups;
mod peers;
mod same;
mod visit;

use case::{Case, Group};
use corpus::{Corpus, Want};
use std::io::Write;
use std::path::Path;

type Error = Box<dyn std::error::Error>;
type Result<T = ()> = std::result::Result<T, Error>;

const USAGE: &str = "\
usage: ddbkit-codec-bench COMMAND FOLDER [TEXT [ROUNDS]]

TEXT, or TEXT:TEXT, is a part of the name of a group, and of a case in it.

  transcode  items.ion -> items.10n by ion-rs, with one symbol table
  verify     every case gives the items of the corpus
  run        measure; a line for each case";

fn main() -> Result {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (command, folder, rest) = match arguments.as_slice() {
        [command, folder, rest @ ..] => (*command, Path::new(*folder), rest),
        _ => return Err(USAGE.into()),
    };
    if command == "transcode" {
        return peers::ion::transcode(&folder.join("items.ion"), &folder.join("items.10n"));
    }
    let filter = rest.first().copied().unwrap_or_default();
    let rounds = rest.get(1).map_or(Ok(5), |text| text.parse())?;
    let corpus = Corpus::read(folder)?;
    let want = if command == "verify" { corpus.want()? } else { Vec::new() };
    let (group_text, case_text) = filter.split_once(':').unwrap_or((filter, ""));
    for group in groups::ALL.iter().filter(|group| group.name.contains(group_text)) {
        let mut cases = (group.cases)(&corpus)?;
        cases.retain(|case| case.name.contains(case_text));
        match command {
            "verify" => verify(group, cases, &want)?,
            "run" => measure(group, cases, corpus.items, rounds)?,
            _ => return Err(USAGE.into()),
        }
    }
    Ok(())
}

fn verify(group: &Group, cases: Vec<Case>, want: &[Want]) -> Result {
    for mut case in cases {
        let wrong = |error| format!("{}: {}: {error}", group.name, case.name);
        let items = (case.run)(Some(want)).map_err(wrong)?;
        if items != want.len() {
            return Err(wrong(format!("{items} items instead of {}", want.len()).into()).into());
        }
    }
    Ok(())
}

/// Each round runs every case of the group once, so that all of them see the same machine.
fn measure(group: &Group, mut cases: Vec<Case>, items: usize, rounds: usize) -> Result {
    let mut seconds = vec![Vec::new(); cases.len()];
    for _ in 0..rounds {
        for (case, seconds) in cases.iter_mut().zip(&mut seconds) {
            let start = cpu_time::ProcessTime::try_now()?;
            let found = std::hint::black_box((case.run)(None)?);
            seconds.push(start.try_elapsed()?.as_secs_f64());
            if found != items {
                return Err(format!("{}: {found} items", case.name).into());
            }
        }
    }
    let mut out = std::io::stdout().lock();
    for (case, seconds) in cases.iter().zip(&seconds) {
        writeln!(out, "{}", case.line(group.name, items, seconds))?;
    }
    Ok(out.flush()?)
}
