//! `docs/architecture.md` names the crates that there are, and the arrows that `Cargo.toml` has.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata};

use super::Faults;
use super::arrows::short;
use super::files::TextFile;

const PAGE: &str = "docs/architecture.md";

/// What a crate needs of ours, by its short name.
type Arrows = BTreeMap<String, BTreeSet<String>>;

pub(super) fn check(metadata: &Metadata, files: &[TextFile]) -> Faults {
    let Some(page) = files.iter().find(|file| file.path == PAGE) else {
        return vec![format!("{PAGE}: it is not there")];
    };
    compare(&page.text, &in_manifests(metadata))
}

fn in_manifests(metadata: &Metadata) -> Arrows {
    let packages = metadata.workspace_packages().into_iter().map(|package| {
        let ours = package.dependencies.iter().filter(|dependency| {
            dependency.path.is_some() && dependency.kind != DependencyKind::Development
        });
        let ours = ours.map(|dependency| short(&dependency.name).to_owned()).collect();
        (short(&package.name).to_owned(), ours)
    });
    packages.collect()
}

fn compare(page: &str, code: &Arrows) -> Faults {
    let mut faults = Faults::new();
    let mut listed = BTreeSet::new();
    for name in rows(section(page, "The crates")) {
        if !listed.insert(name) {
            faults.push(format!("{PAGE}: its list of crates has {name} twice"));
        }
    }
    let drawn = arrows(section(page, "The arrows"));
    for (name, needs) in code {
        if !listed.contains(name.as_str()) {
            faults.push(format!("{PAGE}: its list of crates has no {name}"));
        }
        match drawn.get(name) {
            None => faults.push(format!("{PAGE}: its arrows do not know {name}")),
            Some(drawn) if drawn != needs => faults.push(format!(
                "{PAGE}: {name} needs {}, but the page says {}",
                told(needs),
                told(drawn)
            )),
            Some(_) => {}
        }
    }
    let known = |name: &str| code.contains_key(name);
    let named: BTreeSet<&str> =
        listed.into_iter().chain(drawn.keys().map(String::as_str)).collect();
    let gone = named.into_iter().filter(|name| !known(name));
    faults.extend(gone.map(|name| format!("{PAGE}: there is no crate {name}")));
    faults
}

fn told(names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return "nothing of ours".to_owned();
    }
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The lines below a heading of the second level.
fn section<'a>(page: &'a str, heading: &str) -> impl Iterator<Item = &'a str> {
    let heading = format!("## {heading}");
    let below = page.lines().skip_while(move |line| *line != heading).skip(1);
    below.take_while(|line| !line.starts_with("## "))
}

/// The crates of the table: `x` of each row that begins with ``| [`x`]``.
fn rows<'a>(lines: impl Iterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    lines.filter_map(|line| line.strip_prefix("| [`")?.split('`').next())
}

/// The arrows of the drawing: `x -> y, z`, one or several on a line. Words in parentheses are for
/// people, and "all of the above" is what it says.
fn arrows<'a>(lines: impl Iterator<Item = &'a str>) -> Arrows {
    let mut found = Arrows::new();
    for line in lines.filter(|line| line.contains(" -> ")) {
        let line = without_parentheses(line);
        let mut parts = line.split("->").map(str::trim).peekable();
        let mut name = parts.next().unwrap_or_default().to_owned();
        while let Some(part) = parts.next() {
            // What stands before the next arrow is its crate.
            let (needs, next) = match parts.peek() {
                Some(_) => part.rsplit_once(' ').unwrap_or(("", part)),
                None => (part, ""),
            };
            let needs = if needs.trim() == "all of the above" {
                found.keys().cloned().collect()
            } else {
                let names = needs.split(',').map(str::trim).filter(|name| !name.is_empty());
                names.map(str::to_owned).collect()
            };
            found.insert(std::mem::replace(&mut name, next.to_owned()), needs);
        }
    }
    found
}

fn without_parentheses(line: &str) -> String {
    let parts = line.split('(').enumerate();
    let kept = parts.map(|(index, part)| match part.split_once(')') {
        Some((_, rest)) if index > 0 => rest,
        _ => part,
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# Map

## The crates

| crate | for |
|---|---|
| [`codec`](../crates/codec) | items |
| [`store`](../crates/store) | objects |
| [`export`](../crates/export) | exports |
| [`ddbkit`](../crates/ddbkit) | all |

## The arrows

```text
codec  -> (nothing ours)      store -> (nothing ours)
export -> codec, store (by feature)
ddbkit -> all of the above
```

## More

a -> b
";

    fn code(changed: &str, needs: &[&str]) -> Arrows {
        let all: [(&str, &[&str]); 4] = [
            ("codec", &[]),
            ("store", &[]),
            ("export", &["codec", "store"]),
            ("ddbkit", &["codec", "store", "export"]),
        ];
        let entries = all.into_iter().chain([(changed, needs)]);
        let owned = |needs: &[&str]| needs.iter().map(ToString::to_string).collect();
        entries.map(|(name, needs)| (name.to_owned(), owned(needs))).collect()
    }

    #[test]
    fn a_page_that_says_what_the_code_has_is_fine() {
        assert_eq!(compare(PAGE, &code("codec", &[])), [""; 0]);
    }

    #[test]
    fn a_wrong_arrow_is_found_in_both_directions() {
        assert_eq!(
            compare(PAGE, &code("export", &["codec"])),
            ["docs/architecture.md: export needs codec, but the page says codec, store"]
        );
        assert_eq!(
            compare(PAGE, &code("store", &["codec"])),
            ["docs/architecture.md: store needs codec, but the page says nothing of ours"]
        );
    }

    #[test]
    fn a_crate_that_is_listed_twice_is_found() {
        let page =
            PAGE.replace("| [`ddbkit`]", "| [`codec`](../crates/codec) | again |\n| [`ddbkit`]");
        assert_eq!(
            compare(&page, &code("codec", &[])),
            ["docs/architecture.md: its list of crates has codec twice"]
        );
    }

    #[test]
    fn crates_that_are_new_or_gone_are_found() {
        assert_eq!(
            compare(PAGE, &code("flow", &[])),
            [
                "docs/architecture.md: its list of crates has no flow",
                "docs/architecture.md: its arrows do not know flow"
            ]
        );
        let page = PAGE.replace("`codec`", "`kodek`");
        assert_eq!(
            compare(&page, &code("codec", &[])),
            [
                "docs/architecture.md: its list of crates has no codec",
                "docs/architecture.md: there is no crate kodek"
            ]
        );
    }
}
