//! What the manifests of crates must say.

use cargo_metadata::{Metadata, Package};

pub(super) fn check(metadata: &Metadata) -> Vec<String> {
    metadata.workspace_packages().into_iter().flat_map(of_package).collect()
}

fn of_package(package: &Package) -> Vec<String> {
    let text = std::fs::read_to_string(&package.manifest_path).unwrap_or_default();
    let is_published = package.publish.as_ref().is_none_or(|registries| !registries.is_empty());
    let has_description = package.description.is_some();
    breaches(package.name.as_str(), &text, is_published, has_description, package.license.is_some())
}

fn breaches(
    name: &str,
    manifest: &str,
    is_published: bool,
    has_description: bool,
    has_license: bool,
) -> Vec<String> {
    let mut breaches = Vec::new();
    if !manifest.contains("[lints]\nworkspace = true") {
        breaches.push(format!("{name} does not take the lints of the workspace"));
    }
    if is_published && !has_description {
        breaches.push(format!("{name} is published without a description"));
    }
    if is_published && !has_license {
        breaches.push(format!("{name} is published without a licence"));
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::breaches;

    #[test]
    fn what_is_missing_is_named() {
        assert!(breaches("a", "[lints]\nworkspace = true\n", true, true, true).is_empty());
        assert_eq!(breaches("a", "", true, false, false).len(), 3);
        assert_eq!(breaches("a", "", false, false, false).len(), 1);
    }
}
