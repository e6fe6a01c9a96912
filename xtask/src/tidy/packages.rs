//! What a published crate holds: what a person needs to take it, and nothing large.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, Package};

use super::Faults;
use crate::run::{cargo, output};

/// What every package has.
const NEEDED: [&str; 3] = ["README.md", "LICENSE-MIT", "LICENSE-APACHE"];

/// The most bytes of one file. Sources stay far below it, fixtures do not.
const MAX_FILE_BYTES: u64 = 200 * 1024;

/// The packages that go to a registry, and what would keep them from being of use there.
pub(super) fn check(metadata: &Metadata) -> Result<Faults, String> {
    let mut faults = Faults::new();
    let published: Vec<&Package> =
        metadata.packages.iter().filter(|package| is_published(package)).collect();
    for package in &published {
        let name = package.name.as_str();
        let list = ["package", "--list", "--allow-dirty", "--quiet", "--package", name];
        let listing = output(&mut cargo(&list))?;
        let folder =
            package.manifest_path.parent().map_or(Path::new(""), |path| path.as_std_path());
        faults.extend(contents(name, &listing, &|file| size(&folder.join(file))));
        faults.extend(dependencies(package, &published));
        faults.extend(circles(name, &versioned(&published)));
        if package.readme.is_none() {
            faults.push(format!("{name}: no `readme` in its manifest"));
        }
    }
    Ok(faults)
}

pub(super) fn is_published(package: &Package) -> bool {
    package.publish.as_ref().is_none_or(|registries| !registries.is_empty())
}

/// Through links: what is packed is the file behind one. Files that cargo makes are not there yet.
fn size(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |metadata| metadata.len())
}

/// `listing` is what `cargo package --list` prints: a path on each line.
fn contents(package: &str, listing: &str, size: &dyn Fn(&str) -> u64) -> Faults {
    let files: Vec<&str> = listing.lines().collect();
    let missing = NEEDED.iter().filter(|needed| !files.contains(needed));
    let mut faults: Faults =
        missing.map(|needed| format!("{package}: its package has no {needed}")).collect();
    for file in files {
        let bytes = size(file);
        if bytes > MAX_FILE_BYTES {
            faults.push(format!(
                "{package}: {file} of its package has {bytes} bytes, more than {MAX_FILE_BYTES}"
            ));
        }
    }
    faults
}

/// A registry takes a crate only with versions of crates that are there too.
fn dependencies(package: &Package, published: &[&Package]) -> Faults {
    let ours = package.dependencies.iter().filter(|dependency| {
        dependency.path.is_some() && dependency.kind != DependencyKind::Development
    });
    let wrong = ours.filter(|dependency| {
        let is_there = published.iter().any(|other| other.name.as_str() == dependency.name);
        !is_there || dependency.req == cargo_metadata::semver::VersionReq::STAR
    });
    let told = |name: &str| {
        format!("{}: {name} is not published, or is taken without a version", package.name)
    };
    wrong.map(|dependency| told(&dependency.name)).collect()
}

/// What each package names with a version, for its tests as well: only that stays in a package.
fn versioned(published: &[&Package]) -> BTreeMap<String, Vec<String>> {
    let needs = |package: &&Package| {
        let ours = package.dependencies.iter().filter(|dependency| {
            dependency.path.is_some() && dependency.req != cargo_metadata::semver::VersionReq::STAR
        });
        let names = ours.map(|dependency| dependency.name.clone()).collect();
        (package.name.to_string(), names)
    };
    published.iter().map(needs).collect()
}

/// A crate is published after those that it names, so none may lead back to it. Cargo allows such a
/// circle through dev-dependencies, and a registry does not.
fn circles(package: &str, needs: &BTreeMap<String, Vec<String>>) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut left = vec![package];
    while let Some(name) = left.pop() {
        let next = needs.get(name).into_iter().flatten().map(String::as_str);
        left.extend(next.filter(|next| seen.insert((*next).to_owned())));
    }
    seen.contains(package).then(|| {
        format!(
            "{package}: needs itself through a dev-dependency with a version; name its path alone"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_package_lacks_is_named() {
        let small = |_: &str| 10;
        let whole = "Cargo.toml\nLICENSE-APACHE\nLICENSE-MIT\nREADME.md\nsrc/lib.rs\n";
        assert_eq!(contents("ddbkit-x", whole, &small), [""; 0]);
        let listing = whole.replace("LICENSE-MIT\n", "");
        assert_eq!(
            contents("ddbkit-x", &listing, &small),
            ["ddbkit-x: its package has no LICENSE-MIT"]
        );
    }

    #[test]
    fn a_circle_is_found() {
        let needs = |pairs: &[(&str, &str)]| {
            let pair = |(a, b): &(&str, &str)| ((*a).to_owned(), vec![(*b).to_owned()]);
            pairs.iter().map(pair).collect::<BTreeMap<_, _>>()
        };
        let circle = needs(&[("store", "local"), ("local", "export"), ("export", "store")]);
        assert!(circles("store", &circle).is_some() && circles("export", &circle).is_some());
        let line = needs(&[("local", "export"), ("export", "store")]);
        assert_eq!(circles("local", &line), None);
        assert_eq!(circles("store", &line), None);
    }

    #[test]
    fn a_large_file_is_named_with_its_size() {
        let size = |file: &str| if file == "src/table.bin" { MAX_FILE_BYTES + 1 } else { 1 };
        let listing = "LICENSE-APACHE\nLICENSE-MIT\nREADME.md\nsrc/table.bin\n";
        let faults = contents("ddbkit-x", listing, &size);
        assert_eq!(
            faults,
            ["ddbkit-x: src/table.bin of its package has 204801 bytes, more than 204800"]
        );
    }

    #[test]
    fn the_licences_of_packages_are_those_of_the_repository() {
        let metadata = super::super::metadata(&crate::run::root()).unwrap();
        let read = |path: &Path| std::fs::read(path).unwrap();
        let published: Vec<_> = metadata.packages.iter().filter(|p| is_published(p)).collect();
        assert!(published.len() >= 12 && published.iter().all(|p| *p.name != "ddbkit-testkit"));
        for package in published {
            let folder = package.manifest_path.parent().unwrap().as_std_path();
            for licence in &NEEDED[1..] {
                assert!(read(&folder.join(licence)) == read(&crate::run::root().join(licence)));
            }
        }
    }
}
