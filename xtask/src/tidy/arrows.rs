//! Which crate may use which, as `docs/architecture.md` draws it.

use cargo_metadata::{DependencyKind, Metadata};

/// Each crate with the crates that it may use. Tests may use all.
const ARROWS: [(&str, &[&str]); 15] = [
    ("codec", &[]),
    ("flow", &[]),
    ("store", &[]),
    ("export", &["codec", "store", "flow"]),
    ("offload", &["codec", "store", "flow"]),
    ("transfer", &["codec", "store", "flow", "export"]),
    ("table", &["codec", "flow", "offload"]),
    ("archive", &["codec", "store", "flow", "export", "transfer", "offload"]),
    ("columnar", &["codec", "export"]),
    ("inspect", &["codec", "store", "export", "flow"]),
    (
        "facade",
        &[
            "codec", "flow", "store", "export", "offload", "transfer", "table", "archive",
            "columnar", "inspect",
        ],
    ),
    ("local", &["codec", "store", "export"]),
    ("cli", &["facade", "local"]),
    ("testkit", &["local", "codec", "store"]),
    ("xtask", &[]),
];

pub(super) fn check(metadata: &Metadata) -> Vec<String> {
    let mut breaches = Vec::new();
    for package in metadata.workspace_packages() {
        let Some(from) = short(package.name.as_str()) else { continue };
        let uses = package.dependencies.iter();
        let uses = uses.filter(|dependency| dependency.kind != DependencyKind::Development);
        let uses = uses.filter_map(|dependency| short(&dependency.name));
        breaches.extend(wrong(from, uses));
    }
    breaches
}

/// What a crate uses that it may not.
fn wrong<'a>(from: &str, uses: impl Iterator<Item = &'a str>) -> Vec<String> {
    let Some((_, may)) = ARROWS.iter().find(|(name, _)| *name == from) else {
        return vec![format!("crate {from} has no place among the arrows")];
    };
    let wrong = uses.filter(|to| !may.contains(to));
    wrong.map(|to| format!("crate {from} uses {to}, and no arrow leads there")).collect()
}

/// The name of one of our crates as the arrows have it.
fn short(package: &str) -> Option<&str> {
    match package {
        "ddbkit" => Some("facade"),
        "xtask" => Some("xtask"),
        package => package.strip_prefix("ddbkit-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_that_is_not_drawn_is_found() {
        assert!(wrong("export", ["codec", "flow"].into_iter()).is_empty());
        assert_eq!(
            wrong("codec", ["flow"].into_iter()),
            ["crate codec uses flow, and no arrow leads there"]
        );
        assert_eq!(wrong("new", std::iter::empty()), ["crate new has no place among the arrows"]);
        assert_eq!(
            [short("ddbkit-cli"), short("serde"), short("ddbkit")],
            [Some("cli"), None, Some("facade")]
        );
    }
}
