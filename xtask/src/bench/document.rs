//! `docs/benchmarks.md`: what is between its markers is made here.

use super::{Results, machine, table};
use std::path::Path;

/// The lines around the part of one subject.
fn markers(subject: &str) -> [String; 2] {
    ["begin", "end"].map(|which| format!("<!-- made by cargo xtask bench {subject}: {which} -->\n"))
}

/// The table with what it was measured on.
pub(super) fn results(results: &Results, command: &str) -> String {
    let versions: Vec<_> =
        results.versions.iter().map(|v| format!("{} {}", v.name, v.version)).collect();
    let (machine, versions) = (machine::name(), versions.join(", "));
    let table = table::markdown(&results.measurements, &results.absent);
    format!("`{command}` on {machine}.\n{versions}.\n\n{table}")
}

/// Puts the text between the markers that a file has for the subject.
pub(super) fn replace(file: &Path, subject: &str, text: &str) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", file.display());
    let old = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    let new =
        between_markers(&old, subject, text).ok_or_else(|| failed("no markers".to_owned()))?;
    std::fs::write(file, new).map_err(|error| failed(error.to_string()))
}

fn between_markers(old: &str, subject: &str, text: &str) -> Option<String> {
    let [begin, end] = markers(subject);
    let (head, rest) = old.split_once(&begin)?;
    let (_, tail) = rest.split_once(&end)?;
    Some(format!("{head}{begin}\n{text}\n{end}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_the_markers_stays() {
        let ([begin, end], [other, _]) = (markers("codec"), markers("transfer"));
        let old = format!("before\n{other}kept\n{begin}old\n{end}after\n");
        let new = between_markers(&old, "codec", "new\n").unwrap();
        assert_eq!(new, format!("before\n{other}kept\n{begin}\nnew\n\n{end}after\n"));
        assert_eq!(between_markers(&new, "codec", "new\n"), Some(new));
        assert_eq!(between_markers("no markers", "codec", "new"), None);
    }

    #[test]
    fn the_page_of_the_repository_has_the_markers() {
        let page = crate::run::root().join("docs").join("benchmarks.md");
        let page = std::fs::read_to_string(page).unwrap();
        for subject in ["codec", "transfer", "export", "archive"] {
            assert!(between_markers(&page, subject, "new").is_some(), "{subject}");
        }
    }
}
