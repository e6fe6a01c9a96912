//! `cargo xtask bench codec`: the codec next to its peers, in one table.

mod document;
mod machine;
mod measurement;
mod peers;
mod table;

use crate::run::{self, cargo, output, program, root, say, succeed, target};
use measurement::{Measurement, Version};
use peers::Language;
use std::path::{Path, PathBuf};
use std::process::Command;

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

pub(crate) fn codec(options: &Options) -> Result<(), String> {
    let folder = target().join("bench").join("codec");
    let program = build()?;
    corpus(&program, &folder)?;
    let only = options.only.as_deref().unwrap_or_default();

    say("bench: every case must give the items of the corpus");
    succeed(pinned(&program).arg("verify").arg(&folder).arg(only))?;
    say(&format!("bench: {} rounds", options.rounds));
    let mut results = Results { versions: machine::versions()?, ..Results::default() };
    let rounds = options.rounds.to_string();
    let run = output(pinned(&program).arg("run").arg(&folder).args([only, &rounds]))?;
    results.add(&run)?;
    for language in &options.languages {
        say(&format!("bench: {language}"));
        match language.prepare() {
            Ok(program) => {
                let mut command = pinned_line(&program);
                let printed = output(command.arg(&folder).arg(&rounds))?;
                results.add(&printed)?;
            }
            Err(reason) => results.absent.push((*language, reason)),
        }
    }

    let groups = only.split(':').next().unwrap_or_default();
    results.measurements.retain(|measurement| measurement.group.contains(groups));
    let text = document::results(&results, &command_line(options));
    say(&text);
    if options.only.is_none() {
        document::replace(&root().join("docs").join("benchmarks.md"), &text)?;
    }
    Ok(())
}

/// The command that makes the table again.
fn command_line(options: &Options) -> String {
    let mut line = "cargo xtask bench codec".to_owned();
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
fn build() -> Result<PathBuf, String> {
    let folder = target().join("bench").join("build");
    let manifest = "bench/codec/Cargo.toml";
    let mut build = cargo(&["build", "--release", "--manifest-path", manifest]);
    succeed(build.arg("--target-dir").arg(&folder))?;
    let name = format!("ddbkit-codec-bench{}", std::env::consts::EXE_SUFFIX);
    Ok(folder.join("release").join(name))
}

/// Writes the corpus where it is not there yet.
fn corpus(bench: &Path, folder: &Path) -> Result<(), String> {
    if run::find("python3").is_none() {
        return Err("the corpus is made by Python 3, which was not found".to_owned());
    }
    succeed(program("python3", &["bench/codec/gen.py"]).arg(folder))?;
    succeed(Command::new(bench).arg("transcode").arg(folder))
}

/// The program on the last processor alone, where the system can do that.
fn pinned(program: &Path) -> Command {
    pinned_line(&[program.to_owned()])
}

/// A program with its first arguments.
fn pinned_line(words: &[PathBuf]) -> Command {
    let last = std::thread::available_parallelism().map_or(0, |count| count.get() - 1);
    let mut words = words.iter();
    let mut command = if run::find("taskset").is_some() {
        program("taskset", &["-c", &last.to_string()])
    } else {
        let first = words.next().map(|word| word.to_string_lossy()).unwrap_or_default();
        program(&first, &[])
    };
    command.args(words);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_names_what_differs_from_the_defaults() {
        let mut options = Options::default();
        assert_eq!(command_line(&options), "cargo xtask bench codec");
        options.add_peers("python,go").unwrap();
        options.set_rounds(3).unwrap();
        assert_eq!(command_line(&options), "cargo xtask bench codec --peers python,go --rounds 3");
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
