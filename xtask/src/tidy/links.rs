//! Links of Markdown files to other files of the repository.

use std::path::Path;

use super::Faults;
use super::files::TextFile;

/// How pages of the book, which holds `docs` alone, name what lies elsewhere in the repository.
const HOME: &str = "https://github.com/ddbkit/ddbkit/blob/main/";

/// Every link to this repository leads to a file or folder.
pub(super) fn check(root: &Path, file: &TextFile) -> Faults {
    let path = Path::new(&file.path);
    if path.extension().is_none_or(|extension| extension != "md") {
        return Faults::new();
    }
    let folder = root.join(path.parent().unwrap_or(Path::new("")));
    let missing = links(&file.text).filter(|(_, link)| {
        let place =
            link.strip_prefix(HOME).map_or_else(|| folder.join(link), |rest| root.join(rest));
        !place.exists()
    });
    missing.map(|(line, link)| format!("{}:{line}: no file {link}", file.path)).collect()
}

/// The targets of inline links without their anchors, with the numbers of their lines: those that are
/// relative, and those that begin with [`HOME`].
fn links(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    let prose = (1..).zip(text.lines()).filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    });
    let links = prose.flat_map(|(number, line)| {
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        targets.map(move |target| (number, target))
    });
    links.filter_map(|(number, target)| {
        let path = target.split('#').next().unwrap_or(target);
        let has_scheme = path.contains("://") || path.starts_with("mailto:");
        let elsewhere = path.is_empty() || (has_scheme && !path.starts_with(HOME));
        (!elsewhere).then_some((number, path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Faults {
        let path = "docs/architecture.md".to_owned();
        check(&crate::run::root(), &TextFile { path, text: text.to_owned() })
    }

    #[test]
    fn a_link_to_nowhere_is_found_with_its_line() {
        assert_eq!(
            faults("[a](../Cargo.toml)\n[b](Cargo.toml), [c](nowhere.md#x)\n"),
            [
                "docs/architecture.md:2: no file Cargo.toml",
                "docs/architecture.md:2: no file nowhere.md"
            ]
        );
    }

    #[test]
    fn an_address_of_this_repository_leads_to_a_file() {
        let link = |path: &str| format!("[a]({HOME}{path})\n");
        assert_eq!(faults(&link("Cargo.toml#L1")), [""; 0]);
        let told = format!("docs/architecture.md:1: no file {HOME}nowhere.md");
        assert_eq!(faults(&link("nowhere.md")), [told]);
    }

    #[test]
    fn addresses_anchors_and_code_are_left_alone() {
        assert_eq!(
            faults("[a](https://example.org/x) [b](#here)\n```text\n[c](nowhere.md)\n```\n"),
            [""; 0]
        );
    }
}
