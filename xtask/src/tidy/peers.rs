//! `docs/peers.md` says for each feature which test shows it: those tests are there.

use std::path::Path;

use super::Faults;
use super::files::TextFile;

const TABLE: &str = "docs/peers.md";

/// What stands where no test shows a feature.
const MISSING: &str = "missing";

/// Each row ends with the tests that show it, as `` `crate::module::test` ``, or with *missing*.
pub(super) fn check(files: &[TextFile]) -> Faults {
    let Some(table) = files.iter().find(|file| file.path == TABLE) else {
        return vec![format!("{TABLE}: it is not there")];
    };
    let mut faults = Faults::new();
    for (number, shown_by) in rows(&table.text) {
        let tests: Vec<&str> = shown_by.split('`').skip(1).step_by(2).collect();
        if tests.is_empty() && shown_by != MISSING {
            faults.push(format!("{TABLE}:{number}: {shown_by:?} is no test, and not {MISSING:?}"));
        }
        let gone = tests.iter().filter(|test| !exists(files, test));
        faults.extend(gone.map(|test| format!("{TABLE}:{number}: there is no test {test}")));
    }
    faults
}

/// The last cells of the rows below the heads of all tables, with the numbers of their lines.
fn rows(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_body = false;
    (1..).zip(text.lines()).filter_map(move |(number, line)| {
        let cells = line.strip_prefix('|').and_then(|line| line.strip_suffix('|'));
        let Some(cells) = cells else {
            in_body = false;
            return None;
        };
        if cells.starts_with("---") {
            in_body = true;
            return None;
        }
        in_body.then(|| (number, cells.rsplit('|').next().unwrap_or(cells).trim()))
    })
}

/// Whether the file of that module has a test of that name.
fn exists(files: &[TextFile], test: &str) -> bool {
    let mut parts: Vec<&str> = test.split("::").collect();
    let Some(name) = parts.pop().filter(|_| parts.len() >= 2) else { return false };
    let (folder, module) = (parts.remove(0), parts.join("/"));
    let places = ["tests/it", "src"].map(|place| format!("crates/{folder}/{place}/{module}"));
    let is_place = |path: &str| {
        places.iter().any(|place| {
            [format!("{place}.rs"), format!("{place}/mod.rs"), format!("{place}/tests.rs")]
                .iter()
                .any(|file| Path::new(file) == Path::new(path))
        })
    };
    files.iter().filter(|file| is_place(&file.path)).any(|file| has_test(&file.text, name))
}

/// A function of that name below an attribute that makes it a test.
fn has_test(text: &str, name: &str) -> bool {
    let mut is_test = false;
    text.lines().map(str::trim).any(|line| {
        if line.starts_with("#[") {
            is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
            return false;
        }
        let rest = line.trim_start_matches("async ").strip_prefix("fn ");
        let found = rest.and_then(|rest| rest.strip_prefix(name));
        let found = is_test && found.is_some_and(|rest| rest.starts_with('('));
        is_test = false;
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(row: &str) -> [TextFile; 2] {
        let table = format!("# T\n\n| a | test |\n|---|---|\n{row}\n");
        let source = "//! T.\n#[tokio::test(flavor = \"multi_thread\")]\n#[ignore]\nasync fn x() {}\n\
                      fn y() {}\n";
        let file =
            |path: &str, text: &str| TextFile { path: path.to_owned(), text: text.to_owned() };
        [file(TABLE, &table), file("crates/cli/tests/it/e2e/one.rs", source)]
    }

    #[test]
    fn what_is_there_or_told_to_be_missing_is_fine() {
        for row in ["| a | `cli::e2e::one::x` |", "| `not::this` | missing |"] {
            assert_eq!(check(&files(row)), [""; 0], "{row}");
        }
    }

    #[test]
    fn tests_that_are_not_there_are_found_with_their_line() {
        for test in ["cli::e2e::one::y", "cli::e2e::one::z", "cli::e2e::two::x", "cli::x", "x"] {
            let row = format!("| a | `cli::e2e::one::x`, `{test}` |");
            let fault = format!("{TABLE}:5: there is no test {test}");
            assert_eq!(check(&files(&row)), [fault]);
        }
    }

    #[test]
    fn a_row_without_a_word_about_tests_is_a_fault() {
        assert_eq!(check(&files("| a | surely |")).len(), 1);
        assert_eq!(check(&[]).len(), 1);
    }
}
