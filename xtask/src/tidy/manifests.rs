//! What stands in every `Cargo.toml`.

use cargo_metadata::Package;

use super::Faults;

/// Every crate takes the lints of the workspace, and every published one says what it is.
pub(super) fn check(package: &Package) -> Result<Faults, String> {
    let path = &package.manifest_path;
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let published = package.publish.as_ref().is_none_or(|registries| !registries.is_empty());
    let mut faults = Faults::new();
    if !takes_workspace_lints(&text) {
        faults.push(format!("{}: no `[lints] workspace = true`", package.name));
    }
    if published && !describes(package.description.as_deref()) {
        faults.push(format!("{}: published without a description", package.name));
    }
    Ok(faults)
}

/// Cargo's metadata does not tell, so the text of the manifest must.
fn takes_workspace_lints(manifest: &str) -> bool {
    let mut lines = manifest.lines().map(str::trim);
    lines.any(|line| line == "[lints]")
        && lines.take_while(|line| !line.starts_with('[')).any(|line| line == "workspace = true")
}

fn describes(description: Option<&str>) -> bool {
    description.is_some_and(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lints_of_the_workspace_are_required() {
        assert!(takes_workspace_lints("[package]\n\n[lints]\nworkspace = true\n"));
        assert!(!takes_workspace_lints("[package]\nworkspace = true\n"));
        assert!(!takes_workspace_lints("[lints]\n\n[dependencies.x]\nworkspace = true\n"));
    }

    #[test]
    fn a_description_is_more_than_space() {
        assert!(describes(Some("moves items")));
        assert!(!describes(Some(" ")));
        assert!(!describes(None));
    }
}
