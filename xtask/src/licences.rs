//! `cargo xtask licences`: the licences of everything that is in the program, with their texts, as
//! most of them ask of who hands the program on. Made for a release; `cargo deny` says which are taken.

use crate::run::{cargo, output, root, say, target};
use cargo_metadata::{Metadata, MetadataCommand, Package};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

const FILE: &str = "THIRD-PARTY.txt";

/// How files with the text of a licence, or what it wants to be kept with it, begin.
const NAMES: [&str; 5] = ["license", "licence", "copying", "notice", "unlicense"];

pub(crate) fn run() -> Result<(), String> {
    let mut command = MetadataCommand::new();
    let command = command.current_dir(root()).other_options(["--locked".to_owned()]);
    let metadata = command.exec().map_err(|error| format!("cargo metadata: {error}"))?;
    // What is linked into the program on any system: no tests, no build scripts, no macros' own needs.
    let tree = ["tree", "--locked", "--package", "ddbkit-cli", "--edges", "normal,no-proc-macro"];
    let plain = ["--target", "all", "--prefix", "none", "--format", "{p}"];
    let (text, without) = list(&metadata, &output(cargo(&tree).args(plain))?)?;
    let file = target().join(FILE);
    let written = std::fs::create_dir_all(target()).and_then(|()| std::fs::write(&file, &text));
    written.map_err(|error| format!("{}: {error}", file.display()))?;
    if !without.is_empty() {
        say(&format!("licences: no text of their own: {}", without.join(", ")));
    }
    say(&format!("licences: {} bytes in {}", text.len(), file.display()));
    Ok(())
}

/// The page, and the packages that bring no text. `tree` is what `cargo tree` prints.
fn list(metadata: &Metadata, tree: &str) -> Result<(String, Vec<String>), String> {
    let names: BTreeSet<String> = tree.lines().filter_map(name_and_version).collect();
    let linked = metadata
        .packages
        .iter()
        .filter(|package| package.source.is_some() && names.contains(&told(package)));
    let (mut page, mut without) = (String::new(), Vec::new());
    let mut packages: Vec<&Package> = linked.collect();
    packages.sort_by_key(|package| told(package));
    for package in packages {
        let name = told(package);
        let licence = package.license.as_deref();
        let licence = licence.ok_or_else(|| format!("{name} names no licence"))?;
        let link = package.repository.as_deref().unwrap_or_default();
        let _ = writeln!(page, "{:=<80}\n{name}\n{licence}\n{link}\n", "");
        let folder = package.manifest_path.parent();
        let texts = texts(folder.map_or(Path::new(""), |folder| folder.as_std_path()))?;
        if texts.is_empty() {
            without.push(name);
        }
        for text in texts {
            let _ = writeln!(page, "{}\n", text.trim_end());
        }
    }
    Ok((page, without))
}

fn told(package: &Package) -> String {
    format!("{} {}", package.name, package.version)
}

/// `name 1.2.3` of a line like `name v1.2.3 (*)`.
fn name_and_version(line: &str) -> Option<String> {
    let mut words = line.split(' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    Some(format!("{name} {version}"))
}

/// The texts in the folder of a package, in the order of their names.
fn texts(folder: &Path) -> Result<Vec<String>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if path.is_file() && NAMES.iter().any(|start| name.starts_with(start)) {
            files.push(path);
        }
    }
    files.sort();
    let read = |path| std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    files.into_iter().map(read).collect::<Result<_, _>>().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_tree_has_a_name_and_a_version() {
        let told = |line| name_and_version(line);
        assert_eq!(told("serde v1.0.2").as_deref(), Some("serde 1.0.2"));
        assert_eq!(told("bytes v1.0.0 (*)").as_deref(), Some("bytes 1.0.0"));
        assert_eq!(told(""), None);
    }

    #[test]
    fn what_is_linked_is_listed_with_its_licence_and_text() {
        let mut command = MetadataCommand::new();
        let metadata = command.current_dir(root()).exec().unwrap();
        let memchr = metadata.packages.iter().find(|package| *package.name == "memchr").unwrap();
        let ours =
            metadata.packages.iter().find(|package| *package.name == "ddbkit-codec").unwrap();
        let tree = format!("memchr v{}\nddbkit-codec v{} (x)\n", memchr.version, ours.version);
        let (page, without) = list(&metadata, &tree).unwrap();
        assert!(page.contains(&told(memchr)) && page.contains("The MIT License"), "{page}");
        assert!(!page.contains("ddbkit-codec") && !page.contains("lexopt"), "{page}");
        assert_eq!(without, [""; 0]);
    }
}
