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

use case::Group;
use corpus::{Corpus, Want};
use std::io::Write;
use std::path::Path;

type Error = Box<dyn std::error::Error>;
type Result<T = ()> = std::result::Result<T, Error>;

const USAGE: &str = "\
usage: ddbkit-codec-bench COMMAND FOLDER [GROUPS [ROUNDS]]

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
    for group in groups::ALL.iter().filter(|group| group.name.contains(filter)) {
        match command {
            "verify" => verify(group, &corpus, &want)?,
            "run" => measure(group, &corpus, rounds)?,
            _ => return Err(USAGE.into()),
        }
    }
    Ok(())
}

fn verify(group: &Group, corpus: &Corpus, want: &[Want]) -> Result {
    for mut case in (group.cases)(corpus)? {
        let wrong = |error| format!("{}: {}: {error}", group.name, case.name);
        let items = (case.run)(Some(want)).map_err(wrong)?;
        if items != want.len() {
            return Err(wrong(format!("{items} items instead of {}", want.len()).into()).into());
        }
    }
    Ok(())
}

/// Each round runs every case of the group once, so that all of them see the same machine.
fn measure(group: &Group, corpus: &Corpus, rounds: usize) -> Result {
    let mut cases = (group.cases)(corpus)?;
    let mut seconds = vec![Vec::new(); cases.len()];
    for _ in 0..rounds {
        for (case, seconds) in cases.iter_mut().zip(&mut seconds) {
            let start = cpu_time::ProcessTime::try_now()?;
            let items = std::hint::black_box((case.run)(None)?);
            seconds.push(start.try_elapsed()?.as_secs_f64());
            if items != corpus.items {
                return Err(format!("{}: {items} items", case.name).into());
            }
        }
    }
    let mut out = std::io::stdout().lock();
    for (case, seconds) in cases.iter().zip(&seconds) {
        writeln!(out, "{}", case.line(group.name, corpus.items, seconds))?;
    }
    Ok(out.flush()?)
}
