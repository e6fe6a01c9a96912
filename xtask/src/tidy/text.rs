//! What stands in every text file, and in every Rust file.

use super::Faults;
use super::files::TextFile;

/// The most lines of one source file without its tests.
const MAX_LINES: usize = 700;

/// What must not be committed, cut in two so that this file does not trip itself: paths of one
/// machine, and what is left over from work that is not done.
const BANNED: &[(&str, &str)] = &[
    ("/wor", "k/"),
    ("/far", "m/"),
    ("../sha", "red"),
    ("tod", "o!("),
    ("unimpl", "emented!("),
    ("db", "g!("),
    ("FIX", "ME"),
];

pub(super) fn check(file: &TextFile) -> Faults {
    let mut faults = banned_words(file);
    faults.extend(trailing_whitespace(file));
    if file.is_rust() {
        faults.extend(module_doc(file));
        faults.extend(length(file));
    }
    faults
}

fn banned_words(file: &TextFile) -> Faults {
    let mut faults = Faults::new();
    for (number, line) in numbered(file) {
        for (head, tail) in BANNED {
            let word = format!("{head}{tail}");
            if line.contains(&word) {
                faults.push(format!("{}:{number}: {word:?} must not be committed", file.path));
            }
        }
    }
    faults
}

fn trailing_whitespace(file: &TextFile) -> Faults {
    let trailing = numbered(file).filter(|(_, line)| line.ends_with([' ', '\t', '\r']));
    trailing.map(|(number, _)| format!("{}:{number}: trailing whitespace", file.path)).collect()
}

/// A Rust file says first what it is.
fn module_doc(file: &TextFile) -> Option<String> {
    let told = file.text.starts_with("//! ");
    (!told).then(|| format!("{}:1: a Rust file starts with its `//!` doc", file.path))
}

fn length(file: &TextFile) -> Option<String> {
    let lines = file.text.lines().take_while(|line| *line != "#[cfg(test)]").count();
    let long = file.path.contains("src/") && lines > MAX_LINES;
    long.then(|| format!("{}: {lines} lines, more than {MAX_LINES}: split it", file.path))
}

/// The lines of a file with their numbers from 1. A carriage return stays on its line.
fn numbered(file: &TextFile) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(file.text.split('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rust(text: &str) -> TextFile {
        TextFile { path: "crates/x/src/lib.rs".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn each_banned_word_is_found_with_its_line() {
        for (head, tail) in BANNED {
            let faults = banned_words(&rust(&format!("//! Doc.\n{head}{tail}\n")));
            assert_eq!(faults.len(), 1, "{head}{tail}");
            assert!(faults[0].starts_with("crates/x/src/lib.rs:2: "), "{faults:?}");
        }
        assert_eq!(banned_words(&rust("//! A network/path is fine.\n")), [""; 0]);
    }

    #[test]
    fn trailing_whitespace_is_found_with_its_line() {
        assert_eq!(trailing_whitespace(&rust("a\n\n  b\n")), [""; 0]);
        assert_eq!(
            trailing_whitespace(&rust("a\nb \r\n\t\n")),
            [
                "crates/x/src/lib.rs:2: trailing whitespace",
                "crates/x/src/lib.rs:3: trailing whitespace"
            ]
        );
    }

    #[test]
    fn a_rust_file_needs_its_doc() {
        assert_eq!(module_doc(&rust("//! Doc.\n")), None);
        assert!(module_doc(&rust("use std::io;\n//! Doc.\n")).is_some());
        assert!(module_doc(&rust("")).is_some());
    }

    #[test]
    fn a_long_file_is_a_fault_unless_its_tests_make_it_long() {
        let long = "x\n".repeat(MAX_LINES);
        assert_eq!(length(&rust(&format!("{long}#[cfg(test)]\n{long}"))), None);
        assert!(length(&rust(&format!("{long}x\n"))).is_some());
    }

    #[test]
    fn only_rust_files_need_a_doc() {
        let markdown = TextFile { path: "README.md".to_owned(), text: "# x\n".to_owned() };
        assert_eq!(check(&markdown), [""; 0]);
        assert_eq!(check(&rust("# x\n")).len(), 1);
    }
}
