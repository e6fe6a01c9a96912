//! Links of Markdown files to other files of the repository.

use std::path::Path;

use super::Faults;
use super::files::TextFile;

/// Every relative link leads to a file or folder.
pub(super) fn check(root: &Path, file: &TextFile) -> Faults {
    let path = Path::new(&file.path);
    if path.extension().is_none_or(|extension| extension != "md") {
        return Faults::new();
    }
    let folder = root.join(path.parent().unwrap_or(Path::new("")));
    let missing = relative_links(&file.text).filter(|(_, link)| !folder.join(link).exists());
    missing.map(|(line, link)| format!("{}:{line}: no file {link}", file.path)).collect()
}

/// The targets of inline links without their anchors, with the numbers of their lines.
fn relative_links(text: &str) -> impl Iterator<Item = (usize, &str)> {
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
        let elsewhere = path.is_empty() || path.contains("://") || path.starts_with("mailto:");
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
    fn addresses_anchors_and_code_are_left_alone() {
        assert_eq!(
            faults("[a](https://example.org/x) [b](#here)\n```text\n[c](nowhere.md)\n```\n"),
            [""; 0]
        );
    }
}
