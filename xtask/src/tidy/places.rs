//! The places that `docs/architecture.md` sends people to are there.

use std::path::{Path, PathBuf};

use super::Faults;
use super::files::TextFile;

const PAGE: &str = "docs/architecture.md";
const HEADING: &str = "## Where to change what";

/// What the first part of a path is that is meant from the top of the repository.
const TOPS: [&str; 3] = ["crates", "docs", "xtask"];

pub(super) fn check(root: &Path, files: &[TextFile]) -> Faults {
    let page = files.iter().find(|file| file.path == PAGE);
    page.map_or_else(Faults::new, |page| missing(&page.text, &|path| root.join(path).exists()))
}

fn missing(page: &str, exists: &dyn Fn(&Path) -> bool) -> Faults {
    let mut faults = Faults::new();
    let below = page.lines().skip_while(|line| *line != HEADING).skip(1);
    for row in below.take_while(|line| !line.starts_with("## ")) {
        // What is said first is the place of what follows: `crates/a/src/b.rs`, `c.rs`.
        let mut first = PathBuf::new();
        for path in paths(row) {
            let is_whole = TOPS.iter().any(|top| path.starts_with(top));
            let is_there = if is_whole {
                path.clone_into(&mut first);
                exists(path)
            } else {
                first.ancestors().any(|folder| exists(&folder.join(path)))
            };
            if !is_there {
                faults.push(format!("{PAGE}: there is no {}: {row}", path.display()));
            }
        }
    }
    faults
}

/// The code spans of a row's second column that are paths.
fn paths(row: &str) -> impl Iterator<Item = &Path> {
    let column = row.split('|').nth(2).unwrap_or_default();
    let spans = column.split('`').skip(1).step_by(2).filter(|span| !span.contains(' '));
    spans.map(Path::new).filter(|path| {
        path.components().count() > 1 || path.extension().is_some_and(|extension| extension == "rs")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(row: &str) -> Faults {
        let there =
            ["crates/a", "crates/a/src/b.rs", "crates/a/src/c.rs", "crates/a/tests/it/d.rs"];
        missing(&format!("{HEADING}\n{row}\n"), &|path| there.iter().any(|t| path == Path::new(t)))
    }

    #[test]
    fn what_is_there_is_found_beside_what_was_said_before() {
        let row = "| `x/y.rs` | `crates/a/src/b.rs`, `c.rs`, `tests/it/d.rs`, `cargo x/y`, `--z` |";
        assert_eq!(faults(row), [""; 0]);
    }

    #[test]
    fn what_is_gone_is_named() {
        let row = "| x | `crates/a/src/z.rs`, `b.rs`, `e.rs` |";
        let told = |name: &str| format!("{PAGE}: there is no {name}: {row}");
        assert_eq!(faults(row), [told("crates/a/src/z.rs"), told("e.rs")]);
    }
}
