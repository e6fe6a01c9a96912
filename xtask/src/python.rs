//! Python programs that pip fetches, each set in an environment of its own.

use crate::run::{find, program, succeed};
use std::path::{Path, PathBuf};

/// Makes the environment in this folder if it is not there, lets pip install into it what its
/// arguments name, and gives the folder of its programs.
pub(crate) fn environment(folder: &Path, packages: &[&str]) -> Result<PathBuf, String> {
    if find("python3").is_none() {
        return Err(
            "needs Python 3 with venv and pip: apt install python3-venv, or python.org".to_owned()
        );
    }
    let bin = folder.join("bin");
    let python = bin.join("python");
    if !python.is_file() {
        succeed(program("python3", &["-m", "venv"]).arg(folder))?;
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    succeed(program(&python.to_string_lossy(), &pip).args(packages))?;
    Ok(bin)
}
