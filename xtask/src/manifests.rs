//! `cargo xtask manifests`: the manifests of `docs/deploy` against the schemas of those who take
//! them. The validators are fetched by pip into `target/manifests`, with their schemas.

use crate::python;
use crate::run::{program, root, say, target};
use std::path::{Path, PathBuf};

const REQUIREMENTS: [&str; 2] = ["cfn-lint==1.58.0", "kubernetes-validate==1.37.0"];

/// The manifests to use, and for each kind some that must be refused: a validator that takes those
/// proves nothing.
const GOOD: &str = "docs/deploy";
const BROKEN: &str = "xtask/tests/broken";

/// A validator, and the manifests that are its business.
struct Validator {
    name: &'static str,
    args: &'static [&'static str],
    /// Those below `docs/deploy` and the folder of the broken ones that begin with one of these.
    prefixes: &'static [&'static str],
}

const VALIDATORS: [Validator; 2] = [
    Validator {
        name: "cfn-lint",
        args: &["--non-zero-exit-code", "informational", "--include-checks", "I", "--"],
        prefixes: &["archive", "batch"],
    },
    Validator {
        name: "kubernetes-validate",
        // The first version in which all fields of the Jobs are stable.
        args: &["--strict", "--kubernetes-version", "1.33"],
        prefixes: &["kubernetes"],
    },
];

pub(crate) fn run() -> Result<(), String> {
    let bin = python::environment(&target().join("manifests"), &REQUIREMENTS)?;
    for validator in &VALIDATORS {
        validator.check(&bin, &root().join(GOOD), &root().join(BROKEN))?;
    }
    Ok(())
}

impl Validator {
    fn check(&self, bin: &Path, good: &Path, broken: &Path) -> Result<(), String> {
        let name = self.name;
        let manifests = |folder: &Path| match self.manifests(folder)? {
            found if found.is_empty() => {
                Err(format!("{name}: there is no manifest in {}", folder.display()))
            }
            found => Ok(found),
        };
        let (good, broken) = (manifests(good)?, manifests(broken)?);
        for file in &broken {
            if self.takes(bin, file)? {
                return Err(format!("{name} takes {}, which is broken", file.display()));
            }
        }
        say(&format!("{name}: refused {} broken manifests, as it must", broken.len()));
        for file in &good {
            if !self.takes(bin, file)? {
                return Err(format!("{name} refuses {}", file.display()));
            }
        }
        say(&format!("{name}: took {} of docs/deploy", good.len()));
        Ok(())
    }

    /// The YAML files that it is for, below a folder or the folders of its prefixes.
    fn manifests(&self, folder: &Path) -> Result<Vec<PathBuf>, String> {
        let mut found = Vec::new();
        for path in entries(folder)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !self.prefixes.iter().any(|prefix| name.starts_with(prefix)) {
                continue;
            }
            found.extend(if path.is_dir() { entries(&path)? } else { vec![path] });
        }
        found.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
        found.sort();
        Ok(found)
    }

    fn takes(&self, bin: &Path, file: &Path) -> Result<bool, String> {
        let mut command = program(&bin.join(self.name).to_string_lossy(), self.args);
        let output = command.arg(file).output();
        let output = output.map_err(|error| format!("cannot run {}: {error}", self.name))?;
        for text in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(text);
            text.trim_end().lines().for_each(|line| say(&format!("  {line}")));
        }
        Ok(output.status.success())
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    entries.map(|entry| entry.map(|entry| entry.path()).map_err(failed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shell that gets the path of the manifest as `$0`, on the manifests of the repository.
    fn check(script: &'static [&'static str; 2], good: &str) -> Result<(), String> {
        let validator = Validator { name: "sh", args: script, prefixes: &["kubernetes"] };
        validator.check(Path::new("/bin"), &root().join(good), &root().join(BROKEN))
    }

    #[test]
    fn a_broken_manifest_must_be_refused_and_a_good_one_taken() {
        check(&["-c", "case $0 in */broken/*) exit 1;; esac"], GOOD).unwrap();
        let error = check(&["-c", "exit 0"], GOOD).unwrap_err();
        assert!(error.contains("which is broken"), "{error}");
        let error = check(&["-c", "exit 1"], GOOD).unwrap_err();
        assert!(error.contains("refuses") && error.contains("kubernetes"), "{error}");
    }

    #[test]
    fn a_folder_without_manifests_is_a_failure() {
        let error = check(&["-c", "exit 0"], "docs").unwrap_err();
        assert!(error.contains("there is no manifest"), "{error}");
    }

    #[test]
    fn each_validator_has_manifests_to_take_and_to_refuse() {
        for validator in &VALIDATORS {
            for folder in [GOOD, BROKEN] {
                let found = validator.manifests(&root().join(folder)).unwrap();
                assert!(!found.is_empty(), "{} {folder}", validator.name);
            }
        }
    }
}
