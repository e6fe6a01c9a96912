//! `cargo xtask differential`: fresh items through boto3 and amazon.ion and back. Both are fetched by
//! pip into `target/differential`, at the versions of the vectors of the codec.

use crate::python;
use crate::run::{cargo, root, say, succeed, target};
use std::time::{SystemTime, UNIX_EPOCH};

/// What was asked for.
pub(crate) struct Options {
    /// Other items with each run, if none is given.
    pub(crate) seed: Option<u64>,
    pub(crate) items: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: None, items: 5_000 }
    }
}

pub(crate) fn run(options: &Options) -> Result<(), String> {
    if options.items == 0 {
        return Err("--items must be 1 or more".to_owned());
    }
    let folder = target().join("differential");
    let vectors = root().join("crates").join("codec").join("tests").join("vectors");
    let requirements = vectors.join("requirements.txt").to_string_lossy().into_owned();
    let bin = python::environment(&folder.join("python"), &["--requirement", &requirements])?;
    // What fails must be found again.
    let seed = options.seed.unwrap_or_else(now);
    say(&format!("differential: {} items of seed {seed}", options.items));
    let mut test = cargo(&["test", "--package", "ddbkit-codec", "--test", "it", "--"]);
    test.args(["--exact", "--ignored", "--nocapture"]);
    test.arg("differential::live::fresh_items_go_through_the_peers");
    test.env("DDBKIT_DIFFERENTIAL_FOLDER", &folder);
    test.env("DDBKIT_DIFFERENTIAL_PYTHON", bin.join("python"));
    test.env("DDBKIT_DIFFERENTIAL_SEED", seed.to_string());
    test.env("DDBKIT_DIFFERENTIAL_ITEMS", options.items.to_string());
    succeed(&mut test)
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_items_are_no_run() {
        let options = Options { items: 0, ..Options::default() };
        assert!(run(&options).unwrap_err().contains("--items"));
    }
}
