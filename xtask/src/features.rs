//! `cargo xtask features`: every crate with each of its features alone, and with none. Tests run with
//! all features, which hides what one of them forgot to ask for.

use crate::run::{cargo, root, say, succeed};
use cargo_metadata::{Metadata, MetadataCommand, Package};
use std::time::Instant;

pub(crate) fn run() -> Result<(), String> {
    let start = Instant::now();
    let mut command = MetadataCommand::new();
    let metadata = command.current_dir(root()).no_deps().exec();
    let builds = builds(&metadata.map_err(|error| format!("cargo metadata: {error}"))?);
    let mut failed = Vec::new();
    for build in &builds {
        say(&format!("features: {}", build.name()));
        if build.check().is_err() {
            failed.push(build.name());
        }
    }
    if failed.is_empty() {
        let (count, seconds) = (builds.len(), start.elapsed().as_secs());
        say(&format!("features: {count} builds in {seconds} s"));
        return Ok(());
    }
    Err(format!("these do not build without warnings: {}", failed.join(", ")))
}

/// A crate, with one of its features or none.
#[derive(Debug, PartialEq)]
struct Build {
    package: String,
    feature: Option<String>,
}

impl Build {
    fn name(&self) -> String {
        let feature = self.feature.as_deref().unwrap_or("no features");
        format!("{} with {feature}", self.package)
    }

    fn check(&self) -> Result<(), String> {
        // Clippy, whose `-D warnings` leaves dependencies alone and so builds them only once.
        let mut clippy = cargo(&["clippy", "--quiet", "--locked", "--no-default-features"]);
        clippy.args(["--package", &self.package]);
        if let Some(feature) = &self.feature {
            clippy.args(["--features", feature]);
        }
        // Features of other members of the workspace would hide what is missing.
        clippy.env_remove("CARGO_RESOLVER_FEATURE_UNIFICATION");
        succeed(clippy.args(["--no-deps", "--", "-D", "warnings"]))
    }
}

/// What to build of the crates that have features, in the order of their names.
fn builds(metadata: &Metadata) -> Vec<Build> {
    let mut builds = Vec::new();
    for package in metadata.workspace_packages() {
        let features: Vec<_> = features(package).collect();
        if features.is_empty() {
            continue;
        }
        let package = package.name.to_string();
        builds.push(Build { package: package.clone(), feature: None });
        builds.extend(
            features
                .into_iter()
                .map(|feature| Build { package: package.clone(), feature: Some(feature) }),
        );
    }
    builds
}

/// The features of a crate but `default`, which is several others or none.
fn features(package: &Package) -> impl Iterator<Item = String> + '_ {
    package.features.keys().filter(|feature| *feature != "default").cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_feature_is_built_alone_and_none_as_well() {
        let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec().unwrap();
        let builds = builds(&metadata);
        let build = |package: &str, feature: Option<&str>| Build {
            package: package.to_owned(),
            feature: feature.map(ToOwned::to_owned),
        };
        for feature in [None, Some("ion"), Some("serde"), Some("aws-sdk-dynamodb")] {
            assert!(builds.contains(&build("ddbkit-codec", feature)), "{feature:?}");
        }
        assert!(builds.contains(&build("ddbkit-store", Some("s3"))));
        assert!(!builds.contains(&build("ddbkit", Some("default"))));
        // Its only build is that of the tests.
        assert!(!builds.contains(&build("ddbkit-inspect", None)));
    }
}
