//! Links between documents.

use super::File;
use std::path::{Component, Path, PathBuf};

/// Relative links of a Markdown file that lead nowhere.
pub(super) fn check(file: &File, exists: impl Fn(&Path) -> bool) -> Vec<String> {
    if Path::new(&file.path).extension() != Some("md".as_ref()) {
        return Vec::new();
    }
    let folder = Path::new(&file.path).parent().unwrap_or(Path::new(""));
    let links = file.text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let links = links.map(|link| link.split('#').next().unwrap_or_default());
    let relative = links.filter(|link| !link.is_empty() && !link.contains("://"));
    let broken = relative.filter(|link| !exists(&plain(&folder.join(link))));
    broken.map(|link| format!("{} links to {link}, which is not there", file.path)).collect()
}

/// The path without `..`, which would need the folders before it to exist.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_from_where_they_stand() {
        let text = "[a](../README.md#x) [b](https://example.com/x) [c](missing.md) [d](#here)";
        let file = File { path: "docs/a.md".to_owned(), text: text.to_owned() };
        let there = |path: &Path| path == Path::new("README.md");
        assert_eq!(check(&file, there), ["docs/a.md links to missing.md, which is not there"]);
    }
}
