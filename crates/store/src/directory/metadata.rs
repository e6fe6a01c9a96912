//! User metadata of files.
//!
//! It lies in a file of its own that names the object and its tag, and is on the disk before the
//! object appears: whoever sees the object finds its metadata. A file that somebody copied in has
//! none.

use super::{cannot, create_folders, is_missing, sync_folder};
use crate::key::RESERVED;
use crate::{ETag, StoreError};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

fn folder(root: &Path, key: &str) -> PathBuf {
    root.join(format!("{RESERVED}meta")).join(key)
}

/// Lines of `name=value`, in which neither has a line end; `None` when none were written.
pub(super) fn read(
    root: &Path,
    key: &str,
    etag: &ETag,
) -> Result<Option<BTreeMap<String, String>>, StoreError> {
    let path = folder(root, key).join(etag.as_str());
    match fs::read_to_string(&path) {
        Ok(text) => {
            let pairs = text.lines().filter_map(|line| line.split_once('='));
            Ok(Some(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
        }
        Err(error) if is_missing(&error) => Ok(None),
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
    create_folders(&folder)?;
    let path = folder.join(etag.as_str());
    let mut text = Vec::new();
    for (name, value) in metadata {
        for piece in [name, "=", value, "\n"] {
            text.extend_from_slice(piece.as_bytes());
        }
    }
    let written = File::create(&path).and_then(|mut file| {
        file.write_all(&text)?;
        file.sync_all()
    });
    written.map_err(|error| cannot("write", &path, error))?;
    sync_folder(&folder)
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
    super::remove_empty_folders(root, &folder);
}
