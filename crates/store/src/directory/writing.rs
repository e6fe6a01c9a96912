//! Writing a file so that it is there whole or not at all.

use super::{DirectoryBackend, blocking, cannot, etag, metadata};
use crate::backend::{BoxFuture, Upload};
use crate::key::RESERVED;
use crate::memory::check_condition;
use crate::{Condition, ETag, PutOptions, StoreError, StoreErrorKind};
use bytes::Bytes;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file under its temporary name.
#[derive(Debug)]
pub(super) struct DirectoryUpload {
    root: Arc<Path>,
    key: String,
    options: PutOptions,
    /// Taken while a write runs elsewhere, and by the end.
    file: Option<Temporary>,
}

/// Removes itself unless it became the object.
#[derive(Debug)]
struct Temporary {
    path: PathBuf,
    file: File,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After a rename there is nothing under this name. The folder goes when it is empty.
        let _ = fs::remove_file(&self.path);
        if let Some(folder) = self.path.parent() {
            let _ = fs::remove_dir(folder);
        }
    }
}

impl DirectoryUpload {
    pub(super) fn begin(
        root: Arc<Path>,
        key: String,
        options: PutOptions,
    ) -> Result<Self, StoreError> {
        let folder = root.join(format!("{RESERVED}tmp"));
        let path = folder.join(format!("{:016x}", fastrand::u64(..)));
        let mut attempts = 0;
        let file = loop {
            fs::create_dir_all(&folder).map_err(|error| cannot("create", &folder, error))?;
            match File::create_new(&path) {
                Ok(file) => break file,
                // Another writer has just removed the folder because it was empty.
                Err(error) if error.kind() == ErrorKind::NotFound && attempts < 100 => {
                    attempts += 1;
                }
                Err(error) => return Err(cannot("write", &path, error)),
            }
        };
        Ok(Self { root, key, options, file: Some(Temporary { path, file }) })
    }

    fn target(&self) -> PathBuf {
        self.root.join(&self.key)
    }
}

impl Upload for DirectoryUpload {
    fn write(&mut self, bytes: Bytes) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let mut file = self.file.take().ok_or_else(|| lost(&self.target()))?;
            let target = self.target();
            let file = blocking(move || {
                let written = file.file.write_all(&bytes);
                written.map(|()| file).map_err(|error| cannot("write", &target, error))
            });
            self.file = Some(file.await?);
            Ok(())
        })
    }

    fn finish(mut self: Box<Self>) -> BoxFuture<'static, Result<ETag, StoreError>> {
        Box::pin(blocking(move || {
            let target = self.target();
            let file = self.file.take().ok_or_else(|| lost(&target))?;
            file.file.sync_all().map_err(|error| cannot("write", &target, error))?;
            publish(&self.root, &self.key, &self.options, &file)
        }))
    }

    fn abort(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(blocking(move || {
            drop(self);
            Ok(())
        }))
    }
}

/// An earlier write failed, or was dropped in its middle.
fn lost(target: &Path) -> StoreError {
    let message = format!("cannot write {}: an earlier write failed", target.display());
    StoreError::new(StoreErrorKind::Io, message)
}

/// Gives the file its name, if the condition holds. Everything that decides stands under the lock.
fn publish(
    root: &Path,
    key: &str,
    options: &PutOptions,
    file: &Temporary,
) -> Result<ETag, StoreError> {
    let target = root.join(key);
    let folder = target.parent().unwrap_or(root);
    let written = file.file.metadata().map_err(|error| cannot("write", &target, error))?;
    let tag = etag(&written);
    let _lock = lock(root)?;
    create_folders(root, folder)?;
    let existing = match fs::metadata(&target) {
        Ok(existing) => Some(etag(&existing)),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(cannot("write", &target, error)),
    };
    let describe = || target.display().to_string();
    check_condition(&options.condition, existing.as_ref(), describe)?;
    metadata::write(root, key, &tag, &options.metadata)?;
    if options.condition == Condition::IfAbsent {
        // A link fails where a rename would replace what a program without the lock made.
        match fs::hard_link(&file.path, &target) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                check_condition(&options.condition, Some(&tag), describe)?;
            }
            Err(error) => return Err(cannot("write", &target, error)),
        }
    } else {
        fs::rename(&file.path, &target).map_err(|error| cannot("write", &target, error))?;
    }
    sync_folder(folder)?;
    metadata::tidy(root, key, Some(&tag));
    Ok(tag)
}

/// Held until it is dropped; programs that use this store wait for each other here.
fn lock(root: &Path) -> Result<File, StoreError> {
    let folder = File::open(root).map_err(|error| cannot("lock", root, error))?;
    folder.lock().map_err(|error| cannot("lock", root, error))?;
    Ok(folder)
}

/// Makes the folders of a key, each synced in the one above it.
fn create_folders(root: &Path, folder: &Path) -> Result<(), StoreError> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(|error| cannot("create", folder, error))?;
    let below = folder.ancestors().take_while(|path| path.starts_with(root) && *path != root);
    for path in below {
        if let Some(above) = path.parent() {
            sync_folder(above)?;
        }
    }
    Ok(())
}

fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    // Windows cannot open folders as files, and keeps names by itself.
    if cfg!(windows) {
        return Ok(());
    }
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| cannot("sync", folder, error))
}

impl DirectoryBackend {
    pub(super) fn remove(&self, key: &str) -> Result<(), StoreError> {
        let path = self.path(key);
        if !self.root.is_dir() {
            return Ok(());
        }
        let _lock = lock(&self.root)?;
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Ok(());
            }
            Err(error) => return Err(cannot("delete", &path, error)),
        }
        metadata::tidy(&self.root, key, None);
        if let Some(folder) = path.parent() {
            sync_folder(folder)?;
            // An empty folder is nothing in a store of objects.
            let below = folder
                .ancestors()
                .take_while(|path| path.starts_with(&self.root) && **path != *self.root);
            for folder in below {
                if fs::remove_dir(folder).is_err() {
                    break;
                }
            }
        }
        Ok(())
    }
}
