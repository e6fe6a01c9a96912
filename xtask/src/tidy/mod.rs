//! `cargo xtask tidy`: the rules of the repository that no compiler knows.

mod arrows;
mod dependencies;
mod links;
mod manifests;
mod sources;
mod words;

use crate::run::{output, program, root, say};
use cargo_metadata::{Metadata, MetadataCommand};
use std::path::Path;

/// A file of the repository with its text.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Checks every rule and names every breach.
pub(crate) fn run() -> Result<(), String> {
    let files = tracked()?;
    let metadata = metadata()?;
    let mut breaches = Vec::new();
    breaches.extend(arrows::check(&metadata));
    breaches.extend(manifests::check(&metadata));
    breaches.extend(dependencies::check(&metadata, &files)?);
    for file in &files {
        breaches.extend(sources::check(file));
        breaches.extend(words::check(file));
        breaches.extend(links::check(file, |path| root().join(path).exists()));
    }
    if breaches.is_empty() {
        say(&format!("tidy: {} files", files.len()));
        return Ok(());
    }
    let count = breaches.len();
    for breach in &breaches {
        say(breach);
    }
    Err(format!("{count} rules are broken"))
}

fn metadata() -> Result<Metadata, String> {
    let command = MetadataCommand::new().current_dir(root()).no_deps().exec();
    command.map_err(|error| format!("cargo metadata failed: {error}"))
}

/// The text files that git tracks, and those that it will.
fn tracked() -> Result<Vec<File>, String> {
    let args = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let paths = output(&mut program("git", &args))?;
    let read = |path: &str| {
        // Deleted in the working tree, or no text.
        let text = std::fs::read_to_string(root().join(path)).ok()?;
        Some(File { path: path.to_owned(), text })
    };
    // Recorded files are as they were recorded.
    let own = paths.lines().filter(|path| !Path::new(path).iter().any(|part| part == "fixtures"));
    Ok(own.filter_map(read).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_repository_is_tidy() {
        super::run().unwrap();
    }
}
