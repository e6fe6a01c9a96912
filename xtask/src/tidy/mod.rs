//! The rules of the repository that neither the compiler nor clippy checks.

mod arrows;
mod book;
mod dependencies;
mod deploy;
mod files;
mod links;
mod manifests;
mod map;
mod packages;
mod peers;
mod places;
mod shown;
mod text;

use std::path::Path;

use cargo_metadata::{Metadata, MetadataCommand};

use crate::run::{cargo, output, root, say};
use files::TextFile;

/// What a rule found, one line each: where, and what is wrong.
type Faults = Vec<String>;

pub(crate) fn run() -> Result<(), String> {
    let root = root();
    let files = files::tracked(&root)?;
    let faults = faults(&root, &files)?;
    if faults.is_empty() {
        say(&format!("tidy: {} files", files.len()));
        return Ok(());
    }
    Err(format!("tidy found {} faults:\n{}", faults.len(), faults.join("\n")))
}

fn faults(root: &Path, files: &[TextFile]) -> Result<Faults, String> {
    let metadata = metadata(root)?;
    let mut faults = arrows::check(&metadata);
    for file in files {
        faults.extend(text::check(file));
        faults.extend(links::check(root, file));
    }
    faults.extend(map::check(&metadata, files));
    faults.extend(places::check(root, files));
    faults.extend(deploy::check(files));
    faults.extend(peers::check(files));
    faults.extend(book::check(files));
    faults.extend(packages::check(&metadata)?);
    faults.extend(shown::check(&metadata, files));
    for package in &metadata.packages {
        faults.extend(manifests::check(package)?);
    }
    let lock = std::fs::read_to_string(root.join("Cargo.lock"));
    faults.extend(dependencies::one_tls_stack(&lock.map_err(|e| format!("Cargo.lock: {e}"))?));
    let tree = ["tree", "--locked", "--package", "ddbkit-codec", "--edges", "normal"];
    let plain = ["--prefix", "none", "--format", "{p}"];
    faults.extend(dependencies::few_for_codec(&output(cargo(&tree).args(plain))?));
    Ok(faults)
}

fn metadata(root: &Path) -> Result<Metadata, String> {
    let mut command = MetadataCommand::new();
    let command = command.current_dir(root).no_deps();
    command.exec().map_err(|error| format!("cargo metadata: {error}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_repository_is_tidy() {
        if let Err(error) = super::run() {
            panic!("{error}");
        }
    }
}
