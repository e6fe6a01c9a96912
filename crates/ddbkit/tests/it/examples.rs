//! The programs of `examples`, run as they are, and what they print.
//!
//! `cargo test` builds them beside its tests; `cargo test --test it` alone does not.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const ALL: [(&str, &[&str]); 6] = [
    (
        "lines_to_structs",
        &[
            "order-1 costs 19.90, has 2 tags and a seal of 3 bytes",
            "order-2 costs 0.10000000000000000000000000000000000001, has 1 tags and a seal of 3 bytes",
            "order-4 costs 5, has 1 tags and a seal of 3 bytes",
        ],
    ),
    ("dump_with_progress", &["interrupted"]),
    ("read_an_export", &["500 items, 0 faults", "100 orders of 400 or more"]),
    (
        "restore_to_another_table",
        &["wrote 300, rejected 0", "equal: true", "equal without order-7: false"],
    ),
    ("large_attributes", &["1 object collected", "2000000 bytes that begin with <p>new</p>"]),
    ("archive_expired_items", &["20 items in 1 file", "0 faults", "20 items are back"]),
];

/// Where cargo puts the examples of the profile that this test was built with.
fn built() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    this.ancestors().nth(2).unwrap().join("examples")
}

fn run(name: &str) -> String {
    let program = built().join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let output = Command::new(&program).output();
    let output = output.unwrap_or_else(|error| {
        panic!("{}: {error}; `cargo build --examples` makes it", program.display())
    });
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {}\n{stderr}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_example_runs_and_says_what_it_did() {
    for (name, expected) in ALL {
        let printed = run(name);
        let lines: Vec<&str> = printed.lines().collect();
        for line in expected {
            assert!(lines.contains(line), "{name} does not print {line:?}:\n{printed}");
        }
    }
}

#[test]
fn an_interrupted_dump_goes_on() {
    let printed = run("dump_with_progress");
    let last = printed.lines().last().unwrap();
    let before = last.strip_prefix("2000 items, ").and_then(|rest| rest.split(' ').next());
    let before: u32 = before.and_then(|count| count.parse().ok()).expect(last);
    assert!((1..2000).contains(&before), "{last}");
}

#[test]
fn every_example_is_here_and_in_the_readme_and_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |page: &str| std::fs::read_to_string(root.join(page)).unwrap();
    let pages = ["README.md", "../../docs/guides/start-in-rust.md"].map(read);
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(root.join("examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.lines().count() < 80, "{name} is too long for an example");
            let (shown, file) = (format!("| [`{name}`]("), format!("examples/{name}.rs) |"));
            let is_listed = |page: &String| page.contains(&shown) && page.contains(&file);
            assert!(pages.iter().all(is_listed), "{name} is on one page at most");
            found.insert(name);
        }
    }
    assert_eq!(found, ALL.iter().map(|(name, _)| (*name).to_owned()).collect());
}
