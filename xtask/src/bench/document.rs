//! `docs/benchmarks.md`: what is between its markers is made here.

use super::{Results, machine, table};
use std::path::Path;

const BEGIN: &str = "<!-- made by cargo xtask bench codec: begin -->\n";
const END: &str = "<!-- made by cargo xtask bench codec: end -->\n";

/// The table with what it was measured on.
pub(super) fn results(results: &Results, command: &str) -> String {
    let versions: Vec<_> =
        results.versions.iter().map(|v| format!("{} {}", v.name, v.version)).collect();
    let (machine, versions) = (machine::name(), versions.join(", "));
    let table = table::markdown(&results.measurements, &results.absent);
    format!("`{command}` on {machine}.\n{versions}.\n\n{table}")
}

/// Puts the text between the markers of a file.
pub(super) fn replace(file: &Path, text: &str) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", file.display());
    let old = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    let new = between_markers(&old, text).ok_or_else(|| failed("no markers".to_owned()))?;
    std::fs::write(file, new).map_err(|error| failed(error.to_string()))
}

fn between_markers(old: &str, text: &str) -> Option<String> {
    let (head, rest) = old.split_once(BEGIN)?;
    let (_, tail) = rest.split_once(END)?;
    Some(format!("{head}{BEGIN}\n{text}\n{END}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_the_markers_stays() {
        let old = format!("before\n{BEGIN}old\n{END}after\n");
        let new = between_markers(&old, "new\n").unwrap();
        assert_eq!(new, format!("before\n{BEGIN}\nnew\n\n{END}after\n"));
        assert_eq!(between_markers(&new, "new\n"), Some(new));
        assert_eq!(between_markers("no markers", "new"), None);
    }

    #[test]
    fn the_page_of_the_repository_has_the_markers() {
        let page = crate::run::root().join("docs").join("benchmarks.md");
        assert!(between_markers(&std::fs::read_to_string(page).unwrap(), "new").is_some());
    }
}
