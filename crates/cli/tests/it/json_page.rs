//! The members of JSON objects, as `docs/reference/json.md` has them.

use serde_json::Value;
use std::collections::BTreeSet;

fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/json.md");
    std::fs::read_to_string(path).unwrap()
}

/// The first cells of the table below a heading, without their backquotes.
fn members<'a>(page: &'a str, section: &str) -> BTreeSet<&'a str> {
    let is_heading = |line: &&str| line.trim_start_matches('#').trim() == section;
    let below =
        page.lines().skip_while(|line| !(line.starts_with('#') && is_heading(line))).skip(1);
    let rows = below.take_while(|line| !line.starts_with('#'));
    rows.filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect()
}

/// Fails unless the object of a command has the members that the page has in that section, and no
/// others. `without` names those that are told, but not of every run.
#[track_caller]
pub(crate) fn assert_as_told(section: &str, object: &Value, without: &[&str]) {
    let command = section.split(" --").next().unwrap();
    assert_eq!((&object["version"], &object["command"]), (&1.into(), &command.into()));
    let printed: BTreeSet<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    let page = page();
    let told = members(&page, section).into_iter().chain(["version", "command"]);
    let told: BTreeSet<&str> = told.filter(|member| !without.contains(member)).collect();
    let differ: Vec<_> = printed.symmetric_difference(&told).collect();
    assert!(differ.is_empty(), "{section}: the page and what is printed differ in {differ:?}");
}

#[test]
fn members_are_those_of_their_section() {
    let page = "## a\n\n| member | is |\n|---|---|\n| `x` | y |\n\n## b\n| `z` | w |\n";
    assert_eq!(members(page, "a"), BTreeSet::from(["x"]));
    assert_eq!(members(page, "c"), BTreeSet::new());
}
