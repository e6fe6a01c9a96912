//! `cargo xtask duckdb`: Parquet files of ours through `DuckDB`, which pip fetches into `target/duckdb`.

use crate::differential::now;
use crate::python;
use crate::run::{cargo, root, say, succeed, target};

/// What was asked for.
pub(crate) struct Options {
    /// Other items with each run, if none is given.
    pub(crate) seed: Option<u64>,
    pub(crate) items: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: None, items: 2_000 }
    }
}

pub(crate) fn run(options: &Options) -> Result<(), String> {
    if options.items == 0 {
        return Err("--items must be 1 or more".to_owned());
    }
    let folder = target().join("duckdb");
    let requirements = root().join("crates/columnar/tests/duckdb/requirements.txt");
    let requirements = requirements.to_string_lossy().into_owned();
    let bin = python::environment(&folder.join("python"), &["--requirement", &requirements])?;
    // What fails must be found again.
    let seed = options.seed.unwrap_or_else(now);
    say(&format!("duckdb: both real exports, and {} items of seed {seed}", options.items));
    let mut test = cargo(&["test", "--package", "ddbkit-columnar", "--test", "it", "--"]);
    test.args(["--exact", "--ignored", "--nocapture", "duckdb::duckdb_reads_equal_content"]);
    test.env("DDBKIT_DUCKDB_FOLDER", &folder);
    test.env("DDBKIT_DUCKDB_PYTHON", bin.join("python"));
    test.env("DDBKIT_DUCKDB_SEED", seed.to_string());
    test.env("DDBKIT_DUCKDB_ITEMS", options.items.to_string());
    succeed(&mut test)
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
