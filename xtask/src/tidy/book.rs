//! `docs/SUMMARY.md` is the way into the pages of `docs`: it names each of them, once.

use std::path::Path;

use super::Faults;
use super::files::TextFile;

const SUMMARY: &str = "docs/SUMMARY.md";

/// That what it names exists is checked with all other links.
pub(super) fn check(files: &[TextFile]) -> Faults {
    let Some(summary) = files.iter().find(|file| file.path == SUMMARY) else {
        return vec![format!("{SUMMARY}: it is not there")];
    };
    let pages = files.iter().filter_map(|file| file.path.strip_prefix("docs/"));
    let is_page = |path: &&str| Path::new(path).extension().is_some_and(|end| end == "md");
    let pages = pages.filter(is_page).filter(|page| *page != "SUMMARY.md");
    let named = |page: &str| summary.text.matches(&format!("]({page})")).count();
    let wrong = pages.map(|page| (page, named(page))).filter(|(_, times)| *times != 1);
    wrong.map(|(page, times)| format!("{SUMMARY}: names {page} {times} times, not once")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> TextFile {
        TextFile { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn each_page_is_named_once() {
        let summary = "- [One](one.md)\n  - [Two](guides/two.md)\n- [Two](guides/two.md)\n";
        let files = [
            file(SUMMARY, summary),
            file("docs/one.md", ""),
            file("docs/guides/two.md", ""),
            file("docs/three.md", ""),
            file("docs/deploy/batch.yaml", ""),
            file("README.md", ""),
        ];
        assert_eq!(
            check(&files),
            [
                "docs/SUMMARY.md: names guides/two.md 2 times, not once",
                "docs/SUMMARY.md: names three.md 0 times, not once"
            ]
        );
        assert_eq!(check(&files[1..]).len(), 1);
    }
}
