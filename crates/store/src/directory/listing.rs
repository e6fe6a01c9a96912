//! The files below a directory.

use super::{cannot, is_missing, meta};
use crate::key::RESERVED;
use crate::{ObjectMeta, StoreError};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// All objects whose keys begin with the prefix, in the order of their keys. Names that are not
/// Unicode cannot be keys and are passed over, as are links to folders.
pub(super) fn list(root: &Path, prefix: &str) -> Result<Vec<ObjectMeta>, StoreError> {
    // Only the folder that the prefix leads into is read.
    let (folder, _) = prefix.rsplit_once('/').unwrap_or(("", prefix));
    let mut found = Vec::new();
    walk(&root.join(folder), folder, prefix, &mut found)?;
    found.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    Ok(found)
}

fn walk(
    path: &Path,
    key: &str,
    prefix: &str,
    found: &mut Vec<ObjectMeta>,
) -> Result<(), StoreError> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if is_missing(&error) => return Ok(()),
        Err(error) => return Err(cannot("list", path, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| cannot("list", path, error))?;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !name.starts_with(RESERVED)) else { continue };
        let own = if key.is_empty() { name.to_owned() } else { format!("{key}/{name}") };
        let path = entry.path();
        // A link to a file is an object; one to a folder could lead in a circle.
        let kind = entry.file_type().map_err(|error| cannot("list", &path, error))?;
        if kind.is_dir() {
            let below = format!("{own}/");
            if below.starts_with(prefix) || prefix.starts_with(&below) {
                walk(&path, &own, prefix, found)?;
            }
        } else if own.starts_with(prefix) {
            match fs::metadata(&path) {
                Ok(file) if file.is_file() => found.push(meta(own, &file, BTreeMap::new())),
                Ok(_) => {}
                // Deleted meanwhile, or a link that leads nowhere.
                Err(error) if is_missing(&error) => {}
                Err(error) => return Err(cannot("list", &path, error)),
            }
        }
    }
    Ok(())
}
