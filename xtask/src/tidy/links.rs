//! Links of Markdown files to other files of the repository.

use std::path::Path;

use super::Faults;
use super::files::TextFile;

/// How pages of the book, which holds `docs` alone, name what lies elsewhere in the repository.
const HOME: &str = "https://github.com/ddbkit/ddbkit/blob/main/";

/// What the book is made of.
const BOOK: &str = "docs";

/// Every link to this repository leads to a file or folder, and to a heading if it names one. Links of
/// the book that are relative lead to files of the book, as no others are there when it is built.
pub(super) fn check(root: &Path, file: &TextFile) -> Faults {
    let path = Path::new(&file.path);
    if !is_markdown(path) {
        return Faults::new();
    }
    let folder = root.join(path.parent().unwrap_or(Path::new("")));
    let book = path.starts_with(BOOK).then(|| root.join(BOOK));
    let faults = links(&file.text).filter_map(|(line, link)| {
        let fault = fault(root, &folder, book.as_deref(), link, &file.text)?;
        Some(format!("{}:{line}: {fault}", file.path))
    });
    faults.collect()
}

fn fault(
    root: &Path,
    folder: &Path,
    book: Option<&Path>,
    link: &str,
    page: &str,
) -> Option<String> {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    if path.is_empty() {
        return no_heading(page, anchor);
    }
    let absolute = path.strip_prefix(HOME);
    let place = absolute.map_or_else(|| folder.join(path), |rest| root.join(rest));
    let Ok(place) = place.canonicalize() else {
        return Some(format!("no file {path}"));
    };
    if absolute.is_none() && book.is_some_and(|book| !is_in(book, &place)) {
        return Some(format!("{path} is no file of the book: its address begins with {HOME}"));
    }
    if !is_markdown(&place) {
        return None;
    }
    std::fs::read_to_string(place).map_or_else(|e| Some(e.to_string()), |t| no_heading(&t, anchor))
}

fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}

/// A folder has no page in the book.
fn is_in(book: &Path, place: &Path) -> bool {
    let book = book.canonicalize().unwrap_or_default();
    place.starts_with(book) && place.is_file()
}

fn no_heading(page: &str, anchor: &str) -> Option<String> {
    let found = anchor.is_empty() || headings(page).any(|heading| heading == anchor);
    (!found).then(|| format!("no heading #{anchor}"))
}

/// The anchors of a page, as GitHub and mdBook name them.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let titles = prose(text).filter_map(|(_, line)| {
        let title = line.trim_start_matches('#');
        (title.len() < line.len()).then(|| title.strip_prefix(' ')).flatten()
    });
    titles.map(|title| {
        let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
    })
}

/// The lines that are no code, with their numbers from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    })
}

/// The targets of inline links with the numbers of their lines: those that are relative, and those that
/// begin with [`HOME`].
fn links(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let links = prose(text).flat_map(|(number, line)| {
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        targets.map(move |target| (number, target))
    });
    links.filter(|(_, target)| {
        let has_scheme = target.contains("://") || target.starts_with("mailto:");
        !has_scheme || target.starts_with(HOME)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(path: &str, text: &str) -> Faults {
        let file = TextFile { path: path.to_owned(), text: text.to_owned() };
        check(&crate::run::root(), &file)
    }

    fn faults(text: &str) -> Faults {
        faults_of("docs/architecture.md", text)
    }

    #[test]
    fn a_link_to_nowhere_is_found_with_its_line() {
        assert_eq!(
            faults("[a](format.md)\n[b](Cargo.toml), [c](nowhere.md#x)\n"),
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
        assert_eq!(faults(&link("crates")), [""; 0]);
        let told = format!("docs/architecture.md:1: no file {HOME}nowhere.md");
        assert_eq!(faults(&link("nowhere.md")), [told]);
    }

    #[test]
    fn a_relative_link_stays_in_the_book() {
        let text = "[a](../Cargo.toml) [b](deploy) [c](deploy/batch.yaml)\n";
        let told = |path: &str| {
            format!(
                "docs/architecture.md:1: {path} is no file of the book: its address begins with {HOME}"
            )
        };
        assert_eq!(faults(text), [told("../Cargo.toml"), told("deploy")]);
        assert_eq!(faults_of("README.md", "[a](Cargo.toml) [b](docs/deploy)\n"), [""; 0]);
    }

    #[test]
    fn a_heading_that_is_named_is_there() {
        let text = "# A `b --c`, d/e\n[a](#a-b---c-de) [b](#b) [c](stability.md#x) [d](stability.md)\n\
                    ```sh\n# b\n```\n";
        assert_eq!(
            faults(text),
            ["docs/architecture.md:2: no heading #b", "docs/architecture.md:2: no heading #x"]
        );
    }

    #[test]
    fn other_addresses_and_code_are_left_alone() {
        assert_eq!(
            faults("[a](https://example.org/x#y)\n```text\n[c](nowhere.md)\n```\n"),
            [""; 0]
        );
    }
}
