//! `cargo xtask differential`: fresh items through boto3 and amazon.ion and back. Both are fetched by
//! pip into `target/differential`, at the versions of the vectors of the codec.

use crate::run::{cargo, find, program, root, say, succeed, target};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// What was asked for.
pub(crate) struct Options {
    /// Other items with each run, if none is given.
    pub(crate) seed: Option<u64>,
    pub(crate) items: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: None, items: 5_000 }
    }
}

pub(crate) fn run(options: &Options) -> Result<(), String> {
    if options.items == 0 {
        return Err("--items must be 1 or more".to_owned());
    }
    let folder = target().join("differential");
    let python = python(&folder.join("python"))?;
    // What fails must be found again.
    let seed = options.seed.unwrap_or_else(now);
    say(&format!("differential: {} items of seed {seed}", options.items));
    let mut test = cargo(&["test", "--package", "ddbkit-codec", "--test", "it", "--"]);
    test.args(["--exact", "--ignored", "--nocapture"]);
    test.arg("differential::live::fresh_items_go_through_the_peers");
    test.env("DDBKIT_DIFFERENTIAL_FOLDER", &folder);
    test.env("DDBKIT_DIFFERENTIAL_PYTHON", python);
    test.env("DDBKIT_DIFFERENTIAL_SEED", seed.to_string());
    test.env("DDBKIT_DIFFERENTIAL_ITEMS", options.items.to_string());
    succeed(&mut test)
}

/// An environment of its own with the peers in it.
fn python(folder: &Path) -> Result<PathBuf, String> {
    if find("python3").is_none() {
        return Err(
            "needs Python 3 with venv and pip: apt install python3-venv, or python.org".to_owned()
        );
    }
    let python = folder.join("bin").join("python");
    if !python.is_file() {
        succeed(program("python3", &["-m", "venv"]).arg(folder))?;
    }
    let vectors = root().join("crates").join("codec").join("tests").join("vectors");
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    let mut install = program(&python.to_string_lossy(), &pip);
    succeed(install.arg(vectors.join("requirements.txt")))?;
    Ok(python)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_items_are_no_run() {
        let options = Options { items: 0, ..Options::default() };
        assert!(run(&options).unwrap_err().contains("--items"));
    }
}
