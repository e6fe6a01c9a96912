//! `cargo xtask bench codec`, `transfer`, `export` and `archive`: each next to its peers, in one table.

mod archive;
mod codec;
mod document;
mod export;
mod machine;
mod measurement;
mod peers;
mod table;
mod transfer;

use crate::run::{self, cargo, program, root, say, succeed, target};
use measurement::{Measurement, Version};
use peers::Language;
use std::path::PathBuf;

/// Measures what is named.
pub(crate) fn measure(subject: &str, options: &Options) -> Result<(), String> {
    match subject {
        "codec" => codec::codec(options),
        "transfer" => transfer::transfer(options),
        "export" => export::export(options),
        "archive" => archive::archive(options),
        _ => Err("cargo xtask bench measures codec, transfer, export or archive".to_owned()),
    }
}

/// What was asked for.
pub(crate) struct Options {
    languages: Vec<Language>,
    rounds: u32,
    /// Only the groups of cases whose name has this in it.
    only: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { languages: Vec::new(), rounds: 5, only: None }
    }
}

impl Options {
    /// Names with commas between, as in `--peers python,go`.
    pub(crate) fn add_peers(&mut self, names: &str) -> Result<(), String> {
        for name in names.split(',') {
            self.languages.push(Language::named(name)?);
        }
        Ok(())
    }

    pub(crate) fn set_rounds(&mut self, rounds: u32) -> Result<(), String> {
        self.rounds = rounds;
        if rounds == 0 { Err("--rounds must be 1 or more".to_owned()) } else { Ok(()) }
    }

    pub(crate) fn set_only(&mut self, groups: String) {
        self.only = Some(groups);
    }
}

/// What came out of the programs.
#[derive(Default)]
struct Results {
    measurements: Vec<Measurement>,
    versions: Vec<Version>,
    /// Languages that could not run, and why.
    absent: Vec<(Language, String)>,
}

impl Results {
    fn add(&mut self, printed: &str) -> Result<(), String> {
        for line in printed.lines() {
            match line.split_once('\t') {
                Some(("case", rest)) => self.measurements.push(Measurement::parse(rest)?),
                Some(("version", rest)) => self.versions.push(Version::parse(rest)?),
                _ => return Err(format!("a line that is no result: {line:?}")),
            }
        }
        Ok(())
    }
}

/// The command that makes the table again.
fn command_line(subject: &str, options: &Options) -> String {
    let mut line = format!("cargo xtask bench {subject}");
    if !options.languages.is_empty() {
        let names: Vec<_> = options.languages.iter().map(Language::to_string).collect();
        line += &format!(" --peers {}", names.join(","));
    }
    if options.rounds != Options::default().rounds {
        line += &format!(" --rounds {}", options.rounds);
    }
    line
}

/// Builds the program that measures, which is a workspace of its own.
fn build(subject: &str) -> Result<PathBuf, String> {
    let folder = target().join("bench").join("build");
    let manifest = format!("bench/{subject}/Cargo.toml");
    let mut build = cargo(&["build", "--release", "--manifest-path", &manifest]);
    succeed(build.arg("--target-dir").arg(&folder))?;
    let name = format!("ddbkit-{subject}-bench{}", std::env::consts::EXE_SUFFIX);
    Ok(folder.join("release").join(name))
}

/// Writes the corpus where it is not there yet, and gives its folder.
fn corpus() -> Result<PathBuf, String> {
    if run::find("python3").is_none() {
        return Err("the corpus is made by Python 3, which was not found".to_owned());
    }
    let folder = target().join("bench").join("codec");
    succeed(program("python3", &["bench/codec/gen.py"]).arg(&folder))?;
    Ok(folder)
}

/// Shows the table, and puts it into the page where all of it was measured.
fn publish(subject: &str, results: &Results, options: &Options) -> Result<(), String> {
    let text = document::results(results, &command_line(subject, options));
    say(&text);
    if options.only.is_none() {
        let page = root().join("docs").join("benchmarks.md");
        document::replace(&page, subject, &text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_names_what_differs_from_the_defaults() {
        let mut options = Options::default();
        assert_eq!(command_line("codec", &options), "cargo xtask bench codec");
        options.add_peers("python,go").unwrap();
        options.set_rounds(3).unwrap();
        assert_eq!(
            command_line("codec", &options),
            "cargo xtask bench codec --peers python,go --rounds 3"
        );
        assert!(options.add_peers("cobol").unwrap_err().contains("cobol"));
        assert!(options.set_rounds(0).is_err());
    }

    #[test]
    fn what_is_printed_is_all_understood() {
        let mut results = Results::default();
        results.add("version\tboto3\t1.0\ncase\tg\tpeer\tn\t10\t1\t\t\t0.5\n").unwrap();
        assert_eq!((results.versions.len(), results.measurements.len()), (1, 1));
        assert!(results.add("Traceback").is_err());
    }
}
