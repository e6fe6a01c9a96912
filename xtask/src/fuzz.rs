//! `cargo xtask fuzz`: the fuzz targets of the codec, each for some time.

use crate::run::{is_there, program, root, say, succeed, target};
use std::path::{Path, PathBuf};

/// What was asked for.
pub(crate) struct Options {
    /// One target, or all.
    target: Option<String>,
    seconds: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { target: None, seconds: 60 }
    }
}

impl Options {
    pub(crate) fn set_target(&mut self, name: String) -> Result<(), String> {
        match self.target.replace(name) {
            None => Ok(()),
            Some(_) => Err("cargo xtask fuzz takes one target, or none for all".to_owned()),
        }
    }

    pub(crate) fn set_seconds(&mut self, seconds: u32) -> Result<(), String> {
        self.seconds = seconds;
        // libFuzzer takes zero for no limit.
        if seconds == 0 { Err("--seconds must be 1 or more".to_owned()) } else { Ok(()) }
    }
}

pub(crate) fn run(options: &Options) -> Result<(), String> {
    let fuzz = root().join("crates").join("codec").join("fuzz");
    let targets = chosen(targets(&fuzz)?, options.target.as_deref())?;
    prepare()?;
    for name in targets {
        say(&format!("\n==> {name}, {} s", options.seconds));
        one(&fuzz, &name, options.seconds)?;
    }
    Ok(())
}

/// The targets are the files of their folder.
fn targets(fuzz: &Path) -> Result<Vec<String>, String> {
    let folder = fuzz.join("fuzz_targets");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

fn chosen(targets: Vec<String>, wanted: Option<&str>) -> Result<Vec<String>, String> {
    let Some(wanted) = wanted else { return Ok(targets) };
    if targets.iter().any(|name| name == wanted) {
        return Ok(vec![wanted.to_owned()]);
    }
    Err(format!("there is no fuzz target {wanted:?}, only {}", targets.join(", ")))
}

/// cargo-fuzz asks the compiler for what only nightly ones have.
fn prepare() -> Result<(), String> {
    if !is_there("cargo", &["fuzz", "--version"]) {
        return Err("needs cargo-fuzz: cargo install cargo-fuzz".to_owned());
    }
    if !is_there("cargo", &["+nightly", "--version"]) {
        return Err("needs a nightly compiler: rustup toolchain install nightly".to_owned());
    }
    Ok(())
}

/// What is found on the way is kept in the build folder; the stored corpus is only read.
fn one(fuzz: &Path, name: &str, seconds: u32) -> Result<(), String> {
    let found = target().join("fuzz").join(name);
    std::fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
    let format = if name.starts_with("ion") { "ion.dict" } else { "json.dict" };
    let dictionary = fuzz.join("dictionaries").join(format);
    let stored = fuzz.join("corpus").join(name);
    let mut cargo = program("cargo", &["+nightly", "fuzz", "run", "--fuzz-dir"]);
    cargo.arg(fuzz).arg(name).args([found, stored]).arg("--");
    // A build folder of its own: the flags of the fuzzer would rebuild everything else.
    cargo.env("CARGO_TARGET_DIR", build_folder());
    cargo.arg(format!("-max_total_time={seconds}"));
    cargo.arg(format!("-dict={}", dictionary.display()));
    succeed(cargo.args(["-rss_limit_mb=2048", "-print_final_stats=1"]))
}

fn build_folder() -> PathBuf {
    target().join("fuzz").join("build")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_one_of_the_folder() {
        let fuzz = root().join("crates").join("codec").join("fuzz");
        let all = targets(&fuzz).unwrap();
        assert!(all.iter().any(|name| name == "ion_text"));
        assert_eq!(chosen(all.clone(), None), Ok(all.clone()));
        assert_eq!(chosen(all.clone(), Some("lines")), Ok(vec!["lines".to_owned()]));
        assert!(chosen(all, Some("line")).is_err());
    }

    #[test]
    fn every_target_has_a_corpus() {
        let fuzz = root().join("crates").join("codec").join("fuzz");
        for name in targets(&fuzz).unwrap() {
            let stored = std::fs::read_dir(fuzz.join("corpus").join(&name)).unwrap();
            assert!(stored.count() > 0, "{name}");
        }
    }

    #[test]
    fn no_time_is_no_run() {
        assert!(Options::default().set_seconds(0).is_err());
        let mut options = Options::default();
        options.set_target("lines".to_owned()).unwrap();
        assert!(options.set_target("records".to_owned()).is_err());
    }
}
