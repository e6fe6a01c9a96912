//! Objects in a directory.
//!
//! ```text
//! <root>/.incoming/<id>       bodies that arrive, and parts of uploads
//! <root>/<bucket>/<id>.data   the bytes of an object
//! <root>/<bucket>/<id>.json   its key and attributes; written last, it makes the object count
//! ```
//! Keys do not name files: S3 has keys that no file system takes (`a` beside `a/b`, `a//b`, `..`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{fs, io};

use serde::{Deserialize, Serialize};

use super::blob::{Blob, BlobFile};
use super::checksums::Checksums;
use super::state::{Attributes, Bucket, Object};
use crate::LocalError;
use crate::error::AtPath;

const INCOMING: &str = ".incoming";
const DATA: &str = "data";
const DESCRIPTION: &str = "json";

/// What stands beside an object's bytes.
#[derive(Debug, Serialize, Deserialize)]
struct Description {
    key: String,
    /// Of two objects with one key, which an interrupted overwrite leaves, the higher one counts.
    sequence: u64,
    etag: String,
    /// Milliseconds since the epoch.
    modified: u64,
    #[serde(default)]
    attributes: Attributes,
    #[serde(default)]
    checksums: Checksums,
}

/// A directory with objects. One process at a time may use it.
#[derive(Debug)]
pub(super) struct Disk {
    root: PathBuf,
    sequence: AtomicU64,
}

impl Disk {
    /// Opens a directory, which is created when it is missing, and reads what it holds.
    pub(super) fn open(root: PathBuf) -> Result<(Self, BTreeMap<String, Bucket>), LocalError> {
        let incoming = root.join(INCOMING);
        // Uploads do not outlive their server.
        match fs::remove_dir_all(&incoming) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).at("cannot clear", &incoming)?;
            }
            _ => {}
        }
        fs::create_dir_all(&incoming).at("cannot create", &incoming)?;
        let mut buckets = BTreeMap::new();
        let mut sequence = 0;
        for entry in fs::read_dir(&root).at("cannot read", &root)? {
            let path = entry.at("cannot read", &root)?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name == INCOMING || !path.is_dir() {
                continue;
            }
            let (bucket, last) = read_bucket(&path)?;
            sequence = sequence.max(last);
            buckets.insert(name.to_owned(), bucket);
        }
        let disk = Self { root, sequence: AtomicU64::new(sequence) };
        Ok((disk, buckets))
    }

    /// A new file for a body.
    pub(super) fn incoming(&self) -> PathBuf {
        self.root.join(INCOMING).join(new_id())
    }

    pub(super) fn create_bucket(&self, bucket: &str) -> io::Result<()> {
        fs::create_dir_all(self.root.join(bucket))
    }

    pub(super) fn delete_bucket(&self, bucket: &str) -> io::Result<()> {
        fs::remove_dir_all(self.root.join(bucket))
    }

    /// Moves the body of an object to its place and writes its description.
    pub(super) fn keep(&self, bucket: &str, key: &str, object: Object) -> io::Result<Object> {
        let Blob::File(incoming) = &object.blob else {
            return Err(io::Error::other("the body of a kept object is not in a file"));
        };
        let modified = object.modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        let description = Description {
            key: key.to_owned(),
            sequence: self.sequence.fetch_add(1, Ordering::Relaxed) + 1,
            etag: object.etag.clone(),
            modified: u64::try_from(modified.as_millis()).unwrap_or(u64::MAX),
            attributes: object.attributes.clone(),
            checksums: object.checksums.clone(),
        };
        let path = self.root.join(bucket).join(new_id()).with_extension(DATA);
        fs::rename(incoming.path(), &path)?;
        let written = self.incoming();
        fs::write(&written, serde_json::to_vec(&description)?)?;
        fs::rename(&written, path.with_extension(DESCRIPTION))?;
        let length = object.blob.len();
        Ok(Object { blob: Blob::File(Arc::new(BlobFile::kept(path, length))), ..object })
    }

    /// Removes an object: at once what makes it count, its bytes when nobody reads them any more.
    #[allow(clippy::unused_self, reason = "only a store on disk has files to forget")]
    pub(super) fn forget(&self, file: &BlobFile) {
        // A description that stays loses against a later one of the same key.
        let _ = fs::remove_file(file.path().with_extension(DESCRIPTION));
        file.discard();
    }
}

/// The objects of a bucket and the highest sequence among them; leftovers are removed.
fn read_bucket(directory: &Path) -> Result<(Bucket, u64), LocalError> {
    let mut newest: BTreeMap<String, (u64, PathBuf, Object)> = BTreeMap::new();
    let mut leftovers = Vec::new();
    for entry in fs::read_dir(directory).at("cannot read", directory)? {
        let path = entry.at("cannot read", directory)?.path();
        if path.extension().is_some_and(|extension| extension == DATA) {
            if !path.with_extension(DESCRIPTION).exists() {
                leftovers.push(path);
            }
            continue;
        }
        let text = fs::read(&path).at("cannot read", &path)?;
        let description: Description = serde_json::from_slice(&text)
            .map_err(|source| LocalError::storage("cannot read the description", &path, source))?;
        let data = path.with_extension(DATA);
        let length = fs::metadata(&data).at("cannot find", &data)?.len();
        let object = Object {
            blob: Blob::File(Arc::new(BlobFile::kept(data.clone(), length))),
            etag: description.etag,
            modified: time(description.modified),
            attributes: description.attributes,
            checksums: description.checksums,
        };
        let candidate = (description.sequence, data, object);
        let older = match newest.remove(&description.key) {
            Some(other) if other.0 > candidate.0 => {
                newest.insert(description.key, other);
                Some(candidate)
            }
            other => {
                newest.insert(description.key, candidate);
                other
            }
        };
        if let Some((_, data, _)) = older {
            leftovers.extend([data.with_extension(DESCRIPTION), data]);
        }
    }
    for path in leftovers {
        fs::remove_file(&path).at("cannot remove", &path)?;
    }
    let last = newest.values().map(|(sequence, ..)| *sequence).max().unwrap_or(0);
    let objects = newest.into_iter().map(|(key, (.., object))| (key, Arc::new(object)));
    Ok((objects.collect(), last))
}

fn time(millis: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(millis)
}

fn new_id() -> String {
    format!("{:032x}", fastrand::u128(..))
}
