//! Objects as files below a directory.
//!
//! An object is written under a temporary name, synced, and then renamed (replace) or hard-linked
//! (create if absent) to its own, and the directory is synced: after a crash it is there whole, or
//! as it was before. What decides about conditions is done under an advisory lock on the root,
//! which programs that use this store share; other programs are not held by it.
//!
//! Beside the objects the root may hold names of the store's own: `.ddbkit-store-tmp`, a folder
//! with files that are being written, `.ddbkit-store-meta`, a folder with user metadata, and
//! `.ddbkit-store-lock`. Each is there only while there is need for it.

mod listing;
mod lock;
mod metadata;
mod reading;
mod tag;
mod temporary;
mod writing;

use crate::backend::{Backend, BoxFuture, Upload};
use crate::{ETag, ObjectMeta, ObjectReader, PutOptions, StoreError, StoreErrorKind};
use bytes::Bytes;
pub use reading::FileReader;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tag::tag;
use writing::{DirectoryUpload, Draft};

/// How often an object is looked at again that others replace at that moment.
const LOOKS: u32 = 16;

#[derive(Clone, Debug)]
pub(crate) struct DirectoryBackend {
    root: Arc<Path>,
    /// What killed programs left is removed once for each store.
    is_tidy: Arc<AtomicBool>,
}

impl DirectoryBackend {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root: root.into(), is_tidy: Arc::default() }
    }

    fn path(&self, key: &str) -> PathBuf {
        self.root.join(key)
    }

    /// What there is under a key and its file, open; a folder is nothing.
    fn find(&self, key: &str) -> Result<Option<(ObjectMeta, File)>, StoreError> {
        let path = self.path(key);
        let mut look = 1;
        loop {
            let Some(file) = open(&path)? else { return Ok(None) };
            let facts = file.metadata().map_err(|error| cannot("read", &path, error))?;
            let etag = tag(&facts);
            let metadata = metadata::read(&self.root, key, &etag)?;
            // Whoever replaces an object removes its old metadata: that none is there means that
            // none was written only while the object is the same.
            if metadata.is_some() || look == LOOKS || is_current(&path, &etag) {
                return Ok(Some((
                    meta(key.to_owned(), &facts, metadata.unwrap_or_default()),
                    file,
                )));
            }
            look += 1;
        }
    }

    /// A new draft, on a thread for file work.
    fn begin(&self, key: String, options: PutOptions) -> Result<Draft, StoreError> {
        if !self.is_tidy.swap(true, Ordering::Relaxed) {
            temporary::remove_stale(&self.root);
        }
        Draft::begin(self.root.clone(), key, options)
    }
}

/// A file that is there; opening anything else, such as a pipe, could wait for ever.
fn open(path: &Path) -> Result<Option<File>, StoreError> {
    let opened = fs::metadata(path).and_then(|facts| {
        if facts.is_file() { File::open(path) } else { Err(ErrorKind::NotFound.into()) }
    });
    match opened {
        Ok(file) => Ok(Some(file)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(cannot("read", path, error)),
    }
}

fn is_current(path: &Path, etag: &ETag) -> bool {
    fs::metadata(path).is_ok_and(|facts| tag(&facts) == *etag)
}

fn meta(key: String, facts: &fs::Metadata, metadata: BTreeMap<String, String>) -> ObjectMeta {
    ObjectMeta {
        key,
        size: facts.len(),
        etag: tag(facts),
        metadata,
        modified: facts.modified().ok(),
    }
}

/// That there is no such file, or that what would be its folder is a file.
fn is_missing(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Runs file work off the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(StoreError::new(StoreErrorKind::Io, "file work was stopped").caused_by(error))
    })
}

fn cannot(what: &str, path: &Path, error: std::io::Error) -> StoreError {
    StoreError::io(format!("cannot {what} {}", path.display()), error)
}

/// Makes a folder and those above it, each synced in the one above.
fn create_folders(folder: &Path) -> Result<(), StoreError> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
    if let Some(above) = above {
        create_folders(above)?;
    }
    match fs::create_dir(folder) {
        Ok(()) => sync_folder(above.unwrap_or(Path::new("."))),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_file() => {
            Err(cannot("create", folder, ErrorKind::NotADirectory.into()))
        }
        // Another writer was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(cannot("create", folder, error)),
    }
}

/// Removes a folder and those above it below the root, as long as they are empty.
fn remove_empty_folders(root: &Path, folder: &Path) {
    let below = folder.ancestors().take_while(|path| path.starts_with(root) && *path != root);
    for path in below {
        if fs::remove_dir(path).is_err() {
            break;
        }
    }
}

fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    // Windows cannot open folders as files, and keeps names by itself.
    if cfg!(windows) {
        return Ok(());
    }
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| cannot("sync", folder, error))
}

impl Backend for DirectoryBackend {
    fn describe(&self, key: &str) -> String {
        let path = if key.is_empty() { self.root.to_path_buf() } else { self.path(key) };
        path.display().to_string()
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>, StoreError>> {
        let (backend, key) = (self.clone(), key.to_owned());
        Box::pin(blocking(move || Ok(backend.find(&key)?.map(|(meta, _)| meta))))
    }

    fn read<'a>(
        &'a self,
        key: &'a str,
        range: Option<Range<u64>>,
    ) -> BoxFuture<'a, Result<ObjectReader, StoreError>> {
        let (backend, key) = (self.clone(), key.to_owned());
        Box::pin(blocking(move || {
            let path = backend.path(&key);
            let found = backend.find(&key)?;
            let (meta, mut file) =
                found.ok_or_else(|| StoreError::not_found(&path.display().to_string()))?;
            let range = range.unwrap_or(0..meta.size);
            let start = range.start.min(meta.size);
            if start > 0 {
                file.seek(SeekFrom::Start(start)).map_err(|error| cannot("read", &path, error))?;
            }
            let file = FileReader::new(file, range.end.saturating_sub(start), path);
            Ok(ObjectReader::of_file(meta, file))
        }))
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        content: Bytes,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<ETag, StoreError>> {
        let (backend, key) = (self.clone(), key.to_owned());
        Box::pin(blocking(move || {
            let mut draft = backend.begin(key, options)?;
            draft.write(&content)?;
            draft.publish()
        }))
    }

    fn upload<'a>(
        &'a self,
        key: &'a str,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Box<dyn Upload>, StoreError>> {
        let (backend, key) = (self.clone(), key.to_owned());
        Box::pin(blocking(move || {
            let upload: Box<dyn Upload> =
                Box::new(DirectoryUpload::new(backend.begin(key, options)?));
            Ok(upload)
        }))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<ObjectMeta>, StoreError>> {
        // The file system gives its names at once and in no order, so there is one page.
        if after.is_some() {
            return Box::pin(async { Ok(Vec::new()) });
        }
        let (root, prefix) = (self.root.clone(), prefix.to_owned());
        Box::pin(blocking(move || listing::list(&root, &prefix)))
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        let (root, key) = (self.root.clone(), key.to_owned());
        Box::pin(blocking(move || writing::remove(&root, &key)))
    }
}
