//! What earlier runs of a load or of an apply rejected, as it is told by the one that ends it.

use crate::output::count;
use ddbkit::transfer::EarlierRejects;
use serde_json::json;
use std::path::Path;

/// The row of what earlier runs rejected of what they did.
pub(crate) fn earlier_row(earlier: &EarlierRejects) -> String {
    match earlier.lines {
        0 => String::new(),
        lines => format!("\n  {:>12}  rejected by an earlier run", count(lines)),
    }
}

/// Where that is, if it is not in the file of this run.
pub(crate) fn earlier_files(earlier: &EarlierRejects, own: Option<&Path>) -> String {
    let others = earlier.files.iter().filter(|file| Some(file.as_path()) != own);
    others.map(|file| format!("\nWhat an earlier run rejected is in {}", file.display())).collect()
}

pub(crate) fn earlier_json(earlier: &EarlierRejects) -> serde_json::Value {
    json!({"lines": earlier.lines, "files": earlier.files})
}
