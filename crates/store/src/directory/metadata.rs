//! User metadata of files.
//!
//! It lies in a file of its own that names the object and its tag, and is written before the object
//! appears: whoever sees the object sees its metadata. A file that somebody copied in has none.

use super::cannot;
use crate::key::RESERVED;
use crate::{ETag, StoreError};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

fn folder(root: &Path, key: &str) -> PathBuf {
    root.join(format!("{RESERVED}meta")).join(key)
}

/// Lines of `name=value`; neither has a line end, because S3 would not take it.
pub(super) fn read(
    root: &Path,
    key: &str,
    etag: &ETag,
) -> Result<BTreeMap<String, String>, StoreError> {
    let path = folder(root, key).join(etag.as_str());
    match fs::read_to_string(&path) {
        Ok(text) => {
            let pairs = text.lines().filter_map(|line| line.split_once('='));
            Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
        }
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(BTreeMap::new())
        }
        Err(error) => Err(cannot("read", &path, error)),
    }
}

pub(super) fn write(
    root: &Path,
    key: &str,
    etag: &ETag,
    metadata: &BTreeMap<String, String>,
) -> Result<(), StoreError> {
    if metadata.is_empty() {
        return Ok(());
    }
    let folder = folder(root, key);
    fs::create_dir_all(&folder).map_err(|error| cannot("create", &folder, error))?;
    let path = folder.join(etag.as_str());
    let text: String = metadata.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    fs::write(&path, text).map_err(|error| cannot("write", &path, error))
}

/// Removes what belongs to tags that the object no longer has.
pub(super) fn tidy(root: &Path, key: &str, current: Option<&ETag>) {
    let folder = folder(root, key);
    let Ok(entries) = fs::read_dir(&folder) else { return };
    for entry in entries.flatten() {
        if current.is_none_or(|etag| entry.file_name() != etag.as_str()) {
            // What stays behind is never read again: its tag does not come twice.
            let _ = fs::remove_file(entry.path());
        }
    }
    // Only folders that are empty go, up to the root.
    let parents = folder.ancestors().take_while(|path| path.starts_with(root) && *path != root);
    for path in parents {
        if fs::remove_dir(path).is_err() {
            break;
        }
    }
}
