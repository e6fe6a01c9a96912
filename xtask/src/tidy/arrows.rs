//! Which of our crates may depend on which.

use cargo_metadata::{DependencyKind, Metadata};

use super::Faults;

/// The facade and the layers below it.
const LAYERS: &[&str] = &[
    "codec", "flow", "store", "export", "foreign", "transfer", "offload", "table", "archive",
    "columnar", "inspect",
];

/// A crate, and those of ours that it may depend on. One that does not exist yet is no fault; one
/// that is not listed is.
const ARROWS: &[(&str, &[&str])] = &[
    ("codec", &[]),
    ("flow", &[]),
    ("store", &[]),
    ("export", &["codec", "store", "flow"]),
    ("foreign", &["codec", "store", "flow", "export"]),
    ("offload", &["codec", "store", "flow"]),
    ("transfer", &["codec", "store", "flow", "export", "offload"]),
    ("table", &["codec", "flow", "offload"]),
    ("archive", &["codec", "store", "flow", "export", "transfer", "offload"]),
    ("columnar", &["codec", "store"]),
    ("inspect", &["codec", "store", "export", "flow"]),
    ("ddbkit", LAYERS),
    ("local", &["codec", "store", "export"]),
    ("cli", &["ddbkit", "local"]),
    ("testkit", &["local", "codec", "store"]),
    ("xtask", &[]),
];

/// Normal and build dependencies follow the arrows; dev-dependencies are free.
pub(super) fn check(metadata: &Metadata) -> Faults {
    let mut faults = Faults::new();
    for package in metadata.workspace_packages() {
        let ours = package.dependencies.iter().filter(|dependency| {
            dependency.path.is_some() && dependency.kind != DependencyKind::Development
        });
        let ours: Vec<&str> = ours.map(|dependency| dependency.name.as_str()).collect();
        faults.extend(check_package(&package.name, &ours));
    }
    faults
}

fn check_package(package: &str, dependencies: &[&str]) -> Faults {
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == short(package)) else {
        return vec![format!("{package}: a crate that the arrows do not know")];
    };
    let wrong = dependencies.iter().filter(|dependency| !allowed.contains(&short(dependency)));
    wrong.map(|dependency| format!("{package}: must not depend on {dependency}")).collect()
}

/// `codec` of `ddbkit-codec`.
pub(super) fn short(package: &str) -> &str {
    package.strip_prefix("ddbkit-").unwrap_or(package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_that_points_up_is_a_fault() {
        assert_eq!(check_package("ddbkit-export", &["ddbkit-codec", "ddbkit-flow"]), [""; 0]);
        assert_eq!(
            check_package("ddbkit-codec", &["ddbkit-flow"]),
            ["ddbkit-codec: must not depend on ddbkit-flow"]
        );
        assert_eq!(check_package("ddbkit-cli", &["ddbkit-codec"]).len(), 1);
        assert_eq!(check_package("xtask", &["ddbkit"]).len(), 1);
    }

    #[test]
    fn an_unknown_crate_is_a_fault() {
        assert_eq!(check_package("ddbkit-utils", &[]).len(), 1);
        assert_eq!(check_package("ddbkit", &["ddbkit-utils"]).len(), 1);
    }

    #[test]
    fn the_arrows_have_no_cycle() {
        for (index, (name, allowed)) in ARROWS.iter().enumerate() {
            let before = &ARROWS[..index];
            let later = allowed.iter().find(|a| !before.iter().any(|(earlier, _)| earlier == *a));
            assert_eq!(later, None, "{name}");
        }
    }
}
