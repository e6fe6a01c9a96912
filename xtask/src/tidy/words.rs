//! Words that no file may have: paths of a machine, and marks of unfinished work.

use super::File;

/// Each word in two parts, so that this file does not have it.
const WORDS: [(&str, &str); 9] = [
    ("/wo", "rk/"),
    ("/fa", "rm/"),
    ("../sha", "red"),
    ("/ro", "ot/"),
    ("to", "do!("),
    ("unimple", "mented!("),
    ("db", "g!("),
    ("FIX", "ME"),
    ("XX", "X:"),
];

pub(super) fn check(file: &File) -> Vec<String> {
    if file.path.ends_with("Cargo.lock") {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        for (first, second) in WORDS {
            if line.contains(&format!("{first}{second}")) {
                breaches.push(format!("{}:{} has {first}{second}", file.path, number + 1));
            }
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_with_their_line() {
        let file = |text: String| File { path: "a.md".to_owned(), text };
        assert!(check(&file("networking / works".to_owned())).is_empty());
        let text = format!("fine\ncd {}{}x\n", "/wo", "rk/");
        assert_eq!(check(&file(text)), [format!("a.md:2 has {}{}", "/wo", "rk/")]);
    }
}
