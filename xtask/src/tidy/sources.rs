//! How source files look.

use super::File;
use std::path::Path;

/// A file with more lines than this, tests not counted, has more than one idea.
const MOST_LINES: usize = 700;

pub(super) fn check(file: &File) -> Vec<String> {
    let mut breaches = Vec::new();
    let File { path, text } = file;
    let trailing = text.lines().position(|line| line.ends_with([' ', '\t']));
    if let Some(line) = trailing {
        breaches.push(format!("{path}:{} ends with white space", line + 1));
    }
    if Path::new(path).extension() != Some("rs".as_ref()) {
        return breaches;
    }
    if !text.starts_with("//! ") && !text.starts_with("#![") {
        breaches.push(format!("{path} does not say what it is for: it begins without //!"));
    }
    let lines = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text).lines().count();
    if path.contains("/src/") && lines > MOST_LINES {
        breaches.push(format!("{path} has {lines} lines; does it hold one idea?"));
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(path: &str, text: &str) -> usize {
        check(&File { path: path.to_owned(), text: text.to_owned() }).len()
    }

    #[test]
    fn files_are_documented_short_and_clean() {
        assert_eq!(breaches("crates/x/src/a.rs", "//! Does.\n\nfn a() {}\n"), 0);
        assert_eq!(breaches("crates/x/src/a.rs", "fn a() {}\n"), 1);
        assert_eq!(breaches("README.md", "a \n"), 1);
        let long = format!("//! Long.\n{}", "//\n".repeat(701));
        assert_eq!(breaches("crates/x/src/a.rs", &long), 1);
        assert_eq!(breaches("crates/x/tests/it/a.rs", &long), 0);
        let tests = format!("//! Tested.\n#[cfg(test)]\nmod tests {{\n{}", "//\n".repeat(701));
        assert_eq!(breaches("crates/x/src/a.rs", &tests), 0);
    }
}
