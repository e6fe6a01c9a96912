//! The files of the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::output;

/// Inputs of fuzzers: bytes that are what they are.
const CORPUS: &str = "crates/codec/fuzz/corpus/";

/// A file that git tracks and that is text.
#[derive(Debug)]
pub(super) struct TextFile {
    /// Relative to the folder of the workspace, `/`-separated.
    pub(super) path: String,
    pub(super) text: String,
}

impl TextFile {
    pub(super) fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|extension| extension == "rs")
    }
}

/// Every tracked file, without corpora and those that are no UTF-8: fixtures that are compressed.
///
/// Where there is no git, as in a copy of the sources, it is every file that is not built.
pub(super) fn tracked(root: &Path) -> Result<Vec<TextFile>, String> {
    let paths = if root.join(".git").exists() { from_git(root)? } else { from_folders(root)? };
    let mut files = Vec::new();
    for path in paths.into_iter().filter(|path| !path.starts_with(CORPUS)) {
        match std::fs::read(root.join(&path)) {
            Ok(bytes) => {
                files.extend(String::from_utf8(bytes).ok().map(|text| TextFile { path, text }));
            }
            // Deleted, and not committed yet.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("{path}: {error}")),
        }
    }
    Ok(files)
}

fn from_git(root: &Path) -> Result<Vec<String>, String> {
    let mut git = Command::new("git");
    // A checkout that a container mounts may belong to another user; listing it is harmless.
    git.args(["-c", "safe.directory=*", "ls-files", "-z"]).current_dir(root);
    let listing = output(&mut git)?;
    Ok(listing.split_terminator('\0').map(str::to_owned).collect())
}

fn from_folders(root: &Path) -> Result<Vec<String>, String> {
    let mut paths = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        for entry in std::fs::read_dir(root.join(&folder)).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = folder.join(entry.file_name());
            if !entry.file_type().map_err(failed)?.is_dir() {
                paths.push(path.to_string_lossy().replace('\\', "/"));
            } else if entry.file_name() != "target" {
                folders.push(path);
            }
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_and_the_folders_both_know_this_file() {
        let root = crate::run::root();
        let this = "xtask/src/tidy/files.rs".to_owned();
        assert!(from_folders(&root).unwrap().contains(&this));
        assert!(tracked(&root).unwrap().iter().any(|file| file.path == "Cargo.toml"));
        assert!(tracked(&root).unwrap().iter().all(|file| !file.path.starts_with("target/")));
    }
}
