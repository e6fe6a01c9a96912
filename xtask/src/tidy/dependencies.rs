//! What comes in with the crates.

use super::File;
use crate::run::{cargo, output};
use cargo_metadata::Metadata;
use std::collections::BTreeSet;

/// A second HTTP or TLS stack beside the one that the SDK takes.
const UNWANTED: [(&str, &str); 5] =
    [("openssl-sys", ""), ("native-tls", ""), ("hyper", "0."), ("rustls", "0.21"), ("h2", "0.3")];

/// The codec is taken alone, and must stay light.
const MOST_OF_CODEC: usize = 24;

pub(super) fn check(metadata: &Metadata, files: &[File]) -> Result<Vec<String>, String> {
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| file.path == "Cargo.lock") {
        breaches.extend(unwanted(&file.text));
    }
    let has_codec = metadata.workspace_packages().iter().any(|p| p.name.as_str() == "ddbkit-codec");
    if has_codec {
        let args = ["tree", "--package", "ddbkit-codec", "--edges", "normal", "--prefix", "none"];
        breaches.extend(too_many(&output(&mut cargo(&args))?));
    }
    Ok(breaches)
}

fn unwanted(lock: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    for package in lock.split("[[package]]\n") {
        let field = |name: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim_matches('"'))
        };
        let (Some(name), Some(version)) = (field("name = "), field("version = ")) else { continue };
        if UNWANTED.iter().any(|(own, old)| *own == name && version.starts_with(old)) {
            breaches.push(format!("Cargo.lock has {name} {version}, a second stack"));
        }
    }
    breaches
}

fn too_many(tree: &str) -> Vec<String> {
    let crates: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    let count = crates.len().saturating_sub(1);
    if count <= MOST_OF_CODEC {
        return Vec::new();
    }
    vec![format!("ddbkit-codec brings {count} crates, more than {MOST_OF_CODEC}")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_stack_is_found() {
        let package = |name: &str, version: &str| {
            format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n")
        };
        assert!(unwanted(&package("hyper", "1.12.0")).is_empty());
        assert!(unwanted(&package("rustls", "0.23.1")).is_empty());
        for (name, version) in
            [("hyper", "0.14.30"), ("openssl-sys", "0.9.1"), ("rustls", "0.21.9")]
        {
            assert_eq!(unwanted(&package(name, version)).len(), 1, "{name}");
        }
    }

    #[test]
    fn a_heavy_codec_is_found() {
        let tree: String = (0..30).map(|n| format!("crate-{n} v1.0.0\n")).collect();
        assert_eq!(too_many(&tree).len(), 1);
        assert!(too_many("ddbkit-codec v0.1.0\nmemchr v2.8.3\n").is_empty());
    }
}
