//! Objects as files below a directory.
//!
//! An object is written under a temporary name, synced, and then renamed (replace) or hard-linked
//! (create if absent) to its own, and the directory is synced: after a crash it is there whole, or
//! as it was before. What decides about conditions is done under an advisory lock on the root
//! directory, which programs that use this store share; other programs are not held by it.
//!
//! Beside the objects the root may hold two directories of the store's own: `.ddbkit-store-tmp`
//! with files that are being written (what a crash leaves there may be deleted when nothing
//! writes), and `.ddbkit-store-meta` with user metadata, a file for each object that has any.

mod listing;
mod metadata;
mod writing;

use crate::backend::{Backend, BoxFuture, Upload};
use crate::memory::not_found;
use crate::{ETag, ObjectMeta, ObjectReader, PutOptions, StoreError, StoreErrorKind};
use bytes::Bytes;
use futures::stream;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use writing::DirectoryUpload;

/// How much is read from a file at a time.
const CHUNK: u64 = 1024 * 1024;

#[derive(Clone, Debug)]
pub(crate) struct DirectoryBackend {
    root: Arc<Path>,
}

impl DirectoryBackend {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root: root.into() }
    }

    fn path(&self, key: &str) -> PathBuf {
        self.root.join(key)
    }

    /// What the file of a key says about the object; `None` when there is no such file.
    fn stat(&self, key: &str) -> Result<Option<ObjectMeta>, StoreError> {
        let path = self.path(key);
        let file = match fs::metadata(&path) {
            Ok(file) if file.is_file() => file,
            Ok(_) => return Ok(None),
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(cannot("read", &path, error)),
        };
        let etag = etag(&file);
        let metadata = metadata::read(&self.root, key, &etag)?;
        let modified = file.modified().ok();
        Ok(Some(ObjectMeta { key: key.to_owned(), size: file.len(), etag, metadata, modified }))
    }

    fn open(&self, key: &str) -> Result<(ObjectMeta, File), StoreError> {
        let path = self.path(key);
        let meta = self.stat(key)?.ok_or_else(|| not_found(&path.display().to_string()))?;
        let file = File::open(&path).map_err(|error| cannot("read", &path, error))?;
        Ok((meta, file))
    }
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

/// A file that is replaced by renaming is another file, written at another time: its number, time
/// and size together do not come twice.
fn etag(file: &fs::Metadata) -> ETag {
    let modified = file.modified().ok();
    let since = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let nanos = since.map_or(0, |since| since.as_nanos());
    ETag::new(format!("{:x}-{nanos:x}-{:x}", file_number(file), file.len()))
}

#[cfg(unix)]
fn file_number(file: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(file)
}

#[cfg(not(unix))]
fn file_number(_: &fs::Metadata) -> u64 {
    0
}

impl Backend for DirectoryBackend {
    fn describe(&self, key: &str) -> String {
        let path = if key.is_empty() { self.root.to_path_buf() } else { self.path(key) };
        path.display().to_string()
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>, StoreError>> {
        let (backend, key) = (self.clone(), key.to_owned());
        Box::pin(blocking(move || backend.stat(&key)))
    }

    fn read<'a>(
        &'a self,
        key: &'a str,
        range: Option<Range<u64>>,
    ) -> BoxFuture<'a, Result<ObjectReader, StoreError>> {
        let (backend, key) = (self.clone(), key.to_owned());
        Box::pin(async move {
            let path = backend.path(&key);
            let (meta, file, left) = blocking(move || {
                let (meta, mut file) = backend.open(&key)?;
                let range = range.unwrap_or(0..u64::MAX);
                if range.start > 0 {
                    let seek = file.seek(SeekFrom::Start(range.start));
                    seek.map_err(|error| cannot("read", &backend.path(&key), error))?;
                }
                Ok((meta, file, range.end - range.start))
            })
            .await?;
            let chunks = stream::try_unfold((file, left), move |(file, left)| {
                let path = path.clone();
                async move {
                    let (chunk, file) = blocking(move || read_chunk(file, left, &path)).await?;
                    let left = left - chunk.len() as u64;
                    Ok((!chunk.is_empty()).then_some((chunk, (file, left))))
                }
            });
            Ok(ObjectReader::new(meta, chunks))
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        content: Bytes,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<ETag, StoreError>> {
        Box::pin(async move {
            let mut upload = Box::new(self.begin(key, options).await?);
            upload.write(content).await?;
            upload.finish().await
        })
    }

    fn upload<'a>(
        &'a self,
        key: &'a str,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Box<dyn Upload>, StoreError>> {
        Box::pin(async move {
            let upload: Box<dyn Upload> = Box::new(self.begin(key, options).await?);
            Ok(upload)
        })
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
        let (backend, key) = (self.clone(), key.to_owned());
        Box::pin(blocking(move || backend.remove(&key)))
    }
}

fn read_chunk(file: File, left: u64, path: &Path) -> Result<(Bytes, File), StoreError> {
    let mut chunk = Vec::new();
    let mut part = file.take(left.min(CHUNK));
    part.read_to_end(&mut chunk).map_err(|error| cannot("read", path, error))?;
    Ok((chunk.into(), part.into_inner()))
}

impl DirectoryBackend {
    async fn begin(&self, key: &str, options: PutOptions) -> Result<DirectoryUpload, StoreError> {
        let (backend, key) = (self.clone(), key.to_owned());
        blocking(move || DirectoryUpload::begin(backend.root, key, options)).await
    }
}
