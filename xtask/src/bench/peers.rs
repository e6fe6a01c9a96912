//! The peers in other languages: what they need is fetched by pip, npm and Go into
//! `target/bench`, at the versions of the files in `bench/<subject>/peers`.

use crate::run::{find, program, root, succeed, target};
use std::fmt;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Python,
    Node,
    Go,
}

impl Language {
    const ALL: [Self; 3] = [Self::Python, Self::Node, Self::Go];

    pub(super) fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|language| language.to_string() == name);
        found.ok_or_else(|| format!("there are no peers in {name:?}, only in python, node, go"))
    }

    /// Makes everything ready and gives the program with its first arguments; or says what is
    /// missing.
    pub(super) fn prepare(self, subject: &str) -> Result<Vec<PathBuf>, String> {
        let sources = root().join("bench").join(subject).join("peers").join(self.to_string());
        if !sources.is_dir() {
            return Err(format!("bench {subject} has no peers in {self}"));
        }
        let folder = target().join("bench").join(self.to_string());
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        match self {
            Self::Python => python(&sources, &folder),
            Self::Node => node(&sources, &folder),
            Self::Go => go(&sources, &folder),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Python => "python",
            Self::Node => "node",
            Self::Go => "go",
        })
    }
}

fn needs(name: &str) -> Result<PathBuf, String> {
    find(name).ok_or_else(|| format!("needs {name}"))
}

fn python(sources: &Path, folder: &Path) -> Result<Vec<PathBuf>, String> {
    needs("python3")?;
    let python = folder.join("bin").join("python");
    if !python.is_file() {
        succeed(program("python3", &["-m", "venv"]).arg(folder))?;
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    let mut install = program(&python.to_string_lossy(), &pip);
    succeed(install.arg(sources.join("requirements.txt")))?;
    Ok(vec![python, sources.join("bench.py")])
}

/// The modules must lie next to the program.
fn node(sources: &Path, folder: &Path) -> Result<Vec<PathBuf>, String> {
    let node = needs("node")?;
    needs("npm")?;
    for file in ["package.json", "package-lock.json", "bench.js"] {
        let copied = std::fs::copy(sources.join(file), folder.join(file));
        copied.map_err(|error| format!("{file}: {error}"))?;
    }
    let mut install = program("npm", &["ci", "--silent", "--no-audit", "--no-fund"]);
    succeed(install.current_dir(folder))?;
    Ok(vec![node, folder.join("bench.js")])
}

fn go(sources: &Path, folder: &Path) -> Result<Vec<PathBuf>, String> {
    needs("go")?;
    let bench = folder.join("bench");
    succeed(program("go", &["build", "-o"]).arg(&bench).arg(".").current_dir(sources))?;
    Ok(vec![bench])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_found_by_their_names() {
        for language in Language::ALL {
            assert_eq!(Language::named(&language.to_string()), Ok(language));
        }
        assert!(Language::named("perl").is_err());
        assert!(needs("no-such-program").is_err());
        assert!(Language::Go.prepare("transfer").unwrap_err().contains("no peers in go"));
    }
}
