//! Every public item of a published crate is shown by an example, or `unshown.txt` says why not.
//!
//! An example is code that is compiled: of the docs, of a page that is part of them, of a folder `examples`.
//! It shows the item in whose docs it stands. For all items of the crates that it names it counts as well,
//! where what it hides, imports or remarks shows nothing:
//!
//! * a type or a trait is shown where its name stands, or where something is called that gives it;
//! * a function is shown where its name stands, a method where it is called;
//! * fields, variants and constants are shown by the docs of what they belong to, as are the methods that
//!   only read a field or set an option.
//!
//! It goes by names, not by types: `.get(` shows every `get` of the crates that the example names.

mod examples;
mod public;
mod words;

use std::collections::{BTreeMap, HashSet};

use cargo_metadata::Metadata;

use super::Faults;
use super::files::TextFile;
use super::packages::is_published;
use examples::Shown;
use public::{Kind, PublicItem};

const REASONS: &str = "xtask/src/tidy/shown/unshown.txt";

pub(super) fn check(metadata: &Metadata, files: &[TextFile]) -> Faults {
    let examples = examples::examples(files);
    let mut all = BTreeMap::new();
    for package in metadata.packages.iter().filter(|package| is_published(package)) {
        let folder = package.manifest_path.parent().and_then(|folder| folder.file_name());
        let source = format!("crates/{}/src/", folder.unwrap_or_default());
        let sources = files.iter().filter(|file| file.path.starts_with(&source) && file.is_rust());
        let items = sources.flat_map(public::items).collect();
        for item in unshown(items, &Shown::of(&package.name, &examples)) {
            all.entry(format!("{} {}", package.name, item.name)).or_insert(item.place);
        }
    }
    let mut faults = Faults::new();
    let file = files.iter().find(|file| file.path == REASONS);
    let reasons = file.map_or_else(BTreeMap::new, |file| reasons_of(file, &mut faults));
    faults.extend(without_each_other(&all, &reasons));
    faults
}

/// The items that no example shows.
fn unshown(mut items: Vec<PublicItem>, shown: &Shown) -> Vec<PublicItem> {
    let is_shown = |item: &PublicItem| match item.kind {
        _ if item.has_example => true,
        Kind::Type | Kind::Function => shown.has_word(&item.name),
        Kind::Method | Kind::Field => shown.has_call(&item.name),
    };
    let given: HashSet<String> =
        items.iter().filter(|item| is_shown(item)).flat_map(|item| item.gives.clone()).collect();
    items.retain(|item| item.kind != Kind::Field && !is_shown(item) && !given.contains(&item.name));
    items
}

/// The items without a reason, by their places, and the reasons without an item, by their lines.
fn without_each_other(
    unshown: &BTreeMap<String, String>,
    reasons: &BTreeMap<String, usize>,
) -> Faults {
    let items = unshown.iter().filter(|(item, _)| !reasons.contains_key(*item));
    let stale = reasons.iter().filter(|(item, _)| !unshown.contains_key(*item));
    let items = items.map(|(item, place)| {
        format!("{place}: no example shows {item}, and {REASONS} has no reason")
    });
    let stale = stale
        .map(|(item, line)| format!("{REASONS}:{line}: {item} is shown, or not there any more"));
    items.chain(stale).collect()
}

/// The fewest words that tell a reason.
const MIN_WORDS: usize = 4;

/// The items that have a reason, as `PACKAGE ITEM`, with the number of the line.
///
/// A line is `CRATE: ITEM, ITEM -- REASON`; those with `#` are remarks.
fn reasons_of(file: &TextFile, faults: &mut Faults) -> BTreeMap<String, usize> {
    let mut reasons = BTreeMap::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let parts = line
            .split_once(": ")
            .and_then(|(package, rest)| Some((package, rest.split_once(" -- ")?)));
        let Some((package, (items, reason))) = parts else {
            faults.push(format!("{REASONS}:{number}: not `CRATE: ITEM, ITEM -- REASON`"));
            continue;
        };
        if reason.split_whitespace().count() < MIN_WORDS {
            faults.push(format!("{REASONS}:{number}: {reason:?} is no reason"));
        }
        for item in items.split(", ") {
            if reasons.insert(format!("ddbkit-{package} {item}"), number).is_some() {
                faults.push(format!("{REASONS}:{number}: {item} has a reason already"));
            }
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> TextFile {
        TextFile { path: path.to_owned(), text: text.to_owned() }
    }

    fn names(text: &str) -> Vec<String> {
        let source = file("crates/x/src/lib.rs", text);
        let shown = Shown::of("ddbkit-x", &examples::examples(std::slice::from_ref(&source)));
        unshown(public::items(&source), &shown).into_iter().map(|item| item.name).collect()
    }

    #[test]
    fn what_no_example_uses_is_named() {
        let code = "pub struct A;\npub struct B;\nimpl A {\n    pub fn b(&mut self) -> B {\n    }\n    pub fn c(&self) -> u8 {\n    }\n}\n";
        assert_eq!(names(code), ["A", "B", "A::b"]);
        assert_eq!(names(&format!("/// ```\n/// ddbkit_x::A.b();\n/// ```\n{code}")), [""; 0]);
        assert_eq!(
            names(&format!("/// ```\n/// let a = ddbkit_x::A;\n/// ```\n{code}")),
            ["B", "A::b"]
        );
    }

    #[test]
    fn items_without_a_reason_and_reasons_without_an_item_are_told() {
        let unshown = ["x A", "x B"].map(|item| (item.to_owned(), "a.rs:7".to_owned())).into();
        let reasons = [("x B".to_owned(), 2), ("x C".to_owned(), 3)].into();
        assert_eq!(
            without_each_other(&unshown, &reasons),
            [
                format!("a.rs:7: no example shows x A, and {REASONS} has no reason"),
                format!("{REASONS}:3: x C is shown, or not there any more"),
            ]
        );
    }

    #[test]
    fn reasons_are_read_and_weak_ones_refused() {
        let mut faults = Faults::new();
        let text = "# x\nx: A, A::b -- only the service makes one\nx: C -- internal\nx: A -- is named here once more\nx: D\n";
        let reasons = reasons_of(&file(REASONS, text), &mut faults);
        assert_eq!(reasons.len(), 3);
        assert_eq!(reasons.get("ddbkit-x A::b"), Some(&2));
        let lines: Vec<&str> = faults.iter().map(|fault| &fault[REASONS.len()..]).collect();
        assert_eq!(
            lines,
            [
                ":3: \"internal\" is no reason",
                ":4: A has a reason already",
                ":5: not `CRATE: ITEM, ITEM -- REASON`"
            ]
        );
    }
}
